"""Equivalents of the less common words of a French sentence, to be given to a model in its prompt.

A model of 270 million parameters has not read enough to know what every *sécheresse* is called in
Arabic; a lexicon does, and copying is easy (dictionary prompts; Ghazvininejad, Gonen and
Zettlemoyer, 2023). The model is trained with what this module finds, mistakes included, so that it
learns how far to trust it. A line of the file is an entry: French, a tab, one or two equivalents
between slashes; the most common words first, names and terms behind all words. A line of French alone
is a word so common that it is not worth its room in the prompt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, pairwise
from pathlib import Path

WORD = re.compile(r"[^\W_]+")
GAP = re.compile(r"[\s'’ʼ`´\-\u2010\u2011]{1,2}")
"""What may stand between the words of an entry."""
MOST = 12
"""Entries of the file that are given for one sentence: those that stand last in it, the rarest words."""


class Lexicon:
    """A file of entries, looked up by word form.

    >>> lexicon = Lexicon({"les": "", "sécheresse": "جفاف", "états Unis": "الولايات المتحدة"})
    >>> lexicon.line("Les sécheresses aux États-Unis.")
    'Terms: sécheresses = جفاف; États-Unis = الولايات المتحدة'
    """

    def __init__(self, entries: Mapping[str, str], own: Mapping[str, str] | None = None) -> None:
        """``entries``: French as ``key`` gives it to its equivalents, the most common words first.

        ``own`` are a client's terms, by their words. They are looked for first and never left out; one
        in small letters stands for all its forms, one with a capital for itself.
        """
        self.entries = entries
        self.rank = {french: n for n, french in enumerate(entries)}
        self.own = {" ".join(WORD.findall(french)): arabic for french, arabic in (own or {}).items()}
        self.longest = max((french.count(" ") + 1 for french in (*entries, *self.own)), default=0)

    def terms(self, source: str) -> list[tuple[str, str]]:
        """The entries that stand in a sentence, as they stand there, with their equivalents, in order."""
        words = [*WORD.finditer(source)]
        found: dict[str, str] = {}
        ranks: list[tuple[int, str]] = []
        at = 0
        while at < len(words):
            run = _together(words[at : at + self.longest], source)
            size, french = self._longest(run, own=True)
            own = size > 0
            if not own:
                size, french = self._longest(run)
            here = source[words[at].start() : words[at + max(size, 1) - 1].end()]
            arabic = (self.own if own else self.entries).get(french, "")
            # A particle such as *l* or *un* is no entry; an acronym of two letters is.
            if arabic and here not in found and (own or len(here) > 2 or here.isupper()):
                found[here] = arabic
                if not own:
                    ranks.append((self.rank[french], here))
            at += max(size, 1)
        common = {here for _, here in sorted(ranks)[:-MOST]}
        return [(here, arabic) for here, arabic in found.items() if here not in common]

    def line(self, source: str) -> str:
        """The same as one line."""
        return worded(self.terms(source))

    def with_own(self, terms: Mapping[str, str]) -> Lexicon:
        """The same with a client's own terms.

        >>> Lexicon({"eau": "ماء"}).with_own({"eau": "مياه"}).line("Les eaux.")
        'Terms: eaux = مياه'
        """
        return Lexicon(self.entries, terms) if terms else self

    def _longest(self, words: Sequence[str], own: bool = False) -> tuple[int, str]:
        """How many of the first words are an entry, and which."""
        entries = self.own if own else self.entries
        for size in range(len(words) if entries else 0, 0, -1):
            run = " ".join(words[:size])
            spellings = dict.fromkeys((run if own else key(run), run.lower()))
            for french in chain.from_iterable(map(forms, spellings)):
                if french in entries:
                    return size, french
        return 0, ""


def _together(words: Sequence[re.Match[str]], source: str) -> list[str]:
    """The first words as far as nothing but spaces, hyphens and apostrophes stands between them."""
    run = [word.group() for word in words[:1]]
    for before, word in pairwise(words):
        if not GAP.fullmatch(source, before.end(), word.start()):
            break
        run.append(word.group())
    return run


def worded(pairs: Sequence[tuple[str, str]]) -> str:
    """Entries as one line, for a prompt, or nothing."""
    return f"Terms: {'; '.join(f'{french} = {arabic}' for french, arabic in pairs)}" if pairs else ""


@cache
def read(path: Path) -> Lexicon:
    """Read a lexicon, once a process."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = (line.partition("\t") for line in lines)
    return Lexicon({key(french): arabic for french, _, arabic in rows})


def key(french: str) -> str:
    """What an entry is looked up by: its words, the first of them in small letters.

    The others keep their capitals: *la presse* is no *La Presse*.

    >>> key("Côte d’Ivoire"), key("Premier ministre")
    ('côte d Ivoire', 'premier ministre')
    """
    first, *others = WORD.findall(french) or [""]
    return " ".join([first.lower(), *others])


def forms(words: str) -> Iterator[str]:
    """What the words may be a form of: themselves, then as nouns, then as verbs, by the longest ending.

    >>> [*forms("généraux")][:3], "déclarer" in forms("déclarent"), "chef d état" in forms("chefs d état")
    (['généraux', 'général', 'générail'], True, True)
    """
    yield words
    first, space, rest = words.partition(" ")
    if space:  # of a term, the first word or all of them are in the plural
        yield from (f"{one} {rest}" for one in ending(first, NOUNS))
        yield " ".join(word.removesuffix("s") for word in words.split())
        return
    yield from ending(words, NOUNS)
    yield from ending(words, VERBS)


def ending(word: str, table: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """A word with its ending replaced, by the longest ending first; a short one leaves three letters."""
    for cut in range(len(word)):
        if cut < 3 and len(word) - cut < 4:
            continue
        for other in table.get(word[cut:], ()):
            yield word[:cut] + other
            if "è" in word[max(0, cut - 3) : cut]:  # lève, cède
                yield from (word[:cut].replace("è", plain) + other for plain in "eé")


def _table(text: str) -> dict[str, tuple[str, ...]]:
    """Read lines of endings and, behind a colon, what they replace."""
    found: dict[str, tuple[str, ...]] = {}
    for line in text.split("\n"):
        endings, _, bases = line.partition(":")
        for one in endings.split():
            found[one] = found.get(one, ()) + tuple(base.strip("-") for base in bases.split())
    return found


NOUNS = _table("""
aux: al ail au
s x e es: -
ère ères: er
euse euses: eur eux
trice trices: teur
ive ives: if
elle elles: el
enne ennes: en
onne onnes: on
ette ettes ète ètes: et
esse esses: -
sse sses: s
""")
VERBS = _table("""
e es ent ons ez ais ait aient a èrent é ée és ées ant era eront erait eraient: er
geait geaient geant gea: ger
çait çaient çant ça: cer
oie oient: oyer
aie aient: ayer
elle ellent: eler
ette ettent: eter
it is i ie ies issent issait issaient issant ira iront irait iraient irent: ir
d ds dent dait daient dant du due dus dues dit dirent dra dront drait draient: dre
tient tiennent tenait tenaient tenant tenu tenue tenus tenues tint tinrent tiendra tiendront: tenir
vient viennent venait venaient venant venu venue venus venues vint vinrent viendra viendront: venir
met mettent mettait mettaient mettant mis mise mises mettra mettront mit mirent: mettre
prend prennent prenait prenaient prenant pris prise prises prendra prendront prit prirent: prendre
duit duite duits duites duisent duisait duisaient duisant duira duiront duisit duisirent: duire
vre vrent vert verte verts vertes vrait vraient vrant vrira vriront: vrir
aît aissent aissait aissaient aissant u ue us ues aîtra aîtront: aître
crit crite crits crites crivent crivait crivaient crivant crivit: crire
çoit çoivent çu çue çus çues cevait cevaient cevant çut çurent cevra cevront: cevoir
struit struite struits struites struisent struisait struisant: struire
raint rainte raignent raignait: raindre
eint einte eints eintes eignent eignait eignant: eindre
oint ointe oints ointes oignent oignait oignant: oindre
""")
