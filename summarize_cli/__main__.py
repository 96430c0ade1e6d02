"""``python -m summarize_cli`` is the command ``summarize-cli``."""

from .cli import main

main()
