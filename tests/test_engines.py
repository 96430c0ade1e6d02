"""One contract over every kind of engine, on real models: tiny random ones and the embedded."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from rapidfuzz import fuzz

from summarize_cli import engines, profiles
from summarize_cli.engines import KINDS, Engine, Place, build
from summarize_cli.engines.causal import CausalEngine
from summarize_cli.errors import InputError, ModelUnavailable, ProfileError

SENTENCES = [
    "Le Maroc signe un accord avec Oracle.",
    "La ministre a présenté le projet à Rabat, en présence du directeur général.",
    "Environ 40 % des postes sont à pourvoir.",
]
ENGINES = [
    ("echo", "fr-ar"),
    ("tiny-marian", "fr-ar"),
    ("tiny-m2m100", "fr-ar"),
    ("tiny-nllb", "fr-ar"),
    ("tiny-mt5", "summary"),
    ("tiny-marian, fast", "fr-ar"),
    ("tiny-m2m100, fast", "fr-ar"),
    ("tiny-nllb, fast", "fr-ar"),
    ("tiny-mt5, fast", "summary"),
    ("extractive", "summary"),
    ("extractive", "support"),
    ("embedded", "fr-en"),
    ("embedded", "fr-ar"),
]


@pytest.fixture(params=ENGINES, ids=lambda pair: f"{pair[0]}-{pair[1]}")
def engine(request: pytest.FixtureRequest, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    name, task = request.param
    name, _, fast = name.partition(", ")
    monkeypatch.setattr(engines, "has_fast", lambda: bool(fast))
    return build(profiles.load(name), task)


def test_contract(engine: Engine) -> None:
    """As many answers as texts, in their order, the same twice, nothing for nothing."""
    first = engine.generate(SENTENCES)
    assert len(first) == len(SENTENCES)
    assert engine.generate(SENTENCES) == first
    again = engine.generate(SENTENCES[::-1])[::-1]
    if isinstance(engine, CausalEngine):  # in 8 bits the company of a text may cost or gain it a word
        assert all(fuzz.ratio(a, b) > 80 for a, b in zip(again, first, strict=True))
    else:
        assert again == first
    assert engine.generate([]) == []


def test_every_kind_is_under_contract(tiny: Path) -> None:
    """No kind of engine escapes the contract above."""
    names = [name.partition(", ") for name, _ in ENGINES]
    assert {profiles.load(name).kind + comma + fast for name, comma, fast in names} == set(KINDS)


def test_the_answer_does_not_depend_on_the_other_texts(tiny: Path) -> None:
    """A text has the same answer alone and in a batch (float32 models)."""
    for name in ("tiny-marian", "tiny-m2m100", "tiny-nllb"):
        # Random weights never stop, so every answer reaches its budget: that of its own source.
        engine = build(profiles.load(name), "fr-ar", {"max_new_tokens": 200, "growth": 1.0})
        assert [engine.generate([text])[0] for text in SENTENCES] == engine.generate(SENTENCES)


def test_the_budget_is_the_sources_own(tiny: Path) -> None:
    """A short text that loops does not loop longer beside a long one (embedded model)."""
    engine = build(profiles.load("embedded"), "fr-en", {"growth": 0.1, "max_new_tokens": 20})
    alone = engine.generate(SENTENCES[:1])
    beside = engine.generate([SENTENCES[0], SENTENCES[1] * 3])
    _, tokenizer = engine._loaded  # type: ignore[attr-defined]
    assert len(tokenizer.encode(beside[0]).ids) <= len(tokenizer.encode(alone[0]).ids) + 1


def test_embedded_writes_the_languages(tiny: Path) -> None:
    """The shipped weights answer in English and in Arabic script, with the figure kept."""
    english = build(profiles.load("embedded"), "fr-en").generate(SENTENCES)
    arabic = build(profiles.load("embedded"), "fr-ar").generate(SENTENCES)
    assert "Morocco" in english[0]
    assert "المغرب" in arabic[0]
    assert "40" in english[2]
    assert "40" in arabic[2]


def test_marian_reads_its_language_token(tiny: Path) -> None:
    """``>>ara<<`` reaches the model as one token, before the source."""
    engine = build(profiles.load("tiny-marian"), "fr-ar")
    _, tokenizer = engine._loaded  # type: ignore[attr-defined]
    ids = tokenizer(engine.task["prefix"] + SENTENCES[0])["input_ids"]  # type: ignore[attr-defined]
    assert ids[0] == tokenizer.convert_tokens_to_ids(">>ara<<") != tokenizer.unk_token_id


@pytest.mark.parametrize(("name", "token"), [("tiny-m2m100", "__ar__"), ("tiny-nllb", "arb_Arab")])
def test_the_target_token_is_forced(tiny: Path, name: str, token: str) -> None:
    """M2M100 and NLLB begin their answer with the target language."""
    engine = build(profiles.load(name), "fr-ar")
    model, tokenizer = engine._loaded  # type: ignore[attr-defined]
    seen = []
    original = model.generate
    model.generate = lambda **options: seen.append(out := original(**options)) or out
    try:
        engine.generate(SENTENCES[:1])
    finally:
        model.generate = original
    assert seen[0][0, 1] == tokenizer.convert_tokens_to_ids(token) != tokenizer.unk_token_id


def test_too_long_a_text_is_an_error(tiny: Path) -> None:
    """Nothing is cut off in silence."""
    with pytest.raises(InputError, match="too long"):
        build(profiles.load("tiny-marian"), "fr-ar").generate(["mot " * 200])


def test_unknown_task(tiny: Path) -> None:
    """A model that does not do a task says what it does."""
    with pytest.raises(ProfileError, match="does not do en-ar") as caught:
        build(profiles.load("embedded"), "en-ar")
    assert "fr-ar" in caught.value.hint


def test_a_missing_hub_model_names_the_command() -> None:
    """A hub model that was not pulled is not loaded, and nothing is downloaded."""
    engine = build(profiles.load("opus-mt-fr-en"), "fr-en")
    with pytest.raises(ModelUnavailable) as caught:
        engine.generate(["Bonjour."])
    assert caught.value.hint == "summarize-cli models pull opus-mt-fr-en"


def test_signatures_tell_settings_apart() -> None:
    """Whatever can change the output changes the signature."""
    profile = profiles.load("embedded")
    signatures = {
        build(profile, "fr-en").signature,
        build(profile, "fr-ar").signature,
        build(profile, "fr-en", {"num_beams": 4}).signature,
    }
    assert len(signatures) == 3


@pytest.mark.parametrize(("name", "beams"), [("tiny-marian", 2), ("tiny-m2m100", 1), ("tiny-nllb", 1)])
def test_ctranslate2_answers_as_transformers_does(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, name: str, beams: int
) -> None:
    """The same profile, the same words; what is remembered of one is not taken for the other's.

    Beams of M2M100 and NLLB may differ: the language at their start counts as length in one.
    """
    common = import_module("summarize_cli.engines.common")
    monkeypatch.setattr(common, "type_on", lambda place: import_module("torch").float32)
    once_more = Place(threads=1)  # not the one in bfloat16 that another test has loaded
    torch_engine = build(profiles.load(name), "fr-ar", {"num_beams": beams}, once_more)
    monkeypatch.setattr(engines, "has_fast", lambda: True)
    fast_engine = build(profiles.load(name), "fr-ar", {"num_beams": beams})
    assert fast_engine.generate(SENTENCES) == torch_engine.generate(SENTENCES)
    assert fast_engine.signature != torch_engine.signature


def test_ctranslate2_converts_once(tiny: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Into the data folder; a second process would find it there."""
    monkeypatch.setattr(engines, "has_fast", lambda: True)
    from summarize_cli.engines import fast

    made = []
    for _ in range(2):
        fast.load.cache_clear()
        build(profiles.load("tiny-marian"), "fr-ar", {"bits": 8}).generate(SENTENCES)
        found = [p for p in (home / "prepared").glob("ctranslate2-*") if p.is_dir()]
        made.append({p.name: p.stat().st_ino for p in found})
    assert len(made[0]) >= 1
    assert made[0] == made[1]  # not only the same names: the same folders


def test_a_missing_hub_model_is_missing_for_ctranslate2_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same error, the same hint."""
    monkeypatch.setattr(engines, "has_fast", lambda: True)
    with pytest.raises(ModelUnavailable, match="not installed"):
        build(profiles.load("opus-mt-fr-en"), "fr-en").generate(["Bonjour."])


def test_8_bits_change_little(tiny: Path) -> None:
    """A profile that says ``bits = 8`` runs, in its own name, and alone as in a batch."""
    plain = build(profiles.load("tiny-marian"), "fr-ar")
    eight = build(profiles.load("tiny-marian"), "fr-ar", {"bits": 8})
    assert eight.signature != plain.signature
    assert [eight.generate([text])[0] for text in SENTENCES] == eight.generate(SENTENCES)
    model, _ = eight._loaded  # type: ignore[attr-defined]
    from summarize_cli.engines import eight as products

    layers = [module for module in model.modules() if isinstance(module, products.Linear)]
    assert bool(layers) == products.fast()
