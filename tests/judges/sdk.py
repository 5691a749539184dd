"""Microsoft's own validator of Office files (Open XML SDK), by the rules of Office 2007 and of Office 2013.

Run as a script by the Python of ``.ci/judges``, which has ``pythonnet``, this file is the validator's side of the judge, so it
imports nothing but the standard library before that; with ``--lay-out`` it puts the .NET runtime, which comes packed in a wheel,
where .NET looks for one.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

NAME = "Open XML SDK"
RULES = {".xlsx": ("Office2007", "Office2013"), ".docx": ("Office2013",)}
"""By whose rules. Our Word documents name their tables for those who cannot see them, as Word 2010 began to."""

FRAMEWORK = "Microsoft.NETCore.App"
SDK = ("DocumentFormat.OpenXml.dll", "System.IO.Packaging.dll")


def _home() -> Path:
    from judges import CACHE

    return CACHE / "dotnet"


def lacking() -> str:
    ready = (_home() / "runtime.json").exists()
    return "" if ready else f"the Open XML SDK is not in {_home()} (bash .ci/judges puts it there)"


def takes(output) -> bool:
    return output.path.suffix in RULES


def complaints(paths: Sequence[Path]) -> dict[Path, list[str]]:
    """What the validator says of each file, by whose rules."""
    done = subprocess.run([_home() / "bin" / "python", __file__], input=json.dumps([str(p) for p in paths]), check=True,
                          capture_output=True, text=True, encoding="utf-8", timeout=1200)  # fmt: skip
    said = json.loads(done.stdout)
    return {path: said[str(path)] for path in paths}


# ── below here under the Python that has pythonnet ───────────────────────────


def lay_out(home: Path) -> None:
    """Unpacks the runtime and the SDK beside it, and tells .NET of them; the file that tells it is written last."""
    [packed] = home.glob("lib/python3*/site-packages/python_redlines_ooxmlpowertools/_binaries/linux-x64.tar.gz")
    loose = home / "loose"
    with tarfile.open(packed) as archive:
        archive.extractall(loose, filter="data")
    told = json.loads((loose / "redlines.deps.json").read_text("utf-8"))
    [(target, listed)] = [(name, known) for name, known in told["targets"].items() if known]
    [pack] = [name for name in listed if name.startswith(f"runtimepack.{FRAMEWORK}")]
    version = pack.rpartition("/")[2]
    shared, host = (home / "runtime" / part / version for part in (f"shared/{FRAMEWORK}", "host/fxr"))
    for folder in (shared, host, home / "sdk"):
        folder.mkdir(parents=True, exist_ok=True)
    for name in (*listed[pack]["runtime"], *listed[pack]["native"]):
        if (loose / name).exists():
            (loose / name).replace((host if name == "libhostfxr.so" else shared) / name)
    for name in SDK:
        (loose / name).replace(home / "sdk" / name)
    known = {"runtimeTarget": told["runtimeTarget"], "compilationOptions": {}, "targets": {target: {pack: listed[pack]}},
             "libraries": {pack: told["libraries"][pack]}}  # fmt: skip
    (shared / f"{FRAMEWORK}.deps.json").write_text(json.dumps(known), "utf-8")
    options = {"tfm": f"net{target.partition('=v')[2].partition('/')[0]}", "framework": {"name": FRAMEWORK, "version": version},
               "configProperties": {"System.Globalization.Invariant": True}}  # fmt: skip
    shutil.rmtree(loose)
    (home / "runtime.json").write_text(json.dumps({"runtimeOptions": options}), "utf-8")


def _judge(home: Path, paths: Sequence[str]) -> dict[str, list[str]]:
    os.environ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1"
    import pythonnet

    pythonnet.load("coreclr", runtime_config=str(home / "runtime.json"), dotnet_root=str(home / "runtime"))
    import clr

    sys.path.append(str(home / "sdk"))
    for name in SDK:
        clr.AddReference(str(home / "sdk" / name))
    from DocumentFormat.OpenXml import FileFormatVersions
    from DocumentFormat.OpenXml.Packaging import SpreadsheetDocument, WordprocessingDocument
    from DocumentFormat.OpenXml.Validation import OpenXmlValidator

    found: dict[str, list[str]] = {}
    for path in paths:
        kind = WordprocessingDocument if path.endswith(".docx") else SpreadsheetDocument
        for rules in RULES[Path(path).suffix]:
            validator = OpenXmlValidator(getattr(FileFormatVersions, rules))
            validator.MaxNumberOfErrors = 0
            document = kind.Open(path, False)
            faults = [
                f"{rules}: {e.Id} {e.Description} in {e.Part.Uri if e.Part else ''}"
                for e in validator.Validate(document)
            ]
            document.Dispose()
            found.setdefault(path, []).extend(faults)
    return found


if __name__ == "__main__":
    where = Path(sys.prefix)
    if sys.argv[1:] == ["--lay-out"]:
        lay_out(where)
    else:
        print(json.dumps(_judge(where, json.load(sys.stdin))))
