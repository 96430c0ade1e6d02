"""The pipeline with engines that do what a test wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from summarize_cli import pipeline, text
from summarize_cli.document import Document
from summarize_cli.pipeline import Translator


@dataclass
class Function:
    """An engine made of a function of one text."""

    answer: Callable[[str], str]
    limit: int = 500
    signature: str = "function"
    steps: Sequence[str] = ("reading",)

    def generate(self, texts: Sequence[str]) -> list[str]:
        assert all(0 < len(text) <= self.limit for text in texts)
        return [self.answer(text) for text in texts]


def document(source: str) -> Document:
    return Document("note", "fr", text.split(source))


ECHO = Function(lambda text: text)


@given(st.text(alphabet="aéM. \n\t-!«»1,", max_size=200), st.integers(8, 50))
def test_translation_keeps_the_layout(source: str, limit: int) -> None:
    """As many segments, the same tails; short and long segments reach the engine in its limit."""
    before = document(source)
    after = pipeline.translate(before, [Function(lambda t: t, limit)], "ar")
    assert [s.tail for s in after.segments] == [s.tail for s in before.segments]
    assert [bool(s.text) for s in after.segments] == [bool(s.text) for s in before.segments]


def test_addresses_and_figures_are_not_sent_to_a_model() -> None:
    """A line with nothing to translate stays as it is."""
    lines = "presse@exemple.ma\n+212 5 24 00 00 00\nhttps://exemple.ma/a\nBonjour."
    result = pipeline.translate(document(lines), [Function(lambda t: "x")], "ar")
    assert [s.text for s in result.segments][:3] == lines.split("\n")[:3]
    assert result.segments[3].text == "x"


def test_a_pivot_is_two_calls() -> None:
    """French to English to Arabic: the second engine reads what the first wrote."""
    engines = [Function(lambda t: f"en({t})"), Function(lambda t: f"ar({t})")]
    result = pipeline.translate(document("Oui."), engines, "ar")
    assert result.text == "ar(en(Oui.))"


def test_headlines_are_lowered_and_raised() -> None:
    """The engine reads ordinary case; English gets its capitals back, Arabic has none."""
    seen: list[str] = []
    engine = Function(lambda t: seen.append(t) or f"<{t}>")  # type: ignore[func-returns-value]
    source = document("LE MAROC INVESTIT\n\nHier, le Maroc a investi.")
    english = pipeline.translate(source, [engine], "en")
    assert seen[0] == "Le Maroc investit"
    assert english.segments[0].text == "<LE MAROC INVESTIT>"
    assert pipeline.translate(source, [engine], "ar").segments[0].text == "<Le Maroc investit>"


def test_weak_segments_are_tried_again_and_the_better_is_kept() -> None:
    """A retry replaces a segment only where it has fewer serious findings."""
    source = document("Il y a 500 postes.\nIl y a 700 postes.\nRien de plus ici.")
    poor = dict.fromkeys(("Il y a 500 postes.", "Il y a 700 postes."), "There are posts.")
    first = Function(lambda t: poor.get(t, "No more here."))
    fixes = {"Il y a 500 postes.": "There are 500 posts.", "Il y a 700 postes.": "There are 900."}
    translator = Translator("en", (first,), (Function(lambda t: fixes[t]),))
    result = pipeline.reviewed(source, translator)
    assert result.retried == (0,)
    texts = [segment.text for segment in result.document.segments]
    assert texts == ["There are 500 posts.", "There are posts.", "No more here."]
    assert [finding.segment for finding in result.findings] == [1]


def test_a_retry_knows_the_names_of_the_whole_document() -> None:
    """A headline in capitals is lowered the same way the second time."""
    seen: list[str] = []
    second = Function(lambda t: seen.append(t) or "500")  # type: ignore[func-returns-value]
    source = document("LE MAROC CRÉE 500 POSTES\n\nHier, le Maroc a parlé.")
    pipeline.reviewed(source, Translator("en", (Function(lambda t: "x"),), (second,)))
    assert "Le Maroc crée 500 postes" in seen
