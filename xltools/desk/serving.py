"""The desk's server: bound to this computer alone, its address with a secret in it, opened in the browser."""

from __future__ import annotations

import threading
import time
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from waitress.server import BaseWSGIServer, create_server
from waitress.wasyncore import loop

from xltools.desk.application import application
from xltools.desk.desktop import Desktop
from xltools.desk.guard import BODY_LIMIT
from xltools.errors import XltoolsError, why

LOOPBACK = "127.0.0.1"
LINGER = 2.0
"""Seconds to send what was said, after the end."""


def run(folder: Path, told: Callable[[str], None], port: int | None, *, browser: bool) -> None:
    """Serves until it is ended."""
    if not folder.is_dir():
        raise XltoolsError(f"没有这个文件夹：{folder}")
    desktop = Desktop(folder.resolve())
    sockets: dict[int, object] = {}
    try:
        server = create_server(
            application(desktop), sockets, host=LOOPBACK, port=port or 0, threads=8, ident=None,
            max_request_body_size=BODY_LIMIT, max_request_header_size=64 * 2**10,
        )  # fmt: skip
    except OSError as problem:
        raise XltoolsError(f"端口 {port} 用不了：{why(problem)}；请换一个，或者不给 --port") from None
    ended = threading.Event()
    desktop.serves(LOOPBACK, server.effective_port, ended.set)
    told(desktop.address)
    if browser:
        threading.Thread(target=webbrowser.open, args=(desktop.address,), daemon=True).start()
    try:
        with suppress(KeyboardInterrupt):
            _serve(server, sockets, ended)
    finally:
        desktop.close()
        server.task_dispatcher.shutdown()
        server.close()


def _serve(server: BaseWSGIServer, sockets: dict[int, object], ended: threading.Event) -> None:
    """Serves until it is ended, then until what was said is sent.

    No other thread closes a socket: on Windows whoever waits on it would fail."""
    turn = partial(loop, map=sockets, count=1)
    while not ended.is_set():
        turn(timeout=0.5)
    for channel in list(server.active_channels.values()):
        channel.close_when_flushed = True
    until = time.monotonic() + LINGER
    while server.active_channels and time.monotonic() < until:
        turn(timeout=0.1)
