"""What is made of a part's bytes, kept: the filings of a season share most parts that nobody fills in."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

T = TypeVar("T")

_LARGE = 2**17
"""Bytes of a part of which nothing is kept: far more than those of our forms have."""


def _is_large(part: Any) -> bool:
    return isinstance(part, bytes) and len(part) >= _LARGE


def kept(most: int) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Keeps so many results of a function of a part's bytes. What it gives must not be changed by anyone."""

    def keeping(make: Callable[..., T]) -> Callable[..., T]:
        made = lru_cache(maxsize=most)(make)

        def given(content: bytes, *more: Any) -> T:
            small = len(content) < _LARGE and not (more and any(map(_is_large, more)))
            return (made if small else make)(content, *more)

        return given

    return keeping
