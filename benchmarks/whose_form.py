"""Who filed this, measured: returns on another agency's form, and honest ones made to look like them.

    python benchmarks/whose_form.py [--wrong 200] [--honest 2000] [--seed 1] [--show]

Made-up counties with their rosters, last year's filings, and a return for each agency. A wrong return is on one agency's form
with another's papers: all of them, or texts alone, or figures alone. An honest one speaks of others as reports do, shares its
wording with them, bears any file name, may have no last year. Three sets of styles of writing: the rule was made while looking at
the first, and mended once after looking at the second; the third was written before that and is only counted.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from whose_styles import ASIDES, STYLES, nameless

from xltools.collection.previous import Previous
from xltools.collection.roster import Entry, Roster
from xltools.collection.whose import Whose
from xltools.editions import load_form
from xltools.findings import Finding
from xltools.form.model import Agency, Filing
from xltools.received.file import Received
from xltools.terms import Level

FORM, YEAR = load_form("2021"), 2025


def _words(text: str) -> list[str]:
    return text.split()


PLACES = _words("清河 云岭 石桥 平川 东阳 南坪 北川 长宁 永和 青林 白水 金沙 大湾 小河 龙泉 凤山 高台 新安 双溪 柳河")
TOWNS = _words("""
河口 柳林 白石 双桥 石门 长岭 马家 三合 大河 兴隆 太平 红星 临江 黄土 新塘 古城 罗村 沙湾 桃源
牛头 安乐 五里 清水 官庄
""")
BUREAUS = _words("""
教育局 公安局 民政局 司法局 财政局 统计局 审计局 水利局 林业局 信访局 医疗保障局 应急管理局 城市管理局
交通运输局 商务局 气象局 自然资源和规划局 住房和城乡建设局 市场监督管理局 人力资源和社会保障局 农业农村局
文化和旅游局 卫生健康委员会 发展和改革委员会 退役军人事务局 行政审批服务局 科学技术和工业信息化局
民族宗教事务局 综合行政执法局 政务服务数据管理局 乡村振兴局 国有资产监督管理委员会 机关事务服务中心
公安局交通警察大队 教育局招生考试中心 供销合作社联合社 地方金融监督管理局
""")
FAMILY, GIVEN = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林罗高", "伟敏静磊军洋勇艳杰娟涛明超霞平刚桂英华玉"


@dataclass
class Papers:
    """What an agency has in its drawer: this year's return as it should be, last year's, and how it writes."""

    entry: Entry
    filing: Filing
    last: Filing
    style: int


@dataclass
class County:
    """A roster with the papers of its agencies."""

    roster: Roster
    papers: dict[str, Papers]
    previous: Previous | None
    came: set[str]
    taken: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Case:
    """A return to be judged, and the agency it is really of; "" for the form's own."""

    county: County
    received: Received
    really: str
    kind: str


# ── counties ─────────────────────────────────────────────────────────────────


def county(random: Random, styles: str) -> County:
    """A county, a district or a banner with sixteen to forty agencies."""
    place = random.choice(PLACES) + random.choice(["县", "县", "县", "区", "市", "旗"])
    before = random.choice([place, place, place, place[-1], ""])
    names: list[tuple[str, Level]] = [(f"{place}人民政府办公室", "department")]
    names += [(before + name, "department") for name in random.sample(BUREAUS, random.randint(9, 20))]
    if random.random() < 0.4:
        zone = random.choice(["经济开发区", "高新技术产业开发区", "工业园区", "文化旅游度假区"])
        names.append((f"{place}{zone}管理委员会", "department"))
    for town in random.sample(TOWNS, random.randint(5, 18)):
        ending = random.choice(["镇人民政府", "镇人民政府", "乡人民政府", "街道办事处", "镇"])
        names.append(((place if random.random() < 0.2 else "") + town + ending, "township"))
    entries = [Entry(Agency("QH", place, "county"))]
    switchboard = _phone(random)
    listed, shared = random.random() < 0.75, random.random() < 0.15
    for number, (name, level) in enumerate(names, 1):
        contact = _person(random) if listed and random.random() < 0.9 else ""
        phone = (switchboard if shared and random.random() < 0.5 else _phone(random)) if contact else ""
        entries.append(Entry(Agency(f"QH-{number:02d}", name, level), "QH", contact, phone))
    roster = Roster(tuple(entries))
    common = random.randrange(len(STYLES[styles])) if random.random() < 0.3 else None  # one model text for all of them
    papers = {e.agency.code: _papers(random, e, roster, place, styles, common) for e in roster.expected}
    lasts = {(YEAR - 1, code): p.last for code, p in papers.items() if random.random() < 0.93}
    came = {code for code in papers if random.random() < random.choice([0.3, 0.7, 0.9, 1.0])}
    return County(roster, papers, Previous(lasts) if random.random() < 0.7 else None, came)


def _person(random: Random) -> str:
    return random.choice(FAMILY) + "".join(random.choice(GIVEN) for _ in range(random.randint(1, 2)))


def _phone(random: Random) -> str:
    if random.random() < 0.5:
        return f"0{random.randint(311, 998)}-{random.randint(2000000, 8999999)}"
    return f"1{random.randint(30, 99)}{random.randint(10000000, 99999999)}"


def _papers(random: Random, entry: Entry, roster: Roster, place: str, styles: str, common: int | None) -> Papers:
    style = common if common is not None else random.randrange(len(STYLES[styles]))
    last, now = _years(random)
    head = entry.contact if entry.contact and random.random() < 0.7 else _person(random)
    phone = entry.phone if entry.phone and random.random() < 0.8 else _phone(random)
    signoff = {"compiler": head, "reviewer": _person(random), "head": _person(random),
               "date": f"{YEAR + 1}-01-{random.randint(4, 28):02d}", "phone": phone}  # fmt: skip
    texts = _texts(random, entry, roster, place, STYLES[styles][style], ASIDES[styles])
    return Papers(
        entry,
        Filing(FORM, entry.agency, YEAR, inputs=now, texts=texts, signoff=signoff),
        Filing(FORM, entry.agency, YEAR - 1, inputs=last),
        style,
    )


def _years(random: Random) -> tuple[dict[str, int], dict[str, int]]:
    """Two years of one agency: what is left over goes on, but for those who err; the rest changes as it does in life."""
    size = random.choice([0.0, 0.3, 1.0, 3.0, 10.0, 60.0])
    last = {f.id: _some(random, size if "total" not in f.id else 0) for f in FORM.inputs}
    now = {}
    for item in FORM.inputs:
        change = random.choice([0.0, 0.1, 0.3, 0.8, 2.0])
        now[item.id] = max(0, round(last[item.id] * (1 + random.uniform(-0.9, 1) * change)) + _some(random, size / 8))
    for table, kinds in (("rules", 0.05), ("normative", 1.0)):
        base = f"disclosure.{table}"
        stock = random.randint(0, 40) if random.random() < kinds * min(1.0, 0.3 + size) else 0
        issued, repealed = _some(random, 1), min(stock, _some(random, 0.6))
        last[f"{base}.effective"] = stock
        now |= {f"{base}.issued": issued, f"{base}.repealed": repealed}
        now[f"{base}.effective"] = max(0, stock + issued - repealed + (random.random() < 0.12) * random.randint(-4, 6))
    for name, source in FORM.last.carried.items():
        last[source.fields[0]] = _some(random, size / 20)
        now[name] = last[source.fields[0]] + (random.random() < 0.04) * _some(random, 1)
    return last, now


def _some(random: Random, mean: float) -> int:
    return int(random.expovariate(1 / mean)) if mean and random.random() < 0.7 else 0


def _texts(
    random: Random, entry: Entry, roster: Roster, place: str, style: dict[str, list[str]], asides: list[str]
) -> dict[str, tuple[str, ...]]:
    name = entry.agency.name
    others = [e.agency.name for e in roster.expected if e is not entry]
    short = place[-1] + name if entry.agency.level == "department" and name in BUREAUS else name
    facts = {"name": name, "short": called(random, short, place), "self": _self(name), "place": place,
             "level": place[-1], "year": YEAR, "last": YEAR - 1, "n": random.randint(2, 90)}  # fmt: skip

    def filled(text: str) -> str:
        mentioned = random.sample(others, 6)
        said = {f"o{n}": called(random, other, place) for n, other in enumerate(mentioned)}
        return text.format_map({**facts, **said})

    texts = {part: [filled(text) for text in lines] for part, lines in style.items()}
    for _ in range(random.choice([0, 1, 1, 2, 3])):
        lines = texts[random.choice(list(texts))]
        aside = filled(random.choice(asides))
        if random.random() < 0.5:
            lines.insert(random.randint(0, len(lines)), aside)
        else:
            at = random.randrange(len(lines))
            lines[at] += aside
    return {part: tuple(lines) for part, lines in texts.items()}


def called(random: Random, name: str, place: str) -> str:
    """An agency as people write it: in full, without its place, or short."""
    bare = name.removeprefix(place)
    short = SHORT.get(bare.removeprefix(place[-1]), "")
    ways = [name, bare if len(bare) > 3 else name, f"{place[-1]}{short}" if short else name, name]
    if bare.endswith("镇人民政府"):
        ways += [bare.removesuffix("人民政府"), bare.replace("人民政府", "政府")]
    if bare.endswith("街道办事处"):
        ways += [bare.removesuffix("办事处"), bare.replace("办事处", "办")]
    return random.choice(ways)


SHORT = {
    "人民政府办公室": "政府办", "住房和城乡建设局": "住建局", "市场监督管理局": "市场监管局", "人力资源和社会保障局": "人社局",
    "自然资源和规划局": "自然资源局", "文化和旅游局": "文旅局", "卫生健康委员会": "卫健委", "发展和改革委员会": "发改委",
    "退役军人事务局": "退役军人局", "行政审批服务局": "审批局", "医疗保障局": "医保局", "应急管理局": "应急局",
    "城市管理局": "城管局",
    "交通运输局": "交通局", "科学技术和工业信息化局": "科工信局", "民族宗教事务局": "民宗局", "综合行政执法局": "综合执法局",
    "政务服务数据管理局": "政数局", "国有资产监督管理委员会": "国资委", "公安局交通警察大队": "交警大队",
}  # fmt: skip
"""Short forms as they are really used, not as the rule derives them."""


def _self(name: str) -> str:
    for ending, word in (
        ("街道办事处", "街道"),
        ("镇人民政府", "镇"),
        ("乡人民政府", "乡"),
        ("委员会", "委"),
        ("办公室", "办"),
    ):
        if name.endswith(ending):
            return word
    return {"心": "中心", "队": "大队", "社": "单位"}.get(name[-1], name[-1])


# ── returns ──────────────────────────────────────────────────────────────────

KINDS = ("all", "all", "all", "texts", "figures", "figures and sign-off", "texts and file name")


def wrong(random: Random, styles: str) -> Case:
    """A return on one agency's form with another's papers. What is not the other's is the form's own agency's.

    Drawn anew where nobody could tell: no text names the other, and its figures, of which last year's is known, are nought.
    """
    while not _tells(case := _wrong(random, styles), styles):
        pass
    return case


def _tells(case: Case, styles: str) -> bool:
    papers = case.county.papers[case.really]
    by_text = not case.kind.startswith("figures") and not nameless(STYLES[styles][papers.style])
    stocks = [papers.last.inputs[name] for name in papers.last.inputs if name.endswith(("effective", "carried_out"))]
    known = case.county.previous is not None and case.county.previous.of(papers.entry.agency.code, YEAR, FORM)
    by_figures = not case.kind.startswith("texts")
    return by_text or bool(by_figures and known and sum(papers.last.inputs.values()) > 20 and any(stocks))


def _wrong(random: Random, styles: str) -> Case:
    here = county(random, styles)
    form, other = random.sample(list(here.papers.values()), 2)
    kind = random.choice(KINDS)
    if kind.startswith("figures") and here.previous is None:
        here.previous = Previous({(YEAR - 1, code): p.last for code, p in here.papers.items()})
    came = here.came - {other.entry.agency.code} if random.random() < 0.7 else here.came
    here = replace(here, came=came | {form.entry.agency.code})
    theirs, taken = other.filing, {}
    if kind == "all" or kind.startswith("figures"):
        taken["inputs"] = theirs.inputs
    if kind == "all" or kind.startswith("texts"):
        taken["texts"] = theirs.texts
    if kind.startswith("figures"):
        taken["texts"] = _nameless(random)
    if kind in ("all", "figures and sign-off"):
        taken["signoff"] = theirs.signoff
    elif kind == "figures":
        taken["signoff"] = {**theirs.signoff, "phone": _phone(random), "compiler": _person(random)}
    filing = replace(form.filing, **taken)
    named = other if kind == "texts and file name" or random.random() < 0.3 else form
    name = _file_name(random, named.entry.agency, here, issued=named is form)
    return Case(here, _received(here, filing, name), other.entry.agency.code, kind)


def honest(random: Random, styles: str) -> Case:
    """An agency's own return, with all that may speak for another."""
    here = county(random, styles)
    own, other = random.sample(list(here.papers.values()), 2)
    filing = own.filing
    kind = random.choice(
        ("as it is", "as it is", "as it is", "nameless", "moved", "shared phone", "same figures", "jumps")
    )
    if kind == "nameless":
        filing = replace(filing, texts=_nameless(random))
    elif kind == "moved" and random.random() < 0.1:  # the roster has the clerk still at another agency
        signoff = {**filing.signoff, "compiler": other.entry.contact or _person(random)}
        if random.random() < 0.3:
            signoff["phone"] = other.entry.phone or _phone(random)
        filing = replace(filing, signoff=signoff)
    elif kind == "shared phone":
        entries = tuple(replace(e, phone=own.entry.phone) if e is other.entry else e for e in here.roster.entries)
        here = replace(here, roster=Roster(entries))
    elif kind == "same figures":
        filing = replace(filing, inputs=dict.fromkeys(filing.inputs, 0))
    elif kind == "jumps":
        filing = replace(filing, inputs={name: _some(random, 12) for name in filing.inputs})
    came = here.came | {own.entry.agency.code}
    here = replace(here, came=came)
    return Case(here, _received(here, filing, _file_name(random, own.entry.agency, here)), "", kind)


def _nameless(random: Random) -> dict[str, tuple[str, ...]]:
    lines = (f"全年主动公开信息{random.randint(3, 400)}条。", "及时答复群众申请。", "定期开展自查。")
    return {s.id: lines[:2] for s in FORM.text_sections}


def _file_name(random: Random, agency: Agency, here: County, *, issued: bool = True) -> str:
    """How a file is named when it comes back."""
    place = here.roster.entries[0].agency.name
    name = called(random, agency.name, place)
    office = called(random, f"{place}人民政府办公室", place)
    ways = [f"{name}.xlsx", f"{name}{YEAR}年年报表.xlsx", f"附件：{name}（终稿）.xlsx", f"{YEAR}年度{name}报表(1).xlsx"]
    if issued:
        ways += [f"{YEAR}_{agency.code}_{agency.name}.xlsx"] * 6 + ["表.xlsx", "新建 Microsoft Excel 工作表.xlsx"]
        if random.random() < 0.1:
            ways = [f"报{office}.xlsx", f"{office}要的年报.xlsx", f"{name}报{office}.xlsx"]
    return random.choice(ways)


def _received(here: County, filing: Filing, name: str) -> Received:
    received = Received(Path(name), "", "original", filing)
    if here.previous is not None:
        received.filing, found = here.previous.give(filing)
        received.add(*found)
    return received


# ── counting ─────────────────────────────────────────────────────────────────


def judged(case: Case) -> list[Finding]:
    """What the rule says of a return."""
    here = case.county
    return list(Whose(here.roster, here.previous, here.came).of(case.received))


def found(case: Case) -> bool:
    """Whether the return is a query that names the right agency."""
    return any(f.code == "agency-doubtful" and f.detail["other_code"] == case.really for f in judged(case))


def alarm(case: Case) -> list[Finding]:
    """The queries on an honest return."""
    return [f for f in judged(case) if f.code == "agency-doubtful"]


def run(styles: str, wrongs: int, honests: int, seed: int, show: bool) -> None:
    random = Random(f"{styles}{seed}")
    by_kind, hit = Counter[str](), Counter[str]()
    for case in (wrong(random, styles) for _ in range(wrongs)):
        by_kind[case.kind] += 1
        if found(case):
            hit[case.kind] += 1
        elif show:
            _show("missed", case, judged(case))
    false, noted = 0, 0
    for case in (honest(random, styles) for _ in range(honests)):
        told = judged(case)
        noted += bool(told) and not alarm(case)
        if alarm(case):
            false += 1
            if show:
                _show("false", case, told)
    print(f"{styles}: found {hit.total()}/{wrongs} ({hit.total() / wrongs:.1%}), missed {wrongs - hit.total()}; "
          f"false alarms {false}/{honests} ({false / honests:.2%}), honest ones with a note {noted / honests:.1%}")  # fmt: skip
    print("   " + ", ".join(f"{kind} {hit[kind]}/{number}" for kind, number in sorted(by_kind.items())))


def _show(what: str, case: Case, told: list[Finding]) -> None:
    filing = case.received.filing
    assert filing is not None
    other = case.county.papers[case.really].entry.agency.name if case.really else ""
    print(f"—— {what} [{case.kind}] {filing.agency.name} ← {other} | {case.received.path}")
    print("   ", dict(filing.texts))
    for finding in told:
        print("   ", finding.severity, finding.message)


def cases(styles: str, count: int, seed: int) -> Iterator[Case]:
    """Honest returns, for tests."""
    random = Random(f"{styles}{seed}")
    return (honest(random, styles) for _ in range(count))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wrong", type=int, default=200)
    parser.add_argument("--honest", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--styles", choices=list(STYLES), action="append")
    parser.add_argument("--show", action="store_true", help="print the returns the rule was wrong about")
    given = parser.parse_args()
    for styles in given.styles or list(STYLES):
        run(styles, given.wrong, given.honest, given.seed, given.show)


if __name__ == "__main__":
    main()
