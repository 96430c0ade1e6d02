"""Modules that are imported when they are first used (``importlib.util.LazyLoader``)."""

from __future__ import annotations

import sys
from importlib import import_module, util


def register(name: str) -> None:
    """Let ``import name`` give a module that runs its code at the first look into it."""
    if name in sys.modules:
        return
    spec = util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(name)
    spec.loader = util.LazyLoader(spec.loader)
    module = util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    parent, _, own = name.rpartition(".")
    setattr(import_module(parent), own, module)
