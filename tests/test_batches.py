"""Many documents: shared batches, reports, resuming, records, watching."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, Cli

FILES = ROOT / "tests" / "files"
ECHO = ("--models", "echo")


def releases(folder: Path, count: int) -> list[Path]:
    """Short releases, every one of them different."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{n:02}.fr.txt" for n in range(count)]
    for n, path in enumerate(paths):
        path.write_text(f"Dépêche numéro {n} du jour.\n\nElle dit {n} fois bonjour.\n", encoding="utf-8")
    return paths


def report(folder: Path) -> dict[str, dict[str, object]]:
    content = json.loads((folder / "_report.json").read_text(encoding="utf-8"))
    assert content["schema"] == 1
    return {Path(line["name"]).name: line for line in content["documents"]}


def test_five_bad_files_among_fifty(cli: Cli, tmp_path: Path) -> None:
    """45 outputs, five errors that name their files, exit code 1, a report on all fifty."""
    paths = releases(tmp_path / "in", 50)
    bad = {
        paths[3]: b"",
        paths[11]: b"%PDF-1.4",
        paths[20]: b"\x00\x01\x02\x03" * 50,
        paths[33]: b"   \n\n",
        paths[49]: "déjà vu été".encode() + b"\xff\xfe\xc3",
    }
    for path, content in bad.items():
        path.write_bytes(content)
    result = cli("run", "in", *ECHO, "-o", "out", "--summaries", "", "-q")
    assert result.code == 1
    assert result.err.count("error:") == 5
    assert all(path.name in result.err for path in bad)
    assert len(list((tmp_path / "out").glob("*.en.txt"))) == 45
    lines = report(tmp_path / "out")
    assert len(lines) == 50
    assert {name for name, line in lines.items() if line["state"] == "failed"} == {p.name for p in bad}


def test_outputs_do_not_depend_on_the_batch(cli: Cli, tmp_path: Path) -> None:
    """Other batch sizes, another order and other numbers of threads: the same bytes."""
    paths = releases(tmp_path / "in", 9)
    wanted: dict[str, bytes] = {}
    for n, options in enumerate(
        (["--batch-size", "1"], ["--batch-size", "7", "--jobs", "4"], ["--jobs", "1"])
    ):
        listed = [str(path) for path in (paths if n % 2 else reversed(paths))]
        out = tmp_path / f"out{n}"
        assert (
            cli("run", *listed, *ECHO, "-o", str(out), "--no-cache", "--summaries", "fr", *options).code == 0
        )
        found = {path.name: path.read_bytes() for path in out.glob("*.txt")}
        wanted = wanted or found
        assert found == wanted
    assert len(wanted) == 27


def test_only_what_changed_is_made_again(cli: Cli, tmp_path: Path) -> None:
    """An unchanged file is up to date, a changed one asks for --overwrite, --force makes all."""
    paths = releases(tmp_path / "in", 3)
    run = ["run", "in", *ECHO, "-o", "out", "--summaries", ""]
    assert cli(*run).code == 0
    paths[1].write_text("Une autre dépêche.\n", encoding="utf-8")
    refused = cli(*run)
    assert refused.code == 6
    assert "01.json exists" in refused.err
    assert {line["state"] for line in report(tmp_path / "out").values()} == {"up to date", "failed"}
    assert cli(*run, "--overwrite").code == 0
    states = {name: line["state"] for name, line in report(tmp_path / "out").items()}
    assert states == {"00.fr.txt": "up to date", "01.fr.txt": "done", "02.fr.txt": "up to date"}
    assert (tmp_path / "out" / "01.en.txt").read_text() == "Une autre dépêche.\n"
    assert cli(*run, "--force").code == 0
    assert {line["state"] for line in report(tmp_path / "out").values()} == {"done"}


def test_options_belong_to_what_is_up_to_date(cli: Cli, tmp_path: Path) -> None:
    """The same source with other options is not up to date."""
    releases(tmp_path / "in", 1)
    run = ["run", "in", *ECHO, "-o", "out", "--summaries", ""]
    assert cli(*run).code == 0
    assert "up to date" in cli(*run).err
    assert cli(*run, "--parts", "").code == 6


def test_records_become_records(cli: Cli, tmp_path: Path) -> None:
    """A record for every record, what cannot be read passed on and named, totals beside them."""
    shutil.copy(FILES / "depeches.jsonl", tmp_path / "a.jsonl")
    with (tmp_path / "a.jsonl").open("a") as file:
        file.write("{not json}\n")
    result = cli("run", "a.jsonl", *ECHO, "-o", "out", "--to", "en", "--summaries", "fr,en")
    assert result.code == 1
    assert "a.jsonl:6 is not JSON" in result.err
    out = tmp_path / "out"
    assert (out / "a.en.jsonl").read_bytes() == (tmp_path / "a.jsonl").read_bytes()
    totals = json.loads((out / "a.json").read_text())
    assert totals["documents"] == 3
    lines = [json.loads(line) for line in (out / "a.records.jsonl").read_text().splitlines()]
    assert [line["name"] for line in lines] == ["a.jsonl:1", "a.jsonl:2", "a.jsonl:5"]
    summaries = [json.loads(line) for line in (out / "a.summary.jsonl").read_text().splitlines()]
    assert all(line["fr"] for line in summaries)
    assert not list(out.glob(".*"))


def test_translate_keeps_the_format(cli: Cli, tmp_path: Path) -> None:
    """In a pipe as in a file: what comes out is what went in, with other words."""
    page = (FILES / "page.html").read_bytes()
    result = cli("translate", "-", "--input-format", "html", *ECHO, "-q", stdin=page)
    assert result.out.encode() == page
    for name in ("depeches.csv", "communique.md", "marque.txt", "pandoc.docx", "film.srt"):
        shutil.copy(FILES / name, tmp_path)
        assert cli("translate", name, *ECHO, "-o", f"out-{name}", "-q").code == 0
        assert (tmp_path / f"out-{name}").read_bytes() == (FILES / name).read_bytes()


def test_a_folder_of_every_format(cli: Cli, tmp_path: Path) -> None:
    """All files of the round-trip tests in one run; PDF comes out as text, with a warning."""
    shutil.copytree(FILES, tmp_path / "in")
    names = "{stem}." + "{lang}{ext}"
    for path in (tmp_path / "in").iterdir():  # one stem each
        path.rename(path.with_name(path.name.replace(".", "_") + path.suffix))
    result = cli("run", "in", *ECHO, "-o", "out", "--summaries", "", "--name-template", names)
    assert result.code == 0, result.err
    assert "are lost" in result.err
    out = tmp_path / "out"
    assert (out / "libreoffice_pdf.ar.txt").exists()
    assert (out / "page_html.ar.html").read_bytes() == (FILES / "page.html").read_bytes()
    assert len(list(out.glob("*.ar.*"))) == len(list(FILES.iterdir()))


def test_killed_batches_go_on(environment: dict[str, str]) -> None:
    """SIGKILL at three moments: the same outputs, at most a batch translated again for each."""
    command = [sys.executable, str(ROOT / "bench" / "kills.py"), "--kills", "3", "--documents", "60"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "outputs the same: True, left: []" in done.stdout


def test_watch_does_what_arrives(environment: dict[str, str], tmp_path: Path) -> None:
    """A file that is put into the folder later is translated; an interrupt ends the watch."""
    releases(tmp_path / "in", 1)
    command = [
        sys.executable,
        "-m",
        "summarize_cli",
        "run",
        "in",
        *ECHO,
        "-o",
        "out",
        "--summaries",
        "",
        "--watch",
    ]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(tmp_path / "out" / "00.en.txt")
        (tmp_path / "in" / "new.txt").write_text("Une nouvelle dépêche.")
        wait_for(tmp_path / "out" / "new.en.txt")
    finally:
        os.kill(process.pid, signal.SIGINT)
        error = process.communicate(timeout=30)[1]
    assert process.returncode == 130
    assert "Traceback" not in error


def wait_for(path: Path, seconds: float = 60) -> None:
    end = time.time() + seconds
    while not path.exists():
        assert time.time() < end, f"{path.name} did not come"
        time.sleep(0.1)


@pytest.mark.parametrize("name", ["depeches.jsonl", "depeches.csv"])
def test_fields_can_be_named(cli: Cli, tmp_path: Path, name: str) -> None:
    """A field that no record has is an error that says what to do."""
    shutil.copy(FILES / name, tmp_path)
    result = cli("run", name, *ECHO, "--field", "nope", "-o", "out", "--summaries", "")
    assert result.code == 1
    assert "has no words in nope" in result.err
    assert "--field body" in result.err


def test_an_interrupted_move_is_mended(cli: Cli, tmp_path: Path) -> None:
    """A record without its files means that a run was killed there: they are made again."""
    releases(tmp_path / "in", 1)
    run = ["run", "in", *ECHO, "-o", "out", "--summaries", ""]
    assert cli(*run).code == 0
    (tmp_path / "out" / "00.ar.txt").unlink()
    assert cli(*run).code == 0
    assert (tmp_path / "out" / "00.ar.txt").exists()
    (tmp_path / "out" / "00.json").unlink()
    assert cli(*run).code == 6  # files without a record are not ours


def test_what_is_approved_is_used(cli: Cli, tmp_path: Path) -> None:
    """After an import the document is no longer up to date, and the next run has the person's words."""
    releases(tmp_path / "in", 1)
    run = ["run", "in", *ECHO, "-o", "out", "--to", "en", "--summaries", ""]
    assert cli(*run).code == 0
    source = "Dépêche numéro 0 du jour."
    row = {"source_lang": "fr", "lang": "en", "source": source, "target": "Dispatch of the day."}
    approved = {"schema": 1, "name": "00", "approved": [row]}
    (tmp_path / "approved.json").write_text(json.dumps(approved), encoding="utf-8")
    imported = cli("cache", "import", "approved.json")
    assert imported.code == 0, imported.err
    assert cli(*run).code == 6
    assert cli(*run, "--overwrite").code == 0
    assert (tmp_path / "out" / "00.en.txt").read_text().startswith("Dispatch of the day.\n")
    segments = json.loads((tmp_path / "out" / "00.json").read_text())["segments"]
    assert (segments[0]["source"], segments[0]["approved"]) == (source, ["en"])
    assert "up to date" in cli(*run).err
