"""The command line as a user meets it: golden outputs, errors with hints, exit codes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import SAMPLE, Cli, Result

from summarize_cli import profiles
from summarize_cli.engines import build
from summarize_cli.guard import figures
from summarize_cli.memory import Store

GOLDEN = Path(__file__).parent / "golden"
SHORT = "Le Maroc signe un accord avec Oracle.\n\n- 1 000 postes\n- 40 % hors de Casablanca\n"
ARABIC = {
    "Le Maroc signe un accord avec Oracle.": "المغرب يوقع اتفاقا مع أوراكل.",
    "1 000 postes": "1000 منصب شغل",
    "40 % hors de Casablanca": "40% خارج الدار البيضاء",
}


def golden(name: str, output: str) -> None:
    """Compare with a file in ``golden/``; ``REGOLD=1`` writes it anew, to be read in the diff."""
    path = GOLDEN / name
    if os.environ.get("REGOLD"):
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(output, encoding="utf-8")
    assert output == path.read_text(encoding="utf-8")


def remember_arabic(home: Path) -> None:
    """Put known Arabic into the memory, as if the echo model had written it."""
    store = Store(home / "memory.sqlite")
    store.put(build(profiles.load("echo"), "fr-ar").signature, ARABIC)
    store.close()


@pytest.mark.parametrize("format", ["text", "md", "json"])
def test_golden_run(cli: Cli, home: Path, tmp_path: Path, format: str) -> None:
    """What ``run`` prints, with Arabic, in each format; times and paths left out."""
    remember_arabic(home)
    (tmp_path / "note.txt").write_text(SHORT, encoding="utf-8")
    result = cli("run", "note.txt", "--models", "echo", "--format", format, "--quiet")
    assert result.code == 0, result.err
    out = re.sub(r'"(seconds|fingerprint|tool)": [^,\n]*', r'"\1": "..."', result.out)
    golden(f"run.{format}", re.sub(r"#[0-9a-f]{16}", "#...", out))


def test_golden_help(cli: Cli) -> None:
    """The commands, and that every one has an example."""
    result = cli("--help", COLUMNS="90")
    golden("help.txt", result.out)
    commands = ["run", "translate", "summarize", "doctor", "models list", "models show",
                "models pull", "models verify", "models licences", "cache info", "cache why",
                "cache clear", "cache prune", "cache import", "cache export", "check", "diff"]  # fmt: skip
    for command in commands:
        assert "Example:" in cli(*command.split(), "--help").out, command


def test_translate_keeps_lines(cli: Cli, home: Path) -> None:
    """One line in is one line out, in a pipe, and Arabic is not reordered."""
    remember_arabic(home)
    result = cli("translate", "--to", "ar", "--models", "echo", "-q", stdin=SHORT.encode())
    assert result.out.splitlines() == [
        "المغرب يوقع اتفاقا مع أوراكل.", "", "- 1000 منصب شغل", "- 40% خارج الدار البيضاء",
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("text", [SAMPLE.read_text(encoding="utf-8"), "Noël.\n\nL’été, déjà.\n"])
def test_encodings_are_found(cli: Cli, tmp_path: Path, encoding: str, text: str) -> None:
    """A French text arrives whole, long or short, whatever the encoding; a mark stays."""
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    result = cli("translate", "a.txt", "--models", "echo", "-q", "--source-lang", "fr")
    assert result.code == 0
    mark = "\ufeff" if encoding == "utf-8-sig" else ""
    assert result.out.rstrip("\n") == mark + text.rstrip("\n")


def test_damaged_utf8_is_not_guessed(cli: Cli, tmp_path: Path) -> None:
    """One wrong byte does not turn every accent into two letters."""
    (tmp_path / "a.txt").write_bytes("Un été réussi.\nEt l’année ".encode() + b"\xe9 fin.")
    failed(cli("translate", "a.txt", "--models", "echo"), 1, "line 2")


def test_summaries_hold_their_limits(cli: Cli) -> None:
    """Sentences, words, characters, style and citations."""
    base = ["summarize", str(SAMPLE), "-q"]
    whole = cli(*base, "--sentences", "2", "--cite").out
    assert len(re.findall(r"\[\d+\]", whole)) == 2
    assert len(cli(*base, "--max-words", "30").out.split()) <= 30
    assert len(cli(*base, "--max-chars", "120").out.strip()) <= 120
    assert cli(*base, "--style", "bullets", "--sentences", "3").out.count("- ") >= 3
    assert len(cli(*base, "--style", "sentence").out.strip().splitlines()) == 1


# --- what can go wrong ------------------------------------------------------------------


def failed(result: Result, code: int, *words: str) -> None:
    """One ``error:`` line with these words, a ``hint:``, the exit code, and no traceback."""
    assert result.code == code, result.err
    assert len(re.findall("^error: ", result.err, re.M)) == 1, result.err
    assert len(re.findall("^hint: ", result.err, re.M)) == 1, result.err
    assert "Traceback" not in result.err
    for word in words:
        assert word in result.err


def test_errors_of_input(cli: Cli, tmp_path: Path) -> None:
    """Missing, empty and binary files, folders without documents, unknown types."""
    (tmp_path / "empty.txt").write_text(" \n")
    (tmp_path / "binary.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    (tmp_path / "zeros.txt").write_bytes(bytes(range(256)) * 4)
    (tmp_path / "folder").mkdir()
    (tmp_path / "sheet.xyz").write_text("Bonjour")
    failed(cli("run", "missing.txt"), 2, "missing.txt")
    failed(cli("run", "*.nothing"), 2, "nothing")
    failed(cli("run", "empty.txt"), 1, "empty")
    failed(cli("run", "binary.txt"), 1, "not a text file")
    failed(cli("run", "zeros.txt"), 1, "not a text file")
    failed(cli("run", "folder"), 2, "no documents")
    failed(cli("run", "sheet.xyz"), 1, ".xyz")
    failed(cli("translate", "missing.txt"), 1, "missing.txt")


def test_errors_of_usage(cli: Cli) -> None:
    """Unknown models, languages, routes and options name what is known."""
    failed(cli("run", str(SAMPLE), "--models", "best"), 4, "best", "embedded")
    failed(cli("models", "show", "opus"), 4, "opus", "opus-mt-fr-ar")
    failed(cli("run", str(SAMPLE), "--to", "de"), 2, "de", "ar")
    failed(cli("run", str(SAMPLE), "--route", "pivot:de"), 2, "pivot:en")
    failed(cli("translate", str(SAMPLE), "--to", "fr"), 2, "fr")
    failed(cli("translate", str(SAMPLE), "--source-lang", "fr-FR"), 2, "fr-FR")
    failed(cli("run", ""), 2, "empty")
    failed(cli("run", "x" * 300), 2, "no file")
    failed(cli("translate", str(SAMPLE), "--to", "en,ar"), 2, "one language")
    failed(cli("run", str(SAMPLE), "--to", ""), 2, "nothing to translate")
    failed(cli("run", str(SAMPLE), "--route", "pivot:en", "--models", "embedded"), 4, "en-ar")
    failed(cli("run", "--nonsense"), 2, "--nonsense")
    assert cli().err.startswith("Usage:")


def test_a_model_that_is_not_installed(cli: Cli) -> None:
    """Offline, the error names the command that installs it; the exit code is 4."""
    failed(cli("run", str(SAMPLE), "--models", "opus"), 4, "models pull opus-mt-fr-en")
    failed(cli("summarize", str(SAMPLE), "--method", "abstractive"), 4, "models pull barthez")
    failed(cli("models", "verify", "m2m100_418M"), 4, "models pull m2m100_418M")
    failed(cli("models", "pull", "opus-mt-fr-ar", HF_HUB_OFFLINE="1"), 4, "HF_HUB_OFFLINE")


def test_licence_policy(cli: Cli) -> None:
    """Non-commercial weights are refused with exit code 5."""
    failed(cli("run", str(SAMPLE), "--models", "nllb", "--commercial-only"), 5, "CC-BY-NC-4.0")


def test_a_damaged_memory(cli: Cli, home: Path) -> None:
    """Exit code 6 and the command that mends it, which works."""
    (home / "memory.sqlite").write_bytes(b"garbage" * 1000)
    run = ["translate", str(SAMPLE), "--models", "echo"]
    failed(cli(*run), 6, "damaged", "cache clear")
    assert cli("cache", "clear").code == 0
    assert list(home.glob("memory.sqlite.damaged-*"))
    assert cli(*run).code == 0


def test_a_full_disk(cli: Cli, home: Path, environment: dict[str, str], tmp_path: Path) -> None:
    """No room for the result, the memory or the prepared model: exit code 6, no traceback."""
    command = f"{sys.executable} -m summarize_cli translate {SAMPLE} --models echo -q > /dev/full"
    done = subprocess.run(
        ["bash", "-c", command], env=environment, capture_output=True, text=True, check=False
    )
    failed(Result(done.returncode, done.stdout, done.stderr), 6, "disk is full")
    # A limit on the size of a file stands for a disk that fills up.
    command = f"ulimit -f 20; {sys.executable} -m summarize_cli translate big.txt --models echo -q"
    (tmp_path / "big.txt").write_text("".join(f"Une ligne de texte, {n}.\n" for n in range(5000)))
    done = subprocess.run(
        ["bash", "-c", command], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    failed(Result(done.returncode, done.stdout, done.stderr), 6, "memory")
    (home / "prepared").unlink()
    command = f"ulimit -f 100000; {sys.executable} -m summarize_cli translate {SAMPLE} -q"
    done = subprocess.run(
        ["bash", "-c", command], env=environment, capture_output=True, text=True, check=False
    )
    failed(Result(done.returncode, done.stdout, done.stderr), 6, "cannot prepare")
    assert not list((home / "prepared").glob("gemma-*[0-9a-f]"))


def test_a_damaged_prepared_model_is_mended(cli: Cli, home: Path) -> None:
    """A truncated checkpoint is one clear error, and ``models verify`` prepares it again."""
    shared = (home / "prepared").resolve()
    build(profiles.load("embedded"), "fr-en").generate(["Bonjour."])
    (home / "prepared").unlink()
    (home / "prepared").mkdir()
    (folder,) = shared.glob("gemma-*[0-9a-f]")
    shutil.copytree(folder, home / "prepared" / folder.name)
    weights = home / "prepared" / folder.name / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    failed(cli("translate", "-q", "--models", "embedded", stdin=b"Bonjour."), 4, "cannot load")
    mended = cli("models", "verify", "embedded")
    assert mended.code == 0, mended.err
    assert "preparing it again" in mended.err


def test_unwritable_output(cli: Cli, tmp_path: Path) -> None:
    """A folder that cannot be made is exit code 6."""
    (tmp_path / "file").write_text("")
    failed(cli("run", str(SAMPLE), "--models", "echo", "-o", "file", "-q"), 6, "cannot write")


def test_text_that_is_not_french(cli: Cli, tmp_path: Path) -> None:
    """A warning, the work is done all the same, and ``--source-lang`` silences it."""
    (tmp_path / "en.txt").write_text("The minister said that it is in the plan of the city.")
    result = cli("translate", "en.txt", "--models", "echo", "-q")
    assert result.code == 0
    assert "warning: en.txt does not look French (en)" in result.err
    forced = cli("translate", "en.txt", "--models", "echo", "-q", "--source-lang", "fr")
    assert forced.err == ""


def test_one_bad_document_does_not_stop_the_others(cli: Cli, tmp_path: Path) -> None:
    """Exit code 1, the bad one named, the others written."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.fr.txt").write_text("Bonjour à tous.")
    (folder / "bad.txt").write_bytes(b"%PDF-1.7")
    result = cli("run", "in", "--models", "echo", "-o", "out", "--summaries", "fr")
    failed(result, 1, "bad.txt")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "_report.json", "good.ar.txt", "good.en.txt", "good.json", "good.summary.txt",
    ]  # fmt: skip


def test_outputs_are_not_overwritten_unasked(cli: Cli, tmp_path: Path) -> None:
    """An unchanged rerun is up to date; a changed one needs --overwrite."""
    source = tmp_path / "a.txt"
    source.write_text("Bonjour à tous.")
    run = ["run", "a.txt", "--models", "echo", "-o", "out"]
    assert cli(*run).code == 0
    assert "up to date" in cli(*run).err
    source.write_text("Bonsoir à tous.")
    failed(cli(*run), 6, "exists")
    assert (tmp_path / "out" / "a.en.txt").read_text() == "Bonjour à tous."
    assert cli(*run, "--overwrite").code == 0
    assert (tmp_path / "out" / "a.en.txt").read_text() == "Bonsoir à tous."


def test_strict_remembers_its_verdict(cli: Cli, tmp_path: Path) -> None:
    """An output that is up to date still has its serious findings."""
    (tmp_path / "a.txt").write_text("Il dit : bonjour à tous les gens.")
    run = ["run", "a.txt", "--models", "echo", "-o", "out", "--strict"]
    assert cli(*run).code == 3
    again = cli(*run)
    assert "up to date" in again.err
    assert again.code == 3


def test_an_input_is_never_overwritten(cli: Cli, tmp_path: Path) -> None:
    """Not even with --overwrite; nor do two outputs take one name."""
    source = tmp_path / "a.txt"
    source.write_text("Bonjour à tous.")
    run = ["run", "a.txt", "--models", "echo", "--overwrite", "-o", "."]
    failed(cli(*run, "--name-template", "{stem}{ext}"), 2, "over an input")
    failed(cli(*run, "--name-template", "same{ext}"), 2, "both write")
    assert source.read_text() == "Bonjour à tous."
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".txt"] == ["a.txt"]


def test_provenance_is_that_of_the_document(cli: Cli, tmp_path: Path) -> None:
    """Each JSON says what made its document, counted for those that were made together."""
    for name, text in (("a", "Un fait ici."), ("b", "Deux faits là. Trois faits.")):
        (tmp_path / f"{name}.txt").write_text(text)
    assert cli("run", "a.txt", "b.txt", "--models", "echo", "-o", "out", "--to", "en").code == 0
    for name in ("a", "b"):
        record = json.loads((tmp_path / "out" / f"{name}.json").read_text())
        (model,) = [m for m in record["models"] if m["signature"].startswith("echo/fr-en")]
        assert model["computed"] == 3
        assert record["settings"]["together"] == 2


def test_names_do_not_collide_or_escape(cli: Cli, tmp_path: Path) -> None:
    """Two inputs with one output name, and a template that climbs out, are refused."""
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text("Bonjour à tous.")
    failed(cli("run", "x/a.txt", "y/a.txt", "--models", "echo", "-o", "out"), 2, "both write")
    climbing = ["--name-template", "../{stem}.{lang}{ext}"]
    failed(cli("run", "x/a.txt", "--models", "echo", "-o", "out", *climbing), 6, "outside")
    failed(cli("run", "x/a.txt", "--models", "echo", "-o", "out", "--name-template", "{nope}"), 2, "nope")


def test_ctrl_c_keeps_what_was_finished(environment: dict[str, str], home: Path, tmp_path: Path) -> None:
    """An interrupt in the middle: exit code 130, a hint, finished batches remembered."""
    prepared = build(profiles.load("embedded"), "fr-en").generate(["Bonjour."])
    assert prepared
    text = "\n".join(f"La phrase numéro {n} parle de la mer et du vent." for n in range(200))
    (tmp_path / "long.txt").write_text(text)
    command = [sys.executable, "-m", "summarize_cli", "run", "long.txt", "--models", "embedded",
               "--batch-size", "2"]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    deadline = time.time() + 120
    while remembered(home) < 4:
        assert time.time() < deadline, "nothing was remembered"
        assert process.poll() is None, "it ended before the interrupt"
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"interrupted" in err
    assert b"go on with: summarize-cli run long.txt" in err
    assert b"Traceback" not in err
    assert remembered(home) >= 4


def remembered(home: Path) -> int:
    """How many outputs a memory holds, as another process sees it."""
    try:
        db = sqlite3.connect(home / "memory.sqlite", timeout=5)
        try:
            return int(db.execute("SELECT count(*) FROM machine").fetchone()[0])
        finally:
            db.close()
    except sqlite3.OperationalError:
        return 0


def test_a_closed_pipe_ends_quietly(environment: dict[str, str], tmp_path: Path) -> None:
    """``| head`` does not end in a traceback."""
    (tmp_path / "many.txt").write_text("Une ligne de texte à afficher.\n" * 20_000)
    command = f"{sys.executable} -m summarize_cli translate many.txt --models echo -q | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=tmp_path, env=environment,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.stdout == "Une ligne de texte à afficher.\n"
    assert done.stderr == ""
    assert done.returncode == 0


# --- the rest ---------------------------------------------------------------------------


def test_cache_explains_itself(cli: Cli, home: Path, tmp_path: Path) -> None:
    """Never seen, remembered, and known only to another model."""
    (tmp_path / "a.txt").write_text("Bonjour à tous les lecteurs.")
    why = ["cache", "why", "a.txt", "--models"]
    assert "never translated" in cli(*why, "echo").out
    cli("translate", "a.txt", "--models", "echo", "-q")
    assert "hit: echo/fr-en" in cli(*why, "echo").out
    assert "known only to echo/fr-en" in cli(*why, "embedded").out
    assert "echo/fr-en" in cli("cache", "info").out


def test_dry_run_touches_nothing(cli: Cli, home: Path, tmp_path: Path) -> None:
    """Words, hits and an estimate; no output."""
    result = cli("run", str(SAMPLE), "--models", "embedded", "--dry-run", "-o", "out")
    assert "527 words, 16 segments, 0 of 32 translations remembered" in result.out
    assert not (tmp_path / "out").exists()
    assert not (home / "memory.sqlite").exists()


def test_settings_file(cli: Cli, tmp_path: Path) -> None:
    """Defaults come from the file; the command line wins; doctor says from where."""
    (tmp_path / "summarize-cli.toml").write_text('models = "echo"\n[run]\nto = "ar"\n')
    (tmp_path / "a.txt").write_text("Bonjour à tous.")
    assert "Bonjour à tous." in cli("translate", "a.txt").out
    failed(cli("translate", "a.txt", "--models", "opus"), 4, "not installed")
    assert "English" not in cli("run", "a.txt", "-q").out
    (tmp_path / "summarize-cli.toml").write_text("modells = 'echo'\n")
    failed(cli("translate", "a.txt"), 2, "modells")
    (tmp_path / "summarize-cli.toml").write_text("models = \n")
    failed(cli("translate", "a.txt"), 2, "summarize-cli.toml")


def test_doctor_and_models(cli: Cli, tmp_path: Path) -> None:
    """The state of things in words."""
    (tmp_path / "summarize-cli.toml").write_text('models = "embedded"\n')
    doctor = cli("doctor")
    assert doctor.code == 0, doctor.out
    assert "set embedded: complete" in doctor.out
    assert "models = 'embedded' from summarize-cli.toml" in doctor.out
    listed = cli("models", "list").out
    assert re.search(r"nllb-200-distilled-600M .*NON-COMMERCIAL", listed)
    assert "CC-BY-NC-4.0, NON-COMMERCIAL ONLY" in cli("models", "licences").out
    assert "not installed" in cli("models", "show", "opus-mt-fr-ar").out


def test_the_main_job(cli: Cli, tmp_path: Path) -> None:
    """The user's article with the embedded model: everything is written and nothing is empty."""
    result = cli("run", str(SAMPLE), "-o", "out", "--models", "embedded", "-q")
    assert result.code == 0, result.err
    record = json.loads((tmp_path / "out" / "maroc-oracle.json").read_text(encoding="utf-8"))
    assert record["schema"] == 1
    assert len(record["segments"]) == 16
    for segment in record["segments"]:
        assert segment["source"]
        assert segment["en"]
        letters = [c for c in segment["ar"] if c.isalpha()]
        assert sum("\u0600" <= c <= "\u06ff" for c in letters) > 0.5 * len(letters)
    for lang in ("en", "ar"):
        text = (tmp_path / "out" / f"maroc-oracle.{lang}.txt").read_text(encoding="utf-8")
        values = {value for figure in figures(text, lang) for value in figure.values}
        assert {1000, 40, 2024} <= values
    assert set(record["summaries"]) == {"fr", "en", "ar"}
    assert (tmp_path / "out" / "maroc-oracle.summary.txt").exists()
