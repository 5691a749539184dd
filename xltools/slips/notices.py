"""Notices: what several files together show, told to the agencies concerned in words.

Nothing of a file goes to an agency that may not have filled it in: no figure, no text, no name or telephone, no marked copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from xltools.classes import dataclass
from xltools.collection.collected import Collection, is_asked
from xltools.collection.issuing import file_name
from xltools.findings import Finding
from xltools.form.model import Agency
from xltools.outputs import slashed
from xltools.periods import in_words
from xltools.received.file import Received
from xltools.slips.letterhead import Letterhead


@dataclass(frozen=True, slots=True)
class Notice:
    """A 退回单 without a marked copy: for whom, what about in a word, the line for the chat text, and its paragraphs.

    ``returned`` says that the agency has to file again because of it; else it is told of a mistake with another's form.
    ``awaited`` is whether anything has to come back: where nothing has, no day is set for it.
    """

    agency: Agency
    about: str
    line: str
    paragraphs: tuple[str, ...]
    returned: bool = True
    awaited: bool = True

    def letter(self, title: str, year: int, head: Letterhead) -> bytes:
        """The notice as .docx."""
        from xltools.slips.letter import notice

        facts = [
            ("填报单位", self.agency.name, "单位代码", self.agency.code),
            ("报告年度", in_words(year), "事由", self.about),
        ]
        return notice(title, facts, self.paragraphs, head, awaited=self.awaited)


def notices(collection: Collection) -> Iterator[Notice]:
    """Every notice of a run: to both agencies where one seems to have filled in the other's form, then on several files of one."""
    told: set[tuple[str, str]] = set()
    for received in collection.received:
        pair = _pair(received, collection)
        if pair and (pair[0].code, pair[1].code) not in told:
            told.add((pair[0].code, pair[1].code))
            yield from _mistaken(*pair, collection)
        elif (there := _already(received, collection)) and not received.superseded_by:
            yield _past(received, there, collection)
    for found in collection.findings:
        if found.code == "agency-duplicate" and found.severity == "error" and found.agency:
            own = [r for r in _those(found, collection) if r.doubt is None]
            if len(own) > 1:
                yield _several(found, own)


def withheld(collection: Collection) -> frozenset[Path]:
    """The files that nothing goes back of: perhaps another agency's, not the one that will count, of another year beside it."""
    kept = {received.path for received in collection.received if received.doubt or _already(received, collection)}
    for found in collection.findings:
        if found.code == "agency-duplicate" and found.severity == "error" and found.agency:
            files = [r for r in _those(found, collection) if r.doubt is None]
            last = str(found.detail["last"])
            if len(files) > 1 and (found.detail["mixed"] or last):
                kept |= {r.path for r in files if slashed(r.path) != last}
    return frozenset(kept)


def besides(received: Received, collection: Collection) -> str:
    """What a file's own letter says of the agency's other files, where these do not count; "" where there are none."""
    for found in collection.findings:
        if found.code != "agency-duplicate" or received.filing is None or found.agency != received.filing.agency:
            continue
        if found.severity == "note" and found.detail["last"] in ("", slashed(received.path)):
            same = (
                "内容相同，只计一份"
                if not found.detail["last"]
                else f"以最后保存的“{received.path.name}”为准，其余不计"
            )
            return f"你单位报来 {found.detail['count']} 份表（{_names(_those(found, collection))}），{same}。"
    return ""


def _pair(received: Received, collection: Collection) -> tuple[Agency, Agency, Finding] | None:
    doubt, roster = received.doubt, collection.roster
    if doubt is None or roster is None or doubt.agency is None:
        return None
    return doubt.agency, roster.by_code[doubt.detail["other_code"]].agency, doubt


def _mistaken(own: Agency, other: Agency, doubt: Finding, collection: Collection) -> Iterator[Notice]:
    assert collection.year is not None
    year = collection.year
    mine = [r for r in _files(collection, own) if r.doubt is None]
    blank, theirs = (f"空白表“{file_name(agency, year)}”" for agency in (own, other))
    yield Notice(own, "别的单位用了你单位的表", f"以你单位名义报来的一份表像是{other.name}填的，没有计入；"
                 + ("请确认另外报来的是你单位填的。" if mine else "请用发给你单位的空白表报送。"), (
        f"收到一份表，用的是你单位（{own.code}）的表，看来却是{other.name}填的：{doubt.detail['evidence']}。"
        "这一份没有计入，里面的数不作为你单位的数。",
        f"你单位另外报来的{_names(mine)}，请确认是你单位填的。" if mine else f"请用发给你单位的{blank}填报本单位的情况，重新报送。",
        f"如果这一份确实是你单位填的，请改正其中写着{other.name}的地方后重新报送，并告知本级。",
    ))  # fmt: skip
    filed = any(r.doubt is None for r in _files(collection, other))
    yield Notice(other, "用了别的单位的表", f"像是用了发给{own.name}的表填报，没有计入；"
                 + ("自己的表已经收到，请核对。" if filed else "请改用发给你单位自己的空白表重新填报。"), (
        f"收到一份表，看来是你单位填的，用的却是发给{own.name}（{own.code}）的表：{doubt.detail['evidence']}。"
        "每个单位的表里都记着这个单位的名称和代码，用别的单位的表填报，数会算到别的单位头上，所以没有计入。",
        "你单位自己的表已经收到，请核对里面是不是你单位的数；无误的不用重报。" if filed else
        f"请用发给你单位自己（{other.code}）的{theirs}重新填报；手边没有的，请向本级要。填过的数可以照抄，不要改动表里的单位名称和代码。",
        "如果那一份不是你单位填的，请告知本级。",
    ), returned=False, awaited=not filed)  # fmt: skip


def _asked(collection: Collection) -> str:
    return in_words(collection.year or 0)


def _already(received: Received, collection: Collection) -> list[Received]:
    """This year's files of the agency that a file of another year is of: with these there is nothing to file again."""
    filing = received.filing
    return _files(collection, filing.agency) if filing and not is_asked(filing, collection) else []


def _past(received: Received, there: list[Received], collection: Collection) -> Notice:
    filing = received.known
    file, names = f"“{received.path.name}”", _names(there)
    return Notice(filing.agency, "报来别的年度的表", f"另外报来的{file}是 {in_words(filing.year)}的表，没有计入，不用再报。", (
        f"收到你单位的{file}，是 {in_words(filing.year)}的表，这次收的是 {_asked(collection)}的，没有计入。",
        f"你单位 {_asked(collection)}的表{names}已经收到。这一份不用再报；要更正 {in_words(filing.year)}的数，请告知本级。",
    ), returned=False, awaited=False)  # fmt: skip


def _several(found: Finding, files: list[Received]) -> Notice:
    assert found.agency is not None
    number, last = len(files), Path(str(found.detail["last"])).name
    if found.detail["mixed"]:
        hint = (
            "这几份的数、文字和签字都不相同，可能有别的单位误用了你单位的表。"
            "请说明哪一份是你单位填的；都不是的，请用发给你单位的空白表填报。"
        )
    elif last:
        hint = (
            f"其中“{last}”是最后保存的。请说明以哪一份为准；不作数的由本级移出。"
            "标注的工作簿和另一份退回单（如果有）是按最后保存的这一份做的。"
        )
    else:
        hint = "看不出哪一份是最后保存的。请说明以哪一份为准，或者只报一份正确的。"
    return Notice(found.agency, "报来几份不一样的表", f"报来 {number} 份不一样的表，请说明以哪一份为准。", (
        f"收到你单位的表 {number} 份，内容不同，都没有计入：{_names(files)}。", hint,
    ))  # fmt: skip


def _those(found: Finding, collection: Collection) -> list[Received]:
    """The files that a finding on several files of one agency is about."""
    named = str(found.detail["files"])
    return [r for r in _files(collection, found.agency) if slashed(r.path) in named] if found.agency else []


def _files(collection: Collection, agency: Agency) -> list[Received]:
    return [r for r in collection.received if r.filing and r.filing.agency.code == agency.code
            and is_asked(r.filing, collection)]  # fmt: skip


def _names(files: list[Received]) -> str:
    """Files by their names; by their whole paths where names are the same."""
    names = [r.path.name for r in files]
    return "、".join(
        f"“{name if names.count(name) == 1 else slashed(r.path)}”" for name, r in zip(names, files, strict=True)
    )
