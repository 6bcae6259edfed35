"""LateModule: a module that is imported when something of it is first used, and not when another library names it.

Gradio imports pandas for tables and plots, of which Andon's pages have none: 41 MB of memory and 0.3 s of each start.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any


class LateModule(ModuleType):
    """Stands for a module in sys.modules until an attribute or a part of it is asked for. importlib.util.LazyLoader
    does not do: to Python 3.11 the import statement itself is such a use."""

    def __getattr__(self, name: str) -> Any:
        # what looks around among all modules asks each for such names; these two are asked for by who means this one
        if name.startswith("__") and name not in ("__path__", "__version__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        real = import_module(self.__name__)
        self.__dict__.update(real.__dict__)
        return getattr(real, name)


def import_late(name: str) -> None:
    """From here on ``import name`` gives the module's stand-in; nothing happens where it is imported already, or not
    installed."""
    if name in sys.modules:
        return
    spec = find_spec(name)
    if spec is None:
        return
    module = LateModule(name)
    module.__spec__ = spec
    module.__file__ = spec.origin
    sys.modules[name] = module
