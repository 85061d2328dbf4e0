"""Penchant.

Recommendation with language models, measured against the recommenders that they must beat.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from penchant import data as data
    from penchant.core import Run as Run

__version__ = "0.1.0"

_MODULES = ("data",)
_NAMES = {
    "Run": "penchant.core",
}
"""Public names and where they live.

Loaded when first used, so that ``import penchant`` stays light.
"""

__all__ = sorted([*_NAMES, *_MODULES, "__version__"])


def __getattr__(name: str) -> Any:  # Any: a module, a class or a function
    if name in _MODULES:
        return import_module(f"penchant.{name}")
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'penchant' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
