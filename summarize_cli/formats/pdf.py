"""PDF in, plain text out: the words, by pypdf; the page is lost, and the user is told."""

from __future__ import annotations

import io
import re
from itertools import pairwise

from ..document import Document, Wrap
from ..errors import InputError
from ..text import LIST_MARK, split

LOST = "only the text of the PDF was read: layout, pictures, bold and links are lost"
HYPHEN = re.compile(r"(?<=[a-zà-ÿ])-\n(?=[a-zà-ÿ])")


def read(content: bytes, name: str, lang: str, wrap: Wrap) -> Document:
    """Read the text of all pages. Raises InputError for a locked, damaged or scanned file."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError(f"{name} is locked by a password", "save a copy without one")
        pages = [page.extract_text() for page in reader.pages]
    except InputError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError) as error:
        raise InputError(f"cannot read {name}: {error}", "open it and print it into a new PDF") from None
    text = HYPHEN.sub("", "\n\n".join(_flowing(page) for page in pages if page.strip()))
    if not text.strip():
        raise InputError(f"{name} holds no text", "it is a scan, perhaps: recognise its text first (OCR)")
    return Document(name, lang, split(text + "\n", wrap), notes=(LOST,))


def _flowing(page: str) -> str:
    """Join the lines that the page's width broke: only a short line ends a paragraph."""
    lines = [line.rstrip() for line in page.strip().split("\n")]
    widths = sorted(map(len, lines))
    wide = 0.7 * widths[int(0.9 * (len(widths) - 1))]
    out = lines[0]
    for before, line in pairwise(lines):
        goes_on = len(before) >= wide and line.strip() and not LIST_MARK.match(line)
        out += (" " if goes_on and before[-1:] != "-" else "\n") + line
    return out
