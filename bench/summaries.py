"""ROUGE of our summaries, of the first sentences, and of LexRank with TF-IDF, on one set.

    pip install sumy                    # the peer: only this bench needs it
    python bench/summaries.py ../shared/data/eval/press-dev.jsonl

sumy gets a tokenizer object of ours (sentences as they are, words by ``evaluate.Words``), so
that it downloads no NLTK data and reads accents; its LexRank is that of Erkan and Radev (2004)
with TF-IDF and sumy's settings, without stemming and without stop words. Without sumy its row is
missing. The confidence is a bootstrap over documents (1,000 samples, 95 %); the last column says
in how many samples ours had the higher ROUGE-1. Then: unsupported numbers, dates and names of all
summaries, of the set and of the samples.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from summarize_cli import evaluate, facts, formats, profiles, summary
from summarize_cli.document import Document
from summarize_cli.engines import build
from summarize_cli.release import is_heading
from summarize_cli.text import reading

NAMES = ("ROUGE-1", "ROUGE-2", "ROUGE-L")
SAMPLES = 1000
BETWEEN = " \x1f "
"""Between sentences; sumy's parser would make one paragraph of lines."""


class Lines(evaluate.Words):
    """sumy's tokenizer: sentences are split already, and words are what ROUGE counts."""

    def to_sentences(self, text: str) -> list[str]:
        """The sentences of a text."""
        return text.split(BETWEEN)

    def to_words(self, sentence: str) -> list[str]:
        """The words of a sentence."""
        return self.tokenize(sentence)


def lexrank(document: Document, count: int) -> str:
    """LexRank with TF-IDF, by sumy; the title is not a candidate."""
    from sumy.parsers.plaintext import PlaintextParser
    from sumy.summarizers.lex_rank import LexRankSummarizer

    lines = [reading(s.text) for n, s in enumerate(document.segments) if not is_heading(document, n)]
    parsed = PlaintextParser.from_string(BETWEEN.join(lines), Lines()).document
    return " ".join(str(sentence) for sentence in LexRankSummarizer()(parsed, count))


def systems(count: int) -> dict[str, Callable[[Document], str]]:
    """What is compared: name to function."""
    ranker = build(profiles.load("extractive"), "summary")
    found: dict[str, Callable[[Document], str]] = {
        "ours": lambda document: summary.summarise(document, ranker, count).text,
        f"lead-{count}": lambda document: summary.lead(document, count).text,
    }
    try:
        import sumy  # noqa: F401
    except ImportError:
        print("sumy is not installed: no row for LexRank")
    else:
        found["LexRank, TF-IDF"] = lambda document: lexrank(document, count)
    return found


def confidence(rows: Sequence[dict[str, float]], draws: Sequence[Sequence[int]], name: str) -> str:
    """The 95 % interval of a mean over bootstrap samples of the documents."""
    means = sorted(100 * sum(rows[n][name] for n in draw) / len(draw) for draw in draws)
    return f"{means[int(0.025 * len(means))]:.1f}-{means[int(0.975 * len(means)) - 1]:.1f}"


def table(people: Sequence[evaluate.Reference], count: int) -> None:
    """Print the table for summaries of ``count`` sentences."""
    dice = random.Random(1)
    numbers = range(len(people))
    draws = [dice.choices(numbers, k=len(people)) for _ in range(SAMPLES)]
    references = [reference.summaries["fr"] for reference in people]
    rows, words = {}, {}
    for name, make in systems(count).items():
        outputs = [make(reference.document) for reference in people]
        rows[name] = evaluate.rouge_of_each(outputs, references)
        words[name] = sum(len(output.split()) for output in outputs) / len(outputs)
    print(f"\n{count} sentences, {len(people)} documents | words | " + " | ".join(NAMES) + " | ours ahead")
    for name, found in rows.items():
        shown = [
            f"{100 * sum(row[kind] for row in found) / len(found):.1f} ({confidence(found, draws, kind)})"
            for kind in NAMES
        ]
        ahead = sum(sum(rows["ours"][n]["ROUGE-1"] - found[n]["ROUGE-1"] for n in draw) > 0 for draw in draws)
        share = "" if name == "ours" else f"{100 * ahead / SAMPLES:.0f} %"
        print(f"{name} | {words[name]:.0f} | " + " | ".join(shown) + f" | {share}")


def strange(documents: Sequence[Document], count: int) -> None:
    """Print how many facts of our summaries do not stand in their documents."""
    ranker = build(profiles.load("extractive"), "summary")
    found = [
        fact
        for document in documents
        for fact in facts.unsupported(summary.summarise(document, ranker, count).text, document.text, "fr")
    ]
    kinds = {kind: sum(fact.kind == kind for fact in found) for kind in ("number", "date", "name")}
    print(f"\nunsupported in {len(documents)} summaries of {count} sentences: {kinds}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("sets", nargs="+", type=Path, help="JSON lines of press documents with summaries")
    parser.add_argument("--sentences", type=int, nargs="+", default=[2, 3])
    chosen = parser.parse_args()
    samples = sorted((Path(__file__).parent.parent / "samples").glob("*.txt"))
    documents = [formats.read(path, "fr", "auto") for path in samples]
    for path in chosen.sets:
        people = evaluate.read_summaries(path)
        print(f"\n# {path.name}")
        for count in chosen.sentences:
            table(people, count)
        strange([reference.document for reference in people], 3)
    print("\n# samples")
    strange(documents, 3)


if __name__ == "__main__":
    main()
