"""Random edits of a drawing by LibreOffice: ``python benchmarks/drawing.py [EDITS] [EDITION]``.

Each must give the form intended, or be told at a cell; printed are how many of each kind did what, and every one that did neither.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from drawing_edits import Drawing, random_edit, verdict
from office import Office, Typing, lacking

import xltools
from xltools.editions import editions


def main(count: int = 300, edition: str = "") -> int:
    """Makes the edits, all in one LibreOffice, and judges each; 1 where one did neither."""
    if missing := lacking():
        print(missing)
        return 2
    begun, counts, wrong = time.monotonic(), Counter[tuple[str, str]](), []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "drawing.xlsx"
        xltools.draft_form(edition or editions()[-1], source)
        drawing = Drawing(source)
        edits = [random_edit(drawing, number) for number in range(count)]
        places = [folder / f"{number}.xlsx" for number in range(count)]
        Office(folder / "office").typed(
            [Typing(source, {}, place, edits=edit.steps) for edit, place in zip(edits, places, strict=True)]
        )
        for number, (edit, place) in enumerate(zip(edits, places, strict=True)):
            said = verdict(drawing, edit, place)
            counts[edit.kind, said.partition(":")[0]] += 1
            if said not in ("right", "told"):
                wrong.append(f"{number} {edit.kind}: {said}: {edit.steps}")
    for (kind, said), found in sorted(counts.items()):
        print(f"{kind:40} {said:16} {found}")
    print(f"{count} edits, {len(wrong)} neither right nor told, {time.monotonic() - begun:.0f} s")
    print("\n".join(wrong))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300, sys.argv[2] if len(sys.argv) > 2 else ""))
