"""Numbers in words, in French, English and Arabic: vingt-cinq, twenty-five, خمسة وعشرون."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from .pair import Span

Values = frozenset[float]

# From nought upwards, the forms of each value; then from twenty by tens; then 10^2, 3, 6 and 9.
UNITS = {
    "fr": """zéro un,une,premier,première deux,second,seconde,double trois,triple quatre cinq six sept huit
    neuf dix,dizaine onze douze,douzaine,midi treize quatorze quinze,quinzaine seize""",
    "en": """zero,nil one,first,once two,second,twice,double three,third,triple four five,fifth six seven
    eight nine,ninth ten eleven twelve,twelfth,dozen,noon thirteen fourteen fifteen,fortnight sixteen
    seventeen eighteen nineteen""",
    "ar": """صفر واحد,واحدة,أول,أولى,حادي,حادية,أحد,إحدى,فاتح
    اثنان,اثنين,اثنتان,اثنتين,اثنا,اثني,اثنتا,اثنتي,ثاني,ثانية,ثانيا
    ثلاث,ثلاثة,ثلاثا,ثالث,ثالثة,ثالثا,ثلاثي,ثلاثية أربع,أربعة,أربعا,رابع,رابعة,رابعا,رباعي,رباعية
    خمس,خمسة,خمسا,خامس,خامسة,خامسا ست,ستة,ستا,سادس,سادسة سبع,سبعة,سبعا,سابع,سابعة
    ثمان,ثماني,ثمانية,ثمانيا,ثامن,ثامنة تسع,تسعة,تسعا,تاسع,تاسعة عشر,عشرة,عشرا,عاشر,عاشرة""",
}
TENS = {
    "fr": """vingt,vingts,vingtaine trente,trentaine quarante,quarantaine cinquante,cinquantaine
    soixante,soixantaine septante huitante,octante nonante""",
    "en": """twenty,twenties thirty,thirties forty,forties fifty,fifties sixty,sixties seventy,seventies
    eighty,eighties ninety,nineties""",
    "ar": "عشر ثلاث أربع خمس ست سبع ثمان تسع",
}
LARGE = {
    "fr": "cent,cents,centaine,centaines mille,mil,millier,milliers million,millions milliard,milliards",
    "en": "hundred,hundreds thousand,thousands million,millions billion,billions",
    "ar": "مئة,مائة,مئات ألف,ألفا,آلاف,ألوف مليون,مليونا,ملايين مليار,مليارا,مليارات",
}
# Parts of a whole and of an hour.
HALF, QUARTER, THIRD = (0.5, 30.0), (0.25, 15.0), (3.0,)
PARTS = {
    "fr": {"moitié": HALF, "demi": HALF, "demie": HALF, "quart": QUARTER, "tiers": THIRD},
    "en": {"half": HALF, "quarter": QUARTER, "thirds": THIRD},
    "ar": {"نصف": HALF, "ربع": QUARTER, "ثلث": THIRD, "ثلثا": THIRD, "ثلثي": THIRD},
}
ALONE = frozenset("premier première second seconde first once second ثانية أول أولى".split())
"""Words that are not a part of the number beside them: huit premières, twenty seconds."""
CLITICS = ["", *"و ف ال وال فال ب بال ك كال ل لل وب وبال ول ولل فل".split()]


@cache
def table(lang: str) -> dict[str, tuple[float, ...]]:
    """Each word of a language and what it stands for; Arabic words with every clitic."""
    if lang not in UNITS:
        return {}
    rows = [(float(n), forms) for n, forms in enumerate(UNITS[lang].split())]
    rows += [(v, forms) for v, forms in zip((1e2, 1e3, 1e6, 1e9), LARGE[lang].split(), strict=True)]
    tens = [(10.0 * n, forms) for n, forms in enumerate(TENS[lang].split(), start=2)]
    words = {
        form: value for value, forms in rows + (tens if lang != "ar" else []) for form in forms.split(",")
    }
    if lang == "fr":
        ordinal = {"cinquième": 5.0, "neuvième": 9.0}
        ordinal |= {word.rstrip("e") + "ième": value for word, value in words.items() if 1 < value < 100}
        words |= ordinal | {word + "s": value for word, value in ordinal.items()}
    elif lang == "en":
        small = {word.replace("y", "ie") + "th": value for word, value in words.items() if 3 < value < 100}
        words |= small | {word + "s": value for word, value in small.items()}
    else:
        words |= _arabic([(int(value), stem) for value, stem in tens])
    known = {word: (value,) for word, value in words.items()} | PARTS[lang]
    return {clitic + word: v for word, v in known.items() for clitic in (CLITICS if lang == "ar" else [""])}


def _arabic(tens: list[tuple[int, str]]) -> dict[str, float]:
    """The tens and hundreds of Arabic, which are made from the stems of the units, and the duals."""
    words = {stem + end: float(value) for value, stem in tens for end in ("ون", "ين", "ينيات", "ينات")}
    words |= {stem + end: value * 10.0 for value, stem in tens if value > 20 for end in ("مئة", "مائة")}
    words |= {stem + end: 200.0 for stem in ("مئت", "مائت") for end in ("ان", "ين", "ا", "ي")}
    return words | {"ألفان": 2e3, "ألفين": 2e3, "ألفي": 2e3, "مليونان": 2e6, "مليونين": 2e6, "مليوني": 2e6}


@cache
def numerals(lang: str) -> frozenset[str]:
    """The words without which there is no number in words: all but one, which is an article."""
    return frozenset(word for word, values in table(lang).items() if values != (1.0,))


WORD = re.compile(r"[^\W\d_]+")
JOINT = {"fr": re.compile(r"[ -]|[ -]et[ -]"), "en": re.compile(r"[ -]| and "), "ar": re.compile(" ")}
LEAST = {"fr": 20, "en": 100, "ar": 0}
"""Only after so much may “and” join two words to one number: vingt et un, a hundred and one."""
ROMAN = re.compile(r"\b([IVX]{2,}|[VX])(?:e|ème)?\b")
ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}


def spelled(text: str, lang: str) -> Iterator[tuple[Values, Span]]:
    """Yield each number that a text has in words (or in Roman digits): its values, its place.

    >>> [sorted(values) for values, _ in spelled("quatre-vingt-dix mille ans", "fr")]
    [[90000.0]]
    """
    known = table(lang)
    run: list[float] = []
    start = end = 0
    for match in WORD.finditer(text):
        values = known.get(match.group().lower())
        if values is None:
            continue
        alone = len(values) > 1 or match.group().lower() in ALONE
        if run and (alone or not _joined(run[-1], text[end : match.start()], lang)):
            yield frozenset({_total(run, lang)}), (start, end)
            run = []
        if alone:
            yield frozenset(values), match.span()
            continue
        start = start if run else match.start()
        run.append(values[0])
        end = match.end()
    if run:
        yield frozenset({_total(run, lang)}), (start, end)
    if lang == "fr":
        for found in ROMAN.finditer(text):
            yield frozenset({float(_roman(found[1]))}), found.span()


def _joined(last: float, between: str, lang: str) -> bool:
    return bool(JOINT[lang].fullmatch(between)) and (len(between) == 1 or last >= LEAST[lang])


def _total(run: list[float], lang: str) -> float:
    """Add and multiply, as the words say: deux cent vingt, four hundred thousand, خمسة وعشرون."""
    total = part = 0.0
    for value in run:
        if value >= 1000:
            total += (part or 1) * value
            part = 0
        elif value == 100:
            part = part + 100 if part >= 100 else (part or 1) * 100
        elif lang == "fr" and value == 20 and part % 100 == 4:  # quatre-vingts
            part += 76
        elif lang != "ar" and part == 1:  # une dizaine, a third: an article
            part = value
        else:
            part += value
    return total + part


def _roman(digits: str) -> int:
    values = [ROMAN_DIGITS[digit] for digit in digits]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
