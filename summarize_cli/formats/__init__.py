"""Bytes to documents and back, one file a format; ``READERS`` maps endings to them.

A document that is read knows how to be written again (``Document.layout``). Files of records
hold many documents and are read by ``records.read``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from ..document import Document, Wrap
from ..errors import InputError
from . import plain, records

Read = Callable[[bytes, str, str, Wrap], Document]

READERS = {
    ".txt": "plain", ".text": "plain", "": "plain", ".md": "markdown", ".markdown": "markdown",
    ".html": "html", ".htm": "html", ".xhtml": "html", ".docx": "docx", ".odt": "odt", ".srt": "srt",
    ".pdf": "pdf",
}  # fmt: skip
"""The module that reads each ending, imported by need."""

WRITTEN = {".pdf": ".txt"}
"""Endings whose translations have another one."""

ZIPPED = (".docx", ".odt")
"""Endings of files that are no text."""

KNOWN = frozenset(READERS) | frozenset(records.ENDINGS)


def read(path: Path, lang: str = "fr", wrap: Wrap = "auto") -> Document:
    """Read a document. Raises InputError when it cannot be read or holds no words."""
    try:
        content = path.read_bytes() if path.suffix.lower() in READERS else b""
    except IsADirectoryError:
        raise InputError(f"{path} is a directory", "name a file in it") from None
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", "check the name and the rights") from error
    return parse(content, str(path), path.suffix, lang, wrap)


def parse(content: bytes, name: str, ending: str, lang: str, wrap: Wrap) -> Document:
    """Read the content of a document whose name would end in ``ending``."""
    if ending.lower().rstrip(".") not in READERS:
        raise InputError(
            f"{name}: files of the type {ending} are not supported",
            f"supported: {', '.join(sorted(filter(None, KNOWN)))}",
        )
    reader: Read = import_module(f".{READERS[ending.lower().rstrip('.')]}", __name__).read
    return reader(content, name, lang, wrap)


def write(document: Document) -> bytes:
    """Write a document, or a translation of it, in the format that it was read from."""
    return document.layout.write(document) if document.layout else document.text.encode()


__all__ = ["KNOWN", "READERS", "WRITTEN", "ZIPPED", "parse", "plain", "read", "records", "write"]
