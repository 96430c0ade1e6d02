"""What is wrong with this translation? Pure checks on a source and a target text.

Each check compares what must survive translation whatever the words: figures, addresses,
script, length, and the absence of loops. A *serious* finding means that the text is
probably wrong; the others ask for a look.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from .document import Document, Finding
from .text import ADDRESS

ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٪٫٬", "01234567890123456789%.,")
NUMBER = re.compile(r"\d+(?:[ ,.'’]\d{3}(?!\d))*(?:[.,]\d+)?")
SCALES = {
    10**3: "millier milliers thousand k ألف ألفا ألفي آلاف الف",
    10**6: "million millions mn mdh مليون مليونا مليوني ملايين",
    10**9: "milliard milliards md mds mmdh bn مليار مليارا ملياري مليارات بليون",
    10**12: "trillion trillions تريليون تريليونا",
}
SCALE = {word: scale for scale, words in SCALES.items() for word in words.split()}
# The French billion is the English trillion: a word that both have, and mean differently.
BILLION = {"fr": 10**12, "en": 10**9}
CLOCK = re.compile(r"(\d{1,2})[.:](\d{2})(?=\s?[ap]\.?m)")
DATE = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
THOUSANDS = re.compile(r"(\d+) (?:ألفا|ألف|آلاف) و ?(\d{1,3})(?!\d)")
HOUR = re.compile(r" ?(?:h\b|heures?\b|:\d\d)")
IN_WORDS = {
    13: "thirteen|treize|ثلاثة عشر|ثلاث عشرة", 14: "fourteen|quatorze|أربعة عشر|أربع عشرة",
    15: "fifteen|quinze|خمسة عشر|خمس عشرة", 16: "sixteen|seize|ستة عشر|ست عشرة",
    17: "seventeen|dix-sept|سبعة عشر|سبع عشرة", 18: "eighteen|dix-huit|ثمانية عشر|ثماني عشرة",
    19: "nineteen|dix-neuf|تسعة عشر|تسع عشرة", 20: "twenty|vingt|عشرين|عشرون|twentieth",
    30: "thirty|trente|ثلاثين|ثلاثون", 40: "forty|quarante|أربعين|أربعون",
    50: "fifty|half|cinquante|moitié|خمسين|خمسون|نصف", 60: "sixty|soixante|ستين|ستون",
    70: "seventy|soixante-dix|septante|سبعين|سبعون", 80: "eighty|quatre-vingts?|ثمانين|ثمانون",
    90: "ninety|quatre-vingt-dix|nonante|تسعين|تسعون", 100: "hundred|cents?|مئة|مائة",
    1000: "thousand|mille|ألفا?|آلاف", 10**6: "million|مليون", 10**9: "billion|milliard|مليار",
}  # fmt: skip
SMALL = 12
"""Up to this value words are the rule: a figure that is missing is no news by itself."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it stands in a text, and every value that it can reasonably mean.

    ``bare`` are its values without the scale word behind it.
    """

    text: str
    values: frozenset[float]
    bare: frozenset[float]

    def in_words(self, text: str) -> bool:
        """Whether a text has this value in words: vingt, a thousand, مليون."""
        words = [IN_WORDS[int(v)] for v in self.bare | self.values if v in IN_WORDS]
        return any(re.search(pattern, text, re.IGNORECASE) for pattern in words)

    @property
    def small(self) -> bool:
        """Whether it may well be a word on the other side."""
        return min(self.bare) <= SMALL


def figures(text: str, lang: str) -> list[Figure]:
    """Find the numbers of a text, in Latin or Arabic-Indic digits.

    ``1,234`` may be a thousand or a decimal, so both values are kept; a scale word behind
    the number (million, milliard, ألف) multiplies it. An hour after noon has both values.

    >>> figures("1,2 milliard", "fr")[0].values
    frozenset({1200000000.0})
    """
    text = " ".join(text.translate(ARABIC_DIGITS).split())
    text = DATE.sub(r"\1 / \2 / \3", CLOCK.sub(r"\1 h \2", text))
    text = THOUSANDS.sub(lambda m: str(int(m[1]) * 1000 + int(m[2])), text)
    found = []
    for match in NUMBER.finditer(text):
        bare = _values(re.sub(r"[ '’]", "", match.group()))
        after = text[match.end() :]
        scaled = {round(v * scale, 6) for v in bare for scale in _scales(after, lang)}
        if HOUR.match(after):
            scaled |= {v - 12 for v in bare if 12 < v < 24}
        found.append(Figure(match.group(), frozenset(scaled), frozenset(bare)))
    return found


def _values(digits: str) -> set[float]:
    """Read digits with points and commas, either of which may be the decimal mark.

    The other one then separates groups of three.
    """
    values = set()
    for decimal, group in ((".", ","), (",", ".")):
        whole, _, fraction = digits.partition(decimal)
        groups = whole.split(group)
        if not set(".,") & set(fraction) and all(len(part) == 3 for part in groups[1:]):
            values.add(float(f"{''.join(groups)}.{fraction or 0}"))
    return values or {float(re.sub("[.,]", "", digits))}


def _scales(after: str, lang: str) -> tuple[int, ...]:
    """What the word behind a number may multiply it by."""
    word = re.match(r"[ -]*(?:de )?([^\W\d_]+)", after)
    unit = word[1].lower() if word else ""
    if unit in ("billion", "billions"):
        return (BILLION.get(lang, 1),)
    if unit == "m":  # a metre, or in English press style a million
        return (1, 10**6)
    return (SCALE.get(unit, 1),)


def check(source: str, target: str, lang: str, source_lang: str = "fr") -> Iterator[tuple[str, bool, str]]:
    """Yield (code, serious, message) for each thing to look at in one segment."""
    if not source.strip():
        return
    if not target.strip():
        yield "empty", True, "nothing was translated"
        return
    if source == target:  # nothing can be lost or changed
        yield from _untranslated(source, target, lang)
        return
    yield from _changed_figures(source, target, lang, source_lang)
    for found in ADDRESS.findall(source):
        address = found.rstrip(".,;:!?)")
        if address not in target:
            yield "address", True, f"{address} is missing or changed"
    if is_looping(target) and not is_looping(source):
        yield "loop", True, "the translation repeats itself"
    yield from _untranslated(source, target, lang)
    ratio = len(target) / len(source)
    if len(source) > 40 and not 0.45 <= ratio <= 2.2:
        yield "length", ratio < 0.45, f"the translation has {ratio:.0%} of the source's length"


def _untranslated(source: str, target: str, lang: str) -> Iterator[tuple[str, bool, str]]:
    if lang == "ar" and _letters(source) > 8 and _arabic_share(target) < 0.5:
        yield "script", True, "the translation is not in Arabic script"
    if lang == "en" and _arabic_share(target) > 0.1:
        yield "script", True, "the translation is not in Latin script"
    ordinary = [word for word in ADDRESS.sub(" ", source).split() if word.islower() and len(word) > 2]
    if source.strip() == target.strip() and len(ordinary) > 2:
        yield "copied", True, "the source was copied, not translated"


def _changed_figures(
    source: str, target: str, lang: str, source_lang: str
) -> Iterator[tuple[str, bool, str]]:
    """Pair the figures of both sides by value; what is left over was lost, changed or added.

    A figure may have become a word; a small one may be missing altogether, unless a strange
    figure stands in its place.
    """
    strange = figures(ADDRESS.sub(" ", target), lang)
    missing = []
    for figure in figures(ADDRESS.sub(" ", source), source_lang):
        match = next((other for other in strange if other.values & figure.values), None)
        if match:
            strange.remove(match)
        elif not figure.in_words(target):
            missing.append(figure)
    strange = [figure for figure in strange if not figure.in_words(source)]
    for figure in missing:
        if strange or not figure.small:
            yield "number", True, f"{figure.text} is missing or changed"
    if not missing:
        for figure in strange:
            yield "number-added", not figure.small, f"{figure.text} is not in the source"


def is_looping(text: str) -> bool:
    """Whether a text repeats itself: one run of words three times over, or half of it again.

    >>> is_looping("the plan and the plan and the plan and")
    True
    """
    words = re.findall(r"\w+", text.lower())
    for size in range(1, 9):
        for at in range(len(words) - 3 * size + 1):
            unit = words[at : at + size]
            if unit == words[at + size : at + 2 * size] == words[at + 2 * size : at + 3 * size]:
                return True
    four = Counter(zip(words, words[1:], words[2:], words[3:], strict=False))
    return bool(four) and max(four.values()) >= 3


def _letters(text: str) -> int:
    return sum(map(str.isalpha, ADDRESS.sub("", text)))


def _arabic_share(text: str) -> float:
    letters = [c for c in ADDRESS.sub("", text) if c.isalpha()]
    return sum("\u0600" <= c <= "\u06ff" for c in letters) / max(1, len(letters))


def review(source: Document, target: Document) -> list[Finding]:
    """Check every segment of a translation against its source."""
    pairs = zip(source.segments, target.segments, strict=True)
    return [
        Finding(target.lang, number, code, serious, message)
        for number, (a, b) in enumerate(pairs)
        for code, serious, message in check(a.text, b.text, target.lang, source.lang)
    ]
