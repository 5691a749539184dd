"""The kinds of rule, a file for each; a file put here is one kind more. Every kind judges a filing; see ``model.Rule``."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from types import ModuleType

from xltools.findings import CATALOGUE, Finding
from xltools.form.model import Filing, Rule


@lru_cache(maxsize=1)
def kinds() -> dict[str, type[Rule]]:
    """Every kind of rule by its name in definitions."""
    found: dict[str, type[Rule]] = {}
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        found |= kinds_in(import_module(module.name))
    return found


def kinds_in(module: ModuleType) -> dict[str, type[Rule]]:
    """The kinds of rule that a module defines; their own codes become known."""
    found = {}
    for _, cls in inspect.getmembers(module, inspect.isclass):
        if issubclass(cls, Rule) and cls.kind and cls.__module__ == module.__name__:
            found[cls.kind] = cls
            CATALOGUE.update({code.id: code for code in cls.codes})
    return found


def judge(filing: Filing, told: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """Every finding of every rule; ``told`` are the fields whose cells were reported while reading. All rules always run."""
    for rule in filing.rules:
        yield from rule.judge(filing, told)
