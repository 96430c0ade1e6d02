"""Decoder-only models that answer a prompt: the embedded Gemma 3 270M with our adapter."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ModelUnavailable
from ..profiles import data_home, digest
from .common import FromProfile, load

if TYPE_CHECKING:
    import torch


SHRINK = 0.75
"""The share of unfinished rows at which a batch is made smaller: copying the cache costs, too."""


def greedy(
    model: Any, ids: torch.Tensor, mask: torch.Tensor, ends: Sequence[int], budgets: Sequence[int]
) -> list[list[int]]:
    """Decode a left-padded batch without sampling; finished rows leave it.

    ``ids`` and ``mask`` are (batch, length). Returns the new tokens of each row, at most its
    budget, without the end. Plain ``generate`` carries every row to the end of the longest: of
    16 sentences half of the work was for rows that had long been finished.
    """
    import torch
    from transformers import DynamicCache

    answers: list[list[int]] = [[] for _ in budgets]
    rows = list(range(len(budgets)))  # the rows that are still in the batch
    alive = set(rows)
    cache = DynamicCache(config=model.config)
    # transformers 5.24 renamed the argument; both names are within our range of versions.
    name = "cache" if "cache" in inspect.signature(model.forward).parameters else "past_key_values"
    while alive:
        position = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        out = model(
            input_ids=ids, attention_mask=mask, position_ids=position, use_cache=True, logits_to_keep=1,
            **{name: cache},
        )  # fmt: skip
        ids = out.logits[:, -1].argmax(dim=-1, keepdim=True)
        mask = torch.cat([mask, mask.new_ones(len(rows), 1)], dim=1)
        for row, token in zip(rows, ids[:, 0].tolist(), strict=True):
            if row in alive and token not in ends:
                answers[row].append(token)
            if token in ends or len(answers[row]) >= budgets[row]:
                alive.discard(row)
        if alive and len(alive) <= SHRINK * len(rows):
            kept = torch.tensor([n for n, row in enumerate(rows) if row in alive], device=ids.device)
            cache.batch_select_indices(kept)
            ids, mask = ids[kept], mask[kept]
            rows = [row for row in rows if row in alive]
    return answers


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
        ends = [newline, tokenizer.eos_token_id]
        batch = batch.to(model.device)
        sizes = batch["attention_mask"].sum(dim=1).tolist()
        with torch.inference_mode():
            if set(self.decoding()) <= {"num_beams"} and self.decoding().get("num_beams", 1) == 1:
                rows = greedy(
                    model, batch["input_ids"], batch["attention_mask"], ends, [*map(self.budget, sizes)]
                )
            else:
                out = model.generate(
                    **batch,
                    max_new_tokens=self.budget(width),
                    do_sample=False,
                    eos_token_id=ends,
                    **self.decoding(),
                )
                rows = [row.tolist() for row in self.within_budget(out, batch["attention_mask"], width)]
        answers = tokenizer.batch_decode(rows, skip_special_tokens=True)
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
