"""The options that several commands share, each written once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .. import profiles


class Format(StrEnum):
    """What a result looks like on stdout."""

    text = "text"
    md = "md"
    json = "json"
    jsonl = "jsonl"


Wrap = StrEnum("Wrap", {"auto": "auto", "keep": "keep", "join": "join"})


class Style(StrEnum):
    """The shape of a summary."""

    sentence = "sentence"
    paragraph = "paragraph"
    bullets = "bullets"
    headline = "headline"
    social = "social"


class Method(StrEnum):
    """How a summary is made."""

    auto = "auto"
    extractive = "extractive"
    abstractive = "abstractive"


class Task(StrEnum):
    """What ``evaluate`` measures."""

    translation = "translation"
    summary = "summary"


def _sets(incomplete: str) -> list[str]:
    return [name for name in ("auto", *profiles.sets()) if name.startswith(incomplete)]


def complete_models(incomplete: str) -> list[str]:
    """Model names for shell completion."""
    return [name for name in profiles.names() if name.startswith(incomplete)]


Models = Annotated[
    str,
    typer.Option(help="The set of models; auto takes the best that is installed.", autocompletion=_sets),
]
Route = Annotated[str, typer.Option(help="direct, or pivot:en to reach Arabic through English.")]
Cache = Annotated[bool, typer.Option("--cache/--no-cache", help="Remember model output.")]
CachePath = Annotated[Path | None, typer.Option(help="The memory file.")]
Refresh = Annotated[bool, typer.Option("--refresh", help="Compute again, and remember.")]
CacheOnly = Annotated[bool, typer.Option("--cache-only", help="Fail rather than compute.")]
Commercial = Annotated[
    bool, typer.Option("--commercial-only", help="Refuse models under non-commercial licences.")
]
BatchSize = Annotated[int, typer.Option(min=1, help="Most segments that run together.")]
Threads = Annotated[int, typer.Option(min=0, help="Processor threads; 0 leaves it to torch.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1 ...")]
SourceLang = Annotated[
    str | None, typer.Option(help="The language of the source, without the check; else French.")
]
WrapOption = Annotated[Wrap, typer.Option(help="What a line break inside a paragraph means.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more about what is done.")]
