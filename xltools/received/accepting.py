"""The form that came with a filing, taken over by an office that has not got it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from xltools.drawing import canvas
from xltools.drawing.examine import clashes, ends, together
from xltools.editions import form_of, origin_of
from xltools.editions.shelves import Source, read_source, sources
from xltools.errors import Clashing, FormError, XltoolsError
from xltools.inputs import must_read
from xltools.ooxml.opening import open_workbook
from xltools.ooxml.trees import Unreadable
from xltools.received.carried import definitions_in
from xltools.terms import FEW, KINDS, several

_SIZE = 32 * 2**20


def taken_over(path: Path, *, apart: bool = False) -> list[tuple[str, str, tuple[FormError, ...]]]:
    """The definitions of a filing's form that are not there yet: file name, text, and what is to be told of it
    among those that are.

    XltoolsError where it carries none that is sound, or nothing new, or one whose id is taken by another, where one clashes and
    they are not to stand ``apart``, and where the file is a drawing or a definition itself.
    """
    if path.suffix.lower() == ".toml":
        raise XltoolsError(f"“{path.name}”本身就是格式定义，不用收下：放进 格式/ 文件夹就行")
    try:
        book = open_workbook(must_read(path, KINDS["filing"], _SIZE))
        texts = definitions_in(book)
    except Unreadable as problem:
        raise XltoolsError(f"“{path.name}”读不出来：{problem.reason}") from None
    if not texts and {canvas.IDENTITY, canvas.RELATIONS} <= {*book.sheet_names}:
        raise XltoolsError(f"“{path.name}”是表样，不是填报表：用 xltools forms new {path.name} 写成格式")
    if not texts:
        raise XltoolsError(f"“{path.name}”里没有带格式；请向发表单位要格式定义（.toml）或者表样（.xlsx）")
    origin = origin_of(texts)
    form_of(origin)  # sound as a whole, or refused
    found = [(source, (*clashes(source), *together(source))) for source in _new(origin.texts)]
    if not found:
        raise XltoolsError(f"“{path.name}”带的格式这里已经有了，不用收下")
    for source, told in found:
        if told and not apart:
            title = source.data.get("title", source.id)
            raise Clashing(
                f"“{path.name}”带的“{title}”（{source.id}）与这里已有的有冲突，没有收下："
                f"{several([one.reason for one in told], FEW, '处', '；')}。请与发表单位核对：是同一个的，用这里已有的，不用收下；"
                "确实是另一个的，可以有冲突也收下，编号相同的指标就各叫 supplement.补充项编号.…，办理记录跟着新的编号"
            )
    return [(source.file, source.text, (*told, *ends(source))) for source, told in found]


def _new(texts: tuple[tuple[str, str], ...]) -> Iterator[Source]:
    for file, text in texts:
        source = read_source(file, text.encode("utf-8"))
        known = sources(source.kind).get(source.id)
        if known is None:
            yield source
        elif known.data != source.data:
            raise XltoolsError(f"这里已经有编号是“{source.id}”的另一个格式，两个不能并用；请与发表单位核对以哪一个为准")
