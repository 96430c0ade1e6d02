"""Decoder-only models that answer a prompt: the embedded Gemma 3 270M with our adapter."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ..errors import ModelUnavailable
from ..profiles import data_home, digest
from . import lexicon
from .common import FromProfile, loading, place_of

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

    from . import Engine
    from .decoder import Decoder

PLACES = 64
"""Hypotheses of beam search that are in work together at most: each costs some megabytes."""


class CausalEngine(FromProfile):
    """Writes ``{source}`` into the task's prompt and takes the first line of the answer.

    A prompt with ``{terms}`` is given entries of the profile's lexicon, too, and names by the rules of its
    ``letters`` (see ``lexicon.py`` and ``letters.py``); the setting ``terms`` adds a client's own.
    """

    version = 4

    def generate(self, texts: Sequence[str]) -> list[str]:
        """Answer all texts, decoded without sampling."""
        answers = dict(self.flow(texts, len(texts)))
        return [answers[n] for n in range(len(texts))]

    @property
    def shares(self) -> object:
        """One model, in one place, decoded in one way: for whatever task."""
        decoding = {name: value for name, value in self.generation.items() if name != "terms"}
        return self.profile.name, self.place, json.dumps(decoding, sort_keys=True)

    def prompt(self, text: str) -> str:
        """What the model reads."""
        return self._asked(text)[0]

    def _asked(self, text: str) -> tuple[str, str]:
        """The prompt, and the line of terms in it, if any."""
        source = " ".join(text.split())
        terms = self._lexicon.line(source) if self._lexicon else ""
        return written(self.task["prompt"], source, terms), terms

    @cached_property
    def _lexicon(self) -> lexicon.Lexicon | None:
        if not self.profile.reads_terms(self.task_name):
            return None
        weights, files = self.profile.weights, []
        for name in ("lexicon", "letters"):
            if name in weights:
                files.append(self.profile.folder / weights[name])
                self._whole(files[-1], weights[f"{name}_sha256"])
        return lexicon.read(*files).with_own(self.generation.get("terms", {}))

    def _whole(self, path: Path, expected: str) -> None:
        """Raise ModelUnavailable where a file of the profile is not as it was shipped."""
        if not path.is_file() or digest(path) != expected:
            raise ModelUnavailable(
                f"{path.name} of {self.profile.name} is missing or damaged", "reinstall summarize-cli"
            )

    def flow(
        self, texts: Sequence[str], batch: int, engines: Sequence[Engine] = ()
    ) -> Iterator[tuple[int, str]]:
        """Answer texts as they finish: (number of the text, answer), ``batch`` of them in work.

        With beams, as many as ``PLACES`` has room for. ``engines`` says for each text which of those that
        share with this one it is for.
        """
        if not texts:
            return
        from .decoder import beam, greedy

        model, tokenizer = self._loaded
        askers = cast("Sequence[CausalEngine]", engines or [self] * len(texts))
        asked = [engine._asked(text) for engine, text in zip(askers, texts, strict=True)]
        ids = [encoding.ids for encoding in tokenizer.encode_batch([prompt for prompt, _ in asked])]
        self.refuse_if_cut(max(map(len, ids)), model.config["max_position_embeddings"] // 2)
        terms = tokenizer.encode_batch([told for _, told in asked])
        # Terms make no answer longer.
        budgets = [self.budget(len(prompt) - len(told.ids)) for prompt, told in zip(ids, terms, strict=True)]
        ends = [tokenizer.token_to_id("\n"), model.config["eos_token_id"]]
        beams = max(1, int(self.generation.get("num_beams", 1)))
        no_repeat = int(self.generation.get("no_repeat_ngram_size", 0))
        if beams == 1 and not no_repeat:
            found = greedy(model, ids, budgets, ends, batch)
        else:
            penalty = float(self.generation.get("length_penalty", 1.0))
            places = min(batch * beams, PLACES)
            found = beam(model, ids, budgets, ends, places, beams, no_repeat, penalty)
        yield from ((n, _line(tokenizer, tokens)) for n, tokens in found)

    @cached_property
    def _loaded(self) -> tuple[Decoder, Tokenizer]:
        return load(self.folder(), self.place.device, self.place.threads)

    def folder(self) -> Path:
        """The checkpoint's folder; the embedded model is prepared there the first time."""
        weights = self.profile.weights
        if "path" in weights:
            return self.profile.folder / str(weights["path"])
        from . import gemma

        adapter, vocabulary = (self.profile.folder / weights[k] for k in ("adapter", "vocabulary"))
        for path, expected in (
            (adapter, weights["adapter_sha256"]),
            (adapter.with_name("adapter_config.json"), weights["adapter_config_sha256"]),
            (vocabulary, weights["vocabulary_sha256"]),
        ):
            self._whole(path, expected)
        return gemma.prepared(
            weights["package"],
            weights["sha256"],
            vocabulary,
            adapter,
            data_home() / "prepared",
            self.place.progress,
        )


@cache
def load(folder: Path, device: str, threads: int) -> tuple[Decoder, Tokenizer]:
    """Load (model, tokenizer) from a prepared checkpoint, once a process: tasks share it.

    Weights are rounded to 8 bits where the processor multiplies them fast, and are bfloat16 on
    a GPU. Raises ModelUnavailable when the folder does not hold a loadable checkpoint.
    """
    from tokenizers import Tokenizer

    from .decoder import Decoder

    place = place_of(device, threads)
    with loading(folder):
        return Decoder(folder, kind_on(place), place), Tokenizer.from_file(str(folder / "tokenizer.json"))


def kind_on(place: torch.device) -> torch.dtype:
    """What the weights are kept in on a device."""
    import torch

    from . import eight

    if place.type != "cpu":
        return torch.bfloat16
    return torch.int8 if eight.fast() else torch.float32


def written(template: str, source: str, terms: str) -> str:
    r"""A prompt from its template; the terms, if any, have a line to themselves.

    >>> written("French: {source}\n{terms}Arabic:", "L'ONU.", "Terms: ONU = الأمم المتحدة")
    "French: L'ONU.\nTerms: ONU = الأمم المتحدة\nArabic:"
    """
    return template.format(source=source, terms=f"{terms}\n" if terms else "")


def _line(tokenizer: Tokenizer, tokens: Sequence[int]) -> str:
    answer: str = tokenizer.decode(tokens)
    return answer.partition("\n")[0].strip()
