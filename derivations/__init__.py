"""Derives and proves the theory of learning dynamics, and prints the proofs.

``from derivations import Loss, optimizers, derive, catalogue, check`` is all that one needs in Python; each is loaded when it is
first used, so that ``import derivations`` itself costs nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from derivations.version import __version__

if TYPE_CHECKING:
    from derivations.api import Derivation, Loss, derive, optimizers
    from derivations.api.checking import check

    catalogue: Any

__all__ = ["Derivation", "Loss", "__version__", "catalogue", "check", "derive", "optimizers"]
_FACE = frozenset({"Derivation", "Loss", "derive", "optimizers"})


def __getattr__(name: str) -> Any:
    if name in _FACE:
        return getattr(import_module("derivations.api"), name)
    if name == "check":
        return import_module("derivations.api.checking").check
    if name == "catalogue":
        return import_module("derivations.catalogue")
    raise AttributeError(f"module 'derivations' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Catalogue(ModuleType):
    """The room ``derivations.catalogue``, in which a result is found by its id: ``catalogue["gd.regimes"]``."""

    def __getitem__(self, name: str) -> Derivation:
        found: Derivation = import_module("derivations.api").committed(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter([row["id"] for row in import_module("derivations.catalogue.discovery").index()])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in list(self)


class _Package(ModuleType):
    """This package: whoever imports its room ``catalogue``, and whenever, it can be asked by id from then on."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "catalogue" and type(value) is ModuleType:
            value.__class__ = _Catalogue
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
