"""The door for Python: what the commands do, as functions. ``import xltools`` shows the same names.

Each takes what its command takes (paths as ``str`` or ``Path``, one or several) and, started in a working folder, knows it as the
command does; ``home`` names another. Each returns a result with ``to_json()``, equal to what the command prints, and
``to_frame()``. What cannot be done is an ``XltoolsError``. No process is started unless ``jobs`` is given.

>>> len(codes().to_json()) > 50
True
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from xltools.api.archiving import archive
from xltools.api.authoring import accept_form, check_forms, diff_forms, draft_form, new_form, try_form
from xltools.api.door import Name, Names, alone, door, parts_of, path_of, paths_of, words_of
from xltools.api.files import export, fill, import_report, read
from xltools.api.gathering import combine, gather
from xltools.api.office import (
    Arrived,
    Chosen,
    Moved,
    aside,
    check_roster,
    choose,
    decide,
    put_setting,
    receive,
    undecide,
)
from xltools.api.packing import Packaged, pack
from xltools.api.results import Blanks, Listing, Reported
from xltools.api.sets import Checked, Merged
from xltools.api.showing import Viewed, compare, show
from xltools.errors import Misused, XltoolsError
from xltools.terms import several

if TYPE_CHECKING:
    from xltools.collection.gathered import Gathered
    from xltools.findings import Finding
    from xltools.form.model import Form
    from xltools.pages.outcome import Picture
    from xltools.season.work import Progress

__all__ = (
    "Season", "XltoolsError", "accept_form", "archive", "aside", "blank", "check", "check_forms", "check_roster", "choose",
    "codes", "combine", "compare", "decide", "diff_forms", "draft_form", "export", "fill", "forms", "gather", "import_report",
    "load_form", "merge", "new_form", "pack", "put_setting", "read", "receive", "report", "show", "try_form", "undecide",
)  # fmt: skip


def _web_page(given: Name | None) -> Path | None:
    path = path_of(given)
    if path is not None and path.suffix.lower() not in (".html", ".htm"):
        raise Misused(f"审核情况是网页，请用 .html 结尾的文件名，不是“{path.name}”。")
    return path


# ── a season ─────────────────────────────────────────────────────────────────


@door
@alone
def blank(
    *,
    roster: Name | None = None,
    year: int | None = None,
    family: str | None = None,
    previous: Names = (),
    unlock_carried: bool = False,
    supplements: str | Iterable[str] = (),
    name: str | None = None,
    code: str | None = None,
    level: str | None = None,
    output: Name | None = None,
    force: bool = False,
    home: Name | None = None,
    progress: Progress | None = None,
) -> Blanks:
    """Writes a blank workbook for each agency of a roster that files, or for the one named; in a working folder the missing ones.

    ``output`` is a folder, or for one agency an .xlsx; ``previous`` are last year's filings, whose figures are carried over and
    locked unless ``unlock_carried``. ``family`` names one of several kinds of returns, where the folder does not.
    """
    from xltools.collection.check import of_period
    from xltools.collection.issuing import blanks, form_for
    from xltools.outputs import write_all
    from xltools.season.named import agency_of
    from xltools.season.where import where_else
    from xltools.season.work import quietly, settle

    one = bool(name or code or level)
    if roster and one:
        raise Misused("--roster 和 --name/--code/--level 只能用一种。")
    work = settle((), path_of(roster), year, paths_of(previous), None, words_of(supplements), path_of(home))
    if work.year is None:
        raise Misused(f"缺少 --year；{where_else()}。")
    known, named = None if one else work.roster(), agency_of(code, name, level)
    if known is None and named is None:
        raise Misused("请给出名录 --roster，或者同时给出 --name、--code、--level。")
    agencies = [entry.agency for entry in known.expected] if known else [named] if named else []
    folder = path_of(output)
    if folder is None:
        folder, agencies = work.issue(agencies, anew=force or one)
    last = work.previous(known)
    form = form_for(work.year, work.supplements)
    made = blanks(agencies, work.year, work.supplements, last, lock=not unlock_carried,
                  sending=work.head.sending, regions=known.regions if known else {})  # fmt: skip
    told = [*last.findings, *last.lacking(agencies, work.year, form.periods), *last.unfollowed(form)] if last else []
    alone = folder.suffix.lower() == ".xlsx" and len(made) == 1
    places = {file: folder if alone else folder / file for file in made}
    work.refuse_received(places.values())
    files = (progress or quietly)(list(made), "生成空白表")
    write_all(((places[file], made[file]) for file in files), list(places.values()), force=force)
    return Blanks(tuple(places.values()), tuple(agencies), work.year, of_period(told, work.year), work.hints)


@door
@alone
def check(
    paths: Names | Gathered | None = None,
    *,
    roster: Name | None = None,
    previous: Names = (),
    year: int | None = None,
    prefer: str | None = None,
    parts: Names = (),
    slips: Name | None = None,
    output: Name | None = None,
    force: bool = False,
    jobs: int | None = None,
    home: Name | None = None,
    progress: Progress | None = None,
) -> Checked:
    """Reads filings, recomputes and judges them, one by one and as a set; or as a set what has been gathered of them already.

    ``previous`` are last year's, to hold them against; ``parts`` filings that they should be the sum of; into ``slips`` go marked
    copies and 退回单 of what goes back, to ``output`` the page to be looked at (.html); ``prefer="newest"`` lets the latest of an
    agency's files count.
    """
    from xltools.outputs import refuse_existing, refuse_inputs
    from xltools.season.where import where_else
    from xltools.season.work import quietly, settle

    given, gathered = parts_of(paths)
    work = settle(
        given, path_of(roster), year, paths_of(previous), prefer, (), path_of(home), progress or quietly, gathered
    )
    if not work.paths:
        raise Misused(f"请给出要审核的文件或文件夹；{where_else()}。")
    page = _web_page(output)
    if page is not None:
        refuse_inputs(page, *given, *filter(None, [work.roster_path]))
        refuse_existing([page], force)
    ignore = work.not_filings(page) | work.earlier_slips(path_of(slips))
    collection = work.check(jobs, ignore)
    if not collection.received and (collection.roster is None or not all(path.is_dir() for path in given)):
        beside = [found.message.rstrip("。") for found in collection.findings if found.file]
        told = f"。那里的文件都没有读：{several(beside, 3, '个', '；')}" if beside else ""
        raise XltoolsError(f"没有找到填报表（.xlsx）：{'、'.join(str(path) for path in given)}{told}")
    if beneath := paths_of(parts):
        work.hold_against(collection, beneath, jobs, ignore)
    sent = work.write_slips(collection, path_of(slips), force=force)

    def outcome(place: Path) -> Picture:
        from xltools.pages.outcome import Outcome

        return Outcome(collection, sent or (), work.head, work.run is not None).picture(place)

    work.list_asked(collection)
    changes = work.remember(collection)
    picture = work.picture(outcome, page)
    if picture is not None:
        page = work.write_page(picture.page(f"{datetime.now():%Y-%m-%d %H:%M}", changes), page, force=force)
    work.keep()
    written = None if sent is None else [slip.path for slip in sent]
    return Checked(collection, written, changes, work.hints, page, sent=sent or ())


@door
@alone
def merge(
    paths: Names | Gathered | None = None,
    *,
    roster: Name | None = None,
    output: Name | None = None,
    year: int | None = None,
    previous: Names = (),
    prefer: str | None = None,
    jobs: int | None = None,
    name: str | None = None,
    code: str | None = None,
    level: str | None = None,
    include_queried: bool = False,
    force: bool = False,
    home: Name | None = None,
    progress: Progress | None = None,
) -> Merged:
    """Writes the summary workbook of all accepted filings, with ``include_queried`` also of those with open queries; of files and
    folders, or of what has been gathered of them.

    The area is the roster's own top, or the one that ``name``, ``code`` and ``level`` name. What the office typed into a summary
    that is replaced is taken over.
    """
    from xltools.outputs import refuse_existing, write_whole
    from xltools.season.named import area_of
    from xltools.season.where import where_else
    from xltools.season.work import quietly, settle
    from xltools.summary.data import beside, lying_beside
    from xltools.summary.judged import judged
    from xltools.summary.writing import summarise

    given, gathered = parts_of(paths)
    work = settle(
        given, path_of(roster), year, paths_of(previous), prefer, (), path_of(home), progress or quietly, gathered
    )
    known = work.roster()
    if not work.paths or known is None or not (output or work.run):
        lacking = "PATH" if not work.paths else "--roster" if known is None else "-o"
        raise Misused(f"缺少 {lacking}；{where_else()}。")
    area = area_of(known, code, name, level)
    target = work.replacing(path_of(output), area, force=force)
    collection = work.check(jobs, work.not_filings(target.path))
    kept = target.kept(area, collection.year)
    summary, content = summarise(collection, known, area, work.progress, include_queried=include_queried,
                                 previous=collection.previous, kept=kept, name=target.path.stem)  # fmt: skip
    target.refuse_poorer(summary.filing)
    made = judged(summary, target.path)
    figures = {target.beside(ending): pieces for ending, pieces in beside(summary, work.progress)}
    refuse_existing([*figures], target.force)
    if output is None:
        work.list_asked(collection)  # before, for what is written later makes the folder's summary old
    for path, pieces in figures.items():
        write_whole(path, pieces, force=target.force)
    write_whole(target.path, content, force=target.force)
    work.hints.extend(target.put_away(lying_beside(target.path), figures))
    changes = work.remember(collection)
    work.keep()
    return Merged(collection, None, changes, work.hints, None, summary, made, kept, [*figures])


@door
def report(
    file: Name,
    output: Name,
    *,
    address: str = "",
    email: str = "",
    previous: Names = (),
    force: bool = False,
    home: Name | None = None,
) -> Reported:
    """Writes the publishable annual report of a filing or summary, as .docx or .html. In a working folder what the office settled
    there counts, whatever year the file is of."""
    from xltools.findings.failures import apart
    from xltools.outputs import refuse_existing, refuse_inputs, write_whole
    from xltools.publication.content import report_of
    from xltools.publication.endings import writer_of
    from xltools.season.work import settle

    source, target, last = Path(file), Path(output), paths_of(previous)
    write = writer_of(target)
    refuse_inputs(target, source, *last)
    refuse_existing([target], force)
    if not source.is_file():
        raise XltoolsError(f"没有这个文件：{source}")
    [received] = settle((source,), None, None, last, None, (), path_of(home)).alone().received
    if received.filing is None:
        return Reported(received, received.findings)
    failed: list[Finding] = []
    with apart("report", source, failed.append, received.filing.agency, but=(XltoolsError,)):
        made = report_of(received, address.strip(), email.strip())
        content = write(made)
    if failed:
        return Reported(received, failed)
    write_whole(target, content, force=force)
    return Reported(received, [], target, made)


class Season:
    """A season's working folder: the calls above as if they were made inside it, from wherever the program runs."""

    def __init__(self, home: Name) -> None:
        """XltoolsError where it is no working folder, or its settings are wrong."""
        from xltools.season.settings import read_settings

        self.home = Path(home)
        self.settings = read_settings(self.home)

    @classmethod
    def init(
        cls,
        home: Name,
        year: int,
        supplements: str | Iterable[str] = (),
        *,
        family: str | None = None,
        after: Name | None = None,
        roster: Name | None = None,
        previous: Names = (),
        deadline: str = "",
        contact: str = "",
        phone: str = "",
        signature: str = "",
        force: bool = False,
    ) -> Season:
        """Lays out a new working folder. ``family`` names the returns that it is for, of several kinds; ``after`` is last year's,
        which goes on; ``roster`` one whose rows are taken over;
        ``previous`` are last year's filings; the rest is what goes into the office's letters."""
        from xltools.season.home import lay_out, told_in

        at = Path(home)
        said = {
            "office.deadline": deadline,
            "office.contact": contact,
            "office.phone": phone,
            "office.signature": signature,
        }
        said["previous"] = "；".join(told_in(at, path) for path in paths_of(previous))
        door(lay_out)(Path(home), year, words_of(supplements), family=family, after=path_of(after), roster=path_of(roster),
                      said={key: words for key, words in said.items() if words}, force=force)  # fmt: skip
        return cls(home)

    def blank(self, **given: Any) -> Blanks:
        """The blanks that are not there yet; takes what ``blank`` takes."""
        return blank(home=self.home, **given)

    def receive(self, files: Names | Iterable[tuple[str, BinaryIO]]) -> Arrived:
        """Files put into 回收; takes what ``receive`` takes."""
        return receive(files, home=self.home)

    def choose(self, file: Name) -> Chosen:
        """One of an agency's files counts; takes what ``choose`` takes."""
        return choose(file, home=self.home)

    def aside(self, files: Names, *, back: bool = False) -> Moved:
        """Files moved out of 回收 into 未采用, or back; takes what ``aside`` takes."""
        return aside(files, back=back, home=self.home)

    def undecide(self, agency: str, item: str) -> Path:
        """What was settled in 办理记录 taken out of it; takes what ``undecide`` takes."""
        return undecide(agency, item, home=self.home)

    def decide(self, agency: str, item: str, *, by: str, date: str, words: str) -> Path:
        """A query settled in 办理记录; takes what ``decide`` takes."""
        return decide(agency, item, by=by, date=date, words=words, home=self.home)

    def pack(self, output: Name | None = None, *, force: bool = False) -> Packaged:
        """The summary packed for the level above; takes what ``pack`` takes."""
        return pack(output, force=force, home=self.home)

    def show(self, file: Name, *, previous: Names = ()) -> Viewed:
        """A file to be looked at; takes what ``show`` takes."""
        return show(file, previous=previous, home=self.home)

    def check(self, paths: Names | None = None, **given: Any) -> Checked:
        """What came in, judged, slips written, the run remembered; takes what ``check`` takes."""
        return check(paths, home=self.home, **given)

    def merge(self, paths: Names | None = None, **given: Any) -> Merged:
        """The summary; takes what ``merge`` takes."""
        return merge(paths, home=self.home, **given)

    def report(self, file: Name, output: Name, **given: Any) -> Reported:
        """The annual report of a file, usually the summary; takes what ``report`` takes."""
        return report(file, output, home=self.home, **given)


# ── forms and codes ──────────────────────────────────────────────────────────


@door
def load_form(edition: str, supplements: str | Iterable[str] = ()) -> Form:
    """The form of an edition with supplements: fields, rules, sections. XltoolsError where there is none so."""
    from xltools.editions import load_form

    return load_form(edition, words_of(supplements))


@door
def forms(edition: str | None = None, supplements: str | Iterable[str] = (), *, home: Name | None = None) -> Listing:
    """All editions and supplements, those of a working folder too; with ``edition``, its fields and rules, as ``forms show`` tells
    them."""
    from xltools.editions.describe import form_json, forms_list

    if edition is None:
        return Listing(forms_list(), "editions")
    return Listing(form_json(load_form(edition, supplements)), "fields")


def codes() -> Listing:
    """Every finding code: severity, meaning, remedy."""
    from xltools.editions.describe import codes_json

    return Listing(codes_json())
