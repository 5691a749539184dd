"""The one place where words go to the terminal. What a file, a name or a roster says is shown there, and never obeyed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import PurePath
from typing import Any

import click

from xltools.characters import escaped, visible
from xltools.outputs import slashed


def say(*words: object, mark: str = "", colour: str = "", before: str = "", err: bool = False) -> None:
    """One line: ``before``, the mark in its colour, the words; on stdout, or on stderr where that is for a result alone."""
    shown = click.style(visible(mark), fg=colour) if mark else ""
    click.echo(f"{before}{shown}{visible(''.join(map(_words, words)))}", err=err)


def _words(said: object) -> str:
    return slashed(said) if isinstance(said, PurePath) else str(said)


def hint(words: str) -> None:
    """What is good to know beside the result: on stderr."""
    say("xltools：提示：", words, err=True)


def print_json(data: Any) -> None:
    """JSON on stdout, Chinese as Chinese; written as it is made, for that of ten thousand filings is large."""
    import json

    for batch in _batches(json.JSONEncoder(ensure_ascii=False, indent=1).iterencode(data)):
        click.echo(escaped(batch), nl=False)
    click.echo()


def print_text(text: str) -> None:
    """A result of several lines on stdout, line for line."""
    for line in text.splitlines():
        say(line)


def _batches(pieces: Iterable[str]) -> Iterator[str]:
    """Small pieces of text put together in larger ones."""
    rest = iter(pieces)
    while batch := "".join(islice(rest, 4096)):
        yield batch
