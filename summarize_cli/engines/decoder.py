"""Gemma 3, decoded on a processor: 8-bit products, no padding, rows that come and go.

The blocks are those of ``Gemma3ForCausalLM`` in transformers (tests hold them to it); what
differs is how they are run. All products go through ``eight.Matrix``. All prompts of a batch
are read as one long row, so nothing is padded; each text keeps its own place in the cache, so
that a finished one leaves and a waiting one enters (continuous batching; Yu et al., 2022, Orca).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from .eight import Matrix

GROW = 64
"""Tokens by which the cache grows: copying it costs, and so does room that stays empty."""
READ = 512
"""Tokens of prompts that are read together: what is between the layers stays near the processor."""
REFILL = 0.25
"""The share of empty places at which waiting texts enter, or the batch is made smaller."""


@dataclass(frozen=True, slots=True)
class Block:
    """One layer's weights; norms hold ``1 + weight``, as Gemma applies them."""

    before: Tensor
    qkv: Matrix
    qk_norm: Tensor
    out: Matrix
    after: Tensor
    before_mlp: Tensor
    gate_up: Matrix
    down: Matrix
    after_mlp: Tensor
    local: bool


class Cache:
    """Keys and values of the texts in work: for each layer (places, length, 2, kv heads, head size).

    Whatever moves them goes layer by layer, so that no more than one of these is there twice.
    """

    def __init__(self, layers: int, places: int, heads: int, size: int, like: Tensor) -> None:
        self.pairs = [like.new_zeros(places, 0, 2, heads, size) for _ in range(layers)]
        self.lengths = torch.zeros(places, dtype=torch.long, device=like.device)

    def reserve(self, length: int) -> None:
        """Have room for ``length`` tokens."""
        more = length - self.pairs[0].shape[1]
        if more > 0:
            for layer in range(len(self.pairs)):
                self.pairs[layer] = functional.pad(
                    self.pairs[layer], (0, 0) * 3 + (0, -(-more // GROW) * GROW)
                )

    def select(self, places: Tensor) -> None:
        """Keep these places, in this order, and what of the length they need."""
        self.lengths = self.lengths[places]
        longest = int(self.lengths.max())
        for layer in range(len(self.pairs)):
            self.pairs[layer] = self.pairs[layer][places, :longest]

    def copy(self, places: Sequence[int], others: Sequence[int]) -> None:
        """Let places go on from what others hold, all at once."""
        if not places:
            return
        to, of = [*places], [*others]
        self.lengths[to] = self.lengths[of]
        longest = int(self.lengths[to].max())
        for pairs in self.pairs:
            pairs[to, :longest] = pairs[of, :longest]


@dataclass(frozen=True, slots=True)
class Reading:
    """What is to be read of a prompt: its tokens after the first ``shared``, which another place has."""

    tokens: Sequence[int]
    place: int
    before: int
    shared: int


def common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two prompts begin with alike; the last of the second is always left to read."""
    pairs = enumerate(zip(one, other[:-1], strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other) - 1))


Attend = Callable[[int, Tensor, Tensor], Tensor]
"""Of (layer, q (n, heads, size), kv (n, 2, kv heads, size)): what each token found, (n, heads * size)."""


class Decoder:
    """The model: reads prompts into a cache, and takes one token more of every text."""

    def __init__(self, folder: Path, kind: torch.dtype, device: torch.device) -> None:
        """Load a prepared checkpoint; ``kind`` is that of the weights, ``torch.int8`` or a float."""
        self.config = config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.kind, self.device = kind, device
        self.float = torch.float32 if kind == torch.int8 else kind
        state = load_file(folder / "model.safetensors")
        self.embedding = state["model.embed_tokens.weight"].to(device)
        self.head = self._matrix(self.embedding)
        self.norm = self._gain(state["model.norm.weight"])
        self.blocks = [
            self._block(state, n, kind == "sliding_attention") for n, kind in enumerate(config["layer_types"])
        ]
        self.heads, self.kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
        self.size, self.eps = config["head_dim"], config["rms_norm_eps"]
        self.window = config["sliding_window"]
        rope = config["rope_parameters"]
        exponents = torch.arange(0, self.size, 2, device=device).float() / self.size
        self.periods = {
            local: torch.pow(rope[name]["rope_theta"], exponents)
            for local, name in ((True, "sliding_attention"), (False, "full_attention"))
        }

    def _matrix(self, *parts: Tensor) -> Matrix:
        return Matrix(torch.cat(parts).to(self.device), self.kind)

    def _gain(self, weight: Tensor) -> Tensor:
        return 1 + weight.to(self.device, self.float)

    def _block(self, state: dict[str, Tensor], number: int, local: bool) -> Block:
        def of(name: str) -> Tensor:
            return state[f"model.layers.{number}.{name}.weight"]

        return Block(
            before=self._gain(of("input_layernorm")),
            qkv=self._matrix(*(of(f"self_attn.{part}_proj") for part in "qkv")),
            qk_norm=torch.stack(
                [self._gain(of("self_attn.q_norm")) * self.config["query_pre_attn_scalar"] ** -0.5]
                * self.config["num_attention_heads"]
                + [self._gain(of("self_attn.k_norm"))] * self.config["num_key_value_heads"]
            ),
            out=self._matrix(of("self_attn.o_proj")),
            after=self._gain(of("post_attention_layernorm")),
            before_mlp=self._gain(of("pre_feedforward_layernorm")),
            gate_up=self._matrix(of("mlp.gate_proj"), of("mlp.up_proj")),
            down=self._matrix(of("mlp.down_proj")),
            after_mlp=self._gain(of("post_feedforward_layernorm")),
            local=local,
        )

    def cache(self, places: int) -> Cache:
        """An empty cache for so many texts at once."""
        return Cache(len(self.blocks), places, self.kv_heads, self.size, self.norm)

    def read(self, prompts: Sequence[Sequence[int]], places: Sequence[int], cache: Cache) -> Tensor:
        """Read prompts into their places; return the logits (prompts, vocabulary) of what follows.

        What a prompt begins with as the one before it does is not read again: the same sentence
        for two languages is read once.
        """
        cache.reserve(max(len(prompt) for prompt in prompts) + 1)
        found, group, tokens = [], list[Reading](), 0
        before: tuple[Sequence[int], int] = ((), 0)
        for prompt, place in zip(prompts, places, strict=True):
            shared = common(before[0], prompt)
            if group and tokens + len(prompt) - shared > READ:
                found.append(self._read(group, cache))
                group, tokens = [], 0
            group.append(Reading(prompt[shared:], place, before[1], shared))
            tokens += len(prompt) - shared
            before = prompt, place
        return torch.cat([*found, self._read(group, cache)])

    def _read(self, group: Sequence[Reading], cache: Cache) -> Tensor:
        ends = [0, *accumulate(len(reading.tokens) for reading in group)]
        lengths = [reading.shared + len(reading.tokens) for reading in group]
        spans = [torch.arange(r.shared, length) for r, length in zip(group, lengths, strict=True)]

        def attend(layer: int, q: Tensor, kv: Tensor) -> Tensor:
            rows = []
            for reading, length, (start, end) in zip(group, lengths, pairwise(ends), strict=True):
                whole = cache.pairs[layer][reading.place, :length]
                whole[: reading.shared] = cache.pairs[layer][reading.before, : reading.shared]
                whole[reading.shared :] = kv[start:end]
                rows.append(self._causal(q[start:end], whole, self.blocks[layer].local))
            return torch.cat(rows)

        ids = torch.tensor([token for reading in group for token in reading.tokens], device=self.device)
        hidden = self._through(ids, torch.cat(spans).to(self.device), attend)
        cache.lengths[[reading.place for reading in group]] = torch.tensor(lengths, device=self.device)
        return self.head(self._norm(hidden[[end - 1 for end in ends[1:]]], self.norm))

    def _causal(self, q: Tensor, kv: Tensor, local: bool) -> Tensor:
        """Attention of a prompt's last n tokens: q (n, heads, size), kv (length, 2, kv heads, size)."""
        n, length = len(q), len(kv)
        k, v = kv.repeat_interleave(self.heads // self.kv_heads, 2).transpose(0, 2).unbind(1)
        mask = None
        if n < length or (local and length > self.window):
            mask = torch.ones(n, length, dtype=torch.bool, device=q.device).tril_(length - n)
            if local:
                mask = mask.triu_(length - n + 1 - self.window)
        found = functional.scaled_dot_product_attention(
            q.transpose(0, 1)[None], k[None], v[None], attn_mask=mask, is_causal=mask is None, scale=1.0
        )
        return found[0].transpose(0, 1).flatten(1)

    def step(self, tokens: Tensor, cache: Cache) -> Tensor:
        """Take one token (places,) more of every text; return the logits of what follows."""
        rows = torch.arange(len(tokens), device=self.device)
        at = cache.lengths
        longest = int(at.max()) + 1
        cache.reserve(longest)
        columns = torch.arange(longest, device=self.device)
        late = columns > at[:, None]
        masks = {}
        for local in (True, False):
            hidden = late | (columns <= at[:, None] - self.window) if local else late
            masks[local] = torch.zeros(hidden.shape, dtype=self.float, device=self.device)
            masks[local] = masks[local].masked_fill_(hidden, float("-inf"))[:, None, None]

        def attend(layer: int, q: Tensor, kv: Tensor) -> Tensor:
            pairs = cache.pairs[layer]
            pairs[rows, at] = kv
            k, v = pairs[:, :longest].unbind(2)  # (places, length, kv heads, size)
            grouped = q.view(len(tokens), self.kv_heads, -1, self.size)
            weights = (grouped @ k.permute(0, 2, 3, 1)).add_(masks[self.blocks[layer].local])
            return (weights.softmax(-1) @ v.transpose(1, 2)).flatten(1)

        hidden = self._through(tokens, at, attend)
        cache.lengths = at + 1
        return self.head(self._norm(hidden, self.norm))

    def _through(self, ids: Tensor, positions: Tensor, attend: Attend) -> Tensor:
        """All blocks: token ids (n,) at positions (n,) to states (n, width)."""
        x: Tensor = self.embedding[ids].to(self.float) * self.config["hidden_size"] ** 0.5
        turns = {local: self._turn(positions, period) for local, period in self.periods.items()}
        queries, turning = self.heads, self.heads + self.kv_heads
        for layer, block in enumerate(self.blocks):
            qkv = block.qkv(x * block.before, self._level(x)).view(len(ids), -1, self.size)
            qk = self._norm(qkv[:, :turning], block.qk_norm)
            qkv[:, :turning] = turned(qk, turns[block.local])
            kv = qkv[:, queries:].view(len(ids), 2, self.kv_heads, self.size)
            x = x + self._norm(block.out(attend(layer, qkv[:, :queries], kv)), block.after)
            gate, up = block.gate_up(x * block.before_mlp, self._level(x)).chunk(2, dim=1)
            grown = functional.gelu(gate, approximate="tanh").mul_(up)
            x = x + self._norm(block.down(grown), block.after_mlp)
        return x

    def _level(self, x: Tensor) -> Tensor:
        """What brings each vector to a mean square of one (RMSNorm; Zhang and Sennrich, 2019)."""
        length: Tensor = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
        return length.square_().div_(x.shape[-1]).add_(self.eps).rsqrt_()

    def _norm(self, x: Tensor, gain: Tensor) -> Tensor:
        return x * self._level(x) * gain

    def _turn(self, positions: Tensor, period: Tensor) -> tuple[Tensor, Tensor]:
        """Cosines and sines (n, 1, size) of rotary positions (Su et al., 2021)."""
        angles = positions.float()[:, None] / period
        both: Tensor = torch.cat([angles, angles], dim=1)[:, None]
        return both.cos().to(self.float), both.sin().to(self.float)


def turned(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Rotate (n, heads, size) by their positions."""
    first, second = x.chunk(2, dim=-1)
    return x * turn[0] + torch.cat([-second, first], dim=-1) * turn[1]


class Slots:
    """Which text is where: one in work has ``width`` places of the cache side by side."""

    def __init__(self, model: Decoder, texts: int, slots: int, width: int = 1) -> None:
        self.count, self.width = max(1, min(slots, texts)), width
        self.cache = model.cache(self.count * width)
        self.tokens = torch.zeros(self.count * width, dtype=torch.long, device=model.device)
        """What each place goes on with."""
        self.waiting = list(range(texts))[::-1]
        self.inside: dict[int, int] = {}

    def rows(self, slot: int) -> range:
        """The places of a slot."""
        return range(slot * self.width, (slot + 1) * self.width)

    def enter(self) -> list[int]:
        """Let waiting texts in, or close ranks when none wait, once enough slots are empty.

        Returns the slots of those that have come in.
        """
        if self.count - len(self.inside) < REFILL * self.count:
            return []
        if self.waiting:
            fresh = [slot for slot in range(self.count) if slot not in self.inside][: len(self.waiting)]
            self.inside |= {slot: self.waiting.pop() for slot in fresh}
            return fresh
        if self.inside and len(self.inside) < self.count:
            rows = [row for slot in self.inside for row in self.rows(slot)]
            kept = torch.tensor(rows, device=self.tokens.device)
            self.cache.select(kept)
            self.tokens = self.tokens[kept]
            self.inside = dict(enumerate(self.inside.values()))
            self.count = len(self.inside)
        return []

    def leave(self, slot: int) -> int:
        """Let a text go; return its number."""
        # An empty place must not lengthen the others' attention.
        self.cache.lengths[list(self.rows(slot))] = 0
        return self.inside.pop(slot)


@torch.inference_mode()
def greedy(
    model: Decoder, prompts: Sequence[Sequence[int]], budgets: Sequence[int], ends: Sequence[int], places: int
) -> Iterator[tuple[int, list[int]]]:
    """Decode without sampling; yield (number of the prompt, new tokens without the end) as they finish.

    At most ``places`` texts are in work at once; the order of the prompts is the order in
    which they enter. An answer has at most its budget of tokens.
    """
    answers: list[list[int]] = [[] for _ in prompts]
    slots = Slots(model, len(prompts), places)
    while slots.inside or slots.waiting:
        if fresh := slots.enter():
            logits = model.read([prompts[slots.inside[slot]] for slot in fresh], fresh, slots.cache)
            slots.tokens[fresh] = logits.argmax(dim=-1)
        else:
            slots.tokens = model.step(slots.tokens, slots.cache).argmax(dim=-1)
        found = slots.tokens.tolist()
        for slot in fresh or [*slots.inside]:
            text, token = slots.inside[slot], found[slot]
            if token not in ends:
                answers[text].append(token)
            if token in ends or len(answers[text]) >= budgets[text]:
                yield slots.leave(slot), answers[text]


@torch.inference_mode()
def beam(
    model: Decoder,
    prompts: Sequence[Sequence[int]],
    budgets: Sequence[int],
    ends: Sequence[int],
    places: int,
    width: int,
    no_repeat: int = 0,
    length_penalty: float = 1.0,
) -> Iterator[tuple[int, list[int]]]:
    """Decode by beam search; yield (number of the prompt, new tokens without the end) as they finish.

    Hypotheses are compared by log-probability over length to the power of ``length_penalty``
    (Wu et al., 2016, as transformers has it). No ``no_repeat`` tokens follow one another twice
    within an answer; a prompt may be copied. Each text takes ``width`` of the ``places``,
    and one at least is in work.
    """
    searches = [Search(width, budget, ends, no_repeat, length_penalty) for budget in budgets]
    slots = Slots(model, len(prompts), places // width, width)
    while slots.inside or slots.waiting:
        if fresh := slots.enter():
            starts = [slots.rows(slot)[0] for slot in fresh]
            logits = model.read([prompts[slots.inside[slot]] for slot in fresh], starts, slots.cache)
        else:
            logits = model.step(slots.tokens, slots.cache)
        working = {slot: searches[slots.inside[slot]] for slot in fresh or slots.inside}
        lines = [
            [number] if fresh else [slots.rows(slot)[place] for place in search.places]
            for number, (slot, search) in enumerate(working.items())
        ]
        moves = [
            (slots.rows(slot)[to], slots.rows(slot)[of], token)
            for slot, taken in zip(working, _take([*working.values()], lines, logits.float()), strict=True)
            for to, of, token in taken
        ]
        moved = [(to, of) for to, of, _ in moves if to != of]
        slots.cache.copy([to for to, _ in moved], [of for _, of in moved])
        slots.tokens[[to for to, _, _ in moves]] = torch.tensor(
            [token for _, _, token in moves], dtype=torch.long, device=model.device
        )
        for slot, search in working.items():
            if search.done:
                yield slots.leave(slot), search.best()


def _take(
    searches: Sequence[Search], lines: Sequence[Sequence[int]], logits: Tensor
) -> list[list[tuple[int, int, int]]]:
    """Let searches go on by one token; for each, what ``Search.take`` returns.

    ``lines`` says for each search which lines of ``logits`` belong to its hypotheses.
    """
    totals = logits.logsumexp(-1, keepdim=True)
    for search, own in zip(searches, lines, strict=True):
        for line, barred in zip(own, search.barred(), strict=True):
            logits[line, barred] = float("-inf")
    best = logits.topk(min(searches[0].looked_at, logits.shape[1]))
    values, tokens = (best.values - totals).tolist(), best.indices.tolist()
    return [
        search.take([[*zip(values[line], tokens[line], strict=True)] for line in own])
        for search, own in zip(searches, lines, strict=True)
    ]


class Search:
    """The hypotheses of one text in beam search: those in work, and those that have ended.

    ``places`` says which of its ``width`` places of the cache each hypothesis in work has.
    """

    def __init__(
        self, width: int, budget: int, ends: Sequence[int], no_repeat: int, length_penalty: float
    ) -> None:
        self.places = [*range(width)]
        self.width, self.budget, self.ends = width, budget, ends
        self.no_repeat, self.length_penalty = no_repeat, length_penalty
        self.running: list[tuple[float, list[int]]] = [(0.0, [])]
        self.ended: list[tuple[float, list[int]]] = []
        self.done = False

    @property
    def looked_at(self) -> int:
        """How many tokens may matter: each hypothesis may end in each way, and as many shall go on."""
        return (1 + len(self.ends)) * self.width

    def take(self, found: Sequence[Sequence[tuple[float, int]]]) -> list[tuple[int, int, int]]:
        """Go on by one token, of the best (log-probability, token) for each hypothesis.

        Returns (place, the place it goes on from, token) for each new hypothesis, or nothing when
        the search has come to its end.
        """
        candidates = [
            (score + chance, parent, token)
            for parent, ((score, _), best) in enumerate(zip(self.running, found, strict=True))
            for chance, token in best
        ]
        candidates.sort(key=lambda candidate: -candidate[0])
        taken: list[tuple[int, int]] = []
        running: list[tuple[float, list[int]]] = []
        for rank, (score, parent, token) in enumerate(candidates[: self.looked_at]):
            tokens = self.running[parent][1]
            if token in self.ends:
                if rank < self.width:
                    self._end(score, tokens, len(tokens) + 1)
            elif len(running) < self.width:
                taken.append((parent, token))
                running.append((score, [*tokens, token]))
        self.running = running
        length = len(running[0][1])
        if length >= self.budget:
            for score, tokens in running:
                self._end(score, tokens, length)
            self.done = True
        elif len(self.ended) == self.width:
            self.done = running[0][0] / length**self.length_penalty <= self.ended[-1][0]
        return [] if self.done else self._placed(taken)

    def _placed(self, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
        """Leave the first child of each hypothesis in its place, so that little is copied."""
        first = {parent: n for n, (parent, _) in reversed([*enumerate(taken)])}
        old = self.places
        free = iter(place for parent, place in enumerate(old) if parent not in first)
        self.places = [old[p] if first[p] == n else next(free) for n, (p, _) in enumerate(taken)]
        return [(to, old[parent], token) for to, (parent, token) in zip(self.places, taken, strict=True)]

    def best(self) -> list[int]:
        """The tokens of the best hypothesis that has ended."""
        return self.ended[0][1]

    def _end(self, score: float, tokens: list[int], length: int) -> None:
        self.ended.append((score / length**self.length_penalty, tokens))
        self.ended.sort(key=lambda hypothesis: -hypothesis[0])
        del self.ended[self.width :]

    def barred(self) -> list[list[int]]:
        """For each hypothesis, the tokens that would repeat ``no_repeat`` of them in a row."""
        return [self._barred(tokens) for _, tokens in self.running]

    def _barred(self, tokens: list[int]) -> list[int]:
        n = self.no_repeat
        if not n or len(tokens) < n:
            return []
        last = tokens[len(tokens) - n + 1 :]
        return [tokens[at + n - 1] for at in range(len(tokens) - n + 1) if tokens[at : at + n - 1] == last]
