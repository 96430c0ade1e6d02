r"""Turn the data folder into two mixtures of training examples.

    python training/data.py DATA OUT [--corpus FOLDER ...] [--lexicon FILE [--letters FILE]] [--english SHARE]

``OUT/general.jsonl`` holds public text whose stated licence allows commercial use and
derivatives, weighed by worth; ``OUT/press.jsonl`` the press releases and prose written for
this project, with the best of the public text so that nothing is forgotten, and the same from English
into Arabic as a helper task. A line is
``{"prompt": "French: ...\nArabic:", "answer": " ..."}``; the model is trained on the answer.
With a lexicon, and rules for names, French-Arabic examples have the line of terms that the engine would
give them.
Everything is drawn from a seed: the same folder gives the same files. ``--seed`` draws other terms.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from summarize_cli.engines.causal import written
from summarize_cli.engines.lexicon import Lexicon, worded
from summarize_cli.engines.lexicon import read as read_lexicon

Pair = tuple[str, str]
Item = tuple[str, str, str]
"""Source, target, languages as in ``fr-ar``."""

# Source, and how many lines to take at most for French-English, French-Arabic and
# English-Arabic (a helper task). Left out, for want of a stated licence or a clear one:
# mozilla_www_lang, umbrella_*, stellarium, wmt_newstest, udhr, kolibri_docs, ooni; and all
# software interfaces under copyleft licences, which add little prose.
GENERAL: dict[str, tuple[int, int, int]] = {
    "tico19": (3000, 3000, 3000),  # CC0
    "mt_geneval": (4600, 0, 4900),  # CC-BY-SA-3.0
    "mt_geneval_pivot": (0, 4000, 0),  # CC-BY-SA-3.0
    "sdg_un_goals": (700, 700, 700),  # MIT
    "canada_digital_service_blog": (8200, 0, 0),  # MIT / Open Government Licence - Canada
    "opensource_guide": (1700, 1700, 0),  # CC-BY-4.0
    "privacy_guides": (3000, 1700, 0),  # CC-BY-SA-4.0
    "mozilla_www_ftl": (2700, 2700, 0),  # MPL-2.0
    "w3c_wai": (3400, 540, 0),  # W3C document licence
    "xquad": (0, 0, 2400),  # CC-BY-SA-4.0
    "bitcoin_org": (1100, 1100, 0),  # MIT
    "monero_site": (100, 250, 0),  # BSD-3
    "cc_legalcode": (150, 330, 0),  # CC0
    "contributor_covenant": (40, 80, 0),  # CC-BY-4.0
    "debian_handbook": (4000, 7700, 0),  # GPL-2+ or CC-BY-SA-3.0, prose of a book
    "diabla_dialogue": (5400, 0, 0),  # CC-BY-SA-4.0
    "hf_course": (2000, 0, 0),  # Apache-2.0
    "owasp_docs": (1000, 1900, 0),  # CC-BY-SA-4.0
    "react_docs": (3000, 2500, 0),  # CC-BY-4.0
    "tatoeba": (40000, 0, 20000),  # CC-BY-2.0-FR
    "tatoeba_pivot": (0, 6900, 0),  # CC-BY-2.0-FR
    "msdocs_sxs": (15000, 30000, 0),  # CC-BY-4.0
    "msdocs_live_extra": (0, 10000, 0),  # CC-BY-4.0
    "lexicon_cldr_countries": (1800, 2300, 0),  # Unicode licence
}
REHEARSED = ("tico19", "mt_geneval", "mt_geneval_pivot", "sdg_un_goals", "privacy_guides")
NAMES = {"fr": "French", "en": "English", "ar": "Arabic"}
DIGITS = re.compile(r"\d+")
ARABIC = re.compile(r"[\u0600-\u06ff]")


PLAIN, DROPPED = 0.1, 0.1
"""The share of examples without terms, and of terms left out, so that neither is counted on."""
SHORT = 16
"""Words of a French sentence on average below which most of a document is read in pairs."""


def examples(items: Iterable[Item], lexicon: Lexicon | None, seed: int = 4) -> list[dict[str, str]]:
    """Write examples in the wording of ``models/embedded/profile.toml``, most terms with them."""
    draw = random.Random(seed)
    found = []
    for source, target, languages in items:
        first, second = languages.split("-")
        pairs: list[Pair] = []
        if lexicon and languages == "fr-ar" and draw.random() >= PLAIN:
            pairs = [pair for pair in lexicon.terms(source) if draw.random() >= DROPPED]
        template = f"{NAMES[first]}: {{source}}\n{{terms}}{NAMES[second]}:"
        found.append({"prompt": written(template, source, worded(pairs)), "answer": f" {target}"})
    return found


def sound(source: str, target: str, languages: str) -> bool:
    """Whether a pair looks like a translation: length, figures, script."""
    if not 2 <= len(source) <= 600 or not 2 <= len(target) <= 600 or source == target:
        return False
    if not 0.4 <= len(target) / len(source) <= 2.2 and len(source) > 20:
        return False
    if languages.endswith("ar") and len(ARABIC.findall(target)) < 0.4 * len(target):
        return False
    digits = ("".join(sorted("".join(DIGITS.findall(text)))) for text in (source, target))
    return len(set(digits)) == 1


def read(data: Path, source: str, languages: str) -> list[Pair]:
    """Read the sound pairs of one source and direction, without repetitions."""
    path = data / f"{source}.{languages}.tsv.gz"
    columns = slice(0, 2)
    if source == "tico19":
        path = data / "tico19.fr-en-ar.tsv.gz"
        columns = {"fr-en": slice(0, 2), "fr-ar": slice(0, 3, 2), "en-ar": slice(1, 3)}[languages]
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [tuple(line.rstrip("\n").split("\t")[columns]) for line in lines]
    pairs = {(row[0], row[1]): None for row in rows if len(row) == 2}
    return [pair for pair in pairs if sound(*pair, languages)]


def public(data: Path, sources: tuple[str, ...] | None = None) -> Iterator[Item]:
    """Yield pairs of the public sources, as many as ``GENERAL`` says."""
    for source, limits in GENERAL.items():
        if sources and source not in sources:
            continue
        for languages, limit in zip(("fr-en", "fr-ar", "en-ar"), limits, strict=True):
            if limit:
                pairs = read(data, source, languages)
                random.Random(source + languages).shuffle(pairs)
                for pair in pairs[:limit]:
                    yield *pair, languages


def press(folder: Path) -> Iterator[Item]:
    """Yield sentences, titles, summaries and pairs of neighbours of the project's corpora."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            document = json.loads(line)
            sentences = document["sentences"]
            words = sum(len(sentence["fr"].split()) for sentence in sentences)
            every, singles = (2, sentences[::3]) if words < SHORT * len(sentences) else (4, sentences)
            joined = [
                {language: f"{a[language]} {b[language]}" for language in NAMES}
                for a, b in zip(sentences[::every], sentences[1::every])
            ]
            extra = [document[part] for part in ("title", "summary") if document.get(part)]
            for texts in [*singles, *joined, *extra]:
                for target in ("en", "ar"):
                    yield texts["fr"], texts[target], f"fr-{target}"
            for texts in singles:
                yield texts["en"], texts["ar"], "en-ar"  # a helper task: the same Arabic, said otherwise


def write(path: Path, examples: list[dict[str, str]]) -> None:
    """Shuffle and write a mixture."""
    random.Random(0).shuffle(examples)
    with path.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(item, ensure_ascii=False) + "\n" for item in examples)
    print(f"{path.name}: {len(examples):,} examples")


def main() -> None:
    """Write both mixtures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--corpus", type=Path, nargs="*", default=[])
    parser.add_argument("--lexicon", type=Path, help="gives the French-Arabic examples their terms")
    parser.add_argument("--letters", type=Path, help="gives names that the lexicon lacks, with it")
    parser.add_argument("--english", type=float, default=1.0, help="share of press English to keep")
    parser.add_argument("--seed", type=int, default=4, help="another one draws other terms")
    options = parser.parse_args()
    if options.letters and not options.lexicon:
        parser.error("--letters goes with --lexicon")
    options.out.mkdir(parents=True, exist_ok=True)
    lexicon = read_lexicon(options.lexicon, options.letters) if options.lexicon else None
    own = [item for folder in options.corpus for item in press(folder)]
    if options.data.is_dir():
        write(options.out / "general.jsonl", examples(public(options.data), lexicon, options.seed))
        rehearsed = [*public(options.data, REHEARSED)]
        own += random.Random(1).sample(rehearsed, min(len(rehearsed), len(own) // 5))
    # Arabic is the further of the two from being usable: a late run may want more of it.
    draw = random.Random(2)
    own = [item for item in own if not item[2].endswith("-en") or draw.random() < options.english]
    write(options.out / "press.jsonl", examples(own, lexicon, options.seed))


if __name__ == "__main__":
    main()
