"""Defaults from ``summarize-cli.toml``: in the data folder, then in the folder one works in.

Long option names for all commands that have them, and a table for those of one command only;
the command line wins:

    models = "opus-big"
    commercial-only = true

    [run]
    to = "en,ar"
"""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..profiles import data_home

Commands = Mapping[str, "Callable[..., None] | Commands"]


def files() -> list[Path]:
    """The settings files that exist, the more important one last."""
    places = (data_home() / "summarize-cli.toml", Path("summarize-cli.toml"))
    return [path for path in places if path.is_file()]


def values() -> dict[str, tuple[Any, Path]]:
    """Each default with the file it comes from. Raises UsageError for a file that is not TOML.

    A command's own table has names such as ``run.to``.
    """
    found: dict[str, tuple[Any, Path]] = {}
    for path in files():
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{path} is not valid: {error}", "see the README's settings") from error
        for name, value in table.items():
            own = value.items() if isinstance(value, dict) else [("", value)]
            for option, setting in own:
                found[f"{name}.{option}".rstrip(".").replace("-", "_")] = (setting, path)
    return found


def default_map(commands: Commands) -> dict[str, Any]:
    """The defaults in the form in which Typer takes them.

    Raises UsageError for a name that no command has: a setting that is silently ignored is
    worse than none.
    """
    settings = values()
    used: set[str] = set()

    def chosen(name: str, command: Callable[..., None] | Commands) -> dict[str, Any]:
        if isinstance(command, Mapping):
            return {inner: chosen(inner, function) for inner, function in command.items()}
        defaults = {}
        for option, parameter in inspect.signature(command, eval_str=True).parameters.items():
            long = _long_name(parameter)
            for key in (long, f"{name}.{long}"):
                if key in settings:
                    defaults[option] = settings[key][0]
                    used.add(key)
        return defaults

    found = {name: chosen(name, command) for name, command in commands.items()}
    for name in settings.keys() - used:
        raise UsageError(f"no command has the setting {name} of {settings[name][1]}", "see --help")
    return found


def _long_name(parameter: inspect.Parameter) -> str:
    """The name of an option on the command line, where its parameter has another one."""
    for note in getattr(parameter.annotation, "__metadata__", ()):
        # In an annotation, Typer takes its first argument for a name rather than a default.
        for name in (getattr(note, "default", None), *(getattr(note, "param_decls", None) or ())):
            if isinstance(name, str) and name.startswith("--"):
                return str(name.partition("/")[0].strip("-").replace("-", "_"))
    return parameter.name
