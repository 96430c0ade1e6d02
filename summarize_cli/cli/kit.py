"""Press kits: documents in, files or stdout out, many at a time, one bad one no trouble."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import typer

from .. import __version__, anatomy, batch, formats, manifest, pipeline, render, translation
from ..document import Article, Document, Wrap
from ..errors import InputError, OutputError, SummarizeError
from ..formats.records import ENDINGS, Record
from ..render import review
from . import options as o
from .session import Session, say


@dataclass(frozen=True, slots=True)
class Plan:
    """What the user wants of every document."""

    to: tuple[str, ...]
    summaries: tuple[str, ...]
    sentences: int
    wrap: Wrap
    anatomy: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delivered:
    """The line of the report on one document; ``state`` is done, up to date, or failed."""

    name: str
    state: str
    seconds: float = 0.0
    words: int = 0
    findings: int = 0
    serious: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """A document that is made and not yet handed over."""

    item: batch.Input
    article: Article
    record: dict[str, Any]
    page: str


class Kit:
    """Makes the articles of documents, and says what made them."""

    def __init__(self, session: Session, plan: Plan) -> None:
        self.session, self.plan = session, plan
        tasks = ["summary"] if plan.summaries else []
        self.translators = session.translators([*dict.fromkeys([*plan.to, *plan.summaries])], tasks)
        self.summariser = session.engine(session.choose(tasks)["summary"], "summary") if tasks else None

    def read(self, item: batch.Input) -> Document:
        """Read a document and find its parts; what is lost of it is said."""
        return anatomy.marked(self.session.read(str(item.path), self.plan.wrap), self.plan.anatomy)

    def records(self, path: Path) -> Iterator[Record]:
        """Read the records of a file of records."""
        return formats.records.read(path, self.session.source, self.plan.wrap, self.plan.fields)

    def make(self, documents: Sequence[Document]) -> list[tuple[Article, dict[str, Any]]]:
        """Make the articles of some documents together, each with what made it."""
        started, before = time.time(), self.session.tallies()
        articles = pipeline.process(
            documents, self.translators, self.plan.to, self.summariser, self.plan.summaries,
            self.plan.sentences, tell=self.session.note if self.session.verbose else lambda what: None,
        )  # fmt: skip
        made = self.session.provenance(started, before, **asdict(self.plan), together=len(documents))
        words = sum(document.words for document in documents) or 1
        return [
            (
                article,
                {
                    "fingerprint": self.fingerprint(article.source),
                    **made,
                    "seconds": round(made["seconds"] * article.source.words / words, 3),
                },
            )
            for article in articles
        ]

    def fingerprint(self, document: Document) -> str:
        """Name everything that decides the outputs of a document, to tell what is up to date."""
        return sha256(self.recipe + formats.write(document)).hexdigest()

    @cached_property
    def recipe(self) -> bytes:
        """What decides the outputs of every document: version, options, models, people's approval."""
        recipe = [__version__, asdict(self.plan), sorted(self.session.built), self.session.state()]
        return json.dumps(recipe).encode()

    def estimate(self, item: batch.Input) -> str:
        """Say how many words a document has, and how much of it is remembered."""
        try:
            if item.path.suffix.lower() in ENDINGS:
                documents = [r.document for r in self.records(item.path) if r.document]
            else:
                documents = [self.read(item)]
        except InputError as error:
            return f"cannot be used: {error.message}"
        texts = hits = 0
        for translator in self.translators.values():
            engine = translator.steps[0]
            pieces = [
                piece
                for document in documents
                for segment in translation.lowered(document)
                for piece in translation.readings(engine, segment)
            ]
            texts += len(pieces)
            if self.session.remembers:
                hits += len(self.session.store.get(engine.signature, pieces))
        share = (texts - hits) / max(1, texts)
        speed = float(next(iter(self.session.used.values())).about.get("words_a_second", 20))
        words = sum(document.words for document in documents)
        seconds = words * len(self.translators) * share / speed
        return (
            f"{words} words, {sum(len(d.segments) for d in documents)} segments, "
            f"{hits} of {texts} translations remembered, about {seconds:.0f} s to compute"
        )


@dataclass(frozen=True, slots=True)
class Where:
    """Where results go and what may be replaced there; without a folder, to stdout."""

    folder: Path | None
    format: o.Format
    template: str
    overwrite: bool
    force: bool
    jobs: int
    review: bool
    manifest: Path | None = None

    def outputs(self, item: batch.Input, plan: Plan) -> dict[str, Path]:
        """The files that a document becomes, by language, ``summary`` and ``json``; that one first."""
        assert self.folder is not None  # only asked when there is a folder
        ending = item.path.suffix if item.path.suffix.lower() in formats.KNOWN else ""
        ext = formats.WRITTEN.get(ending.lower(), ending) or ".txt"
        records = ending.lower() in ENDINGS
        readable = ext if ext.lower() in (".txt", ".md") else ".txt"
        kinds = {lang: (lang, ext) for lang in plan.to}
        if plan.summaries:
            kinds["summary"] = ("summary", ".jsonl" if records else readable)
        if records:
            kinds["records"] = ("records", ".jsonl")
        paths = {
            kind: batch.target(self.folder, item, lang, end, self.template)
            for kind, (lang, end) in kinds.items()
        }
        if self.review and not records:
            paths["review"] = self.folder / item.relative.parent / f"{item.stem}.review.html"
        name = f"{item.stem}.run.json" if ending.lower() == ".json" else f"{item.stem}.json"
        return {"json": self.folder / item.relative.parent / name, **paths}


class Delivery:
    """Works through documents and leaves a report."""

    def __init__(self, kit: Kit, where: Where) -> None:
        self.kit, self.where, self.session = kit, where, kit.session
        self.report: list[Delivered] = []
        self.failures: list[SummarizeError] = []
        self.shown: list[dict[str, Any]] = []
        self._asked = 0

    @property
    def serious(self) -> int:
        """How many serious findings are left in everything."""
        return sum(line.serious for line in self.report)

    def deliver(self, items: Sequence[batch.Input]) -> None:
        """Make everything, then leave with the exit code of what failed."""
        self._asked = len(items)
        if self.where.folder:
            batch.refuse_collisions(
                [item.path for item in items],
                [(path, item.path) for item in items for path in self.outputs(item).values()],
            )
        from concurrent.futures import ThreadPoolExecutor

        several = len(items) > 1
        _ = self.kit.recipe  # asks the memory, which belongs to this thread
        with ThreadPoolExecutor(self.where.jobs) as pool:
            plain = (item for item in items if item.path.suffix.lower() not in ENDINGS)
            read = batch.ahead(pool, self._read, plain, 4 * self.where.jobs)
            for chunk in batch.chunks(filter(None, read), lambda work: len(work[1].segments)):
                works = [self._work(*made) for made in self._made(chunk)]
                for work, error in zip(works, pool.map(self._written, works), strict=True):
                    self._tell(work, error)
        for item in items:
            if item.path.suffix.lower() in ENDINGS:
                self._stream(item)
        if self.where.format is o.Format.json and self.shown:
            typer.echo(render.dumps(self.shown if several else self.shown[0]), nl=False)  # type: ignore[arg-type]
        if several:
            self._conclude(len(items))
        if self.where.folder and self.where.manifest:
            self._describe(items, self.where.folder, self.where.manifest)
        if self.failures:
            raise typer.Exit(max(error.exit_code for error in self.failures))

    def _describe(self, items: Sequence[batch.Input], folder: Path, path: Path) -> None:
        """Write the manifest of what is there now, made today or before."""
        failed = {line.name for line in self.report if line.state == "failed"}
        kinds = (*self.kit.plan.to, "summary")
        documents = {
            item.path: [output for kind, output in self.outputs(item).items() if kind in kinds]
            for item in items
            if str(item.path) not in failed
        }
        engines = [cached.engine for cached in self.session.built.values()]
        content = manifest.manifest(engines, asdict(self.kit.plan), documents, folder)
        batch.write({path: render.dumps(content).encode("utf-8", "surrogateescape")}, overwrite=True)

    def forget(self) -> None:
        """Begin a new report."""
        self.report.clear()
        self.failures.clear()
        self.shown.clear()

    def outputs(self, item: batch.Input) -> dict[str, Path]:
        """The files that a document becomes."""
        return self.where.outputs(item, self.kit.plan)

    def _read(self, item: batch.Input) -> tuple[batch.Input, Document] | None:
        """Read a document, unless it cannot be read or its outputs are up to date."""
        try:
            document = self.kit.read(item)
            if self.where.folder and self._is_up_to_date(item, self.kit.fingerprint(document)):
                return None
            return item, document
        except (InputError, OutputError) as error:
            self._fail(str(item.path), error)
            return None

    def _is_up_to_date(self, item: batch.Input, fingerprint: str) -> bool:
        """Whether an earlier run made the same from the same; refuse to replace anything else."""
        outputs = self.outputs(item)
        record = _earlier(outputs["json"]) if not self.where.force else {}
        same = record.get("fingerprint") == fingerprint
        if same and not all(path.exists() for path in outputs.values()):
            for path in outputs.values():  # a run was killed while it moved them there
                path.unlink(missing_ok=True)
        elif same:
            findings = record.get("findings", [])
            serious = sum(bool(f["serious"]) for f in findings) if isinstance(findings, list) else 0
            serious = record.get("serious", serious)
            self.report.append(Delivered(str(item.path), "up to date", serious=serious))
            self.session.note(f"{item.path}: up to date")
            return True
        batch.refuse_existing(outputs.values(), self.where.overwrite or self.where.force)
        return False

    def _made(
        self, chunk: Sequence[tuple[batch.Input, Document]]
    ) -> Iterator[tuple[batch.Input, Article, dict[str, Any]]]:
        """Make some documents together; if one of them cannot be made, one by one."""
        if not chunk:
            return
        if self._asked > 1:
            self.session.documents = f"{len(self.report)} of {self._asked} documents, "
        try:
            made = self.kit.make([document for _, document in chunk])
        except InputError as error:
            if len(chunk) > 1:
                for work in chunk:
                    yield from self._made([work])
            else:
                self._fail(str(chunk[0][0].path), error)
            return
        for (item, _), (article, provenance) in zip(chunk, made, strict=True):
            yield item, article, provenance

    def _work(self, item: batch.Input, article: Article, provenance: dict[str, Any]) -> Work:
        """An article with its record, and with its review page if one is wanted."""
        record = render.record(article, provenance)
        page = ""
        if self.where.folder and self.where.review:
            source = article.source
            texts = [segment.text for segment in source.segments if segment.text]
            similar = {
                lang: self.session.store.similar(texts, source.lang, lang) for lang in article.translations
            }
            page = review.page(article, record, similar)
        return Work(item, article, record, page)

    def _written(self, work: Work) -> OutputError | None:
        """Write the files of an article if there is a folder; what went wrong, if anything did."""
        try:
            if self.where.folder:
                self._write(work)
        except OutputError as error:
            return error
        return None

    def _show(self, article: Article, record: dict[str, Any]) -> None:
        if self.where.format is o.Format.json:
            self.shown.append(record)
        elif self.where.format is o.Format.jsonl:
            typer.echo(render.dumps(record, lines=True), nl=False)
        else:
            shown = render.markdown if self.where.format is o.Format.md else render.text
            typer.echo(shown(article), nl=False)

    def _write(self, work: Work) -> None:
        """Write all files of a document together, the JSON first: it says whose the others are."""
        outputs, article = self.outputs(work.item), work.article
        contents = {outputs["json"]: render.dumps(work.record).encode("utf-8", "surrogateescape")}
        contents |= {outputs[lang]: formats.write(doc) for lang, doc in article.translations.items()}
        if article.summaries:
            contents[outputs["summary"]] = render.summaries(article).encode()
        if work.page:
            contents[outputs["review"]] = work.page.encode("utf-8", "replace")
        batch.write(contents, self.where.overwrite or self.where.force)

    def _stream(self, item: batch.Input) -> None:
        """Make a file of records, however long: what is finished is written and forgotten."""
        try:
            if not self.where.folder:
                for made in self._records_made(item):
                    if made[1]:
                        self._show(made[1], render.record(made[1], made[2]))
                return
            fingerprint = sha256(self.kit.recipe + _digest(item.path)).hexdigest()
            if not self._is_up_to_date(item, fingerprint):
                self._write_records(item, fingerprint)
        except (InputError, OutputError) as error:
            self._fail(str(item.path), error)

    def _records_made(self, item: batch.Input) -> Iterator[tuple[Record, Article | None, dict[str, Any]]]:
        """Make the records of a file, in order; one without words has no article."""
        for chunk in batch.chunks(self.kit.records(item.path), _segments):
            works = [(item, anatomy.marked(r.document, self.kit.plan.anatomy)) for r in chunk if r.document]
            articles = {a.source.name: (a, made) for _, a, made in self._made(works)}
            for record in chunk:
                if record.error:
                    self._fail(str(item.path), record.error)
                name = record.document.name if record.document else ""
                yield record, *articles.get(name, (None, {}))

    def _write_records(self, item: batch.Input, fingerprint: str) -> None:
        started = time.time()
        words = findings = serious = documents = 0
        outputs = self.outputs(item)
        stream = batch.Stream(outputs)
        provenance: dict[str, Any] = {}
        try:
            for record, article, provenance_of in self._records_made(item):
                for lang in self.kit.plan.to:
                    stream.add(lang, record.written(article.translations[lang] if article else None))
                if article:
                    provenance = provenance_of
                    short = {"fingerprint": provenance["fingerprint"], "tool": provenance["tool"]}
                    full = render.record(article, short)
                    stream.add("records", render.dumps(full, lines=True).encode("utf-8", "surrogateescape"))
                    if article.summaries:
                        line = {
                            "name": article.source.name,
                            **{k: s.text for k, s in article.summaries.items()},
                        }
                        stream.add("summary", render.dumps(line, lines=True).encode())
                    documents += 1
                    words += article.source.words
                    findings += len(article.findings)
                    serious += sum(finding.serious for finding in article.findings)
            whole = {
                "schema": 1, "name": str(item.path), "documents": documents, "words": words,
                "findings": findings, "serious": serious, **provenance, "fingerprint": fingerprint,
            }  # fmt: skip
            stream.add("json", render.dumps(whole).encode("utf-8", "surrogateescape"))
            stream.finish()
        finally:
            stream.close()
        seconds = round(time.time() - started, 3)
        self.report.append(Delivered(str(item.path), "done", seconds, words, findings, serious))
        found = _findings(findings, serious)
        self.session.note(f"{item.path}: {documents} documents, {words} words, {seconds:.1f} s, {found}")

    def _tell(self, work: Work, error: OutputError | None) -> None:
        """Show a result, and one line on stderr with its findings."""
        item, article, record = work.item, work.article, work.record
        if error:
            self._fail(str(item.path), error)
            return
        if not self.where.folder:
            self._show(article, record)
        serious = sum(finding.serious for finding in article.findings)
        words, seconds = article.source.words, float(record["seconds"])
        self.report.append(Delivered(str(item.path), "done", seconds, words, len(article.findings), serious))
        self.session.note(
            f"{item.path}: {words} words, {len(article.source.segments)} segments, {seconds:.1f} s, "
            f"{_findings(len(article.findings), serious)}"
        )
        self.session.report(article.findings, lambda finding: f"  {finding.lang} segment")

    def _fail(self, name: str, error: SummarizeError) -> None:
        """Say at once what failed, and go on."""
        self.failures.append(error)
        self.report.append(Delivered(name, "failed", error=error.message))
        say(error)

    def _conclude(self, asked: int) -> None:
        """Say what became of several documents, and leave the report as JSON."""
        counts = {
            state: sum(d.state == state for d in self.report) for state in ("done", "up to date", "failed")
        }
        self.session.note(
            ", ".join(f"{n} {state}" for state, n in counts.items() if n) + f" of {asked} documents"
        )
        if self.where.folder:
            lines = sorted(self.report, key=lambda line: line.name)
            content = {"schema": 1, "documents": [asdict(line) for line in lines], **counts}
            batch.write(
                {self.where.folder / batch.REPORT: render.dumps(content).encode("utf-8", "surrogateescape")},
                True,
            )


def _segments(record: Record) -> int:
    return len(record.document.segments) if record.document else 0


def _digest(path: Path) -> bytes:
    """The checksum of a file's content. Raises InputError when it cannot be read."""
    from ..profiles import digest

    try:
        return digest(path).encode()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", "check the name and the rights") from error


def _earlier(path: Path) -> dict[str, Any]:
    """The record of an earlier run, or nothing."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _findings(count: int, serious: int) -> str:
    return f"{count} findings" + (f", {serious} serious: read these before you publish" if serious else "")
