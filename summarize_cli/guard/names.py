"""Proper names and acronyms: kept in English, transliterated in Arabic.

Names of two scripts are compared by their consonants, each letter standing for a class of sounds,
by an edit distance in which classes that are often written for one another cost half, and
consonants that French does not speak at the end of a word cost little. After Freeman, Condon and
Ackerman, "Cross linguistic name matching in English and Arabic: a one to many mapping extension
of the Levenshtein edit distance algorithm" (NAACL-HLT 2006), with classes for French.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from ..document import Finding
from .pair import WORD, Pair

# Inside a sentence, and not behind an article: cities, people and brands have none in French, but
# countries and institutions do, whose names are translated (la Norvège, le ministère de la Santé).
# The capital comes first, because the expression is then tried at capitals only.
NAME = re.compile(
    r"[A-ZÀ-Þ](?:(?<=[^\W_][ ’'\u00a0].)|(?<=, .))"
    r"(?<!\b[Ll]['’].)(?<!\b[Ll][ae] .)(?<!\b[LldD]es .)(?<!\baux .)(?<!\b[ad]u .)(?<!\b[Ee]n .)"
    r"[a-zà-ÿ]+(?:[A-Z]\w+)?(?:-[A-Z][a-zà-ÿ]+)*(?![\w-])"
)
# Names that have a form of their own in English, Arabic or both, as beginnings of words.
EXONYMS = {
    "Alep": "Aleppo|حلب", "Algérie": "Algeria|جزائر", "Allemagne": "German|ألماني",
    "Anvers": "Antwerp|أنتويرب|أنفير", "Athènes": "Athens|أثينا", "Autriche": "Austria|نمسا",
    "Bruxelles": "Brussels|بروكسل", "Casablanca": "الدار البيضاء", "Chine": "Chin|صين",
    "Chypre": "Cyprus|قبرص", "Constantine": "قسنطينة", "Constantinople": "القسطنطينية",
    "Damas": "Damascus|دمشق", "Égypte": "Egypt|مصر", "Espagne": "Spa|إسباني",
    "États-Unis": "United States|US|U.S.|الولايات المتحدة|أمريكي|أميركي", "Grèce": "Gree|يونان",
    "Hongrie": "Hungar|مجر", "Inde": "India|هند", "Internet": "internet|إنترنت", "Japon": "Japan|يابان",
    "Jérusalem": "Jerusalem|قدس", "Lisbonne": "Lisbon|لشبون", "Londres": "London|لندن",
    "Maroc": "Morocc|مغرب", "Noël": "Christmas|ميلاد", "Norvège": "Norw|نرويج",
    "Pays-Bas": "Netherlands|Dutch|هولند", "Pékin": "Beijing|بكين", "Pologne": "Pol|بولندا|بولونيا",
    "Suède": "Swed|سويد", "Syrie": "Syria|سوري",
    "Royaume-Uni": "United Kingdom|UK|Brit|المملكة المتحدة|بريطاني", "Varsovie": "Warsaw|وارسو",
    "Venise": "Venice|بندقية",
}  # fmt: skip
ACRONYM = re.compile(r"[A-Z](?<![\w.-].)[A-Z0-9&]{1,7}(?![\w-])")
ENGLISH_NAME = re.compile(r"\b[A-ZÀ-Þ][\wà-ÿ]+")

SOUNDS = re.compile(r"sch|tch|ch|sh|kh|gh|th|ph|dj|ck|qu|gn|sc(?=[eiy])|c(?=[eiy])|g(?=[eiy])|x|[a-z]")
CLASSES = {
    "sch": "S", "tch": "S", "ch": "S", "sh": "S", "kh": "K", "gh": "G", "th": "T", "ph": "F", "dj": "J",
    "ck": "K", "qu": "K", "gn": "N", "sc": "S", "x": "KS", "c": "K", "k": "K", "q": "K", "g": "G", "j": "J",
    "s": "S", "z": "S", "b": "B", "p": "B", "f": "F", "v": "F", "d": "D", "t": "T", "l": "L", "m": "M",
    "n": "N", "r": "R",
}  # fmt: skip
SOFT = {"c": "S", "g": "J"}
ARABIC = str.maketrans(
    {letter: sound for sound, letters in {
        "B": "بپ", "T": "تطث", "J": "جژ", "K": "خكقک", "D": "دذضظ", "R": "ر", "S": "زسصشچ", "G": "غگڭݣ",
        "F": "فڤڥ", "L": "ل", "M": "م", "N": "ن", "": "اأإآءعؤئويىةهحٱ",
    }.items() for letter in letters}
)  # fmt: skip
CLITIC = re.compile(r"[وف]?(?:[بك]?ال|لل|[بلك])?")
DOUBLE = re.compile(r"(\w)\1+")
NEAR = {frozenset(two) for two in ("KG", "GJ", "JS", "ST", "TD", "BF", "KS", "DS", "KJ", "FG")}
SILENT = frozenset("TSDKRNB")
PLAUSIBLE = 0.3
"""Cost for each consonant of the longer skeleton up to which two names may be one."""


def check(pair: Pair) -> Iterator[Finding]:
    """A name of the source that nothing in the target looks or sounds like; an acronym that is lost."""
    if pair.source.isupper() or pair.source_lang not in ("fr", "en"):
        return
    for match in NAME.finditer(pair.source):
        name = match.group()
        if name in pair.target or len(name) < 3:
            continue
        if not _kept(name, pair):
            yield pair.finding("name", False, f"{name} is missing or changed", match.span())
    if pair.lang == "en":
        for match in ACRONYM.finditer(pair.source):
            if match.group() not in pair.target and not _expanded(match.group(), pair):
                message = f"{match.group()} is missing or changed"
                yield pair.finding("acronym", False, message, match.span())


def _kept(name: str, pair: Pair) -> bool:
    if any(form in pair.target for form in EXONYMS.get(name, "").split("|") if form):
        return True
    ours = skeleton(name)
    if len(ours) < 2:
        return True
    forms = _arabic_forms(pair.target) if pair.lang == "ar" else _capitalised(pair.target)
    return ours in forms or any(sounds_like(ours, form) for form in forms)


def _expanded(acronym: str, pair: Pair) -> bool:
    """Whether the target has another acronym, or capitals that spell this one."""
    strange = [other for other in ACRONYM.findall(pair.target) if other not in pair.source]
    capitals = "".join(word[0] for word in ENGLISH_NAME.findall(pair.target))
    return bool(strange) or acronym in capitals


@lru_cache(maxsize=32768)
def skeleton(name: str) -> str:
    """The consonant classes of a word in Latin or Arabic script, doubled ones once.

    >>> skeleton("Casablanca"), skeleton("Mezzour"), skeleton("مزور")
    ('KSBLNK', 'MSR', 'MSR')
    """
    if "\u0600" <= name[:1] <= "\u06ff":
        sounds = name.translate(ARABIC)
    else:
        plain = unicodedata.normalize("NFKD", name.lower().replace("ç", "s"))
        letters = "".join(c for c in plain if c.isalpha())
        sounds = "".join(_sound(match, letters) for match in SOUNDS.finditer(letters))
    return DOUBLE.sub(r"\1", sounds)


def _sound(match: re.Match[str], letters: str) -> str:
    found = match.group()
    soft = letters[match.end() : match.end() + 1] in tuple("eiy")
    return SOFT[found] if soft and found in SOFT else CLASSES.get(found, "")


def _capitalised(text: str) -> frozenset[str]:
    return frozenset(skeleton(word) for word in ENGLISH_NAME.findall(text))


@lru_cache(maxsize=64)
def _arabic_forms(text: str) -> frozenset[str]:
    """The skeletons of an Arabic text's words: with and without clitics, and two words as one."""
    words = WORD.findall(text)
    whole = [DOUBLE.sub(r"\1", word) for word in " ".join(words).translate(ARABIC).split(" ")]
    forms = set(whole) | {a + b for a, b in pairwise(whole)}
    for word, form in zip(words, whole, strict=True):
        clitic = CLITIC.match(word)
        if clitic and clitic.end():
            forms.add(form[len(clitic.group().translate(ARABIC)) :])
    return frozenset(forms - {""})


@lru_cache(maxsize=262144)
def sounds_like(ours: str, theirs: str) -> bool:
    """Whether two skeletons may be the same name."""
    if ours == theirs:
        return True
    longer = max(len(ours), len(theirs))
    if abs(len(ours) - len(theirs)) > 2 or longer < 2:
        return False
    return distance(ours, theirs) <= PLAUSIBLE * longer


def distance(ours: str, theirs: str) -> float:
    """Levenshtein's distance with cheap steps between near classes and for silent endings."""
    row = [float(n) for n in range(len(theirs) + 1)]
    for at, a in enumerate(ours, start=1):
        last = at == len(ours) and a in SILENT
        gone = 0.3 if last else 1.0
        before, row[0] = row[0], row[0] + gone
        for column, b in enumerate(theirs, start=1):
            change = 0.0 if a == b else 0.5 if frozenset((a, b)) in NEAR else 1.0
            before, row[column] = row[column], min(row[column] + gone, row[column - 1] + 1, before + change)
    return row[-1]
