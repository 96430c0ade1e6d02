"""What every check reads: a source and a target text, and the words of both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from ..document import Finding
from ..text import ADDRESS

Span = tuple[int, int]
"""Offsets in characters: the first, and the one after the last."""

WORD = re.compile(r"[^\W\d_]+")
VOWELS = re.compile(r"[\u064b-\u0652\u0640\u0670]")
"""Arabic vowel signs and the stretching stroke: a word is the same with and without them."""


@dataclass(frozen=True)
class Pair:
    """A segment and its translation into ``lang``.

    ``usual`` is the length score that is usual in the document: a translator may be terse.
    """

    source: str
    target: str
    lang: str
    source_lang: str = "fr"
    usual: float = 0.0

    def finding(
        self,
        code: str,
        serious: bool,
        message: str,
        source_span: Span | None = None,
        target_span: Span | None = None,
    ) -> Finding:
        """A finding in this pair; ``review`` gives it the number of its segment."""
        return Finding(self.lang, 0, code, serious, message, source_span, target_span)

    @cached_property
    def source_words(self) -> frozenset[str]:
        """The words of the source in small letters, elided ones apart: l, eau."""
        return frozenset(WORD.findall(self.source.lower()))

    @cached_property
    def target_words(self) -> frozenset[str]:
        """The words of the target in small letters."""
        return frozenset(WORD.findall(self.target.lower()))

    @cached_property
    def prose(self) -> tuple[str, str]:
        """Both texts with addresses blanked out, every offset kept."""
        return masked(self.source), masked(self.target)


def masked(text: str) -> str:
    """Blank out the addresses of a text, which keeps its length."""
    return ADDRESS.sub(lambda found: "\0" * len(found.group()), text) if has_address(text) else text


def has_address(text: str) -> bool:
    """Whether a text may have an address; looking for one takes long."""
    return "@" in text or "://" in text or "www." in text
