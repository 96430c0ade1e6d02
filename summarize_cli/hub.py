"""Pull hub models, and hold installed ones to what was pulled.

``pull`` is the only thing in the house that uses the network. It takes safetensors, or turns
a PyTorch pickle into safetensors once, read with ``weights_only`` so that it cannot run code.
``installed.json`` beside the weights records the commit and every file's sha256.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from .errors import ModelUnavailable, OutputError
from .profiles import Profile, digest

WANTED = ["*.json", "*.txt", "*.model", "*.spm", "*.safetensors", "LICENSE*", "README.md"]
PICKLES = ["pytorch_model.bin"]
Fetch = Callable[[Profile, str, list[str], Path], str]


def fetch(profile: Profile, revision: str, patterns: list[str], folder: Path) -> str:
    """Download the matching files into ``folder`` (resumable) and return the commit.

    Raises ModelUnavailable when the hub cannot be reached or refuses.
    """
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        raise ModelUnavailable(
            f"cannot pull {profile.name}: HF_HUB_OFFLINE is set", "unset it for this command"
        )
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]  # its HTTP library's

    hub = profile.weights["hub"]
    try:
        commit = str(HfApi().model_info(hub, revision=revision, timeout=20).sha)
        snapshot_download(hub, revision=commit, local_dir=folder, allow_patterns=patterns)
    except (HTTPError, OSError, ValueError, RuntimeError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelUnavailable(
            f"cannot pull {profile.name}: {reason}",
            "pull needs the network; run it again to go on where it stopped",
        ) from error
    return commit


def pull(profile: Profile, fetch: Fetch = fetch, update: bool = False) -> Path:
    """Install a hub model: download, convert if need be, record checksums, then move in.

    What is downloaded stays in a folder beside until everything is there, so that a model is
    either installed or not, and a second ``pull`` goes on. A commit that was once recorded is
    taken again, unless ``update`` asks for the profile's revision. Returns the model's folder.
    """
    from safetensors import SafetensorError

    part = profile.home.with_name(profile.name + ".part")
    recorded = {} if update else profile.installed() or {}
    revision = str(recorded.get("commit") or profile.weights["revision"])
    marker = part / ".commit"
    try:
        part.mkdir(parents=True, exist_ok=True)
        if marker.exists() and not update:  # an interrupted pull goes on with its own commit
            revision = marker.read_text()
        commit = fetch(profile, revision, ["config.json"], part)
        marker.write_text(commit)
        fetch(profile, commit, WANTED, part)
        if not list(part.glob("*.safetensors")):
            fetch(profile, commit, PICKLES, part)
            convert(part)
        shutil.rmtree(part / ".cache", ignore_errors=True)
        marker.unlink()
        record = {
            "name": profile.name,
            "hub": profile.weights["hub"],
            "commit": commit,
            "files": {path.name: digest(path) for path in sorted(part.iterdir()) if path.is_file()},
        }
        (part / "installed.json").write_text(json.dumps(record, indent=1) + "\n")
        shutil.rmtree(profile.home, ignore_errors=True)
        part.replace(profile.home)
    except (OSError, SafetensorError) as error:  # the latter also for a full disk
        raise OutputError(
            f"cannot install {profile.name} in {profile.home}: {getattr(error, 'strerror', None) or error}",
            "free space there, or set SUMMARIZE_CLI_HOME to another folder",
        ) from error
    return profile.home


def convert(folder: Path) -> None:
    """Turn ``pytorch_model.bin`` into ``model.safetensors``, tied weights kept once."""
    import torch
    from safetensors.torch import save_file

    pickled = folder / "pytorch_model.bin"
    if not pickled.exists():
        raise ModelUnavailable(f"no weights were found for {folder.name}", "see the model's page")
    try:
        state = torch.load(pickled, map_location="cpu", weights_only=True)
    except (UnpicklingError, RuntimeError, EOFError) as error:
        raise ModelUnavailable(
            f"{pickled.name} of {folder.name} cannot be read safely", "pull it again"
        ) from error
    kept: dict[int, str] = {}
    for name, tensor in state.items():
        kept.setdefault(tensor.data_ptr(), name)
    save_file(
        {name: state[name].contiguous() for name in kept.values()},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )
    pickled.unlink()


def damaged(profile: Profile) -> list[str]:
    """Name the files of an installed hub model that are missing or not what was pulled."""
    record: dict[str, Any] = profile.installed() or {"files": {}}
    return [
        name
        for name, expected in record.get("files", {}).items()
        if not (profile.home / name).is_file() or digest(profile.home / name) != expected
    ]
