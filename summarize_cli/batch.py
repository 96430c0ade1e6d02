"""Many documents: find them, name their outputs, write each one whole or not at all."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import InputError, OutputError, UsageError
from .formats import READERS

TEMPLATE = "{stem}.{lang}{ext}"


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
                f"no documents in {name}", f"documents end in {', '.join(filter(None, READERS))}"
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
    return Path(path.stem).suffix in (".en", ".ar", ".summary", ".review")


def _readable(path: Path) -> bool:
    return path.suffix.lower() in READERS and path.suffix != "" and not path.name.startswith(".")


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
    """Write files atomically: all of them under other names first, then moved into place.

    Raises OutputError if one exists and may not be overwritten, or cannot be written; then
    none of them has changed.
    """
    refuse_existing(contents, overwrite)
    parts = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in contents}
    try:
        try:
            for path, part in parts.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                part.write_bytes(contents[path])
            for path, part in parts.items():
                part.replace(path)
        finally:
            for part in parts.values():
                if os.path.exists(part):
                    part.unlink()
    except OSError as error:
        raise OutputError(
            f"cannot write {error.filename or next(iter(contents))}: {error.strerror or error}",
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
