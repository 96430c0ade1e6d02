"""Every error a user can cause or meet, as one small tree.

    SummarizeError              exit code 1
    ├── UsageError              2  wrong usage, or nothing matched
    ├── InputError              1  this input cannot be read or used
    ├── ProfileError            4  a model description that is wrong or unknown
    ├── ModelUnavailable        4  a model that is missing, damaged or needs the network
    ├── PolicyRefused           5  a licence that the user excluded
    ├── OutputError             6  an output that cannot be written
    ├── MemoryUnusable          6  a memory file that is locked, read-only, on a full disk
    └── MemoryDamaged           6  a memory file that is not a memory, or no longer

They are raised anywhere and caught once, in ``cli``, which prints ``error:`` and
``hint:`` and leaves with ``exit_code``. Anything else is a bug and shows a traceback.
(The drawing follows httpx's ``_exceptions.py``.)
"""


class SummarizeError(Exception):
    """What went wrong, in one line, and what the user can do about it."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(SummarizeError):
    """The command line asks for something that does not exist or matches nothing."""

    exit_code = 2


class InputError(SummarizeError):
    """A document that cannot be read, or holds nothing to work on."""


class ProfileError(SummarizeError):
    """A profile is unknown, or says something that makes no sense."""

    exit_code = 4


class ModelUnavailable(SummarizeError):
    """A model is not installed, not loadable, or would need the network."""

    exit_code = 4


class PolicyRefused(SummarizeError):
    """The user's policy (``--commercial-only``) excludes this model."""

    exit_code = 5


class OutputError(SummarizeError):
    """An output, or the folder of the prepared models, cannot be written."""

    exit_code = 6


class MemoryUnusable(SummarizeError):
    """The memory file cannot be opened or written just now; what it holds is unharmed."""

    exit_code = 6


class MemoryDamaged(SummarizeError):
    """What is in the memory file cannot be read as one."""

    exit_code = 6
