"""The settings of a working folder: ``xltools.toml``, and the sheet 设置 of the roster, which goes first where it says anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltools.characters import visible
from xltools.classes import dataclass
from xltools.collection.issuing import form_for
from xltools.editions import editions, load_form
from xltools.editions.rulebook import unnamed
from xltools.editions.shelves import packs, shelved
from xltools.editions.source import Definition
from xltools.errors import FormError, XltoolsError
from xltools.form.model import Form
from xltools.inputs import Refused, content_of
from xltools.ooxml.lists import list_on
from xltools.periods import part_of, period, spoken
from xltools.season.docket import DECISIONS
from xltools.season.plain_toml import read_toml
from xltools.season.where import MEMORY, SETTINGS, family_of

if TYPE_CHECKING:
    from xltools.slips.letterhead import Letterhead

OUTCOME = "审核情况.html"
"""What the page of a check is called."""

READINGS = "readings"
"""The folder in that for what was read of each file."""

ROSTERS = ("名录.xlsx", "名录.csv")
FOLDERS = {"issued": "下发", "received": "回收", "returned": "退回", "summary": "汇总"}
"""The folders of a season by their keys in ``[folders]``, with the names that ``init`` gives them."""

SHEET, ITEM, WORDS, HELP = "设置", "项目", "内容", "说明"
"""The sheet of the roster that clerks fill in, and its headings."""

NEWEST = "取最后保存的一份"
PREFER = ("都不计入，请单位确认", NEWEST)
"""What may become of several different files of an agency, in the sheet's words."""

ITEMS: dict[str, tuple[str, str]] = {
    "office.deadline": ("报送期限", "写在退回单、催报的话和审核情况里，例：2026-01-20"),
    "office.contact": ("联系人", "单位有问题找谁"),
    "office.phone": ("联系电话", "单位有问题打哪个电话"),
    "office.signature": ("落款", "退回单末尾的名称，例：某县人民政府办公室"),
    "previous": (
        "上年的表",
        "上年的工作文件夹、汇总表，或者放填报表的文件夹；几处用分号隔开；留空，按建文件夹时定的",
    ),
    "supplements": (
        "地方补充项",
        "补充项的编号，几个用分号隔开，全部补充项见 xltools forms list；留空，按建文件夹时定的",
    ),
    "prefer": ("几份不同的表", f"一个单位报来几份不同的表时：留空，都不计入；或者填“{NEWEST}”"),
}
"""What the sheet may settle, by key: its words there, and what they are for."""

_SIZE, _LONGEST = 2**20, 60
_YEARS = range(1990, 2201)


@dataclass(frozen=True)
class Settings:
    """What the settings say. Paths begin with ``home``, the folder they lie in; ``hints`` is what is good to know of them."""

    home: Path
    year: int
    roster: Path
    supplements: tuple[str, ...]
    previous: tuple[Path, ...]
    newest: bool
    head: Letterhead
    issued: Path
    received: Path
    returned: Path
    summary: Path
    hints: tuple[str, ...] = ()

    @property
    def decisions(self) -> Path:
        """办理记录: what the office settled itself."""
        return self.home / DECISIONS

    @property
    def outcome(self) -> Path:
        """审核情况: what the last check found, beside what goes back."""
        return self.returned.parent / OUTCOME

    @property
    def memory(self) -> Path:
        """Where the program keeps what it knows from earlier runs."""
        return self.home / MEMORY


def read_settings(home: Path) -> Settings:
    """The settings of a working folder; XltoolsError names file, line or item, reason and remedy where they are wrong."""
    from xltools.slips.letterhead import Letterhead

    said = _Stated.of(home)
    said.only(said.data, "", ("year", "family", "roster", "supplements", "previous", "prefer", "office", "folders"))
    year = said.data.get("year")
    year = _period(year)
    if year is None:
        raise said.wrong("year", f'应当是报告年度，例：year = {_YEARS[0]}；按期报的，例：year = "{_YEARS[0]}年上半年"')
    folders, office = said.table("folders"), said.table("office")
    said.only(folders, "folders.", tuple(FOLDERS))
    said.only(office, "office.", tuple(key.removeprefix("office.") for key in ITEMS if key.startswith("office.")))
    roster = home / _slashes(said.text(said.data, "roster", ROSTERS[0]))
    said = said.with_sheet(roster)
    supplements = said.texts("supplements")
    try:
        with shelved(home, family_of(home)):
            form_for(year, supplements)
    except XltoolsError as problem:
        raise said.wrong("supplements" if supplements else "year", str(problem)) from None
    with shelved(home, family_of(home)):
        _fit_packs(form_for(year, supplements))
    prefer = said.words("prefer", said.data)
    if prefer not in ("", "newest", *PREFER):
        raise said.wrong("prefer", f"“{prefer}”不认识，可以留空，或者填 {NEWEST}（newest）")
    previous = tuple(home / _slashes(name) for name in said.texts("previous"))
    for path in previous:
        if not path.exists():
            raise said.wrong("previous", f"没有“{path}”这个文件或文件夹；请改成有的，或者留空")
    places = {key: said.inside(f"folders.{key}", said.text(folders, key, name, "folders."))
              for key, name in FOLDERS.items()}  # fmt: skip
    for name in (MEMORY, f"{MEMORY}/{READINGS}"):
        said.inside(name, name)
    head = Letterhead(*(said.words(f"office.{key}", office) for key in ("deadline", "contact", "phone", "signature")))
    return Settings(home, year, roster, supplements, previous, prefer in ("newest", NEWEST), head, **places,
                    hints=tuple(said.differing()))  # fmt: skip


def _period(said: object) -> int | None:
    """The period of the settings; None for what is none."""
    try:
        found = period(said) if isinstance(said, (int, str)) and not isinstance(said, bool) else 0
    except ValueError:
        return None
    return found if int(found) in _YEARS else None


def _fit_packs(form: Form) -> None:
    """XltoolsError where a rule pack names a rule that no edition has: a misspelt one would change nothing, unsaid."""
    if not packs():
        return
    rules = (*form.rules, *(rule for name in editions() for rule in load_form(name).rules))
    for source in packs():
        top = Definition(source.file, source.data)
        for key, name in unnamed(top, rules):
            at = source.placed(FormError(source.file, key, "")).key
            raise XltoolsError(
                f"规则包 {source.file}，{at}：没有叫“{name}”的规则；编号见 xltools forms show {form.edition}"
            )


@dataclass(frozen=True)
class _Stated:
    """What the two say: ``data`` the file, ``sheet`` the roster's sheet (words by key, none that is empty)."""

    home: Path
    lines: tuple[str, ...]
    data: dict[str, Any]
    roster: str = ""
    sheet: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, home: Path) -> _Stated:
        try:
            content = content_of(home / SETTINGS, _SIZE)
            data = read_toml(content)
        except Refused as problem:
            raise _wrong(SETTINGS, "（整个文件）", f"打不开：{problem.reason}") from None
        except ValueError as problem:
            raise _wrong(SETTINGS, "（整个文件）", str(problem)) from None
        return cls(home, tuple(content.decode("utf-8", "replace").splitlines()), data)

    def with_sheet(self, roster: Path) -> _Stated:
        """With what the roster's sheet says; a roster that cannot be read is told by whoever needs it."""
        try:
            content = content_of(roster, _SIZE * 32)
        except Refused:
            return self
        found = list_on(content, roster, "名录", SHEET, (ITEM, WORDS), (ITEM, WORDS))
        keys = {words: key for key, (words, _) in ITEMS.items()}
        sheet: dict[str, str] = {}
        for row in found.rows if found else ():
            key = keys.get("".join(row[ITEM].split()).rstrip("：:"))
            if key is None and row[WORDS]:
                raise _wrong(f"{roster.name} 的“{SHEET}”", f"第 {row.number} 行",
                             f"不认识“{row[ITEM]}”这一项；可以填：{'、'.join(keys)}")  # fmt: skip
            if key and row[WORDS]:
                sheet[key] = row[WORDS]
        return _Stated(self.home, self.lines, self.data, roster.name, sheet)

    def wrong(self, key: str, reason: str) -> XltoolsError:
        """A mistake, with where it stands."""
        if key in self.sheet:
            return _wrong(f"{self.roster} 的“{SHEET}”", ITEMS[key][0], reason)
        last = key.rpartition(".")[2]
        line = next(
            (n for n, words in enumerate(self.lines, 1) if re.match(rf"\s*{re.escape(last)}\s*[=＝]", words)), 0
        )
        return _wrong(f"{SETTINGS}{f' 第 {line} 行' if line else ''}", key, reason)

    def only(self, data: Mapping[str, Any], at: str, known: tuple[str, ...]) -> None:
        for key in data:
            if key not in known:
                raise self.wrong(f"{at}{key}", f"不认识的键；这里可用：{'、'.join(known)}")

    def table(self, key: str) -> dict[str, Any]:
        value = self.data.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, f"应当写成 [{key}]，下面一行一项")
        return value

    def text(self, data: Mapping[str, Any], key: str, default: str, at: str = "") -> str:
        value = data.get(key, default)
        if not isinstance(value, str) or any(c in value for c in "\0\n"):
            raise self.wrong(f"{at}{key}", f'应当是引号里的一行文字，例：{key} = "{default}"')
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Several texts, of the sheet where that says any; one alone, or none at all, will do."""
        if key in self.sheet:
            return tuple(words for part in re.split("[;；\n]", self.sheet[key]) if (words := part.strip()))
        value = self.data.get(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(item, str) and "\0" not in item for item in values):
            raise self.wrong(key, f'应当是引号里的文字，或者方括号里的几段文字，例：{key} = ["甲", "乙"]')
        return tuple(item for item in values if item)

    def words(self, key: str, data: Mapping[str, Any]) -> str:
        """A short text, of the sheet where that says any; a date or a number will do."""
        said = self.sheet[key] if key in self.sheet else _in_words(data.get(key.rpartition(".")[2], ""))
        if said is None or visible(said) != said:
            one = "应当写成一行，格子里不要换行" if key in self.sheet else "应当是引号里的一行文字"
            raise self.wrong(key, one)
        if len(said) > _LONGEST:
            raise self.wrong(key, f"太长（{len(said)} 个字，最多 {_LONGEST} 个）")
        return said.strip()

    def inside(self, key: str, name: str) -> Path:
        """A folder that is written to: it lies in the working folder, whatever links lead where."""
        home, name = self.home, _slashes(name)
        try:
            there = (home / name).resolve()
            inside = name and there.is_relative_to(home.resolve()) and there != home.resolve()
        except (OSError, RuntimeError):
            inside = False
        if not inside:
            raise self.wrong(key, f"“{name}”不在工作文件夹里面；请填工作文件夹里的一个文件夹的名字")
        return home / name

    def value(self, key: str) -> str:
        """What is said of a key that the sheet may settle, as the sheet puts it."""
        if key in ("previous", "supplements"):
            return "；".join(self.texts(key))
        said = self.words(key, self.table("office") if "." in key else self.data)
        return NEWEST if said == "newest" else said

    def differing(self) -> Iterator[str]:
        """What both say, and say differently."""
        plain = _Stated(self.home, self.lines, self.data)
        for key in self.sheet:
            own, here = plain.value(key), self.value(key)
            if own and _slashes(own) != _slashes(here):
                yield f"{ITEMS[key][0]}：按 {self.roster} 的“{SHEET}”里填的“{here}”；{SETTINGS} 里写的“{own}”不用"


def _in_words(value: object) -> str | None:
    """What was typed for a text: a date or a whole number too; None for anything else."""
    if isinstance(value, (str, date)) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    return None


def _slashes(name: str) -> str:
    """A path as every system takes it: Windows' own separators are typed on Windows, and the folder may travel."""
    return name.replace("\\", "/")


def _wrong(where: str, key: str, reason: str) -> XltoolsError:
    return XltoolsError(f"工作文件夹的设置有误：{where}，{key}：{reason}")


def rows_of(filled: Mapping[str, str], year: int) -> list[tuple[str, str, str]]:
    """The rows of the sheet, filled with words by key; the names of its items are the same for every period."""
    return [(words, filled.get(key, ""), spoken(what, part_of(year))) for key, (words, what) in ITEMS.items()]
