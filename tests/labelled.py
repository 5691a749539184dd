"""Excerpts of published reports labelled by hand, and how an import of them compares.

As a script it prints the counts: ``python tests/labelled.py [ids]``, with what is not placed.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from xltools.editions import load_form
from xltools.figures import exact, show
from xltools.ingest.report import Asked, ReadBack, import_report

REPORTS = Path(os.environ.get("XLTOOLS_SHARED") or Path(__file__).parents[2] / "shared") / "domain" / "reports"
"""Where the texts lie: beside the checkout (or where XLTOOLS_SHARED says), where they lie at all."""

LABELS = json.loads((Path(__file__).parent / "data" / "labels" / "excerpts.json").read_text("utf-8"))
HELD_OUT = tuple(LABELS["held_out"])
TUNED = tuple(sorted(set(LABELS["excerpts"]) - set(HELD_OUT)))


def excerpt(name: str) -> dict[str, object]:
    """An excerpt with its text; FileNotFoundError where the texts are not there."""
    return json.loads((REPORTS / f"excerpt-{name}.json").read_text("utf-8"))


def imported(name: str) -> ReadBack:
    """The import of an excerpt's text, as a .txt file. Who and when it is of, an excerpt does not say."""
    data = excerpt(name)
    asked = Asked(data["year"], data["agency"], name, "department")
    return import_report(data["text"].encode(), f"{name}.txt", asked)


@dataclass
class Outcome:
    """What became of the labelled input figures of some excerpts."""

    counts: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.counts["placed"] / max(1, self.counts["figures"])


def compare(name: str, outcome: Outcome) -> None:
    """Counts an excerpt's figures: placed right; unplaced, and listed or not; placed wrong; placed where none is."""
    label, got = LABELS["excerpts"][name], imported(name)
    form = load_form(label["edition"])
    labelled = dict(figures_of(label, form))
    filing = got.filing
    listed = {f for item in got.findings if item.code == "import-unplaced" for f in item.related}
    if filing is not None and filing.form.edition != label["edition"]:
        outcome.told.append(f"{name}: edition {filing.form.edition}")
    for item in form.inputs:
        want = labelled.get(item.id)
        have = filing.inputs.get(item.id) if filing is not None else None
        if want is None or want == "?":
            if have is not None:
                outcome.counts["invented"] += 1
                outcome.told.append(
                    f"{name}: {item.id} is {show(have, item.type)}, where the text has no figure for it"
                )
            elif want == "?":
                outcome.counts["doubtful"] += 1
                if item.id not in listed:
                    outcome.counts["not listed"] += 1
                    outcome.told.append(f"{name}: {item.id} is in doubt and not listed")
            continue
        outcome.counts["figures"] += 1
        if have == want:
            outcome.counts["placed"] += 1
        elif have is not None:
            outcome.counts["wrong"] += 1
            outcome.told.append(f"{name}: {item.id} is {show(have, item.type)}, not {show(want, item.type)}")
        else:
            state = "unplaced" if item.id in listed else "not listed"
            outcome.counts[state] += 1
            outcome.told.append(f"{name}: {item.id} {show(want, item.type)}: {state}")


def figures_of(label, form):
    """The figure (None: none is there, "?": doubtful) of each field that a label names."""
    by_row = {}
    for item in form.fields.values():
        row = ".".join(part for part in (item.id.split(".")[0], item.row.id) if part)
        by_row.setdefault(row, []).append(item)
    for row, values in label["rows"].items():
        fields = by_row[row]
        values = ["?"] * len(fields) if values == "?" else values
        assert len(values) == len(fields), (row, values)
        for item, value in zip(fields, values, strict=True):
            known = value is None or value == "?"
            yield item.id, value if known else exact(Decimal(str(value)), item.type)


if __name__ == "__main__":
    wanted = sys.argv[1:]
    for title, names in (("tuned on", TUNED), ("held out", HELD_OUT)):
        outcome = Outcome()
        for name in names:
            if not wanted or name in wanted or title in wanted:
                compare(name, outcome)
        print(title, len(names), dict(outcome.counts), f"{outcome.share:.2%} placed")
        if wanted or title == "tuned on":
            print(*outcome.told, sep="\n")
