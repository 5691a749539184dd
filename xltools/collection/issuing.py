"""Blank workbooks: one for each agency that files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from xltools.characters import visible
from xltools.collection.previous import Previous
from xltools.editions import edition_for, load_form
from xltools.errors import XltoolsError
from xltools.expressions import expression
from xltools.form.model import NONE, Agency, Filing, Form
from xltools.periods import in_words, part_of

_UNSAFE = expression(r'[\\/:*?"<>|\x00-\x1f]')


def form_for(year: int, supplements: tuple[str, ...] = (), family: str | None = None) -> Form:
    """The form of a report year, of a family, with its supplements; XltoolsError where a supplement is not for the year."""
    form = load_form(edition_for(year, family), supplements)
    if form.periods and part_of(year) not in form.periods:
        raise XltoolsError(
            f"{form.title}按期报，请写明是哪一期，例如 {int(year)}年{form.periods[0]}；各期：{'、'.join(form.periods)}"
        )
    if not form.periods and part_of(year):
        raise XltoolsError(f"{form.title}一年报一次，请写年度 {int(year)}，不是 {year}")
    if not form.covers(year):
        raise XltoolsError(f"补充项 {'、'.join(supplements)} 不用于 {in_words(year)}")
    return form


def file_name(agency: Agency, year: int) -> str:
    """The name of an agency's workbook: {year}_{code}_{name}.xlsx, without what a file name may not hold."""
    return f"{year}_{safe_name(agency.code)}_{safe_name(agency.name)}.xlsx"


def safe_name(words: str) -> str:
    """Words as part of a file name: without what such a name may not hold, and not too long."""
    return visible(_UNSAFE.sub("_", words)).strip(" .").encode()[:100].decode(errors="ignore")


class BlankSet(Mapping[Path, bytes]):
    """The blank workbooks of agencies, by file name; each is made when it is asked for, and not kept."""

    def __init__(self, agencies: Iterable[Agency], make: Callable[[Agency], Filing], year: int, sending: str) -> None:
        from xltools.workbook.copies import Plates

        self._agencies: dict[Path, Agency] = {}
        self._make, self._plates = make, Plates(sending)
        for agency in agencies:
            path = Path(file_name(agency, year))
            if path in self._agencies:
                raise XltoolsError(f"两个单位的文件名都是“{path}”；请修改名录中的单位代码")
            self._agencies[path] = agency

    def __getitem__(self, path: Path) -> bytes:
        return self._plates.write(self._make(self._agencies[path]))

    def __iter__(self) -> Iterator[Path]:
        return iter(self._agencies)

    def __len__(self) -> int:
        return len(self._agencies)


def blanks(
    agencies: Iterable[Agency],
    year: int,
    supplements: tuple[str, ...] = (),
    previous: Previous | None = None,
    *,
    lock: bool = True,
    sending: str = "",
    regions: Mapping[str, str] = NONE,
) -> BlankSet:
    """The blank workbooks of agencies, by file name; with ``previous``, last year's figures are in them (locked or not).

    ``sending`` says by when and to whom they go once they are filled in.
    """
    form = form_for(year, supplements)

    def make(agency: Agency) -> Filing:
        filing = previous.blank(form, agency, year, lock=lock) if previous else Filing(form, agency, year)
        region = regions.get(agency.code, "")
        return replace(filing, region=region) if region else filing

    return BlankSet(agencies, make, year, sending)
