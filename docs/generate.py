"""Writes docs/codes.md from the catalogue of findings: ``python docs/generate.py``. A test holds the two equal."""

from __future__ import annotations

from pathlib import Path

from xltools.editions.describe import codes_json
from xltools.terms import SEVERITIES


def codes_page() -> str:
    """The page of all finding codes."""
    lines = [
        "# 审核问题编号",
        "",
        "由 `python docs/generate.py` 生成，请勿手改。`{…}` 是审核时填入的内容。",
        "",
        "| 编号 | 级别 | 含义 | 提示的文字 | 怎么办 |",
        "|---|---|---|---|---|",
    ]
    for code in codes_json():
        words = (code["meaning"], code["message"], code["remedy"])
        lines.append(f"| `{code['code']}` | {SEVERITIES[code['severity']]} | {' | '.join(words)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (Path(__file__).parent / "codes.md").write_text(codes_page(), "utf-8")
