"""Encoder-decoder models from the Hub: Marian, M2M100, NLLB-200, mT5, BARThez.

One class serves them all; what differs is in the profile's task: a ``prefix`` that the model
reads before the source (``>>ara<< `` for multilingual Marian), ``source_language`` for the
tokenizer, and ``target_token``, the first token of the answer (M2M100 and NLLB).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import ModelUnavailable
from .common import FromProfile, load


class Seq2SeqEngine(FromProfile):
    """Encodes a batch of texts and decodes their translations or summaries."""

    def generate(self, texts: Sequence[str]) -> list[str]:
        """Translate or summarise all texts in one batch, by beam search without sampling."""
        if not texts:
            return []
        import torch

        model, tokenizer = self._loaded
        batch = tokenizer(self._sources(tokenizer, texts), return_tensors="pt", padding=True)
        width = batch["input_ids"].shape[1]
        self.refuse_if_cut(width, self._longest(model.config))
        forced = {}
        if "target_token" in self.task:
            forced["forced_bos_token_id"] = tokenizer.convert_tokens_to_ids(self.task["target_token"])
        kept = {name: batch[name].to(model.device) for name in ("input_ids", "attention_mask")}
        with torch.inference_mode():
            out = model.generate(
                **kept,
                max_new_tokens=self.budget(width),
                do_sample=False,
                **forced,
                **self.decoding(),
            )
        rows = self.within_budget(out, kept["attention_mask"], 1)
        # The language, which comes first, is not a special token to every tokenizer.
        decoded = tokenizer.batch_decode([row[len(forced) :] for row in rows], skip_special_tokens=True)
        return [text.strip() for text in decoded]

    def _sources(self, tokenizer: Any, texts: Sequence[str]) -> list[str]:
        """What the tokenizer gets, once it knows the language: the texts, each behind its prefix."""
        if "source_language" in self.task:
            tokenizer.src_lang = self.task["source_language"]
        prefix = self.task.get("prefix", "")
        return [prefix + text for text in texts]

    def _longest(self, config: Any) -> int:
        """How many source tokens the model takes: its positions, where it has a table."""
        positions = getattr(config, "max_position_embeddings", None)
        return int(self.profile.limits.get("source_tokens") or positions or 1024)

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        folder = self.folder()
        bits = int(self.generation.get("bits", 0))
        return load("AutoModelForSeq2SeqLM", folder, self.place.device, self.place.threads, bits)

    def folder(self) -> Path:
        """Where the weights lie: beside the profile, or where ``models pull`` put them."""
        if "path" in self.profile.weights:
            return self.profile.folder / str(self.profile.weights["path"])
        if self.profile.installed() is None:
            raise ModelUnavailable(
                f"the model {self.profile.name} is not installed",
                f"summarize-cli models pull {self.profile.name}",
            )
        return self.profile.home
