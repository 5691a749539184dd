"""Forms of an office's own: drawn in Excel, looked over, made, compared, tried, taken over from a filing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from xltools.api.door import Name, door
from xltools.classes import dataclass
from xltools.errors import FormError, Misused

if TYPE_CHECKING:
    import pandas as pd

    from xltools.drawing.examine import Examined
    from xltools.drawing.trial import Tried
    from xltools.editions.differences import Difference


class ToldJson(TypedDict):
    """A mistake or a remark: where, what, and what to do."""

    severity: str
    place: str
    message: str
    remedy: str


class ExaminedJson(TypedDict):
    """``forms check --json``: a form that was looked over, and all that there is to tell of it."""

    file: str
    id: str
    sound: bool
    told: list[ToldJson]


@dataclass(frozen=True)
class FormsChecked:
    """Forms that were looked over."""

    forms: tuple[Examined, ...]

    @property
    def mistaken(self) -> bool:
        """Whether there is anything wrong with one of them."""
        return any(form.mistakes for form in self.forms)

    def to_json(self) -> list[ExaminedJson]:
        """What ``forms check --json`` prints."""

        def told(found: tuple[FormError, ...], severity: str) -> list[ToldJson]:
            return [{"severity": severity, "place": t.key, "message": t.reason, "remedy": t.remedy} for t in found]

        return [
            {
                "file": f.name,
                "id": f.id,
                "sound": not f.mistakes,
                "told": [*told(f.mistakes, "error"), *told(f.remarks, "note")],
            }
            for f in self.forms
        ]

    def to_frame(self) -> pd.DataFrame:
        """A mistake or remark a row."""
        import pandas as pd

        return pd.DataFrame([{"file": one["file"], **t} for one in self.to_json() for t in one["told"]])


@dataclass(frozen=True)
class FormWritten:
    """A file of a form that was written, and what was noticed of it."""

    output: Path
    id: str
    remarks: tuple[FormError, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The file and the form's id."""
        from xltools.outputs import slashed

        return {"file": slashed(self.output), "id": self.id}


@dataclass(frozen=True)
class FormsCompared:
    """What changed from one form to another."""

    old: str
    new: str
    changes: tuple[Difference, ...]
    output: Path | None = None

    def to_json(self) -> dict[str, Any]:
        """Both ids, and every change."""
        changes = [{"kind": c.kind, "what": c.what, "where": c.where, "words": c.words} for c in self.changes]
        return {"old": self.old, "new": self.new, "changes": changes}


@dataclass(frozen=True)
class FormTried:
    """A form tried on sample figures: the files written, and what each relation made of figures that keep it and that break it."""

    files: tuple[Path, ...]
    relations: tuple[Tried, ...]


@door
def draft_form(
    edition: str,
    output: Name,
    *,
    year: int | None = None,
    supplement: str | None = None,
    pack: str | None = None,
    force: bool = False,
    home: Name | None = None,
) -> FormWritten:
    """Writes an edition, a supplement or a definition file as a drawing; for ``year``, as the beginning of the one that follows.

    ``supplement`` is the id of a new one: the edition's tables are drawn, for its rows to be put in. ``pack`` is the id of a new
    rule pack: a list beside which the edition's rules stand. A rule pack's file is written as such a list.
    """
    from xltools.drawing.draw import drawing_of
    from xltools.drawing.examine import examine, known_rules
    from xltools.drawing.following import following, supplementing
    from xltools.drawing.packdraw import packlist_of
    from xltools.outputs import write_whole

    target = Path(output)
    if target.suffix.lower() != ".xlsx":
        raise Misused(f"表样只能写成 .xlsx，不是“{target.suffix}”。")
    found = examine(edition)
    if found.pack:
        found.fit()
    if found.pack or pack:
        data = {"id": pack} if pack else found.data
        rules = known_rules(found.readable().edition if pack else None)
        write_whole(target, packlist_of(data, rules), force=force)
        return FormWritten(target, str(data["id"]))
    form, data = found.readable() if supplement else found.sound(), found.data
    if found.supplement and (year is not None or supplement):
        raise Misused("--for、--supplement 只用于格式版本；要改已有的补充项，不用这两项。")
    if supplement:
        data = supplementing(form, supplement, year)
    elif year is not None:
        data = following(data, form, year)
    write_whole(target, drawing_of(data, form), force=force)
    return FormWritten(target, str(data["id"]))


@door
def check_forms(*given: Name, home: Name | None = None) -> FormsChecked:
    """Looks over drawings, definition files, or forms that are there by their ids: every mistake and every remark at once."""
    from xltools.drawing.examine import examine

    if not given:
        raise Misused("请给出表样（.xlsx）、格式定义（.toml），或者格式版本的编号。")
    return FormsChecked(tuple(examine(one) for one in given))


@door
def new_form(
    drawing: Name, output: Name | None = None, *, force: bool = False, home: Name | None = None
) -> FormWritten:
    """Makes a form of a drawing: ``ID.toml`` in the folder given, else in 格式/ of the working folder, else in the user's own.

    A rule pack goes into 规则/ of the working folder.
    """
    from xltools.drawing.examine import examine
    from xltools.outputs import write_whole

    found = examine(drawing)
    found.fit()
    target = (Path(output) if output is not None else _shelf(home, found.pack)) / f"{found.id}.toml"
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, found.text.encode("utf-8"), force=force)
    return FormWritten(target, found.id, found.remarks)


def _shelf(home: Name | None, pack: bool = False) -> Path:
    from xltools.editions.shelves import FORMS, PACKS, own_folder
    from xltools.season.where import find_home

    found = Path(home) if home is not None else find_home(Path())
    if pack and found is None:
        raise Misused("规则包放在工作文件夹的 规则/ 里：请在工作文件夹里运行，或者用 -o 指明放在哪里。")
    return found / (PACKS if pack else FORMS) if found is not None else own_folder()


@door
def diff_forms(
    old: Name, new: Name, output: Name | None = None, *, force: bool = False, home: Name | None = None
) -> FormsCompared:
    """What changed from one form to another (ids, definition files or drawings); written as .docx or .html to an output given."""
    from xltools.drawing.circular import writer_of
    from xltools.drawing.examine import examine
    from xltools.editions.differences import differences
    from xltools.outputs import write_whole

    target = Path(output) if output is not None else None
    write = writer_of(target) if target else None
    was, now = (examine(one).readable() for one in (old, new))
    changes = tuple(differences(was, now))
    if target and write:
        write_whole(target, write(was, now, changes), force=force)
    return FormsCompared(was.edition, now.edition, changes, target)


@door
def try_form(given: Name, output: Name, *, force: bool = False, home: Name | None = None) -> FormTried:
    """Tries a form: a blank and a filled workbook in a folder; for each relation figures that keep it and figures that break it."""
    from xltools.drawing.examine import examine
    from xltools.drawing.trial import sample_filing, samples, tried
    from xltools.outputs import write_all
    from xltools.workbook.write import write_filing

    form = examine(given).readable()
    files = {
        Path(output) / "空白表.xlsx": write_filing(sample_filing(form)),
        Path(output) / "试填.xlsx": write_filing(sample_filing(form, samples(form))),
    }
    write_all(files.items(), list(files), force=force)
    return FormTried(tuple(files), tuple(tried(form)))


@door
def accept_form(
    filing: Name, *, apart: bool = False, force: bool = False, home: Name | None = None
) -> tuple[FormWritten, ...]:
    """Takes over the form that came with a filing: its edition and supplements that are not there yet, into 格式/.

    One that clashes with those that are there is refused, unless they are to stand ``apart``.
    """
    from xltools.outputs import write_all
    from xltools.received.accepting import taken_over

    shelf = _shelf(home)
    taken = taken_over(Path(filing), apart=apart)
    files = {shelf / file: text.encode("utf-8") for file, text, _ in taken}
    shelf.mkdir(parents=True, exist_ok=True)
    write_all(files.items(), list(files), force=force)
    return tuple(FormWritten(shelf / file, Path(file).stem, told) for file, _, told in taken)
