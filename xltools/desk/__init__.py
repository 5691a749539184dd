"""The desk: a season in the browser, on this computer alone. It shows what the door (``xltools.api``) gives, and does what its calls
do; it knows nothing of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def serve(folder: Path, told: Callable[[str], None], *, port: int | None = None, browser: bool = True) -> None:
    """Serves the desk until somebody ends it; ``told`` hears its address. ``folder`` is a season's, or where seasons lie.

    XltoolsError where the folder is none, or the port is taken.
    """
    from xltools.desk.serving import run

    run(folder, told, port, browser=browser)
