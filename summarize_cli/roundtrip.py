"""What is lost on the way there and back: a source against the translation translated back.

A way back is another model with its own mistakes, so a loss is a reason to look, not a
verdict. Words are compared by their inflected forms; synonyms count as lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import guard
from .document import Document
from .glossary import Glossary
from .text import FUNCTION_WORDS, INSIDE, is_shouted
from .words import Phrase, index, occurrences, words

STOP = frozenset(FUNCTION_WORDS["fr"].split()) | frozenset(
    """nos notre votre vos mes mon ma tes ton ces cet celui celle ceux celles dont mais comme très
    aussi bien tout tous toute toutes même mêmes entre sous sans vers chez donc puis alors ainsi où
    fait faire sera seront était étaient avait avaient peut doit entend après avant depuis lors
    plusieurs chaque autre autres quand déjà encore jusqu lui elles ils on""".split()
)


@dataclass(frozen=True, slots=True)
class Trip:
    """One segment there and back: what was lost, and the share of its content words that was kept."""

    segment: int
    back: str
    figures: tuple[str, ...]
    names: tuple[str, ...]
    words: tuple[str, ...]
    kept: float


def trips(source: Document, back: Document, glossary: Glossary) -> list[Trip]:
    """Compare every segment of a source with what came back of it.

    ``back`` is in the source's language and has as many segments.
    """
    figures: dict[int, list[str]] = {}
    for finding in guard.review(source, back):
        if finding.code.startswith("number"):
            figures.setdefault(finding.segment, []).append(finding.message)
    found = []
    for number, (a, b) in enumerate(zip(source.segments, back.segments, strict=True)):
        names = _names(a.text, glossary)
        content = [w for w in _content(a.text) if w not in names]
        lost = _missing([*names, *content], b.text)
        every = len(names) + len(content)
        kept = 1 - len(lost) / every if every else 1.0
        names, content = ([word for word in some if word in lost] for some in (names, content))
        numbers = tuple(figures.get(number, ()))
        found.append(Trip(number, b.text, numbers, tuple(names), tuple(content), kept))
    return found


def worst(found: Sequence[Trip], count: int = 3) -> list[Trip]:
    """The segments that lost most: figures first, then the share of words; none that lost nothing."""
    weak = [trip for trip in found if trip.figures or trip.names or trip.words]
    return sorted(weak, key=lambda trip: (trip.kept - len(trip.figures), trip.segment))[:count]


def _names(text: str, glossary: Glossary) -> list[str]:
    """The names of a French segment: those of the register, and words with a capital inside it."""
    known = [text[slice(*match.span)] for match in glossary.terms(text) if match.term.name]
    inside = [] if is_shouted(text) else INSIDE.findall(text)
    capital = [w for w in inside if len(w) > 1 and w[0].isupper() and w.lower() not in STOP]
    return list(dict.fromkeys([*known, *(w for w in capital if not any(w in name for name in known))]))


def _content(text: str) -> list[str]:
    """The words of a French segment that carry its meaning, each once."""
    found = (w.text for w in words(text) if w.text.isalpha() and len(w.text) > 2)
    return list(dict.fromkeys(w for w in found if w.lower() not in STOP))


def _missing(wanted: Sequence[str], text: str) -> set[str]:
    """Which of some words or names stand in a French text in no form, large or small."""
    phrases = {word: Phrase(word.lower(), "fr") for word in wanted}
    present = {phrase for phrase, _ in occurrences(index(phrases.values()), text, "fr", strict=False)}
    return {word for word, phrase in phrases.items() if phrase not in present}
