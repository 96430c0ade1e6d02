"""What is copied and how it is punctuated: addresses, hashtags, quotations, brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..document import Finding
from ..text import ADDRESS
from .pair import Pair, has_address, masked

EMBEDDINGS, ENDS = re.compile("[\u202a\u202b\u202d\u202e\u2066-\u2068]"), re.compile("[\u202c\u2069]")
TAG = re.compile(r"(?<![\w&/])[#@]\w*[^\W\d]\w*")
QUOTED = re.compile(r"«[^«»]*»|“[^“”]*”|„[^„“”]*[“”]|\"[^\"]*\"")
PAIRS = (("«", "»"), ("“", "”"), ("(", ")"), ("[", "]"))
ANY = re.compile(r"[«»“”„\"()\[\]]")
LATIN_MARK = re.compile(r"(?<=[\u0600-\u06ff»”\")])\s?[?;,](?!\d)")


def check(pair: Pair) -> Iterator[Finding]:
    """Addresses, hashtags and handles kept to the letter; quotations counted; marks in pairs."""
    for match in ADDRESS.finditer(pair.source) if has_address(pair.source) else ():
        address = match.group().rstrip(".,;:!?)")
        if address not in pair.target:
            span = (match.start(), match.start() + len(address))
            yield pair.finding("address", True, f"{address} is missing or changed", span)
    if "#" in pair.source or "@" in pair.source:
        for match in TAG.finditer(masked(pair.source)):
            tag = match.group()
            if tag not in pair.target:
                code = "hashtag" if tag[0] == "#" else "handle"
                yield pair.finding(code, tag[0] == "@", f"{tag} is missing or changed", match.span())
    if ANY.search(pair.source) or ANY.search(pair.target):
        yield from _quotations(pair)
        yield from _balance(pair)
    if len(EMBEDDINGS.findall(pair.target)) != len(ENDS.findall(pair.target)):
        yield pair.finding("punctuation", False, "marks of writing direction do not come in pairs")
    if pair.lang == "ar" and LATIN_MARK.search(pair.target):
        latin = LATIN_MARK.search(masked(pair.target))
        if latin:
            message = f"a Latin “{latin.group().strip()}” in Arabic text"
            yield pair.finding("punctuation", False, message, None, latin.span())


def _quotations(pair: Pair) -> Iterator[Finding]:
    ours, theirs = QUOTED.findall(pair.source), QUOTED.findall(pair.target)
    if len(ours) > len(theirs) and not (set('«“"') & set(pair.target) and len(ours) == 1):
        place = QUOTED.search(pair.source)
        message = f"{len(ours)} quotations in the source, {len(theirs)} in the translation"
        yield pair.finding("quotation", False, message, place.span() if place else None)
    if theirs and not _open_quotes(pair.source) and not set("«“„\"‘'") & set(pair.source):
        place = QUOTED.search(pair.target)
        message = "a quotation that the source does not have"
        yield pair.finding("quotation", False, message, None, place.span() if place else None)


def _balance(pair: Pair) -> Iterator[Finding]:
    """A mark that is opened and not closed, unless the source does the same.

    A quotation may run over several segments: then its first and last one are not balanced.
    """
    if _open_quotes(pair.source) == 0:
        for opening, closing in PAIRS:
            if pair.target.count(opening) != pair.target.count(closing):
                at = max(pair.target.rfind(opening), pair.target.rfind(closing))
                message = f"{opening} and {closing} do not come in pairs"
                yield pair.finding("unbalanced", False, message, None, (at, at + 1))
        if pair.target.count('"') % 2:
            at = pair.target.rfind('"')
            yield pair.finding("unbalanced", False, "a quotation mark is missing", None, (at, at + 1))


def _open_quotes(text: str) -> int:
    """How many marks of a text have no partner."""
    straight = text.count('"') % 2
    return straight + sum(abs(text.count(a) - text.count(b)) for a, b in PAIRS)
