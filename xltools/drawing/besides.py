"""What speaks of cells in a drawing beside its tables: relations, figures carried over, charts, the crosswalk, and other rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, TypeVar

from xltools.classes import dataclass
from xltools.drawing import canvas
from xltools.drawing.canvas import joined
from xltools.drawing.lines import Lines, Move, Terms, grouped, spread_of, text_of
from xltools.drawing.references import Puzzling, Ref, Side, Spot, read_condition, read_lines, read_sum
from xltools.drawing.sketch import Sketch
from xltools.drawing.slate import Drawn, Slate, place
from xltools.editions.cellwords import Unclear, ceiling_said, levels_said, settings_said, severity_said, years_said
from xltools.form.sums import CEILING, LAST
from xltools.terms import NO, YES

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """A row of a list sheet, by column."""

    sheet: str
    number: int
    values: Mapping[str, Any]
    at: Mapping[str, int]

    def spot(self, name: str) -> Spot:
        return self.sheet, self.number, self.at.get(name, 0)

    def words(self, name: str) -> str:
        value = self.values.get(name)
        return "" if value is None else str(value).strip()


def rows_of(sketch: Sketch, columns: Mapping[str, str], slate: Slate, ignored: Sequence[str] = ()) -> Iterator[Row]:
    """The rows of a list sheet that say anything; headings are found by their words, wherever they stand."""
    at = {sketch.words(0, column): column for column in sketch.columns() if sketch.words(0, column)}
    known = {name: at[words] for name, words in columns.items() if words in at}
    lacking = [words for name, words in columns.items() if name not in known and name not in ignored]
    for column in sketch.columns():
        words = sketch.words(0, column)
        said = any(sketch.value(number, column) is not None for number in sketch.rows()[1:])
        if words not in columns.values() and (words or (said and lacking)):
            tell = slate.wrong if said and lacking else slate.remark  # what stands there may be another's
            reason = f"不认识的列“{words}”，不读" if words else "这一列没有名称，不读"
            tell((sketch.name, 0, column), reason, f"可用的有：{'、'.join(columns.values())}")
    for words in lacking if sketch.rows().stop > 1 else ():
        slate.remark((sketch.name, 0, 0), f"没有“{words}”这一列", "照 xltools forms draft 写出的样子补上")
    for number in sketch.rows()[1:]:
        values = {name: sketch.value(number, column) for name, column in known.items() if name not in ignored}
        if any(value is not None and str(value).strip() for value in values.values()):
            yield Row(sketch.name, number, values, known)


def _is_instead(words: str) -> bool:
    """Whether a row of 勾稽 is for when last year's figures are known."""
    if words.lower() not in (YES, "yes", NO, "no"):
        raise Unclear(f"看不懂“{words}”", f"知道上年数时另用的一行写“{YES}”，别的空着")
    return words.lower() in (YES, "yes")


@dataclass
class Besides:
    """Reads the list sheets of a drawing into what a definition says."""

    slate: Slate

    # ── cells as fields ──────────────────────────────────────────────────────

    def _drawn(self, ref: Ref, row: Row) -> Drawn:
        spot = self.slate.at(ref, row.sheet)
        found = self.slate.figures.get(spot)
        if found is None:
            raise Puzzling(f"{place(spot)} 不是填数的格，也不是合计", "点选表里黄色的格或者合计")
        return found

    def _side(self, side: Side, row: Row, move: Move = (0, 0)) -> Terms:
        """A sum as factors and names; the two sides of the same row of 勾稽 are called left and right."""
        own = {row.at[name]: name for name in ("left", "right") if name in row.at}
        found: Terms = []
        for term in side:
            if term.ceiling:
                found.append((term.factor, CEILING))
            elif term.word is not None:
                found.append((term.factor, f"'{term.word}'"))
            elif term.ref is None:
                found.append((term.factor, ""))
            elif not term.ref.sheet:
                found.append((term.factor, own[term.ref.left]))
            else:
                last = LAST if term.last else ""
                found += [(term.factor, last + name) for name in self._names(term.ref.moved(*move), row)]
        return found

    def _own(self, side: Side, row: Row, name: str) -> None:
        """Puzzling for cells of 勾稽 itself: of the same row, left and right may be compared as they are, and nothing else."""
        for term in side:
            if (ref := term.ref) is None or ref.sheet:
                continue
            known = {row.at[one] for one in ("left", "right") if one in row.at}
            if name not in ("when", "holds") or ref.top != row.number or ref.left not in known:
                raise Puzzling(
                    "公式用到了本表别的格", "“关系”“如果”里可以用同一行的左边、右边，别的请点选各部分表里的格"
                )
            if len(side) > 1 or term.factor != 1 or term.last or (ref.bottom, ref.right) != (ref.top, ref.left):
                raise Puzzling("左边、右边只能整个拿来比，不能再加减、乘", "要加减的，算式里点选各部分表里的格")

    def _names(self, ref: Ref, row: Row) -> list[str]:
        """The fields in a range, or in a single cell."""
        one = (ref.top, ref.left) == (ref.bottom, ref.right)
        found = []
        for r in range(ref.top, ref.bottom + 1):
            for c in range(ref.left, ref.right + 1):
                if one or (ref.sheet, r, c) in self.slate.figures:
                    drawn = self._drawn(Ref(ref.sheet, r, c, r, c, fixed_row=True, fixed_column=True), row)
                    found.append(joined(drawn.prefix, drawn.row, drawn.column))
        if not found:
            raise Puzzling("公式里的一片格都不是填数的格", "点选表里黄色的格或者合计")
        return found

    def _value(self, value: Any) -> str:
        """What a cell for a formula holds: a formula, or a number as one."""
        if isinstance(value, bool) or value is None:
            raise Puzzling("这里空着，或者不是公式", "点选单元格写成公式，例如 =点选的格+点选的格")
        if isinstance(value, (int, float)):
            if value != int(value):
                raise Puzzling(f"数要是整数，不能是 {value}", "两边同乘一个整数")
            return str(int(value))
        text = str(value).strip()
        if not text.startswith("=") and not text.lstrip("+-").isdigit() and text != canvas.CEILING_NAME:
            raise Puzzling(f"“{text[:20]}”不是公式", "公式以 = 开头，点选单元格写成")
        return text

    # ── relations ────────────────────────────────────────────────────────────

    def relations(self, sketch: Sketch, section: str, defaults: Mapping[str, str]) -> list[dict[str, Any]]:
        """The relations of 勾稽. ``section`` begins the ids of those that have none."""
        found: list[dict[str, Any]] = []
        taken: set[str] = set()
        rows = list(rows_of(sketch, canvas.RELATION_COLUMNS, self.slate, ("trial",)))
        known = {row.words("id").partition(".{")[0] for row in rows}
        for row in rows:
            if self._said(row, "last", _is_instead, False):
                self._instead(row, found)
                continue
            free = (f"{section}.rule{n}" for n in count(row.number + 1))
            name = row.words("id") or next(one for one in free if one not in known)
            known.add(name)
            made = self._relation(row, {"id": name, **defaults})
            for one in made:
                key = f"relation[{len(found) + 1}]"
                for name in canvas.RELATION_COLUMNS:
                    self.slate.places[f"{key}.{name}"] = row.spot(name)
                self.slate.places[key] = row.spot("id")
                if one["id"] in taken:
                    self.slate.wrong(row.spot("id"), f"编号“{one['id']}”用过了", "换一个编号，或者空着")
                taken.add(one["id"])
                found.append(one)
        return found

    def _instead(self, row: Row, found: list[dict[str, Any]]) -> None:
        """A row for when last year's figures are known: what it changes of the one with its id."""
        made = self._relation(row, {})
        for one in made:
            base = next((d for d in found if d["id"] == one["id"]), None)
            if base is None:
                self.slate.wrong(
                    row.spot("id"), "“知道上年数时”的一行，上面没有同一编号的一行", "先写不知道上年数时的一行"
                )
                continue
            if "with_last" in base:
                self.slate.wrong(row.spot("id"), f"“知道上年数时”的“{one['id']}”写了两次", "只留一行")
            self._as_above(row, one, base)
            base["with_last"] = {
                name: value
                for name, value in one.items()
                if name not in ("id", "severity", "each") and value not in ("", None, base.get(name))
            }

    def _as_above(self, row: Row, one: Mapping[str, Any], base: Mapping[str, Any]) -> None:
        """Tells what such a row cannot change: of whom the rule is, how grave it is, that there is a condition."""
        other = [name for name in ("each",) if one.get(name) != base.get(name)]
        other += ["severity"] if row.words("severity") and one["severity"] != base["severity"] else []
        for name in other:
            words = canvas.RELATION_COLUMNS[name]
            self.slate.wrong(row.spot(name), f"“知道上年数时”的一行，“{words}”与上面同一编号的不一样", "两行写成一样的")
        for name in ("when", "every"):
            if name in base and name not in one:
                words = canvas.RELATION_COLUMNS[name]
                self.slate.wrong(row.spot(name), f"上面同一编号的一行有“{words}”，这一行空着，会照上面的用",
                                 "要一样的，抄下来；不要的，这两行写成两条，编号不同")  # fmt: skip

    def _relation(self, row: Row, defaults: Mapping[str, str]) -> list[dict[str, Any]]:
        base: dict[str, Any] = {
            "id": row.words("id") or defaults.get("id", ""),
            "severity": self._said(row, "severity", severity_said, "error"),
        }
        ok = True
        parsed: dict[str, Any] = {}
        for name in ("left", "right", "when", "holds", "each", "every"):
            try:
                parsed[name] = self._parsed(row, name)
            except Puzzling as problem:
                self.slate.puzzled(row.spot(name), problem)
                ok = False
        if parsed.get("every") and isinstance(parsed.get("holds"), str):
            self.slate.wrong(row.spot("every"), "“逐格都要”只用在自己写的关系上，这里的关系只是一个符号",
                             "关系写成公式，例如 =点选的格>0；几行（列）各核各的，写在“用于”里")  # fmt: skip
            ok = False
        more = self._words(row, defaults)
        if not ok:
            return []
        try:
            return self._grouped(row, {**base, **more}, parsed)
        except Puzzling as problem:
            self.slate.puzzled(row.spot("left"), problem)
            return []

    def _parsed(self, row: Row, name: str) -> Any:
        value = row.values.get(name)
        if name in ("when", "each", "every") and (value is None or not str(value).strip()):
            return None
        if name == "holds":
            shown = str(value).strip() if value is not None else ""
            if shown in canvas.OPERATOR_OF:
                return canvas.OPERATOR_OF[shown]
            if not shown:
                raise Puzzling("没有写关系", f"选一个：{' '.join(canvas.OPERATORS.values())}")
        text = self._value(value)
        if name in ("left", "right"):
            return self._sum(row, name)
        if name in ("each", "every"):
            return read_lines(text)
        found = read_condition(text)
        for left, _, right in (one for comparisons in found for one in comparisons):
            self._own(left, row, name)
            self._own(right, row, name)
        return found

    def _said(self, row: Row, name: str, read: Callable[[str], T], default: T) -> T:
        """What a cell says in words; the default for an empty one, and for one that says nothing, which is told."""
        try:
            return read(row.words(name)) if row.words(name) else default
        except Unclear as problem:
            self.slate.wrong(row.spot(name), problem.reason, problem.remedy)
            return default

    def _words(self, row: Row, defaults: Mapping[str, str]) -> dict[str, Any]:
        """Levels, thresholds and words of a relation."""
        found: dict[str, Any] = {}
        for name in ("basis", "remedy", "text"):
            if words := row.words(name) or defaults.get(name, ""):
                found[name] = words
        reads: dict[str, Callable[[str], Any]] = {
            "levels": levels_said,
            "years": years_said,
            "ceiling": ceiling_said,
        }
        for name, read in reads.items():
            if row.words(name) and (said := self._said(row, name, read, None)) is not None:
                found[name] = said
        return found

    # ── last year, charts, rules ─────────────────────────────────────────────

    def carried(self, sketch: Sketch) -> list[dict[str, Any]]:
        """The figures that are last year's."""
        found: list[dict[str, Any]] = []
        taken: set[str] = set()
        for row in rows_of(sketch, canvas.CARRIED_COLUMNS, self.slate):
            try:
                sides = {"left": self._sum(row, "field"), "right": self._sum(row, "from")}
                parsed = {**sides, "each": self._parsed(row, "each"), "when": None, "every": None, "holds": "="}
                made = self._grouped(row, {}, parsed)
                self._carried_once(row, parsed, taken)
            except Puzzling as problem:
                self.slate.puzzled(row.spot("from"), problem)
                continue
            for d in made:
                key = f"last.carried[{len(found) + 1}]"
                self.slate.places |= {key: row.spot("field"), f"{key}.from": row.spot("from")}
                lines = {"each": d["each"]} if "each" in d else {}
                found.append({"field": d["left"], **lines, "from": d["right"]})
        return found

    def _carried_once(self, row: Row, parsed: Mapping[str, Any], taken: set[str]) -> None:
        """Puzzling where a figure is carried already, or no cell is carried into it."""
        if not any(term.ref for term in parsed["right"]):
            raise Puzzling("没有点选上年的格", "点选由上年哪一格带来")
        for move in spread_of(parsed["each"], self.slate.figures).moves:
            name = text_of(self._side(parsed["left"], row, move))
            if name in taken:
                raise Puzzling(f"{row.values['field']} 这一格上面已经有一行", "一格只由上年带来一次")
            taken.add(name)

    def _alone(self, row: Row, lines: Lines | None) -> None:
        """Remarks a rule for a single line of a table that has one more like it: the range may not have grown with the table."""
        spread = spread_of(lines, self.slate.figures)
        if lines is None or len(spread.ids) > 1:
            return
        way, refs = lines
        drawn = next(d for spot, d in self.slate.figures.items() if spot == self.slate.at(refs[0], row.sheet))
        others = [one for one in (drawn.rows if way == "row" else drawn.columns) if one not in spread.ids]
        if len(others) == 1:
            names = {(one.prefix, one.way, one.id): one.words for one in self.slate.labels.values()}
            name = names.get((drawn.prefix, way, others[0]), "")
            self.slate.remark(row.spot("each"), f"这一条没有用于“{name}”", "漏了的，把“用于”的范围拉到那里")

    def _sum(self, row: Row, name: str) -> Side:
        side = read_sum(self._value(row.values.get(name)))
        self._own(side, row, name)
        return side

    def _grouped(self, row: Row, said: Mapping[str, Any], parsed: Mapping[str, Any]) -> list[dict[str, Any]]:
        def say(side: Side, move: Move) -> Terms:
            return self._side(side, row, move)

        self._alone(row, parsed["each"])
        return grouped(said, parsed, say, self.slate.figures)

    def charts(self, sketch: Sketch) -> list[dict[str, Any]]:
        """The charts of a summary: rows of one title, one after the other, are one."""
        found: list[dict[str, Any]] = []
        for row in rows_of(sketch, canvas.CHART_COLUMNS, self.slate):
            title = row.words("title") or (found[-1]["title"] if found else "")
            try:
                said = text_of(self._side(self._sum(row, "sum"), row))
            except Puzzling as problem:
                self.slate.puzzled(row.spot("sum"), problem)
                continue
            if not found or found[-1]["title"] != title:
                found.append({"title": title, "items": []})
                self.slate.places[f"chart[{len(found)}]"] = row.spot("title")
            found[-1]["items"].append({"label": row.words("label"), "sum": said})
            self.slate.places[f"chart[{len(found)}].items[{len(found[-1]['items'])}]"] = row.spot("sum")
        return found

    def rules(self, sketch: Sketch) -> dict[str, Any]:
        """The other rules: sign-off, last year's, what is changed of rules that are there, and more of the common kinds."""
        data: dict[str, Any] = {}
        kinds = {words: name for name, words in canvas.RULE_KINDS.items()}
        for row in rows_of(sketch, canvas.RULE_COLUMNS, self.slate):
            kind, said = (
                row.words("kind"),
                {name: row.words(name) for name in ("id", "text", "basis", "remedy") if row.words(name)},
            )
            if row.words("severity"):
                said["severity"] = self._said(row, "severity", severity_said, "error")
            said |= self._said(row, "more", settings_said, dict[str, Any]())
            name = kinds.get(kind, "")
            if kind == canvas.CHANGED:
                changed = data.setdefault("rule", {}).setdefault(said.pop("id", ""), {})
                if not said or changed.keys() & said.keys():
                    reason = "写了两次" if said else "没有写改成什么"
                    self.slate.wrong(
                        row.spot("kind"), f"“{canvas.CHANGED}”的“{row.words('id')}”{reason}", "一条规则只改一次"
                    )
                changed.update(said)
                self.slate.places[f"rule.{row.words('id')}"] = row.spot("id")
            elif name:
                key = name if name == "signoff" else f"last.{name}"
                if key in self.slate.places:
                    self.slate.wrong(row.spot("kind"), f"“{kind}”写了两次", "一个格式只写一行")
                (data if name == "signoff" else data.setdefault("last", {}))[name] = said
                self.slate.places[key] = row.spot("id")
            else:
                data.setdefault("rules", []).append({"kind": kind, **said})
                self.slate.places[f"rule[{len(data['rules'])}]"] = row.spot("kind")
        if more := data.pop("rules", None):
            if "rule" in data:
                self.slate.wrong(
                    (sketch.name, 0, 0),
                    f"“{canvas.CHANGED}”的行与新加的规则不能写在一个格式里",
                    "新加的规则请另用补充项",
                )
            data["rule"] = more
        return data
