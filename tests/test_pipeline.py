"""The pipeline with engines that do what a test wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarize_cli import anatomy, text, translation
from summarize_cli.document import Document
from summarize_cli.translation import Translator


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


def translate(source: Document, engines: Sequence[Function], lang: str) -> Document:
    (result,) = translation.reviewed([source], Translator(lang, tuple(engines)), mend=False)
    return result.document


ECHO = Function(lambda text: text)


@given(st.text(alphabet="aéM. \n\t-!«»1,", max_size=200), st.integers(8, 50))
def test_translation_keeps_the_layout(source: str, limit: int) -> None:
    """As many segments, the same tails; short and long segments reach the engine in its limit."""
    before = document(source)
    after = translate(before, [Function(lambda t: t, limit)], "ar")
    assert [s.tail for s in after.segments] == [s.tail for s in before.segments]
    assert [bool(s.text) for s in after.segments] == [bool(s.text) for s in before.segments]


def test_addresses_and_figures_are_not_sent_to_a_model() -> None:
    """A line with nothing to translate stays as it is."""
    lines = "presse@exemple.ma\n+212 5 24 00 00 00\nhttps://exemple.ma/a\nBonjour."
    result = translate(document(lines), [Function(lambda t: "x")], "ar")
    assert [s.text for s in result.segments][:3] == lines.split("\n")[:3]
    assert result.segments[3].text == "x"


def test_a_pivot_is_two_calls() -> None:
    """French to English to Arabic: the second engine reads what the first wrote."""
    engines = [Function(lambda t: f"en({t})"), Function(lambda t: f"ar({t})")]
    result = translate(document("Oui."), engines, "ar")
    assert result.text == "ar(en(Oui.))"


def test_headlines_are_lowered_and_raised() -> None:
    """The engine reads ordinary case; English gets its capitals back, Arabic has none."""
    seen: list[str] = []
    engine = Function(lambda t: seen.append(t) or f"<{t}>")  # type: ignore[func-returns-value]
    source = document("LE MAROC INVESTIT\n\nHier, le Maroc a investi.")
    english = translate(source, [engine], "en")
    assert seen[0] == "Le Maroc investit"
    assert english.segments[0].text == "<LE MAROC INVESTIT>"
    assert translate(source, [engine], "ar").segments[0].text == "<Le Maroc investit>"


def test_weak_segments_are_tried_again_and_the_better_is_kept() -> None:
    """A retry replaces a segment only where it has fewer serious findings."""
    source = document("Il y a 500 postes.\nIl y a 700 postes.\nRien de plus ici.")
    poor = dict.fromkeys(("Il y a 500 postes.", "Il y a 700 postes."), "There are posts.")
    first = Function(lambda t: poor.get(t, "No more here."))
    fixes = {"Il y a 500 postes.": "There are 500 posts.", "Il y a 700 postes.": "There are 900."}
    translator = Translator("en", (first,), (Function(lambda t: fixes[t]),))
    (result,) = translation.reviewed([source], translator)
    assert [(r.segment, r.step, r.reason, r.kept) for r in result.repairs] == [
        (0, "again", "number", True),
        (1, "again", "number", False),
    ]
    texts = [segment.text for segment in result.document.segments]
    assert texts == ["There are 500 posts.", "There are posts.", "No more here."]
    assert [finding.segment for finding in result.findings] == [1]


def test_a_retry_knows_the_names_of_the_whole_document() -> None:
    """A headline in capitals is lowered the same way the second time."""
    seen: list[str] = []
    second = Function(lambda t: seen.append(t) or "500")  # type: ignore[func-returns-value]
    source = document("LE MAROC CRÉE 500 POSTES\n\nHier, le Maroc a parlé.")
    translation.reviewed([source], Translator("en", (Function(lambda t: "x"),), (second,)))
    assert "Le Maroc crée 500 postes" in seen


def test_documents_share_one_call() -> None:
    """All segments of all documents reach an engine together, and find their way back."""
    calls: list[int] = []

    class Counting(Function):
        def generate(self, texts: Sequence[str]) -> list[str]:
            calls.append(len(texts))
            return super().generate(texts)

    sources = [document("Un.\nDeux."), document("Trois."), document("Quatre.\nCinq.\nSix.")]
    results = translation.reviewed(sources, Translator("en", (Counting(lambda t: f"<{t}>"),)))
    assert calls[0] == 6
    assert [r.document.text for r in results] == ["<Un.>\n<Deux.>", "<Trois.>", "<Quatre.>\n<Cinq.>\n<Six.>"]


def test_what_must_stand_is_translated_around() -> None:
    """An engine that damages addresses, handles and references does not get to see them."""
    damaging = Function(lambda t: t.replace("@", " at ").replace("/", " ").replace("Écrire", "Write"))
    source = document("Écrire à presse@exemple.ma ou voir https://exemple.ma/a, réf. A/RES/70.")
    (result,) = translation.reviewed([source], Translator("en", (damaging,)))
    assert result.document.text == "Write à presse@exemple.ma ou voir https://exemple.ma/a, réf. A/RES/70."
    assert [(r.step, r.kept) for r in result.repairs if r.step == "protected"] == [("protected", True)]


def test_long_weak_segments_are_tried_clause_by_clause() -> None:
    """An engine that loses figures in long texts keeps them in short ones."""
    losing = Function(lambda t: t if len(t) < 90 else "Everything was lost in this one")
    long = "Le plan prévoit 500 postes dans la région de Rabat et alentour, 700 logements à Salé, 900 arbres à Témara."
    (result,) = translation.reviewed([document(long)], Translator("en", (losing,)))
    assert [(r.step, r.kept) for r in result.repairs] == [("clauses", True)]
    assert all(figure in result.document.text for figure in ("500", "700", "900"))


def test_formulas_and_approved_segments_need_no_engine() -> None:
    """What a person approved and what is a formula of the trade is never machine-translated."""
    seen: list[str] = []
    engine = Function(lambda t: seen.append(t) or "x")  # type: ignore[func-returns-value]
    source = anatomy.marked(
        document("COMMUNIQUÉ DE PRESSE\n\nLe plan avance.\nUn mot.\n\nContact presse : Ali, a@b.ma")
    )
    translator = Translator("en", (engine,), approved=lambda texts: {"Un mot.": "A word."})
    (result,) = translation.reviewed([source], translator)
    assert seen == ["Le plan avance."]
    assert result.document.text == "PRESS RELEASE\n\nx\nA word.\n\nPress contact: Ali, a@b.ma"
    assert result.approved == (2,)


@pytest.mark.parametrize(
    ("piece", "answer", "lang", "joined"),
    [
        ("pour recruter, ", "To recruit.", "en", "to recruit, "),
        ("la Chine ", "China", "en", "China "),
        ("pour recruter, ", "من أجل التوظيف", "ar", "من أجل التوظيف، "),
        ("Le plan", "The plan", "en", "The plan"),
        ("qui dit, ", "WHO says", "en", "WHO says, "),
        ("signé en (mai 2024) ", "signed (May 2024).", "en", "signed (May 2024) "),
        ("avec l’entreprise.", "With the firm.", "en", "with the firm."),
        (" ", "", "en", " "),
    ],
)
def test_pieces_are_joined_as_parts_of_one_sentence(piece: str, answer: str, lang: str, joined: str) -> None:
    """With the comma of the source, and without the capital that a sentence has."""
    assert translation._joined(piece, answer, lang) == joined
