"""The lexicon of the embedded model: which entries a sentence is given, and what becomes of them."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from summarize_cli import profiles
from summarize_cli.cli.session import Session
from summarize_cli.engines import build, letters, lexicon
from summarize_cli.engines.causal import CausalEngine
from summarize_cli.engines.letters import Letters
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
        ("Voir www.presse.example, https://onu.example/presse, @presse ou chef@onu.example.", []),
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


ALPHABET = {
    "a": "ا", "c": "ك", "d": "د", "e": "ي", "é": "ي", "f": "ف", "i": "ي", "l": "ل", "m": "م", "n": "ن",
    "o": "و", "t": "ت", "v": "ف", "x": "كس",
}  # fmt: skip
RULES = Letters({f"({latin})": arabic for latin, arabic in ALPHABET.items()})


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("Selon Lamont, à Dalton.", ["Lamont = لامونت", "Dalton = دالتون"]),
        ("MM. Lamont et É. Vidal, de M. Dalton.", ["Lamont = لامونت", "Vidal = فيدال", "Dalton = دالتون"]),
        ("Lentement. Demain, Tintin.", ["Tintin = تينتين"]),
        ("« Non. » Demain, Tintin.", ["Tintin = تينتين"]),
        ("Ted Lamont. « Tom Vidal dit non »", ["Ted = تيد", "Lamont = لامونت", "Tom = توم", "Vidal = فيدال"]),
        ("Élodie Étain.", ["Élodie = يلوديي", "Étain = يتاين"]),
        ("Vu à LIMA avec Diop, lamont et Nova3.", []),
        ("Au XIVe siècle, à VIMÉO, LÉA et le XXe.", []),
        ("Un Général et des Générales.", ["Général = عام / لواء", "Générales = عام / لواء"]),
        ("Vu à Chefette.", []),
        ("Le Cédant de Cédé, de Mon Chef.", ["Cédant = كيدانت", "Cédé = كيدي", "Mon = مون", "Chef = رئيس"]),
        ("Une Maison.", []),
    ],
)
def test_names_that_are_no_entries_are_written_by_rule(source: str, found: list[str]) -> None:
    """With a capital that is not the sentence's, in letters that the rules know; forms of verbs are names then."""
    line = f"Terms: {'; '.join(found)}" if found else ""
    assert Lexicon(ENTRIES, names=RULES).line(source) == line
    assert not any(name in Lexicon(ENTRIES).line(source) for name in ("Lamont", "Tintin"))


def test_names_need_no_entries() -> None:
    """Nor a client's terms, which win over the rules where there are some."""
    known = Lexicon({}, names=RULES)
    assert known.line("Lamont Dalton.") == "Terms: Lamont = لامونت; Dalton = دالتون"
    assert known.with_own({"Lamont": "لامون"}).line("Selon Lamont et Dalton.") == (
        "Terms: Lamont = لامون; Dalton = دالتون"
    )


@pytest.fixture(scope="module")
def shipped() -> Letters:
    """The rules of the embedded model."""
    profile = profiles.load("embedded")
    return letters.read(profile.folder / profile.weights["letters"])


@pytest.mark.parametrize(
    ("name", "arabic"),
    [
        ("Livingston", "ليفينغستون"),
        ("Dubois", "دوبوا"),
        ("Moreau", "مورو"),
        ("Guillaume", "غيوم غيلوم"),
        ("Traoré", "تراوري"),
        ("Katrina", "كاترينا"),
        ("Beaumont", "بومون"),
        ("Ulien", "أوليان أولين يوليان"),
    ],
)
def test_names_sound_right(shipped: Letters, name: str, arabic: str) -> None:
    """Silent letters, nasals and digraphs of French among them."""
    assert shipped.write(name) in arabic.split()


@given(
    st.text(
        st.sampled_from("abcdefghijklmnopqrstuvwxyzàâäçéèêëîïôöùûüñœčşłøABCÉÈŒŠ"), min_size=1, max_size=12
    )
)
def test_a_name_is_written_in_arabic_letters(shipped: Letters, name: str) -> None:
    """Whatever it is, and the same with accents decomposed; letters of other scripts give nothing."""
    written = shipped.write(name)
    assert all("\u0621" <= letter <= "\u06af" for letter in written)
    assert shipped.write(unicodedata.normalize("NFD", name)) == written
    assert shipped.write(f"{name}ж") == ""
    assert shipped.write(f"l{name}") != ""


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


@pytest.mark.parametrize("damaged", ["lexicon.tsv", "letters.tsv"])
def test_a_damaged_file_is_refused(tmp_path: Path, damaged: str) -> None:
    """Its checksum is in the profile."""
    profile = profiles.load("embedded")
    for name in ("lexicon.tsv", "letters.tsv"):
        content = "maison\tبيت\n" if name == damaged else (profile.folder / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(content, encoding="utf-8")
    engine = build(replace(profile, folder=tmp_path), "fr-ar")
    assert isinstance(engine, CausalEngine)
    with pytest.raises(ModelUnavailable, match=damaged):
        engine.prompt("Une maison.")


def test_a_profile_may_do_without_rules_for_names() -> None:
    """It has the lexicon only."""
    profile = profiles.load("embedded")
    weights = {name: value for name, value in profile.weights.items() if not name.startswith("letters")}
    prompts = [
        build(each, "fr-ar").prompt("Une sécheresse selon Tiviatal.")  # type: ignore[attr-defined]
        for each in (profile, replace(profile, weights=weights))
    ]
    assert ["Tiviatal = " in prompt for prompt in prompts] == [True, False]
    assert all("sécheresse = " in prompt for prompt in prompts)
