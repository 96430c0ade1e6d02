"""Many documents: find them, name their outputs, write each one whole or not at all."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
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


def find(paths: Iterable[str]) -> list[Input]:
    """Find documents: files, folders (recursively), and glob patterns, each once, in order.

    A file that does not exist is kept, and fails when it is read, so that the others are
    done. Raises UsageError when nothing matches at all.
    """
    found: dict[Path, Input] = {}
    for name in paths:
        path = Path(name)
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and _readable(p))
            if not inside:
                raise UsageError(
                    f"no documents in {name}", f"documents end in {', '.join(filter(None, READERS))}"
                )
            inputs = [Input(p, p.relative_to(path)) for p in inside]
        elif glob.has_magic(name) and not path.exists():
            matches = [Path(match) for match in sorted(glob.glob(name, recursive=True))]
            if not matches:
                raise UsageError(f"nothing matches {name}", "quote the pattern, and check the folder")
            inputs = [Input(p, Path(p.name)) for p in matches if p.is_file()]
        else:
            inputs = [Input(path, Path(path.name))]
        for item in inputs:
            found.setdefault(item.path, item)
    if not found:
        raise UsageError("no documents were named", "summarize-cli run samples/maroc-oracle.fr.txt")
    if len(found) == 1 and not next(iter(found)).exists():
        raise UsageError(f"there is no file {next(iter(found))}", "check the name and the folder")
    return list(found.values())


def _readable(path: Path) -> bool:
    return path.suffix.lower() in READERS and path.suffix != "" and not path.name.startswith(".")


def target(folder: Path, item: Input, lang: str, ext: str, template: str = TEMPLATE) -> Path:
    """Name an output inside ``folder``. Raises OutputError if the name would leave it."""
    try:
        name = template.format(stem=item.stem, lang=lang, ext=ext)
    except (KeyError, IndexError, ValueError) as error:
        raise UsageError(
            f"the name template {template!r} is not usable", f"an example: {TEMPLATE}"
        ) from error
    path = folder / item.relative.parent / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise OutputError(f"{path} lies outside the output folder", "change --name-template")
    return path


def refuse_collisions(outputs: Iterable[tuple[Path, Path]]) -> None:
    """Raise UsageError if two documents would write the same file: (output, input) pairs."""
    seen: dict[Path, Path] = {}
    for output, source in outputs:
        if seen.setdefault(output, source) != source:
            raise UsageError(f"{source} and {seen[output]} would both write {output}", "use --name-template")


def write(path: Path, content: bytes, overwrite: bool = False) -> None:
    """Write a file atomically: under another name first, then moved into place.

    Raises OutputError if it exists and may not be overwritten, or cannot be written.
    """
    if path.exists() and not overwrite:
        raise OutputError(f"{path} exists", "choose another folder, or say --overwrite")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(content)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot write {path}: {error.strerror or error}",
            "free space or rights there, or choose another folder with -o",
        ) from error


def read_list(path: str) -> list[str]:
    """The paths in a file, one a line. Raises InputError when it cannot be read."""
    try:
        return [line for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the list {path}: {error}") from error
