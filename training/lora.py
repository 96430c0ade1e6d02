"""Low-rank adapters (LoRA, Hu et al., 2021) on every linear layer of the blocks."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from summarize_cli.engines.eight import rounded

TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class Int8Product(torch.autograd.Function):
    """``x @ weight.T`` of a frozen weight, both ways through 8-bit integers.

    Five times as fast as bfloat16 on a processor with VNNI, and the adapter learns with the
    rounding that the engine will do. Rows of ``x`` and of the gradient are rounded each by
    its own largest value, the weight by output row (SwitchBack; Wortsman et al., 2023).
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


class LoRA(nn.Module):
    """A frozen linear layer plus ``alpha / rank * B @ A``; ``B`` starts at zero."""

    def __init__(self, linear: nn.Linear, rank: int, alpha: int) -> None:
        super().__init__()
        if linear.weight.is_cuda:
            self.weight, self.worth = linear.weight, None
        else:
            self.weight, worth = rounded(linear.weight.detach().float())
            self.worth = worth[:, 0]
        self.scale = alpha / rank
        self.A = nn.Parameter(torch.empty(rank, linear.in_features, dtype=torch.float32))
        self.B = nn.Parameter(torch.zeros(linear.out_features, rank, dtype=torch.float32))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        """Apply both parts in the type of ``x``, keeping the adapter itself in float32."""
        low = functional.linear(x, self.A.to(x.dtype))
        low = functional.linear(low, (self.B * self.scale).to(x.dtype))
        if self.worth is None:
            return functional.linear(x, self.weight) + low
        return Int8Product.apply(x.flatten(0, -2), self.weight, self.worth).view_as(low) + low


def add_lora(model: nn.Module, rank: int, alpha: int) -> dict[str, LoRA]:
    """Freeze ``model``, wrap its target layers in place, and return the adapters by name."""
    model.requires_grad_(False)
    adapters = {}
    for parent_name, parent in list(model.named_modules()):
        for name, child in list(parent.named_children()):
            if name in TARGETS and isinstance(child, nn.Linear):
                adapters[f"{parent_name}.{name}"] = LoRA(child, rank, alpha).to(child.weight.device)
                setattr(parent, name, adapters[f"{parent_name}.{name}"])
    return adapters


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
    """Fill the adapters from a folder that ``save_adapter`` (or PEFT) wrote."""
    state = load_file(folder / "adapter_model.safetensors")
    for name, layer in adapters.items():
        for part in "AB":
            getattr(layer, part).data.copy_(state[f"base_model.model.{name}.lora_{part}.weight"])
