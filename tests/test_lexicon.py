"""The lexicon of the embedded model: which entries a sentence is given, and what becomes of them."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from summarize_cli import profiles
from summarize_cli.cli.session import Session
from summarize_cli.engines import build, lexicon
from summarize_cli.engines.causal import CausalEngine
from summarize_cli.engines.lexicon import Lexicon
from summarize_cli.errors import ModelUnavailable

ENTRIES = {
    "maison": "",
    "actions": "",
    "sécheresse": "جفاف",
    "déclarer": "أعلن",
    "général": "عام / لواء",
    "chef d État": "رئيس دولة",
    "la Presse": "لابريس",
    "presse": "صحافة",
    "chef": "رئيس",
    "onu": "الأمم المتحدة",
    "lever": "رفع",
    "céder": "تنازل عن",
    "vendre": "باع",
    "obtenir": "حصل على",
    "directeur": "مدير",
    "formule 1": "فورمولا 1",
    "eau potable": "مياه الشرب",
}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("Les sécheresses durent.", ["sécheresses = جفاف"]),
        ("Ils déclarent, elle déclara.", ["déclarent = أعلن", "déclara = أعلن"]),
        ("Les chefs d’État, le chef d'État.", ["chefs d’État = رئيس دولة", "chef d'État = رئيس دولة"]),
        ("La presse et La Presse.", ["presse = صحافة", "La Presse = لابريس"]),
        ("La formule retenue, la Formule 1.", ["Formule 1 = فورمولا 1"]),
        ("L'ONU vend des maisons.", ["ONU = الأمم المتحدة", "vend = باع"]),
        ("Il lève la séance et cède sa place.", ["lève = رفع", "cède = تنازل عن"]),
        ("Elle obtient ce que la directrice obtenait.", ["obtient = حصل على", "directrice = مدير", "obtenait = حصل على"]),
        ("Des généraux, un général, un général.", ["généraux = عام / لواء", "général = عام / لواء"]),
        ("Un chef, d'État en État.", ["chef = رئيس"]),
        ("Rien de tout cela.", []),
        ("", []),
    ],
)  # fmt: skip
def test_entries_are_found_in_their_forms(source: str, found: list[str]) -> None:
    """Plurals, feminines, verbs; the longest; each form once; common words are left out."""
    line = f"Terms: {'; '.join(found)}" if found else ""
    assert Lexicon(ENTRIES).line(source) == line


@pytest.mark.parametrize(
    ("own", "source", "found"),
    [
        ({"action": "سهم"}, "Les actions.", ["actions = سهم"]),
        ({"direction générale": "الإدارة العامة"}, "La Direction Générale.", ["Direction Générale = الإدارة العامة"]),
        ({"eau": "ماء"}, "L'eau potable.", ["eau = ماء"]),
        ({"or": "ذهب"}, "L'or.", ["or = ذهب"]),
        ({"Orange": "أورانج"}, "Chez Orange, une orange.", ["Orange = أورانج"]),
        ({"2M": "دوزيم"}, "M. Alami, de 2M.", ["2M = دوزيم"]),
        ({"2030": "2030"}, "En 2030.", ["2030 = 2030"]),
        ({"général": "جنرال"}, "Un général.", ["général = جنرال"]),
    ],
)  # fmt: skip
def test_a_clients_terms_win(own: dict[str, str], source: str, found: list[str]) -> None:
    """Over common words, longer entries and the same one; names with their capital only."""
    assert Lexicon(ENTRIES).with_own(own).line(source) == f"Terms: {'; '.join(found)}"


def test_the_rarest_are_given_and_all_of_a_clients() -> None:
    """No more of the file than the prompt has room for, in the order of the sentence."""
    names = [f"ville{letter}" for letter in "abcdefghijklmnopqrst"]
    sentence = random.Random(1).sample(names, len(names))
    known = Lexicon(dict.fromkeys(names, "مدينة"))
    rarest = set(names[-lexicon.MOST :])
    assert [french for french, _ in known.terms(" ".join(sentence))] == [n for n in sentence if n in rarest]
    own = known.with_own(dict.fromkeys(names, "بلدة"))
    assert [french for french, _ in own.terms(" ".join(sentence))] == sentence


@given(st.lists(st.sampled_from([*ENTRIES, "Sécheresses", "été", ".", "l'", "12", "vendent"])))
def test_terms_stand_in_the_source_in_order(words: list[str]) -> None:
    """Each as it stands there, once, before those that come after it."""
    source = " ".join(words)
    found = [french for french, _ in Lexicon(ENTRIES).terms(source)]
    assert len(set(found)) == len(found) <= lexicon.MOST
    firsts = [f" {source} ".replace("'", " ").find(f" {french} ") for french in found]
    assert -1 not in firsts


def test_the_shipped_lexicon_is_sound() -> None:
    """Every entry is French, a tab, Arabic; no entry twice; names and terms are there."""
    profile = profiles.load("embedded")
    path = profile.folder / profile.weights["lexicon"]
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    assert all(len(row) <= 2 and all(cell.strip() == cell != "" for cell in row) for row in rows)
    assert all(any("\u0600" <= letter <= "\u06ff" for letter in cell) for row in rows for cell in row[1:])
    keys = [lexicon.key(row[0]) for row in rows]
    assert len(set(keys)) == len(keys) > 20_000
    found = dict(lexicon.read(path).terms("La sécheresse frappe le Burkina Faso, selon l'ONU."))
    assert {"sécheresse", "Burkina Faso", "ONU"} <= set(found)


def test_a_prompt_has_its_terms() -> None:
    """On a line of their own, only into Arabic."""
    arabic, english = (build(profiles.load("embedded"), task) for task in ("fr-ar", "fr-en"))
    assert isinstance(arabic, CausalEngine)
    assert isinstance(english, CausalEngine)
    source = "Une sécheresse\n frappe le Burkina Faso."
    lines = arabic.prompt(source).split("\n")
    assert lines[0] == "<bos>French: Une sécheresse frappe le Burkina Faso."
    assert lines[1].startswith("Terms: sécheresse = ")
    assert lines[2] == "Arabic:"
    assert english.prompt(source) == f"{lines[0]}\nEnglish:"
    assert arabic.prompt("De la à le.") == "<bos>French: De la à le.\nArabic:"


def test_terms_make_no_answer_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text has the same budget whatever is told about it."""
    budgets: list[int] = []
    monkeypatch.setattr(CausalEngine, "budget", lambda self, tokens: budgets.append(tokens) or 1)
    for settings in ({}, {"terms": {"sommet": "القمة " * 40}}):
        build(profiles.load("embedded"), "fr-ar", settings).generate(["Le sommet commence."])
    assert abs(budgets[0] - budgets[1]) <= 1


def test_a_glossary_is_told() -> None:
    """The Arabic model reads it, it is part of what is remembered, and both languages share a batch."""
    plain = Session(models="embedded", quiet=True, cache=False)
    asked = Session(models="embedded", quiet=True, cache=False, names_file=ROOT / "samples" / "noms.csv")
    with plain, asked:
        before, after = (
            {lang: t.steps[0].engine for lang, t in session.translators(["en", "ar"]).items()}  # type: ignore[attr-defined]
            for session in (plain, asked)
        )
    assert "Oracle = أوراكل" in after["ar"].prompt("Oracle investit.")
    assert after["en"].prompt("Oracle investit.") == before["en"].prompt("Oracle investit.")
    assert after["en"].signature == before["en"].signature
    assert after["ar"].signature != before["ar"].signature
    assert after["ar"].shares == after["en"].shares


def test_a_damaged_lexicon_is_refused(tmp_path: Path) -> None:
    """Its checksum is in the profile."""
    (tmp_path / "lexicon.tsv").write_text("maison\tبيت\n", encoding="utf-8")
    engine = build(replace(profiles.load("embedded"), folder=tmp_path), "fr-ar")
    assert isinstance(engine, CausalEngine)
    with pytest.raises(ModelUnavailable, match=r"lexicon\.tsv"):
        engine.prompt("Une maison.")
