"""What is wrong with this translation? Pure checks on a source and a target text.

Each check compares what must survive translation whatever the words: figures, dates, names,
addresses, negations, marks, script, length, and the absence of loops. A *serious* finding means
that the text is probably wrong; the others ask for a look. What each code means, how much damage
it finds and how often it cries wolf is measured in ``docs/guard.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..document import Document, Finding
from . import figures as _figures
from . import marks, names, shape, units, wording
from . import meaning as _meaning
from .figures import figures, plain
from .numerals import spelled
from .pair import VOWELS, Pair
from .repair import repaired
from .shape import is_looping, usual_length

__all__ = [
    "check",
    "figures",
    "is_looping",
    "plain",
    "repaired",
    "review",
    "score",
    "spelled",
    "usual_length",
]

CHECKS = (_figures.check, units.check, marks.check, names.check, wording.check)


def check(
    source: str, target: str, lang: str, source_lang: str = "fr", usual: float = 0.0
) -> Iterator[Finding]:
    """Yield a finding for each thing to look at in one segment, its number left at 0.

    ``usual`` is what ``usual_length`` says of its document.
    """
    if not source.strip():
        return
    bare = VOWELS.sub("", target) if lang == "ar" else target
    pair = Pair(source, bare, lang, source_lang, usual)
    found = list(shape.check(pair))
    # What is the same on both sides has lost nothing.
    if source != target and not any(finding.code in ("empty", "script", "copied") for finding in found):
        found += [finding for each in CHECKS for finding in each(pair)]
    yield from found if bare == target else _placed(found, target)


def _placed(findings: list[Finding], target: str) -> Iterator[Finding]:
    """Findings in an Arabic text without vowel signs, as places in the text with them."""
    places = [at for at, c in enumerate(target) if not VOWELS.match(c)] + [len(target)]
    for found in findings:
        span = found.target_span and (places[found.target_span[0]], places[found.target_span[1]])
        yield replace(found, target_span=span)


def review(source: Document, target: Document, meaning: bool = False) -> list[Finding]:
    """Check every segment of a translation against its source.

    ``meaning`` compares the meanings, too: some 60 ms a segment on one core, and a model of 70 MB.
    """
    pairs = [(a.text, b.text) for a, b in zip(source.segments, target.segments, strict=True)]
    usual = usual_length(pairs, target.lang)
    found = [list(check(a, b, target.lang, source.lang, usual)) for a, b in pairs]
    if meaning:
        asked = [n for n, pair in enumerate(pairs) if _meaning.worth_asking(*pair)]
        likeness = _meaning.similarities([pairs[n][0] for n in asked], [pairs[n][1] for n in asked])
        for n, similarity in zip(asked, likeness, strict=True):
            found[n] += _meaning.check(Pair(*pairs[n], target.lang, source.lang, usual), similarity)
    return [replace(finding, segment=number) for number, each in enumerate(found) for finding in each]


def score(findings: Iterable[Finding]) -> tuple[int, int]:
    """How bad a candidate translation is: serious findings, then the others; less is better.

    >>> score([Finding("en", 0, "name", False, ""), Finding("en", 0, "loop", True, "")])
    (1, 1)
    """
    found = list(findings)
    serious = sum(finding.serious for finding in found)
    return serious, len(found) - serious
