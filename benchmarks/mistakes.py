"""The table of typical mistakes in a definition: what is said of each now, its grade, and what it was before the house could say it.

    python benchmarks/mistakes.py

Grades: A the line, what is wrong in Chinese, and what to do; B no line, or nothing to do; C does not say which sign is meant; D in
English, or at the wrong line; F passed over, or a crash. Before: commit ace9f48.
"""

import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from test_form_mistakes import NOTICED, SAVED, TOLD, looked_over

BEFORE = {
    "a wrong key": "A", "an id twice": "A", "a relation's id twice": "A", "a circle of sums": "A", "an unknown part of a sum": "A",
    "a long sheet name": "A", "an unknown severity": "A", "an unknown type": "A", "a year as text": "A", "no year": "A",
    "no rows": "A", "no title of a part": "A", "another file's id": "A",
    "an unknown field": "B", "counts against money": "B",
    "a misspelt place": "C", "a full-width plus": "C", "a sign for at most": "C", "a division": "C", "a fraction": "C",
    "brackets in a sum": "C",
    "no comma in a line": "D", "full-width quotes": "D", "a full-width comma": "D", "a full-width equals sign": "D",
    "a full-width brace": "D", "a full-width space": "D", "a string without end": "D", "no comma between lines": "D",
    "single brackets": "D", "an id in Chinese": "D", "an id with a dash": "D", "an id with a space": "D",
    "with Windows' line ends": "A", "with tabs": "A",
}  # fmt: skip
"""All others were passed over, or a crash: F."""


def grade(found) -> str:
    """The grade of what is said of a mistake."""
    if not re.match(r"第 \d+ 行", found.key):
        return "B"
    return "A" if re.search("[一-鿿]", found.reason) and found.remedy else "B"


def rows(folder: Path):
    """Every mistake: its name, the grade before, the grade now, what is said."""
    for name, (text, place, reason, remedy) in TOLD.items():
        told = looked_over(folder, text).mistakes
        found = next(m for m in told if all(w in f"{m.key}：{m.reason}→{m.remedy}" for w in (place, reason, remedy)))
        yield name, BEFORE.get(name, "F"), grade(found), f"{found.key}：{found.reason} → {found.remedy}"
    for name, (text, words) in NOTICED.items():
        found = next(r for r in looked_over(folder, text).remarks if words in r.reason)
        yield name, BEFORE.get(name, "F"), grade(found), f"{found.key}：{found.reason} → {found.remedy}"
    for name, content in SAVED.items():
        found = looked_over(folder, content)
        yield name, BEFORE.get(name, "F"), "F" if found.mistakes else "A", "读得出来"


def main() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as folder:
        table = list(rows(Path(folder)))
    for name, before, now, said in table:
        print(f"{before} → {now}  {name}: {said}")
    for when, at in (("before", 1), ("now", 2)):
        grades = [row[at] for row in table]
        print(when, ", ".join(f"{g} {grades.count(g)}" for g in "ABCDF"), f"of {len(table)}")


if __name__ == "__main__":
    main()
