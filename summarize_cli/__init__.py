"""French press releases into English, Arabic and short summaries, on your own machine."""

__version__ = "0.1.0"
