"""Equivalents of the less common words of a French sentence, to be given to a model in its prompt.

A model of 270 million parameters has not read enough to know what every *sécheresse* is called in
Arabic; a lexicon does, and copying is easy (dictionary prompts; Ghazvininejad, Gonen and
Zettlemoyer, 2023). The model is trained with what this module finds, mistakes included, so that it
learns how far to trust it. A line of the file is an entry: French, a tab, one or two equivalents
between slashes; the most common words first, names and terms behind all words. A line of French alone
is a word so common that it is not worth its room in the prompt. Names that are not in the file are written by
rule (see ``letters.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, pairwise
from pathlib import Path

from . import letters
from .letters import Letters, capitalised

WORD = re.compile(r"[^\W_]+")
GAP = re.compile(r"[\s'’ʼ`´\-\u2010\u2011]{1,2}")
"""What may stand between the words of an entry."""
ADDRESS = re.compile(r"\S*(?:@|://|www\.)\S*")
"""Addresses and handles: nothing in them is translated."""
UNITS = frozenset({"cm", "kg", "mg", "ha", "m²", "m³"})
"""Entries of two characters that are given though they are no acronyms."""
BEGINNING = re.compile(r"(?:^|(?<!\b[A-ZÀ-Þ])(?<!\b[A-ZÀ-Þ][^\W\d_])[.!?…])[\s«»“”\"‘(—–-]*$")
"""What stands before the first word of a sentence; the point behind É. or MM. ends none."""
GROWN = frozenset({"s", "e", "es", "le", "les", "ne", "nes"})
"""Endings by which a word with a capital may differ from its entry: *Foix* is no *foi*, *Italiennes* are."""
MOST = 16
"""Entries of the file that are given for one sentence: those that stand last in it, the rarest words."""


class Lexicon:
    """A file of entries, looked up by word form.

    >>> lexicon = Lexicon({"les": "", "sécheresse": "جفاف", "états Unis": "الولايات المتحدة"})
    >>> lexicon.line("Les sécheresses aux États-Unis.")
    'Terms: sécheresses = جفاف; États-Unis = الولايات المتحدة'
    """

    def __init__(
        self, entries: Mapping[str, str], own: Mapping[str, str] | None = None, names: Letters | None = None
    ) -> None:
        """``entries``: French as ``key`` gives it to its equivalents, the most common words first.

        ``names``: how names are written that are no entries; without it they are left out.
        ``own`` are a client's terms, by their words. They are looked for first and never left out; one
        in small letters stands for all its forms, one with a capital for itself.
        """
        self.entries = entries
        self.rank = {french: n for n, french in enumerate(entries)}
        self.own = {" ".join(WORD.findall(french)): arabic for french, arabic in (own or {}).items()}
        self.names = names
        # What entries have behind their first word, so that most runs of words need no forms (see _longest).
        self.rests = {french.partition(" ")[2] for french in (*entries, *self.own)}
        self.longest = max((2, *(french.count(" ") + 1 for french in (*entries, *self.own))))

    def terms(self, source: str) -> list[tuple[str, str]]:
        """The entries that stand in a sentence, as they stand there, with their equivalents, in order."""
        found: dict[str, str] = {}
        ranks: list[tuple[int, str]] = []
        for here, arabic, rank in self._in(source):
            if here not in found:
                found[here] = arabic
                if rank is not None:
                    ranks.append((rank, here))
        common = {here for _, here in sorted(ranks)[:-MOST]}
        return [(here, arabic) for here, arabic in found.items() if here not in common]

    def _in(self, source: str) -> Iterator[tuple[str, str, int | None]]:
        """What a sentence has, its Arabic, and its rank among the entries, if it is one of the file's."""
        words = [*WORD.finditer(ADDRESS.sub(lambda address: " " * len(address.group()), source))]
        at = 0
        while at < len(words):
            run = _together(words[at : at + self.longest], source)
            size, french = self._longest(run, own=True)
            arabic, rank = self.own.get(french, ""), None
            if not size:
                size, arabic, rank = self._told(run, source[: words[at].start()])
            here = source[words[at].start() : words[at + size - 1].end()]
            # A particle such as *l* or *un* is no entry; an acronym of two letters is, or a unit.
            if arabic and (rank is None or len(here) > 2 or here.isupper() or here in UNITS):
                yield here, arabic, rank
            at += size

    def _told(self, run: Sequence[str], before: str) -> tuple[int, str, int]:
        """How many of the words are an entry, or one as a name; the Arabic, if any, and the rank."""
        size, french = self._longest(run)
        if (
            self.names
            and size < 2
            and is_name(run, before)
            and key(run[0]).removeprefix(french) not in ("", *GROWN)
        ):
            return 1, self.names.write(run[0]), len(self.rank)
        return max(size, 1), self.entries.get(french, ""), self.rank.get(french, 0)

    def line(self, source: str) -> str:
        """The same as one line."""
        return worded(self.terms(source))

    def with_own(self, terms: Mapping[str, str]) -> Lexicon:
        """The same with a client's own terms.

        >>> Lexicon({"eau": "ماء"}).with_own({"eau": "مياه"}).line("Les eaux.")
        'Terms: eaux = مياه'
        """
        return Lexicon(self.entries, terms, self.names) if terms else self

    def _longest(self, words: Sequence[str], own: bool = False) -> tuple[int, str]:
        """How many of the first words are an entry, and which."""
        entries = self.own if own else self.entries
        for size in range(len(words) if entries else 0, 0, -1):
            rest = " ".join(words[1:size])  # forms leaves it as it is, or takes each s away
            if self.rests.isdisjoint((rest, rest.lower(), singular(rest), singular(rest.lower()))):
                continue
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


def is_name(words: Sequence[str], before: str) -> bool:
    """Whether the first word is a name: it has a capital, and not only as it begins a sentence.

    >>> is_name(["Lamont"], "selon "), is_name(["Alors", "que"], ""), is_name(["Kante", "Diop"], "Là. ")
    (True, False, True)
    """
    if not capitalised(words[0]):
        return False
    return not BEGINNING.search(before) or any(map(capitalised, words[1:2]))


def worded(pairs: Sequence[tuple[str, str]]) -> str:
    """Entries as one line, for a prompt, or nothing."""
    return f"Terms: {'; '.join(f'{french} = {arabic}' for french, arabic in pairs)}" if pairs else ""


@cache
def read(path: Path, names: Path | None = None) -> Lexicon:
    """Read a lexicon and the rules for names, once a process."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = (line.partition("\t") for line in lines)
    entries = {key(french): arabic for french, _, arabic in rows}
    return Lexicon(entries, names=letters.read(names) if names else None)


def key(french: str) -> str:
    """What an entry is looked up by: its words, the first of them in small letters.

    The others keep their capitals: *la presse* is no *La Presse*.

    >>> key("Côte d’Ivoire"), key("Premier ministre")
    ('côte d Ivoire', 'premier ministre')
    """
    if french.isalpha():  # most are one word
        return french.lower()
    first, *others = WORD.findall(french) or [""]
    return " ".join([first.lower(), *others])


def forms(words: str) -> Iterator[str]:
    """What the words may be a form of: themselves, then as nouns, then as verbs, by the longest ending.

    >>> [*forms("généraux")][:3], "déclarer" in forms("déclarent"), "chef d état" in forms("chefs d état")
    (['généraux', 'général', 'générail'], True, True)
    >>> "mettre en place" in forms("mise en place"), "porter plainte" in forms("portent plainte")
    (True, True)
    """
    yield words
    first, space, rest = words.partition(" ")
    if space:  # of a term, the first word is in another form, or all are in the plural
        yield from (f"{one} {rest}" for one in ending(first, NOUNS))
        yield singular(words)
        yield from (f"{one} {rest}" for one in ending(first, VERBS))
        return
    yield from ending(words, NOUNS)
    yield from ending(words, VERBS)


def singular(words: str) -> str:
    """Each of the words without its *s*."""
    return " ".join(word.removesuffix("s") for word in words.split())


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
