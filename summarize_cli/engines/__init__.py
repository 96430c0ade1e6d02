"""Engines turn texts into texts, one for one and in order.

``KINDS`` is a table of strings, and the class is imported by need (as sacreBLEU finds its
tokenizers), so that nothing heavy is loaded before it is used. Building an engine is free;
its weights load at the first ``generate``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, runtime_checkable

from ..errors import ProfileError
from ..profiles import Profile, Table

KINDS = {
    "causal": "causal:CausalEngine",
    "seq2seq": "seq2seq:Seq2SeqEngine",
    "seq2seq, fast": "fast:FastEngine",
    "extractive": "extractive:ExtractiveEngine",
    "echo": "echo:EchoEngine",
}


class Engine(Protocol):
    """Turns texts into texts, one for one and in order.

    The caller splits what is longer than ``limit``; an engine never cuts a text without a word.
    """

    @property
    def signature(self) -> str:
        """Names everything that can change the output."""
        ...

    @property
    def limit(self) -> int:
        """The longest text in characters that goes in one piece."""
        ...

    @property
    def steps(self) -> Sequence[str]:
        """The names in ``text.STEPS`` that turn a segment into what the model reads."""
        ...

    def generate(self, texts: Sequence[str]) -> list[str]:
        """Answer every text, as one batch."""
        ...


@runtime_checkable
class Flowing(Engine, Protocol):
    """An engine in whose batches a finished text makes room for a waiting one."""

    @property
    def shares(self) -> object:
        """What is equal for engines whose texts can run together: weights, place, decoding."""
        ...

    def flow(
        self, texts: Sequence[str], batch: int, engines: Sequence[Engine] = ()
    ) -> Iterator[tuple[int, str]]:
        """Answer texts as they finish: (number of the text, answer), ``batch`` of them in work.

        ``engines`` says for each text which of those that share with this one it is for.
        """
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where a model runs, and whom to tell about slow preparations.

    ``device`` is a torch device; ``auto`` takes CUDA when there is one.
    """

    device: str = "auto"
    threads: int = 0
    progress: Callable[[str, int, int], None] = lambda what, done, total: None


def has_fast() -> bool:
    """Whether CTranslate2 is there to run the hub's models."""
    return find_spec("ctranslate2") is not None


def build(profile: Profile, task: str, settings: Table | None = None, place: Place = Place()) -> Engine:
    """Make the engine of a profile for one task; its weights are not loaded yet.

    ``settings`` override the profile's ``[generation]`` and are part of the signature.
    Raises ProfileError when the profile does not do the task.
    """
    if task not in profile.tasks:
        raise ProfileError(f"{profile.name} does not do {task}", f"it does {', '.join(profile.tasks)}")
    if profile.kind not in KINDS:
        raise ProfileError(f"{profile.name} is of an unknown kind: {profile.kind}")
    fast = profile.kind == "seq2seq" and has_fast()
    module, name = KINDS["seq2seq, fast" if fast else profile.kind].split(":")
    engine: Engine = getattr(import_module(f".{module}", __name__), name)(
        profile, task, settings or {}, place
    )
    return engine
