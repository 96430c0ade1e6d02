"""Find phrases in running text: whole words, in whatever form grammar gives them.

A phrase is compared word by word, not letter by letter. A French or English word of a phrase
stands for its inflected forms; an Arabic word of a text stands for everything that is left
when clitics are taken off (light stemming, after Larkey, Ballesteros and Connell, 2002).
Nouns and adjectives are covered, verbs and broken plurals are not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

from .text import ADDRESS, is_shouted

Span = tuple[int, int]
"""Offsets in characters: the first, and the one after the last."""

MARKS = "\u0300-\u036f\u064b-\u065f\u0670\u00ad\u200c\u200d"
"""Written inside words without being letters: accents, vowel signs, soft hyphens, joiners."""
WORD = re.compile(rf"(?:[^\W_][{MARKS}]*)+")
UNSEEN = re.compile(rf"[{MARKS}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
HYPHEN = "-\u2010\u2011"
APOSTROPHE = "'’ʼ`´"

ELIDED = frozenset("l d j m t s c n qu jusqu lorsqu puisqu quoiqu".split())
AFTER_HYPHEN = frozenset(
    "ci là t il elle on ils elles je tu nous vous le la les lui leur moi toi y en ce même mêmes".split()
)
"""What French hangs on a word without making it another one: ce festival-là, dit-il."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text and where it stands."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of a text: letters and digits, with the marks that belong to them.

    >>> [word.text for word in words("l’eau d'Oujda")]
    ['l', 'eau', 'd', 'Oujda']
    """
    return [Word(found.group(), *found.span()) for found in WORD.finditer(text)]


def _gap(between: str) -> str:
    """What stands between two words, with hyphens as spaces and one kind of apostrophe."""
    plain = re.sub(rf"[{APOSTROPHE}]", "'", re.sub(rf"[{HYPHEN}\s]+", " ", UNSEEN.sub("", between)))
    return plain.strip() or " "


@dataclass(frozen=True)
class Phrase:
    """Some words to be found in a text of language ``lang``.

    ``fixed`` is for names: they have no other forms, and a word of theirs that begins with a
    capital is only found with one. Acronyms are only found in capitals.
    """

    text: str
    lang: str
    fixed: bool = False

    @cached_property
    def parts(self) -> tuple[frozenset[str], ...]:
        """For each word, the forms in which it may stand."""
        found = [plain(word.text, self.lang) for word in words(self.text)]
        if self.lang == "ar":
            stems = [{word, word.removeprefix("ال")} - {""} for word in found]
            return tuple(frozenset(s if self.fixed else {*s, *map(ENDED.__add__, s)}) for s in stems)
        if self.fixed:
            return tuple(unaccented({word}, self.lang) for word in found)
        return tuple(
            unaccented(french(word, len(found) == 1) if self.lang == "fr" else english(word), self.lang)
            for word in found
        )

    @cached_property
    def gaps(self) -> tuple[str, ...]:
        """What stands between the words."""
        return tuple(_gap(self.text[a.end : b.start]) for a, b in pairwise(words(self.text)))

    @cached_property
    def capitals(self) -> tuple[str, ...]:
        """For each word, how it must begin: ``all`` in capitals, the ``first``, or anyhow."""
        if is_shouted(self.text):
            return ("",) * len(self.parts)
        return tuple(
            "all" if w.text.isupper() and (len(w.text) > 1 or self.text.isupper())
            else "first" if self.fixed and w.text[0].isupper()
            else ""
            for w in words(self.text)
        )  # fmt: skip

    def stands_at(self, at: int, run: list[Word], keys: list[frozenset[str]], text: str) -> bool:
        """Whether the words of a text from number ``at`` on are this phrase."""
        end = at + len(self.parts)
        if end > len(run):
            return False
        for part, capital, word, key in zip(
            self.parts, self.capitals, run[at:end], keys[at:end], strict=True
        ):
            if not part & key or (capital == "all" and not word.text.isupper()):
                return False
            if capital == "first" and word.text.islower():
                return False
        here = pairwise(run[at:end])
        return all(_gap(text[a.end : b.start]) == gap for (a, b), gap in zip(here, self.gaps, strict=True))


def index(phrases: Iterable[Phrase]) -> dict[str, list[Phrase]]:
    """Phrases by every form of their first word, so that a large list is searched quickly."""
    found: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        for form in phrase.parts[0]:
            found.setdefault(form, []).append(phrase)
    return found


def find(
    phrases: Mapping[str, list[Phrase]], text: str, lang: str, strict: bool = True
) -> list[tuple[Phrase, Span]]:
    """Find the phrases of an ``index``: the longest first, without overlaps, in order.

    None is found inside a longer word, a web address or a hashtag. ``strict`` counts what
    hyphens join as one word: no *parole* in *porte-parole*.

    >>> plan = index([Phrase("plan d'action", "fr"), Phrase("plan", "fr")])
    >>> [p.text for p, _ in find(plan, "L’aplanir ? Deux plans d’action.", "fr")]
    ["plan d'action"]
    """
    candidates = sorted(
        occurrences(phrases, text, lang, strict),
        key=lambda found: (found[1][0] - found[1][1], found[1], not found[0].fixed, found[0].text),
    )
    taken: list[tuple[Phrase, Span]] = []
    for phrase, span in candidates:
        if all(span[1] <= a or b <= span[0] for _, (a, b) in taken):
            taken.append((phrase, span))
    return sorted(taken, key=lambda found: found[1])


def occurrences(
    phrases: Mapping[str, list[Phrase]], text: str, lang: str, strict: bool
) -> Iterator[tuple[Phrase, Span]]:
    """Everywhere a phrase of an ``index`` stands, overlaps included."""
    run = words(text)
    keys = [keys_of(word.text, lang) for word in run]
    addresses = [found.span() for found in ADDRESS.finditer(text)]
    for at, key in enumerate(keys):
        for phrase in {p for form in key for p in phrases.get(form, ())}:
            last = at + len(phrase.parts) - 1
            if (
                phrase.stands_at(at, run, keys, text)
                and _begins(at, run, text, lang, strict)
                and _ends(last, run, text, lang, strict)
                and not any(a < run[last].end and run[at].start < b for a, b in addresses)
            ):
                yield phrase, (run[at].start, run[last].end)


def _begins(at: int, run: list[Word], text: str, lang: str, strict: bool) -> bool:
    """Whether word ``at`` begins a word: nothing, or only an elided particle, hangs before it."""
    start = run[at].start
    if text[start - 1 : start] in ("_", "#", "@") and start:
        return False
    if not at or run[at - 1].end != start - 1:
        return True
    if text[start - 1] in APOSTROPHE:
        return lang != "ar" and run[at - 1].text.lower() in ELIDED  # English has names such as d'Ivoire
    return not (strict and text[start - 1] in HYPHEN)


def _ends(at: int, run: list[Word], text: str, lang: str, strict: bool) -> bool:
    """Whether word ``at`` ends a word: nothing but a possessive or a particle hangs behind it."""
    end = run[at].end
    if text[end : end + 1] == "_":
        return False
    if at + 1 == len(run) or run[at + 1].start != end + 1:
        return True
    following = run[at + 1].text.lower()
    if text[end] in APOSTROPHE:
        return lang == "en" and following == "s"
    return not (strict and text[end] in HYPHEN) or (lang == "fr" and following in AFTER_HYPHEN)


def plain(word: str, lang: str) -> str:
    """A word in small letters; an Arabic one without vowel signs and variants of letters.

    >>> plain("الإِمَـارَات", "ar"), plain("ÉTÉ", "fr")
    ('الامارات', 'été')
    """
    word = unicodedata.normalize("NFC", word)
    word = re.sub(rf"[{MARKS}]", "", word).lower()
    return word.translate(ARABIC) if lang == "ar" else word


ARABIC = str.maketrans("أإآٱىةؤئ", "اااايهوي", "ـ")


def unaccented(forms: Iterable[str], lang: str) -> frozenset[str]:
    """Forms, and the same without accents: in English always, in French in capitals only."""
    stripped = {_bare(form) for form in forms}
    return frozenset({*forms, *(stripped if lang == "en" else map(str.upper, stripped))})


def _bare(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


@cache
def keys_of(word: str, lang: str) -> frozenset[str]:
    """Under which forms a word of a text is looked up; see ``Phrase.parts``."""
    small = plain(word, lang)
    if lang == "ar":
        return arabic(small)
    if lang == "en":
        return frozenset({small, _bare(small)})
    return frozenset({small, _bare(word).upper()} if word.isupper() else {small})


PROCLITICS = "و ف ب ك ل س ال لل وال فال بال كال ولل فلل وب وك ول فب فل وبال وكال فبال".split()
ENCLITICS = "ا ه ها هم هن هما نا كم ك ي ون ين ان ات".split()


ENDED = "+"
"""Marks a stem whose ending was taken off, too: names are not looked up under those."""


def arabic(word: str) -> frozenset[str]:
    """What is left of an Arabic word, as ``plain`` gives it, without clitics and endings.

    >>> "مغرب" in arabic("وللمغرب"), "+جهه" in arabic("جهتها")
    (True, True)
    """
    stems = {word} | {word[len(p) :] for p in PROCLITICS if word.startswith(p) and len(word) > len(p) + 1}
    ended: set[str] = set()
    for stem in stems:
        for ending in ENCLITICS:
            if stem.endswith(ending) and len(stem) > len(ending) + 2:
                rest = stem[: -len(ending)]
                ended.add(rest)
                if ending == "ات":
                    ended.add(rest + "ه")
                if rest.endswith("ت"):  # the ta marbuta opens before an ending
                    ended.add(rest[:-1] + "ه")
                if rest[-1] in "وي" and len(rest) > 3:  # باحثونا: the plural's nun falls
                    ended.add(rest[:-1])
    return frozenset({*stems, *map(ENDED.__add__, ended)})


FEMININE = (
    ("teur", "trice"), ("eur", "euse"), ("eux", "euse"), ("if", "ive"), ("er", "ère"),
    ("el", "elle"), ("al", "ale"), ("ien", "ienne"), ("éen", "éenne"), ("ain", "aine"),
    ("ais", "aise"), ("ois", "oise"), ("ant", "ante"), ("ent", "ente"), ("at", "ate"),
    ("é", "ée"), ("u", "ue"),
)  # fmt: skip
"""How adjectives and the words for people make their feminine."""
OTHER_NOUN = frozenset("capital moral central final fonds cours travaux moyen revenu médecin".split())
"""Words whose regular feminine or singular is another word: le capital, la capitale."""


@cache
def french(word: str, alone: bool = False) -> frozenset[str]:
    """The forms of a French noun or adjective: as it is, singular, plural, feminine.

    In a phrase any word may be an adjective and take an *e*; ``alone``, only endings that are
    sure: *porte* is no form of the *port*.

    >>> sorted(french("régional", alone=True))
    ['régional', 'régionale', 'régionales', 'régionaux']
    """
    if len(word) < 3 or not word.isalpha():
        return frozenset({word})
    masculine = {word} if word in OTHER_NOUN else {word, *_singular(word)}
    singular = set(masculine)
    for base in masculine - OTHER_NOUN:
        for ending, feminine in FEMININE:
            if base.endswith(ending) and len(base) > len(ending) + 2 and not base.endswith("ment"):
                singular.add(base.removesuffix(ending) + feminine)
        if not alone and base[-1] not in "esxz":
            singular |= {base + "e", *({base + base[-1] + "e"} if base[-1] in "lnt" else ())}
    forms = singular | {plural for base in singular for plural in _plural(base)}
    return frozenset(forms)


def _singular(word: str) -> set[str]:
    if word.endswith("aux"):
        return {word[:-2] + "l", word[:-2] + "il", word[:-1]}
    if len(word) > 4 and (word.endswith("s") or word.endswith(("eux", "oux"))):
        return {word[:-1]}
    return set()


def _plural(word: str) -> set[str]:
    if word.endswith(("s", "x", "z")):
        return set()
    if word.endswith("al"):
        return {word[:-1] + "ux"}
    if word.endswith("ail"):
        return {word[:-2] + "ux", word + "s"}
    return {word + "x", word + "s"} if word.endswith(("au", "eu", "ou")) else {word + "s"}


IRREGULAR = {"person": "people", "child": "children", "man": "men", "woman": "women", "life": "lives"}


@cache
def english(word: str) -> frozenset[str]:
    """The singular and plural of an English noun; the possessive is no part of the word.

    >>> sorted(english("company"))
    ['companies', 'company']
    """
    if len(word) < 3 or not word.isalpha():
        return frozenset({word})
    forms = {word}
    if word.endswith("ies"):
        forms.add(word[:-3] + "y")
    elif word.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
        forms |= {word[:-2], word[:-1]}
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        forms.add(word[:-1])
    elif word.endswith("y") and word[-2] not in "aeiou":
        forms.add(word[:-1] + "ies")
    else:
        forms.add(word + ("es" if word.endswith(("s", "x", "z", "ch", "sh", "o")) else "s"))
    for one, many in IRREGULAR.items():
        if word in (one, many):
            forms |= {one, many}
    return frozenset(forms)
