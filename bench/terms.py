"""How many terms and names of a glossary a set of models follows, told and not told, on the samples.

python bench/terms.py [--models NAME] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from summarize_cli import anatomy, formats, translation
from summarize_cli.cli.session import Session
from summarize_cli.glossary import Glossary

SAMPLES = Path(__file__).parent.parent / "samples"
FILES = {"terms": SAMPLES / "glossaire.csv", "names": SAMPLES / "noms.csv"}


def followed(session: Session, lang: str, wanted: Glossary, mend: bool) -> tuple[int, int]:
    """How many occurrences in the samples are followed in a translation, and how many there are."""
    documents = [anatomy.marked(formats.read(path)) for path in sorted(SAMPLES.glob("*.txt"))]
    results = translation.reviewed(documents, session.translators([lang])[lang], mend=mend)
    occurrences = missed = 0
    for source, result in zip(documents, results, strict=True):
        for a, b in zip(source.segments, result.document.segments, strict=True):
            occurrences += sum(bool(match.term.accepted(lang)) for match in wanted.terms(a.text))
            missed += len(wanted.misses(a.text, b.text, lang))
    return occurrences - missed, occurrences


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
        everything = asked.glossary
        for kind in FILES:
            wanted = Glossary(tuple(t for t in everything.entries if t.name == (kind == "names")))
            for lang in ("en", "ar"):
                row: dict[str, object] = {"kind": kind, "lang": lang}
                row["not told"], row["occurrences"] = followed(plain, lang, wanted, mend=False)
                row["told"], _ = followed(asked, lang, wanted, mend=False)
                row["told, put right"], _ = followed(asked, lang, wanted, mend=True)
                rows.append(row)
                print(json.dumps(row), flush=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
