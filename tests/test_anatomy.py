"""The parts of a press release."""

from __future__ import annotations

import pytest

from summarize_cli import anatomy
from summarize_cli.document import Document, Segment
from summarize_cli.text import split

RELEASE = """COMMUNIQUÉ DE PRESSE
Sous embargo jusqu'au mardi 3 avril 2026 à 9 h 30

Oracle ouvre un centre à Casablanca

Le groupe va recruter mille ingénieurs.

Rabat, le 3 avril 2026 – Le groupe Oracle ouvre un centre. Il recrute.

« Nous sommes très fiers de ce projet », a déclaré Samira Alaoui, directrice.

À propos d'Oracle
Oracle est un groupe.

Contact presse :
Samira Alaoui
presse@exemple.ma

Note aux rédactions
Des photos sont disponibles.

-30-
"""


def test_the_parts_of_a_release() -> None:
    """Each segment has the kind that a newsroom would give it."""
    found = anatomy.marked(Document("note", "fr", split(RELEASE)))
    assert [(s.kind, s.text.split()[0]) for s in found.segments] == [
        ("label", "COMMUNIQUÉ"),
        ("embargo", "Sous"),
        ("headline", "Oracle"),
        ("standfirst", "Le"),
        ("dateline", "Rabat,"),
        ("", "Il"),
        ("quote", "«"),
        ("boilerplate", "À"),
        ("boilerplate", "Oracle"),
        ("contact", "Contact"),
        ("contact", "Samira"),
        ("contact", "presse@exemple.ma"),
        ("note", "Note"),
        ("note", "Des"),
        ("end", "-30-"),
    ]


def test_kinds_can_be_switched_off() -> None:
    """A part that nobody asked for is ordinary text."""
    found = anatomy.marked(Document("note", "fr", split(RELEASE)), ["headline"])
    assert {s.kind for s in found.segments} == {"", "headline"}


@pytest.mark.parametrize(
    ("kind", "text", "en", "ar"),
    [
        ("label", "Communiqué de presse", "Press release", "بيان صحفي"),
        ("label", "POUR DIFFUSION IMMÉDIATE", "FOR IMMEDIATE RELEASE", "للنشر الفوري"),
        ("embargo", "Embargo : 1er mai 2026 à 14h", "Embargoed until 1 May 2026, 14:00", "محظور النشر حتى 1 مايو 2026، الساعة 14:00"),
        ("contact", "Contacts presse :", "Press contacts:", "للتواصل الصحفي :"),
        ("contact", "Samira Alaoui, directrice", "Samira Alaoui, directrice", "Samira Alaoui, directrice"),
        ("end", "-30-", "-30-", "-30-"),
        ("embargo", "Embargo jusqu'à la conférence", None, None),
        ("note", "Note aux rédactions : des photos sont disponibles", None, None),
        ("", "Communiqué de presse", None, None),
    ],
)  # fmt: skip
def test_formulas(kind: str, text: str, en: str | None, ar: str | None) -> None:
    """Formulas of the trade have their words; anything else is left to a model."""
    segment = Segment(text, kind=kind)
    assert anatomy.template(segment, "en") == en
    assert anatomy.template(segment, "ar") == ar


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("« Nous y sommes », a affirmé Ali Ben Salah, maire.", "Ali Ben Salah"),
        ("« Non », souligne Mme Haddad.", "Mme Haddad"),
        ("« Un choix fort », a estimé Leïla de La Tour lors du conseil.", "Leïla de La Tour"),
        ("« C'est fait », a dit M. J. Benjelloun.", "M. J. Benjelloun"),
        ("« Un plan » est prévu.", None),
    ],
)
def test_speakers(text: str, name: str | None) -> None:
    """A quotation's speaker stands behind the verb of saying."""
    assert anatomy.speaker(text) == name


def test_ordinary_prose_has_no_parts() -> None:
    """Sentences that only mention such words are not taken for them."""
    text = "Le contact presse a répondu. L'embargo pèse sur l'île. Il parle à propos de tout."
    found = anatomy.marked(Document("note", "fr", split(text)))
    assert [s.kind for s in found.segments] == ["", "", ""]


def test_contacts_end_where_prose_begins() -> None:
    """A sentence behind the contacts, or a footnote, is translated."""
    text = "Contact presse :\nSamira Alaoui\n05 22 00 00 00\n\nUne dernière phrase vient encore après.\n"
    found = anatomy.marked(Document("note", "fr", split(text)))
    assert [s.kind for s in found.segments] == ["contact", "contact", "contact", ""]
    aside = Document("note", "fr", (*split(text)[:3], Segment("Mesures de 2025", kind="aside")))
    assert [s.kind for s in anatomy.marked(aside).segments] == ["contact", "contact", "contact", "aside"]
