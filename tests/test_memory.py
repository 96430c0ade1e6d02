"""The memory: only what is missing runs, every batch is kept, nothing is mixed up."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarize_cli.engines import Engine
from summarize_cli.errors import MemoryDamaged, MemoryUnusable, ModelUnavailable
from summarize_cli.memory import COMMIT, FORMAT, CachedEngine, Store, key, together
from summarize_cli.text import reading


@dataclass
class Counting:
    """An engine that upper-cases, keeps what it was asked, and can fail at a text."""

    signature: str = "counting/fr-en#1"
    limit: int = 100
    steps: Sequence[str] = ("reading",)
    fails_at: str | None = None
    asked: list[list[str]] = field(default_factory=list)

    def generate(self, texts: Sequence[str]) -> list[str]:
        self.asked.append(list(texts))
        if self.fails_at in texts:
            raise KeyboardInterrupt
        return [text.upper() for text in texts]


@given(st.lists(st.text(max_size=8), max_size=30), st.integers(1, 5))
def test_remembering_changes_no_answer(texts: list[str], batch: int) -> None:
    """With or without memory, once or twice, in any batches: the same answers in order."""
    engine = Counting()
    cached = CachedEngine(engine, Store(":memory:"), batch=batch)
    assert cached.generate(texts) == [text.upper() for text in texts]
    assert cached.generate(texts) == [text.upper() for text in texts]
    ran = [text for batch in engine.asked for text in batch]
    assert sorted(ran) == sorted(set(texts))
    assert all(len(batch_) <= batch for batch_ in engine.asked)


def test_only_misses_run_and_a_file_remembers(tmp_path: Path) -> None:
    """A second process finds what the first has stored."""
    first, second = Counting(), Counting()
    store = Store(tmp_path / "m.sqlite")
    CachedEngine(first, store).generate(["a", "b"])
    store.close()
    again = CachedEngine(second, Store(tmp_path / "m.sqlite"))
    assert again.generate(["b", "c", "a", "c"]) == ["B", "C", "A", "C"]
    assert second.asked == [["c"]]
    assert (again.tally.hits, again.tally.misses) == (2, 1)


def test_an_interrupt_keeps_finished_batches(tmp_path: Path) -> None:
    """What ran before Ctrl-C is remembered; the rest runs the next time."""
    store = Store(tmp_path / "m.sqlite")
    engine = Counting(fails_at="c")
    with pytest.raises(KeyboardInterrupt):
        CachedEngine(engine, store, batch=1).generate(["aaa", "bb", "c"])
    engine.fails_at = None
    engine.asked.clear()
    assert CachedEngine(engine, store, batch=1).generate(["aaa", "bb", "c"]) == ["AAA", "BB", "C"]
    assert engine.asked == [["c"]]


def test_another_signature_is_another_answer() -> None:
    """The key has the engine in it."""
    store = Store(":memory:")
    CachedEngine(Counting(), store).generate(["a"])
    other = Counting(signature="counting/fr-en#2")
    CachedEngine(other, store).generate(["a"])
    assert other.asked == [["a"]]
    assert store.signatures("a") == ["counting/fr-en#1", "counting/fr-en#2"]


@given(st.text(), st.text(), st.text(), st.text())
def test_keys_do_not_collide(a: str, b: str, c: str, d: str) -> None:
    """Different pairs have different keys (signatures hold no NUL)."""
    a, c = a.replace("\0", ""), c.replace("\0", "")
    assert (key(a, b) == key(c, d)) == ((a, b) == (c, d))


def test_refresh_computes_again_and_remembers() -> None:
    """``--refresh`` replaces the old answer."""
    store = Store(":memory:")
    store.put("counting/fr-en#1", {"a": "old"})
    assert CachedEngine(Counting(), store).generate(["a"]) == ["old"]
    assert CachedEngine(Counting(), store, refresh=True).generate(["a"]) == ["A"]
    assert CachedEngine(Counting(), store).generate(["a"]) == ["A"]


def test_cache_only_never_computes() -> None:
    """``--cache-only`` fails where something would have to run."""
    engine = Counting()
    with pytest.raises(ModelUnavailable, match="1 of 1"):
        CachedEngine(engine, Store(":memory:"), only=True).generate(["a"])
    assert engine.asked == []


def test_batches_hold_similar_lengths() -> None:
    """The longest first, and no more characters with padding than a batch may hold."""
    engine = Counting()
    CachedEngine(engine, Store(":memory:"), characters=10).generate(["aaaa", "b", "cc", "dddd", "e"])
    assert engine.asked == [["aaaa", "dddd"], ["cc", "b", "e"]]


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    """Garbage in place of a memory is named, with the command that mends it."""
    path = tmp_path / "m.sqlite"
    path.write_bytes(b"not a database at all, but long enough to be one" * 50)
    with pytest.raises(MemoryDamaged, match="damaged") as caught:
        Store(path)
    assert f"cache clear --cache-path {path}" in caught.value.hint


def test_a_damaged_page_is_found_when_read(tmp_path: Path) -> None:
    """Damage behind an intact header is an error of ours, not a traceback."""
    path = tmp_path / "m.sqlite"
    store = Store(path)
    store.put("s", {str(n): "x" * 200 for n in range(500)})
    store.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(MemoryDamaged):
        Store(path).get("s", [str(n) for n in range(500)])


def test_a_locked_file_is_not_taken_for_damaged(tmp_path: Path) -> None:
    """Another process at work is no reason to throw a memory away."""
    path = tmp_path / "m.sqlite"
    store = Store(path)
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    store._db.execute("PRAGMA busy_timeout=10")
    with pytest.raises(MemoryUnusable, match="locked"):
        store.put("s", {"a": "b"})
    other.close()


def test_an_unwritable_place_is_an_error(tmp_path: Path) -> None:
    """A memory below a file cannot be made."""
    (tmp_path / "file").write_text("")
    with pytest.raises(MemoryUnusable):
        Store(tmp_path / "file" / "m.sqlite")


def test_another_version_is_refused(tmp_path: Path) -> None:
    """A memory of a future format is not touched."""
    path = tmp_path / "m.sqlite"
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(MemoryDamaged, match="another version"):
        Store(path)


def test_clear_forgets_machine_output_only() -> None:
    """``cache clear`` says how many outputs it forgot; what was approved stays until it is named."""
    store = Store(":memory:")
    store.put("s", {"a": "1", "b": "2"})
    store.approve({"a": "x"}, "fr", "en", "test")
    assert store.count() == {"s": 2}
    assert store.clear() == 2
    assert store.count() == {}
    assert store.count_approved() == {("fr", "en"): 1}
    assert store.clear_approved() == 1
    assert store.count_approved() == {}


def test_prune_forgets_what_is_old() -> None:
    """Machine output only, and only what was computed before that."""
    store = Store(":memory:")
    store.put("s", {"a": "1", "b": "2"})
    store.approve({"a": "x"}, "fr", "en", "test")
    store._db.execute("UPDATE machine SET made = datetime('now', '-40 days') WHERE source = 'a'")
    store._db.execute("UPDATE approved SET changed = datetime('now', '-40 days')")
    assert store.prune(41) == 0
    assert store.prune(39) == 1
    assert store.get("s", ["a", "b"]) == {"b": "2"}
    assert store.approved(["a"], "fr", "en") == {"a": "x"}


def test_a_memory_of_format_1_is_migrated(tmp_path: Path) -> None:
    """Its answers are kept under their keys, and it takes approved translations from then on."""
    path = tmp_path / "m.sqlite"
    db = sqlite3.connect(path)
    db.executescript(
        """CREATE TABLE machine (
            key TEXT PRIMARY KEY, signature TEXT NOT NULL, source TEXT NOT NULL, output TEXT NOT NULL,
            made TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP) WITHOUT ROWID;
        CREATE INDEX machine_source ON machine (source);
        PRAGMA user_version=1;"""
    )
    old = sha256(b"1\0counting/fr-en#1\0a").hexdigest()
    db.execute("INSERT INTO machine (key, signature, source, output) VALUES (?, 's', 'a', 'A')", (old,))
    db.commit()
    db.close()
    for _ in range(2):
        store = Store(path)
        assert store.get("counting/fr-en#1", ["a"]) == {"a": "A"}
        store.approve({"a": "x"}, "fr", "en", "test")
        store.close()
    assert sqlite3.connect(path).execute("PRAGMA user_version").fetchone() == (FORMAT,)


# --- approved translations --------------------------------------------------------------

words = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=12)


@given(st.dictionaries(words, words, max_size=8), st.lists(words, max_size=8))
def test_what_was_approved_is_found(pairs: dict[str, str], others: list[str]) -> None:
    """The last target for a source, whatever its spaces were; nothing in another language."""
    store = Store(":memory:")
    store.approve(pairs, "fr", "en", "test")
    expected = {reading(s): t.strip() for s, t in pairs.items() if reading(s) and t.strip()}
    texts = [*pairs, *others, *(text.replace(" ", "\u202f") for text in pairs)]
    assert store.approved(texts, "fr", "en") == {
        text: expected[reading(text)] for text in texts if reading(text) in expected
    }
    assert store.approved(texts, "fr", "ar") == store.approved(texts, "en", "en") == {}
    assert {row.source: row.target for row in store.all_approved()} == expected


def test_narrow_spaces_do_not_matter() -> None:
    """A source is found however its spaces were set: the reason why ``reading`` is the form."""
    store = Store(":memory:")
    store.approve({"Prix\u202f: 1\u00a0000 €": "Price: €1,000"}, "fr", "en", "test")
    asked = "Prix : 1\n000 €"
    assert store.approved([asked], "fr", "en") == {asked: "Price: €1,000"}


def test_approving_again_corrects() -> None:
    """The same changes nothing and counts nothing; another target takes the place of the old one."""
    store = Store(":memory:")
    assert store.approve({"a": "x", "b": "y"}, "fr", "en", "one") == 2
    assert store.approve({"a": "x", "b": "z"}, "fr", "en", "two") == 1
    rows = [(row.source, row.target, row.origin) for row in store.all_approved()]
    assert rows == [("a", "x", "one"), ("b", "z", "two")]


def test_many_texts_take_few_queries() -> None:
    """Thousands of texts are looked up 500 at a time."""
    store = Store(":memory:")
    texts = [f"texte {number}" for number in range(3000)]
    store.approve(dict.fromkeys(texts, "x"), "fr", "en", "test")
    asked: list[str] = []
    store._db.set_trace_callback(asked.append)
    assert len(store.approved(texts, "fr", "en")) == 3000
    assert len(asked) == 6


def test_similar_sources_by_score() -> None:
    """The most similar first, none below the cutoff, none from another language."""
    store = Store(":memory:")
    sources = ["Le groupe ouvre un bureau.", "Le groupe ouvre un bureau à Rabat.", "Rien de tel ici !"]
    store.approve({source: source.upper() for source in sources}, "fr", "en", "test")
    asked = "Le groupe ouvre un bureau à Agadir."
    found = store.similar([asked, "xyz"], "fr", "en")
    assert list(found) == [asked]
    assert [match.source for match in found[asked]] == [sources[1], sources[0]]
    assert found[asked][0].target == sources[1].upper()
    assert 100 > found[asked][0].score > found[asked][1].score >= 70
    assert len(store.similar([asked], "fr", "en", limit=1)[asked]) == 1
    assert store.similar(sources[:1], "fr", "en")[sources[0]][0].score == 100
    assert store.similar([asked], "fr", "ar") == {}


@dataclass
class Flow(Counting):
    """An engine in which texts come and go; those of one ``model`` run together."""

    model: str = "m"

    @property
    def shares(self) -> object:
        return self.model

    def flow(
        self, texts: Sequence[str], batch: int, engines: Sequence[Engine] = ()
    ) -> Iterator[tuple[int, str]]:
        self.asked.append(list(texts))
        for n in reversed(range(len(texts))):
            if texts[n] == self.fails_at:
                raise KeyboardInterrupt
            yield n, f"{engines[n].signature}:{texts[n]}"


def test_engines_of_one_model_run_together() -> None:
    """In one flow; each remembers its own; what both ask is computed for each, what one asks twice once."""
    store = Store(":memory:")
    english, arabic = Flow("m/fr-en#1"), Flow("m/fr-ar#1")
    one, two = CachedEngine(english, store), CachedEngine(arabic, store)
    found = together([(one, ["b", "aa"]), (two, ["aa"]), (one, ["b", "ccc"])])
    assert found == [["m/fr-en#1:b", "m/fr-en#1:aa"], ["m/fr-ar#1:aa"], ["m/fr-en#1:b", "m/fr-en#1:ccc"]]
    assert english.asked + arabic.asked == [["ccc", "aa", "aa", "b"]]
    assert store.get("m/fr-ar#1", ["aa", "b"]) == {"aa": "m/fr-ar#1:aa"}
    assert together([(one, ["ccc"]), (two, ["aa"])]) == [["m/fr-en#1:ccc"], ["m/fr-ar#1:aa"]]
    assert len(english.asked + arabic.asked) == 1  # all of that was remembered


def test_engines_of_other_models_run_apart() -> None:
    """And an engine that does not flow, or has no memory, is asked as ever."""
    store = Store(":memory:")
    flows = [Flow("a/fr-en#1", model="a"), Flow("b/fr-ar#1", model="b")]
    plain, bare = Counting("c/fr-en#1"), Counting("d/fr-en#1")
    asked = [(CachedEngine(engine, store), ["x"]) for engine in (*flows, plain)]
    assert together([*asked, (bare, ["y"])]) == [["a/fr-en#1:x"], ["b/fr-ar#1:x"], ["X"], ["Y"]]
    assert [engine.asked for engine in (*flows, plain, bare)] == [[["x"]], [["x"]], [["x"]], [["y"]]]


def test_an_interrupted_flow_keeps_what_has_finished() -> None:
    """All but the last few, which were not written yet."""
    store = Store(":memory:")
    texts = [f"{n:02}" for n in range(30)]
    with pytest.raises(KeyboardInterrupt):
        CachedEngine(Flow(fails_at="05"), store).generate(texts)
    kept = store.get(Flow().signature, texts)
    assert len(kept) >= 30 - 6 - COMMIT
    again = Flow()
    assert len(CachedEngine(again, store).generate(texts)) == 30
    assert len(again.asked[0]) == 30 - len(kept)


def test_the_progress_counts_texts_and_words() -> None:
    """From nothing to all."""
    seen: list[tuple[int, int, int]] = []
    engine = CachedEngine(Counting(), Store(":memory:"), batch=1, progress=lambda *at: seen.append(at))
    engine.generate(["a b", "c"])
    assert seen == [(0, 2, 0), (1, 2, 2), (2, 2, 3)]
