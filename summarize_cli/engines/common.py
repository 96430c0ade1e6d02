"""What every engine shares: a profile, a task, settings, and a place to run."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..errors import InputError, ModelUnavailable, OutputError
from ..profiles import Profile, Table
from . import Place

if TYPE_CHECKING:
    import torch


TOKENS = ("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id", "bad_words_ids")
"""What of a checkpoint's own generation settings belongs to the model and is kept."""


class FromProfile:
    """The part of an engine that the profile decides, without any weights.

    ``version`` is raised whenever an engine's code would answer differently.
    """

    version: int | str = 1

    def __init__(self, profile: Profile, task: str, settings: Table, place: Place) -> None:
        self.profile, self.task_name = profile, task
        self.task = profile.tasks[task]
        self.settings = settings
        self.generation = {**profile.generation, **settings}
        self.place = place
        self.signature = profile.signature(task, settings, self.version)
        self.limit = int(profile.limits.get("source_characters", 600))
        self.steps: Sequence[str] = profile.limits.get("steps", ["reading"])

    def budget(self, tokens: int) -> int:
        """How many new tokens a source of ``tokens`` tokens may become.

        ``growth`` times the source and 16 more: enough for any true translation, and a
        bound on what a repetition loop can cost. An answer that reaches it is a loop or cut,
        which the guard reports.
        """
        grown = int(self.generation.get("growth", 2.0) * tokens) + 16
        return min(grown, int(self.generation.get("max_new_tokens", 512)))

    def within_budget(self, rows: torch.Tensor, mask: torch.Tensor, start: int) -> list[torch.Tensor]:
        """Hold each answer to its own source's budget, whoever was in the batch with it.

        ``rows`` are (batch, length) answers that begin at column ``start``, ``mask`` the
        sources' attention mask.
        """
        sizes = mask.sum(dim=1).tolist()
        return [row[start : start + self.budget(size)] for row, size in zip(rows, sizes, strict=True)]

    def decoding(self) -> dict[str, Any]:
        """The settings for ``generate`` of transformers; never sampling."""
        names = ("num_beams", "length_penalty", "no_repeat_ngram_size", "repetition_penalty")
        return {name: self.generation[name] for name in names if name in self.generation}

    def refuse_if_cut(self, tokens: int, longest: int) -> None:
        """Raise InputError where a model would have to drop the end of a text."""
        if tokens > longest:
            raise InputError(
                f"a segment of {tokens} tokens is too long for {self.profile.name} ({longest})",
                "break the sentence up, or choose another set of models",
            )


def once(folder: Path, make: Callable[[Path, Path], None], what: str) -> Path:
    """Return a folder that ``make(made, scratch)`` fills the first time.

    Two processes that start together are safe: one makes it, the other waits. A run that is
    interrupted leaves nothing that a later one would take for finished. Raises OutputError
    where it cannot be written; ``what`` names it.
    """
    if folder.is_dir():
        return folder
    from filelock import FileLock
    from safetensors import SafetensorError

    home = folder.parent
    try:
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(home / f"{folder.name}.lock"):
            if not folder.is_dir():
                with tempfile.TemporaryDirectory(dir=home, prefix=".preparing-") as scratch:
                    made = Path(scratch) / "checkpoint"
                    make(made, Path(scratch))
                    made.replace(folder)
    except (OSError, SafetensorError) as error:  # the latter also for a full disk
        raise OutputError(
            f"cannot prepare {what} in {home}: {getattr(error, 'strerror', None) or error}",
            "free about 800 MB there, or set SUMMARIZE_CLI_HOME to another folder",
        ) from error
    return folder


def place_of(device: str, threads: int) -> torch.device:
    """Resolve ``auto``, and set how many threads torch takes (0: as it likes).

    Raises ModelUnavailable where there is no such device.
    """
    import torch

    if threads:
        torch.set_num_threads(threads)
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        place = torch.device(device)
        torch.empty(0, device=place)
    except (RuntimeError, AssertionError) as error:
        raise ModelUnavailable(f"no device {device!r} here", "leave out --device") from error
    return place


def type_on(place: torch.device) -> torch.dtype:
    """bfloat16 where the device computes in it, else float32."""
    import torch

    if place.type == "cpu":
        fast = torch.ops.mkldnn._is_mkldnn_bf16_supported() and _has_avx512_bf16()
        return torch.bfloat16 if fast else torch.float32
    return torch.bfloat16


@contextmanager
def loading(folder: Path) -> Iterator[None]:
    """Turn whatever goes wrong while weights are read into one ModelUnavailable."""
    try:
        yield
    except Exception as error:  # safetensors and tokenizers raise bare ones for damaged files
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelUnavailable(
            f"cannot load the model in {folder}: {reason}", "summarize-cli models verify"
        ) from error


def _has_avx512_bf16() -> bool:
    """Whether bfloat16 is native: emulated, it is slower than float32."""
    import torch

    probe = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool(probe()) if probe else False


def quiet_transformers() -> ModuleType:
    """The library, told to stay off the network and off the terminal."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read once, when the hub library is imported
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    return transformers  # type: ignore[no-any-return]


@cache
def load(architecture: str, folder: Path, device: str, threads: int, bits: int = 0) -> tuple[Any, Any]:
    """Load (model, tokenizer) from a checkpoint folder, once a process.

    The tasks of one profile share the weights. With 8 ``bits`` they are rounded where the
    processor multiplies such integers fast. Raises ModelUnavailable when the folder does
    not hold a loadable checkpoint.
    """
    transformers = quiet_transformers()
    import torch

    from . import eight

    place = place_of(device, threads)
    eights = bits == 8 and place.type == "cpu" and eight.fast()
    with loading(folder):
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = getattr(transformers, architecture).from_pretrained(
            folder,
            dtype=torch.float32 if eights else type_on(place),
            local_files_only=True,
            use_safetensors=True,
        )
    # What a checkpoint brings along as generation settings is not in our signature.
    wanted = {name: getattr(model.generation_config, name) for name in TOKENS}
    model.generation_config = transformers.GenerationConfig(**wanted)
    if eights:
        eight.in_8_bits(model)
    return model.to(place).eval(), tokenizer
