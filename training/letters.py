"""Learn how names are written in Arabic letters.

    python training/letters.py DATA models/embedded/lexicon.tsv models/embedded/letters.tsv

Reads ``lexicon_google_translit`` of the data folder (Apache-2.0; words of Wikipedia titles) and what in
the lexicon is a name. Each letter is aligned with none, one or two Arabic ones, and the alignment is
learned from itself (Viterbi EM); pairs that align badly, translations for the most part, are left out on
the way. Then the rules: for each context, from none to four letters on each side, what a letter mostly
becomes, where that is not what the narrower rule says anyhow. A tenth of the names is kept aside
first, to say how well it does on names that align, and learned in the end.
"""

from __future__ import annotations

import argparse
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher
from pathlib import Path

from data import Pair, read

from summarize_cli.engines.letters import WIDEST, Letters, context, spelt
from summarize_cli.engines.lexicon import WORD

Aligned = tuple[str, tuple[str, ...]]
"""A name, and what each of its letters becomes."""
LATIN, ARABIC = re.compile(r"[a-zéèç]{3,}"), re.compile(r"[\u0621-\u064a\u067e\u0686\u0698\u06a4\u06af]+")
ADJECTIVE = re.compile("(?:ien|éen|ain|in|ais|ois)$")
"""French endings that are no part of the name in Arabic: *parisien* is باريسي."""
ROUNDS, LEAST = 6, 2
"""Rounds of EM; for how many names more than the narrower rule a rule must be right."""
UNLIKELY = {"names": -2.6, "capitals": -1.9, "words": -1.15}
"""Mean log-probability of a letter below which a pair is no transliteration, by where it is from."""


def entries(lexicon: Path) -> Iterable[Pair]:
    """Pairs of words of the lexicon's entries that have as many in both languages."""
    for line in lexicon.read_text(encoding="utf-8").splitlines():
        french, _, arabic = line.partition("\t")
        for one in arabic.split(" / "):
            words, others = WORD.findall(french), one.split()
            if len(words) == len(others):
                yield from zip(words, others, strict=True)


def sorts(data: Path, lexicon: Path) -> dict[Pair, str]:
    """The pairs that may be transliterations, with their sort."""
    found: dict[Pair, str] = {}
    for source, pairs in (("names", read(data, "lexicon_google_translit", "en-ar")), ("", entries(lexicon))):
        for french, arabic in pairs:
            name = spelt(french)
            # Arabs' names have their article where it is not written in Latin letters.
            added = arabic.startswith("ال") and not re.match("[aei]?l", name)
            sort = source or ("capitals" if french[0].isupper() else "words")
            translated = sort == "words" and arabic.endswith("ي") and ADJECTIVE.search(name)
            if LATIN.fullmatch(name) and ARABIC.fullmatch(arabic) and not added and not translated:
                found.setdefault((name, arabic), sort)
    return found


def likelihoods(aligned: Iterable[Aligned]) -> dict[Pair, float]:
    """The log-probability of what a letter becomes."""
    count = Counter(pair for name, pieces in aligned for pair in zip(name, pieces, strict=True))
    total: Counter[str] = Counter()
    for (letter, _), times in count.items():
        total[letter] += times
    return {pair: math.log((times + 0.1) / (total[pair[0]] + 5)) for pair, times in count.items()}


def align(name: str, arabic: str, likely: dict[Pair, float] | None) -> tuple[float, tuple[str, ...]] | None:
    """The best alignment and its mean log-probability; before there are any, an even one."""
    best: dict[int, tuple[float, tuple[str, ...]]] = {0: (0.0, ())}
    for n, letter in enumerate(name):
        after: dict[int, tuple[float, tuple[str, ...]]] = {}
        for at, (score, pieces) in best.items():
            for size in range(min(2, len(arabic) - at) + 1):
                piece = arabic[at : at + size]
                if likely is None:
                    apart = abs((at + size) / len(arabic) - (n + 1) / len(name))
                    more = score - 3 * apart - (0.5, 0, 1.3)[size]
                else:
                    more = score + likely.get((letter, piece), -12)
                if at + size not in after or more > after[at + size][0]:
                    after[at + size] = more, (*pieces, piece)
        best = after
    found = best.get(len(arabic))
    return found and (found[0] / len(name), found[1])


def learned(pairs: dict[Pair, str]) -> list[Aligned]:
    """Align all pairs, and again with what that tells; of a name's spellings, the likeliest stays."""
    likely: dict[Pair, float] | None = None
    for n in range(ROUNDS):
        best: dict[str, tuple[float, tuple[str, ...]]] = {}
        for (name, arabic), sort in pairs.items():
            found = align(name, arabic, likely)
            limit = UNLIKELY[sort] - (0.5 if n < 3 else 0)
            if found and (likely is None or found[0] > limit):
                best[name] = max(found, best.get(name, found))
        aligned = [(name, pieces) for name, (_, pieces) in best.items()]
        likely = likelihoods(aligned)
        print(f"round {n + 1}: {len(aligned):,} names of {len(pairs):,} pairs", flush=True)
    return aligned


def rules(aligned: list[Aligned]) -> Letters:
    """The rules, from the narrowest context to the widest."""
    letters = Letters(found := {})
    for size in range(WIDEST + 1):
        votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
        now: dict[str, str] = {}  # what the narrower rules say, by context
        for name, pieces in aligned:
            for at, piece in enumerate(pieces):
                votes[here := context(name, at, size)][piece] += 1
                now[here] = letters.one(name, at) or ""
        for here, vote in votes.items():
            piece, times = vote.most_common(1)[0]
            if not size or times - vote[now[here]] >= LEAST:
                found[here] = piece
    return letters


def main() -> None:
    """Learn, measure on what was kept aside, learn all, and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("lexicon", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    aligned = learned(sorts(options.data, options.lexicon))
    random.Random(1).shuffle(aligned)
    aside, rest = aligned[: len(aligned) // 10], aligned[len(aligned) // 10 :]
    tried = rules(rest)
    likeness = [SequenceMatcher(None, tried.write(name), "".join(pieces)).ratio() for name, pieces in aside]
    exact = sum(one == 1 for one in likeness)
    print(f"kept aside: {exact / len(aside):.1%} exact, likeness {sum(likeness) / len(aside):.3f}")
    found = rules(aligned).rules
    options.out.write_text("".join(f"{rule}\t{found[rule]}\n" for rule in sorted(found)), encoding="utf-8")
    print(f"{options.out.name}: {len(found):,} rules")


if __name__ == "__main__":
    main()
