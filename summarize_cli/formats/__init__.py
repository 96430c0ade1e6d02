"""Bytes to documents and back, one file a format; ``READERS`` maps endings to them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..document import Document
from ..errors import InputError
from ..text import Wrap
from . import plain

Read = Callable[[bytes, str, str, Wrap], Document]

READERS: dict[str, Read] = {".txt": plain.read, ".text": plain.read, "": plain.read}
"""The endings that are read; Markdown, HTML, DOCX and the others come with their rooms."""


def read(path: Path, lang: str = "fr", wrap: Wrap = "auto") -> Document:
    """Read a document. Raises InputError when it cannot be read or holds no words."""
    if path.suffix.lower() not in READERS:
        raise InputError(
            f"{path}: files of the type {path.suffix} are not supported",
            f"supported: {', '.join(ending for ending in READERS if ending)}",
        )
    try:
        content = path.read_bytes()
    except IsADirectoryError:
        raise InputError(f"{path} is a directory", "name a file in it") from None
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", "check the name and the rights") from error
    return READERS[path.suffix.lower()](content, str(path), lang, wrap)
