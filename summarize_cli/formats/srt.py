"""SubRip subtitles: the words of each cue; numbers and times stay as they are.

A cue's lines are one text for the model, since a line ends where the screen does and not the
sentence; the translation is broken into as many lines again. Lines that begin with a dash are
different speakers and stay apart.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

from ..document import Document, Wrap
from .plain import decode
from .tagged import Slot, Tagged, Words

CUE = re.compile(
    r"(?:\A|(?<=\n))[^\n]*\d\d:\d\d:\d\d[,.]\d+\s*-->[^\n]*\n(?P<words>(?:[^\r\n]+(?:\r?\n|\Z))*)"
)
TAG = re.compile(r"(</?[a-zA-Z][^>]*>|\{\\[^}]*\})")
WIDEST = 42
"""The usual limit of a subtitle's line in characters (BBC Subtitle Guidelines: 37 to 42)."""


@dataclass(frozen=True)
class Cue:
    """The words of a cue, and on how many lines they stood."""

    slot: Slot
    lines: int
    ending: str

    def written(self, target: Document) -> str:
        """The translation, broken into lines of about the same length."""
        text = self.slot.written(target)
        if self.lines == 1 or "\n" in text:
            return text
        width = max(WIDEST if len(text) > WIDEST * self.lines else 0, -(-len(text) // self.lines))
        while (
            len(lines := textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False))
            > self.lines
        ):
            width += 1
        return self.ending.join(lines)


def read(content: bytes, name: str, lang: str, wrap: Wrap) -> Document:  # noqa: ARG001
    """Read subtitles. Raises InputError if there are none."""
    text = decode(content, name)
    tagged = Tagged(content)
    at = 0
    for cue in CUE.finditer(text):
        body = cue["words"].rstrip("\r\n")
        start = cue.start("words")
        tagged.parts.append(text[at:start])
        ending = "\r\n" if "\r\n" in cue["words"] else "\n"
        slot = tagged.slot(_words(body, ending), str)
        lines = len(body.splitlines())
        tagged.parts += [Cue(part, lines, ending) if isinstance(part, Slot) else part for part in slot]
        at = start + len(body)
    tagged.parts.append(text[at:])
    return tagged.document(name, lang)


def _words(body: str, ending: str) -> Words:
    words = Words()
    for n, line in enumerate(body.splitlines()):
        if n and line.lstrip().startswith(("-", "–", "—")):
            words.line_break(ending)
        elif n:
            words.add(" ", "")
        for piece in TAG.split(line):
            if not TAG.fullmatch(piece):
                words.add(piece, "")
            elif piece.startswith("</"):
                words.close(piece[2:-1], (piece,))
            elif piece.startswith("<"):
                words.open(piece[1:-1].split()[0], (piece,))
            else:
                words.point((piece,))
    words.raw = [body]
    return words
