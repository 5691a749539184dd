"""Draws the README's pictures from the demo: ``python docs/pictures.py``.

Needs LibreOffice, pdftoppm, Chromium and the Noto CJK fonts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import xltools
from xltools.demo import play
from xltools.demo.story import load_season
from xltools.season.home import lay_out

HERE = Path(__file__).parent / "pictures"

FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<match target="pattern"><test name="family"><string>宋体</string></test>
<edit name="family" mode="assign" binding="strong"><string>Noto Serif CJK SC</string></edit></match>
<match target="pattern"><test name="family"><string>黑体</string></test>
<edit name="family" mode="assign" binding="strong"><string>Noto Sans CJK SC</string></edit></match>
</fontconfig>"""
"""The fonts of Windows, stood in for by free ones."""


def draw(workbook: Path, pages: dict[int, str], size: tuple[int, int] = (661, 520)) -> None:
    """Prints a workbook and keeps some of its pages as pictures of a size."""
    folder = workbook.parent
    (folder / "fonts.conf").write_text(FONTS, "utf-8")
    environment = {**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf")}
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf",
         "--outdir", str(folder), str(workbook)],
        check=True, env=environment, capture_output=True,
    )  # fmt: skip
    for page, name in pages.items():
        crop = ["-x", "0", "-y", "30", "-W", str(size[0]), "-H", str(size[1])]
        printed = [str(workbook.with_suffix(".pdf")), str(HERE / name)]
        subprocess.run(["pdftoppm", "-r", "80", "-f", str(page), "-singlefile", "-png", *crop, *printed], check=True)


def photograph(page: Path, name: str) -> None:
    """Keeps what a browser shows of a page at first."""
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={page.parent}/browser",
         "--window-size=1120,900", f"--screenshot={HERE / name}.png", page.resolve().as_uri()],
        check=True, capture_output=True,
    )  # fmt: skip


def outcome(season: Path, home: Path) -> Path:
    """The page of a second check over the season, in a working folder: two agencies have corrected theirs since."""
    lay_out(home, load_season().year)
    shutil.copy(season / "名录.xlsx", home)
    for path in (season / "回收").glob("*.xlsx"):
        shutil.copy(path, home / "回收")
    xltools.check(home=home)
    for path in sorted((season / "更正后").glob("*.xlsx"))[2:5]:
        shutil.copy(path, home / "回收")
    page = xltools.check(home=home).page
    assert page is not None
    return page


SUPPLEMENT = """
id = "county"
title = "某县补充项"
editions = ["{edition}"]
years = {{ from = {year} }}
[[rows]]
section = "disclosure"
after = "normative"
rows = [{{ id = "county", label = "其中：县级备案" }}]
"""
"""A row of a county's own."""


def supplement(path: Path) -> None:
    """A row of a county's own in the newest edition's drawing."""
    edition = xltools.forms().to_json()["editions"][-1]
    source = path.with_name("county.toml")
    source.write_text(SUPPLEMENT.format(edition=edition["edition"], year=edition["years"][0]), "utf-8")
    xltools.draft_form(str(source), path)


def main() -> None:
    """A returned filing's table and 校验, the provisional summary's table, a supplement's drawing, the page of a check."""
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        season = Path(folder) / "season"
        for _ in play(season):
            pass
        returned = Path(folder) / "form.xlsx"
        returned.write_bytes(sorted((season / "回收").glob("*.xlsx"))[2].read_bytes())
        summary = Path(folder) / "summary.xlsx"
        summary.write_bytes((season / "汇总" / "汇总表.xlsx").read_bytes())
        draw(returned, {2: "cover", 5: "form"})
        draw(summary, {5: "summary"})
        supplement(Path(folder) / "supplement.xlsx")
        draw(Path(folder) / "supplement.xlsx", {3: "supplement"}, (935, 340))
        photograph(outcome(season, Path(folder) / "home"), "outcome")


if __name__ == "__main__":
    main()
