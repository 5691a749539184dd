"""Labelled passages: how much of them the reader of prose reads, how much of that is right, and what filings of theirs are told.

A label names a quantity, or several where any of them is right (``a|b``); ``finds`` must be read, ``may_find`` may be. Figures are as
printed, money in 万元. ``made``: made up whole, not after a report.
``left_over``: a sentence of another year's report, which a filing is told of.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xltools.editions import edition_for, load_form
from xltools.figures import printed
from xltools.form.lexicon import Quantity
from xltools.form.model import Agency, Filing
from xltools.rules import judge
from xltools.rules.prose.reading import Reader

HERE = Path(__file__).parent
SHARED = HERE.parents[1] / "shared" / "domain"
SETS = {
    "sentences": HERE / "data/sentences.toml",
    "sentences-held-out": HERE / "data/sentences-held-out.toml",
    "passages-tuned": HERE / "data/passages-tuned.toml",
    "passages-read-once": HERE / "data/passages-read-once.toml",
    "passages-kept": HERE / "data/passages-kept.toml",
    "passages-second-tuned": HERE / "data/passages-second-tuned.toml",
    "passages-second-read-once": HERE / "data/passages-second-read-once.toml",
    "passages-third-read-once": HERE / "data/passages-third-read-once.toml",
    "passages-fourth-tuned": HERE / "data/passages-fourth-tuned.toml",
    "passages-fourth-read-once": HERE / "data/passages-fourth-read-once.toml",
    "../shared/domain/sentences-2": SHARED / "sentences-2.toml",
    "../shared/domain/sentences-hard": SHARED / "sentences-hard.toml",
}
"""The sets of passages by name, with their files; those beside the checkout may be absent."""

Row = Mapping[str, Any]


def rows(name: str) -> list[Row]:
    """The passages of a set; none where its file is absent."""
    path = SETS[name]
    return tomllib.loads(path.read_text("utf-8"))["sentence"] if path.exists() else []


@dataclass
class Score:
    """What was wanted, and found of it; what was read, and right of it; what was missed and what is wrong, with its passage."""

    passages: int = 0
    wanted: int = 0
    found: int = 0
    read: int = 0
    right: int = 0
    missed: list[tuple[Row, str, float]] = field(default_factory=list)
    wrong: list[tuple[Row, str, float]] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """The share found of what was wanted."""
        return self.found / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        """The share right of what was read."""
        return self.right / self.read if self.read else 1.0


def lexicon_of(row: Row) -> Any:
    """The lexicon that a passage is read by."""
    return load_form(row.get("edition") or edition_for(row.get("year", 2023))).lexicon


def readings(row: Row) -> list[tuple[tuple[Quantity, ...], float]]:
    """What is read of a passage: the quantities each figure may be of, and the figure as printed."""
    reader = Reader(lexicon_of(row), row.get("year", 2023), row.get("agency", "示例县数据局"))
    mentions, _ = reader.read(row["text"])
    return [(m.quantities, float(printed(m.figure, m.quantities[0].type))) for m in mentions]


def score(passages: Sequence[Row]) -> Score:
    """The score of passages."""
    total = Score(len(passages))
    for row in passages:
        left = dict(row["finds"])
        known = [*left.items(), *row.get("may_find", {}).items()]
        for quantities, figure in readings(row):
            names = {q.id for q in quantities}
            hits = [label for label, value in left.items() if value == figure and names & set(label.split("|"))]
            right = bool(hits) or any(value == figure and names & set(label.split("|")) for label, value in known)
            total.read += 1
            total.right += right
            if not right:
                total.wrong.append((row, quantities[0].id, figure))
            for label in hits[:1]:
                del left[label]
        total.wanted += len(row["finds"])
        total.found += len(row["finds"]) - len(left)
        total.missed += [(row, label, value) for label, value in left.items()]
    return total


# ── filings with these passages ──────────────────────────────────────────────


def filing_of(texts: Sequence[str], number: int, noughts: Sequence[Quantity], row: Row) -> Filing:
    """A filing with random figures that keep the rules, in which the quantities named are 0, and with these paragraphs: of the
    agency and the year of a passage."""
    draw, form = random.Random(number), load_form("2021")
    figures = {item.id: draw.randrange(60) for item in form.inputs}
    figures |= {item.id: draw.randrange(10**9) for item in form.inputs if item.type == "money"}
    figures |= dict.fromkeys((name for q in noughts for name in q.sum.fields), 0)
    if "requests.new.total" in {q.id for q in noughts}:
        figures |= {name: 0 for name in figures if name.startswith("requests.")}
    for column in {item.column.id for item in form.inputs_of("requests")}:
        new, came, left = (f"requests.{row}.{column}" for row in ("new", "carried_in", "carried_out"))
        ended = sum(v for name, v in figures.items() if name.endswith(f".{column}") and name not in (new, came, left))
        figures[came] = min(figures[came], ended + figures[left])
        figures[new] = ended + figures[left] - figures[came]
    agency = Agency("1101", row.get("agency", "示例县数据局"), "department")
    return Filing(form, agency, row.get("year", 2023), inputs=figures, texts={"overview": tuple(texts)})


def _places(row: Row) -> dict[str, int] | None:
    """For each label of a passage where its figure stands in the text; none where that is not sure."""
    found = {}
    for label, value in (*row["finds"].items(), *row.get("may_find", {}).items()):
        if value == 0:
            continue
        places = [m.start() for m in re.finditer(rf"(?<![\d.,]){value}(?![\d.%,])", row["text"])]
        if len(places) != 1 or places[0] in found.values():
            return None
        found[label] = places[0]
    return found


def _put(row: Row, figures: Mapping[str, str], places: Mapping[str, int]) -> str:
    """The passage with other figures."""
    text = row["text"]
    for label, at in sorted(places.items(), key=lambda item: -item[1]):
        text = text[:at] + figures[label] + text[at:].removeprefix(str((row["finds"] | row.get("may_find", {}))[label]))
    return text


@dataclass
class Told:
    """Filings judged; findings on figures where text and tables agree; figures put wrong, and those told."""

    filings: int = 0
    false: list[str] = field(default_factory=list)
    wrong: int = 0
    told: int = 0


def judged(passages: Sequence[Row], number: int, wrong: bool = False) -> Told:
    """``number`` filings, each with a passage whose figures are its tables', judged; ``wrong``: with one figure put wrong too."""
    usable = [(row, places) for row in passages if _honest(row) and (places := _places(row)) is not None]
    total = Told()
    for n in range(number):
        row, places = usable[n % len(usable)]
        lexicon = load_form("2021").lexicon
        known = {q.id: q for table in (lexicon.phrases, lexicon.none) for many in table.values() for q in many}
        labels = {**row["finds"], **row.get("may_find", {})}
        noughts = [known[label.split("|")[0]] for label, value in labels.items() if value == 0]
        one = filing_of((), n, noughts, row)
        values = {label: known[label.split("|")[0]].sum.total(one.values) for label in places}
        figures = {label: str(printed(values[label], known[label.split("|")[0]].type)) for label in places}
        total.filings += 1
        for finding in _findings(filing_of([_put(row, figures, places)], n, noughts, row)):
            total.false.append(finding.message)
        for label in row["finds"] if wrong else ():
            if label in places:
                off = figures | {label: str(int(float(figures[label])) + 1000)}
                total.wrong += 1
                rules = {f.rule for f in _findings(filing_of([_put(row, off, places)], n, noughts, row))}
                total.told += any(f"text.{name}" in rules for name in label.split("|"))
    return total


def _honest(row: Row) -> bool:
    return row.get("year", 2023) > 2020 and not row.get("left_over")


def _findings(filing: Filing) -> Iterator[Any]:
    return (f for f in judge(filing) if f.code in ("text-differs", "text-year"))


# ── why something is missed ──────────────────────────────────────────────────


def causes(missed: Sequence[tuple[Row, str, float]]) -> Counter[str]:
    """Why figures were missed, counted."""
    return Counter(_cause(row, label, figure) for row, label, figure in missed)


def _cause(row: Row, label: str, figure: float) -> str:
    from xltools.numerals import plain
    from xltools.rules.prose.clauses import clauses
    from xltools.rules.prose.tokens import UNKNOWN, sentences

    lexicon = lexicon_of(row)
    reader = Reader(lexicon, row.get("year", 2023), row.get("agency", "示例县数据局"))
    parts = [part for sentence in sentences(row["text"]) for part in clauses(reader.tokens(plain(sentence)))]
    names = set(label.split("|"))
    topic = next(
        (p[0] for p, many in (*lexicon.phrases.items(), *lexicon.none.items()) if names & {q.id for q in many}), ""
    )
    for part in parts:
        if not any(t.kind == "#" and float(t.amount) == figure for t in part.tokens) and not (
            figure == 0 and "@no" in part.kinds
        ):
            continue
        if UNKNOWN in part.kinds:
            return "短句里有不认得的词"
        alone, _ = reader.read(f"{topic}：{part.text}")
        return (
            "看懂了，但前文使它存疑"
            if any(names & {q.id for q in m.quantities} for m in alone)
            else "词都认得，没有这种说法"
        )
    return "数不成数，或者数和说法分在两句"
