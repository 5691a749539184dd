"""Two small forms, one of which follows the other, for the tests of what goes on from year to year."""

import tomllib

from xltools.editions import form_of
from xltools.editions.shelves import FORMS, shelved
from xltools.form.fields import Origin
from xltools.form.model import Agency, Filing

OLD = """
id = "old"
title = "表"
years = { from = 2030 }
basis = "文1"
[[section]]
id = "s"
sheet = "一"
title = "一、表"
[[section.table]]
columns = [
    { id = "a", label = "甲" }, { id = "b", label = "乙" }, { id = "c", label = "丙" },
    { id = "sum", label = "合计", sum = "*" },
]
rows = [
    { id = "in", label = "转入" }, { id = "x", label = "天" }, { id = "y", label = "地" }, { id = "z", label = "人" },
    { id = "all", label = "总计", sum = ["x", "y", "z"] }, { id = "out", label = "转出" },
]
[[section]]
id = "t"
sheet = "二"
title = "二、文字"
text = "写。"
[[last.carried]]
field = "s.in.{column}"
each.column = "*"
from = "s.out.{column}"
[last.repeated]
id = "same"
severity = "query"
least = 3
basis = "理"
remedy = "看"
[last.jump]
id = "jump.{field}"
severity = "note"
least = 50
times = 5
basis = "理"
remedy = "看"
[[relation]]
id = "s.carry.{column}"
each.column = "*"
severity = "query"
left = "s.in.{column}"
right = "last.s.out.{column}"
holds = "left = right"
basis = "理"
remedy = "核对"
[[relation]]
id = "s.all"
severity = "query"
left = "s.in.sum"
right = "last.s.out.sum"
holds = "left = right"
basis = "理"
remedy = "核对"
[[chart]]
title = "图"
items = [{ label = "天地", sum = "s.x.sum + s.y.sum" }, { label = "总", sum = "s.all.sum" }]
"""
# 甲 is parted into 甲一 and 甲二; 丙 is called 丁; 天 and 地 are one; 人 is as it was; 新 is new; 乙 is as it was.
NEW = (
    OLD.replace('id = "old"', 'id = "new"')
    .replace("from = 2030", "from = 2031")
    .replace("文1", "文2")
    .replace('{ id = "a", label = "甲" }', '{ id = "a1", label = "甲一" }, { id = "a2", label = "甲二" }')
    .replace('{ id = "c", label = "丙" }', '{ id = "d", label = "丁" }')
    .replace('{ id = "x", label = "天" }, { id = "y", label = "地" }', '{ id = "xy", label = "天地" }')
    .replace('{ id = "z", label = "人" },', '{ id = "z", label = "人" }, { id = "n", label = "新" },')
    .replace('["x", "y", "z"]', '["xy", "z", "n"]')
    .replace("s.x.sum + s.y.sum", "s.xy.sum")
)
CROSSWALK = """
[last.from.old]
same = ["s."]
new = ["s.n."]
renamed = { "s.*.d" = "s.*.c" }
merged = { "s.xy." = ["s.x.", "s.y."] }
split = { "s.*.a1" = "s.*.a", "s.*.a2" = "s.*.a" }
"""
WHOLE = NEW + CROSSWALK
THEN = {f"s.{row}.{column}": 100 * n + m for n, row in enumerate(("in", "x", "y", "z", "out"), 1)
        for m, column in enumerate("abc", 1)}  # fmt: skip
LAST_OF_NEW = {
    "s.z.b": 402, "s.z.d": 403,  # the same, and renamed
    "s.xy.b": 202 + 302, "s.xy.d": 203 + 303,  # merged
    "s.z.a1": None, "s.xy.a2": None, "s.n.b": None,  # parted: nobody knows; new: there was none
}  # fmt: skip
"""What last year gives the input fields of the form that follows."""


def made(text):
    name = tomllib.loads(text)["id"]
    return form_of(Origin(((f"{name}.toml", text),)))


def then():
    return Filing(made(OLD), Agency("1", "甲局", "county"), 2030, inputs=THEN)


def form_at_hand(home, *texts):
    folder = home / FORMS
    folder.mkdir(exist_ok=True)
    (home / "xltools.toml").write_text("year = 2031\n", "utf-8")
    for text in texts:
        (folder / f"{tomllib.loads(text)['id']}.toml").write_text(text, "utf-8")
    return shelved(home)
