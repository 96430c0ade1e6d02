"""Products in 8 bits, for models that run on a processor.

Weights are rounded by output row and activations by token (the plain part of LLM.int8;
Dettmers et al., 2022), which a processor with VNNI multiplies several times as fast as
float32 or bfloat16. Integer sums are exact and everything is rounded by row: who else is in a
batch does not change a product.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Matrix:
    """A frozen weight (out, in): as it is, or in 8 bits with what a step of each row is worth."""

    def __init__(self, weight: Tensor, kind: torch.dtype) -> None:
        self.worth: Tensor | None = None
        if kind == torch.int8:
            self.values, worth = rounded(weight.float())
            self.worth = worth[:, 0]
        else:
            self.values = weight.to(kind)

    def __call__(self, x: Tensor, level: Tensor | None = None) -> Tensor:
        """``x`` (n, in), each row times its ``level`` (n, 1), times the transposed weight: (n, out)."""
        if self.worth is None:
            return functional.linear(x if level is None else x * level, self.values)
        whole, step = rounded(x)
        # A row's level does not change its integers: it goes into what a step is worth.
        out = torch._int_mm(whole, self.values.T).float()
        return out.mul_(self.worth).mul_(step if level is None else step * level)


def rounded(x: Tensor) -> tuple[Tensor, Tensor]:
    """Round each row of (n, width) to 8 bits: the integers, and what a step is worth (n, 1)."""
    largest = torch.maximum(x.amax(1, keepdim=True), x.amin(1, keepdim=True).neg_())
    step = largest.clamp_(min=1e-12).div_(127)
    return (x / step).round_().to(torch.int8), step


class Linear(nn.Module):
    """A frozen linear layer in 8 bits, in the place of one of a model of transformers."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.matrix = Matrix(linear.weight.detach(), torch.int8)
        self.bias = linear.bias
        self.weight = linear.weight[:0]  # transformers asks for its type and place

    def forward(self, x: Tensor) -> Tensor:
        """``x`` (..., in) to (..., out), in the type of ``x``."""
        out = self.matrix(x.flatten(0, -2).float()).view(*x.shape[:-1], -1)
        return (out if self.bias is None else out.add_(self.bias)).to(x.dtype)


def in_8_bits(model: nn.Module) -> nn.Module:
    """Replace every linear layer, in place."""
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Linear):
                setattr(parent, name, Linear(child))
    return model


def fast() -> bool:
    """Whether this processor multiplies 8-bit integers fast."""
    return bool(torch.cpu._is_vnni_supported())
