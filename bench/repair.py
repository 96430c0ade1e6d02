"""What the repair ladder mends: findings before and after, and chrF, with the embedded model.

    python bench/repair.py [SET.tsv] [--limit N] [--models NAME] [--json FILE]

Without a set, the samples; they have no references, so no chrF.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from summarize_cli import anatomy, evaluate, formats, translation
from summarize_cli.cli.session import Session
from summarize_cli.document import Document, Segment

SAMPLES = sorted((Path(__file__).parent.parent / "samples").glob("*.txt"))


def measure(
    documents: list[Document], lang: str, session: Session, references: list[str]
) -> dict[str, object]:
    """Serious findings and chrF before and after, and which steps were tried and kept."""
    translator = session.translators([lang])[lang]
    found: dict[str, object] = {"lang": lang, "segments": sum(len(d.segments) for d in documents)}
    for label, mend in (("before", False), ("after", True)):
        results = translation.reviewed(documents, translator, mend=mend)
        findings = [finding for result in results for finding in result.findings]
        codes = Counter(finding.code for finding in findings if finding.serious)
        found[label] = {
            "serious": sum(codes.values()),
            "all": len(findings),
            "codes": dict(codes.most_common()),
        }
        if references:
            outputs = [segment.text for result in results for segment in result.document.segments]
            scores = evaluate.quality(outputs, references)
            found[label] |= {score.name: round(score.value, 2) for score in scores}  # type: ignore[operator]
        repairs = [repair for result in results for repair in result.repairs]
    found["steps"] = {
        step: [sum(r.kept for r in repairs if r.step == step), count]
        for step, count in Counter(repair.step for repair in repairs).items()
    }
    return found


def main() -> None:
    """Print a JSON object a language."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("set", type=Path, nargs="?")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--models", default="embedded")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = evaluate.read_set(options.set)[: options.limit or None] if options.set else []
    if rows:
        documents = [Document("set", "fr", tuple(Segment(row["fr"]) for row in rows))]
    else:
        documents = [anatomy.marked(formats.read(path)) for path in SAMPLES]
    with Session(models=options.models, quiet=True) as session:
        results = [measure(documents, lang, session, [row[lang] for row in rows]) for lang in ("en", "ar")]
    for result in results:
        print(json.dumps(result, ensure_ascii=False))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
