"""Days as Excel numbers them."""

from __future__ import annotations

from datetime import date, timedelta

LAST_DAY = 2_958_466
"""The first number that is no day any more: the day after 9999-12-31."""


def serial(iso: str) -> int | None:
    """An ISO date as Excel's day number; None for what is none."""
    try:
        return (date.fromisoformat(iso) - date(1899, 12, 30)).days
    except ValueError:
        return None


def from_serial(days: float) -> str:
    """Excel's day number as an ISO date."""
    return (date(1899, 12, 30) + timedelta(days=int(days))).isoformat()
