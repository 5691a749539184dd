"""Every layout of published reports on every table: figures placed, wrong, told, silent. ``python benchmarks/layouts.py [NAME…]``

The five tables of the tests, and the complete tables of real reports where they lie beside the checkout.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from report_layouts import LAYOUTS
from test_ingest_layouts import TABLES, compared


def main(wanted: list[str]) -> int:
    """Prints a line for each layout that is not perfect, and the sums; 1 where a figure is wrong or silent."""
    whole: Counter[str] = Counter()
    started = time.process_time()
    for layout in LAYOUTS:
        if wanted and not any(name in layout for name in wanted):
            continue
        for name, make in TABLES.items():
            count, _ = compared(layout, make())
            whole += count
            if set(+count) != {"placed"}:
                print(f"{layout} · {name}: {dict(count)}")
    share = whole["placed"] / max(1, sum(whole.values()))
    print(f"{len(LAYOUTS)} layouts, {sum(whole.values())} figures: {dict(whole)}, {share:.2%} placed, "
          f"{time.process_time() - started:.0f} s")  # fmt: skip
    return int(bool(whole["wrong"] or whole["silent"]))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
