"""Random edits of drawings by LibreOffice: ``python benchmarks/drawing.py [form|supplement|pack] [EDITS] [EDITION]``.

Of a form's drawing, of a supplement's, of the list of a rule pack. Each must give what was meant, or be told at a cell; printed are
how many of each kind did what, and every one that did neither.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from drawing_edits import KINDS, Drawing, edit_of, verdict
from followed import OLD, form_at_hand
from local_edits import LOCAL_KINDS, LocalDrawing, local_verdict
from office import Office, Typing, lacking
from pack_edits import PACK_KINDS, PackDrawing, pack_verdict

import xltools
from xltools.editions import editions

Bench = tuple[Any, tuple[Any, ...], Callable[[Any, Any, Path], str]]
"""The drawing that is edited, the kinds of edits, and what is to be said of one."""


@contextmanager
def form(folder: Path, edition: str) -> Iterator[Bench]:
    """The drawing of an edition."""
    source = folder / "drawing.xlsx"
    xltools.draft_form(edition or editions()[-1], source)
    yield Drawing(source), KINDS, verdict


@contextmanager
def supplement(folder: Path, edition: str) -> Iterator[Bench]:
    """The drawing of a supplement to a small form."""
    with form_at_hand(folder, OLD):
        yield LocalDrawing(folder), LOCAL_KINDS, local_verdict


@contextmanager
def pack(folder: Path, edition: str) -> Iterator[Bench]:
    """The list of a rule pack for a small form."""
    with form_at_hand(folder, OLD):
        yield PackDrawing(folder), PACK_KINDS, pack_verdict


EDITED: dict[str, Any] = {"form": form, "supplement": supplement, "pack": pack}


def main(kind: str = "form", count: int = 300, edition: str = "") -> int:
    """Makes the edits, all in one LibreOffice, and judges each; 1 where one did neither."""
    if missing := lacking():
        print(missing)
        return 2
    begun, counts, wrong = time.monotonic(), Counter[tuple[str, str]](), []
    with tempfile.TemporaryDirectory() as name, EDITED[kind](Path(name), edition) as (drawing, kinds, verdict):
        edits = [edit_of(kinds, drawing, number) for number in range(count)]
        places = [Path(name) / f"{number}.xlsx" for number in range(count)]
        Office(Path(name) / "office").typed(
            [Typing(drawing.path, {}, place, edits=edit.steps) for edit, place in zip(edits, places, strict=True)]
        )
        for number, (edit, place) in enumerate(zip(edits, places, strict=True)):
            said = verdict(drawing, edit, place)
            counts[edit.kind, said.partition(":")[0]] += 1
            if said not in ("right", "told"):
                wrong.append(f"{number} {edit.kind}: {said}: {edit.steps}")
    for (what, said), found in sorted(counts.items()):
        print(f"{what:40} {said:16} {found}")
    print(f"{count} edits, {len(wrong)} neither right nor told, {time.monotonic() - begun:.0f} s")
    print("\n".join(wrong))
    return int(bool(wrong))


if __name__ == "__main__":
    given = sys.argv[1:]
    which = given.pop(0) if given and given[0] in EDITED else "form"
    sys.exit(main(which, int(given[0]) if given else 300, given[1] if len(given) > 1 else ""))
