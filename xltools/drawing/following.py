"""What is drafted from an edition: the one that follows it, with all that it keeps called the same; a supplement to it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from xltools.errors import XltoolsError
from xltools.form.model import Form


def following(data: Mapping[str, Any], form: Form, year: int) -> dict[str, Any]:
    """The definition of the next edition as it begins: as this one, of another year, its figures the same as this one's."""
    first = form.years[0]
    if year <= first:
        raise XltoolsError(f"{form.edition} 从 {first} 年度起用；接着它的一版要从更晚的年度起")
    found = {name: deepcopy(value) for name, value in data.items()}
    found |= {"id": str(year), "years": {"from": year}, "basis": ""}
    begins = list(dict.fromkeys(f"{section.id}." for section in form.table_sections))
    last = {name: value for name, value in found.get("last", {}).items() if name != "same"}
    found["last"] = {**last, "from": {form.edition: {"same": begins}}}
    return found


def supplementing(form: Form, name: str, year: int | None) -> dict[str, Any]:
    """The definition of a supplement to an edition as it begins: with nothing in it."""
    first, last = form.years
    begins = max(first, year or first)
    if last is not None and last < begins:
        raise XltoolsError(f"{form.edition} 只用到 {last} 年度；补充项要用在它的年度里")
    return {"id": name, "title": "", "editions": [form.edition], "years": {"from": begins}}
