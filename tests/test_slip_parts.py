"""Marked-up copies as packages: what other programs need to read in them, and bytes that depend on nothing but the file."""

import re
import subprocess
import sys

import pytest
from lxml import etree
from making import altered, cell_of, filing, opened, packed, parts, resaved, save
from openpyxl.comments import Comment

from xltools.collection.check import check_file
from xltools.editions import load_form
from xltools.slips.single import marked_copy
from xltools.workbook.write import write_filing

FORM = load_form("2021")
WRONG = {"requests.new.natural": 9, "requests.granted.natural": 5, "disclosure.rules.effective": 1}
SHEET, CELL = cell_of(FORM, "requests.new.natural")
PART = "xl/worksheets/sheet5.xml"
ISSUED = write_filing(filing(WRONG))
V, X = "{urn:schemas-microsoft-com:vml}", "{urn:schemas-microsoft-com:office:excel}"


def slip(folder, content, name="表.xlsx"):
    return marked_copy(check_file(save(folder / name, content)))


def commented(*cells):
    """The file with a clerk's comments, as openpyxl saves it."""

    def write(book):
        for cell in cells:
            book[SHEET][cell].comment = Comment(f"{cell} 自己记的", "张三")

    return resaved(ISSUED, write)


def changed(content, part, old, new):
    """The file with words of one part replaced, which must be there."""
    found = parts(content)
    assert old in found[part], part
    return packed({**found, part: found[part].replace(old, new)})


def without(content, *names):
    """The file without some parts and whatever names them."""
    found = {name: part for name, part in parts(content).items() if name not in names}
    for name, part in found.items():
        if name.endswith(".rels") or name == "[Content_Types].xml":
            root = etree.fromstring(part)
            for item in list(root):
                if any(n in (item.get("Target") or item.get("PartName") or "") for n in names):
                    root.remove(item)
            found[name] = etree.tostring(root)
    return packed(found)


def with_header_picture(content):
    """The file with a drawing for its header on the sheet that gets marks."""
    vml = b'<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape id="CH" type="#x" style="width:9pt"/></xml>'
    found = parts(content)
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/vmlDrawing"
    target = b'<Relationship Id="rId1" Type="%s" Target="../drawings/vmlDrawing1.vml"/>' % kind
    found["xl/worksheets/_rels/sheet5.xml.rels"] = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + target
        + b"</Relationships>"
    )
    found["xl/drawings/vmlDrawing1.vml"] = vml
    return packed({**found, PART: found[PART].replace(b"</worksheet>", b'<legacyDrawingHF r:id="rId1"/></worksheet>')})


RECEIVED = {
    "as issued": ISSUED,
    "openpyxl": resaved(ISSUED),
    "a clerk's comments": commented(CELL, "E12"),
    "no document properties": without(ISSUED, "docProps/custom.xml"),
    "a header picture": with_header_picture(ISSUED),
    "one sheet commented, another marked": resaved(
        ISSUED, lambda book: setattr(book["封面"]["A1"], "comment", Comment("看", "李四"))
    ),
}


def made_up(part):
    """The namespaces that have a prefix nobody chose; openpyxl's drawings have such."""
    return set(re.findall(rb'xmlns:ns\d+="([^"]*)"', part))


@pytest.mark.parametrize("content", RECEIVED.values(), ids=RECEIVED)
def test_what_we_add_has_no_made_up_prefix_and_is_named_from_where_it_is_named(tmp_path, content):
    """ExcelJS reads no relations with a prefix and no targets from the root, SheetJS no comments named by a prefix."""
    before, after = parts(content), parts(slip(tmp_path, content))
    ours = {name: part for name, part in after.items() if before.get(name) != part}
    assert any("comments" in name for name in ours)
    for name, part in ours.items():
        assert made_up(part) <= made_up(before.get(name, b"")), name
        for item in etree.fromstring(part) if name.endswith(".rels") else ():
            target = item.get("Target")
            assert not target.startswith("/") or target.encode() in before.get(name, b""), (name, target)


@pytest.mark.parametrize("content", RECEIVED.values(), ids=RECEIVED)
def test_bytes_do_not_depend_on_what_another_library_registered(tmp_path, content):
    source = save(tmp_path / "表.xlsx", content)
    spaces = sorted(set(re.findall(rb'"((?:http|urn:schemas)[^"<>\s]*)"', b"".join(parts(content).values()))))
    spaces += [name.encode() for name in ("urn:schemas-microsoft-com:vml", "urn:schemas-microsoft-com:office:office",
               "urn:schemas-microsoft-com:office:excel",
               "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties")]  # fmt: skip
    script = (
        "import sys; from lxml import etree\n"
        "for n, space in enumerate(sys.argv[3:]): etree.register_namespace(f'odd{n}', space)\n"
        "from pathlib import Path; from xltools.collection.check import check_file; from xltools.slips.single import marked_copy\n"
        "Path(sys.argv[2]).write_bytes(marked_copy(check_file(Path(sys.argv[1]))))"
    )
    for name, registered in (("ours", []), ("odd", [s.decode() for s in spaces])):
        subprocess.run([sys.executable, "-c", script, source, tmp_path / name, *registered], check=True)
    assert (tmp_path / "odd").read_bytes() == (tmp_path / "ours").read_bytes()


# ── boxes ────────────────────────────────────────────────────────────────────


def boxes(content, sheet=SHEET):
    """The cells that have a comment, and those that have a box, on a sheet."""
    found = parts(content)
    drawing = next(part for name, part in sorted(found.items()) if name.endswith(".vml") and b"ClientData" in part)
    root = etree.fromstring(drawing)
    shapes = [(int(d.findtext(f"{X}Row")), int(d.findtext(f"{X}Column"))) for d in root.iter(f"{X}ClientData")
              if d.get("ObjectType") == "Note"]  # fmt: skip
    book = opened(content)
    return sorted((c.row - 1, c.column - 1) for row in book[sheet] for c in row if c.comment), sorted(shapes)


BUTTON = (
    b'<v:shape xmlns:v="urn:schemas-microsoft-com:vml" id="_x0000_s9" type="#b">'
    b"<v:textbox><div><font>a<br>b</font></div></v:textbox></v:shape></xml>"
)
BROKEN = {
    "a line break left open": lambda vml: vml.replace(b"</xml>", BUTTON),
    "in capitals": lambda vml: vml.replace(b"</xml>", BUTTON.replace(b"<br>", b"<BR >")),
    "cut off": lambda vml: vml[: len(vml) // 2],
    "an attribute without quotes": lambda vml: vml.replace(b"</xml>", b"<v:shape id=a/></xml>"),
    "an unknown entity": lambda vml: vml.replace(b"</xml>", b"&nbsp;</xml>"),
    "no XML at all": lambda vml: b"\0\1",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_every_comment_keeps_its_box_whatever_the_drawing_was(tmp_path, kind):
    content = commented("E12", "E13")
    found = parts(content)
    [drawing] = [name for name in found if name.endswith(".vml")]
    copy = slip(tmp_path, packed({**found, drawing: BROKEN[kind](found[drawing])}))
    comments, shapes = boxes(copy)
    assert comments == shapes and len(comments) >= 3
    assert drawing in parts(copy)
    if "line break" in kind:  # what else was drawn stays
        assert b"<br/>" in parts(copy)[drawing] and b"_x0000_s9" in parts(copy)[drawing]


def test_a_comment_without_a_box_gets_one(tmp_path):
    content = commented("E12", "E13")
    found = parts(content)
    [drawing] = [name for name in found if name.endswith(".vml")]
    root = etree.fromstring(found[drawing])
    for shape in list(root.iter(f"{V}shape")):
        root.remove(shape)
    comments, shapes = boxes(slip(tmp_path, packed({**found, drawing: etree.tostring(root)})))
    assert comments == shapes and len(comments) >= 3


# ── again and again ──────────────────────────────────────────────────────────

SAID = ["自己记的", "两行\n的", "末尾换行\n", " 空格 ", "<b>&", "长" * 500]


@pytest.mark.parametrize("said", SAID)
def test_slip_after_slip_is_the_same_file(tmp_path, said):
    def comment(book):
        book[SHEET][CELL].comment = Comment(said, "张三")

    made = [resaved(ISSUED, comment)]
    for number in range(4):
        made.append(slip(tmp_path, made[-1], f"{number}.xlsx"))
    assert made[1] == made[2] == made[3] == made[4]
    mended = slip(tmp_path, altered(made[4], SHEET, {CELL: 5}), "又.xlsx")
    assert opened(mended)[SHEET][CELL].comment.text == opened(made[0])[SHEET][CELL].comment.text


def test_runs_of_somebody_else_stay(tmp_path):
    content = commented(CELL)
    [part] = [name for name in parts(content) if "comments" in name and name.endswith(".xml")]
    rich = changed(content, part, b"</text>", "<r><rPr><b/></rPr><t>粗</t></r><r><t></t></r></text>".encode())
    copy = slip(tmp_path, slip_of_slip := slip(tmp_path, rich), "又.xlsx")
    assert copy == slip_of_slip and parts(copy)[part].count(b"<t/>") == 1
    assert "粗" in opened(copy)[SHEET][CELL].comment.text


# ── threads, as newer programs keep comments ─────────────────────────────────

THREADED = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
RELATED = "http://schemas.microsoft.com/office/2017/10/relationships"
FIRST, CLERK = "{E722680E-88F9-4806-84CE-A0C8E0F639CB}", "{ECD4DA6B-1EBA-4402-8887-6C1023EC065A}"
STAND_IN = (
    "[Threaded comment]\n\nYour version of Excel allows you to read this threaded comment; …\n\nComment:\n    请核对\n"
)


def message(id_, words, cell=CELL, parent="", more=""):
    under = f' parentId="{parent}"' if parent else ""
    head = f'<threadedComment ref="{cell}" dT="2024-01-10T08:00:00.00" personId="{CLERK}" id="{id_}"{under}{more}>'
    return f"{head}<text>{words}</text></threadedComment>"


def threaded(*messages, cell=CELL, persons=True):
    """The file with a thread in a cell, as Excel 365 keeps it: the thread, its stand-in, the persons."""
    made = parts(resaved(ISSUED, lambda book: setattr(book[SHEET][cell], "comment", Comment(STAND_IN, f"tc={FIRST}"))))
    sheet = next(n for n in made if n.startswith("xl/worksheets/_rels") and b"comments" in made[n])

    def related(part, id_, kind, target):
        more = f'<Relationship Id="{id_}" Type="{RELATED}/{kind}" Target="{target}"/></Relationships>'
        made[part] = re.sub(rb"</(?:\w+:)?Relationships>", more.encode(), made[part])

    related(sheet, "rIdT", "threadedComment", "/xl/threadedComments/threadedComment1.xml")
    made["xl/threadedComments/threadedComment1.xml"] = (
        f'<ThreadedComments xmlns="{THREADED}">{"".join(messages)}</ThreadedComments>'.encode()
    )
    if persons:
        related("xl/_rels/workbook.xml.rels", "rIdP", "person", "persons/person.xml")
        person = f'<person displayName="张三" id="{CLERK}" userId="张三" providerId="None"/>'
        made["xl/persons/person.xml"] = f'<personList xmlns="{THREADED}">{person}</personList>'.encode()
    return packed(made)


def said_in_thread(content):
    """The messages of a thread: who, whether under the first one, whether it is closed, what."""
    found = parts(content)
    names = {p.get("id"): p.get("displayName") for p in etree.fromstring(found["xl/persons/person.xml"])}
    root = etree.fromstring(found["xl/threadedComments/threadedComment1.xml"])
    return [
        (names[m.get("personId")], m.get("parentId") == FIRST, m.get("done", "0"), "".join(m.itertext())) for m in root
    ]


SECOND = "{503049A1-6DB5-43C9-9FC3-CC6CC192D9DA}"
THREADS = {
    "one message": [message(FIRST, "请核对")],
    "an answer": [message(FIRST, "请核对"), message(SECOND, "核对过", parent=FIRST)],
    "closed": [message(FIRST, "请核对", more=' done="1"')],
    "beside another cell's": [message(SECOND, "别的格", cell="K40"), message(FIRST, "请核对")],
    "before another cell's": [message(FIRST, "请核对"), message(SECOND, "别的格", cell="K40")],
    "without a time": [message(FIRST, "请核对").replace(' dT="2024-01-10T08:00:00.00"', "")],
}


@pytest.mark.parametrize("messages", THREADS.values(), ids=THREADS)
def test_what_we_say_in_a_cell_with_a_thread_is_a_reply_in_it(tmp_path, messages):
    content = threaded(*messages)
    copy = slip(tmp_path, content)
    ours = [m for m in said_in_thread(copy) if m[0] == "审核"]
    assert len(ours) == 1 and ours[0][1:3] == (True, "0") and ours[0][3].startswith("【审核意见】")
    others = [m[3] for m in said_in_thread(copy) if m[0] != "审核"]
    assert others == ["".join(etree.fromstring(m).itertext()) for m in messages] and "1" not in [
        m[2] for m in said_in_thread(copy)
    ]
    assert "【审核意见】" in opened(copy)[SHEET][CELL].comment.text, "older programs show the note"
    again = slip(tmp_path, copy, "又一次.xlsx")
    assert said_in_thread(again) == said_in_thread(copy), "an earlier reply gives way to the new one"
    assert slip(tmp_path, content) == copy


def test_a_reply_is_gone_when_nothing_is_left_to_say(tmp_path):
    copy = slip(tmp_path, threaded(message(FIRST, "请核对"), cell=CELL))
    address = "xl/threadedComments/threadedComment1.xml"
    corrected = changed(copy, address, f'ref="{CELL}"'.encode(), b'ref="K40"')
    assert "审核" not in [m[0] for m in said_in_thread(slip(tmp_path, corrected, "改.xlsx"))]


def test_a_thread_without_its_persons_stops_nothing(tmp_path):
    copy = slip(tmp_path, threaded(message(FIRST, "请核对"), persons=False))
    assert "【审核意见】" in opened(copy)[SHEET][CELL].comment.text
    assert parts(copy)["xl/threadedComments/threadedComment1.xml"].count(b"<threadedComment ") == 1
