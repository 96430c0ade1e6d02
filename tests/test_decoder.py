"""The decoder against Gemma 3 in transformers, on a tiny model with random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from summarize_cli.engines import decoder
from summarize_cli.engines.decoder import Decoder, beam, greedy
from summarize_cli.engines.eight import Matrix, rounded

CPU = torch.device("cpu")
PROMPTS = [[2, 5, 6, 7, 8, 9, 10, 11, 12, 13], [2, 30, 31], [2, 40, 41, 42, 43], [2, 50, 51, 52]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven layers, six of them with a window of four tokens: shorter than the texts."""
    path = tmp_path_factory.mktemp("gemma")
    torch.manual_seed(5)
    config = transformers.Gemma3TextConfig(
        vocab_size=90, hidden_size=32, intermediate_size=48, num_hidden_layers=7, num_attention_heads=4,
        num_key_value_heads=2, head_dim=16, query_pre_attn_scalar=16, sliding_window=4,
        max_position_embeddings=64, pad_token_id=0, eos_token_id=1, bos_token_id=2, tie_word_embeddings=True,
    )  # fmt: skip
    model = transformers.Gemma3ForCausalLM(config)
    for name, weight in model.named_parameters():
        torch.nn.init.normal_(weight, std=0.5 if "norm" in name else 0.3)
    model.save_pretrained(path)
    return path


@pytest.fixture(scope="module")
def theirs(folder: Path) -> transformers.Gemma3ForCausalLM:
    return transformers.Gemma3ForCausalLM.from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32
    ).eval()


@pytest.fixture(scope="module")
def ours(folder: Path) -> Decoder:
    return Decoder(folder, torch.float32, CPU)


def answers(model: Decoder, places: int, budget: int = 12) -> list[list[int]]:
    found = dict(greedy(model, PROMPTS, [budget] * len(PROMPTS), [1], places))
    return [found[n] for n in range(len(PROMPTS))]


def generated(theirs: transformers.Gemma3ForCausalLM, prompt: list[int], **settings: int) -> list[int]:
    out = theirs.generate(
        torch.tensor([prompt]),
        max_new_tokens=12,
        do_sample=False,
        eos_token_id=[1],
        pad_token_id=0,
        **settings,
    )
    tokens = out[0, len(prompt) :].tolist()
    return tokens[: tokens.index(1)] if 1 in tokens else tokens


@torch.inference_mode()
def test_the_logits_are_those_of_transformers(ours: Decoder, theirs: transformers.Gemma3ForCausalLM) -> None:
    """Of prompts read together and of a token more, with windows and grouped heads."""
    cache = ours.cache(len(PROMPTS))
    read = ours.read(PROMPTS, range(len(PROMPTS)), cache)
    for row, prompt in enumerate(PROMPTS):
        expected = theirs(torch.tensor([prompt])).logits[0, -1]
        torch.testing.assert_close(read[row], expected, atol=2e-4, rtol=2e-4)
    step = ours.step(torch.full((len(PROMPTS),), 20), cache)
    for row, prompt in enumerate(PROMPTS):
        expected = theirs(torch.tensor([[*prompt, 20]])).logits[0, -1]
        torch.testing.assert_close(step[row], expected, atol=2e-4, rtol=2e-4)


@torch.inference_mode()
def test_what_prompts_share_is_read_once(ours: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same logits, also across the groups in which prompts are read."""
    start = [2, 5, 6, 7, 8, 9, 10]
    prompts = [[*start, 20, 21], [*start, 30, 21], [*start, 30, 21], [*start, 30], [2, 40], [*start, 20, 21]]
    alone = torch.cat([ours.read([prompt], [0], ours.cache(1)) for prompt in prompts])
    seen: list[int] = []
    through = ours._through

    def counting(ids: torch.Tensor, *rest: Any) -> torch.Tensor:
        seen.append(len(ids))
        return through(ids, *rest)

    monkeypatch.setattr(ours, "_through", counting)
    for most, groups in ((512, [9 + 2 + 1 + 1 + 1 + 8]), (10, [9, 2 + 1 + 1 + 1, 8])):
        monkeypatch.setattr(decoder, "READ", most)
        cache = ours.cache(6)
        torch.testing.assert_close(ours.read(prompts, range(6), cache), alone, atol=1e-4, rtol=1e-4)
        assert seen == groups
        assert cache.lengths.tolist() == [len(prompt) for prompt in prompts]
        seen.clear()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [([], [1], 0), ([1, 2], [1, 2], 1), ([1, 2], [1, 3, 4], 1), ([1], [1, 2, 3], 1)],
)
def test_common(one: list[int], other: list[int], expected: int) -> None:
    """At least one token is left to read."""
    assert decoder.common(one, other) == expected


def beams(model: Decoder, budgets: list[int], *settings: Any, **more: int) -> list[list[int]]:
    found = dict(beam(model, PROMPTS, budgets, *settings, **more))
    return [found[n] for n in range(len(PROMPTS))]


@pytest.mark.parametrize("places", [1, 2, 3, 4])
def test_greedy_is_that_of_transformers(
    ours: Decoder, theirs: transformers.Gemma3ForCausalLM, places: int
) -> None:
    """However many are in work, and whoever enters late."""
    assert answers(ours, places) == [generated(theirs, prompt) for prompt in PROMPTS]


@pytest.mark.parametrize("places", [1, 6, 16])
@pytest.mark.parametrize("width", [2, 4])
def test_beam_is_that_of_transformers(
    ours: Decoder, theirs: transformers.Gemma3ForCausalLM, width: int, places: int
) -> None:
    """Side by side, however many are in work, ours find what theirs find one by one."""
    found = beams(ours, [12] * len(PROMPTS), [1], places, width)
    assert found == [generated(theirs, prompt, num_beams=width) for prompt in PROMPTS]


def test_no_repeated_ngrams(ours: Decoder) -> None:
    """No three tokens follow one another twice in an answer, without beams and with them."""
    for width in (1, 3):
        for tokens in beams(ours, [40] * len(PROMPTS), [1], 4, width, no_repeat=3):
            grams = [tuple(tokens[n : n + 3]) for n in range(len(tokens) - 2)]
            assert len(grams) == len(set(grams))


def test_an_answer_has_its_own_budget(ours: Decoder) -> None:
    """Whoever is beside it."""
    found = dict(greedy(ours, PROMPTS, [3, 5, 7, 2], [], 2))
    assert [len(found[n]) for n in range(4)] == [3, 5, 7, 2]
    assert [len(tokens) for tokens in beams(ours, [3, 5, 7, 2], [], 4, 2)] == [3, 5, 7, 2]


def test_8_bit_products_do_not_depend_on_the_batch() -> None:
    """The same to the bit, alone or together: integers are exact, rounding is by row."""
    torch.manual_seed(1)
    matrix, x, level = Matrix(torch.randn(60, 200), torch.int8), torch.randn(9, 200), torch.rand(9, 1)
    together = matrix(x, level)
    for row in range(9):
        assert torch.equal(matrix(x[row : row + 1], level[row : row + 1])[0], together[row])


def test_8_bits_are_near() -> None:
    """A product through 8 bits is within a hundredth of the exact one."""
    torch.manual_seed(0)
    weight, x, level = torch.randn(60, 200), torch.randn(7, 200), torch.rand(7, 1)
    exact = (x * level) @ weight.T
    error = (Matrix(weight, torch.int8)(x, level) - exact).norm() / exact.norm()
    assert error < 0.015
    assert torch.equal(Matrix(weight, torch.float32)(x, level), exact)
    whole, step = rounded(torch.zeros(2, 3))  # a row of zeros is no division by zero
    assert torch.equal(whole * step, torch.zeros(2, 3))


def test_half_precision_runs(folder: Path) -> None:
    """What a GPU does, in its type, on the processor."""
    assert [len(tokens) for tokens in answers(Decoder(folder, torch.bfloat16, CPU), 2)] == [12] * 4
