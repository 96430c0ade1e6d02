"""Many documents: find them, name their outputs, write each one whole or not at all."""

from __future__ import annotations

import glob
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from .errors import InputError, OutputError, UsageError
from .formats import KNOWN

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

TEMPLATE = "{stem}.{lang}{ext}"
REPORT = "_report.json"
"""What the report on a run over several documents is called."""
SEGMENTS = 512
"""How many segments the documents that are translated together have, or a little more: sixteen
full batches, so that the last and half empty one weighs little."""
T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Input:
    """A document to work on, and its path relative to the folder in which it was found."""

    path: Path
    relative: Path

    @property
    def stem(self) -> str:
        """The name without its ending, and without a language mark such as ``.fr``."""
        return self.relative.name.removesuffix(self.relative.suffix).removesuffix(".fr")


def find(paths: Iterable[str], output: Path | None = None) -> list[Input]:
    """Find documents: files, folders (recursively), and glob patterns, each once, in order.

    What lies in the ``output`` folder, or has the name of an output, is not a document of a
    folder. A file that does not exist is kept, and fails when it is read, so that the others
    are done. Raises UsageError when nothing matches at all.
    """
    found: dict[Path, Input] = {}
    for name in paths:
        if not name.strip():
            raise UsageError("a path is empty", "an unset variable, perhaps; . is this folder")
        for item in _matches(name, output):
            found.setdefault(item.path, item)
    if not found:
        raise UsageError("no documents were named", "summarize-cli run samples/maroc-oracle.fr.txt")
    if len(found) == 1 and not os.path.exists(next(iter(found))):
        raise UsageError(f"there is no file {next(iter(found))}", "check the name and the folder")
    return list(found.values())


def _matches(name: str, output: Path | None) -> list[Input]:
    path = Path(name)
    if os.path.isdir(name):  # unlike Path.is_dir, it is quiet about impossible names
        inside = [p for p in sorted(path.rglob("*")) if p.is_file() and _readable(p)]
        inputs = [Input(p, p.relative_to(path)) for p in inside if not _is_output(p, path, output)]
        if not inputs:
            raise UsageError(
                f"no documents in {name}", f"documents end in {', '.join(sorted(filter(None, KNOWN)))}"
            )
        return inputs
    if glob.has_magic(name) and not os.path.exists(name):
        matches = [Path(match) for match in sorted(glob.glob(name, recursive=True))]
        if not matches:
            raise UsageError(f"nothing matches {name}", "quote the pattern, and check the folder")
        return [Input(p, Path(p.name)) for p in matches if p.is_file()]
    return [Input(path, Path(path.name))]


def _is_output(path: Path, folder: Path, output: Path | None) -> bool:
    if output is None:
        return False
    if output.resolve() != folder.resolve():
        return path.resolve().is_relative_to(output.resolve())
    marks = (".en", ".ar", ".summary", ".review", ".records")
    return Path(path.stem).suffix in marks or path.suffix == ".json"  # a record of a run, or the report


def _readable(path: Path) -> bool:
    return path.suffix.lower() in KNOWN and path.suffix != "" and not path.name.startswith(".")


def chunks(items: Iterable[T], size: Callable[[T], int], limit: int = SEGMENTS) -> Iterator[list[T]]:
    """Group items, in order, so that the sizes of each group add up to ``limit`` or just above.

    >>> list(chunks([3, 1, 2, 5], size=lambda n: n, limit=4))
    [[3, 1], [2, 5]]
    """
    group: list[T] = []
    full = 0
    for item in items:
        group.append(item)
        full += size(item)
        if full >= limit:
            yield group
            group, full = [], 0
    if group:
        yield group


def ahead(pool: Executor, work: Callable[[T], U], items: Iterable[T], count: int) -> Iterator[U]:
    """Like ``map``, with at most ``count`` results made before they are asked for."""
    waiting: deque[Future[U]] = deque()
    for item in items:
        waiting.append(pool.submit(work, item))
        if len(waiting) > count:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def target(folder: Path, item: Input, lang: str, ext: str, template: str = TEMPLATE) -> Path:
    """Name an output inside ``folder``. Raises OutputError if the name would leave it."""
    try:
        name = template.format(stem=item.stem, lang=lang, ext=ext)
    except (KeyError, IndexError, ValueError, AttributeError, TypeError) as error:
        raise UsageError(
            f"the name template {template!r} is not usable", f"an example: {TEMPLATE}"
        ) from error
    path = folder / item.relative.parent / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise OutputError(f"{path} lies outside the output folder", "change --name-template")
    return path


def refuse_collisions(inputs: Iterable[Path], outputs: Iterable[tuple[Path, Path]]) -> None:
    """Refuse to write over an input, or twice to one place; outputs are (output, input) pairs.

    Raises UsageError, before anything is computed.
    """
    sources = {path.resolve() for path in inputs}
    seen: dict[Path, Path] = {}
    for output, source in outputs:
        place = output.resolve()
        if place in sources:
            raise UsageError(f"{output} would be written over an input", "use --name-template")
        if place in seen:
            raise UsageError(f"{seen[place]} and {source} would both write {output}", "use --name-template")
        seen[place] = source


def write(contents: Mapping[Path, bytes], overwrite: bool = False) -> None:
    """Write files atomically: all of them under other names first, then moved into place in order.

    Raises OutputError if one exists and may not be overwritten, or cannot be written; then
    none of them has changed.
    """
    refuse_existing(contents, overwrite)
    parts = {path: _part(path) for path in contents}
    with _named(next(iter(contents))):
        try:
            for path, part in parts.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                part.write_bytes(contents[path])
            _move(parts)
        finally:
            for part in parts.values():
                if os.path.exists(part):
                    part.unlink()


class Stream:
    """Files that grow record by record beside their places, and are moved there together.

    Raises OutputError like ``write``. Nothing is left when the records do not come to an end.
    """

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self.paths = paths
        self.parts = {kind: _part(path) for kind, path in paths.items()}
        with _named(next(iter(paths.values()))):
            for path in paths.values():
                path.parent.mkdir(parents=True, exist_ok=True)
            self._files = {kind: part.open("wb") for kind, part in self.parts.items()}

    def add(self, kind: str, content: bytes) -> None:
        """Append to one of the files."""
        with _named(self.paths[kind]):
            self._files[kind].write(content)

    def finish(self) -> None:
        """Close the files and move them to their places."""
        for kind, file in self._files.items():
            with _named(self.paths[kind]):
                file.close()
        with _named(next(iter(self.paths.values()))):
            _move({path: self.parts[kind] for kind, path in self.paths.items()})

    def close(self) -> None:
        """Take away what was not finished."""
        for kind, file in self._files.items():
            file.close()
            self.parts[kind].unlink(missing_ok=True)


def _part(path: Path) -> Path:
    """Where a file grows before it is moved into place: hidden, beside it, this process's own."""
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def _move(parts: Mapping[Path, Path]) -> None:
    """Move parts into place: first what stands there goes, then the first file comes.

    It is the record of the others, so whatever moment a run is killed at, files of two runs never
    stand together, and files without their record are not ours.
    """
    for path in [*parts][1:]:
        path.unlink(missing_ok=True)
    for path, part in parts.items():
        part.replace(path)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Turn what the system says about a file into what a user can do."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"cannot write {error.filename or path}: {error.strerror or error}",
            "free space or rights there, or choose another folder with -o",
        ) from error


def refuse_existing(paths: Iterable[Path], overwrite: bool) -> None:
    """Raise OutputError for a file that exists and may not be overwritten."""
    for path in paths:
        if not overwrite and path.exists():
            raise OutputError(f"{path} exists", "choose another folder, or say --overwrite")


def read_list(path: str) -> list[str]:
    """The paths in a file, one a line. Raises InputError when it cannot be read."""
    try:
        return [line for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the list {path}: {error}", "one path a line, UTF-8") from error
