"""The facts of a statement that can be checked by eye: numbers, dates, proper names.

A statement is *supported* by a text when each of them stands in it. Numbers are compared by
value (``guard.figures``), dates by day, month and year, so that both work across languages;
names only within one, and not in Arabic, which has no capitals. What kind of fact a summary
gets wrong most often follows Maynez et al. (2020) and Nan et al. (2021, entity precision).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import guard
from .text import ADDRESS, FUNCTION_WORDS, OPENERS

MONTHS = """janvier|january|يناير|كانون الثاني|جانفي février|february|فبراير|شباط|فيفري mars|march|مارس|آذار
avril|april|أبريل|إبريل|نيسان|أفريل mai|may|مايو|ماي|أيار juin|june|يونيو|حزيران|جوان
juillet|july|يوليو|يوليوز|تموز|جويلية août|august|أغسطس|غشت|آب|أوت septembre|september|سبتمبر|شتنبر|أيلول
octobre|october|أكتوبر|تشرين الأول novembre|november|نوفمبر|نونبر|تشرين الثاني
décembre|december|ديسمبر|دجنبر|كانون الأول"""
DAYS = """lundi|monday|الاثنين|الإثنين mardi|tuesday|الثلاثاء mercredi|wednesday|الأربعاء
jeudi|thursday|الخميس vendredi|friday|الجمعة samedi|saturday|السبت dimanche|sunday|الأحد"""


def _numbered(table: str) -> dict[str, int]:
    """Each name of a table with the number of its group, from 1; groups end before Latin letters."""
    groups = re.split(r"\s+(?=[a-zéû])", table)
    return {name: n for n, group in enumerate(groups, 1) for name in group.split("|")}


MONTH, DAY = _numbered(MONTHS), _numbered(DAYS)
_MONTH = "|".join(sorted(MONTH, key=len, reverse=True))
_DAY = r"\d{1,2}(?:er|st|nd|rd|th)?"
_DAYS = rf"{_DAY}(?:(?: (?:au|et|à|to|and|إلى|و) ?| ?[-–] ?){_DAY})?"  # « du 18 au 21 juin »
DATE = re.compile(
    rf"(?:(?<![\d,.])(?P<days>{_DAYS})(?: of)? )?(?<!\w)(?P<month>{_MONTH})(?!\w)"
    rf"(?: (?P<late>{_DAYS})(?!\d))?(?:,? (?P<year>\d{{4}}))?",
    re.IGNORECASE,
)
WEEKDAY = re.compile(rf"(?<!\w)(?:{'|'.join(DAY)})(?!\w)", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+")
FIRST = frozenset(
    """faute seuls seules chacun chacune thanks
    selon afin ainsi alors après aucun aucune avant beaucoup bien celle celui cela certains certaines
    chaque comme comment contre deux trois quatre cinq six sept huit neuf dix depuis dès donc dont durant
    elle elles enfin ensuite entre environ et face grâce hors il ils jusqu lors lorsque malgré mais même
    moins ni non notamment notre nos or où outre parmi pendant peu plus plusieurs pourtant près puis quand
    quant quatre que quel quelle quelque quelques qui quoi sans seul seule si sous tandis tous tout toute
    toutes très une vers voici voilà
    after all although among an and another as at because before between both but during each first for
    four he her here his how however if it its many more most no one only other our over several she since
    so some ten that their there these they this those three though through two under until we when where
    which while who with""".split()
)  # fmt: skip
PARTICIPLE = re.compile(r".{2,}(?:ée?s?|ant|ie?s?|ue?s?|ing|ed)")
"""A capitalised first word of these forms says nothing: « Réunis à Rabat »."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One checkable piece of a statement: its kind (number, date, name) and its words."""

    kind: str
    text: str


def unsupported(statement: str, source: str, lang: str, source_lang: str | None = None) -> list[Fact]:
    """The facts of a statement that do not stand in a source; addresses are left alone.

    >>> unsupported("Oracle recrute 900 personnes en mai 2024.", "En mai 2024, Oracle recrute.", "fr")
    [Fact(kind='number', text='900')]
    """
    source_lang = source_lang or lang
    statement, source = (" ".join(ADDRESS.sub(" ", text).split()) for text in (statement, source))
    found = [*_numbers(statement, source, lang, source_lang), *_dates(statement, source)]
    if lang == source_lang and lang != "ar":
        found += _names(statement, source)
    return found


def _numbers(statement: str, source: str, lang: str, source_lang: str) -> Iterator[Fact]:
    known = {value for figure in guard.figures(source, source_lang) for value in figure.values}
    known |= {value for values, _ in guard.spelled(source, source_lang) for value in values}
    for figure in guard.figures(statement, lang):
        if not figure.values & known:
            yield Fact("number", figure.text)


Moment = tuple[str | None, int, str | None]


def dates(text: str) -> list[tuple[str, Moment]]:
    """The dates of a text with a month in words: (as written, (day, month, year)).

    >>> dates("le 3 avril 2026"), dates("April 3, 2026")[0][1]
    ([('3 avril 2026', ('3', 4, '2026'))], ('3', 4, '2026'))
    """
    found: list[tuple[str, Moment]] = []
    for match in DATE.finditer(guard.plain(text)):
        if match["month"] in ("may", "march"):  # the verbs
            continue
        days: list[str | None] = [*re.findall(r"\d+", match["days"] or match["late"] or "")]
        for day in days or [None]:
            found.append((match[0], (day, MONTH[match["month"].lower()], match["year"])))
    return found


def _dates(statement: str, source: str) -> Iterator[Fact]:
    known = [moment for _, moment in dates(source)]
    strange = [
        written
        for written, moment in dates(statement)
        if not any(all(a in (None, b) for a, b in zip(moment, other, strict=True)) for other in known)
    ]
    for written in dict.fromkeys(strange):
        yield Fact("date", written)
    days = {DAY[found.lower()] for found in WEEKDAY.findall(source)}
    for found in WEEKDAY.findall(statement):
        if DAY[found.lower()] not in days:
            yield Fact("date", found)


def _names(statement: str, source: str) -> Iterator[Fact]:
    """Capitalised words; the first of a sentence only where it does not look like an ordinary one."""
    known = {word.casefold() for word in WORD.findall(source)}
    for found in WORD.finditer(statement):
        word = found[0]
        if len(word) < 2 or not word[0].isupper() or word.casefold() in known:
            continue
        before = statement[: found.start()].rstrip(" «“\"'(’")
        opens = not before or before[-1] in ".!?…:"
        ordinary = word.lower() in FIRST or word.lower() in OPENERS or word.lower() in _ORDINARY
        if not (opens and (ordinary or PARTICIPLE.fullmatch(word))) and not _is_date(word):
            yield Fact("name", word)


_ORDINARY = frozenset(word for words in FUNCTION_WORDS.values() for word in words.split())


def _is_date(word: str) -> bool:
    return word.lower() in MONTH or word.lower() in DAY
