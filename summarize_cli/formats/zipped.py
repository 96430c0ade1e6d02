"""Documents that are zips of XML parts, as Word's and OpenDocument's are."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import InputError

if TYPE_CHECKING:
    from lxml.etree import _Element as Element
else:
    Element = Any

HINT = "open it in a word processor and save it anew"
LARGEST = 200_000_000
"""The most bytes that a document may unpack to: a zip can promise the moon."""


def unpacked(content: bytes, name: str, main: str, kind: str) -> dict[str, bytes]:
    """The parts by path. Raises InputError for what has no part ``main`` or is too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(item.file_size for item in archive.infolist()) > LARGEST:
                raise InputError(f"{name} unpacks to more than {LARGEST // 10**6} MB", "split it")
            parts = {item.filename: archive.read(item) for item in archive.infolist()}
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise InputError(f"{name} is not a {kind} file: {error}", HINT) from None
    if main not in parts:
        raise InputError(f"{name} is not a {kind} file", HINT)
    return parts


def packed(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """A zip with the entries, the order, the dates and the compression of the source."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            new.writestr(item, parts[item.filename], item.compress_type)
    return out.getvalue()


def parsed(part: bytes, name: str) -> Element:
    """The tree of a part; entities stay as they are. Raises InputError if it is not well formed."""
    from lxml import etree

    try:
        return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise InputError(f"{name} is damaged: {error.msg}", HINT) from None


__all__ = ["HINT", "LARGEST", "Element", "packed", "parsed", "unpacked"]
