"""Tiny models with random weights, built and saved with the real classes of transformers.

They translate nothing, but are loaded, tokenised and decoded by exactly the code that serves
the real ones. ``profiles`` writes a profile for each into a folder that stands for ``models/``.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
import transformers
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

SMALL = {"d_model": 16, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2,
         "decoder_attention_heads": 2, "encoder_ffn_dim": 16, "decoder_ffn_dim": 16,
         "max_position_embeddings": 128}  # fmt: skip


def sentencepiece(folder: Path, text: str, name: str, size: int = 200) -> Path:
    """Train a SentencePiece model on a text and return its file."""
    SentencePieceTrainer.train(
        sentence_iterator=iter(text.splitlines()),
        model_prefix=str(folder / name),
        vocab_size=size,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    return folder / f"{name}.model"


def pieces(model: Path) -> list[str]:
    """The entries of a SentencePiece model."""
    processor = SentencePieceProcessor(model_file=str(model))
    return [processor.id_to_piece(n) for n in range(processor.get_piece_size())]


def marian(folder: Path, text: str, pickled: bool = False) -> Path:
    """A Marian model whose vocabulary knows ``>>ara<<``."""
    folder.mkdir(parents=True)
    model = sentencepiece(folder, text, "spm")
    words = ["</s>", "<unk>", ">>ara<<", *[p for p in pieces(model) if not p.startswith("<")], "<pad>"]
    (folder / "vocab.json").write_text(json.dumps({word: n for n, word in enumerate(words)}))
    for side in ("source.spm", "target.spm"):
        (folder / side).write_bytes(model.read_bytes())
    tokenizer = transformers.MarianTokenizer(
        source_spm=str(folder / "source.spm"),
        target_spm=str(folder / "target.spm"),
        vocab=str(folder / "vocab.json"),
        source_lang="fr",
        target_lang="ara",
    )
    pad = words.index("<pad>")
    torch.manual_seed(0)
    config = transformers.MarianConfig(
        vocab_size=len(words), pad_token_id=pad, eos_token_id=0, decoder_start_token_id=pad,
        forced_eos_token_id=0, **SMALL,
    )  # fmt: skip
    built = transformers.MarianMTModel(config)
    if pickled:
        config.architectures = ["MarianMTModel"]
        config.save_pretrained(folder)
        torch.save(built.state_dict(), folder / "pytorch_model.bin")
    else:
        built.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def m2m100(folder: Path, text: str) -> Path:
    """An M2M100 model: the target language is the first token of the answer."""
    folder.mkdir(parents=True)
    model = sentencepiece(folder, text, "spm")
    words = ["<s>", "<pad>", "</s>", "<unk>", *[p for p in pieces(model) if not p.startswith("<")]]
    (folder / "words.json").write_text(json.dumps({word: n for n, word in enumerate(words)}))
    tokenizer = transformers.M2M100Tokenizer(str(folder / "words.json"), str(model))
    torch.manual_seed(1)
    size = len(words) + 108  # 100 languages and 8 made-up words follow the pieces
    transformers.M2M100ForConditionalGeneration(
        transformers.M2M100Config(vocab_size=size, **SMALL)
    ).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def nllb(folder: Path, text: str) -> Path:
    """An NLLB model: M2M100's architecture with NLLB's tokenizer and language codes."""
    folder.mkdir(parents=True)
    words = ["<s>", "<pad>", "</s>", "<unk>", "▁", *sorted({c for c in text if not c.isspace()})]
    tokenizer = transformers.NllbTokenizer(vocab={word: n for n, word in enumerate(words)}, merges=[])
    torch.manual_seed(2)
    config = transformers.M2M100Config(vocab_size=len(tokenizer), **SMALL)
    transformers.M2M100ForConditionalGeneration(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def mt5(folder: Path, text: str) -> Path:
    """An mT5 model, which summarises."""
    folder.mkdir(parents=True)
    words = pieces(sentencepiece(folder, text, "spm"))
    vocab = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    vocab += [(word, -float(n)) for n, word in enumerate(words) if not word.startswith("<")]
    tokenizer = transformers.T5Tokenizer(vocab=vocab, extra_ids=0)
    torch.manual_seed(3)
    config = transformers.MT5Config(
        vocab_size=len(tokenizer) + 8, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2,
        decoder_start_token_id=0, pad_token_id=0, eos_token_id=1,
    )  # fmt: skip
    transformers.MT5ForConditionalGeneration(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


PROFILES = {
    "tiny-marian": (marian, '[tasks.fr-ar]\nprefix = ">>ara<< "\n', 'steps = ["reading", "moses"]'),
    "tiny-m2m100": (m2m100, '[tasks.fr-ar]\nsource_language = "fr"\ntarget_token = "__ar__"\n', ""),
    "tiny-nllb": (nllb, '[tasks.fr-ar]\nsource_language = "fra_Latn"\ntarget_token = "arb_Arab"\n', ""),
    "tiny-mt5": (mt5, "[tasks.summary]\n", ""),
}


def write_profiles(models: Path, text: str) -> None:
    """Build every tiny model and its profile below ``models``."""
    for name, (build, tasks, limits) in PROFILES.items():
        build(models / name / "weights", text)
        (models / name / "profile.toml").write_text(
            f'kind = "seq2seq"\n[weights]\npath = "weights"\n{tasks}'
            "[generation]\nnum_beams = 2\nmax_new_tokens = 12\n"
            f"[limits]\nsource_tokens = 100\n{limits}\n"
            '[about]\nlicence = "none"\ncommercial = true\n'
        )
