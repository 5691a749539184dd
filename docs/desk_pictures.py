"""Takes the pictures of the desk from the demo: ``python docs/desk_pictures.py``.

Needs Chromium, the Noto CJK fonts, and ``pip install playwright`` (without its browsers).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from pictures import HERE, outcome

from xltools.demo import play

SIZE = {"width": 1366, "height": 768}
"""The screen of an office's PC."""


def desk(home: Path) -> tuple[subprocess.Popen[str], str]:
    """The desk over a folder, and its address."""
    words = [sys.executable, "-m", "xltools", "desk", str(home), "--no-browser"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def shoot(page: Any, name: str) -> None:
    page.screenshot(path=str(HERE / f"desk-{name}.png"))


def main() -> None:
    """The season, an agency that must correct, the summary, a new season."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play_:
        season, home = Path(folder) / "season", Path(folder) / "2023年度_示例市"
        for _ in play(season):
            pass
        outcome(season, home)
        process, address = desk(home)
        browser = play_.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            page = browser.new_context(viewport=SIZE, locale="zh-CN").new_page()
            page.goto(address)
            page.wait_for_selector(".agencies")
            # What changed is seen where something did: a correction comes in.
            for path in sorted((season / "更正后").glob("*.xlsx"))[5:7]:
                shutil.copy(path, home / "回收")
            page.wait_for_selector(".since", timeout=60_000)
            shoot(page, "season")
            page.click("tr.is-returned a")
            page.wait_for_selector(".found")
            shoot(page, "agency")
            page.click("nav >> text=汇总")
            page.click("main button.main")
            page.wait_for_selector(".task.done", timeout=120_000)
            page.reload()
            page.click("td[id='f-requests.new.natural'] button")
            page.wait_for_selector("#parts table")
            shoot(page, "summary")
        finally:
            browser.close()
            process.kill()


if __name__ == "__main__":
    main()
