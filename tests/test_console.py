"""What the program says reaches whoever reads it: on a Chinese Windows console, in a pipe, whatever the names of the files are."""

import ast
import io
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import click
import pytest
from making import AGENCIES, filing, run, save

import xltools
from xltools.cli import main
from xltools.errors import IN_USE, why
from xltools.outputs import slashed


class Console(io.TextIOWrapper):
    """A terminal of an encoding, as strict as Python opens one."""

    def __init__(self, encoding):
        super().__init__(io.BytesIO(), encoding)

    def isatty(self):
        return True


def on_console(monkeypatch, encoding, *arguments):
    """Status and output on a terminal of that encoding."""
    streams = [Console(encoding), Console(encoding)]
    monkeypatch.setattr(sys, "argv", ["xltools", *map(str, arguments)])
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    with pytest.raises(SystemExit) as ended:
        main()
    for stream in streams:
        stream.flush()
    return ended.value.code, *(click.unstyle(stream.buffer.getvalue().decode(encoding)) for stream in streams)


@pytest.mark.parametrize("encoding", ["cp936", "gb18030", "cp1252", "cp437", "utf-8"])
def test_a_console_of_any_encoding_is_written_to(monkeypatch, tmp_path, encoding):
    save(tmp_path / "对😀𠮷②.xlsx", filing())
    save(tmp_path / "错 é ß.xlsx", filing({"requests.new.natural": 5}))
    status, said, _ = on_console(monkeypatch, encoding, "check", *sorted(tmp_path.iterdir()))
    assert status == 1 and said


def test_a_chinese_windows_console_tells_passed_from_returned(monkeypatch, tmp_path):
    paths = [
        save(tmp_path / "甲.xlsx", filing()),
        save(tmp_path / "乙.xlsx", filing({"requests.new.natural": 5}, agency=AGENCIES[1])),
    ]
    _, said, _ = on_console(monkeypatch, "cp936", "check", *paths)
    assert "?" not in said
    assert [line[:1] for line in said.splitlines() if ".xlsx" in line and line[:1].strip()] == ["×", "√"]  # by path


@pytest.mark.parametrize(
    "arguments", [("codes",), ("forms", "list"), ("forms", "show", "2021"), ("--help",), ("check",)]
)
def test_nothing_the_program_says_of_itself_is_beyond_a_chinese_windows_console(monkeypatch, arguments):
    status, said, complaint = on_console(monkeypatch, "cp936", *arguments)
    assert "?" not in (said + complaint).replace("[OPTIONS]", ""), status


@pytest.mark.parametrize("name", ["甲.xlsx", "😀.xlsx", "\udce4.xlsx", "a b.xlsx", "②é.xlsx"])
def test_a_pipe_gets_utf8_whatever_a_file_is_called(tmp_path, name):
    save(tmp_path / name, filing())
    done = run("check", tmp_path / name)
    assert done.returncode == 0 and name.replace("\udce4", "\ufffd") in done.stdout


# ── paths ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (PureWindowsPath("回收\\乡镇\\甲.xlsx"), "回收/乡镇/甲.xlsx"),
        (PureWindowsPath("C:\\一季\\回收\\甲.xlsx"), "C:/一季/回收/甲.xlsx"),
        (PureWindowsPath("回收/乙.xlsx"), "回收/乙.xlsx"),
        (PureWindowsPath("\\\\服务器\\共享\\丙.xlsx"), "//服务器/共享/丙.xlsx"),
        (PureWindowsPath("..\\丁.xlsx"), "../丁.xlsx"),
        (PureWindowsPath("归档.zip\\戊.xlsx"), "归档.zip/戊.xlsx"),
        (PurePosixPath("回收/甲.xlsx"), "回收/甲.xlsx"),
        (PurePosixPath("回收/甲\\乙.xlsx"), "回收/甲\\乙.xlsx"),
    ],
)
def test_a_path_is_told_with_slashes_on_every_system(path, told):
    assert slashed(path) == told


def test_results_name_their_files_by_that_one_helper(tmp_path, monkeypatch):
    """Whatever the helper makes of a path is what stands in every result: no other hand writes one."""
    marked, real = "标记", slashed
    save(tmp_path / "回收" / "丁.docx", "不是表")
    save(tmp_path / "回收" / "甲.xlsx", filing({"requests.new.natural": 5}))
    assert (
        "回收/" in run("check", "回收", "--json", cwd=tmp_path).stdout
    )  # and every module that names a file is loaded
    for module in [m for name, m in sys.modules.items() if name.startswith("xltools") and hasattr(m, "slashed")]:
        monkeypatch.setattr(module, "slashed", lambda path: real(path).replace("回收", marked))
    save(tmp_path / "回收" / "乙.xlsx", filing({"requests.new.natural": 6}))
    save(tmp_path / "回收" / "丙.xlsx", "不是表")
    done = run("check", "回收", cwd=tmp_path)
    assert done.returncode == 1 and done.stdout.count(marked) >= 6
    assert "回收/" not in done.stdout + run("check", "回收", "--json", cwd=tmp_path).stdout


def test_no_finding_names_its_file_by_another_hand():
    house = Path(xltools.__file__).parent
    told = [
        f"{path.relative_to(house)}:{node.lineno}"
        for path in house.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        for word in node.keywords
        if word.arg == "file" and isinstance(word.value, ast.Call) and getattr(word.value.func, "id", "") == "str"
    ]
    assert told == []


# ── files that another program has open ──────────────────────────────────────


def refusal(number, winerror=None):
    problem = PermissionError(number, "Permission denied", "表.xlsx")
    if winerror:
        problem.winerror = winerror
    return problem


@pytest.mark.parametrize(
    ("number", "winerror", "told"),
    [
        (13, 32, IN_USE),
        (13, 33, IN_USE),
        (16, 32, IN_USE),
        (22, 33, IN_USE),
        (13, 5, "没有权限"),
        (13, None, "没有权限"),
        (1, None, "没有权限"),
    ],
)
def test_a_file_that_another_program_has_open_is_told_as_such(number, winerror, told):
    assert why(refusal(number, winerror)) == told


@pytest.mark.parametrize("answer", [0, 5, 2])
def test_where_python_tells_only_of_access_the_file_itself_is_asked(monkeypatch, answer):
    monkeypatch.setattr("xltools.errors._asked", lambda path, replacing: answer)
    assert why(refusal(13)) == "没有权限"
    monkeypatch.setattr(
        "xltools.errors._asked", lambda path, replacing: 32 if (path, replacing) == ("表.xlsx", False) else 5
    )
    assert why(refusal(13)) == IN_USE


def test_an_output_that_is_open_is_told_with_what_to_do(monkeypatch, tmp_path):
    """Windows gives no more than access denied for the replacing of an open file."""
    monkeypatch.setattr("xltools.errors._asked", lambda path, replacing: 32 if replacing else 0)

    def refuse(self, target):
        raise PermissionError(13, "Access is denied", str(self), None, str(target))

    save(tmp_path / "一" / "甲.xlsx", filing())
    monkeypatch.setattr("pathlib.Path.replace", refuse)
    done = run("report", tmp_path / "一" / "甲.xlsx", "-o", tmp_path / "报告.docx")
    assert done.returncode == 2
    assert done.stderr == f"xltools：写不了“{tmp_path / '报告.docx'}”：{IN_USE}；没有留下不完整的文件\n"
    assert [path.name for path in tmp_path.iterdir()] == ["一"]
