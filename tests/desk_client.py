"""The desk as tests use it: its application over a folder, asked as a browser that was let in would ask."""

from __future__ import annotations

import re
import time
from pathlib import Path

from lxml import html

from xltools.desk.application import application
from xltools.desk.desktop import Desktop

PORT = 8123
BASE = f"http://127.0.0.1:{PORT}"


class Client:
    """A browser at the desk; ``get`` and ``post`` give answers, ``page`` a page's tree."""

    def __init__(self, folder: Path, *, admitted: bool = True) -> None:
        self.desktop = Desktop(folder.resolve())
        self.desktop.serves("127.0.0.1", PORT, lambda: None)
        self.app = application(self.desktop)
        self.app.testing = False
        self.http = self.app.test_client()
        if admitted:
            self.get(f"/?key={self.desktop.secret}")

    def get(self, path: str, **more):
        return self.http.get(path, base_url=BASE, **more)

    def post(self, path: str, data=None, headers=None, **more):
        return self.http.post(path, base_url=BASE, data=data, headers={"Origin": BASE, **(headers or {})}, **more)

    def page(self, path: str, status: int = 200):
        answer = self.get(path)
        assert answer.status_code == status, answer.text[-600:]
        return html.fromstring(answer.text)

    @property
    def season(self):
        """The season that the desk was started in, when nothing goes on in it any more."""
        opened = self.desktop.open(self.desktop.id_of(self.desktop.started))
        if opened.checked is None and opened.task is None:
            opened.check()
        self.settled(opened)
        return opened

    def settled(self, opened) -> None:
        until = time.monotonic() + 120
        while opened.task is not None and opened.task.running and time.monotonic() < until:
            opened.task.wait(1)
        assert not opened.task.running

    @property
    def at(self) -> str:
        """The address of the season's page."""
        return f"/s/{self.season.id}/"

    def agency(self, code: str) -> str:
        """The address of an agency's page."""
        return f"{self.at}a/{self.season.code_id(code)}/"


def words(tree) -> str:
    return re.sub(r"\s+", " ", tree.text_content())
