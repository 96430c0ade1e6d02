"""The shape of a translation: there, in its script, as long as it should be, without loops."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from statistics import median

from ..document import Finding
from .pair import Pair

# Characters of the target for one of a French source, and the spread of the difference in the
# root of the source's length, after Gale and Church (1993). Measured on the project's corpus
# without its held-back documents (6,447 pairs a language). DRIFT allows for translators who are
# terse or wordy throughout, which tells in long sentences.
LENGTHS = {"en": (0.932, 1.07), "ar": (0.766, 1.14)}
DRIFT = 0.06
LONG, VERY_LONG = 2.7, 4.5
SHORT, VERY_SHORT, SHORT_WITH_FEWER_CLAUSES = -1.7, -1.9, -1.4
"""Standard deviations from the expected length at which a translation is looked at."""
CLAUSE_MARK = re.compile(r"[,،;؛:–(]")

ARABIC = re.compile(r"[\u0620-\u064a\u066e-\u06d3]")
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
FOREIGN = re.compile(r"[\u0370-\u058f\u0900-\u1fff\u3040-\u9fff\uac00-\ud7af]+")
TOKEN = re.compile(r"\w+")
END = re.compile(r"[.!?…؟][\s»”’\"')\]]*\Z")


def check(pair: Pair) -> Iterator[Finding]:
    """Empty, in the wrong script, copied, too short, too long, cut off, or repeating itself."""
    if not any(map(str.isalnum, pair.target)) and any(map(str.isalnum, pair.source)):
        yield pair.finding("empty", True, "nothing was translated", (0, len(pair.source)))
        return
    yield from _script(pair)
    if pair.source == pair.target:
        return
    yield from _length(pair)
    place = loop(pair.target)
    if place and not loop(pair.source):
        yield pair.finding("loop", True, "the translation repeats itself", None, place)


def _script(pair: Pair) -> Iterator[Finding]:
    source, target = pair.prose
    whole = (0, len(pair.target))
    if (LATIN if pair.lang == "ar" else ARABIC).search(target):
        arabic, latin = len(ARABIC.findall(target)), len(LATIN.findall(target))
        if pair.lang == "ar" and latin > arabic and sum(map(str.isalpha, source)) > 8:
            yield pair.finding("script", True, "the translation is not in Arabic script", None, whole)
        if pair.lang == "en" and arabic > 0.1 * (arabic + latin):
            yield pair.finding("script", True, "the translation is not in Latin script", None, whole)
    strange = FOREIGN.search(target)
    if strange and strange.group() not in source:
        message = f"{strange.group()} is in a script of neither language"
        yield pair.finding("script", True, message, None, strange.span())
    if pair.source.strip() == pair.target.strip():
        ordinary = (word for word in source.split() if word.islower() and len(word) > 2)
        if len([*islice(ordinary, 3)]) > 2:
            yield pair.finding("copied", True, "the source was copied, not translated", None, whole)


def length_score(source: str, target: str, lang: str) -> float:
    """How many standard deviations a translation is longer than expected (Gale and Church, 1993)."""
    ratio, spread = LENGTHS.get(lang, (1.0, 1.5))
    length = len(source)
    return (len(target) - ratio * length) / math.sqrt(spread**2 * length + (DRIFT * length) ** 2)


def usual_length(pairs: Sequence[tuple[str, str]], lang: str) -> float:
    """The median length score of a document's segments, where there are enough to tell.

    At most one standard deviation is allowed for: what is shorter throughout is not style.
    """
    scores = [length_score(a, b, lang) for a, b in pairs if len(a) > 40 and b.strip()]
    return max(-1.0, min(1.0, median(scores))) if len(scores) >= 8 else 0.0


def _fewer_clauses(pair: Pair) -> bool:
    return len(CLAUSE_MARK.findall(pair.target)) < len(CLAUSE_MARK.findall(pair.source))


def _length(pair: Pair) -> Iterator[Finding]:
    whole = (0, len(pair.source))
    score = length_score(pair.source, pair.target, pair.lang) - pair.usual
    ratio = len(pair.target) / len(pair.source)
    if END.search(pair.source) and not END.search(pair.target):
        end = (len(pair.target) - 1, len(pair.target)) if pair.target else None
        yield pair.finding("truncated", score < -0.5, "the translation stops without an end mark", whole, end)
    if len(pair.source) <= 40 and ratio > 0.3:
        return
    serious = score < VERY_SHORT or (score < SHORT_WITH_FEWER_CLAUSES and _fewer_clauses(pair))
    if serious or score < SHORT:
        message = f"something may be missing: {ratio:.0%} of the source's length"
        yield pair.finding("length", serious, message, whole)
    elif score > LONG:
        message = f"something may be added: {ratio:.0%} of the source's length"
        yield pair.finding("length", score > VERY_LONG, message, None, (0, len(pair.target)))


def is_looping(text: str) -> bool:
    """Whether a text repeats itself: one run of words three times over, or half of it again.

    >>> is_looping("the plan and the plan and the plan and")
    True
    """
    return loop(text) is not None


def loop(text: str) -> tuple[int, int] | None:
    """Where a text repeats itself, as offsets, or None.

    One run of up to eight words three times over, four words in three places, or one syllable
    eight times.
    """
    words = TOKEN.findall(text.lower())
    if len(words) - len(set(words)) >= 2:
        place = _periodic(words) or _again(words)
        if place:
            spans = [match.span() for match in TOKEN.finditer(text.lower())]
            return spans[place[0]][0], spans[place[1]][1]
    if words and max(map(len, words)) > 24:
        run = re.search(r"([^\W\d_]{1,6}?)\1{7,}", text)
        return run.span() if run else None
    return None


def _periodic(words: list[str]) -> tuple[int, int] | None:
    """The first and last word of a run of one to eight words that stands three times over."""
    last: dict[str, int] = {}
    for at, word in enumerate(words):
        size = at - last.get(word, -9)
        last[word] = at
        if size <= 8:
            end = at
            while end + 1 < len(words) and words[end + 1] == words[end + 1 - size]:
                end += 1
            if end - at + 1 >= 2 * size:
                return at - size, end
    return None


def _again(words: list[str]) -> tuple[int, int] | None:
    """The first and last word of a text in which four words come three times."""
    four = list(zip(words, words[1:], words[2:], words[3:], strict=False))
    counts = Counter(four)
    for at, unit in enumerate(four):
        if counts[unit] >= 3:
            return at, len(words) - 1
    return None
