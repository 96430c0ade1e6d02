"""A deterministic fake that ships with the package, as httpx ships its MockTransport."""

from __future__ import annotations

from collections.abc import Sequence

from .common import FromProfile


class EchoEngine(FromProfile):
    """Gives back what it gets: for tests, demonstrations and dry runs of a pipeline."""

    def generate(self, texts: Sequence[str]) -> list[str]:
        """Return the texts unchanged."""
        return list(texts)
