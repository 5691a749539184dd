"""What is kept for the next run comes back as it was made; whatever is wrong with it, it is made anew, and nothing of it is run."""

import hmac
import os
import pickle
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from fractions import Fraction
from pathlib import Path

import platformdirs
import pytest
from making import SMALL, filing, run

import xltools
from xltools import derived as shelf
from xltools.derived import derived
from xltools.editions import _unsound, editions, form_of, load_form, unsound
from xltools.editions.shelves import PACKS, shelved
from xltools.form.model import Agency
from xltools.received.issued import _issued, issued_form
from xltools.workbook.write import write_filing

KEPT = (shelf._folder, shelf._program, shelf._begin, shelf.secret)


def forget():
    """As a process that has just begun."""
    for known in KEPT:
        known.cache_clear()


@pytest.fixture
def account(tmp_path, monkeypatch):
    """An account of its own: where its cache and its key lie."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    forget()
    yield tmp_path
    forget()


class Counted:
    """Makes a thing, and counts how often."""

    def __init__(self, thing="made"):
        self.thing, self.times = thing, 0

    def __call__(self):
        self.times += 1
        return self.thing


def entries(account):
    return sorted(path for path in (account / "cache").rglob("*") if path.is_file())


def the_entry(account):
    [entry] = entries(account)
    return entry


# ── what is kept comes back ──────────────────────────────────────────────────

THINGS = [
    None,
    0,
    "省市县",
    b"\n\0\n",
    {"a": (1, Fraction(7, 2))},
    frozenset({"x"}),
    [],
    Agency("1101", "县", "department"),
]


@pytest.mark.parametrize("thing", THINGS, ids=repr)
def test_a_thing_comes_back_equal_and_is_made_once(account, thing):
    make = Counted(thing)
    assert derived("thing", "of", make) == thing
    forget()
    assert derived("thing", "of", make) == thing
    assert make.times == 1


def test_another_kind_or_another_source_is_another_thing(account):
    asked = [("a", ""), ("b", ""), ("a", "1"), ("a", "1\n"), ("a", "\n1"), ("a", "２"), ("a1", "")]
    assert [derived(*pair, Counted(pair)) for pair in asked] == asked
    assert [derived(*pair, Counted("anew")) for pair in asked] == asked


def test_forms_come_back_as_they_were_read(account):
    for name in editions():
        form_of.cache_clear()
        made = load_form(name)
        form_of.cache_clear()
        forget()
        again = load_form(name)
        assert again is not made and again.digest == made.digest
        for item in fields(made):
            if item.name != "lexicon":
                assert getattr(again, item.name) == getattr(made, item.name)
        for item in fields(made.lexicon):
            ours, theirs = (getattr(form.lexicon, item.name) for form in (made, again))
            assert ours == theirs
            assert not isinstance(ours, dict) or list(ours) == list(theirs)  # of phrases the likeliest first


@pytest.mark.parametrize("level", ["department", "township", "county", "city", "province"])
def test_the_form_as_issued_comes_back_as_it_was_written(account, level):
    form = load_form(editions()[-1])
    asked = (form, level, "filing", frozenset(), frozenset(), form.years[0])
    anew = _issued(*asked, "")
    for _ in range(2):
        issued_form.cache_clear()
        forget()
        again = issued_form(*asked)
        assert again is not anew
        for item in fields(anew):
            assert getattr(again, item.name) == getattr(anew, item.name)


def test_what_is_wrong_with_a_form_comes_back_in_the_same_words(account, tmp_path):
    forms = tmp_path / "格式"
    forms.mkdir()
    for n, bad in enumerate(['type = "no"', "sum = 3", "id = ", 'label = ["x"]', "strange = 1"]):
        (forms / f"bad{n}.toml").write_text(SMALL.replace('label = "天字"', bad), "utf-8")

    def told():
        with shelved(tmp_path):
            return sorted(map(str, unsound()))

    first = told()
    _unsound.cache_clear()
    forget()
    assert len(first) == 5 and told() == first


# ── what is wrong with it ────────────────────────────────────────────────────


DAMAGE = {
    "empty": lambda content: b"",
    "no seal": lambda content: content.partition(b"\n")[2],
    "no body": lambda content: content.partition(b"\n")[0],
    "truncated": lambda content: content[:-1],
    "longer": lambda content: content + b".",
    "a bit": lambda content: content[:-3] + bytes([content[-3] ^ 1]) + content[-2:],
    "its seal": lambda content: (b"0" if content[:1] != b"0" else b"1") + content[1:],
    "capitals": lambda content: content.partition(b"\n")[0].upper() + b"\n" + content.partition(b"\n")[2],
    "no ASCII": lambda content: "封".encode() + content,
    "sealed by nobody": lambda content: b"\n" + content.partition(b"\n")[2],
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_entry_is_made_anew_and_mended(account, damage):
    derived("thing", "of", Counted("old"))
    entry = the_entry(account)
    sound = entry.read_bytes()
    entry.write_bytes(damage(sound))
    if entry.read_bytes() == sound:
        pytest.skip("a seal without letters")
    make = Counted("new")
    assert [derived("thing", "of", make) for _ in range(3)] == ["new"] * 3
    assert make.times == 1


def test_an_entry_of_another_account_is_made_anew(account):
    derived("thing", "of", Counted("theirs"))
    (account / "state" / "xltools" / "key").write_bytes(bytes(32))
    forget()
    assert derived("thing", "of", Counted("ours")) == "ours"


def test_an_entry_in_the_place_of_another_is_made_anew(account):
    derived("thing", "one", Counted("one"))
    one = the_entry(account)
    derived("thing", "two", Counted("two"))
    [two] = [entry for entry in entries(account) if entry != one]
    shutil.copy(one, two)
    assert derived("thing", "two", Counted("anew")) == "anew"


def test_an_entry_of_another_program_is_made_anew(account, monkeypatch):
    derived("thing", "of", Counted("theirs"))
    theirs = the_entry(account)
    monkeypatch.setattr(shelf, "_program", lambda: "0" * 64)
    shelf._folder.cache_clear()
    assert derived("thing", "of", Counted("ours")) == "ours"
    [ours] = [entry for entry in entries(account) if entry != theirs]
    shutil.copy(theirs, ours)
    assert derived("thing", "of", Counted("anew")) == "anew"


def test_an_oversized_thing_is_not_kept_and_an_oversized_entry_not_read(account, monkeypatch):
    monkeypatch.setattr(shelf, "_ENTRY_LIMIT", 1000)
    make = Counted("x" * 1000)
    assert derived("thing", "of", make) == derived("thing", "of", make) == make.thing
    assert make.times == 2 and entries(account) == []
    derived("thing", "of", Counted("x" * 100))
    monkeypatch.setattr(shelf, "_ENTRY_LIMIT", 100)
    assert derived("thing", "of", Counted("anew")) == "anew"


def test_a_thing_that_cannot_be_kept_is_given(account):
    for thing in (lambda: 0, open, iter(()), sys.stdout, (n for n in ())):
        assert derived("thing", repr(thing), Counted(thing)) is thing


def test_what_cannot_be_made_is_told_each_time(account):
    def fail():
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            derived("thing", "of", fail)
    assert entries(account) == []


# ── nothing is run ───────────────────────────────────────────────────────────


class Planted:
    """A pickle that makes a file when it is read."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


@pytest.mark.parametrize("seal", ["", "0" * 64, "as it was", "of another key", "of no key"])
def test_a_planted_pickle_is_never_run(account, tmp_path, seal):
    derived("thing", "of", Counted("old"))
    entry, ran = the_entry(account), tmp_path / "ran"
    body, old = pickle.dumps(Planted(ran)), entry.read_bytes().partition(b"\n")[0]
    said = f"{shelf._program()}\nthing\nof\n".encode()
    seals = {
        "as it was": old,
        "of another key": hmac.digest(bytes(32), said + body, "sha256").hex().encode(),
        "of no key": hmac.digest(b"", said + body, "sha256").hex().encode(),
    }
    entry.write_bytes(seals.get(seal, seal.encode()) + b"\n" + body)
    assert derived("thing", "of", Counted("anew")) == "anew"
    assert not ran.exists()
    entry.write_bytes(shelf._seal(said[:-1], body) + b"\n" + body)
    derived("thing", "of", Counted())
    assert ran.exists(), "the plant works: its seal alone kept it from being run"


# ── where nothing can be kept ────────────────────────────────────────────────


@pytest.mark.parametrize("key", [b"", b"x", bytes(31), bytes(33), bytes(64), None])
def test_without_a_proper_key_all_is_made_in_every_run(account, key):
    path = account / "state" / "xltools" / "key"
    path.parent.mkdir(parents=True)
    if key is None:
        path.mkdir()
    else:
        path.write_bytes(key)
    make = Counted()
    for _ in range(2):
        forget()
        assert derived("thing", "of", make) == "made"
    assert make.times == 2


def test_a_key_that_is_gone_is_made_anew_for_its_user_alone(account):
    derived("thing", "of", Counted("old"))
    key = account / "state" / "xltools" / "key"
    known = key.read_bytes()
    if os.name == "posix":
        assert key.stat().st_mode & 0o777 == 0o600
    key.unlink()
    forget()
    assert derived("thing", "of", Counted("new")) == "new"
    assert len(key.read_bytes()) == 32 and key.read_bytes() != known


@pytest.mark.parametrize("place", ["cache", "cache/xltools", "cache/xltools/derived", "state", "state/xltools"])
def test_a_file_in_the_place_of_a_folder_stops_nothing(account, place):
    path = account / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    forget()
    assert [derived("thing", "of", Counted("made")) for _ in range(2)] == ["made"] * 2


def test_an_unwritable_folder_stops_nothing(account, monkeypatch):
    """As root may write everywhere, the system's refusal is played."""

    def refuse(*_, **__):
        raise PermissionError(13, "no")

    for name in ("mkdir", "write_bytes", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(Path, name, refuse)
            forget()
            make = Counted()
            assert [derived("thing", name, make) for _ in range(2)] == ["made"] * 2
            assert make.times == 2
        assert [path for path in entries(account) if path.suffix == ".tmp"] == []


@pytest.mark.parametrize("said", ["here", "./x", "~x/y", "a/b", ".."])
def test_no_folder_is_made_in_the_current_one(account, monkeypatch, said):
    """As some versions of platformdirs name one, where the system names no account."""
    at = account / "current" / "below"
    at.mkdir(parents=True)
    monkeypatch.chdir(at)
    for name in ("user_cache_path", "user_state_path"):
        monkeypatch.setattr(platformdirs, name, lambda *_, **__: Path(said))
    forget()
    assert derived("thing", "of", Counted()) == "made"
    assert list(at.iterdir()) == [] and list(at.parent.iterdir()) == [at]


def test_entries_are_bounded_and_the_oldest_go(account, monkeypatch):
    monkeypatch.setattr(shelf, "_MOST", 5)
    for n in range(12):
        derived("thing", str(n), Counted(n))
        for entry in entries(account):
            os.utime(entry, ns=(entry.stat().st_atime_ns, entry.stat().st_mtime_ns - 10**9))
    assert len(entries(account)) == 5
    assert [derived("thing", str(n), Counted("anew")) for n in range(7, 12)] == list(range(7, 12))


def test_what_programs_of_long_ago_kept_is_swept_out(account):
    above = account / "cache" / "xltools" / "derived"
    for name, days in (("old", 31), ("new", 29)):
        (above / name).mkdir(parents=True)
        at = (above / name).stat().st_mtime - days * 24 * 3600
        os.utime(above / name, (at, at))
    derived("thing", "of", Counted())
    assert not (above / "old").exists() and (above / "new").exists()


# ── several at once ──────────────────────────────────────────────────────────

_BOTH = """
import sys
from xltools.derived import derived
for n in range(300):
    thing = {n % 7: "x" * 50_000}
    assert derived("thing", str(n % 7), lambda: thing) == thing
"""


def test_processes_at_once_leave_whole_entries(account):
    both = [subprocess.Popen([sys.executable, "-c", _BOTH], stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [(one.communicate(timeout=60)[1], one.returncode) for one in both] == [("", 0)] * 3
    make = Counted()
    kept = [derived("thing", str(n), make) for n in range(7)]
    assert make.times == 0 or kept.count("made") == make.times  # a key that another process made first
    assert len(entries(account)) == 7


def test_threads_at_once_get_what_they_asked_for(account):
    def ask(n):
        return derived("thing", str(n % 5), lambda: [n % 5] * 20_000) == [n % 5] * 20_000

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(200)))


# ── the very program, the very forms ─────────────────────────────────────────


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """A copy of the program, which may be edited; a workbook to check with it."""
    home = tmp_path_factory.mktemp("copied")
    shutil.copytree(Path(xltools.__file__).parent, home / "xltools", ignore=shutil.ignore_patterns("__pycache__"))
    (home / "filing.xlsx").write_bytes(write_filing(filing({"requests.new.natural": 1})))
    return home


def asked(home, code, **environment):
    """What a copy of the program says."""
    env = {**os.environ, "PYTHONPATH": str(home), "PYTHONIOENCODING": "utf-8", **environment}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=home, env=env, capture_output=True, encoding="utf-8", timeout=60
    )
    assert done.returncode == 0, done.stderr[-600:]
    return done.stdout.strip()


BALANCE = "requests.balance.natural"
ADVICE = (
    "from xltools.editions import load_form, editions; "
    f"print(*[rule.remedy for rule in load_form(editions()[-1]).rules if rule.id == {BALANCE!r}])"
)
"""What a rule of the newest edition advises."""


def test_an_edit_of_the_program_is_seen_at_once(copied, account):
    """Though it has as many letters as before, and the time it had before."""
    program = "from xltools.derived import _program; print(_program())"
    files = ["editions/rulebooks/common.toml", "editions/2021.toml", "rules/relation.py", "form/model.py",
             "findings/catalogue.toml", "workbook/write.py", "pages/templates/outcome_agencies.html",
             "pages/templates/outcome_tally.html", "pages/templates/style.css"]  # fmt: skip
    known = {asked(copied, program)}
    for file in files:
        path = copied / "xltools" / file
        times, content = path.stat(), path.read_bytes()
        path.write_bytes(content[:-1] + b"\n")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        known.add(asked(copied, program))
    compiled = copied / "xltools" / "terms.pyc"  # as a package without its sources has it
    for content in (b"1", b"2"):
        compiled.write_bytes(content)
        known.add(asked(copied, program))
    compiled.unlink()
    assert len(known) == len(files) + 3
    assert len({asked(copied, program) for _ in range(2)}) == 1


def test_an_edited_rule_of_the_package_is_judged_by(copied, account):
    path = copied / "xltools" / "editions" / "2021.toml"
    text = path.read_text("utf-8")
    times, advice = path.stat(), asked(copied, ADVICE)
    changed = advice[:-1] + "甲"
    assert text.count(advice) == 1 and len(changed.encode()) == len(advice.encode())
    path.write_text(text.replace(advice, changed), "utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert asked(copied, ADVICE) == changed
    path.write_text(text, "utf-8")
    assert asked(copied, ADVICE) == advice


def test_a_program_that_may_not_be_written_to_keeps_in_the_account(copied, account):
    before = {path: path.stat().st_mtime_ns for path in copied.rglob("*")}
    folders = [path for path in copied.rglob("*") if path.is_dir()]
    for folder in folders:
        folder.chmod(0o555)
    try:
        check = "from pathlib import Path; from xltools.collection.check import check_file; " \
                "print([f.code for f in check_file(Path('filing.xlsx')).findings])"  # fmt: skip
        told = [asked(copied, check, PYTHONDONTWRITEBYTECODE="1") for _ in range(2)]
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert told[0] == told[1] != "[]"
    assert {path: path.stat().st_mtime_ns for path in copied.rglob("*")} == before
    assert entries(account)


def test_the_account_s_folders_are_those_that_the_system_names(copied, account, tmp_path):
    """As a developer's own runs are kept apart: none of it lies anywhere else."""
    home = tmp_path / "home"
    home.mkdir()
    load = "from xltools.editions import load_form, editions; load_form(editions()[0])"
    asked(copied, load, HOME=str(home))
    assert entries(account) and list(home.iterdir()) == []
    asked(copied, load, HOME=str(home), XDG_CACHE_HOME=str(tmp_path / "other"))
    assert sorted(path.name for path in (tmp_path / "other").iterdir()) == ["xltools"]


@pytest.mark.parametrize("word", ["甲数", "甲的数", "乙乙", "某数", "丁数"])
def test_a_changed_form_of_an_office_is_seen(account, tmp_path, word):
    """With the text that it has now, and not what was made of an earlier one with as many letters at the same time."""
    forms = tmp_path / "格式"
    forms.mkdir()
    (tmp_path / "xltools.toml").write_text("year = 2030\n", "utf-8")
    path = forms / "small.toml"
    labels = []
    for text in (SMALL, SMALL.replace("甲数", word), SMALL.replace("天字", "玄字"), SMALL):
        path.write_text(text, "utf-8")
        form_of.cache_clear()
        forget()
        done = run("forms", "show", "small", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        labels.append(done.stdout)
    assert word in labels[1] and "玄字" in labels[2] and "玄字" not in labels[3]
    assert labels[0] == labels[3]


@pytest.mark.parametrize("severity", ["error", "query", "error", "note"])
def test_a_changed_rule_pack_is_judged_by(account, tmp_path, severity):
    packs = tmp_path / PACKS
    packs.mkdir()
    for now in ("note", severity, "query"):
        text = f'id = "local"\ntitle = "本地"\n[[change]]\nrule = "text.year"\nseverity = "{now}"\n'
        (packs / "local.toml").write_text(text, "utf-8")
        for _ in range(2):  # made, and as it was kept
            form_of.cache_clear()
            with shelved(tmp_path):
                [change] = changes()
            assert dict(change.said) == {"severity": now}
    assert changes() == ()


def changes():
    """What rule packs change of a rule."""
    [rule] = [rule for rule in load_form(editions()[-1]).rules if rule.id == "text.year"]
    return rule.changes
