"""Finding documents, naming outputs, writing them whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from summarize_cli import batch
from summarize_cli.errors import OutputError, UsageError


def test_files_folders_and_patterns(tmp_path: Path) -> None:
    """Each document once, folders recursively, hidden and unknown files left out."""
    for name in ("a.txt", "b/c.txt", "b/.hidden.txt", "b/d.bin"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    found = batch.find([str(tmp_path / "a.txt"), str(tmp_path), str(tmp_path / "*.txt")])
    assert [str(item.path.relative_to(tmp_path)) for item in found] == ["a.txt", "b/c.txt"]
    assert [str(item.relative) for item in found] == ["a.txt", "b/c.txt"]


def test_stems_lose_their_language() -> None:
    """``x.fr.txt`` becomes ``x.en.txt``, not ``x.fr.en.txt``."""
    item = batch.Input(Path("x.fr.txt"), Path("x.fr.txt"))
    assert batch.target(Path("out"), item, "en", ".txt") == Path("out/x.en.txt")


def test_a_name_may_not_leave_the_folder(tmp_path: Path) -> None:
    """Neither through the template nor through the input's own path."""
    item = batch.Input(Path("x.txt"), Path("x.txt"))
    with pytest.raises(OutputError, match="outside"):
        batch.target(tmp_path, item, "en", ".txt", "../../{stem}.{lang}{ext}")
    climbing = batch.Input(Path("x.txt"), Path("../../x.txt"))
    with pytest.raises(OutputError, match="outside"):
        batch.target(tmp_path, climbing, "en", ".txt")


def test_collisions_are_refused() -> None:
    """Two documents, one output: nothing is written."""
    for second in ("a", "b"):
        with pytest.raises(UsageError, match="both write"):
            batch.refuse_collisions([], [(Path("o"), Path("a")), (Path("o"), Path(second))])
    with pytest.raises(UsageError, match="over an input"):
        batch.refuse_collisions([Path("a")], [(Path("x/../a"), Path("a"))])
    batch.refuse_collisions([Path("a")], [(Path("o"), Path("a")), (Path("p"), Path("a"))])


def test_outputs_are_not_documents(tmp_path: Path) -> None:
    """A folder's outputs, in it or below it, are not translated the next time."""
    for name in ("a.txt", "a.en.txt", "out/a.ar.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "out").mkdir(exist_ok=True)
    below = batch.find([str(tmp_path)], tmp_path / "out")
    assert [item.path.name for item in below] == ["a.en.txt", "a.txt"]
    beside = batch.find([str(tmp_path)], tmp_path)
    assert [item.path.name for item in beside] == ["a.txt"]
    with pytest.raises(UsageError, match="empty"):
        batch.find([""])


def test_writing_is_atomic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails leaves the old file and no part of the new one."""
    path = tmp_path / "a.txt"
    batch.write({path: b"old"})
    with pytest.raises(OutputError, match="exists"):
        batch.write({path: b"new"})

    original = Path.write_bytes

    def full(self: Path, content: bytes) -> int:
        if content == b"x":
            return original(self, content)
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="No space left"):
        batch.write({tmp_path / "b.txt": b"x", path: b"new"}, overwrite=True)
    assert path.read_bytes() == b"old"
    assert {p.name for p in tmp_path.iterdir()} == {"a.txt", "home"}
