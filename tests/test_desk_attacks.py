"""The desk lets nobody in but this computer's own browser from its own pages, believes no path, and keeps no vast thing in memory."""

import base64
import hashlib
import http.client
import io
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from desk_client import BASE, PORT, Client, words
from making import filing, run, save
from test_season import AGENCIES, Folder, rows, said

from xltools.desk import desktop as desktop_module
from xltools.desk.guard import BODY_LIMIT
from xltools.form.model import Agency
from xltools.workbook.write import write_filing

FEW = dict(list(AGENCIES.items())[:3])
HOSTILE = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{ 19**4 }}{% for x in y %}", "\"'><a href='javascript:x'>",
           "看\u202e反了", "铃\x07响"]  # fmt: skip


@pytest.fixture(autouse=True)
def own_data(tmp_path, monkeypatch):
    monkeypatch.setattr(desktop_module, "_kept", lambda: tmp_path / "data" / "recent.json")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def home(tmp_path):
    made = Folder(tmp_path / "季")
    made.roster(rows(FEW.values()))
    made.receive(**{"1101": said("1101")})
    return made.home


@pytest.fixture
def client(home):
    return Client(home)


# ── who is let in ────────────────────────────────────────────────────────────

GETS = ["/", "/new", "/forms/", "/forms/2021/", "/desk.css", "/static/desk.js", "/static/htmx.min.js", "{s}",
        "{s}live", "{s}summary/", "{s}last/", "{s}a/0000/", "{s}file/0000"]  # fmt: skip
POSTS = ["/new", "/new/look", "/quit", "/forms/look", "/forms/new", "/forms/accept", "{s}last/read",
         "{s}check", "{s}stop", "{s}upload", "{s}blanks", "{s}open/home",
         "{s}summary/merge", "{s}summary/report", "{s}summary/pack", "{s}last/upload",
         "{s}aside", "{s}aside/back", "{s}read",
         "{s}a/0000/choose", "{s}a/0000/decide", "{s}a/0000/undecide"]  # fmt: skip


def at(client, path):
    return path.format(s=f"/s/{client.desktop.id_of(client.desktop.started)}/")


def test_every_route_is_among_those_tried(client):
    known = {rule.rule.split("<")[0] for rule in client.app.url_map.iter_rules()}
    tried = {path.replace("{s}", "/s/").split("0000")[0] for path in (*GETS, *POSTS)}
    assert all(any(begin.startswith(one.split("<")[0][:3]) for one in tried) for begin in known)


@pytest.mark.parametrize("path", GETS)
@pytest.mark.parametrize(
    ("host", "cookie", "more"),
    [
        (f"evil.example:{PORT}", True, {}),
        ("127.0.0.1", True, {}),
        (f"127.0.0.1.evil.example:{PORT}", True, {}),
        (f"0.0.0.0:{PORT}", True, {}),
        (f"127.0.0.1:{PORT + 1}", True, {}),
        (f"127.0.0.1:{PORT}", False, {}),
        (f"127.0.0.1:{PORT}", True, {"Sec-Fetch-Site": "cross-site"}),
        (f"127.0.0.1:{PORT}", True, {"Sec-Fetch-Site": "same-site"}),
    ],
)
def test_nothing_is_served_to_another_host_or_without_the_cookie_or_to_another_site(home, path, host, cookie, more):
    client = Client(home, admitted=cookie)
    jar = client.http.get_cookie(_name(client)) if cookie else None
    headers = {"Host": host, **more, **({"Cookie": f"{jar.key}={jar.value}"} if jar else {})}
    answer = client.http.get(at(client, path), base_url=f"http://{host}", headers=headers)
    assert (
        answer.status_code == 403 and home.name not in answer.text and "单位" not in answer.text.partition("<main")[2]
    )


def test_whom_is_turned_away_is_told_what_to_do_on_a_page_whole_in_itself(home):
    client = Client(home, admitted=False)
    answer = client.get("/")
    style = answer.text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
    assert "双击“年报助手”" in answer.text and not any(sign in answer.text for sign in ("<script", "<link", "href="))


def _name(client):
    return f"desk-{client.desktop.secret[:8]}"


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", f"http://127.0.0.1:{PORT + 1}", f"https://127.0.0.1:{PORT}", ""]
)
def test_nothing_is_done_for_another_origin(client, home, path, origin):
    before = sorted(p for p in home.rglob("*"))
    headers = {} if origin is None else {"Origin": origin}
    answer = client.http.post(at(client, path), base_url=BASE, headers=headers)
    assert answer.status_code == 403 and sorted(home.rglob("*")) == before


@pytest.mark.parametrize("key", ["wrong", "x" * 32, "秘密", ""])
def test_a_wrong_secret_opens_nothing(home, key):
    client = Client(home, admitted=False)
    answer = client.http.get("/", query_string={"key": key}, base_url=BASE)
    assert answer.status_code == 403 and "Set-Cookie" not in answer.headers


def test_the_secret_becomes_a_cookie_that_no_script_and_no_other_site_has(home):
    client = Client(home, admitted=False)
    answer = client.get(f"/?key={client.desktop.secret}")
    cookie = answer.headers["Set-Cookie"]
    assert answer.status_code == 303 and "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert client.desktop.secret not in cookie and client.desktop.secret not in answer.headers["Location"]


def test_every_answer_forbids_what_is_not_its_own(client):
    for path in GETS:
        answer = client.get(at(client, path))
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert (
            answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Referrer-Policy"] == "same-origin"
        )


def test_no_template_has_anything_inline_or_from_elsewhere():
    folder = Path(desktop_module.__file__).parent
    for path in (folder / "templates").glob("*.html"):
        text = path.read_text("utf-8")
        assert not any(
            sign in text
            for sign in (" style=", "<style", " onclick", " onload", " hx-on", "hx-vals", "javascript:", "| safe")
        )
        assert "http" not in text.replace("http-equiv", ""), path.name
        assert "<script>" not in text
    ours = (folder / "static" / "desk.js").read_text("utf-8") + (folder / "static" / "desk.css").read_text("utf-8")
    assert not any(sign in ours for sign in ("http:", "https:", "eval(", "innerHTML", "@import", "url("))


# ── no path is believed ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "path",
    [
        "{s}file/../../../../etc/passwd", "{s}file/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "{s}file/etc", "{s}words/xltools.toml",
        "/static/../desktop.py", "/static/..%2fdesktop.py", "/static/%2e%2e/__init__.py", "/s/..%2f..%2f/", "/s/季/", "/s//etc/",
        "{s}a/1101/", "{s}a/../", "{s}last/1101/", "/forms/..%2f..%2fetc/", "/forms/2021.toml/", "{s}summary/part?field=../../etc",
    ],
)  # fmt: skip
def test_a_path_from_the_browser_leads_nowhere(client, path):
    client.page(client.at)
    answer = client.get(at(client, path))
    assert answer.status_code in (404, 308) or "root:" not in answer.text
    assert b"root:" not in answer.data and b"import" not in answer.data


def test_a_file_that_no_page_has_named_cannot_be_had(client, home):
    from hashlib import blake2b

    guess = blake2b(str(home / "xltools.toml").encode(), key=client.season.id.encode(), digest_size=10).hexdigest()
    assert client.get(f"{client.at}file/{guess}").status_code == 404


def test_a_name_that_leads_out_stays_inside(client, home):
    client.page(client.at)
    outside = sorted(home.parent.iterdir())
    names = ["../../外.xlsx", "..\\..\\外.xlsx", "/tmp/外.xlsx", "C:\\外.xlsx", "~/外.xlsx", "回收/../../外.xlsx"]
    client.post(f"{client.at}upload", {"files": [(io.BytesIO(b"%d" % n), name) for n, name in enumerate(names)]})
    assert sorted(home.parent.iterdir()) == outside
    assert len(list((home / "回收").rglob("*外*.xlsx"))) == len(names)


def test_a_link_in_the_folder_is_not_followed_out(client, home, tmp_path):
    (tmp_path / "别处").mkdir()
    (home / "回收" / "链接").symlink_to(tmp_path / "别处")
    answer = client.post(
        f"{client.at}upload", {"files": [(io.BytesIO(b"x"), "链接/外.xlsx")]}, headers={"X-Requested-With": "desk"}
    )
    assert answer.status_code == 409 and "外面" in answer.json["message"] and not list((tmp_path / "别处").iterdir())


# ── hostile words ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_and_texts_are_shown_as_text(tmp_path, hostile):
    agency = Agency("1101", re.sub("[\u202e\x07]", "", hostile), "department")  # with those a roster is refused
    made = Folder(tmp_path / "季")
    made.roster(rows([agency, AGENCIES["1102"]]))
    text = {"overview": (hostile.replace("\x07", ""),), "problems": ("x",), "other": ("x",)}
    made.receive(甲=write_filing(filing({"requests.new.natural": 5}, year=2023, agency=agency, texts=text)))
    client = Client(made.home)
    client.post(f"{client.at}upload", {"files": [(io.BytesIO(b"nothing"), f"{hostile}.docx")]})
    for path in (client.at, client.agency("1101"), "/", f"{client.at}summary/"):
        answer = client.get(path)
        assert answer.status_code == 200
        page = client.page(path)
        assert not page.xpath("//main//script | //main//img | //a[contains(@href, 'javascript')] | //*[@onerror]")
        assert not any(sign in answer.text for sign in ("\u202e", "\x07"))
        assert str(19**4) not in words(page)


# ── sizes ────────────────────────────────────────────────────────────────────


@pytest.fixture
def served(home):
    """The desk as its own process, on its own port."""
    environment = {**os.environ, "PYTHONUTF8": "1"}
    words = [sys.executable, "-m", "xltools", "desk", str(home), "--no-browser"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)
    address = process.stdout.readline().strip()
    yield process, address
    process.kill()
    process.wait()


def asked(address, request, body=(), size=65536):
    """What the server answers to raw bytes; a body is sent piece by piece as long as it listens."""
    port = int(address.split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(request)
        try:
            for piece in body:
                line.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            return line.recv(size)
        except ConnectionResetError:
            return b""


def admitted(address):
    port = address.split(":")[2].split("/")[0]
    answer = asked(
        address, f"GET {address.partition(port)[2]} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    ).decode()
    cookie = (
        next(line for line in answer.splitlines() if line.lower().startswith("set-cookie")).split(": ")[1].split(";")[0]
    )
    return (
        port,
        cookie,
        next(line for line in answer.splitlines() if line.lower().startswith("location")).split(": ")[1],
    )


def head(port, cookie, path, length):
    lines = [f"POST {path}upload HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Origin: http://127.0.0.1:{port}", f"Cookie: {cookie}",
             "Content-Type: multipart/form-data; boundary=b", f"Content-Length: {length}", "", ""]  # fmt: skip
    return "\r\n".join(lines).encode()


def memory(pid):
    return int(
        next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM")).split()[
            1
        ]
    )


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the system does not tell how much memory a process takes"
)
def test_two_hundred_megabytes_are_refused_and_not_kept_in_memory(served, home):
    process, address = served
    port, cookie, path = admitted(address)
    before, there = memory(process.pid), sorted((home / "回收").rglob("*"))
    length = 200 * 2**20
    answer = asked(address, head(port, cookie, path, length), (bytes(2**20) for _ in range(200)))
    assert b"413" in answer.split(b"\r\n")[0] if answer else True
    assert memory(process.pid) - before < 40 * 1024, "kilobytes"
    part = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
    fits = 60 * 2**20
    answer = asked(
        address,
        head(port, cookie, path, len(part) + fits + 7),
        (part, *(bytes(2**20) for _ in range(60)), b"\r\n--b--\n"),
    )
    assert memory(process.pid) - before < 60 * 1024, (
        "what is taken in goes by the disk; a check that begins does not read it"
    )
    assert sorted((home / "回收").rglob("*")) != there or answer.startswith(b"HTTP/1.1 303")


def test_a_body_that_lies_about_its_length_is_refused_too(client):
    there, kind = f"{client.at}upload", "multipart/form-data; boundary=b"
    lies = {"CONTENT_LENGTH": str(BODY_LIMIT + 1)}
    answer = client.post(there, io.BytesIO(b"x"), environ_overrides=lies, content_type=kind)
    assert answer.status_code == 413 and "太大" in answer.text


def bomb():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as out:
        for n in range(30):
            out.writestr(f"{n}.xlsx", bytes(100 * 2**20 // 10))
    return content.getvalue()


def test_a_zip_bomb_is_told_and_takes_nothing(client):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    client.post(
        f"{client.at}upload", {"files": [(io.BytesIO(bomb()), "弹.zip"), (io.BytesIO(said("1102")), "1102.xlsx")]}
    )
    told = client.season.told
    assert {a["code"]: a["state"] for a in told["agencies"]}["1102"] == "accepted"
    assert "弹.zip" in words(client.page(client.at))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 250 * 1024


# ── two at once, killed ──────────────────────────────────────────────────────


def test_two_desks_and_a_command_on_one_folder_do_not_harm_each_other(home):
    clients = [Client(home), Client(home)]
    for n, one in enumerate(clients):
        one.post(f"{one.at}upload", {"files": [(io.BytesIO(said(f"110{n + 2}")), f"110{n + 2}.xlsx")]})
    done = run("check", "--json", cwd=home)
    assert done.returncode == 0, done.stderr
    for one in clients:
        one.post(f"{one.at}check")
        assert {a["state"] for a in one.season.told["agencies"]} == {"accepted"}
    ids = {one.desktop.id_of(home) for one in clients}
    assert len(ids) == 2 and clients[0].get(f"/s/{clients[1].season.id}/").status_code == 404


def test_killed_while_receiving_nothing_is_lost_and_no_half_file_is_there(served, home):
    process, address = served
    port, cookie, path = admitted(address)
    part = b'--b\r\nContent-Disposition: form-data; name="files"; filename="half.xlsx"\r\n\r\n' + bytes(2**20)
    number = int(port)
    with socket.create_connection(("127.0.0.1", number), timeout=30) as line:
        line.sendall(head(port, cookie, path, 20 * 2**20) + part)
        time.sleep(0.5)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert [p.name for p in (home / "回收").rglob("*")] == ["1101.xlsx"]
    client = Client(home)
    assert {a["code"]: a["state"] for a in client.season.told["agencies"]}["1101"] == "accepted"


def test_it_is_served_to_this_computer_alone_and_says_so_in_one_line(served, home):
    _, address = served
    assert address.startswith("http://127.0.0.1:") and "key=" in address
    port = int(address.split(":")[2].split("/")[0])
    listening = [line.split()[1] for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
                 if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")]  # fmt: skip
    assert listening == [f"0100007F:{port:04X}"]


@pytest.mark.parametrize("kept", [0, 1, 3, 6, 12])
def test_the_end_ends_the_program_though_connections_are_kept_open(served, kept):
    """And the page that says so arrives whole."""
    process, address = served
    port, cookie, _ = admitted(address)
    headers = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{port}"}
    lines = [http.client.HTTPConnection("127.0.0.1", int(port), timeout=30) for _ in range(kept + 1)]
    for line in lines[:kept]:
        line.request("GET", "/forms/", headers=headers)
        assert line.getresponse().read().endswith(b"</html>")
    last = lines[0]
    last.request("POST", "/quit", headers=headers)
    answer = last.getresponse()
    page = answer.read()
    assert answer.status == 200 and len(page) == int(answer.headers["Content-Length"])
    assert "已经退出" in page.decode() and page.endswith(b"</html>")
    assert process.wait(timeout=10) == 0
    for line in lines:
        line.close()


@pytest.mark.parametrize("wrong", [("没有", "--no-browser"), ("--port", "0"), ("--port", "99999"), ("a", "b")])
def test_wrong_calls_are_told(home, wrong):
    done = run("desk", *wrong, cwd=home)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1


def test_a_port_that_is_taken_is_told(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("desk", "--no-browser", "--port", taken.getsockname()[1], cwd=home)
    assert done.returncode == 2 and "用不了" in done.stderr


def test_a_damaged_list_of_seasons_stops_nothing(home, tmp_path):
    for words_ in (b"[", b"{}", b'[1, "\\u0000"]', b"\xff", b"[" * 9999):
        save(tmp_path / "data" / "recent.json", words_)
        assert Client(home).get("/").status_code == 200
