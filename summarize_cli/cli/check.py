"""``check``: the guard on a translation, whoever made it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .. import align, formats, guard, profiles, roundtrip, text, translation
from ..document import Document, Finding
from ..errors import ModelUnavailable, ProfileError, UsageError
from ..profiles import Profile
from ..render import checks, dumps
from . import options as o
from .session import LANGUAGES, Session, with_session


class Report(StrEnum):
    """What the report looks like on stdout."""

    text = "text"
    json = "json"
    junit = "junit"
    sarif = "sarif"


@with_session
def check(
    session: Session,
    source: Annotated[Path, typer.Argument(help="The source.")],
    target: Annotated[Path, typer.Argument(help="Its translation.")],
    lang: Annotated[
        str | None,
        typer.Option(help="The translation's language, en or ar.", show_default="as it looks"),
    ] = None,
    format: Annotated[Report, typer.Option(help="What stdout shows.")] = Report.text,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 on any finding.")] = False,
    back_translate: Annotated[
        bool, typer.Option("--back-translate", help="Translate it back, and say what was lost.")
    ] = False,
    meaning: Annotated[
        bool, typer.Option("--meaning", help="Compare the meanings, too: some 60 ms a sentence.")
    ] = False,
    wrap: o.WrapOption = "auto",
) -> None:
    """Check a translation against its source; exit code 3 if something serious is wrong.

    Example: summarize-cli check note.fr.txt note.en.txt --glossary samples/glossaire.csv
    """
    terms = session.glossary
    original = formats.read(source, session.source, wrap)
    session.check_language(original)
    answer = formats.read(target, session.source, wrap)
    answer = Document(answer.name, _language(lang, answer, session.source), answer.segments)
    way_back = _way_back(session, answer.lang) if back_translate else None
    pairs = align.pairs(original, answer)
    a, b = align.paired(original, answer, pairs)
    findings = [*guard.review(a, b, meaning), *terms.review(*_complete(a, b)), *_added(pairs, answer.lang)]
    findings.sort(key=lambda finding: finding.segment)
    trips = None
    if way_back:
        engine = session.engine(way_back, f"{answer.lang}-{session.source}")
        back = translation.Translator(session.source, (engine,), formulas=False)
        trips = roundtrip.trips(a, translation.reviewed([b], back, mend=False)[0].document, terms)
    done = checks.Check(original, answer, pairs, findings, terms.consistency(a, b), trips)
    typer.echo(_shown(done, format, strict), nl=False)
    if format is not Report.text:
        session.note(done.verdict)
    if any(finding.serious or strict for finding in findings):
        raise typer.Exit(3)


def _language(lang: str | None, answer: Document, source: str) -> str:
    """The language of a translation: as the user says, as the file is called, as it looks."""
    if lang is not None:
        if lang not in LANGUAGES or lang == source:
            known = ", ".join(code for code in LANGUAGES if code != source)
            raise UsageError(f"no translation from {source} into {lang!r} here", f"known: {known}")
        return lang
    named = Path(Path(answer.name).stem).suffix.removeprefix(".")
    if named in LANGUAGES and named != source:
        return named
    return "ar" if text.language(answer.text) == "ar" else "en"


def _complete(a: Document, b: Document) -> tuple[Document, Document]:
    """Both sides with the source left out where nothing answers: the guard has said so already."""
    kept = [s.text if t.text else "" for s, t in zip(a.segments, b.segments, strict=True)]
    return a.translated(kept, a.lang), b


def _added(pairs: list[align.Pair], lang: str) -> list[Finding]:
    """A finding for each part of the translation to which nothing in the source answers."""
    return [
        Finding(lang, number, "added", False, "nothing in the source answers to this")
        for number, pair in enumerate(pairs)
        if not pair.source
    ]


def _way_back(session: Session, lang: str) -> Profile:
    """The installed model that translates back. Raises ModelUnavailable where there is none."""
    task = f"{lang}-{session.source}"
    try:
        profile = session.choose([task])[task]
        if profile.installed() is not None:
            return profile
        able = profile.name
    except ProfileError:
        members = [profiles.load(some[task]) for some in profiles.sets().values() if task in some]
        able = next((p.name for p in members if p.commercial and p.kind != "echo"), "")
    raise ModelUnavailable(
        f"no way back from {lang} to {session.source} is installed",
        f"summarize-cli models pull {able}" if able else "leave out --back-translate",
    )


def _shown(done: checks.Check, format: Report, strict: bool) -> str:
    if format is Report.junit:
        return checks.junit(done, strict)
    if format is Report.text:
        return checks.text(done)
    return dumps(checks.record(done) if format is Report.json else checks.sarif(done))
