"""The guard's checks, each with something that it must find and something it must not."""

from __future__ import annotations

import pytest

from summarize_cli import guard
from summarize_cli.document import Document, Segment

PLAN = "Le conseil régional a adopté un plan de gestion de l’eau."


def codes(source: str, target: str, lang: str = "en") -> list[str]:
    return [code for code, _, _ in guard.check(source, target, lang)]


@pytest.mark.parametrize(
    ("source", "target", "lang"),
    [
        ("1 000 postes", "1,000 jobs", "en"),
        ("1\u202f000 postes", "1000 منصب", "ar"),
        ("1 000 postes", "١٬٠٠٠ منصب", "ar"),
        ("40 % des postes", "٤٠٪ من المناصب", "ar"),
        ("1,2 milliard d’euros", "€1.2 billion", "en"),
        ("1,2 milliard d’euros", "1.2 مليار يورو", "ar"),
        ("2,5 millions", "2,500,000", "en"),
        ("12 500 tonnes", "12 ألفا و500 طن", "ar"),
        ("14 h 30", "2.30 pm", "en"),
        ("trois ans, 3 pays", "three years, three countries", "en"),
        ("82 400 000 actions", "82.4 million shares", "en"),
        ("1 billion d’euros", "€1 trillion", "en"),
        ("le 3 avril 2026", "3 April 2026", "en"),
        ("le 15.03.2026", "15 March 2026", "en"),
        ("20 ans", "عشرين عاما", "ar"),
        ("1 000 postes", "ألف منصب", "ar"),
        ("1 million d’emplois", "one million jobs", "en"),
        ("20 Mds€", "€20 billion", "en"),
        ("1\u2009000 postes", "1,000 jobs", "en"),
    ],
)
def test_figures_kept(source: str, target: str, lang: str) -> None:
    """The same value in another notation is no finding."""
    assert "number" not in codes(source, target, lang)


@pytest.mark.parametrize(
    ("source", "target", "lang"),
    [
        ("1 000 postes", "10,000 jobs", "en"),
        ("40 % des postes", "14% of the jobs", "en"),
        ("mai 2024", "أغسطس 2014", "ar"),
        ("1,2 milliard d’euros", "€1.2 million", "en"),
        ("250 millimètres", "millimetres", "en"),
        ("1 000 spécialistes", "متخصصين", "ar"),
        ("23 salariés", "11 employees", "en"),
        ("une hausse de 9 %", "a rise of 6%", "en"),
    ],
)
def test_figures_changed(source: str, target: str, lang: str) -> None:
    """Another value, or none, is a serious finding."""
    assert ("number", True) in [(c, s) for c, s, _ in guard.check(source, target, lang)]


@pytest.mark.parametrize(
    ("source", "target", "lang", "code"),
    [
        ("Bonjour.", " ", "en", "empty"),
        ("Voir https://exemple.ma/a.", "See https://example.ma/a.", "en", "address"),
        ("Écrire à presse@exemple.ma", "Write to press@exemple.ma", "en", "address"),
        (PLAN, "the plan " * 9, "en", "loop"),
        (PLAN, "يميل الطرفان إلى جانب ذلك إلى جانب ذلك إلى جانب ذلك.", "ar", "loop"),
        (PLAN, "The council adopted a plan for water", "ar", "script"),
        (PLAN, "اعتمد المجلس خطة لتدبير المياه في المنطقة", "en", "script"),
        (PLAN, PLAN, "en", "copied"),
        (PLAN, "The plan.", "en", "length"),
        ("Rien ici.", "There are 500 of them here.", "en", "number-added"),
        ("Il y a 3 ans.", "Three years and 500 jobs ago, 3 years.", "en", "number-added"),
    ],
)
def test_damage_is_found(source: str, target: str, lang: str, code: str) -> None:
    """Every other check finds its kind of damage."""
    assert code in codes(source, target, lang)


@pytest.mark.parametrize(
    ("source", "target", "lang"),
    [
        (PLAN, "The regional council has adopted a water management plan.", "en"),
        (PLAN, "اعتمد المجلس الجهوي خطة لتدبير المياه.", "ar"),
        ("Voir www.exemple.ma.", "See www.exemple.ma.", "en"),
        ("ChatGPT", "ChatGPT", "ar"),
        ("Contact presse : Sara Alami", "Contact presse : Sara Alami", "en"),
        ("deux millions d’euros", "€2 million", "en"),
        ("", "", "en"),
        ("De plus en plus, jour après jour.", "More and more, day after day.", "en"),
    ],
)
def test_good_translations_pass(source: str, target: str, lang: str) -> None:
    """Correct pairs raise nothing serious."""
    assert [code for code, serious, _ in guard.check(source, target, lang) if serious] == []


def test_review_numbers_its_findings() -> None:
    """A finding says in which segment and language it is."""
    source = Document("", "fr", (Segment("Oui."), Segment("12 345 habitants")))
    target = source.translated(["Yes.", "residents"], "en")
    (finding,) = guard.review(source, target)
    assert (finding.lang, finding.segment, finding.code) == ("en", 1, "number")
