"""How a name is written in Arabic letters, by rules of context that ``training/letters.py`` learns.

A rule says what a letter becomes between others: ``ste(u)r^`` is a *u* before a final *r*. The rule with
the widest context decides (letter-to-sound rules; Black, Lenzo and Pagel, 1998). Half of the names come
out as they are known in Arabic, most of the others nearly so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path

WIDEST = 4
"""Letters on each side that a rule looks at at most; ``^`` stands for what is beyond the ends."""
SPELT = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ð": "d", "þ": "th", "ê": "è"}
)


class Letters:
    """The rules, by their context.

    >>> Letters({"(a)": "ا", "(n)": "ن", "(e)": "", "(b)": "ب"}).write("Banane")
    'بانان'
    """

    def __init__(self, rules: Mapping[str, str]) -> None:
        """``rules``: context with the letter in brackets, to its Arabic, which may be nothing."""
        self.rules = rules

    def write(self, name: str) -> str:
        """One word in Arabic letters, or nothing where a letter is not known."""
        written = ""
        for at in range(len(spelling := spelt(name))):
            if (arabic := self.one(spelling, at)) is None:
                return ""
            written += arabic
        return written

    def one(self, spelling: str, at: int) -> str | None:
        """What the letter at a place becomes, by the widest rule."""
        rules = (self.rules.get(context(spelling, at, size)) for size in range(WIDEST, -1, -1))
        return next((arabic for arabic in rules if arabic is not None), None)


def read(path: Path) -> Letters:
    """Read rules: a context, a tab, Arabic."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return Letters({rule: arabic for rule, _, arabic in (line.partition("\t") for line in lines)})


def capitalised(word: str) -> bool:
    """Whether a word of three letters or more has one capital at least, and not all: no ordinal as XIVe.

    >>> [*map(capitalised, ["Čilić", "McDonald", "ÉCOLE", "XIVe", "école", "G20"])]
    [True, True, False, False, False, False]
    """
    return len(word) > 2 and word.isalpha() and word[0].isupper() and word[1].islower()


def context(spelling: str, at: int, size: int) -> str:
    """The letter at a place between ``size`` others on each side.

    >>> context("rosa", 3, 2)
    'os(a)^^'
    """
    padded = f"{'^' * size}{spelling}{'^' * size}"
    return f"{padded[at : at + size]}({spelling[at]}){padded[at + size + 1 : at + 2 * size + 1]}"


def spelt(name: str) -> str:
    """In small letters without accents, but for é, è (for ê, too) and ç, which say how a name sounds.

    >>> spelt("Ångström"), spelt("Désiré")
    ('angstrom', 'désiré')
    """
    letters = unicodedata.normalize("NFC", name).lower().translate(SPELT)
    return "".join(
        letter if letter in "éèç" else unicodedata.normalize("NFD", letter)[0] for letter in letters
    )
