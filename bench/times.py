"""Times of the main job on this machine: medians of five, as the README quotes them.

    python bench/times.py [--runs 5] [--json FILE]

Measures ``--help``, the one-time preparation, the sample run with an empty memory, the same
run remembered, and looks whether the latter imports torch. Each is a process of its own, in
a data folder of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SAMPLE = Path(__file__).parent.parent / "samples" / "maroc-oracle.fr.txt"
CLI = [sys.executable, "-m", "summarize_cli"]


def environment(home: Path) -> dict[str, str]:
    """That of a user: a data folder, and bytecode as pip leaves it."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**own, "SUMMARIZE_CLI_HOME": str(home)}


def seconds(command: list[str], home: Path, stdin: bytes = b"") -> float:
    """Run a command that must succeed, and return its wall-clock time."""
    started = time.perf_counter()
    subprocess.run(command, env=environment(home), check=True, capture_output=True, input=stdin)
    return time.perf_counter() - started


def imports_torch(home: Path) -> bool:
    """Whether the remembered run loads torch, by Python's own list of imports."""
    command = [sys.executable, "-X", "importtime", "-m", "summarize_cli", *RUN]
    done = subprocess.run(command, env=environment(home), check=True, capture_output=True, text=True)
    return any(line.rstrip().endswith(" torch") for line in done.stderr.splitlines())


RUN = ["run", str(SAMPLE), "--models", "embedded", "--quiet"]


def measured(runs: int) -> tuple[dict[str, list[float]], bool, float]:
    """Seconds of every run by name, whether the remembered one imports torch, peak memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        translate = [*CLI, "translate", "--models", "embedded", "--quiet", "--no-cache"]
        first = seconds(translate, home, b"Bonjour.")
        times = {"preparation and one sentence": [first]}
        for name, command in (
            ("--help", [*CLI, "--help"]),
            ("sample, prepared, nothing remembered", [*CLI, *RUN, "--no-cache"]),
        ):
            times[name] = [seconds(command, home) for _ in range(runs)]
        seconds([*CLI, *RUN], home)
        times["sample, remembered"] = [seconds([*CLI, *RUN], home) for _ in range(runs)]
        torch = imports_torch(home)
    return times, torch, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    times, torch, peak = measured(options.runs)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for name, values in times.items():
        print(f"{name:40} {statistics.median(values):7.2f} s  (median of {len(values)})")
    print(f"{'torch in the remembered run':40} {'yes' if torch else 'no':>7}")
    print(f"{'peak memory of any run':40} {peak:7.0f} MB")
    if options.json:
        options.json.write_text(json.dumps({"seconds": times, "torch": torch, "peak_mb": peak}))


if __name__ == "__main__":
    main()
