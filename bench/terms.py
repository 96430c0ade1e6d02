"""How many terms and names of a glossary a set of models follows, told and not told, on the samples.

python bench/terms.py [--models NAME] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from summarize_cli import anatomy, formats, translation
from summarize_cli.cli.session import Session
from summarize_cli.document import Document
from summarize_cli.glossary import Glossary

SAMPLES = Path(__file__).parent.parent / "samples"
FILES = {"terms": SAMPLES / "glossaire.csv", "names": SAMPLES / "noms.csv"}


Pairs = list[tuple[str, str]]
"""Segments of the samples with their translations."""


def translated(session: Session, documents: Sequence[Document], lang: str, mend: bool) -> Pairs:
    """Translate the samples, with repairs or without."""
    results = translation.reviewed(documents, session.translators([lang])[lang], mend=mend)
    return [
        (a.text, b.text)
        for source, result in zip(documents, results, strict=True)
        for a, b in zip(source.segments, result.document.segments, strict=True)
    ]


def followed(pairs: Pairs, wanted: Glossary, lang: str) -> int:
    """How many occurrences are followed in the translations."""
    return occurrences(pairs, wanted, lang) - sum(len(wanted.misses(a, b, lang)) for a, b in pairs)


def occurrences(pairs: Pairs, wanted: Glossary, lang: str) -> int:
    """How many occurrences there are of entries that have an equivalent."""
    return sum(bool(match.term.accepted(lang)) for a, _ in pairs for match in wanted.terms(a))


def main() -> None:
    """Print a line for each file and language."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--models", default="embedded")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    told = {"glossary_file": FILES["terms"], "names_file": FILES["names"]}
    rows = []
    with (
        Session(models=options.models, quiet=True, cache=False) as plain,
        Session(models=options.models, quiet=True, cache=False, **told) as asked,
    ):
        samples = [anatomy.marked(formats.read(path)) for path in sorted(SAMPLES.glob("*.txt"))]
        ways = {"not told": (plain, False), "told": (asked, False), "told, put right": (asked, True)}
        made = {
            (lang, way): translated(session, samples, lang, mend)
            for lang in ("en", "ar")
            for way, (session, mend) in ways.items()
        }
        for kind in FILES:
            wanted = Glossary(tuple(t for t in asked.glossary.entries if t.name == (kind == "names")))
            for lang in ("en", "ar"):
                row: dict[str, object] = {"kind": kind, "lang": lang}
                row["occurrences"] = occurrences(made[lang, "told"], wanted, lang)
                row |= {way: followed(made[lang, way], wanted, lang) for way in ways}
                rows.append(row)
                print(json.dumps(row), flush=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
