"""``xltools demo``: a whole season played out in a folder, from the roster to the summary, every file there to be opened.

The area's figures are a real city's published ones; the agencies and their shares are made up, and every place says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from xltools.classes import dataclass
from xltools.collection.check import check, check_file
from xltools.collection.issuing import blanks
from xltools.collection.roster import read_roster
from xltools.demo.judging import agreement, finished, summed, told
from xltools.demo.story import DemoSeason, load_season
from xltools.errors import XltoolsError
from xltools.outputs import slashed, write_whole
from xltools.publication.content import report_of
from xltools.publication.docx import word_report
from xltools.slips import CHAT, write_slips
from xltools.summary.writing import write_summary

ROSTER, ISSUED, SENT, CORRECTED = "名录.xlsx", "下发", "回收", "更正后"
RETURNED = "退回"
RESULT, PROVISIONAL, COMPLETE = "审核结果.txt", "汇总/汇总表.xlsx", "汇总/汇总表（全部收齐）.xlsx"
REPORT = "汇总/年度报告.docx"
"""What the demo leaves in its folder."""


def play(folder: Path, *, force: bool = False) -> Iterator[str]:
    """Plays a season in ``folder``, told line by line as it goes; ends with what to open.

    XltoolsError for a folder that is not empty, unless ``force``: then files of the same names are replaced.
    """
    _refuse(folder, force)
    stage = _Stage(load_season(), folder, force)
    for act in (stage.prepare, stage.issue, stage.receive, stage.judge, stage.correct, stage.close):
        yield from act()


def _refuse(folder: Path, force: bool) -> None:
    try:
        if folder.exists() and not folder.is_dir():
            raise XltoolsError(f"“{folder}”是一个文件；请给出一个新文件夹的名字")
        if not force and folder.exists() and any(folder.iterdir()):
            raise XltoolsError(f"文件夹“{folder}”里已经有文件；请换一个新文件夹，或者加 --force 覆盖同名的文件")
    except OSError as problem:
        raise XltoolsError(f"打不开文件夹“{folder}”：{problem.strerror}") from None


@dataclass(frozen=True)
class _Stage:
    """The folder a season is played in, act by act; each act writes its files and tells of them."""

    season: DemoSeason
    folder: Path
    force: bool

    def put(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        write_whole(path, content, force=self.force)
        return path

    def prepare(self) -> Iterator[str]:
        season, many = self.season, len(self.season.members)
        yield f"演示：{season.area.name} {season.year} 年度{season.published.form.title}，一季从头到尾"
        yield f"  全市合计是公布的真实数字；{many} 个单位、各单位的分摊、文字和姓名都是虚构的。"
        self.put(ROSTER, season.roster())
        yield f"一、备名录：{ROSTER}，{many} 个单位"

    def issue(self) -> Iterator[str]:
        for name, content in blanks((m.blank.agency for m in self.season.members), self.season.year).items():
            self.put(f"{ISSUED}/{name}", content)
        yield f"二、发空白表：{ISSUED}/，一个单位一份"

    def receive(self) -> Iterator[str]:
        files = [self.put(f"{SENT}/{name}", content) for name, content in self._sent()]
        yield f"三、收填报表：{SENT}/，收到 {len(files)} 份，和真的一样，有对有错："
        yield from (f"    {m.blank.agency.name}：{m.fault.words}" for m in self.season.members)

    def _sent(self) -> Iterator[tuple[str, bytes]]:
        for member in self.season.members:
            yield from member.sent().items()

    def judge(self) -> Iterator[str]:
        # The files just written and no others: with --force the folder may hold more.
        files = [self.folder / SENT / name for member in self.season.members for name in member.sent_names]
        summary = summed(self.season, files, self.folder / ROSTER)
        self.put(RESULT, "".join(f"{line}\n" for line in told(summary)).encode())
        yield f"四、审核：{RESULT}，每个问题写明在哪一格、差多少、怎么改"
        made = write_slips(check(files, read_roster(self.folder / ROSTER)), self.folder / RETURNED, force=self.force)
        yield f"    {RETURNED}/：退回单、标注好的工作簿、催报的话，共 {len(made)} 个文件"
        self.put(PROVISIONAL, write_summary(summary))
        yield f"五、汇总：{PROVISIONAL}，{summary.status}"

    def correct(self) -> Iterator[str]:
        files = [self.put(f"{CORRECTED}/{m.file}", m.corrected()) for m in self.season.members]
        summary = summed(self.season, files, self.folder / ROSTER)
        agreed = agreement(self.season, summary)
        path = self.put(COMPLETE, write_summary(finished(self.season, summary)))
        self.put(REPORT, word_report(report_of(check_file(path))))
        yield f"六、更正、补报，再汇总：{CORRECTED}/，{COMPLETE}，{summary.status}"
        yield f"    {agreed}"

    def close(self) -> Iterator[str]:
        yield ""
        yield "请打开看看："
        for name, what in (
            (COMPLETE, "汇总表：每个数都是活的公式，“明细”里是各单位的数"),
            (PROVISIONAL, "收齐以前的暂定汇总：每张表的顶上写着缺谁，“审核问题”里是全部问题"),
            (REPORT, "年度报告：国办格式的 Word 文件，可以公布"),
            (f"{RETURNED}/{CHAT}", "催报与退改的话：贴到工作群里；旁边是退回单和标注好的工作簿"),
            (RESULT, "审核结果：各单位的问题，一条一条"),
            (f"{ISSUED}/{self.season.members[0].file}", "一份空白表：填几个数试试，看“校验”和“封面”"),
        ):
            yield f"    {slashed(self.folder / name)}"
            yield f"        {what}"
