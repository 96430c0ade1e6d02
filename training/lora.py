"""Gemma 3 with a low-rank adapter (LoRA; Hu et al., 2021), run over packed rows of examples.

The blocks are those of ``Gemma3ForCausalLM`` (a test holds them to the engine's). All rows of
a batch have one length, so that ``torch.compile`` sees one shape, and are filled with groups of
examples that do not see one another; examples that begin alike, as the same sentence for two
languages does, share what they begin with.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from summarize_cli.engines.decoder import turned
from summarize_cli.engines.eight import rounded

TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
NORMS = (
    "input_layernorm", "self_attn.q_norm", "self_attn.k_norm", "post_attention_layernorm",
    "pre_feedforward_layernorm", "post_feedforward_layernorm",
)  # fmt: skip


class Int8Product(torch.autograd.Function):
    """``x @ weight.T`` of a frozen weight, both ways through 8-bit integers.

    Five times as fast as bfloat16 on a processor with VNNI and without AMX. Rows of ``x`` and of
    the gradient are rounded each by its own largest value, the weight by output row (SwitchBack;
    Wortsman et al., 2023).
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, worth: Tensor) -> Tensor:
        """Take (n, in) and an 8-bit (out, in) whose rows are worth (out,) each."""
        ctx.save_for_backward(weight, worth)
        whole, scale = rounded(x)
        return torch._int_mm(whole, weight.T).float().mul_(scale).mul_(worth)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        """Give the gradient of ``x``; the weight is frozen."""
        weight, worth = ctx.saved_tensors
        whole, scale = rounded(gradient * worth)
        return torch._int_mm(whole, weight).float().mul_(scale), None, None


def as_decoded(x: Tensor) -> Tensor:
    """``x`` (n, width) rounded as the engine rounds it; the gradient passes straight through."""
    exact = x.detach().float()
    whole, step = rounded(exact)
    return x + (whole * step - exact).to(x.dtype)


def frozen_product(x: Tensor, weight: tuple[Tensor, ...]) -> Tensor:
    """``x`` (n, in) times a frozen weight: one tensor, or 8 bits and what a row's step is worth."""
    return Int8Product.apply(x, *weight) if len(weight) == 2 else functional.linear(x, *weight)


def normed(x: Tensor, gain: Tensor, eps: float) -> Tensor:
    """Root-mean-square norm in float32, as Gemma has it."""
    exact = x.float()
    return (exact * torch.rsqrt(exact.pow(2).mean(-1, keepdim=True) + eps) * gain).to(x.dtype)


class LoRA(nn.Module):
    """A frozen weight plus ``alpha / rank * B @ A``; ``B`` starts at zero.

    On a graphics card both are added first and rounded as the engine rounds them: one product in
    place of three, of the very weight that will be used. On a processor that would cost more.
    """

    def __init__(self, weight: Tensor, rank: int, alpha: int) -> None:
        super().__init__()
        self.scale = alpha / rank
        self.merged = weight.device.type == "cuda"
        self.frozen: tuple[Tensor, ...] = (weight,)
        if weight.dtype == torch.float32 and weight.device.type == "cpu":
            whole, worth = rounded(weight)
            self.frozen = (whole, worth[:, 0])
        outs, ins = weight.shape
        self.A = nn.Parameter(torch.empty(rank, ins, device=weight.device))
        self.B = nn.Parameter(torch.zeros(outs, rank, device=weight.device))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        """Apply both parts to (n, in) in the type of ``x``; the adapter itself is in float32."""
        if self.merged:
            whole = (self.frozen[0] + self.B @ self.A * self.scale).to(x.dtype)
            return functional.linear(x, as_decoded(whole))
        low = functional.linear(x, self.A.to(x.dtype))
        return frozen_product(x, self.frozen) + functional.linear(low, (self.B * self.scale).to(x.dtype))


class Block(nn.Module):
    """One layer: attention and MLP, each between two norms."""

    def __init__(self, state: dict[str, Tensor], config: dict[str, Any], rank: int) -> None:
        super().__init__()
        self.heads, self.size = config["num_attention_heads"], config["head_dim"]
        self.kv_heads, self.eps = config["num_key_value_heads"], config["rms_norm_eps"]
        self.level = config["query_pre_attn_scalar"] ** -0.5
        self.gains = [1 + state[f"{name}.weight"].float() for name in NORMS]
        for name, weight in state.items():
            part = name.split(".")[-2]
            if part in TARGETS:
                setattr(self, part, LoRA(weight, rank, 2 * rank))

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        """``x`` (rows * length, width); ``mask`` (rows, length, length) says who sees whom."""
        before, q_norm, k_norm, after, before_mlp, after_mlp = self.gains
        inner = as_decoded(normed(x, before, self.eps))
        q = self.q_proj(inner).unflatten(-1, (self.heads, self.size))
        k = self.k_proj(inner).unflatten(-1, (self.kv_heads, self.size))
        v = self.v_proj(inner).unflatten(-1, (self.kv_heads, self.size))
        q = turned(normed(q, q_norm * self.level, self.eps), (cos, sin))
        k = turned(normed(k, k_norm, self.eps), (cos, sin))
        found = self.attention(q, k, v, mask)
        x = x + normed(self.o_proj(as_decoded(found)), after, self.eps)
        inner = as_decoded(normed(x, before_mlp, self.eps))
        gate = functional.gelu(self.gate_proj(inner), approximate="tanh")
        inner = self.down_proj(as_decoded(gate * self.up_proj(inner)))
        return x + normed(inner, after_mlp, self.eps)

    def attention(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
        """Of q (n, heads, size), k and v (n, kv heads, size): what each token found (n, heads * size).

        The heads that share keys are rows of one product: it is large, and nothing is repeated.
        """
        rows, length, _ = mask.shape
        share = self.heads // self.kv_heads
        q = q.view(rows, length, self.kv_heads, share, self.size).permute(0, 2, 3, 1, 4)
        k, v = (t.view(rows, length, self.kv_heads, self.size).transpose(1, 2) for t in (k, v))
        scores = (q.flatten(2, 3) @ k.transpose(2, 3)).view(rows, self.kv_heads, share, length, length)
        weights = scores.float().masked_fill(~mask[:, None, None], -1e9).softmax(-1).to(v.dtype)
        found = (weights.flatten(2, 3) @ v).view(rows, self.kv_heads, share, length, self.size)
        return found.permute(0, 3, 1, 2, 4).reshape(rows * length, -1)


class Gemma(nn.Module):
    """The frozen model and its adapters."""

    def __init__(self, folder: Path, rank: int, kind: torch.dtype, device: torch.device) -> None:
        """Load a prepared base in ``kind``; float32 on a processor means 8 bits."""
        super().__init__()
        self.config = config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        state = {name: t.to(device, kind) for name, t in load_file(folder / "model.safetensors").items()}
        self.embedding = state["model.embed_tokens.weight"]
        self.gain = 1 + state["model.norm.weight"].float()
        self.blocks = nn.ModuleList()
        for n in range(config["num_hidden_layers"]):
            start = f"model.layers.{n}."
            own = {k.removeprefix(start): t for k, t in state.items() if k.startswith(start)}
            self.blocks.append(Block(own, config, rank))

    def adapters(self) -> dict[str, LoRA]:
        """The adapters by their name in the checkpoint."""
        parts = {part: "self_attn" if part[0] in "qkvo" else "mlp" for part in TARGETS}
        return {
            f"model.layers.{n}.{group}.{part}": getattr(block, part)
            for n, block in enumerate(self.blocks)
            for part, group in parts.items()
        }

    def forward(self, ids: Tensor, positions: Tensor, mask: Tensor) -> Tensor:
        """Ids and positions (rows, length), mask (rows, length, length): states (rows * length, width)."""
        x = self.embedding[ids.flatten()]
        x = x * torch.tensor(self.config["hidden_size"] ** 0.5).to(x.dtype)
        x.requires_grad_()  # as what enters the later blocks: a compiler would make the first anew
        angles = {name: self._angles(name, positions, x.dtype) for name in self.config["rope_parameters"]}
        for block, name in zip(self.blocks, self.config["layer_types"], strict=True):
            x = block(x, *angles[name], mask)
        return normed(x, self.gain, self.config["rms_norm_eps"])

    def _angles(self, name: str, positions: Tensor, kind: torch.dtype) -> tuple[Tensor, Tensor]:
        size = self.config["head_dim"]
        exponents = torch.arange(0, size, 2, device=positions.device).float() / size
        periods = self.config["rope_parameters"][name]["rope_theta"] ** exponents
        angles = (positions.flatten()[:, None] / periods).repeat(1, 2)[:, None]
        return angles.cos().to(kind), angles.sin().to(kind)


def save_adapter(adapters: dict[str, LoRA], rank: int, alpha: int, folder: Path) -> None:
    """Write the adapters as PEFT does: ``adapter_model.safetensors`` and its settings."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {
        f"base_model.model.{name}.lora_{part}.weight": getattr(layer, part)
        .detach()
        .to("cpu", torch.bfloat16)
        .contiguous()
        for name, layer in adapters.items()
        for part in "AB"
    }
    save_file(state, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    settings = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": "google/gemma-3-270m",
        "r": rank,
        "lora_alpha": alpha,
        "lora_dropout": 0.0,
        "bias": "none",
        "fan_in_fan_out": False,
        "inference_mode": True,
        "target_modules": list(TARGETS),
    }
    (folder / "adapter_config.json").write_text(json.dumps(settings, indent=1) + "\n")


def load_adapter(adapters: dict[str, LoRA], folder: Path) -> None:
    """Fill the adapters from a folder that ``save_adapter`` (or PEFT) wrote.

    An adapter of lower rank fills the first rows, and is worth the same (alpha is twice the rank).
    """
    state = load_file(folder / "adapter_model.safetensors")
    for name, layer in adapters.items():
        a, b = (state[f"base_model.model.{name}.lora_{part}.weight"] for part in "AB")
        layer.A.data[: len(a)].copy_(a)
        layer.B.data[:, : len(a)].copy_(b)
