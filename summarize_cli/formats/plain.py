"""Plain text in whatever encoding it comes, out as UTF-8."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from dataclasses import dataclass

from .. import text as words
from ..document import Document, Wrap
from ..errors import InputError

BINARY = (b"%PDF", b"PK\x03\x04", b"\x7fELF", b"\x89PNG", b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0", b"GIF8")


def read(content: bytes, name: str, lang: str, wrap: Wrap) -> Document:
    """Decode and split. Raises InputError for binary files and for texts without words."""
    text = decode(content, name)
    if not text.strip():
        raise InputError(f"{name} is empty", "it has no words to translate")
    return Document(name, lang, words.split(text, wrap), Plain(content.startswith(BOM_UTF8)))


@dataclass(frozen=True, slots=True)
class Plain:
    """Whether a text began with a byte order mark, as some Windows programs want; a ``Layout``."""

    mark: bool

    def write(self, document: Document) -> bytes:
        """The text as UTF-8, whatever its source was in."""
        return (BOM_UTF8 if self.mark else b"") + document.text.encode()


def decode(content: bytes, name: str) -> str:
    """Decode bytes: UTF-8, French Windows, or what charset-normalizer finds (UTF-16 ...).

    Raises InputError for what is not text, and for UTF-8 with a damaged byte: to guess there
    would turn every accent into two wrong letters.

    >>> decode("déjà".encode("utf-16"), "note"), decode("Noël".encode("cp1252"), "note")
    ('déjà', 'Noël')
    """
    if content.startswith(BINARY):
        raise InputError(f"{name} is not a text file", "save it as plain text first")
    try:
        text = content.decode("utf-8-sig")
        if "\0" not in text:
            return text
    except UnicodeDecodeError as error:
        if len(ACCENTS_IN_UTF8.findall(content)) >= max(2, content.count(b"\xef\xbf\xbd")):
            line = content.count(b"\n", 0, error.start) + 1
            raise InputError(
                f"{name} is UTF-8 with a damaged character in line {line}", "mend it and save it as UTF-8"
            ) from None
    return _french_windows(content) or _guessed(content, name)


ACCENTS_IN_UTF8 = re.compile(rb"\xc3[\x80-\xbf]|\xe2\x80[\x90-\xaf]")
NOT_FRENCH = re.compile(
    r"[\0-\x08\x0e-\x1f\x7f]|[^\x00-\x7f\u00a0-\u00bbÀÂÆÇÈÉÊËÎÏÔÙÛÜàâæçèéêëîïôùûüÿŒœŸ€"
    r"’‘“”«»…–—•‰™ñáíóúöä]"
)


def _french_windows(content: bytes) -> str | None:
    """Read Windows-1252, where that gives French: statistics need more text than a note has."""
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return None if NOT_FRENCH.search(text) else text


def _guessed(content: bytes, name: str) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(content).best()
    if best is None or "\0" in str(best):
        raise InputError(f"{name} is not a text file", "save it as UTF-8 text first")
    return str(best).removeprefix("\ufeff")
