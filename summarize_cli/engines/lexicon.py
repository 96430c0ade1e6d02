"""Equivalents of the less common words of a French sentence, to be given to a model in its prompt.

A model of 270 million parameters has not read enough to know what every *sécheresse* is called in
Arabic; a lexicon does, and copying is easy (dictionary prompts; Ghazvininejad, Gonen and
Zettlemoyer, 2023). The model is trained with what this module finds, mistakes included, so that it
learns how far to trust it. A line of the file is an entry, the most common words first: French, a
tab, one to three equivalents between slashes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

WORD = re.compile(r"[^\W\d_]+")
LONGEST = 5
"""Words of an entry that are looked for at most; l'Organisation mondiale de la santé counts five."""
COMMON = 800
"""Entries of one word at the head of the file that are not worth their room in the prompt."""
MOST = 12
"""Entries given for one sentence, the rarest."""


class Lexicon:
    """A file of entries, looked up by word form.

    >>> lexicon = Lexicon({"sécheresse": "جفاف", "états unis": "الولايات المتحدة"}, common=0)
    >>> lexicon.line("Les sécheresses aux États-Unis.")
    'Terms: sécheresses = جفاف; États-Unis = الولايات المتحدة'
    """

    def __init__(self, entries: dict[str, str], common: int = COMMON) -> None:
        """``entries``: French as ``key`` gives it to its equivalents, the most common first."""
        self.entries = entries
        self.rank = {french: n for n, french in enumerate(entries)}
        self.common = common

    def terms(self, source: str) -> list[tuple[str, str]]:
        """The entries that stand in a sentence, as they stand there, with their equivalents, in order."""
        words = [*WORD.finditer(source)]
        small = [word.group().lower() for word in words]
        found: dict[str, tuple[int, str]] = {}
        at = 0
        while at < len(words):
            size, french = self._longest(small, at)
            here = source[words[at].start() : words[at + max(size, 1) - 1].end()]
            if french and self._wanted(french, here):
                found.setdefault(here, (self.rank[french], self.entries[french]))
            at += max(size, 1)
        rarest = sorted(rank for rank, _ in found.values())[-MOST:]
        return [(here, arabic) for here, (rank, arabic) in found.items() if rank in rarest]

    def line(self, source: str) -> str:
        """The same as one line."""
        return worded(self.terms(source))

    def told(self, terms: Mapping[str, str]) -> Lexicon:
        """The same with a client's own terms, which win and are never left out.

        >>> Lexicon({"eau": "ماء"}, common=0).told({"eau": "مياه"}).line("L'eau.")
        'Terms: eau = مياه'
        """
        if not terms:
            return self
        own = {key(french): arabic for french, arabic in terms.items()}
        return Lexicon({**{k: v for k, v in self.entries.items() if k not in own}, **own}, self.common)

    def _longest(self, words: list[str], at: int) -> tuple[int, str]:
        """How many words from number ``at`` on are an entry, and which."""
        for size in range(min(LONGEST, len(words) - at), 0, -1):
            for french in forms(" ".join(words[at : at + size])):
                if french in self.entries:
                    return size, french
        return 0, ""

    def _wanted(self, french: str, here: str) -> bool:
        """Whether an entry is worth giving: not common, and no particle such as *l* or *un*."""
        if " " in french:
            return True
        return self.rank[french] >= self.common and (len(here) > 2 or here.isupper())


def worded(pairs: Sequence[tuple[str, str]]) -> str:
    """Entries as one line, for a prompt, or nothing."""
    return f"Terms: {'; '.join(f'{french} = {arabic}' for french, arabic in pairs)}" if pairs else ""


@cache
def read(path: Path) -> Lexicon:
    """Read a lexicon, once a process."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return Lexicon({key(french): arabic for french, arabic in (line.split("\t") for line in lines)})


def key(french: str) -> str:
    """What an entry is looked up by: its words in small letters.

    >>> key("Côte d’Ivoire")
    'côte d ivoire'
    """
    return " ".join(WORD.findall(french.lower()))


def forms(words: str) -> Iterator[str]:
    """What the words may be a form of, themselves first, then by the longest ending.

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
