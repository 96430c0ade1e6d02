"""Decoder-only models that answer a prompt: the embedded Gemma 3 270M with our adapter."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import ModelUnavailable
from ..profiles import data_home, digest
from .common import FromProfile, load


class CausalEngine(FromProfile):
    """Writes ``{source}`` into the task's prompt and takes the first line of the answer."""

    def generate(self, texts: Sequence[str]) -> list[str]:
        """Answer all texts in one batch, padded on the left, decoded without sampling."""
        if not texts:
            return []
        import torch

        model, tokenizer = self._loaded
        prompts = [self.task["prompt"].format(source=" ".join(text.split())) for text in texts]
        batch = tokenizer(prompts, return_tensors="pt", padding=True, padding_side="left")
        width = batch["input_ids"].shape[1]
        self.refuse_if_cut(width, model.config.max_position_embeddings // 2)
        newline = tokenizer.convert_tokens_to_ids("\n")
        with torch.inference_mode():
            out = model.generate(
                **batch.to(model.device),
                max_new_tokens=self.budget(width),
                do_sample=False,
                eos_token_id=[newline, tokenizer.eos_token_id],
                **self.decoding(),
            )
        answers = tokenizer.batch_decode(
            self.within_budget(out, batch["attention_mask"], width), skip_special_tokens=True
        )
        return [answer.partition("\n")[0].strip() for answer in answers]

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        return load("AutoModelForCausalLM", self.folder(), self.place.device, self.place.threads)

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
            if not path.is_file() or digest(path) != expected:
                raise ModelUnavailable(
                    f"{path.name} of {self.profile.name} is missing or damaged",
                    "reinstall summarize-cli",
                )
        return gemma.prepared(
            weights["package"],
            weights["sha256"],
            vocabulary,
            adapter,
            data_home() / "prepared",
            self.place.progress,
        )
