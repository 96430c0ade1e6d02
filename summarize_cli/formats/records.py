"""JSON lines, JSON and CSV: every record is a document, some of its fields are its words.

Records are read one by one, so that a file may be as long as it likes. A record whose words
have not changed is written as it stood; in another one only the named fields change, and the
other bytes of the record stay as they are.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from .. import text as words
from ..document import Document, Segment, Wrap, same_words
from ..errors import InputError

FIELDS = ("title", "headline", "subtitle", "standfirst", "lead", "body", "text", "content")
"""The fields that are translated when none is named, as feeds and exports usually call them."""
ENDINGS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv")


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file: what stood ``before`` it, itself, and its words if it has any.

    ``error`` says why a record cannot be read; it is passed on as it is.
    """

    before: str
    raw: str
    document: Document | None = None
    error: InputError | None = None

    def written(self, target: Document | None) -> bytes:
        """The record with the words of ``target``, or as it stood."""
        layout = target.layout if target else None
        body = layout.write(target) if layout and target else self.raw.encode("utf-8", "surrogateescape")
        return self.before.encode("utf-8", "surrogateescape") + body


@dataclass(frozen=True, slots=True)
class Fields:
    """Which segments are which field of a record; a ``Layout``."""

    raw: str
    source: tuple[Segment, ...]
    spans: tuple[tuple[str, int, int, str], ...]
    dump: Any

    def write(self, document: Document) -> bytes:
        """The record with the words of ``document`` in its fields."""
        if same_words(document.segments, self.source):
            return self.raw.encode("utf-8", "surrogateescape")
        values = {}
        for name, first, last, tail in self.spans:
            segments = [*document.segments[first : last - 1], replace(document.segments[last - 1], tail=tail)]
            values[name] = "".join(segment.text + segment.tail for segment in segments)
        return str(self.dump(values)).encode("utf-8", "surrogateescape")


def read(path: Path, lang: str, wrap: Wrap, fields: Sequence[str] = ()) -> Iterator[Record]:
    """Yield the records of a file; the last one may be only what stands behind the others.

    Raises InputError when the file cannot be read at all, or has none of the fields that were
    asked for.
    """
    asked = tuple(fields) or FIELDS
    seen = False
    try:
        for record in _rows(path, lang, wrap, asked):
            seen = seen or record.document is not None
            yield record
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", "check the name and the rights") from error
    if not seen:
        raise InputError(
            f"{path} has no words in {', '.join(asked)}", "name its fields: --field body --field title"
        )


def _rows(path: Path, lang: str, wrap: Wrap, fields: Sequence[str]) -> Iterator[Record]:
    ending = path.suffix.lower()
    if ending in (".csv", ".tsv"):
        return _csv(path, lang, wrap, fields)
    return _json(path, lang, wrap, fields) if ending == ".json" else _lines(path, lang, wrap, fields)


def _lines(path: Path, lang: str, wrap: Wrap, fields: Sequence[str]) -> Iterator[Record]:
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        for number, line in enumerate(file, 1):
            raw = line.rstrip("\r\n")
            ending = line[len(raw) :]
            before = "\ufeff" if raw.startswith("\ufeff") else ""
            record = _object(raw.removeprefix("\ufeff"), before, f"{path}:{number}", lang, wrap, fields)
            yield record
            if ending:
                yield Record(ending, "")


def _json(path: Path, lang: str, wrap: Wrap, fields: Sequence[str]) -> Iterator[Record]:
    """A list of objects, or one object: every object's own characters are cut out of the file."""
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    start = re.match(r"\ufeff?\s*\[?\s*", text)
    at = start.end() if start else 0
    before, number, decoder = text[:at], 0, json.JSONDecoder()
    while at < len(text) and text[at] != "]":
        try:
            _, end = decoder.raw_decode(text, at)
        except ValueError as error:
            raise InputError(f"{path} is not JSON: {error}", "mend it, or say what it is") from None
        number += 1
        yield _object(text[at:end], before, f"{path}:{number}", lang, wrap, fields)
        gap = re.compile(r"\s*,?\s*").match(text, end)
        at = gap.end() if gap else end
        before = text[end:at]
    yield Record(before, text[at:])


def _object(raw: str, before: str, name: str, lang: str, wrap: Wrap, fields: Sequence[str]) -> Record:
    if not raw.strip():
        return Record(before, raw)
    try:
        content = json.loads(raw)
    except ValueError as error:
        return Record(before, raw, error=InputError(f"{name} is not JSON: {error}", "mend that line"))
    if not isinstance(content, dict):
        return Record(before, raw)
    values = {path: value for path in fields if isinstance(value := _get(content, path), str)}

    def dump(new: dict[str, str]) -> str:
        changed = raw
        for path, value in new.items():
            changed = _with_value(changed, path.rpartition(".")[2], values[path], value)
        return changed

    return Record(before, raw, _document(name, raw, values, lang, wrap, dump))


def _get(content: Any, path: str) -> Any:
    """The value at ``a.b`` in nested objects, or None."""
    for key in path.split(".") if path else ():
        content = content.get(key) if isinstance(content, dict) else None
    return content


def _with_value(raw: str, key: str, old: str, new: str) -> str:
    """Exchange one string in the text of an object; every other character stays."""
    named = re.compile(rf'{re.escape(json.dumps(key, ensure_ascii=False))}\s*:\s*("(?:[^"\\]|\\.)*")')
    for found in named.finditer(raw):
        if json.loads(found[1]) == old:
            escapes = raw.isascii() and "\\u" in raw
            return raw[: found.start(1)] + json.dumps(new, ensure_ascii=escapes) + raw[found.end(1) :]
    return raw


def _document(
    name: str, raw: str, values: dict[str, str], lang: str, wrap: Wrap, dump: Any
) -> Document | None:
    segments: list[Segment] = []
    spans = []
    for field, value in values.items():
        if not value.strip():
            continue
        own = list(words.split(value, wrap))
        spans.append((field, len(segments), len(segments) + len(own), own[-1].tail))
        if field.rpartition(".")[2] in ("title", "headline"):
            own = [replace(segment, kind="heading") for segment in own]
        own[-1] = replace(own[-1], tail="\n\n")
        segments += own
    if not segments:
        return None
    return Document(name, lang, tuple(segments), Fields(raw, tuple(segments), tuple(spans), dump))


def _csv(path: Path, lang: str, wrap: Wrap, fields: Sequence[str]) -> Iterator[Record]:
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        first = file.readline()
        mark = "\ufeff" if first.startswith("\ufeff") else ""
        header = first.removeprefix("\ufeff")
        delimiter = "\t" if path.suffix.lower() == ".tsv" else max(",;\t|", key=header.count)
        taken: list[str] = []

        def noted() -> Iterator[str]:
            for line in chain([header], file):
                taken.append(line)
                yield line

        names: list[str] | None = None
        for number, row in enumerate(csv.reader(noted(), delimiter=delimiter)):
            raw = "".join(taken)
            taken.clear()
            if names is None:
                names = row
                yield Record(mark, raw)
                continue
            yield _row(raw, row, names, delimiter, f"{path}:{number}", lang, wrap, fields)
        yield Record("", "".join(taken))


def _row(
    raw: str, row: list[str], names: list[str], delimiter: str, name: str, lang: str, wrap: Wrap,
    fields: Sequence[str],
) -> Record:  # fmt: skip
    values = {field: row[names.index(field)] for field in fields if field in names[: len(row)]}

    def dump(new: dict[str, str]) -> str:
        out = io.StringIO()
        body = raw.rstrip("\r\n")
        style = csv.QUOTE_ALL if body[:1] == body[-1:] == '"' else csv.QUOTE_MINIMAL
        writer = csv.writer(out, delimiter=delimiter, lineterminator=raw[len(body) :], quoting=style)  # type: ignore[arg-type]
        writer.writerow([new.get(field, value) for field, value in zip(names, row, strict=False)])
        return out.getvalue()

    return Record("", raw, _document(name, raw, values, lang, wrap, dump))
