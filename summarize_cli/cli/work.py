"""The commands that do the work: run, translate, summarize."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import __version__, batch, formats, pipeline, render, text
from ..document import Article, Document, Finding, Summary
from ..errors import InputError, ModelUnavailable, OutputError, SummarizeError, UsageError
from ..memory import Store
from ..pipeline import Translator
from . import options as o
from .session import Session, languages, say, targets, with_session


def read_input(path: str, lang: str, wrap: str) -> Document:
    """Read a file, or stdin for ``-``."""
    if path == "-":
        return formats.plain.read(sys.stdin.buffer.read(), "stdin", lang, o.Wrap(wrap).value)
    return formats.read(Path(path), lang, o.Wrap(wrap).value)


@with_session
def run(
    session: Session,
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files, folders, patterns, or - for stdin.")
    ] = None,
    to: Annotated[str, typer.Option(help="Languages of the translations.")] = "en,ar",
    summaries: Annotated[
        str | None, typer.Option(help="Languages of the summaries; '' for none.", show_default="all")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write files into this folder.")
    ] = None,
    format: Annotated[o.Format, typer.Option(help="What stdout shows without -o.")] = o.Format.text,
    files_from: Annotated[str | None, typer.Option(help="A file with paths, one a line.")] = None,
    name_template: Annotated[str, typer.Option(help="How outputs are named.")] = batch.TEMPLATE,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace outputs of an earlier run.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 3 if a serious finding is left.")
    ] = False,
    sentences: Annotated[int, typer.Option(min=1, help="Sentences of the summaries.")] = 3,
    wrap: o.WrapOption = o.Wrap.auto,
    review: Annotated[
        bool, typer.Option("--review", help="With -o: a page to review the translations, too.")
    ] = False,
) -> None:
    """Make the press kit of one release or many: translations, summaries, review.

    Example: summarize-cli run samples/maroc-oracle.fr.txt -o out
    """
    if review and not output:
        raise UsageError("--review writes a file", "say where: -o out")
    if dry_run and not session.remembers:
        session.cache = False  # to look is not to touch
    to_languages = targets(to, session.source)
    wanted = [session.source, *to_languages] if summaries is None else languages(summaries)
    kit = Kit(session, to_languages, wanted, sentences, wrap)
    listed = batch.read_list(files_from) if files_from else []
    named = [*(paths or []), *listed]
    stdin = [batch.Input(Path("-"), Path("stdin.txt"))] if "-" in named else []
    others = [name for name in named if name != "-"]
    items = stdin + (batch.find(others, output) if others or not stdin else [])
    if dry_run:
        for item in items:
            typer.echo(f"{item.path}: {kit.estimate(item)}")
        return
    Delivery(kit, items, output, format, name_template, overwrite, strict, review).deliver()


class Kit:
    """What is to be made of each document."""

    def __init__(
        self, session: Session, to: list[str], summaries: list[str], sentences: int, wrap: o.Wrap
    ) -> None:
        self.session, self.to, self.summaries = session, to, summaries
        self.sentences, self.wrap = sentences, wrap
        wanted = dict.fromkeys([*to, *summaries])
        tasks = ["summary"] if summaries else []
        self.translators = session.translators([*wanted], tasks)
        self.summariser = (
            session.engine(session.choose(tasks)["summary"], "summary", {"sentences": sentences})
            if summaries
            else None
        )

    def read(self, item: batch.Input) -> Document:
        """Read a document and check that it is what it should be."""
        document = read_input(str(item.path), self.session.source, self.wrap)
        self.session.check_language(document)
        return document

    def make(self, document: Document) -> tuple[Article, dict[str, Any]]:
        """Make the article and say what made it."""
        started, before = time.time(), self.session.tallies()
        article = pipeline.process(
            document, self.translators, self.to, self.summariser, self.summaries,
            tell=self.session.note if self.session.verbose else lambda what: None,
        )  # fmt: skip
        provenance = self.session.provenance(
            started, before, to=self.to, summaries=self.summaries, sentences=self.sentences,
            wrap=str(self.wrap),
        )  # fmt: skip
        return article, {"fingerprint": self.fingerprint(document), **provenance}

    def fingerprint(self, document: Document) -> str:
        """Name everything that decides the outputs of a document, to tell what is up to date."""
        recipe = [
            __version__, document.text, self.to, self.summaries, str(self.wrap),
            sorted(self.session.built),
        ]  # fmt: skip
        return sha256(json.dumps(recipe).encode()).hexdigest()

    def estimate(self, item: batch.Input) -> str:
        """Say how many words a document has, and how much of it is remembered."""
        try:
            document = self.read(item)
        except InputError as error:
            return f"cannot be used: {error.message}"
        texts = hits = 0
        for translator in self.translators.values():
            engine = translator.steps[0]
            pieces = [
                piece
                for segment in pipeline.lowered(document)
                for piece in pipeline.readings(engine, segment)
            ]
            texts += len(pieces)
            if self.session.remembers:
                hits += len(self.session.store.get(engine.signature, pieces))
        share = (texts - hits) / max(1, texts)
        speed = float(next(iter(self.session.used.values())).about.get("words_a_second", 20))
        seconds = document.words * len(self.translators) * share / speed
        return (
            f"{document.words} words, {len(document.segments)} segments, "
            f"{hits} of {texts} translations remembered, about {seconds:.0f} s to compute"
        )


class Delivery:
    """Documents in, files or stdout out; one bad document does not stop the others."""

    def __init__(
        self,
        kit: Kit,
        items: Sequence[batch.Input],
        output: Path | None,
        format: o.Format,
        template: str,
        overwrite: bool,
        strict: bool,
        review: bool = False,
    ) -> None:
        self.kit, self.items, self.output, self.format = kit, items, output, format
        self.template, self.overwrite, self.strict = template, overwrite, strict
        self.review = review
        self.records: list[dict[str, Any]] = []
        self.failures: list[SummarizeError] = []
        self.serious = 0

    def deliver(self) -> None:
        """Work through the documents, report, and leave with the right exit code."""
        if self.output:
            batch.refuse_collisions(
                [item.path for item in self.items],
                [(path, item.path) for item in self.items for path in self.outputs(item).values()],
            )
        for item in self.items:
            try:
                self.one(item)
            except (InputError, OutputError) as error:
                if len(self.items) == 1:
                    raise
                self.failures.append(error)
                say(error)
        if self.format is o.Format.json and self.records:
            shown: Any = self.records if len(self.items) > 1 else self.records[0]
            typer.echo(render.dumps(shown), nl=False)
        if self.failures:
            done = len(self.items) - len(self.failures)
            self.kit.session.note(f"{done} of {len(self.items)} documents done")
            raise typer.Exit(max(error.exit_code for error in self.failures))
        if self.strict and self.serious:
            raise typer.Exit(3)

    def outputs(self, item: batch.Input) -> dict[str, Path]:
        """The files that a document becomes, by language, ``summary`` and ``json``."""
        assert self.output is not None  # only asked when there is a folder
        ext = item.path.suffix if item.path.suffix in formats.READERS and item.path.suffix else ".txt"
        kinds = {lang: (lang, ext) for lang in self.kit.to}
        if self.kit.summaries:
            kinds["summary"] = ("summary", ext)
        paths = {
            kind: batch.target(self.output, item, lang, end, self.template)
            for kind, (lang, end) in kinds.items()
        }
        if self.review:
            paths["review"] = self.output / item.relative.parent / f"{item.stem}.review.html"
        paths["json"] = self.output / item.relative.parent / f"{item.stem}.json"
        return paths

    def one(self, item: batch.Input) -> None:
        """Make and deliver one document."""
        document = self.kit.read(item)
        if self.output and not self.overwrite:
            if record := self._up_to_date(item, document):
                self.serious += sum(bool(f["serious"]) for f in record["findings"])
                self.kit.session.note(f"{item.path}: up to date")
                return
            batch.refuse_existing(self.outputs(item).values(), overwrite=False)
        article, provenance = self.kit.make(document)
        record = render.record(article, provenance)
        self.serious += sum(finding.serious for finding in article.findings)
        if self.output:
            self._write(item, article, record)
        elif self.format is o.Format.json:
            self.records.append(record)
        elif self.format is o.Format.jsonl:
            typer.echo(render.dumps(record, lines=True), nl=False)
        else:
            shown = render.markdown if self.format is o.Format.md else render.text
            typer.echo(shown(article), nl=False)
        self._report(item, article, record)

    def _write(self, item: batch.Input, article: Article, record: dict[str, Any]) -> None:
        """Write all files of a document together, the JSON last: it says the others are there."""
        outputs = self.outputs(item)
        contents = {
            outputs[lang]: formats.plain.write(document) for lang, document in article.translations.items()
        }
        if article.summaries:
            contents[outputs["summary"]] = render.summaries(article).encode()
        if self.review:
            page = review_page(article, record, self.kit.session.store)
            contents[outputs["review"]] = page.encode("utf-8", "replace")
        contents[outputs["json"]] = render.dumps(record).encode("utf-8", "surrogateescape")
        batch.write(contents, self.overwrite)

    def _up_to_date(self, item: batch.Input, document: Document) -> dict[str, Any] | None:
        """The record of an earlier run that made the same from the same, if all is there."""
        outputs = self.outputs(item)
        if not all(path.exists() for path in outputs.values()):
            return None
        try:
            record = json.loads(outputs["json"].read_text(encoding="utf-8"))
            same = record["fingerprint"] == self.kit.fingerprint(document)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return dict(record) if same else None

    def _report(self, item: batch.Input, article: Article, record: dict[str, Any]) -> None:
        """One line on stderr for each document, and its findings with --verbose."""
        serious = sum(finding.serious for finding in article.findings)
        session = self.kit.session
        session.note(
            f"{item.path}: {article.source.words} words, {len(article.source.segments)} segments, "
            f"{record['seconds']:.1f} s, {len(article.findings)} findings"
            + (f", {serious} serious: read these before you publish" if serious else "")
        )
        session.report(article.findings, lambda finding: f"  {finding.lang} segment")


@with_session
def translate(
    session: Session,
    path: Annotated[str, typer.Argument(help="A file, or - for stdin.")] = "-",
    to: Annotated[str, typer.Option(help="The language to translate into.")] = "en",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file, not to stdout.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace that file.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 3 if a serious finding is left.")
    ] = False,
    wrap: o.WrapOption = o.Wrap.keep,
) -> None:
    """Translate one document; one line in is one line out.

    Example: echo 'Bonjour à tous.' | summarize-cli translate --to ar
    """
    lang = one(targets(to, session.source))
    translator = session.translators([lang])[lang]
    document = read_input(path, session.source, wrap)
    session.check_language(document)
    result = pipeline.reviewed(document, translator)
    if output:
        batch.write({output: formats.plain.write(result.document)}, overwrite)
    else:
        typer.echo(result.document.text, nl=not result.document.text.endswith("\n"))
    session.report(result.findings, lambda _: "segment")
    if strict and any(finding.serious for finding in result.findings):
        raise typer.Exit(3)


def review_page(article: Article, record: dict[str, Any], store: Store) -> str:
    """The review page of an article, with what was approved for similar segments."""
    source = article.source
    texts = [segment.text for segment in source.segments if segment.text]
    similar = {lang: store.similar(texts, source.lang, lang) for lang in article.translations}
    return render.review.page(article, record, similar)


def one(found: list[str]) -> str:
    """Take the only language. Raises UsageError where there are several, or none."""
    if len(found) != 1:
        raise UsageError(f"one language is wanted, not {', '.join(found)}", "en or ar, for instance")
    return found[0]


@with_session
def summarize(
    session: Session,
    path: Annotated[str, typer.Argument(help="A file, or - for stdin.")] = "-",
    lang: Annotated[str, typer.Option(help="The language of the summary.")] = "fr",
    sentences: Annotated[int, typer.Option(min=1, help="How many sentences.")] = 3,
    max_words: Annotated[int | None, typer.Option(min=1, help="At most so many words.")] = None,
    max_chars: Annotated[int | None, typer.Option(min=1, help="At most so many characters.")] = None,
    style: Annotated[o.Style, typer.Option(help="Its shape.")] = o.Style.paragraph,
    method: Annotated[o.Method, typer.Option(help="auto is extractive.")] = o.Method.auto,
    cite: Annotated[
        bool, typer.Option("--cite", help="Put the source sentence's number behind each.")
    ] = False,
    wrap: o.WrapOption = o.Wrap.auto,
) -> None:
    """Summarise one document in French, English or Arabic.

    Example: summarize-cli summarize samples/maroc-oracle.fr.txt --lang en --sentences 2
    """
    wanted = one(languages(lang))
    task = "abstractive" if method is o.Method.abstractive else "summary"
    translator = session.translators([wanted], [task]).get(wanted)
    document = read_input(path, session.source, wrap)
    session.check_language(document)
    limits = (max_words, max_chars)
    for count in range(1 if style is o.Style.sentence else sentences, 0, -1):
        result, findings = _summary(session, document, task, count, translator)
        shown = render.styled(result, style, cite)
        if text.fits(shown, *limits):
            break
    else:
        shown = text.shortened(shown, *limits)
    typer.echo(shown)
    session.report(findings, lambda _: "sentence")


def _summary(
    session: Session, document: Document, task: str, count: int, translator: Translator | None
) -> tuple[Summary, tuple[Finding, ...]]:
    """A summary of ``count`` sentences in the translator's language, or the document's own."""
    profile = session.choose([task])[task]
    if profile.installed() is None:
        raise ModelUnavailable(
            f"the model {profile.name} is not installed",
            f"summarize-cli models pull {profile.name}, or --method extractive",
        )
    settings = {"sentences": count} if profile.kind == "extractive" else {}
    engine = session.engine(profile, "summary", settings)
    own = pipeline.summarise(document, engine, profile.kind == "extractive")
    own = Summary(own.lang, own.sentences[:count], own.sources[:count])
    if translator is None:
        return own, ()
    return pipeline.translated_summary(own, translator, text.cased_words(document.segments))
