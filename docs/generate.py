"""Writes what in docs/ comes from the code: codes.md, commands.md, schema/. ``python docs/generate.py``; a test holds them equal."""

from __future__ import annotations

import json
import typing
from collections.abc import Iterator
from inspect import getdoc
from pathlib import Path
from typing import Any, Literal, NotRequired

import click

from xltools.api import office, showing
from xltools.cli import cli
from xltools.editions import describe
from xltools.editions.describe import codes_json
from xltools.received import exchange
from xltools.season import told
from xltools.terms import SEVERITIES

DOCS = Path(__file__).parent
BY_HAND = "由 `python docs/generate.py` 生成，请勿手改。"

# ── docs/codes.md ────────────────────────────────────────────────────────────


def codes_page() -> str:
    """The page of all finding codes."""
    lines = [
        "# 审核问题编号",
        "",
        f"{BY_HAND}`{{…}}` 是审核时填入的内容。",
        "",
        "| 编号 | 级别 | 含义 | 提示的文字 | 怎么办 |",
        "|---|---|---|---|---|",
    ]
    for code in codes_json():
        words = (code["meaning"], code["message"], code["remedy"])
        lines.append(f"| `{code['code']}` | {SEVERITIES[code['severity']]} | {' | '.join(words)} |")
    return "\n".join(lines) + "\n"


# ── docs/commands.md ─────────────────────────────────────────────────────────


def commands_page() -> str:
    """The page of all commands, from their own help."""
    lines = [
        "# 命令",
        "",
        f"{BY_HAND}每条命令的 `--help` 说的就是这些。退出状态和 `--json` 的内容见 [formats.md](formats.md)，各项的类型见 `schema/`。",
        "",
    ]
    for name, command in _commands(cli, "xltools"):
        arguments = (p.make_metavar(click.Context(command)) for p in command.params if isinstance(p, click.Argument))
        chinese, _, english = (command.help or "").partition("\n\n")
        lines += [
            f"## {name}",
            "",
            chinese,
            "",
            english.strip(),
            "",
            "```text",
            " ".join((name, *arguments, "[选项]")),
            "```",
            "",
        ]
        lines += ["| 选项 | 意思 |", "|---|---|"]
        lines += (_row(option) for option in command.params if isinstance(option, click.Option))
        lines.append("")
    return "\n".join(lines)


def _commands(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its whole name."""
    context = click.Context(group)
    for own in list(group.commands) or group.list_commands(
        context
    ):  # as they were written, where they are not loaded late
        command = group.get_command(context, own)
        if isinstance(command, click.Group):
            yield from _commands(command, f"{name} {own}")
        else:
            yield f"{name} {own}", command


def _row(option: click.Option) -> str:
    names = "`, `".join(option.opts)
    return f"| `{names}{'' if option.is_flag else f' {_value(option)}'}` | {option.help}{'（必填）' if option.required else ''} |"


def _value(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return "\\|".join(option.type.choices)
    return option.metavar or ("N" if isinstance(option.type, click.IntRange) else "TEXT")


# ── docs/schema/ ─────────────────────────────────────────────────────────────

PRINTED = {
    "check": told.CheckJson,
    "merge": told.MergeJson,
    "export": exchange.FilingJson,
    "forms-list": describe.FormsJson,
    "forms-show": describe.FormJson,
    "codes": describe.CodesJson,
    "show": showing.ShownJson,
    "compare": showing.ComparedJson,
    "roster": office.RosterJson,
}
"""What each command prints with ``--json``, by its type in the code."""

_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
}


def schema(name: str) -> dict[str, Any]:
    """The JSON schema of what a command prints, made from the types that mypy holds its code to."""
    known: dict[str, Any] = {}
    root = _schema_of(PRINTED[name], known)
    command = name.replace("-", " ")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"xltools {command}"}
    return {**head, **root, "$defs": dict(sorted(known.items()))}


def _schema_of(kind: Any, known: dict[str, Any]) -> dict[str, Any]:
    if kind in _PLAIN:
        return _PLAIN[kind]
    if typing.is_typeddict(kind):
        if kind.__name__ not in known:
            known[kind.__name__] = {}  # it may hold itself
            known[kind.__name__] = _object(kind, known)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is Literal:
        return {"enum": list(inner)}
    if origin is list:
        return {"type": "array", "items": _schema_of(inner[0], known)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema_of(inner[1], known)}
    if all(one in _PLAIN for one in inner):
        return {"type": [_PLAIN[one]["type"] for one in inner]}
    return {"anyOf": [_schema_of(one, known) for one in inner]}  # a union


def _object(kind: Any, known: dict[str, Any]) -> dict[str, Any]:
    keys = typing.get_type_hints(kind, include_extras=True)
    needed = [name for name, hint in keys.items() if typing.get_origin(hint) is not NotRequired]
    bare = {n: hint if n in needed else typing.get_args(hint)[0] for n, hint in keys.items()}
    return {
        "type": "object",
        "description": getdoc(kind),
        "properties": {name: _schema_of(hint, known) for name, hint in bare.items()},
        "required": needed,
    }


def pages() -> dict[Path, str]:
    """Everything generated, by where it lies."""
    schemas = {
        DOCS / "schema" / f"{n}.json": json.dumps(schema(n), ensure_ascii=False, indent=1) + "\n" for n in PRINTED
    }
    return {DOCS / "codes.md": codes_page(), DOCS / "commands.md": commands_page(), **schemas}


if __name__ == "__main__":
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
