"""Terms and names: files, whole words in every form, checks, repairs that are safe."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from summarize_cli import formats, glossary, words
from summarize_cli.document import Document, Segment
from summarize_cli.errors import InputError
from summarize_cli.glossary import Glossary, Term

SAMPLES = ROOT / "samples"
TERMS = glossary.read(SAMPLES / "glossaire.csv")
NAMES = glossary.read(SAMPLES / "noms.csv", names=True)
ELIDED = sorted(words.ELIDED)


def entry(source: str, en: str = "", ar: str = "", **more: object) -> Glossary:
    """A glossary of one entry; alternatives are separated by |."""
    targets = {lang: tuple(cell.split("|")) for lang, cell in (("en", en), ("ar", ar)) if cell}
    return Glossary((Term(tuple(source.split("|")), targets, **more),))  # type: ignore[arg-type]


def found(term: str, text: str, lang: str = "fr", fixed: bool = False, strict: bool = True) -> list[str]:
    """What of a text is found to be a term."""
    phrases = words.index([words.Phrase(term, lang, fixed)])
    return [text[slice(*span)] for _, span in words.find(phrases, text, lang, strict)]


# --- words ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("conseil régional", "Les conseils régionaux siègent."),
        ("directeur général", "La directrice générale arrive."),
        ("vendeur", "Deux vendeuses."),
        ("commissaires aux comptes", "Un commissaire aux comptes."),
        ("hôpital", "LES HOPITAUX SONT PLEINS"),
        ("eau", "De l’eau, de l'eau, les eaux."),
        ("centre d’excellence", "le Centre d'excellence"),
        ("goutte à goutte", "le goutte-à-goutte"),
        ("goutte-à-goutte", "le goutte\u00a0à\u202fgoutte"),
        ("R&D", "le pôle R & D"),
        ("énergie", "l’e\u0301nergie"),
        ("festival", "ce festival-là"),
        ("travail", "de grands travaux"),
        ("salarié", "ces salariées"),
        ("élève", "six élèves"),
    ],
)
def test_french_forms(term: str, text: str) -> None:
    """Case, number, gender, elision, apostrophes, hyphens, spaces, accents of capitals."""
    assert found(term, text)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("port", "Le deuxième porte sur l’eau, au rapport."),
        ("île", "la presqu’île"),
        ("hui", "aujourd’hui"),
        ("parole", "le porte-parole"),
        ("capital", "la capitale"),
        ("côté", "la cote et la côte"),
        ("maroc", "www.maroc.example et presse@maroc.example"),
        ("maroc", "#maroc et mon_maroc_2"),
        ("IT", "it ou It"),
        ("travaux", "le travail"),
        ("plan d'action", "un plan d’une action"),
    ],
)
def test_french_forms_that_are_others(term: str, text: str) -> None:
    """Other words, longer words, addresses, hashtags, acronyms in small letters."""
    assert found(term, text) == []


@pytest.mark.parametrize(
    ("term", "text", "lang"),
    [
        ("press release", "Press releases", "en"),
        ("company", "the companies’ plans", "en"),
        ("Oracle", "Oracle’s centre", "en"),
        ("AI", "AI-based tools", "en"),
        ("policy", "our policies", "en"),
        ("box", "two boxes", "en"),
        ("Chraïbi", "Mr Chraibi", "en"),
        ("Oriental", "the Région de l’Oriental", "en"),
        ("المغرب", "وللمغرب", "ar"),
        ("المغرب", "بالمغرب", "ar"),
        ("المَغـرب", "المغرب", "ar"),
        ("الإمارات", "الامارات", "ar"),
        ("مستشفى", "المستشفي", "ar"),
        ("جهة", "جهتها", "ar"),
        ("جهة", "الجهه", "ar"),
        ("شركة", "وشركات", "ar"),
        ("باحث", "باحثونا", "ar"),
        ("ذكاء اصطناعي", "والذكاء الاصطناعي", "ar"),
        ("الذكاء الاصطناعي", "لذكاء اصطناعي", "ar"),
    ],
)
def test_target_forms(term: str, text: str, lang: str) -> None:
    """English number and possessive; Arabic clitics, signs, and variants of letters."""
    assert found(term, text, lang, strict=False)


@pytest.mark.parametrize(
    ("term", "text", "lang"),
    [
        ("port", "the report of a porter", "en"),
        ("IT", "it is", "en"),
        ("علم", "العالم", "ar"),
        ("بيان", "البيانو", "ar"),
        ("جهة", "مواجهة", "ar"),
    ],
)
def test_target_forms_that_are_others(term: str, text: str, lang: str) -> None:
    """A longer or another word is no form of a term."""
    assert found(term, text, lang, strict=False) == []


def test_names_have_no_other_forms() -> None:
    """A name is written with its capital, and is no stem of another one."""
    assert found("Oracle", "l’oracle de Delphes", fixed=True) == []
    assert found("Oracle", "LE PDG D’ORACLE", fixed=True) == ["ORACLE"]
    assert found("كريم", "كريمة", "ar", fixed=True) == []
    assert found("كريم", "ولكريم", "ar", fixed=True) == ["ولكريم"]
    assert found("Oracle", "لـOracle", "ar", fixed=True) == ["لـOracle"]


FRENCH = st.text("abcdeéèêfghijlmnopqrstuvxyzçàâîôûœ", min_size=3, max_size=12)
LETTER = st.sampled_from("abcdefghijklmnopqrstuvwxyzéàç")


@given(
    st.lists(FRENCH, min_size=1, max_size=3),
    st.sampled_from(["", *(f"{particle}’" for particle in ELIDED), "l'", "« ", "(", "de "]),
    st.sampled_from(["", ".", " »", ",", "-là", " ;", "?"]),
    st.booleans(),
)
def test_a_term_is_found_in_its_own_segment(parts: list[str], before: str, after: str, loud: bool) -> None:
    """Whatever elided word, quotation mark or particle stands around it, in capitals or not."""
    term = " ".join(parts)
    text = f"Voici {before}{term.upper() if loud else term}{after}"
    (match,) = entry(term, "x").terms(text)
    assert text[slice(*match.span)].lower() == term.lower()


@given(st.lists(FRENCH, min_size=1, max_size=2), LETTER, st.sampled_from(["", "’", "-", "_"]))
def test_a_term_is_not_found_inside_a_longer_word(parts: list[str], letter: str, joint: str) -> None:
    """Not with two letters more before it, nor behind it, nor joined to it."""
    term = " ".join(parts)
    assert entry(term, "x").terms(f"{letter * 2}z{joint}{term}") == []
    assert entry(term, "x").terms(f"{term}{joint}z{letter * 2}") == []


@given(
    st.text("ابتثجحدرزسشصضطعفقكلمنهوي", min_size=3, max_size=9),
    st.sampled_from(["", *words.PROCLITICS]),
)
def test_an_arabic_term_is_found_behind_clitics(term: str, clitic: str) -> None:
    """Whatever particles are written together with it; and not inside a strange word."""
    assert found(term, f"قال {clitic}{term} أمس", "ar", strict=False)
    assert found(term, f"قال ظخغ{term} أمس", "ar", strict=False) == []


@given(st.text(), st.sampled_from(["fr", "en", "ar"]))
def test_any_text_is_searched(text: str, lang: str) -> None:
    """Spans are in order, do not overlap, and hold words; nothing raises."""
    phrases = words.index(words.Phrase(w.text, lang) for w in words.words(text))
    end = 0
    for _, (start, stop) in words.find(phrases, text, lang):
        assert end <= start < stop <= len(text)
        end = stop


# --- matching and review ----------------------------------------------------------------


def codes(terms: Glossary, source: str, target: str, lang: str = "en") -> list[tuple[str, bool]]:
    document = Document("", "fr", (Segment(source),))
    return [(f.code, f.serious) for f in terms.review(document, document.translated([target], lang))]


def test_the_longest_term_wins() -> None:
    """No term is found inside another one."""
    both = entry("eau", "water") + entry("eau potable", "drinking water")
    assert [m.term.sources[0] for m in both.terms("De l’eau potable et de l’eau.")] == ["eau potable", "eau"]
    assert codes(both, "De l’eau potable et de l’eau.", "Drinking water and water.") == []
    assert codes(both, "De l’eau potable et de l’eau.", "Drinking water.") == [("term", False)]


def test_alternatives_go_where_they_fit() -> None:
    """A form that two terms accept is not taken from the one that has no other."""
    both = entry("IA", "artificial intelligence|AI") + entry(
        "intelligence artificielle", "artificial intelligence"
    )
    assert codes(both, "L’IA (intelligence artificielle)", "AI (artificial intelligence)") == []
    assert codes(both, "L’IA (intelligence artificielle)", "AI") == [("term", False)]


def test_every_occurrence_counts() -> None:
    """Twice in the source and once in the target is a miss of one."""
    assert codes(TERMS, "L’appel d’offres, un appel d’offres", "The tender.") == [("term", False)]


def test_names_are_serious() -> None:
    """A name that is missing, and one that was to stay as it is."""
    assert codes(NAMES, "Safra Catz parle.", "Sara Katz speaks.") == [("name", True)]
    assert codes(NAMES, "Voici ChatGPT.", "هذا شات جي بي تي.", "ar") == [("name", True)]
    assert codes(NAMES, "Voici ChatGPT.", "هذا ChatGPT.", "ar") == []
    assert codes(entry("feu vert", keep=True), "Un feu vert.", "A green light.") == [("term", True)]
    assert codes(NAMES, "Un prêt d’OpenAI.", "A loan.", "en") == [("name", True)]


def test_findings_say_where_and_what() -> None:
    """Spans in both texts, the prescribed form, the unwanted one, the note."""
    document = Document("", "fr", (Segment("Rien."), Segment("Selon Atlas Énergie, tout va.")))
    target = document.translated(["Nothing.", "All is well, Atlas Energy says."], "en")
    (finding,) = NAMES.review(document, target)
    assert (finding.segment, finding.lang) == (1, "en")
    assert document.segments[1].text[slice(*finding.source_span or ())] == "Atlas Énergie"
    assert target.segments[1].text[slice(*finding.target_span or ())] == "Atlas Energy"
    assert finding.message == "the register of names keeps Atlas Énergie, not Atlas Energy"
    (finding,) = TERMS.review(
        *(Document("", x, (Segment(t),)) for x, t in (("fr", "La nappe"), ("en", "It")))
    )
    assert finding.message == "the glossary has water table for nappe (not a tablecloth)"
    assert finding.target_span is None


def test_consistency_of_names() -> None:
    """Each form with its segments, and those that have none."""
    source = Document("", "fr", tuple(Segment(t) for t in ("Oracle", "Oracle", "L’offre d’Oracle", "Oujda")))
    target = source.translated(["أوراكل", "أورجوس", "لا شيء", "ووجدة"], "ar")
    oracle, oujda = NAMES.consistency(source, target)
    assert dict(oracle.forms) == {"أوراكل": (0,), "أورجوس": (1,), "": (2,)}
    assert not oracle.consistent
    assert dict(oujda.forms) == {"وجدة": (3,)}
    assert oujda.consistent


def test_what_a_model_is_told() -> None:
    """For each form of the source the prescribed one; nothing without one; the first entry wins."""
    terms = Glossary((*(NAMES + TERMS).entries, Term(("Maroc",), {"ar": ("مراكش",)})))
    told = terms.prescribed("ar")
    assert (told["Maroc"], told["cybersécurité"]) == ("المغرب", "الأمن السيبراني")
    assert Glossary((Term(("Rabat",), {"en": ("Rabat",)}),)).prescribed("ar") == {}


@pytest.mark.parametrize(
    ("source", "target", "lang", "wanted"),
    [
        ("Atlas Énergie investit.", "Atlas Energy invests.", "en", "Atlas Énergie invests."),
        ("Ghita Mezzour parle.", "Ghita Mezour’s words.", "en", "Ghita Mezzour’s words."),
        ("Karim Benjelloun parle.", "Karim Benjeloun speaks.", "en", "Karim Benjelloun speaks."),
        ("ATLAS ÉNERGIE INVESTIT", "ATLAS ENERGY INVESTS", "en", "ATLAS ÉNERGIE INVESTS"),
        ("Selon Oracle.", "وقالت أورجوس ذلك.", "ar", "وقالت أوراكل ذلك."),
        ("Selon Oracle.", "وفقا لأورجوس.", "ar", "وفقا لأوراكل."),
        ("Oracle investit au Maroc.", "Oracle invests in Maroc.", "en", "Oracle invests in Morocco."),
        ("L’offre d’Oracle.", "عرض لـOracle.", "ar", "عرض لأوراكل."),
        ("Au Maroc.", "في Maroc.", "ar", "في المغرب."),
        ("Au Maroc.", "بـMaroc.", "ar", None),
        ("L’ANNONCE D’OPENAI", "THE OPEN-AI ANNOUNCEMENT", "en", None),
        ("Essaouira attend.", "A Mogador evening.", "en", None),  # an Essaouira
        ("Karim Benjelloun parle.", "He speaks.", "en", None),
        ("Karim Benjelloun parle.", "Karim Benjeloun and Karin Benjelloun.", "en", None),
        ("Le Maroc investit.", "The Moroccan State invests.", "en", None),
        ("Safra Catz parle.", "تتحدث سافرا كاتس.", "ar", None),
        ("Atlas Énergie investit.", "Atlas Énergie invests.", "en", None),
    ],
)
def test_repairs(source: str, target: str, lang: str, wanted: str | None) -> None:
    """What is safe is put right; nothing else is touched."""
    assert NAMES.enforced(source, target, lang) == wanted


def test_what_is_not_translated_is_not_capitalised_either() -> None:
    """A name that is to stay as it is stays so in a headline, too."""
    terms = entry("iCasa", name=True, keep=True, variants=("Casa App",))
    assert terms.enforced("iCasa arrive", "CASA APP IS COMING", "en") == "iCasa IS COMING"


@given(st.text(max_size=60))
def test_a_repair_never_adds_misses(target: str) -> None:
    """Whatever the target is, it is left alone or has fewer misses."""
    source = "Karim Benjelloun et Atlas Énergie"
    repaired = NAMES.enforced(source, f"{target} Atlas Energy", "en")
    assert repaired is None or len(NAMES.misses(source, repaired, "en")) < 2


def test_the_sample_glossary_fits_the_samples() -> None:
    """Twenty terms, each of which occurs in one of the four texts; so does each name."""
    assert len(TERMS.entries) == 20
    texts = [s.text for path in SAMPLES.glob("*.fr.txt") for s in formats.read(path).segments]
    for terms in (TERMS, NAMES):
        present = {match.term.sources[0] for text in texts for match in terms.terms(text)}
        assert present == {term.sources[0] for term in terms.entries}


# --- files ------------------------------------------------------------------------------

HEADER = "source,en,ar,note\n"
CSV = HEADER + "eau potable,drinking water|tap water,مياه الشرب,a note\n"
EXPECTED = Term(
    ("eau potable",), {"en": ("drinking water", "tap water"), "ar": ("مياه الشرب",)}, "a note", line=2
)
TBX_2008 = """<?xml version="1.0"?>
<!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd">
<martif type="TBX" xml:lang="fr"><text><body>
<termEntry><note>a note</note>
<langSet xml:lang="fr-FR"><ntig><termGrp><term>eau potable</term></termGrp></ntig></langSet>
<langSet xml:lang="en"><tig><term>drinking water</term></tig><tig><term>tap water</term></tig>
<tig><term>sweet water</term><termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></tig>
</langSet>
<langSet xml:lang="ar"><tig><term>مياه الشرب</term></tig></langSet>
</termEntry></body></text></martif>"""
TBX_2019 = (
    TBX_2008.replace("martif", "tbx").replace("<tbx ", '<tbx xmlns="urn:iso:std:iso:30042:ed-2" ')
    .replace("termEntry", "conceptEntry").replace("langSet", "langSec").replace("ntig", "termSec")
    .replace("<tig", "<termSec").replace("</tig", "</termSec")
    .replace("<termGrp>", "").replace("</termGrp>", "")
)  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", CSV),
        ("a.csv", CSV.replace(",", ";").replace("source", "FR")),
        (
            "a.csv",
            '"source","en","ar","note"\r\n"eau potable","drinking water | tap water","مياه الشرب","a note"',
        ),
        ("a.tsv", CSV.replace(",", "\t")),
        ("a.csv", CSV.replace("eau potable", " eau\u00a0 potable ") + "\n,,,\n" + CSV.splitlines()[1]),
    ],
)
def test_tables(tmp_path: Path, name: str, content: str, encoding: str) -> None:
    """Commas, semicolons, tabs, quotes, byte order marks, empty lines, repetitions."""
    (tmp_path / name).write_bytes(content.encode(encoding))
    assert glossary.read(tmp_path / name).entries == (EXPECTED,)


def test_excel_marks_its_separator(tmp_path: Path) -> None:
    """A first line ``sep=;`` is none of the table."""
    (tmp_path / "a.csv").write_text("sep=;\n" + CSV.replace(",", ";"), encoding="utf-8")
    (term,) = glossary.read(tmp_path / "a.csv").entries
    assert (term.targets, term.line) == (EXPECTED.targets, 3)


@pytest.mark.parametrize("content", [TBX_2008, TBX_2019])
def test_tbx(tmp_path: Path, content: str) -> None:
    """Both editions of ISO 30042; a deprecated term is not wanted; concepts of one term are merged."""
    (tmp_path / "a.tbx").write_text(content, encoding="utf-8")
    (term,) = glossary.read(tmp_path / "a.tbx").entries
    assert (term.sources, term.targets, term.note) == (EXPECTED.sources, EXPECTED.targets, "a note")
    assert term.variants == ("sweet water",)
    assert not term.name
    start, end = (
        content.index("<conceptEntry" if "concept" in content else "<termEntry"),
        content.rindex("</body"),
    )
    twice = content[:start] + content[start:end] * 2 + content[end:]
    (tmp_path / "a.tbx").write_text(twice, encoding="utf-8")
    assert glossary.read(tmp_path / "a.tbx", names=True).entries[0].targets == EXPECTED.targets


def test_the_register_of_names(tmp_path: Path) -> None:
    """A name without English keeps its own form; variants and the flag are read."""
    (tmp_path / "n.csv").write_text(
        "fr;en;ar;variantes;do not translate\nZiani;;الزياني;Ziany | Zyani;\nOCP;;;;Oui\n", encoding="utf-8"
    )
    ziani, ocp = glossary.read(tmp_path / "n.csv", names=True).entries
    assert ziani.name
    assert (ziani.accepted("en"), ziani.accepted("ar")) == (("Ziani",), ("الزياني",))
    assert ziani.variants == ("Ziany", "Zyani")
    assert ocp.keep
    assert ocp.accepted("ar") == ("OCP",)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.csv", b"eau,water\n", "line 1: no such columns: eau, water"),
        ("a.csv", HEADER.encode() + b"eau,water,,\n,wind,,\n", "line 3: the source is missing"),
        ("a.csv", HEADER.encode() + b"eau,,,\n", "line 2: eau has no translation"),
        ("a.csv", HEADER.encode() + b"eau,a,b,c,d\n", "line 2: 5 cells under 4 columns"),
        ("a.csv", HEADER.encode() + b"eau,water,,\neau,waters,,\n", "line 3: eau stands in line 2 already"),
        ("a.csv", HEADER.encode() + b"eau,water,?????,\n", "line 2: question marks"),
        ("a.csv", HEADER.encode() + "été,summer,,\n".encode("cp1252"), "line 2: not UTF-8"),
        ("a.csv", HEADER.encode() + b'"eau,water\n', "not a table"),
        ("a.csv", HEADER.encode() + b"eau,!!,,\n", "line 2: !! has no letters"),
        ("a.csv", b"fr,en,do-not-translate\neau,water,maybe\n", "line 2: maybe is neither"),
        ("a.csv", HEADER.encode(), "no entries"),
        ("a.csv", b"", "no entries"),
        ("a.tbx", b"<martif>\n<text>", "line 2: not XML"),
        ("a.tbx", b"<html></html>", "no terms"),
        ("a.xlsx", b"PK", r"type \.xlsx is not supported"),
    ],
)
def test_bad_files(tmp_path: Path, name: str, content: bytes, what: str) -> None:
    """Each mistake is named with its line, and there is a hint."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=what) as caught:
        glossary.read(tmp_path / name)
    assert caught.value.hint


def test_a_missing_file(tmp_path: Path) -> None:
    """It is named."""
    with pytest.raises(InputError, match=r"nothing\.csv"):
        glossary.read(tmp_path / "nothing.csv")


def test_entities_do_not_explode(tmp_path: Path) -> None:
    """A file that would grow to gigabytes, or load another one, is no glossary."""
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]><martif><note>&a11;</note></martif>'
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "/etc/hostname">]><martif><note>&a;</note></martif>'
    for content in (bomb, outside):
        (tmp_path / "a.tbx").write_text(content)
        with pytest.raises(InputError, match="not XML"):
            glossary.read(tmp_path / "a.tbx")
