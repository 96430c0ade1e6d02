"""Months, weekdays, currencies and per cent: words from short lists, compared by meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..document import Finding
from ..text import MONTHS
from .pair import Pair, Span

Lexicon = dict[str, dict[str, list[str]]]

DATES: Lexicon = {
    "fr": {"month": MONTHS["fr"], "weekday": "lundi mardi mercredi jeudi vendredi samedi dimanche".split()},
    "en": {
        "month": MONTHS["en"],
        "weekday": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    },
    "ar": {
        "month": MONTHS["ar"],
        "weekday": [
            "الاثنين|الإثنين", "الثلاثاء", "الأربعاء|الاربعاء", "الخميس", "الجمعة", "السبت", "الأحد",
        ],
    },
}  # fmt: skip
MONEY: Lexicon = {
    "fr": {"currency": [
        "€|euros?|EUR", r"\$|dollars?|USD", r"£|livres?\ssterling", "dirhams?|MAD|MMDH|MDH|DH", "dinars?",
        "yens?|¥", "yuans?", "francs?", "roubles?", "riyals?",
    ]},
    "en": {"currency": [
        "€|euros?|EUR", r"\$|dollars?|USD", "£|pounds?", "dirhams?|MAD|DH", "dinars?",
        "yen|¥", "yuan", "francs?", "roubles?|rubles?", "riyals?",
    ]},
    "ar": {"currency": [
        "€|يورو", r"\$|دولار", "£|جنيه|باوند", "درهم|دراهم", "دينار|دنانير",
        r"الين|ينا?\sياباني", "يوان", "فرنك", "روبل", "ريال",
    ]},
}  # fmt: skip
PERCENT = {
    "fr": re.compile(r"\d ?[%٪]|pour cent"),
    "en": re.compile(r"[%٪]|per ?cent|percentage"),
    "ar": re.compile(r"[%٪]|(?:في|ب) ?ال(?:مئة|مائة)|نقاط|نقطة"),
}
NUMERIC_DATE = re.compile(r"\d/\d{1,2}|\d\.\d{1,2}\.\d{4}")


def _compiled(lexicon: Lexicon, lang: str, kind: str) -> re.Pattern[str]:
    """One pattern for a list; which alternative matched is the meaning."""
    forms = "|".join(f"({form})" for form in lexicon[lang][kind])
    if lang == "ar":  # with conjunction, preposition and article, and case endings
        return re.compile(rf"(?<!\w)[وف]?(?:[بك]?ال|لل|[بل])?(?:{forms})(?:ا|ات|ين|ان|ي|ية)?(?!\w)")
    return re.compile(rf"(?<![^\W\d_])(?:{forms})(?![^\W\d_])")  # 40€ and €40 are both usual


PATTERNS = {
    (lang, kind): _compiled(lexicon, lang, kind)
    for lexicon in (DATES, MONEY)
    for lang, kinds in lexicon.items()
    for kind in kinds
}


def mentioned(text: str, lang: str, kind: str) -> dict[int, Span]:
    """Which months, weekdays or currencies a text names (from 1), and where first."""
    found: dict[int, Span] = {}
    pattern = PATTERNS.get((lang, kind))
    for match in pattern.finditer(text) if pattern else ():
        found.setdefault(match.lastindex or 0, match.span())
    return found


def compared(pair: Pair, kind: str) -> tuple[dict[int, Span], dict[int, Span]]:
    """What the target has not of what the source names, and what only the target names, and where."""
    ours = mentioned(pair.source, pair.source_lang, kind)
    theirs = mentioned(pair.target, pair.lang, kind) if ours else {}
    missing = {n: span for n, span in ours.items() if n not in theirs}
    return missing, {n: span for n, span in theirs.items() if n not in ours}


def bare(text: str, lang: str, kind: str, number: int) -> Span:
    """Where a text names one of them first, without what is joined to it in Arabic.

    >>> bare("في ومايو", "ar", "month", 5)
    (4, 8)
    """
    return next(m.span(number) for m in PATTERNS[lang, kind].finditer(text) if m.lastindex == number)


def _gate(lang: str) -> frozenset[str]:
    """The words of a language without which there is nothing to look for."""
    lists = [forms for lexicon in (DATES, MONEY) for forms in lexicon[lang].values()]
    words = re.findall(r"[^\W\d_]+\??", "|".join(form for forms in lists for form in forms).lower())
    return frozenset(form for word in words for form in {word.rstrip("?"), re.sub(r".\?$", "", word)})


GATES = {lang: _gate(lang) for lang in ("fr", "en")}
SIGNS = re.compile(r"[%٪€$£¥]|pour cent")


def check(pair: Pair) -> Iterator[Finding]:
    """A month, weekday or currency that is missing; serious where another one stands instead."""
    gate = GATES.get(pair.source_lang)
    if gate and gate.isdisjoint(pair.source_words) and not SIGNS.search(pair.source):
        return
    for kind, code in (("month", "date"), ("weekday", "date"), ("currency", "currency")):
        missing, strange = compared(pair, kind)
        if missing and not (kind == "month" and NUMERIC_DATE.search(pair.target)):
            first = next(iter(missing.values()))
            place = next(iter(strange.values()), None)
            message = f"{pair.source[slice(*first)]} is missing or changed"
            yield pair.finding(code, bool(strange), message, first, place)
    if pair.source_lang in PERCENT and pair.lang in PERCENT:
        found = PERCENT[pair.source_lang].search(pair.source)
        if found and not PERCENT[pair.lang].search(pair.target):
            yield pair.finding("percent", False, "the per cent sign is missing", found.span())
