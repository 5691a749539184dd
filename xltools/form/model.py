"""The frozen form of an edition, a filing of it, and the rules that judge one. Everything else in the house reads these.

They stand in one module, for each needs the others: a form has rules, a rule judges a filing, a filing is of a form. What a form is
made of is in ``fields``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import field, fields, replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Self, TypeVar

from xltools.classes import dataclass
from xltools.figures import Figure
from xltools.findings import Code, Finding, ParagraphAt, Place, finding
from xltools.form.checkrows import Cells, CheckRow, Formulas
from xltools.form.compact import FigureRow, PackedTexts
from xltools.form.fields import Chart, Field, LastYear, Origin, Section, Wording
from xltools.form.fixed import Fixed
from xltools.form.lexicon import NOTHING, Lexicon
from xltools.form.scopes import Amendment, Span
from xltools.form.scopes import Scope as Scope
from xltools.form.sums import LAST, Given, given
from xltools.terms import Agency as Agency
from xltools.terms import Level, Severity


@dataclass(frozen=True, eq=False)
class Form:
    """An edition, with the supplements laid over it. ``rules`` are all its rules, of every kind, in the order they are told."""

    edition: str
    title: str
    years: tuple[int, int | None]
    basis: str
    sections: tuple[Section, ...]
    fields: Mapping[str, Field]
    rules: tuple[Rule, ...]
    supplements: tuple[str, ...] = ()
    last: LastYear = field(default_factory=lambda: LastYear({}, {}))
    charts: tuple[Chart, ...] = ()
    report: Wording = field(default_factory=Wording)
    lexicon: Lexicon = NOTHING
    family: str = ""
    """The family of forms it is of; the year picks the edition within one."""
    periods: tuple[str, ...] = ()
    """The parts of a year that it is filed for; none for a whole year."""
    origin: Origin | None = None

    @cached_property
    def digest(self) -> str:
        """The digest of its definitions; "" for a form made of none."""
        return self.origin.digest if self.origin else ""

    @cached_property
    def inputs(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields.values() if not f.computed)

    @cached_property
    def choices(self) -> tuple[str, ...]:
        """The fields that are choices."""
        return tuple(f.id for f in self.inputs if f.choices)

    @cached_property
    def computed(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields.values() if f.computed)

    @cached_property
    def totals(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields.values() if f.parts)

    @cached_property
    def ratios(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields.values() if f.ratio)

    @cached_property
    def summed(self) -> tuple[tuple[Field, Given | None], ...]:
        """What is worked out of others, with what takes the figures that it adds up; None for what is no sum."""
        return tuple((f, None if f.ratio else given(f.parts)) for f in self.computed)

    @cached_property
    def last_read(self) -> tuple[str, ...]:
        """The totals of last year that its rules read, or that are carried over: last year's own, whatever they added up then."""
        read = {name for rule in self.rules for name in rule.last_read}
        read.update(name for source in self.last.carried.values() for name in source.fields)
        return tuple(f.id for f in self.totals if f.id in read)

    @cached_property
    def table_sections(self) -> tuple[Section, ...]:
        return tuple(s for s in self.sections if s.tables)

    @cached_property
    def text_sections(self) -> tuple[Section, ...]:
        return tuple(s for s in self.sections if not s.tables)

    def rules_of(self, kind: type[R]) -> tuple[R, ...]:
        """The rules of one kind."""
        return tuple(rule for rule in self.rules if isinstance(rule, kind))

    def at(self, scope: Scope) -> tuple[Rule, ...]:
        """The rules that apply, thresholds filled in; made once for each scope."""
        if scope not in self._applying:
            meant = (rule.amended(scope).at(scope) for rule in self.rules if rule.meant_for(scope))
            self._applying[scope] = tuple(rule for rule in meant if rule is not None)
        return self._applying[scope]

    @cached_property
    def _applying(self) -> dict[Scope, tuple[Rule, ...]]:
        return {}

    @cached_property
    def queries(self) -> frozenset[str]:
        """The rules of the form that a 情况说明 can be given for: queries that 校验 lists."""
        forms_of_it = ((rule, *(rule.changed(dict(c.said)) for c in rule.changes)) for rule in self.rules)
        return frozenset(r.id for some in forms_of_it for r in some if r.shows and r.severity == "query")

    def standing_for(self, year: int) -> int:
        """The first of the years that have the same rules as a year, so that what is made of it is made once for all of them."""
        spans = [years for r in self.rules for years in (r.years, *(c.span.years for c in r.changes))]
        bounds = {y for first, last in spans for y in (first, (last or -1) + 1)} | {self.years[0]}
        return max((y for y in bounds if 0 < y <= year), default=year)

    def inputs_of(self, section: str) -> tuple[Field, ...]:
        """The input fields on a section's sheet."""
        return self._inputs_of.get(section, ())

    @cached_property
    def _inputs_of(self) -> dict[str, tuple[Field, ...]]:
        return {s.id: tuple(f for f in self.inputs if f.section.id == s.id) for s in self.sections}

    def covers(self, year: int) -> bool:
        """Whether the edition is the one for a report year."""
        first, last = self.years
        return first <= year and (last is None or year <= last)


NONE: Mapping[str, Any] = MappingProxyType({})
"""Nothing by any name."""


State = Literal["accepted", "queried", "returned", "duplicate", "missing"]


@dataclass(frozen=True, slots=True)
class Member:
    """An agency that a summary is of: what became of its filing, and whether its figures are in the summary.

    ``via`` are the parts through which they are: codes of summaries, from the top.
    """

    agency: Agency
    state: State
    counted: bool
    via: tuple[str, ...] = ()

    @property
    def added_as(self) -> str:
        """The code under which its figures are added up: its own, or that of the summary that came in with them."""
        return self.via[0] if self.via else self.agency.code


@dataclass(frozen=True)
class Adjustment:
    """A line by which an office corrects a summary that it cannot get refiled: what is added to which figures, and why.

    ``typed`` holds, for cells that hold text, the text to the letter; it is no figure.
    """

    reason: str
    figures: Mapping[str, Figure]
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Filing:
    """What one agency returns for one year: figures, texts, sign-off. It never changes: another is made by ``replace``.

    ``inputs`` holds a figure for each input field, ``None`` for a blank. Blanks of the sections in ``declared_zero`` count
    as 0, but for ``unread`` fields, whose cells could not be found. ``typed`` holds, for input cells that hold text, the
    text to the letter, ``stored`` what a total's cell holds whose formula is not ours. ``explanations`` holds 情况说明 by rule,
    ``stamps`` what an explanation was first given for.
    ``last`` holds last year's figures of the input fields and of the totals that rules read, those that mean the same,
    ``last_source`` whose they are in words; ``last_beside`` what is shown beside these, of a form that follows on another: last
    year's own totals, 0 for what is new;
    ``last_verified`` says that they were read from last year's own filing. ``carried`` are the input fields that last year's
    figures were put into, and locked. A summary has ``members``, every agency beneath it, and may have ``adjustments``, which
    its inputs already hold. ``last_texts`` holds last year's texts by section. ``opening`` is what its published
    report opens with, a paragraph a line, where an imported report or last year's said it; "" for the form's own words.
    """

    form: Form
    agency: Agency
    year: int
    kind: Literal["filing", "summary"] = "filing"
    inputs: Mapping[str, Figure] = field(default_factory=lambda: NONE)
    typed: Mapping[str, str] = field(default_factory=lambda: NONE)
    stored: Mapping[str, Figure] = field(default_factory=lambda: NONE)
    formulas_seen: bool = True
    """Whether what it was read from shows its formulas: else a total that is wrong may be one that nobody worked out anew."""
    unread: frozenset[str] = frozenset()
    declared_zero: frozenset[str] = frozenset()
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NONE)
    signoff: Mapping[str, str] = field(default_factory=lambda: NONE)
    explanations: Mapping[str, str] = field(default_factory=lambda: NONE)
    stamps: Mapping[str, str] = field(default_factory=lambda: NONE)
    last: Mapping[str, Figure] = field(default_factory=lambda: NONE)
    region: str = ""
    last_source: str = ""
    last_verified: bool = False
    last_texts: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NONE)
    last_beside: Mapping[str, Figure] = field(default_factory=lambda: NONE)
    carried: frozenset[str] = frozenset()
    members: tuple[Member, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    opening: str = ""

    def __post_init__(self) -> None:
        """What is given as a dict is copied, and cannot be written to any more."""
        for name in _MAPPINGS:
            given = getattr(self, name)
            if type(given) not in _FROZEN:
                object.__setattr__(self, name, MappingProxyType(dict(given)) if given else NONE)

    def __reduce__(self) -> tuple[Any, ...]:
        """For another process: what it was made of. A proxy cannot go there, what was worked out need not."""
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        plain = {name: dict(given[name]) for name in _MAPPINGS if type(given[name]) is MappingProxyType}
        values = self.__dict__.get("values")
        return _filing, ({**given, **plain}, values if type(values) is FigureRow else None)

    def compact(self) -> Filing:
        """The same filing in little room, for one that is kept among many thousands: what was worked out of it is not kept."""
        made = replace(
            self, inputs=FigureRow.of(self.inputs), last=FigureRow.of(self.last), texts=PackedTexts.of(self.texts),
            unread=self.unread or _NO_FIELDS, declared_zero=self.declared_zero or _NO_FIELDS,
        )  # fmt: skip
        made.__dict__["values"] = FigureRow.of(self.values)
        return made

    def follow(
        self,
        last: Mapping[str, Figure],
        source: str,
        texts: Mapping[str, tuple[str, ...]] = NONE,
        beside: Mapping[str, Figure] = NONE,
    ) -> Filing:
        """The filing with last year's figures and texts, read from its own filings, beside this year's."""
        return replace(self, last=last, last_source=source, last_verified=True, last_texts=texts, last_beside=beside)

    @property
    def scope(self) -> Scope:
        """What decides which rules apply to it."""
        return Scope(self.agency.level, self.kind, self.known_last, self.year, self.region)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of its form that apply to it."""
        return self.form.at(self.scope)

    @cached_property
    def known_last(self) -> frozenset[str]:
        """The fields whose figures of last year are known: input fields, and totals that rules read."""
        return frozenset(name for name, figure in self.last.items() if figure is not None)

    @cached_property
    def figures(self) -> Mapping[str, Figure]:
        """What relations read: every figure, and last year's under their names. A choice left open is none, whatever blanks are."""
        last = {LAST + name: figure for name, figure in self.last.items()}
        unsaid = (
            {name: None for name in self.form.choices if self.inputs.get(name) is None} if self.declared_zero else {}
        )
        return Fixed({**self.values, **unsaid, **last}) if last or unsaid else self.values

    @cached_property
    def values(self) -> Mapping[str, Figure]:
        """Every figure, totals recomputed, blanks declared zero as 0: what the filing says."""
        given = self.inputs.get
        said = {item.id: given(item.id) for item in self.form.inputs}
        if self.declared_zero:
            no_blank = self.unread.union(self.typed)
            blanks = (f for f in self.form.inputs if said[f.id] is None and f.section.id in self.declared_zero)
            said |= {f.id: 0 for f in blanks if f.id not in no_blank}
        every = dict.fromkeys(self.form.fields) | said
        whole = None not in said.values()
        for item, parts in self.form.summed:
            every[item.id] = sum(parts(said)) if whole and parts else item.total(said)
        return Fixed(every)

    def breaks(self, rule: Rule) -> bool:
        """Whether a rule over single figures does not hold for its figures: worked out once for all who ask."""
        if id(rule) not in self._weighed:
            self._weighed[id(rule)] = rule, rule.fails(self.figures)
        return self._weighed[id(rule)][1]

    @cached_property
    def _weighed(self) -> dict[int, tuple[Rule, bool]]:
        """By the rule itself, which is kept beside it: what two rules are compared by is much."""
        return {}

    @cached_property
    def paragraphs(self) -> tuple[tuple[Section, ParagraphAt, str], ...]:
        """Every paragraph of its texts with its part and its place."""
        return tuple(
            (section, _paragraph_at(section.id, number), paragraph)
            for section in self.form.text_sections
            for number, paragraph in enumerate(self.texts.get(section.id, ()))
        )


_paragraph_at = lru_cache(maxsize=1024)(ParagraphAt)
"""The places of paragraphs, which all filings share."""

_NO_FIELDS: frozenset[str] = frozenset()
"""The one that filings without any share: an empty set takes as much room as a small one."""


_MAPPINGS = (
    "inputs",
    "typed",
    "stored",
    "texts",
    "signoff",
    "explanations",
    "stamps",
    "last",
    "last_texts",
    "last_beside",
)
"""The fields of a filing that hold something by name."""


_FROZEN = (MappingProxyType, FigureRow, PackedTexts)
"""What cannot be written to."""


def _filing(given: dict[str, Any], values: Mapping[str, Figure] | None) -> Filing:
    made = Filing(**given)
    if values is not None:
        made.__dict__["values"] = values
    return made


# ── the rulebook ─────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Rule(ABC):
    """Something that must hold, of whatever kind: its id, how grave a breach is, what must hold in a Chinese sentence, where it
    comes from, what to do.

    A kind of rule is a subclass, in a file of its own in ``rules/``. It judges a filing; it may judge whole columns of filings at
    once (``over``); and where Excel can work it out it gives a row of 校验 (``listed``, ``row``, ``formulas``).
    """

    id: str
    severity: Severity
    text: str
    basis: str
    remedy: str = ""
    """What to do; nothing where the words of the finding's code say it."""
    listed: bool = False
    """Whether Excel can work it out, so that 校验 lists it while it is more than a note."""
    anchors: tuple[str, ...] = ()
    """The fields whose cells are coloured on the form where it fails; none for one that is not of single figures."""
    above: Severity | None = None
    """What a breach in a summary, a note where it is made, is to the level above."""
    levels: tuple[Level, ...] = ()
    """The levels that it is for; all where none is named."""
    years: tuple[int, int | None] = (0, None)
    """The report years that it is for."""
    changes: tuple[Amendment, ...] = ()
    """What rule packs say of it, in their order."""

    kind: ClassVar[str] = ""
    """Its name in a definition."""
    rank: ClassVar[int] = 500
    """The place of its findings, and of its rows of 校验, among those of other kinds."""
    words: ClassVar[str] = ""
    """What must hold, for a definition that does not put it into words of its own."""
    codes: ClassVar[tuple[Code, ...]] = ()
    """Codes of findings that only this kind gives, where the catalogue does not have them."""

    @property
    def sentence(self) -> str:
        """What must hold, its thresholds filled in; places that stand for a field stay as they are."""
        return self.text

    @property
    def spelled(self) -> str:
        """The sentence as 校验 has it, beside the two figures: what these are, where it does not show that."""
        return self.sentence

    @property
    def operands(self) -> tuple[str, ...]:
        """The input fields that it reads, last year's under their names; nothing for one that reads a filing otherwise."""
        return ()

    @property
    def last_read(self) -> tuple[str, ...]:
        """The fields whose figures of last year it may read."""
        return ()

    def read(self, filing: Filing) -> Iterator[object]:
        """What it reads of a filing: an explanation that was given over other things is stale."""
        yield from (filing.figures.get(name) for name in self.operands) if self.operands else filing.figures.values()

    @property
    def shows(self) -> bool:
        """Whether 校验 lists it: what is for the reader's notice alone is not asked of who fills in."""
        return self.listed and self.severity != "note"

    def meant_for(self, scope: Scope) -> bool:
        """Whether it is for a level and a year."""
        return Span(levels=self.levels, years=self.years).holds(scope)

    def changed(self, said: Mapping[str, Any]) -> Self:
        """The rule with some of it said otherwise."""
        return replace(self, **said)

    def amended(self, scope: Scope | None = None) -> Self:
        """The rule as rule packs have it for a scope; for None, with all that any of them says."""
        found = self
        for change in self.changes:
            if scope is None or change.span.holds(scope):
                said = dict(change.said)
                basis = f"{said.get('basis', found.basis)}（规则包“{change.pack}”）"
                found = found.changed({**said, "basis": basis})
        return found

    def at(self, scope: Scope) -> Self | None:
        """The rule as it stands for an agency and what is known of last year; None where it does not apply."""
        return self

    def own(self, scope: Scope) -> Self:
        """For a rule about what an area writes and signs itself: of a summary, where that comes last, a note, which the level
        above that the summary is filed with has as a query."""
        noted = scope.kind == "summary" and self.severity != "note"
        return replace(self, severity="note", above="query") if noted else self

    def fails(self, values: Mapping[str, Figure]) -> bool:
        """Whether it does not hold for the figures alone; False for one that reads a filing otherwise, or not enough of them."""
        return False

    @abstractmethod
    def judge(self, filing: Filing, told: frozenset[str] = frozenset()) -> Iterator[Finding]:
        """A finding for each breach; ``told`` are the fields whose cells were reported while reading."""

    def over(self, columns: Mapping[str, Any]) -> tuple[Any, Any, Any] | None:
        """Both sides and whether it holds, for whole columns of exact figures by field; None where it is not for columns."""
        return None

    def row(self, filing: Filing) -> CheckRow:
        """What 校验 shows for a filing; asked only of one that is listed."""
        raise NotImplementedError(self.id)

    def formulas(self, cells: Cells, filing: Filing) -> Formulas:
        """How 校验 works it out; asked only of one that is listed. The filing has its outline alone, no figures (``outline``)."""
        raise NotImplementedError(self.id)

    def unfit(self) -> Iterator[tuple[str, str]]:
        """What is wrong with it as defined: the key, and why."""
        yield from ()

    def breach(self, code: str, at: Place | None = None, **details: Any) -> Finding:
        """A finding of this rule: its severity, id and basis are the rule's unless told otherwise."""
        said = {"severity": self.severity, "rule": self.id, "basis": self.basis, "at": at, "above": self.above}
        own = {"rule_remedy": self.remedy} if self.remedy else {}
        return finding(code, **{**said, **own, **details})


R = TypeVar("R", bound=Rule)
