"""Train the adapter: LoRA on the prepared base, loss on the answers only, restartable.

    python training/train.py --mixture OUT/general.jsonl --out RUN --hours 1
    python training/train.py --mixture OUT/press.jsonl --init RUN --out RUN2 --hours 1 --decay

The learning rate rises, stays, and with ``--decay`` falls to nothing at the end, so that a
run can be prolonged by another (warm-up, stable, decay; Hu et al., 2024, MiniCPM). Every few
minutes the adapter, the optimiser and the position are written to RUN; the same command goes
on from there. With ``--steps`` in place of ``--hours`` a run on a processor is a function of its seed.

The output layer has some 67,000 entries and would take a third of the time, so each batch is
scored against its own targets, the 8,192 most frequent entries and random others up to 12,288, which
stand for all the rest (sampled softmax; Jean et al., 2015).
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lora import Gemma, LoRA, as_decoded, load_adapter, save_adapter
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from summarize_cli.engines.decoder import common
from summarize_cli.engines.eight import rounded

FREQUENT, SCORED = 8192, 12288
"""Entries of the vocabulary that are always scored, and how many are in all."""
CHUNK = {"cpu": 256, "cuda": 4096}
"""Answer tokens whose scores are in memory at once."""
CHECKED = 8
"""Batches of the texts kept aside that tell how well it goes."""


@dataclass(frozen=True, slots=True)
class Example:
    """Token ids of prompt, answer and final newline; the length of the prompt."""

    ids: list[int]
    prompt: int


@dataclass(frozen=True, slots=True)
class Group:
    """Examples of one source sentence: they share their first ``shared`` tokens."""

    examples: list[Example]
    shared: int

    def __len__(self) -> int:
        return self.shared + sum(len(example.ids) - self.shared for example in self.examples)


def encode(mixture: Path, tokenizer: Tokenizer, longest: int) -> list[Group]:
    """Tokenise a mixture by source sentence, leaving out what is longer than ``longest`` tokens."""
    items = [json.loads(line) for line in mixture.open(encoding="utf-8")]
    prompts = tokenizer.encode_batch(["<bos>" + item["prompt"] for item in items])
    answers = tokenizer.encode_batch([item["answer"] + "\n" for item in items])
    by_source: dict[str, dict[tuple[int, ...], Example]] = {}
    left_out = 0
    for item, prompt, answer in zip(items, prompts, answers, strict=True):
        example = Example(prompt.ids + answer.ids, len(prompt.ids))
        if len(example.ids) > longest:
            left_out += 1
        else:
            source = item["prompt"].partition("\n")[0]
            by_source.setdefault(source, {})[tuple(example.ids)] = example
    print(f"{mixture.name}: {left_out:,} of {len(items):,} examples are longer than a row", flush=True)
    return [group for found in by_source.values() for group in grouped([*found.values()], longest)]


def grouped(examples: list[Example], longest: int) -> Iterator[Group]:
    """Put examples of one source together, as many as ``longest`` tokens hold."""
    group = Group([], 0)
    for example in examples:
        more = together([*group.examples, example])
        if group.examples and len(more) > longest:
            yield group
            more = together([example])
        group = more
    yield group


def together(examples: list[Example]) -> Group:
    """A group; the last token of a prompt is each one's own, as it is what the answer follows."""
    first, *others = [example.ids[: example.prompt] for example in examples]
    return Group(examples, min((common(first[:-1], other) for other in others), default=0))


@dataclass(frozen=True, slots=True)
class Batch:
    """Packed rows (rows, length): ids, positions, which tokens are answers, group and branch.

    Group and branch are -1 where a row is empty; branch is -1 too where a group's examples share.
    """

    ids: Tensor
    positions: Tensor
    answer: Tensor
    group: Tensor
    branch: Tensor
    tokens: int

    def mask(self, device: torch.device) -> Tensor:
        """Who sees whom (rows, length, length): what is before a token of its own example."""
        group, branch = self.group.to(device), self.branch.to(device)
        same = group[:, :, None] == group[:, None, :]
        shared = (branch[:, None, :] == -1) | (branch[:, :, None] == branch[:, None, :])
        before = torch.ones(*2 * group.shape[1:], dtype=torch.bool, device=device).tril()
        return same & shared & before


def packed(rows: list[list[Group]], length: int) -> Batch:
    """Lay groups out in rows, through NumPy: a graphics card would wait for thousands of small tensors."""
    laid = np.array([laid_out(groups, length) for groups in rows])
    ids, positions, answer, group, branch = torch.from_numpy(laid).unbind(1)
    return Batch(ids, positions, answer.bool(), group, branch, int((group >= 0).sum()))


def laid_out(groups: list[Group], length: int) -> list[list[int]]:
    """One row: its ids, positions, answers, groups and branches."""
    ids: list[int] = []
    positions: list[int] = []
    answer: list[int] = []
    group: list[int] = []
    branch: list[int] = []
    for number, one in enumerate(groups):
        for which, example in enumerate(one.examples):
            start, end = one.shared if which else 0, len(example.ids)
            ids += example.ids[start:]
            positions += range(start, end)
            answer += [0] * (example.prompt - start) + [1] * (end - example.prompt)
            group += [number] * (end - start)
            branch += [which] * (end - start) if which else [-1] * one.shared + [0] * (end - one.shared)
    empty = length - len(ids)
    return [
        *(found + [0] * empty for found in (ids, positions, answer)),
        *(found + [-1] * empty for found in (group, branch)),
    ]


def batches(groups: list[Group], rows: int, length: int, seed: int) -> Iterator[Batch]:
    """Yield batches for ever, every group once in each round; a group goes where it fits first."""
    shuffle = random.Random(seed)
    while True:
        batch: list[list[Group]] = [[] for _ in range(rows)]
        free = [length] * rows
        for group in shuffle.sample(groups, len(groups)):
            size = len(group)
            row = next((row for row in range(rows) if free[row] >= size), None)
            if row is None:
                yield packed(batch, length)
                batch, free, row = [[] for _ in range(rows)], [length] * rows, 0
            batch[row].append(group)
            free[row] -= size
        yield packed(batch, length)


class CrossEntropy(torch.autograd.Function):
    """Mean loss in nats of states (n, width) against rows of a frozen head, a chunk at a time.

    The gradient is taken on the way, so that no more than a chunk's scores are ever held (as
    in Liger; Hsu et al., 2024).
    """

    @staticmethod
    def forward(ctx: Any, states: Tensor, head: Tensor, level: Tensor, targets: Tensor) -> Tensor:
        """``level`` (rows,) is added to the scores; ``targets`` (n,) are rows of ``head``."""
        gradient = torch.empty_like(states)
        loss = states.new_zeros((), dtype=torch.float32)
        size = CHUNK[states.device.type]
        for start in range(0, len(states), size):
            wanted = targets[start : start + size, None]
            # Always the same shape: a processor's kernels are made anew, and kept, for each.
            part = functional.pad(states[start : start + size], (0, 0, 0, size - len(wanted)))
            scores = functional.linear(part, head).float().add_(level)
            scores -= scores.logsumexp(1, keepdim=True)
            loss -= scores[: len(wanted)].gather(1, wanted).sum()
            share = scores.exp_()
            share[: len(wanted)].scatter_add_(1, wanted, -torch.ones_like(wanted, dtype=share.dtype))
            found = share.div_(len(states)).to(head.dtype) @ head
            gradient[start : start + size] = found[: len(wanted)]
        ctx.save_for_backward(gradient)
        return loss / len(states)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor, None, None, None]:
        """Give the gradient of the states."""
        return ctx.saved_tensors[0] * upstream, None, None, None


class SampledLoss:
    """Cross-entropy over a part of the vocabulary that stands for the whole."""

    def __init__(self, head: Tensor, groups: list[Group]) -> None:
        count = Counter(token for group in groups for example in group.examples for token in example.ids)
        whole, worth = rounded(head.float())
        self.head = (whole * worth).to(head.dtype)  # as the engine has it
        self.frequent = torch.tensor([token for token, _ in count.most_common(FREQUENT)])

    def __call__(self, states: Tensor, targets: Tensor, step: int) -> Tensor:
        """Take (n, width) states and (n,) token ids; return the mean loss in nats."""
        rows = len(self.head)
        draw = torch.Generator().manual_seed(step)  # the same others when a run is restarted
        sure = torch.unique(torch.cat([self.frequent, targets]))
        others = torch.randperm(rows, generator=draw)
        free = torch.ones(rows, dtype=torch.bool)
        free[sure] = False
        others = others[free[others]][: max(0, SCORED - len(sure))]
        level = torch.zeros(len(sure) + len(others))
        if len(others):
            level[len(sure) :] = math.log((rows - len(sure)) / len(others))
        chosen, level, wanted = (
            tensor.to(states.device)
            for tensor in (torch.cat([sure, others]), level, torch.searchsorted(sure, targets))
        )
        loss: Tensor = CrossEntropy.apply(as_decoded(states), self.head[chosen], level, wanted)
        return loss


class Run:
    """A folder that holds an adapter, the optimiser's state and how far the run has come."""

    def __init__(self, folder: Path, adapters: dict[str, LoRA], options: argparse.Namespace):
        self.folder, self.adapters, self.options = folder, adapters, options
        self.parameters = [p for layer in adapters.values() for p in (layer.A, layer.B)]
        self.optimiser = torch.optim.AdamW(
            self.parameters, lr=options.rate, betas=(0.9, 0.98), weight_decay=0.0
        )
        self.progress = {"step": 0, "seconds": 0.0, "tokens": 0}
        if (folder / "progress.json").exists():
            load_adapter(adapters, folder)
            self._load_optimiser(folder)
            self.progress = json.loads((folder / "progress.json").read_text())
        elif options.init:
            load_adapter(adapters, options.init)
            rank = json.loads((options.init / "adapter_config.json").read_text())["r"]
            if rank == options.rank and (options.init / "optimiser.safetensors").exists():
                self._load_optimiser(options.init)

    def _load_optimiser(self, folder: Path) -> None:
        saved = load_file(folder / "optimiser.safetensors")
        for n, parameter in enumerate(self.parameters):
            parameter.data.copy_(saved[f"{n}.value"])  # the adapter itself is kept in bfloat16
            self.optimiser.state[parameter] = {
                key: saved[f"{n}.{key}"].to(parameter.device if key != "step" else "cpu")
                for key in ("step", "exp_avg", "exp_avg_sq")
            }

    def save(self) -> None:
        """Write everything that the same command needs to go on."""
        save_adapter(self.adapters, self.options.rank, 2 * self.options.rank, self.folder)
        state = {
            f"{n}.{key}": value.detach().cpu()
            for n, parameter in enumerate(self.parameters)
            for key, value in [*self.optimiser.state[parameter].items(), ("value", parameter)]
        }
        save_file(state, self.folder / "optimiser.safetensors")
        (self.folder / "progress.json").write_text(json.dumps(self.progress) + "\n")

    def rate(self, done: float) -> float:
        """The learning rate of this step; ``done`` is the share of the run behind us."""
        rate = self.options.rate * min(1.0, (self.progress["step"] + 1) / self.options.warmup)
        return rate * max(0.0, 1 - done) if self.options.decay else rate


class Training:
    """The model, what it is scored with, and the run that keeps what it learns."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        half = self.device.type == "cuda" or torch.cpu._is_amx_tile_supported()
        kind = torch.bfloat16 if half else torch.float32
        self.model = Gemma(options.base, options.rank, kind, self.device)
        if options.compile:
            from torch._inductor import config as inductor

            # With 512 bits, code made by PyTorch 2.13 gave NaN for the gradient of the keys on one machine.
            inductor.cpp.simdlen = 256
            for block in self.model.blocks:
                block.compile()
        self.run = Run(options.out, self.model.adapters(), options)
        tokenizer = Tokenizer.from_file(str(options.base / "tokenizer.json"))
        self.groups = [g for path in options.mixture for g in encode(path, tokenizer, options.length)]
        self.aside = encode(options.aside, tokenizer, options.length) if options.aside else []
        self.loss_of = SampledLoss(self.model.embedding, self.groups)
        print(f"{len(self.groups):,} groups, {sum(map(len, self.groups)):,} tokens", flush=True)

    def loss(self, batch: Batch, number: int) -> Tensor:
        """Mean loss in nats of a batch; ``number`` draws the entries it is scored against."""
        ids, positions = batch.ids.to(self.device), batch.positions.to(self.device)
        states = self.model(ids, positions, batch.mask(self.device))
        answer = batch.answer.flatten().nonzero()[:, 0]
        targets = batch.ids.flatten()[answer]
        return self.loss_of(states[(answer - 1).to(self.device)], targets, number)

    def step(self, batch: Batch, done: float) -> tuple[Tensor, Tensor]:
        """Learn from a batch; return the loss and the norm of its gradient, without waiting for them."""
        for group in self.run.optimiser.param_groups:
            group["lr"] = self.run.rate(done)
        loss = self.loss(batch, self.run.progress["step"])
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.run.parameters, 1.0)
        self.run.optimiser.step()
        self.run.optimiser.zero_grad(set_to_none=True)
        return loss.detach(), norm

    def check(self) -> float:
        """The mean loss of the texts kept aside, comparable within a run: entries are the mixture's."""
        some = batches(self.aside, self.options.rows, self.options.length, 0)
        # Not without gradients: a compiler would make everything anew for that.
        return sum(self.loss(batch, n).item() for n, batch in zip(range(CHECKED), some)) / CHECKED

    def save(self) -> None:
        """Keep what was learned, and say how the texts kept aside fare."""
        self.run.save()
        if self.aside:
            print(f"loss of the texts kept aside {self.check():.3f}", flush=True)


def mean(recent: list[tuple[Tensor, Tensor]]) -> float:
    """The mean loss of some steps; ends the run, unsaved, if one had a gradient that is not finite."""
    if not all(math.isfinite(norm.item()) for _, norm in recent):
        raise SystemExit(
            f"a gradient of the last {len(recent)} steps is not finite: go on from the last save"
        )
    return sum(loss.item() for loss, _ in recent) / len(recent)


def train(options: argparse.Namespace) -> None:
    """Run until the steps or the hours are used up."""
    torch.manual_seed(options.seed)
    training = Training(options)
    at = training.run.progress
    started = saved = time.time()
    earlier = at["seconds"]
    recent: list[tuple[Tensor, Tensor]] = []
    for number, batch in enumerate(batches(training.groups, options.rows, options.length, options.seed)):
        if number < at["step"]:
            continue  # a restarted run skips what it has seen
        done = at["step"] / options.steps if options.steps else at["seconds"] / options.hours / 3600
        if done >= 1:
            break
        recent.append(training.step(batch, done))
        at["step"] += 1
        at["tokens"] += batch.tokens
        at["seconds"] = earlier + time.time() - started
        due = time.time() - saved > options.save_minutes * 60
        if at["step"] % 20 and not due:
            continue  # a graphics card would stand still while it is asked
        loss, speed = mean(recent), at["tokens"] / at["seconds"]
        print(f"step {at['step']} done {done:.3f} loss {loss:.3f} {speed:.0f} tokens/s", flush=True)
        recent.clear()
        if due:
            training.save()
            saved = time.time()
    if recent:
        mean(recent)
    training.save()
    print("finished", json.dumps(at), flush=True)


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--base", type=Path, required=True, help="the prepared base")
    parser.add_argument("--mixture", type=Path, nargs="+", required=True, help="named twice: seen twice")
    parser.add_argument("--aside", type=Path, help="a mixture that is not learned: its loss is printed")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--init", type=Path, help="a finished run to go on from")
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--rate", type=float, default=7e-4)
    parser.add_argument("--warmup", type=int, default=40)
    parser.add_argument("--decay", action="store_true")
    parser.add_argument("--rank", type=int, default=32)
    parser.add_argument("--rows", type=int, default=16, help="rows of a batch")
    parser.add_argument("--length", type=int, default=256, help="tokens of a row")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save-minutes", type=float, default=5.0)
    parser.add_argument("--compile", action="store_true")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
