"""The memory: machine output that is not computed twice, in one SQLite file.

``CachedEngine`` *is* an engine and *has* one (as pip-tools' cached repository has the face of
the real one). Its key is a hash of the format, the engine's signature and the exact text that
the model reads, so a changed model, setting or text can never meet an old answer. Only what
is not remembered runs, equal texts run once, and every finished batch is committed, so an
interrupted run goes on where it stopped. The file holds text and JSON, never pickles.
``--no-cache`` is the same code on ``:memory:``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import MemoryDamaged, MemoryUnusable, ModelUnavailable

if TYPE_CHECKING:
    from .engines import Engine

FORMAT = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS machine (
    key TEXT PRIMARY KEY, signature TEXT NOT NULL, source TEXT NOT NULL, output TEXT NOT NULL,
    made TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS machine_source ON machine (source);
"""


def key(signature: str, text: str) -> str:
    """The name under which an answer is remembered."""
    return sha256("\0".join((str(FORMAT), signature, text)).encode()).hexdigest()


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
            if version not in (0, FORMAT):
                raise MemoryDamaged(
                    f"the memory {path} was written by another version (format {version})",
                    "name another file with --cache-path, or: summarize-cli cache clear",
                )
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            if version == 0:
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
        found: dict[str, str] = {}
        names = list(wanted)
        with self._mended():
            for start in range(0, len(names), 500):
                part = names[start : start + 500]
                marks = ",".join("?" * len(part))
                rows = self._db.execute(
                    f"SELECT key, output FROM machine WHERE key IN ({marks})",  # noqa: S608
                    part,
                )
                found.update((wanted[name], output) for name, output in rows)
        return found

    def put(self, signature: str, pairs: dict[str, str]) -> None:
        """Remember outputs by text, all or none of them."""
        with self._mended(), self._db:
            self._db.executemany(
                "INSERT OR REPLACE INTO machine (key, signature, source, output) VALUES (?,?,?,?)",
                [(key(signature, text), signature, text, out) for text, out in pairs.items()],
            )

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

    def clear(self) -> int:
        """Forget everything; say how many outputs that were."""
        with self._mended(), self._db:
            gone = self._db.execute("DELETE FROM machine").rowcount
        with self._mended():
            self._db.execute("VACUUM")
        return gone

    def close(self) -> None:
        """Close the file; SQLite folds its log into it."""
        with self._mended():
            self._db.close()


@dataclass(slots=True)
class Tally:
    """What an engine did: texts that were remembered, texts that were computed."""

    hits: int = 0
    misses: int = 0


@dataclass
class CachedEngine:
    """An engine that remembers, and the one place where texts become batches.

    ``batch`` is the most texts that run together, ``characters`` what a batch may hold with
    its padding: texts of similar length run together, the longest first, so that a machine
    that is too small fails at once. ``refresh`` computes again, ``only`` never computes.
    """

    engine: Engine
    store: Store
    batch: int = 32
    characters: int = 12_000
    refresh: bool = False
    only: bool = False
    progress: Callable[[int, int], None] = lambda done, total: None
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
        known = {} if self.refresh else self.store.get(self.signature, texts)
        missing = sorted({text for text in texts if text not in known}, key=lambda t: (-len(t), t))
        self.tally.hits += sum(text in known for text in texts)
        self.tally.misses += len(missing)
        if missing and self.only:
            raise ModelUnavailable(
                f"{len(missing)} of {len(texts)} texts are not in the memory for {self.signature}",
                "leave out --cache-only to compute them",
            )
        done = 0
        for batch in self._batches(missing):
            self.progress(done, len(missing))
            answers = dict(zip(batch, self.engine.generate(batch), strict=True))
            self.store.put(self.signature, answers)
            known.update(answers)
            done += len(batch)
        if missing:
            self.progress(done, len(missing))
        return [known[text] for text in texts]

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
