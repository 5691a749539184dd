"""Progress: on a terminal how many of how many and the time left, else nothing; never on stdout."""

import io
import itertools
import re
import sys
import time

from making import AGENCIES, ROSTER, filing, run, save

from xltools.cli import options


class Terminal(io.StringIO):
    def isatty(self):
        return True


def on_terminal(monkeypatch, items):
    """What comes through, and what a terminal shows. To be called in a test: pytest sets the streams anew before each."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    return list(options.progress(items, "审核")), sys.stderr.getvalue()


def test_counts_and_time_left_on_a_terminal(monkeypatch, capsys):
    seconds = itertools.count(1.0)
    monkeypatch.setattr(time, "time", lambda: next(seconds))
    came, said = on_terminal(monkeypatch, range(120))
    assert came == list(range(120))
    assert "审核" in said and re.search("60/120，还要 00:0[1-9]:[0-9][0-9]", said)
    assert capsys.readouterr().out == ""


def test_few_items_need_no_bar(monkeypatch):
    assert on_terminal(monkeypatch, "甲乙丙") == (["甲", "乙", "丙"], "")


def test_nothing_where_stderr_is_no_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert len(list(options.progress(range(120), "审核"))) == 120
    assert sys.stderr.getvalue() == ""


def test_commands_say_nothing_of_it_in_a_pipe(tmp_path):
    roster = save(tmp_path / "名录.csv", ROSTER + "".join(f"12{n},第{n}局,部门,11,,\n" for n in range(9)))
    done = run("blank", "--year", 2023, "--roster", roster, "-o", tmp_path / "下发")
    assert done.returncode == 0 and done.stderr == "" and len(done.stdout.split()) == 13
    for agency in AGENCIES:
        save(tmp_path / "回收" / f"{agency.code}.xlsx", filing(agency=agency))
    done = run("merge", tmp_path / "回收", "--roster", roster, "-o", tmp_path / "汇总表.xlsx")
    assert done.stderr == "" and "写汇总表" not in done.stdout
