"""The options that several commands share, each written once."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .. import profiles
from ..document import KINDS, Wrap
from ..errors import UsageError


class Format(StrEnum):
    """What a result looks like on stdout."""

    text = "text"
    md = "md"
    json = "json"
    jsonl = "jsonl"


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


def listed(value: str, known: Sequence[str], what: str) -> list[str]:
    """Read a list such as ``en,ar``. Raises UsageError for a word that is not known."""
    wanted = [word.strip() for word in value.split(",") if word.strip()]
    if unknown := [word for word in wanted if word not in known]:
        raise UsageError(f"no such {what} here: {', '.join(unknown)}", f"known: {', '.join(known)}")
    return list(dict.fromkeys(wanted))


class Task(StrEnum):
    """What ``evaluate`` measures."""

    translation = "translation"
    summary = "summary"


def parts_of_release(value: str) -> list[str]:
    """Read ``--parts``. Raises UsageError for a part that is not known."""
    return listed(value, KINDS, "part of a release")


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
GlossaryFile = Annotated[
    Path | None, typer.Option("--glossary", help="Terms that must be kept: CSV, TSV or TBX.")
]
NamesFile = Annotated[
    Path | None, typer.Option("--names", help="Names and titles that must be kept: CSV, TSV or TBX.")
]
SourceLang = Annotated[
    str | None, typer.Option(help="The language of the source, without the check; else French.")
]
FieldOption = Annotated[
    list[str] | None,
    typer.Option(help="A field of JSON or CSV to translate, a.b for nested ones; may be repeated."),
]
ALL_PARTS = ",".join(KINDS)
PartsOption = Annotated[
    str, typer.Option(help="The parts of a release that are recognised; '' for none.", show_default="all")
]
InputFormat = Annotated[
    str, typer.Option("--input-format", help="What stdin holds: txt, md, html, srt, docx, odt, pdf.")
]
WrapOption = Annotated[Wrap, typer.Option(help="What a line break inside a paragraph means.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more about what is done.")]
