"""The desk's server: bound to this computer alone, its address with a secret in it, opened in the browser."""

from __future__ import annotations

import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

from waitress.server import BaseWSGIServer, create_server

from xltools.desk.application import application
from xltools.desk.desktop import Desktop
from xltools.desk.guard import BODY_LIMIT
from xltools.errors import XltoolsError, why

LOOPBACK = "127.0.0.1"


def run(folder: Path, told: Callable[[str], None], port: int | None, *, browser: bool) -> None:
    """Serves until it is ended."""
    if not folder.is_dir():
        raise XltoolsError(f"没有这个文件夹：{folder}")
    desktop = Desktop(folder.resolve())
    try:
        server = create_server(
            application(desktop), host=LOOPBACK, port=port or 0, threads=8, ident=None,
            max_request_body_size=BODY_LIMIT, max_request_header_size=64 * 2**10,
        )  # fmt: skip
    except OSError as problem:
        raise XltoolsError(f"端口 {port} 用不了：{why(problem)}；请换一个，或者不给 --port") from None
    desktop.serves(LOOPBACK, server.effective_port, lambda: server.trigger.pull_trigger(lambda: _closed(server)))
    told(desktop.address)
    if browser:
        threading.Thread(target=webbrowser.open, args=(desktop.address,), daemon=True).start()
    try:
        server.run()
    finally:
        desktop.close()
        server.close()


def _closed(server: BaseWSGIServer) -> None:
    """Closes the server, its open connections as soon as what was said is sent; in its own thread, which waits on these sockets (on
    Windows a wait fails when another thread closes them)."""
    for channel in server.active_channels.values():
        channel.close_when_flushed = True
    server.close()
