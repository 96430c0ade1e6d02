"""Hub models through CTranslate2, where it is installed: ``pip install summarize-cli[fast]``.

The same profiles, prompts and settings as with transformers, and the same answers but for
beams that tie; several times as fast on a processor. A model is converted once, into the data
folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..profiles import data_home
from .common import loading, once, place_of, quiet_transformers
from .seq2seq import Seq2SeqEngine

if TYPE_CHECKING:
    from ctranslate2 import Translator


class FastEngine(Seq2SeqEngine):
    """An encoder-decoder model, converted to CTranslate2's own format."""

    version = "ctranslate2"

    def generate(self, texts: Sequence[str]) -> list[str]:
        """Translate or summarise all texts in one batch, by beam search without sampling."""
        if not texts:
            return []
        translator, tokenizer, config = self._converted
        ids = tokenizer(self._sources(tokenizer, texts))["input_ids"]
        self.refuse_if_cut(max(map(len, ids)), self._longest(config))
        budgets = [self.budget(len(row)) for row in ids]
        start = [self.task["target_token"]] if "target_token" in self.task else []
        settings = self.decoding()
        settings["beam_size"] = settings.pop("num_beams", 1)
        found = translator.translate_batch(
            [tokenizer.convert_ids_to_tokens(row) for row in ids],
            target_prefix=[start] * len(texts) if start else None,
            max_input_length=0,
            max_decoding_length=max(budgets),
            **settings,
        )
        rows = [
            tokenizer.convert_tokens_to_ids(result.hypotheses[0][len(start) : len(start) + budget])
            for result, budget in zip(found, budgets, strict=True)
        ]
        return [text.strip() for text in tokenizer.batch_decode(rows, skip_special_tokens=True)]

    @cached_property
    def _converted(self) -> tuple[Translator, Any, Any]:
        bits = int(self.generation.get("bits", 0))
        return load(self.folder(), bits, self.place.device, self.place.threads)


@cache
def load(folder: Path, bits: int, device: str, threads: int) -> tuple[Translator, Any, Any]:
    """Convert a checkpoint where that has not been done, and load (translator, tokenizer, config).

    Raises ModelUnavailable when the folder does not hold a loadable checkpoint.
    """
    transformers = quiet_transformers()
    import ctranslate2

    place = place_of(device, threads)
    half = place.type != "cpu"
    kind = ("int8_float16" if half else "int8") if bits == 8 else "float16" if half else "float32"
    content = [(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in sorted(folder.iterdir())]
    name = sha256(repr((content, kind, ctranslate2.__version__)).encode()).hexdigest()[:16]

    def make(made: Path, scratch: Path) -> None:  # noqa: ARG001
        from ctranslate2.converters import TransformersConverter

        class Converter(TransformersConverter):  # type: ignore[misc]
            """M2M100's vocabulary in transformers 5 lacks the languages, which the weights have."""

            def load_tokenizer(self, *args: Any, **kwargs: Any) -> Any:
                tokenizer = super().load_tokenizer(*args, **kwargs)
                words = tokenizer.get_vocab() | getattr(tokenizer, "lang_token_to_id", {})
                tokenizer.get_vocab = lambda: words
                return tokenizer

        with loading(folder):
            if not any(folder.glob("*.safetensors")):
                raise FileNotFoundError("no safetensors there")
            Converter(str(folder)).convert(str(made), quantization=kind)

    converted = once(data_home() / "prepared" / f"ctranslate2-{name}", make, folder.name)
    with loading(folder):
        translator = ctranslate2.Translator(
            str(converted), device=place.type, compute_type=kind, intra_threads=threads or 0
        )
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True)
    return translator, tokenizer, config
