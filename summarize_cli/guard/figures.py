"""Figures: the same values on both sides, in whatever notation, digits or words.

``1 000``, ``1,000``, ``١٬٠٠٠``, ``a thousand`` and ألف are one value, and so are ``14 h 30`` and
``2:30 pm``, ``1,2 milliard`` and ``1.2 billion``. Where a notation is ambiguous, every value that
it can reasonably mean is kept, and two figures agree when they share one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..document import Finding
from .numerals import ROMAN, numerals, spelled
from .pair import Pair, Span

# One character for one, so that offsets stay: digits, marks of numbers, every kind of space.
PLAIN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٪٫٬\u00a0\u202f\u2009\u2007\n\t", "01234567890123456789%.,      ")
UNUSUAL = re.compile(r"[٠-٩۰-۹٪٫٬\u00a0\u202f\u2009\u2007\n\t]")
CLOCK = r"(?P<hour>\d{1,2})[.:](?P<minute>\d{2})(?=\s?[ap]\.?m| in the (?:morn|after|even))"
DATE = r"\b(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})\b"
GROUPED = r"\d{1,3}(?:[ ,.'’]\d{3}(?!\d))+(?:[.,]\d+)?"
NUMBER = re.compile(rf"{CLOCK}|{DATE}|{GROUPED}|\d+(?:[.,]\d+)?")
SCALES = {
    10**3: "millier milliers thousand k ألف ألفا ألفي آلاف الف",
    10**6: "million millions mn mdh مليون مليونا مليوني ملايين",
    10**9: "milliard milliards md mds mmdh bn مليار مليارا ملياري مليارات بليون",
    10**12: "trillion trillions تريليون تريليونا",
}
SCALE = {word: scale for scale, words in SCALES.items() for word in words.split()}
# The French billion is the English trillion: a word that both have, and mean differently.
BILLION = {"fr": 10**12, "en": 10**9}
UNIT = re.compile(r"[ -]*(?:de )?([^\W\d_]+)")
RANGE = re.compile(r" ?(?:-|–|à|et|ou|to|and|or|إلى|و|أو) ?(?=\d)")
HOUR = re.compile(r" ?(?:h\b|heures?\b|:\d\d)")
DIGIT = re.compile(r"\d")
PERCENT = re.compile(r"pour cent|(?:في |ب| في)ال(?:مئة|مائة)")
DECADE = re.compile(r"années \Z")
SMALL = 2
"""Up to this value a figure may be an article, or the Arabic dual: missing is no news."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it stands in a text, every value that it can mean, and where it stands.

    ``bare`` are its values without the scale word behind it; ``digits`` tells figures from
    numbers in words; ``small`` says that the other language may do without it.
    """

    text: str
    values: frozenset[float]
    bare: frozenset[float]
    span: Span
    digits: bool = True
    small: bool = False


def figures(text: str, lang: str) -> list[Figure]:
    """Find the numbers of a text that are written in digits, Latin or Arabic-Indic.

    ``1,234`` may be a thousand or a decimal, so both values are kept; a scale word behind
    the number (million, milliard, ألف) multiplies it. An hour after noon has both values.

    >>> figures("1,2 milliard", "fr")[0].values
    frozenset({1200000000.0})
    """
    if not DIGIT.search(text):
        return []
    text = plain(text)
    found: list[Figure] = []
    for match in NUMBER.finditer(text):
        if match.lastgroup:  # a time or a date: several figures in one
            parts = {name: span for name in match.groupdict() if (span := match.span(name)) != (-1, -1)}
            found += [_figure(text, span, lang, name) for name, span in parts.items()]
        elif match.group() == "00":  # the minutes of a full hour
            continue
        else:
            found.append(_figure(text, match.span(), lang))
    return _summed(text, found) if lang == "ar" else found


def plain(text: str) -> str:
    """A text with Latin digits and marks of numbers, and ordinary spaces: as long as it was."""
    return text.translate(PLAIN) if UNUSUAL.search(text) else text  # translating takes long


def _figure(text: str, span: Span, lang: str, part: str = "") -> Figure:
    digits = text[span[0] : span[1]]
    after = text[span[1] : span[1] + 24]
    scales = _scales(after, lang)
    bare = _values(re.sub(r"[ '’]", "", digits), "," if lang == "fr" or max(scales) > 1 else "")
    values = {round(v * scale, 6) for v in bare for scale in scales}
    if between := RANGE.match(after):  # 2 à 3 millions: the scale belongs to both
        second = NUMBER.match(text, span[1] + between.end())
        rest = text[second.end() : second.end() + 24] if second else ""
        values |= {round(v * scale, 6) for v in bare for scale in _scales(rest, lang)}
    if part == "hour" or HOUR.match(after):
        values |= {v - 12 for v in bare if 12 < v < 24}
    if DECADE.search(text, 0, span[0]):
        values |= {v % 100 for v in bare} | {v + 1900 for v in bare if v < 100}
    if after.lstrip().startswith("%"):
        values |= {v / 100 for v in bare}
    small = part == "month" or _is_small(bare)  # 15.03 is 15 March
    return Figure(digits, frozenset(values), frozenset(bare), span, small=small)


def _is_small(values: Iterable[float]) -> bool:
    return any(value <= SMALL and value.is_integer() for value in values)


def _values(digits: str, decimal: str) -> set[float]:
    """Read digits with points and commas, either of which may be the decimal mark.

    The other one then separates groups of three. French separates none with commas, and before
    a scale word nobody does: there ``decimal`` is not empty, and a comma is always decimal.
    """
    values = set()
    for mark, group in ((".", ","), (",", ".")):
        whole, _, fraction = digits.partition(mark)
        groups = whole.split(group)
        lone = decimal and len(groups) == 2 and not fraction
        if not lone and not set(".,") & set(fraction) and all(len(part) == 3 for part in groups[1:]):
            values.add(float(f"{''.join(groups)}.{fraction or 0}"))
    return values or {float(re.sub("[.,]", "", digits))}


def _scales(after: str, lang: str) -> tuple[int, ...]:
    """What the word behind a number may multiply it by."""
    word = UNIT.match(after)
    unit = word[1].lower() if word else ""
    if unit in ("billion", "billions"):
        return (BILLION.get(lang, 1),)
    if unit == "m":  # a metre, or in English press style a million
        return (1, 10**6)
    return (SCALE.get(unit, 1),)


def _summed(text: str, found: list[Figure]) -> list[Figure]:
    """Arabic adds: ``12 ألفا و500`` is one number, 12,500."""
    summed: list[Figure] = []
    for figure in found:
        last = summed[-1] if summed else None
        if (
            last
            and last.values != last.bare
            and re.fullmatch(r" \w+ و ?", text[last.span[1] : figure.span[0]])
        ):
            scale = max(last.values) / max(last.bare)
            if max(figure.values) < scale:
                span = (last.span[0], figure.span[1])
                values = frozenset(a + b for a in last.values for b in figure.values)
                summed[-1] = Figure(text[slice(*span)], values, values, span)
                continue
        summed.append(figure)
    return summed


def in_words(text: str, lang: str, taken: list[Figure], words: frozenset[str]) -> list[Figure]:
    """Find the numbers in words; a scale word behind digits belongs to these."""
    if numerals(lang).isdisjoint(words) and not (lang == "fr" and ROMAN.search(text)):
        return []
    text = PERCENT.sub(lambda found: "\0" * len(found.group()), plain(text))
    ends = {figure.span[1] for figure in taken}
    found = []
    for values, span in spelled(text, lang):
        if not ends & {span[0] - 1, span[0]}:
            if HOUR.match(text, span[1]):
                values |= {value - 12 for value in values if 12 < value < 24}
            found.append(Figure(text[slice(*span)], values, values, span, False, _is_small(values)))
    return found


@dataclass(frozen=True, slots=True)
class Unmatched:
    """What has no partner: figures of the source that are missing, of the target that are strange."""

    missing: list[Figure]
    strange: list[Figure]


def compared(pair: Pair) -> Unmatched:
    """Pair the numbers of both sides by value: digits first, then digits with words, then words."""
    source, target = pair.prose
    ours, theirs = figures(source, pair.source_lang), figures(target, pair.lang)
    missing, strange = _left(ours, theirs)
    words = in_words(source, pair.source_lang, ours, pair.source_words)
    their_words = in_words(target, pair.lang, theirs, pair.target_words)
    missing, their_words = _left(missing, their_words)
    words, strange = _left(words, strange)
    words, their_words = _left(words, their_words)
    return Unmatched(missing + words, strange + their_words)


def _left(ours: list[Figure], theirs: list[Figure]) -> tuple[list[Figure], list[Figure]]:
    """What remains of both when equal ones are taken away in pairs."""
    rest, left = list(theirs), []
    for figure in ours:
        match = next((other for other in rest if other.values & figure.values), None)
        if match:
            rest.remove(match)
        else:
            left.append(figure)
    return left, rest


def check(pair: Pair) -> Iterator[Finding]:
    """A figure that is missing was lost or changed; a strange one was invented.

    A small one may be missing altogether, unless a strange one stands in its place. Numbers in
    words are only looked at: idioms count differently (huit jours, a week).
    """
    both = compared(pair)
    missing = [figure for figure in both.missing if figure.digits]
    strange = [figure for figure in both.strange if figure.digits]
    for figure in missing:
        if strange or not figure.small:
            place = strange[0].span if len(strange) == 1 else None
            yield pair.finding("number", True, f"{figure.text} is missing or changed", figure.span, place)
    if not missing:
        for figure in strange:
            if 1.0 in figure.bare:
                continue  # an article in the source
            message = f"{figure.text} is not in the source"
            yield pair.finding("number-added", not figure.small, message, None, figure.span)
    words = [figure for figure in both.missing if not figure.digits and not figure.small]
    other = [figure for figure in both.strange if not figure.digits and not figure.small]
    if words and other:
        message = f"“{words[0].text}” may have become “{other[0].text}”"
        yield pair.finding("number-word", False, message, words[0].span, other[0].span)
