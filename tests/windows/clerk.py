"""A clerk at the desk, over HTTP: a season from the roster to the report. Standard library alone.

    python clerk.py ROSTER.csv FOLDER COMMAND…

Starts the command, which must tell the desk's address; makes a season of the roster, hands the folder's files in, sums up, has the
report written, and leaves. Prints what the desk said after each step, as JSON.
"""

import csv
import json
import re
import subprocess
import sys
import time
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

EDGE = "------------------------------clerk"
KEYS = ("code", "name", "level", "parent", "contact", "phone", "last")
PATIENCE = 300


class Desk:
    """The desk, with what a browser keeps for it."""

    def __init__(self, address):
        self.base = "{0.scheme}://{0.netloc}".format(urlsplit(address))
        self.browser = build_opener(HTTPCookieProcessor(CookieJar()), ProxyHandler({}))
        self.get(address.removeprefix(self.base))

    def get(self, path):
        """The address that a path leads to, and the page there."""
        return self._ask(Request(self.base + path))

    def post(self, path, fields=(), files=()):
        """Sends a form, with files."""
        parts = [(f'name="{key}"', words.encode()) for key, words in fields]
        parts += [(f'name="files"; filename="{file.name}"', file.read_bytes()) for file in files]
        head = f"--{EDGE}\r\nContent-Disposition: form-data; "
        body = b"".join(f"{head}{name}\r\n\r\n".encode() + said + b"\r\n" for name, said in parts)
        heads = {"Content-Type": f"multipart/form-data; boundary={EDGE}", "Origin": self.base}
        return self._ask(Request(self.base + path, body + f"--{EDGE}--\r\n".encode(), heads))

    def _ask(self, request):
        with self.browser.open(request, timeout=PATIENCE) as answer:
            return urlsplit(answer.url).path, answer.read().decode()

    def settled(self, season):
        """What the desk says when the work that goes on is over: how it ended, and how many agencies passed."""
        until = time.monotonic() + PATIENCE
        while 'class="task running"' in (page := self.get(f"{season}live")[1]):
            if time.monotonic() > until:
                raise TimeoutError(page)
            time.sleep(0.3)
        page = self.get(season)[1]
        ended = re.search(r'class="task .*?<b>(.*?)</b><span[^>]*>(.*?)</span>', page, re.DOTALL)
        passed = re.search(r'class="count"><b>(\d+)</b>/(\d+)<', page)
        return [unescape("：".join(ended.groups())) if ended else "", "/".join(passed.groups()) if passed else ""]


def season(desk, roster, files):
    """Plays the season; what the desk said after each step."""
    rows = list(csv.reader(roster.read_text("utf-8").splitlines()))[1:]
    grid = [pair for row in rows for pair in zip(KEYS, [*row, *[""] * len(KEYS)][: len(KEYS)], strict=True)]
    at, page = desk.post("/new", [("area", rows[0][1]), ("year", "2023"), *grid])
    if not at.startswith("/s/"):
        raise RuntimeError(page)
    yield desk.settled(at)
    desk.post(f"{at}upload", files=files)
    yield desk.settled(at)
    for step in ("merge", "report"):
        desk.post(f"{at}summary/{step}")
        yield desk.settled(at)
    desk.post("/quit")


def main():
    roster, folder, *command = sys.argv[1:]
    program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        told = []
        for line in program.stdout:
            told.append(line.decode("utf-8", "replace"))
            if address := re.search(r"http://127\.0\.0\.1:\d+/\S*", told[-1]):
                break
        else:
            raise RuntimeError("".join(told))
        said = list(season(Desk(address[0]), Path(roster), sorted(Path(folder).iterdir())))
        print(json.dumps(said, ensure_ascii=False))
        return program.wait(PATIENCE)
    finally:
        program.kill()


if __name__ == "__main__":
    sys.exit(main())
