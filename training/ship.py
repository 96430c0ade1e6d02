"""Put a trained adapter into ``models/embedded/``, and what lies there into the profile by its checksum.

python training/ship.py RUN
"""

from __future__ import annotations

import re
import shutil
import sys
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "models" / "embedded"


def main(run: Path) -> None:
    """Copy, compute, replace."""
    for name in ("adapter_model.safetensors", "adapter_config.json"):
        shutil.copy(run / name, FOLDER / name)
    profile = FOLDER / "profile.toml"
    text = profile.read_text(encoding="utf-8")
    for name, file in (
        ("adapter", "adapter_model.safetensors"),
        ("adapter_config", "adapter_config.json"),
        ("vocabulary", "vocabulary.npy"),
        ("lexicon", "lexicon.tsv"),
        ("letters", "letters.tsv"),
    ):
        digest = sha256((FOLDER / file).read_bytes()).hexdigest()
        text = re.sub(rf'{name}_sha256 = "\w+"', f'{name}_sha256 = "{digest}"', text)
    profile.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
