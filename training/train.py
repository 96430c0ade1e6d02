"""Train the adapter: LoRA on the prepared base, loss on the answers only, restartable.

    python training/train.py --mixture OUT/general.jsonl --out RUN --hours 1
    python training/train.py --mixture OUT/press.jsonl --init RUN --out RUN2 --hours 1 --decay

The learning rate rises, stays, and with ``--decay`` falls to nothing at the end, so that a
run can be prolonged by another (warm-up, stable, decay; Hu et al., 2024, MiniCPM). Every few
minutes the adapter, the optimiser and the position are written to RUN; the same command goes
on from there. With ``--steps`` in place of ``--hours`` a run is a function of its seed.

The output layer has some 67,000 entries and would take a third of the time, so each batch is
scored against its own targets, the 8,192 most frequent entries and 2,048 random others, which
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
from pathlib import Path

import torch
from lora import LoRA, add_lora, load_adapter, save_adapter
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional
from transformers import AutoModelForCausalLM

from summarize_cli.engines.eight import rounded

Example = tuple[list[int], int]
"""Token ids of prompt, answer and final newline; the length of the prompt."""

FREQUENT, OTHERS = 8192, 2048


def encode(mixture: list[Path], tokenizer: Tokenizer, longest: int) -> list[Example]:
    """Tokenise a mixture, leaving out what is longer than ``longest`` tokens."""
    items = [json.loads(line) for path in mixture for line in path.open(encoding="utf-8")]
    prompts = tokenizer.encode_batch(["<bos>" + item["prompt"] for item in items])
    answers = tokenizer.encode_batch([item["answer"] + "\n" for item in items])
    pairs = [(p.ids + a.ids, len(p.ids)) for p, a in zip(prompts, answers, strict=True)]
    return [pair for pair in pairs if len(pair[0]) <= longest]


def batches(examples: list[Example], tokens: int, seed: int) -> Iterator[list[Example]]:
    """Yield batches for ever: similar lengths together, at most ``tokens`` with padding."""
    shuffle = random.Random(seed)
    while True:
        order = shuffle.sample(examples, len(examples))
        epoch = []
        for start in range(0, len(order), 2000):
            batch: list[Example] = []
            for item in sorted(order[start : start + 2000], key=lambda item: len(item[0])):
                if batch and (len(batch) + 1) * len(item[0]) > tokens:
                    epoch.append(batch)
                    batch = []
                batch.append(item)
            epoch.append(batch)
        shuffle.shuffle(epoch)
        yield from epoch


def tensors(batch: list[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """Pad a batch: ids, attention mask, and where the target is part of an answer."""
    width = max(len(ids) for ids, _ in batch)
    ids, mask = torch.zeros(2, len(batch), width, dtype=torch.long)
    answer = torch.zeros(len(batch), width, dtype=torch.bool)
    for row, (tokens, prompt) in enumerate(batch):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
        answer[row, prompt : len(tokens)] = True
    return ids, mask, answer


class SampledLoss:
    """Cross-entropy over a part of the vocabulary that stands for the whole."""

    def __init__(self, head: Tensor, examples: list[Example]) -> None:
        count = Counter(token for ids, _ in examples for token in ids)
        whole, worth = rounded(head.float())  # as the engine has it; see lora.Int8Product
        self.head = (whole * worth).to(head.dtype)
        self.frequent = torch.tensor([token for token, _ in count.most_common(FREQUENT)])

    def __call__(self, hidden: Tensor, targets: Tensor, step: int) -> Tensor:
        """Take (n, width) states and (n,) token ids; return the mean loss in nats."""
        rows = self.head.shape[0]
        draw = torch.Generator().manual_seed(step)  # the same others when a run is restarted
        sure = torch.unique(torch.cat([self.frequent, targets]))
        others = torch.randint(rows, (min(OTHERS, rows),), generator=draw)
        others = others[~torch.isin(others, sure)]
        chosen = torch.cat([sure, others]).to(hidden.device)
        whole, worth = rounded(hidden.detach())
        hidden = hidden + (whole * worth - hidden.detach())  # the gradient passes straight through
        logits = (hidden.to(self.head.dtype) @ self.head[chosen].T).float()
        if len(others):
            logits[:, len(sure) :] += math.log((rows - len(sure)) / len(others))
        return functional.cross_entropy(logits, torch.searchsorted(sure, targets).to(hidden.device))


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
            if (options.init / "optimiser.safetensors").exists():
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


def train(options: argparse.Namespace) -> None:
    """Run until the steps or the hours are used up."""
    torch.manual_seed(options.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    kind = torch.bfloat16 if device == "cuda" else torch.float32  # see lora.Int8Product
    model = AutoModelForCausalLM.from_pretrained(options.base, dtype=kind).to(device)
    adapters = add_lora(model, options.rank, 2 * options.rank)
    run = Run(options.out, adapters, options)
    tokenizer = Tokenizer.from_file(str(options.base / "tokenizer.json"))
    examples = encode(options.mixture, tokenizer, options.longest)
    loss_of = SampledLoss(model.lm_head.weight.detach(), examples)
    body = torch.compile(model.model, dynamic=True) if options.compile else model.model
    print(f"{len(examples):,} examples, {sum(len(ids) for ids, _ in examples):,} tokens", flush=True)
    at, started, saved, losses = run.progress, time.time(), time.time(), []
    earlier = at["seconds"]
    for number, batch in enumerate(batches(examples, options.batch_tokens, options.seed)):
        if number < at["step"]:
            continue  # a restarted run skips what it has seen
        done = at["step"] / options.steps if options.steps else at["seconds"] / options.hours / 3600
        if done >= 1:
            break
        for group in run.optimiser.param_groups:
            group["lr"] = run.rate(done)
        ids, mask, answer = (tensor.to(device) for tensor in tensors(batch))
        states = body(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
        loss = loss_of(states[:, :-1][answer[:, 1:]], ids[answer].cpu(), at["step"])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(run.parameters, 1.0)
        run.optimiser.step()
        run.optimiser.zero_grad(set_to_none=True)
        losses.append(loss.item())
        at["step"] += 1
        at["tokens"] += int(mask.sum())
        at["seconds"] = earlier + time.time() - started
        if at["step"] % 20 == 0:
            mean = sum(losses[-20:]) / len(losses[-20:])
            speed = at["tokens"] / at["seconds"]
            print(f"step {at['step']} done {done:.3f} loss {mean:.3f} {speed:.0f} tokens/s", flush=True)
        if time.time() - saved > options.save_minutes * 60:
            run.save()
            saved = time.time()
    run.save()
    print("finished", json.dumps(at), flush=True)


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--base", type=Path, required=True, help="the prepared base")
    parser.add_argument("--mixture", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--init", type=Path, help="a finished run to go on from")
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--rate", type=float, default=7e-4)
    parser.add_argument("--warmup", type=int, default=40)
    parser.add_argument("--decay", action="store_true")
    parser.add_argument("--rank", type=int, default=32)
    parser.add_argument("--batch-tokens", type=int, default=2000)
    parser.add_argument("--longest", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save-minutes", type=float, default=5.0)
    parser.add_argument("--compile", action="store_true")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
