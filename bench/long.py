"""Long documents: what a word costs, and how much memory, as documents grow.

    python bench/long.py [--echo 500 5000 50000] [--embedded 250 1000 4000] [--json FILE]

Articles of so many words are made of the sentences of ``training/corpus``, every sentence
once as far as they go, and then again with another number in it. Each goes through ``run``
(two translations, three summaries, the guard) in a process of its own, nothing remembered. The
time of a sentence by itself is taken off: it is what loading costs. Where the cost is linear,
words a second stay what they are.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def article(words: int) -> str:
    """A text of ``words`` words, or a sentence more: paragraphs of five sentences, none twice."""
    lines = [line for path in sorted((ROOT / "training/corpus").glob("*.jsonl")) for line in path.open()]
    sentences = [sentence["fr"] for line in lines for sentence in json.loads(line)["sentences"]]
    taken: list[str] = []
    count = number = 0
    while count < words:
        again, at = divmod(number, len(sentences))
        taken.append(sentences[at] + (f" Voir la note {again}." if again else ""))
        count += len(taken[-1].split())
        number += 1
    return "\n\n".join(" ".join(taken[at : at + 5]) for at in range(0, len(taken), 5)) + "\n"


def measured(text: str, models: str, place: Path) -> tuple[float, float]:
    """Seconds and peak memory in MB of one translation."""
    path = place / "article.txt"
    path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "summarize_cli", "run", str(path), "-q", "--models", models]
    command += ["--no-cache", "-o", str(place / "out"), "--force"]
    began = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def main() -> None:
    """Print a line for each length, and write them all if asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--echo", type=int, nargs="*", default=[500, 5000, 50_000])
    parser.add_argument("--embedded", type=int, nargs="*", default=[])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory() as name:
        for models, lengths in (("echo", options.echo), ("embedded", options.embedded)):
            alone, _ = measured("Bonjour à tous.\n", models, Path(name)) if lengths else (0.0, 0.0)
            for length in lengths:
                seconds, peak = measured(article(length), models, Path(name))
                rate = length / (seconds - alone)
                row = {
                    "words": length,
                    "seconds": seconds,
                    "words_per_s": rate,
                    "peak_mb": peak,
                }
                print(models, ", ".join(f"{key} {value:,.1f}" for key, value in row.items()), flush=True)
                found.append({"models": models, **row})
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
