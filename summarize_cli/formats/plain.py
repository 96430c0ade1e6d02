"""Plain text in whatever encoding it comes, out as UTF-8."""

from __future__ import annotations

from ..document import Document
from ..errors import InputError
from ..text import Wrap, split

BINARY = (b"%PDF", b"PK\x03\x04", b"\x7fELF", b"\x89PNG", b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0", b"GIF8")


def read(content: bytes, name: str, lang: str, wrap: Wrap) -> Document:
    """Decode and split. Raises InputError for binary files and for texts without words."""
    text = decode(content, name)
    if not text.strip():
        raise InputError(f"{name} is empty", "it has no words to translate")
    return Document(name, lang, split(text, wrap))


def decode(content: bytes, name: str) -> str:
    """Decode bytes: UTF-8, else what charset-normalizer finds (UTF-16, Windows-1252 ...).

    >>> decode("déjà".encode("utf-16"), "note")
    'déjà'
    """
    if content.startswith(BINARY):
        raise InputError(f"{name} is not a text file", "save it as plain text first")
    try:
        text = content.decode("utf-8-sig")
        if "\0" not in text:
            return text
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    # Western code pages look alike: where several fit, the one of French Windows is meant.
    best = from_bytes(content, cp_isolation=["utf_16", "utf_16_le", "utf_16_be", "cp1252"]).best()
    best = best or from_bytes(content).best()
    if best is None or "\0" in str(best):
        raise InputError(f"{name} is not a text file", "save it as UTF-8 text first")
    return str(best).removeprefix("\ufeff")


def write(document: Document) -> bytes:
    """Encode a document as UTF-8."""
    return document.text.encode()
