"""What a run was made with and what came out of it, so that a rerun can be held to it.

A manifest is JSON: the tool, the engines by their signatures (everything that can change an
output is in there), the options, and the sha256 of every source and of the files it became.
Reviews and records are left out: they hold times.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from . import __version__, profiles
from .engines import Engine, build
from .errors import InputError, SummarizeError

SCHEMA = 1


def manifest(
    engines: Iterable[Engine],
    settings: Mapping[str, Any],
    documents: Mapping[Path, Iterable[Path]],
    folder: Path,
) -> dict[str, Any]:
    """Describe a run: ``documents`` maps every source to its outputs, which lie in ``folder``."""
    return {
        "schema": SCHEMA,
        "tool": f"summarize-cli {__version__}",
        "engines": [
            {"signature": engine.signature, "settings": dict(getattr(engine, "settings", {}))}
            for engine in sorted(engines, key=lambda engine: engine.signature)
        ],
        "settings": dict(settings),
        "documents": [
            {
                "source": str(source),
                "sha256": profiles.digest(source),
                "outputs": {
                    path.relative_to(folder).as_posix(): profiles.digest(path) for path in sorted(outputs)
                },
            }
            for source, outputs in sorted(documents.items())
        ],
    }


def read(path: Path) -> dict[str, Any]:
    """Read a manifest. Raises InputError for what is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["schema"] != SCHEMA or not isinstance(content["documents"], list):
            raise ValueError("of another version")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is not a manifest: {error}", "run --manifest FILE writes one") from error
    return dict(content)


def other_engines(content: Mapping[str, Any]) -> Iterator[str]:
    """Say which engines would not answer today as they did then."""
    if content["tool"] != f"summarize-cli {__version__}":
        yield f"made by {content['tool']}, this is {__version__}"
    for engine in content["engines"]:
        name, _, task = engine["signature"].partition("#")[0].rpartition("/")
        try:
            today = build(profiles.load(name), task, engine["settings"]).signature
        except SummarizeError as error:
            yield f"{name}, {task}: {error.message}"
        else:
            if today != engine["signature"]:
                yield f"{name}, {task}: another model, or other settings, than then"


def other_outputs(content: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Say which files in ``folder`` are not what the run of the manifest made."""
    for document in content["documents"]:
        for name, expected in document["outputs"].items():
            path = folder / name
            if not path.is_file():
                yield f"{name} is missing"
            elif profiles.digest(path) != expected:
                yield f"{name} is not the same"
