"""Kill a batch at random moments; the same command must end as if nothing had happened.

    python bench/kills.py --kills 30

A folder of releases is translated with the ``echo`` engine, which here writes down what it is
given and takes its time. The run is killed (SIGKILL) again and again, each time at a random
moment, then left to finish. Printed are how many texts were translated twice, and whether
every output is that of an undisturbed run. Exit code 1 if the outputs differ, or if a kill
cost more than one batch.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

BATCH = 8


def child(log: str, arguments: list[str]) -> None:
    """Run the command line with an echo engine that writes down every text it is given."""
    from summarize_cli.cli import main
    from summarize_cli.engines.echo import EchoEngine

    generate = EchoEngine.generate

    def noted(self, texts):
        with open(log, "a", encoding="utf-8") as out:
            out.writelines(json.dumps([self.signature, text]) + "\n" for text in texts)
        time.sleep(0.01)
        return generate(self, texts)

    EchoEngine.generate = noted  # type: ignore[method-assign]
    sys.argv = ["summarize-cli", *arguments]
    main()


def releases(folder: Path, count: int) -> None:
    """Write short releases, every one of them different."""
    folder.mkdir()
    for n in range(count):
        lines = "\n".join(f"Dépêche {n} : la phrase {k} dit encore autre chose." for k in range(6))
        (folder / f"{n:03}.txt").write_text(lines + "\n", encoding="utf-8")


def command(place: Path, out: str) -> list[str]:
    arguments = ["run", str(place / "in"), "-o", str(place / out), "--models", "echo", "--summaries", ""]
    arguments += ["--batch-size", str(BATCH), "--cache-path", str(place / f"{out}.sqlite"), "-q"]
    return [sys.executable, __file__, "--child", str(place / f"{out}.log"), *arguments]


def outputs(folder: Path) -> dict[str, bytes]:
    """The translations; the JSON beside them holds times."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*.txt")}


def again(log: Path) -> int:
    """How many texts of a log were translated more than once."""
    return sum(count - 1 for count in Counter(log.read_text(encoding="utf-8").splitlines()).values())


def main() -> int:
    """Kill, finish, compare."""
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], sys.argv[3:])
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--documents", type=int, default=120)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        releases(place / "in", options.documents)
        began = time.time()
        subprocess.run(command(place, "calm"), check=True)
        whole = time.time() - began
        done = twice = 0
        while done < options.kills:
            process = subprocess.Popen(command(place, "killed"))
            time.sleep(draw.uniform(0.2, 1.0) * min(whole, 3))
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
                done += 1
            if process.wait() not in (0, -signal.SIGKILL):
                return 1
            if process.returncode == 0:  # finished before its time: begin again
                for path in (place / "killed").rglob("*"):
                    path.unlink()
                (place / "killed.sqlite").unlink()
                twice += again(place / "killed.log")
                (place / "killed.log").write_text("")
        subprocess.run(command(place, "killed"), check=True)
        twice += again(place / "killed.log")
        same = outputs(place / "killed") == outputs(place / "calm")
        left = [p.name for p in (place / "killed").rglob("*.part")]
        print(f"{done} kills: {twice} texts translated again, ", end="")
        print(f"outputs the same: {same}, left: {left}")
        return 0 if same and twice <= BATCH * done else 1


if __name__ == "__main__":
    sys.exit(main())
