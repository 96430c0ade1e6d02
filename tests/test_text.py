"""The laws of splitting, French rules by example, and what a model reads."""

from __future__ import annotations

import pytest
from conftest import ROOT, SAMPLE
from hypothesis import given
from hypothesis import strategies as st

from summarize_cli import text
from summarize_cli.document import Document, Segment

FRENCHLIKE = st.text(alphabet='aéMLx. ,!?…«»"()-–•\n\r\t \u00a0\u202f1:;°’', max_size=120)
TEXTS = FRENCHLIKE | st.text(max_size=60)
WRAPS = st.sampled_from(["auto", "keep", "join"])


@given(TEXTS, WRAPS)
def test_splitting_loses_nothing(source: str, wrap: text.Wrap) -> None:
    """``split(t).text == t``, and no segment begins or ends with white space."""
    segments = text.split(source, wrap)
    assert Document("", "fr", segments).text == source
    assert all(s.text == s.text.strip() for s in segments)
    assert all(s.text for s in segments[1:])


@given(TEXTS, st.integers(4, 40))
def test_clauses_keep_every_word_within_the_limit(source: str, limit: int) -> None:
    """Parts of a long text fit, and together are the text."""
    read = text.reading(source)
    parts = text.clauses(read, limit)
    assert all(len(part) <= limit for part in parts)
    assert "".join(parts).replace(" ", "") == read.replace(" ", "")


@given(TEXTS)
def test_reading_is_stable(source: str) -> None:
    """What a model reads has single spaces, and reading it again changes nothing."""
    read = text.reading(source)
    assert text.reading(read) == read
    assert "  " not in read


@given(TEXTS, st.integers(1, 12), st.integers(1, 60))
def test_shortened_holds_its_limits(source: str, words: int, characters: int) -> None:
    """A shortened text never exceeds either limit."""
    assert text.fits(text.shortened(text.reading(source), words, characters), words, characters)


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_a_translation_has_the_shape_of_its_source(pairs: list[tuple[str, str]]) -> None:
    """As many segments, the same layout; anything else is an error."""
    document = Document("", "fr", tuple(Segment(a, b) for a, b in pairs))
    translated = document.translated(["x"] * len(pairs), "en")
    assert [s.tail for s in translated.segments] == [b for _, b in pairs]
    with pytest.raises(ValueError, match="zip"):
        document.translated(["x"] * (len(pairs) + 1), "en")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("M. Alami et Mme Bennani arrivent. Ils parlent.", ["M. Alami et Mme Bennani arrivent.", "Ils parlent."]),
        ("Voir p. ex. l’art. 3, cf. n° 5. Fin.", ["Voir p. ex. l’art. 3, cf. n° 5.", "Fin."]),
        ("Oracle Inc. Annonce. Oracle Inc. Le groupe croît.", ["Oracle Inc. Annonce.", "Oracle Inc.", "Le groupe croît."]),
        ("E. Philippe et J.-P. Martin sont là. Oui.", ["E. Philippe et J.-P. Martin sont là.", "Oui."]),
        ("Dr Alaoui, cf. Dr. Alaoui. Bien.", ["Dr Alaoui, cf. Dr. Alaoui.", "Bien."]),
        ("« Oui. Non ! » Il part.", ["« Oui.", "Non ! »", "Il part."]),
        ("« C’est bien ! » a-t-elle dit. Puis rien.", ["« C’est bien ! » a-t-elle dit.", "Puis rien."]),
        ("Il hésite... puis part. Il rit… Elle aussi.", ["Il hésite... puis part.", "Il rit…", "Elle aussi."]),
        ("Le coût est de 3 500 €. C’est 2,5 % de plus.", ["Le coût est de 3 500 €.", "C’est 2,5 % de plus."]),
        ("Rendez-vous à 14 h. Le reste suit.", ["Rendez-vous à 14 h.", "Le reste suit."]),
        ("Visitez www.exemple.ma. Merci.", ["Visitez www.exemple.ma.", "Merci."]),
        ("Vraiment ? Oui ! Bon.", ["Vraiment ?", "Oui !", "Bon."]),
        ("La région.”\nCette expansion", ["La région.”", "Cette expansion"]),
        ("- un ;\n- deux.\n1. trois\n", ["", "un ;", "deux.", "trois"]),
        ("TITRE\n\nTexte.", ["TITRE", "Texte."]),
        ("", [""]),
        ("\n\n  ", [""]),
    ],
)  # fmt: skip
def test_french_segments(source: str, expected: list[str]) -> None:
    """Abbreviations, quotes, ellipses, numbers, lists and headings."""
    assert [segment.text for segment in text.split(source)] == expected


WRAPPED = (
    "Le conseil de la région a adopté jeudi un plan de gestion de\n"
    "l’eau doté de sept milliards de dirhams, qui doit permettre à\n"
    "la région de traverser les sécheresses. Il durera dix ans.\n"
)
LINES = "Premier point du programme de la journée\nDeuxième point\nTroisième point de la journée\n"


@pytest.mark.parametrize(
    ("source", "wrap", "count"),
    [(WRAPPED, "auto", 2), (WRAPPED, "keep", 4), (LINES, "auto", 3), (LINES, "join", 1)],
)
def test_hard_wrapped_lines(source: str, wrap: text.Wrap, count: int) -> None:
    """``auto`` joins what an editor broke, and leaves real lines alone."""
    assert len(text.split(source, wrap)) == count


def test_the_users_article() -> None:
    """The sample has one segment a sentence, and its six paragraphs survive."""
    source = SAMPLE.read_text(encoding="utf-8")
    segments = text.split(source)
    assert len(segments) == 16
    assert sum("\n" in segment.tail for segment in segments) == source.count("\n")


def test_headlines_in_capitals() -> None:
    """Names keep their capitals by the rest of the document."""
    segments = text.split("LE MAROC ET L’ONU SIGNENT\n\nHier, le Maroc et l’ONU ont signé.")
    known = text.cased_words(segments)
    assert text.is_shouted(segments[0].text)
    assert text.truecase(segments[0].text, known) == "Le Maroc et l’ONU signent"
    assert not text.is_shouted("R&D")


@pytest.mark.parametrize("amount", ["3 500 €", "3\u202f500\u00a0€", "1 000 postes", "2,5 euros"])
def test_moses_leaves_figures_alone(amount: str) -> None:
    """Moses would write 3,500 €, which a French reader takes for three and a half."""
    assert text.moses(text.reading(amount)) == text.reading(amount)


def test_moses_unifies_quotes() -> None:
    """OPUS-MT was trained on plain quotes."""
    assert text.moses("« Oui », l’ami…") == '"Oui", l\'ami...'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Le ministre a présenté le plan dans la capitale et les régions.", "fr"),
        ("The minister presented the plan in the capital and in the regions.", "en"),
        ("El ministro presentó el plan en la capital y en las regiones.", "es"),
        ("قدم الوزير الخطة في العاصمة", "ar"),
        ("部長は首都で計画を発表した", "other"),
        ("Atlas Énergie 2026", None),
    ],
)
def test_language(source: str, expected: str | None) -> None:
    """Enough to warn that a document is not French."""
    assert text.language(source) == expected


def test_all_samples_are_french() -> None:
    """No sample is met with a warning."""
    for path in (ROOT / "samples").glob("*.txt"):
        assert text.language(path.read_text(encoding="utf-8")) == "fr"
