"""The memory: machine output that is not computed twice, and approved translations, in one SQLite file.

``CachedEngine`` *is* an engine and *has* one (as pip-tools' cached repository has the face of
the real one). Its key is a hash of the format, the engine's signature and the exact text that
the model reads, so a changed model, setting or text can never meet an old answer. Only what
is not remembered runs, equal texts run once, and every finished batch is committed, so an
interrupted run goes on where it stopped. The file holds text and JSON, never pickles.
``--no-cache`` is the same code on ``:memory:``.

What a person has approved lies beside it, under the languages and the source text, and wins
over what any machine says. It is work, not a copy of something that can be computed again:
nothing but ``cache clear --approved`` forgets it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from .engines import Flowing
from .errors import MemoryDamaged, MemoryUnusable, ModelUnavailable
from .text import reading

if TYPE_CHECKING:
    from .engines import Engine

FORMAT = 2
"""Of the file. 1 had no approved translations; it becomes 2 when it is opened."""
KEY_FORMAT = 1
"""Of the keys of machine output, which did not change with the file."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS machine (
    key TEXT PRIMARY KEY, signature TEXT NOT NULL, source TEXT NOT NULL, output TEXT NOT NULL,
    made TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS machine_source ON machine (source);
CREATE TABLE IF NOT EXISTS approved (
    source_lang TEXT NOT NULL, lang TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL,
    origin TEXT NOT NULL, changed TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (source_lang, lang, source)
) WITHOUT ROWID;
"""
NO_TEXT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document can hold (its production ``Char``), so no TMX file either."""


def key(signature: str, text: str) -> str:
    """The name under which an answer is remembered."""
    return sha256("\0".join((str(KEY_FORMAT), signature, text)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Approved:
    """A translation that a person has approved.

    ``source`` is in the form that ``text.reading`` gives, ``origin`` says where it came from (a
    file, usually), ``changed`` when it was stored or last changed: UTC, ``YYYY-MM-DD HH:MM:SS``.
    """

    source_lang: str
    lang: str
    source: str
    target: str
    origin: str = ""
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """An approved translation of a similar source; ``score`` is 0 to 100, 100 for the same text."""

    source: str
    target: str
    score: float


def _form(source: str) -> str:
    """The form in which sources are kept and compared: which kind of space it is does not matter."""
    return reading(_clean(source))


def _clean(text: str) -> str:
    """A text without what XML cannot hold."""
    return NO_TEXT.sub("", text)


class Store:
    """The memory file; ``:memory:`` forgets everything at the end.

    Every method raises MemoryUnusable or MemoryDamaged, with the path and what to do, when the
    file cannot be used.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = path
        if path != ":memory:":
            with self._mended():
                Path(path).parent.mkdir(parents=True, exist_ok=True)
        with self._mended():
            self._db = sqlite3.connect(path, timeout=30)
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, 1, FORMAT):
                raise MemoryDamaged(
                    f"the memory {path} was written by another version (format {version})",
                    "name another file with --cache-path, or: summarize-cli cache clear",
                )
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            if version != FORMAT:
                self._db.executescript(SCHEMA)
                self._db.execute(f"PRAGMA user_version={FORMAT}")

    @contextmanager
    def _mended(self) -> Iterator[None]:
        """Turn what SQLite says into what a user can do."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise MemoryUnusable(
                f"cannot use the memory {self.path}: {error}",
                "free space or rights there, name another file with --cache-path, "
                "or work without: --no-cache",
            ) from error
        except sqlite3.DatabaseError as error:
            raise MemoryDamaged(
                f"the memory {self.path} is damaged: {error}",
                f"start afresh with: summarize-cli cache clear --cache-path {self.path}",
            ) from error
        except OSError as error:
            raise MemoryUnusable(
                f"cannot use the memory {self.path}: {error.strerror}",
                "name another file with --cache-path, or work without: --no-cache",
            ) from error

    def get(self, signature: str, texts: Sequence[str]) -> dict[str, str]:
        """Return the remembered outputs among ``texts``, by text."""
        wanted = {key(signature, text): text for text in texts}
        rows = self._among("SELECT key, output FROM machine WHERE key", wanted)
        return {wanted[name]: output for name, output in rows}

    def _among(self, select: str, names: Iterable[str], *before: str) -> list[tuple[str, str]]:
        """The rows whose last condition is one of many names, 500 of them in a query.

        ``before`` are the values of the conditions before it.
        """
        names, rows = list(names), []
        with self._mended():
            for start in range(0, len(names), 500):
                part = names[start : start + 500]
                marks = ",".join("?" * len(part))
                rows += self._db.execute(f"{select} IN ({marks})", (*before, *part)).fetchall()
        return rows

    def put(self, signature: str, pairs: dict[str, str]) -> None:
        """Remember outputs by text, all or none of them."""
        with self._mended(), self._db:
            self._db.executemany(
                "INSERT OR REPLACE INTO machine (key, signature, source, output) VALUES (?,?,?,?)",
                [(key(signature, text), signature, text, out) for text, out in pairs.items()],
            )

    def approve(self, pairs: Mapping[str, str], source_lang: str, lang: str, origin: str) -> int:
        """Keep translations by source text, all or none of them; say how many are new or changed.

        A source that is known gets the new target. Pairs with an empty side are left out, as
        are white space around a target and what XML cannot hold.
        """
        rows = [
            (source_lang, lang, _form(source), _clean(target).strip(), _clean(origin))
            for source, target in pairs.items()
        ]
        with self._mended(), self._db:
            return self._db.executemany(
                "INSERT INTO approved (source_lang, lang, source, target, origin) VALUES (?,?,?,?,?)"
                " ON CONFLICT DO UPDATE SET target = excluded.target, origin = excluded.origin,"
                " changed = CURRENT_TIMESTAMP WHERE target != excluded.target",
                [row for row in rows if row[2] and row[3]],
            ).rowcount

    def approved(self, texts: Sequence[str], source_lang: str, lang: str) -> dict[str, str]:
        """Return the approved translations among ``texts``, by text.

        Texts are compared as ``text.reading`` gives them: which kind of space stands before a
        colon does not matter.
        """
        forms = {text: _form(text) for text in texts}
        select = "SELECT source, target FROM approved WHERE source_lang = ? AND lang = ? AND source"
        found = dict(self._among(select, dict.fromkeys(forms.values()), source_lang, lang))
        return {text: found[form] for text, form in forms.items() if form in found}

    def all_approved(self, lang: str | None = None) -> Iterator[Approved]:
        """Every approved translation, or those into one language, ordered by languages and source."""
        columns = "source_lang, lang, source, target, origin, changed"
        with self._mended():
            for row in self._db.execute(
                f"SELECT {columns} FROM approved WHERE lang = ? OR ? IS NULL ORDER BY 1, 2, 3",  # noqa: S608
                (lang, lang),
            ):
                yield Approved(*row)

    def similar(
        self, texts: Sequence[str], source_lang: str, lang: str, limit: int = 3, cutoff: float = 70
    ) -> dict[str, list[Match]]:
        """The approved translations of similar sources by text, the most similar first.

        The score is rapidfuzz's ``ratio``: 100 minus the share of characters that would have to
        be inserted or deleted. At most ``limit`` for each text, none below ``cutoff``; texts
        without any are left out.
        """
        with self._mended():
            select = "SELECT source, target FROM approved WHERE source_lang = ? AND lang = ?"
            known = dict(self._db.execute(select, (source_lang, lang)).fetchall())
        if not known:
            return {}
        from rapidfuzz import fuzz, process

        found = {}
        for text in dict.fromkeys(texts):
            best = process.extract(
                _form(text), known.keys(), scorer=fuzz.ratio, limit=limit, score_cutoff=cutoff
            )
            if best:
                found[text] = [Match(source, known[source], score) for source, score, _ in best]
        return found

    def signatures(self, text: str) -> list[str]:
        """Under which signatures a text is remembered: what ``cache why`` explains with."""
        with self._mended():
            rows = self._db.execute("SELECT signature FROM machine WHERE source = ?", (text,))
            return sorted(row[0] for row in rows)

    def count(self) -> dict[str, int]:
        """How many outputs are remembered for each signature."""
        with self._mended():
            rows = self._db.execute("SELECT signature, count(*) FROM machine GROUP BY signature")
            return dict(rows.fetchall())

    def count_approved(self) -> dict[tuple[str, str], int]:
        """How many translations are approved, by language of the source and of the target."""
        with self._mended():
            rows = self._db.execute("SELECT source_lang, lang, count(*) FROM approved GROUP BY 1, 2")
            return {(source_lang, lang): number for source_lang, lang, number in rows}

    def clear(self) -> int:
        """Forget all machine output; say how many outputs that were."""
        return self._forget("machine")

    def prune(self, days: int) -> int:
        """Forget machine output that was computed more than so many days ago; say how much it was."""
        return self._forget("machine WHERE made < datetime('now', ?)", f"-{days} days")

    def clear_approved(self) -> int:
        """Forget what was approved, too; say how many translations that were."""
        return self._forget("approved")

    def _forget(self, rows: str, *values: str) -> int:
        """Delete rows, and give their space back to the disk."""
        with self._mended(), self._db:
            gone = self._db.execute(f"DELETE FROM {rows}", values).rowcount  # noqa: S608
        with self._mended():
            self._db.execute("VACUUM")
        return gone

    def close(self) -> None:
        """Close the file; SQLite folds its log into it."""
        with self._mended():
            self._db.close()


COMMIT = 8
"""How many answers of a flow are written together."""


@dataclass(slots=True)
class Tally:
    """What an engine did: texts that were remembered, texts that were computed."""

    hits: int = 0
    misses: int = 0


@dataclass(eq=False)
class CachedEngine:
    """An engine that remembers, and the one place where texts become batches.

    ``batch`` is the most texts that run together, ``characters`` what a batch may hold with
    its padding: texts of similar length run together, the longest first, so that a machine
    that is too small fails at once. ``refresh`` computes again, ``only`` never computes.
    ``progress`` is told how many texts are done, of how many, and how many words those had.
    """

    engine: Engine
    store: Store
    batch: int = 32
    characters: int = 12_000
    refresh: bool = False
    only: bool = False
    progress: Callable[[int, int, int], None] = lambda done, total, words: None
    tally: Tally = field(default_factory=Tally)

    @property
    def signature(self) -> str:
        """The engine's own."""
        return self.engine.signature

    @property
    def limit(self) -> int:
        """The engine's own."""
        return self.engine.limit

    @property
    def steps(self) -> Sequence[str]:
        """The engine's own."""
        return self.engine.steps

    def generate(self, texts: Sequence[str]) -> list[str]:
        """Answer from memory, compute the rest batch by batch, commit after each."""
        return together([(self, texts)])[0]

    def look(self, texts: Sequence[str]) -> tuple[dict[str, str], set[str]]:
        """What is remembered of some texts, and which must be computed."""
        known = {} if self.refresh else self.store.get(self.signature, texts)
        missing = {text for text in texts if text not in known}
        self.tally.hits += sum(text in known for text in texts)
        self.tally.misses += len(missing)
        if missing and self.only:
            raise ModelUnavailable(
                f"{len(missing)} of {len(texts)} texts are not in the memory for {self.signature}",
                "leave out --cache-only to compute them",
            )
        return known, missing

    def _batches(self, texts: Sequence[str]) -> Iterator[list[str]]:
        batch: list[str] = []
        for text in texts:
            full = batch and (len(batch) + 1) * len(batch[0]) > self.characters
            if full or len(batch) == self.batch:
                yield batch
                batch = []
            batch.append(text)
        if batch:
            yield batch

    def compute(
        self, wanted: Sequence[tuple[CachedEngine, str]]
    ) -> Iterator[list[tuple[CachedEngine, str, str]]]:
        """Answer texts of this engine and of those that share its model, a group at a time.

        A group is a batch, or what has finished of a flow: (engine, text, answer).
        """
        if not isinstance(self.engine, Flowing):
            for batch in self._batches([text for _, text in wanted]):
                answers = self.engine.generate(batch)
                yield [(self, text, answer) for text, answer in zip(batch, answers, strict=True)]
            return
        group = []
        flow = self.engine.flow([text for _, text in wanted], self.batch, [e.engine for e, _ in wanted])
        for n, answer in flow:
            group.append((*wanted[n], answer))
            if len(group) == COMMIT:
                yield group
                group = []
        if group:
            yield group


def together(asked: Sequence[tuple[Engine, Sequence[str]]]) -> list[list[str]]:
    """Answer what several engines are asked, those that share a model in one go.

    Two languages of one model fill its batches better than one after the other.
    """
    known: dict[str, dict[str, str]] = {}
    wanted: dict[object, set[tuple[CachedEngine, str]]] = {}
    for engine, texts in asked:
        if isinstance(engine, CachedEngine):
            found, missing = engine.look(texts)
            known.setdefault(engine.signature, {}).update(found)
            shared = engine.engine.shares if isinstance(engine.engine, Flowing) else engine.signature
            wanted.setdefault(shared, set()).update((engine, text) for text in missing)
        else:
            known.setdefault(engine.signature, {}).update(zip(texts, engine.generate(texts), strict=True))
    for pairs in filter(None, wanted.values()):
        # The longest first, so that a machine that is too small fails at once.
        ordered = sorted(pairs, key=lambda pair: (-len(pair[1]), pair[1], pair[0].signature))
        first, done, words = ordered[0][0], 0, 0
        first.progress(0, len(ordered), 0)
        for group in first.compute(ordered):
            for own in {engine.signature: engine for engine, _, _ in group}.values():
                answers = {text: answer for engine, text, answer in group if engine is own}
                own.store.put(own.signature, answers)
                known[own.signature].update(answers)
            done += len(group)
            words += sum(len(text.split()) for _, text, _ in group)
            first.progress(done, len(ordered), words)
    return [[known[engine.signature][text] for text in texts] for engine, texts in asked]
