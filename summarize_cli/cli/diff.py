"""``diff``: a corrected release, of which only what changed is translated again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from .. import align, anatomy, batch, formats, text, translation
from ..document import Document, Wrap
from ..errors import InputError, UsageError
from . import options as o
from .session import Session, read_input, targets, with_session


@with_session
def diff(
    session: Session,
    old: Annotated[str, typer.Argument(help="The release as it was.")],
    new: Annotated[str, typer.Argument(help="The release as it is now.")],
    to: Annotated[str, typer.Option(help="Languages of the translations.")] = "en,ar",
    edited: Annotated[
        list[str] | None,
        typer.Option(help="An edited translation of OLD to carry over: en=FILE; may be repeated."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the translations of NEW into this folder.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files there.")] = False,
    wrap: o.WrapOption = "auto",
    parts: o.PartsOption = o.ALL_PARTS,
) -> None:
    """Translate a corrected release: only changed sentences anew, approved and edited ones kept.

    Example: summarize-cli diff note-v1.txt note-v2.txt --edited en=note-v1.en.txt -o out
    """
    languages = targets(to, session.source)
    kinds = o.parts_of_release(parts)
    before, after = (anatomy.marked(read_input(path, session.source, wrap), kinds) for path in (old, new))
    carried = _carried(edited or [], languages, before, wrap)
    item = batch.Input(Path(new), Path(Path(new).name))
    ending = formats.WRITTEN.get(item.path.suffix.lower(), item.path.suffix)
    paths = {lang: batch.target(output, item, lang, ending) for lang in languages} if output else {}
    batch.refuse_existing(paths.values(), overwrite)
    results = {}
    for lang, translator in session.translators(languages).items():
        known = replace(translator, approved=_either(translator.approved, carried.get(lang, {})))
        results[lang] = translation.reviewed([after], known)[0]
    gone, come = changes(before, after)
    typer.echo(f"{len(come)} of {len(after.segments)} sentences changed, {len(gone)} are gone")
    for n in gone:
        typer.echo(f"- {before.segments[n].text}")
    for n in come:
        typer.echo(f"+ {after.segments[n].text}")
        for lang, result in results.items():
            typer.echo(f"  {lang}: {result.document.segments[n].text}")
    for lang, result in results.items():
        kept = len(result.approved)
        session.note(f"{lang}: {kept} of {len(after.segments)} sentences as approved or edited")
        session.report(result.findings, lambda finding: f"  {finding.lang} segment")
    if output:
        batch.write({paths[lang]: formats.write(r.document) for lang, r in results.items()}, overwrite)


def changes(before: Document, after: Document) -> tuple[list[int], list[int]]:
    """The numbers of segments that are gone, and of those that are new (Ratcliff and Obershelp)."""
    from difflib import SequenceMatcher

    a, b = ([text.reading(s.text) for s in document.segments] for document in (before, after))
    gone: list[int] = []
    come: list[int] = []
    for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += range(i, j)
            come += range(k, m)
    return gone, come


def _carried(
    edited: Sequence[str], languages: Sequence[str], before: Document, wrap: Wrap
) -> dict[str, dict[str, str]]:
    """Edited translations of the old release, by language and source sentence.

    Raises UsageError for what is not LANG=FILE, InputError where the sentences cannot be paired.
    """
    carried: dict[str, dict[str, str]] = {}
    for item in edited:
        lang, equals, path = item.partition("=")
        if not equals or lang not in languages:
            raise UsageError(f"--edited {item} is not LANG=FILE", f"--edited {languages[0]}=FILE")
        answer = replace(formats.read(Path(path), lang, wrap), lang=lang)
        pairs = align.pairs(before, answer)
        sure = [pair for pair in pairs if len(pair.source) == len(pair.target) == 1]
        if not sure:
            raise InputError(f"{path} does not go with {before.name}", "is it the translation of OLD?")
        carried[lang] = {
            before.segments[pair.source[0]].text: answer.segments[pair.target[0]].text for pair in sure
        }
    return carried


def _either(
    approved: Callable[[Sequence[str]], Mapping[str, str]], carried: Mapping[str, str]
) -> Callable[[Sequence[str]], Mapping[str, str]]:
    """Approved translations, and where there are none, edited ones that were carried over."""
    return lambda texts: {**{t: carried[t] for t in texts if t in carried}, **approved(texts)}
