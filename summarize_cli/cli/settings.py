"""Defaults from ``summarize-cli.toml``: in the data folder, then beside the documents.

A flat table of long option names; it serves every command that has the option, and the
command line wins:

    models = "opus-big"
    to = "en,ar"
    commercial-only = true
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..profiles import data_home

COMMANDS = ("run", "translate", "summarize", "evaluate")


def files() -> list[Path]:
    """The settings files that exist, the more important one last."""
    places = (data_home() / "summarize-cli.toml", Path("summarize-cli.toml"))
    return [path for path in places if path.is_file()]


def values() -> dict[str, tuple[Any, Path]]:
    """Each default with the file it comes from. Raises UsageError for a file that is not TOML."""
    found: dict[str, tuple[Any, Path]] = {}
    for path in files():
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{path} is not valid: {error}", "see the README's settings") from error
        found.update((name.replace("-", "_"), (value, path)) for name, value in table.items())
    return found


def default_map() -> dict[str, dict[str, Any]]:
    """The defaults in the form in which Typer takes them."""
    flat = {name: value for name, (value, _) in values().items()}
    return dict.fromkeys(COMMANDS, flat)
