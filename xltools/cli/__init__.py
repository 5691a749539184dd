"""The command ``xltools``: one file a command, each parses, makes one library call, prints, exits.

Exit status 0: nothing open of severity error; 1: done, with errors open; 2: not done, one line on stderr says why.
Libraries are imported inside the commands, so that ``--help`` is instant.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from importlib import import_module

import click

from xltools import __version__
from xltools.cli.screen import say
from xltools.errors import Misused, XltoolsError, refused

_COMMANDS = (
    "desk", "init", "blank", "receive", "fill", "check", "show", "compare", "choose", "aside", "decide", "export", "archive", "merge",
    "import", "report", "pack", "roster", "setting", "forms", "codes", "demo",
)  # fmt: skip
_NAMED = {"import": "import_"}
"""Modules that cannot be called as their command is."""


class _Group(click.Group):
    """The commands, each imported when it is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"xltools.cli.{_NAMED.get(name, name)}").command
        return command

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except Misused as problem:  # told as any wrong call is, with the command whose help says how
            name = context.invoked_subcommand or ""
            command = self.get_command(context, name)
            raise click.UsageError(
                str(problem), click.Context(command, context, name) if command else context
            ) from None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="xltools")
def cli() -> None:
    """统计报表、年度报告：发表、审核、汇总。

    Statutory returns in Excel: blank forms, checks, summaries.
    """


def main() -> None:
    """Runs the command line; every failure ends in one line, never in a traceback."""
    _look_seldom()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A file or another program gets the same bytes on every system; a console what it can show.
            plain = {} if stream.isatty() else {"encoding": "utf-8", "newline": "\n"}
            stream.reconfigure(errors="replace", **plain)
    try:
        status = cli.main(prog_name="xltools", standalone_mode=False)
    except XltoolsError as problem:
        _fail(str(problem))
    except click.exceptions.NoArgsIsHelpError as problem:
        _fail(f"请给出命令；全部命令见 {problem.ctx.command_path if problem.ctx else 'xltools'} --help")
    except click.ClickException as problem:
        context = getattr(problem, "ctx", None)
        command = context.command_path if context else "xltools"
        _fail(f"用法不对：{_in_chinese(problem)}；用法见 {command} --help")
    except (click.Abort, KeyboardInterrupt):
        _fail("已中断，没有完成")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as problem:
        _fail(refused(problem))
    except (Exception, RecursionError) as problem:
        if os.environ.get("XLTOOLS_DEBUG"):
            raise
        _fail(f"程序内部出错（{type(problem).__name__}：{problem}）；请把这一行和所用的文件发给维护人员")
    sys.exit(status if isinstance(status, int) else 0)


def _look_seldom() -> None:
    """Python looks for circles that nobody holds after every 700 objects made, and once more at the end. Starting makes a hundred
    thousand that all stay; what ends is let go of at once, circles and all."""
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)


def _in_chinese(problem: click.ClickException) -> str:
    """What click has to say of a wrong call."""
    option = getattr(problem, "option_name", "")
    parameter = getattr(problem, "param", None)
    name = (parameter.get_error_hint(getattr(problem, "ctx", None)) if parameter else option or "").replace("'", "")
    if isinstance(problem, click.NoSuchOption):
        return f"没有 {option} 这个选项"
    if isinstance(problem, click.MissingParameter):
        return f"缺少 {name}"
    if isinstance(problem, click.BadOptionUsage):
        return f"{option} 后面要给出内容"
    if isinstance(problem, click.BadParameter):
        return f"{name} 的值不对（{_wanted(parameter) or problem.message.rstrip('.')}）"
    words = problem.format_message().rstrip(".。")
    return (
        words.replace("No such command", "没有这个命令")
        .replace("Did you mean", "是不是")
        .replace("Got unexpected extra argument", "多给了")
    )


def _wanted(parameter: click.Parameter | None) -> str:
    """What may be given where a parameter takes but some words or numbers; "" for any other."""
    kind = getattr(parameter, "type", None)
    if isinstance(kind, click.Choice):
        return f"可以是 {'、'.join(map(str, getattr(kind, 'words', kind.choices)))}"
    if isinstance(kind, click.IntRange) and kind.min is not None:
        return f"应当是{f' {kind.min} 到 {kind.max} ' if kind.max is not None else f'不小于 {kind.min} '}的整数"
    return ""


def _fail(message: str) -> None:
    say("xltools：", message, err=True)
    sys.exit(2)
