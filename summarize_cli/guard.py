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

ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٪٫٬", "01234567890123456789%.,")
NUMBER = re.compile(r"\d+(?:[ \u00a0\u202f,.'’]\d{3}(?!\d))*(?:[.,]\d+)?")
ADDRESS = re.compile(r"https?://[^\s<>«»\"”،]+|www\.[^\s<>«»\"”،]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
SCALES = {
    10**3: "millier milliers thousand ألف ألفا ألفي آلاف الف",
    10**6: "million millions mn مليون مليونا مليوني ملايين",
    10**9: "milliard milliards bn مليار مليارا ملياري مليارات بليون",
    10**12: "trillion trillions تريليون تريليونا",
}
SCALE = {word: scale for scale, words in SCALES.items() for word in words.split()}
CLOCK = re.compile(r"(\d{1,2})[.:](\d{2})(?=\s?[ap]\.?m)")
THOUSANDS = re.compile(r"(\d+) (?:ألفا|ألف|آلاف) و ?(\d{1,3})(?!\d)")
# The French billion is the English trillion: a word that both have, and mean differently.
BILLION = {"fr": 10**12, "en": 10**9}
SPELLED_OUT = 12
"""Up to this value a figure may well be written as a word in the target."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it stands in a text, and every value that it can reasonably mean."""

    text: str
    values: frozenset[float]


def figures(text: str, lang: str) -> list[Figure]:
    """Find the numbers of a text, in Latin or Arabic-Indic digits.

    ``1,234`` may be a thousand or a decimal, so both values are kept; a scale word behind
    the number (million, milliard, ألف) multiplies it.

    >>> figures("1,2 milliard", "fr")[0].values
    frozenset({1200000000.0})
    """
    text = CLOCK.sub(r"\1 h \2", text.translate(ARABIC_DIGITS))
    text = THOUSANDS.sub(lambda m: str(int(m[1]) * 1000 + int(m[2])), text)
    found = []
    for match in NUMBER.finditer(text):
        written = match.group()
        values = _values(re.sub(r"[ \u00a0\u202f'’]", "", written))
        scales = _scales(text[match.end() :], lang)
        scaled = frozenset(round(value * scale, 6) for value in values for scale in scales)
        found.append(Figure(written, scaled))
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
    word = re.match(r"[\s\u00a0\u202f-]*(?:de )?([^\W\d_]+)", after)
    unit = word[1].lower() if word else ""
    if unit in ("billion", "billions"):
        return (BILLION.get(lang, 1),)
    if unit == "m":  # a metre, or in English press style a million
        return (1, 10**6)
    return (SCALE.get(unit, 1),)


def check(source: str, target: str, lang: str) -> Iterator[tuple[str, bool, str]]:
    """Yield (code, serious, message) for each thing to look at in one segment."""
    if not source.strip():
        return
    if not target.strip():
        yield "empty", True, "nothing was translated"
        return
    yield from _missing_figures(source, target, lang)
    for found in ADDRESS.findall(source):
        address = found.rstrip(".,;:!?)")
        if address not in target:
            yield "address", True, f"{address} is missing or changed"
    if is_looping(target) and not is_looping(source):
        yield "loop", True, "the translation repeats itself"
    if lang == "ar" and _letters(source) > 8 and _arabic_share(target) < 0.5:
        yield "script", True, "the translation is not in Arabic script"
    if lang == "en" and _arabic_share(target) > 0.1:
        yield "script", True, "the translation is not in Latin script"
    if source.strip() == target.strip() and len(source.split()) > 3:
        yield "copied", True, "the source was copied, not translated"
    ratio = len(target) / len(source)
    if len(source) > 40 and not 0.45 <= ratio <= 2.2:
        yield "length", ratio < 0.45, f"the translation has {ratio:.0%} of the source's length"


def _missing_figures(source: str, target: str, lang: str) -> Iterator[tuple[str, bool, str]]:
    there = figures(ADDRESS.sub(" ", target), lang)
    for figure in figures(ADDRESS.sub(" ", source), "fr"):
        # 14 h 30 is 2.30 pm: an hour after noon may lose twelve.
        wanted = figure.values | {v - 12 for v in figure.values if 12 < v < 24}
        match = next((other for other in there if other.values & wanted), None)
        if match:
            there.remove(match)
        elif max(figure.values) > SPELLED_OUT:
            yield "number", True, f"{figure.text} is missing or changed"
    if not figures(source, "fr"):
        for other in there:
            if max(other.values) > SPELLED_OUT:
                yield "number-added", True, f"{other.text} is not in the source"


def is_looping(text: str) -> bool:
    """Whether a text repeats itself: one run of words three times over, or half of it again.

    >>> is_looping("the plan and the plan and the plan and")
    True
    """
    words = text.split()
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
        for code, serious, message in check(a.text, b.text, target.lang)
    ]
