"""What the guard finds and how often it cries wolf, on the challenge set, as tables in Markdown.

    python bench/guard.py [--others] [--meaning] [--kinds A,B] [--correct N] [--set FILE]

The challenge set (``tests/challenge.py``) is made from the documents of the corpus that are held
back; ``--others`` takes the documents on which rules and thresholds were set. ``--meaning`` compares
meanings, too, which takes minutes; ``--kinds`` names the kinds of damage, and ``--correct`` says how
many correct pairs a language are used. ``--set`` shows the false alarms on a test set of human
translations instead (as ``summarize-cli evaluate`` reads it), taken as documents of 20 segments.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import challenge

from summarize_cli import guard
from summarize_cli.document import Document, Finding, Segment
from summarize_cli.evaluate import read_set


def findings(pairs: list[challenge.Pair], meaning: bool) -> list[list[Finding]]:
    """What the guard says of each pair, each of them a document of its own."""
    return [
        guard.review(
            Document("", "fr", (Segment(pair.source),)),
            Document("", pair.lang, (Segment(pair.target),)),
            meaning=meaning,
        )
        for pair in pairs
    ]


def of_set(rows: list[dict[str, str]]) -> tuple[list[challenge.Pair], list[list[Finding]]]:
    """The pairs of a test set, and what the guard says of each in its document."""
    pairs: list[challenge.Pair] = []
    found: list[list[Finding]] = []
    for lang in ("en", "ar"):
        for start in range(0, len(rows), 20):
            some = rows[start : start + 20]
            source = Document("", "fr", tuple(Segment(row["fr"]) for row in some))
            review = guard.review(source, source.translated([row[lang] for row in some], lang))
            pairs += [challenge.Pair("", lang, row["fr"], row[lang]) for row in some]
            found += [[each for each in review if each.segment == n] for n in range(len(some))]
    return pairs, found


def microseconds(pairs: list[challenge.Pair]) -> float:
    """Processor time of one pair, without meaning: the best of three rounds."""
    rounds = []
    for _ in range(3):
        started = time.process_time()
        for pair in pairs:
            list(guard.check(pair.source, pair.target, pair.lang))
        rounds.append((time.process_time() - started) / len(pairs))
    return 1e6 * min(rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--others", action="store_true")
    parser.add_argument("--meaning", action="store_true")
    parser.add_argument("--kinds", default=",".join(challenge.KINDS))
    parser.add_argument("--correct", type=int, default=0)
    parser.add_argument("--set", type=Path)
    options = parser.parse_args()
    if options.set:
        print("\n".join(challenge.alarms(*of_set(read_set(options.set)))))
        return
    held_back = not options.others
    damaged = [p for p in challenge.damaged(held_back) if p.kind in options.kinds.split(",")]
    correct = challenge.correct(held_back)
    print(f"{microseconds(correct):.0f} microseconds a pair\n")
    if options.correct:
        random.Random(challenge.SEED).shuffle(correct)
        by_language = [[p for p in correct if p.lang == lang] for lang in ("en", "ar")]
        correct = [pair for pairs in by_language for pair in pairs[: options.correct]]
    print("\n".join(challenge.recall(damaged, findings(damaged, options.meaning))), end="\n\n")
    found = findings(correct, options.meaning)
    print("\n".join(challenge.alarms(correct, found)))


if __name__ == "__main__":
    main()
