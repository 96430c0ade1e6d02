"""Average adapters of runs that went on from one another: together they do better than the last.

    python training/average.py OUT RUN=0.45 RUN2=0.3 RUN3=0.25

A and B are averaged each for itself (model soups; Wortsman et al., 2022): near enough to the average of
their products where the runs are stages of one training.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor


def weighed(text: str) -> tuple[Path, float]:
    """A run and its weight."""
    run, _, weight = text.rpartition("=")
    return Path(run), float(weight)


def main() -> None:
    """Read, average, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("runs", type=weighed, nargs="+", help="folder=weight, weights of one in all")
    options = parser.parse_args()
    if abs(sum(weight for _, weight in options.runs) - 1) > 1e-6:
        parser.error("the weights must be one in all")
    total: dict[str, Tensor] = {}
    for run, weight in options.runs:
        for name, tensor in load_file(run / "adapter_model.safetensors").items():
            total[name] = total.get(name, 0) + weight * tensor.float()
    options.out.mkdir(parents=True, exist_ok=True)
    kind = {name: tensor.bfloat16() for name, tensor in total.items()}
    save_file(kind, options.out / "adapter_model.safetensors", metadata={"format": "pt"})
    shutil.copy(options.runs[0][0] / "adapter_config.json", options.out)


if __name__ == "__main__":
    main()
