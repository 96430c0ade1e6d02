"""Prepare the base without an adapter, to train on: prints the folder.

python training/base.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from summarize_cli import profiles
from summarize_cli.engines import gemma

if __name__ == "__main__":
    profile = profiles.load("embedded")
    weights = profile.weights
    vocabulary = profile.folder / weights["vocabulary"]
    print(gemma.prepared(weights["package"], weights["sha256"], vocabulary, None, Path(sys.argv[1])))
