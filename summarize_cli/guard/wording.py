"""Words that tell much: negations, and function words of a language that should be gone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..document import Finding
from ..text import FUNCTION_WORDS
from .pair import WORD, Pair, Span

# "Plus" only denies beside ne; "ne ... que" and "sans doute" deny nothing.
DENIED = re.compile(
    r"\b(?:ne|n['’])\s?(?:\w+['’ ]){0,4}?"
    r"(?:pas|plus(?!.{0,25}\bqu[e'’])|jamais(?! que)|rien|aucune?|personne|guère|nulle part)\b"
    r"(?! (?:seulement|uniquement))"
    r"|\bni\b|\baucune?\b"
    r"|(?<!non )\bsans\b(?! (?:doute|gravité|précédent|cesse|abri|fil|frontières|emploi|papiers|conteste))",
    re.IGNORECASE,
)
DENIERS = frozenset("ne n ni aucun aucune sans".split())
NO = {
    "en": re.compile(
        r"\b(?:not|no|never|none|nor|neither|nothing|nobody|nowhere|without|cannot|hardly|barely|scarcely|unable|"
        r"fail(?:s|ed|ing|ure)?|lack\w*|refus\w+|declin\w+|barred|den(?:y|ies|ied|ying)|avoid\w*|prevent\w*|rather|instead|otherwise|"
        r"unless|absence|absent|unlike|im(?:possible|mune|partial)|(?:in|un)(?:able|capable|visible|dependent)|"
        r"irre\w+|dis(?:miss|continu|regard|agree)\w*|un(?!der|it|ion|iv|til|ifo|iq|esco|less)\w{4,}|\w{3,}less(?:ly)?|"
        r"non-?\w+|\w+-free)\b|n['’]t\b",
        re.IGNORECASE,
    ),
    "ar": re.compile(
        r"(?<!\w)[وف]?[بل]?(?:لا|ألا|إلا|لم|لن|ليس\w*|لست|لسنا|غير\w*|دون\w*|بدون|بلا|عدم|لعدم|سوى|قط|أبدا|"
        r"انعدام|خال\w*|الخال\w*|امتنع\w*|تعذر|يتعذر|نفى|تنفي|ينفي|رفض\w*|يرفض\w*|ترفض\w*|استحال\w*|مستحيل|لئلا|كيلا|"
        r"بعيدا|منع|بمنأى|فحسب|عاجز\w*|تجنب\w*|لتجنب|يتجنب\w*|يفتقر\w*|تفتقر\w*)(?!\w)"
    ),
}
# Words that mark a language and that the other one does not have (in names they may stand).
MARKERS = {
    "fr": frozenset(FUNCTION_WORDS["fr"].split()) | frozenset("un au mais où qu l d n s c j en dont".split()),
    "en": frozenset(FUNCTION_WORDS["en"].split()) | frozenset("a will he she they we but would".split()),
}
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
LATIN_WORD = r"[A-Za-z\u00c0-\u024f][\w'’-]*"
LATIN_RUN = re.compile(rf"{LATIN_WORD}(?:[ ,]+(?:\d[\d,.]* )?{LATIN_WORD}){{2,}}")

# A word half in Latin letters. A tatweel joins a prefix to a Latin name on purpose, and what has a
# capital is a name (والـGAFAM).
JOINED = "[\u0620-\u063f\u0641-\u064a\u066e-\u06d3]"
HALF = re.compile(
    rf"(?<={JOINED}){LATIN.pattern}{{2,}}(?:(?!\w)|(?={JOINED}))|(?<!\w){LATIN.pattern}{{2,}}(?={JOINED})"
)


def check(pair: Pair) -> Iterator[Finding]:
    """A negation that is lost, and a stretch that was left in the source's language or in another."""
    may = pair.source_lang == "fr" and pair.lang in NO and not DENIERS.isdisjoint(pair.source_words)
    denied = DENIED.search(pair.source) if may else None
    if denied and not NO[pair.lang].search(pair.target):
        yield pair.finding("negation", True, f"“{denied.group()}” may be lost", denied.span())
    place = _latin(pair.prose[1]) if pair.lang == "ar" else _untranslated(pair)
    if place:
        words = pair.target[slice(*place)]
        yield pair.finding("language", True, f"“{words}” is not translated", None, place)


def _untranslated(pair: Pair) -> Span | None:
    """The first stretch of five words with two or more that only the source's language has.

    Three such words tell another language by themselves; two, when the stretch stands in the
    source as well. Names may keep them (Institut du monde arabe), so capitals count for less.
    """
    ours, theirs = MARKERS.get(pair.source_lang), MARKERS.get(pair.lang)
    if not ours or not theirs or not (pair.target_words & ours) - theirs:
        return None
    only, common = ours - theirs, theirs - ours
    stretch: list[re.Match[str]] = []
    for match in [*WORD.finditer(pair.target), None]:
        if match and match.group().lower() not in common:
            stretch.append(match)
            continue
        found = _foreign(stretch, only, pair)
        if found:
            return found
        stretch = []
    return None


def _foreign(stretch: list[re.Match[str]], only: frozenset[str], pair: Pair) -> Span | None:
    """The part of a stretch that stands in the source, or else all of it, if it is not a name."""
    best: list[re.Match[str]] = []
    run: list[re.Match[str]] = []
    for match in stretch:
        run = [*run, match] if run and pair.target[run[0].start() : match.end()] in pair.source else [match]
        best = max(best, run, key=len)
    for words, least in ((best, 1), (stretch, 3)):
        small = [word.group() for word in words if word.group().islower()]
        if len(words) >= 4 and len(small) >= 3 and sum(word in only for word in small) >= least:
            return words[0].start(), words[-1].end()
    return None


def _latin(target: str) -> Span | None:
    """The first run of Latin words in an Arabic text of which three are written small, or half a word."""
    if not LATIN.search(target):
        return None
    for match in LATIN_RUN.finditer(target):
        small = [word for word in re.split(r"[ ,]+", match.group()) if word[0].islower() and len(word) > 1]
        if len(small) >= 3:
            return match.span()
    return next((half.span() for half in HALF.finditer(target) if half.group().islower()), None)
