"""The knowledge base as one CQL library: parameters, closed world, computed facts, conditions, every option's status.

Text in, nothing else: no engine and no translator is needed to write it. That it gives the engine's statuses is proved
by running both on every worked example.
"""

from __future__ import annotations

from collections.abc import Iterable

from eligibility.assessment import Status
from eligibility.cql.computed import SHARED_COMPARATORS, ComputedFacts
from eligibility.cql.conditions import ConditionWriter
from eligibility.cql.names import FactNames
from eligibility.cql.settled import closed_world, last_known, last_known_values, parameters, settled_values, unread
from eligibility.cql.spelling import COMPARISONS, Definition, any_of, define, identifier, listed, literal
from eligibility.knowledge.model import KnowledgeBase, Option, Rule

__all__ = ["LIBRARY", "condition_name", "cql_library", "fits_name", "status_name", "waits_name"]

LIBRARY = "Hepatica"
"""The name of the library."""

_HEADER = """\
// Draft. No clinician has signed these rules off. They list options to consider; they never decide.
//
// Given the facts of one patient as parameters, "Statuses" holds the status of every option: recommended,
// may_consider, needs_data, not_now or not_applicable.
//
// What this library does, with the same logic and the same three answers as Hepatica itself (unknown is null):
// "not recorded" as absent where rule 3.3 allows it; computed facts; scope, diagnosis, the patient's goal, indications,
// contraindications, required facts, downgrades, upgrades, in the order of rule 3.4; outdated values that would stop
// an option.
//
// What it does not do, and whoever calls it has to have done:
//   reading    facts from FHIR resources (codes, units, status, subject, date) and which sources were read completely
//   settling   several results of one fact into one (newest, conflicting, tissue against plasma: rule 4)
//   freshness  a value older than its age limit goes into its "... outdated" parameter, never into the fact itself
//   withholding options altogether (another patient's data, a child, a deceased or replaced record)
//   cautions, reasons, sources, what to confirm and what to ask next: the conditions are here, the wording is not
// Numbers are in the unit named beside the parameter. A unit is never guessed.
"""

_PATIENT = """\
define "cancer refuted":
  "dx.cancer_status" = 'refuted' or "dx.cancer_status" = 'entered_in_error'

define "no malignant lesion":
  "liver.lesion_nature" = 'benign' or "liver.lesion_nature" = 'none'

define "malignant lesion":
  "liver.lesion_nature" = 'metastasis' or "liver.lesion_nature" = 'hcc' or "liver.lesion_nature" = 'icca'

define "cancer not confirmed":
  ("dx.cancer_status" = 'confirmed') is not true

define "comfort only":
  "pt.goals" = 'symptom_focused'

define "extensive disease elsewhere":
  "value of dx.extrahepatic" = 'extensive'
"""


def status_name(option: Option) -> str:
    """The definition that holds an option's status."""
    return f"{option.id}: status"


def fits_name(option: Option) -> str:
    """The definition that says whether an option is one to consider."""
    return f"{option.id}: to consider"


def waits_name(option: Option) -> str:
    """The definition that says whether an option waits for facts."""
    return f"{option.id}: waits for data"


def condition_name(rule: Rule) -> str:
    """The definition that holds the result of a rule's condition."""
    return rule.predicate.text


def cql_library(knowledge: KnowledgeBase) -> str:
    """The library's text."""
    return _Writer(knowledge).text()


class _Writer:
    def __init__(self, knowledge: KnowledgeBase) -> None:
        catalogue = knowledge.catalogue
        self._knowledge = knowledge
        self._computed = ComputedFacts(catalogue)
        self._names = FactNames(catalogue, {**settled_values(catalogue), **self._computed.values}, SHARED_COMPARATORS)
        outdated = last_known_values(catalogue)
        settled = {**settled_values(catalogue), **outdated, **self._computed.values}
        self._outdated = FactNames(
            catalogue, {**settled, **self._computed.last_known_values(outdated)}, SHARED_COMPARATORS
        )
        self._presumed = FactNames(
            catalogue, {**settled, **self._computed.presumed_values(outdated)}, SHARED_COMPARATORS, "as last known: "
        )
        self._conditions = ConditionWriter(self._names)
        self._stale = ConditionWriter(self._presumed)
        self._unread = unread(catalogue, self._names)
        self._open: dict[str, Definition] = {}

    def text(self) -> str:
        """Everything, in reading order."""
        knowledge, catalogue = self._knowledge, self._knowledge.catalogue
        for option in knowledge.options:
            for rule in option.rules:
                self._conditions.refer(rule.predicate)
        options = [self._option(option) for option in knowledge.options]
        sections = (
            ("Parameters", "\n".join(
                f"// {p.says}\nparameter {identifier(p.name)} {p.type}" for p in parameters(catalogue)
            )),
            ("Numbers", COMPARISONS),
            ("What is not recorded (rule 3.3)", self._defined(closed_world(catalogue, self._names))),
            ("Computed facts (section 2)", self._defined(self._computed.standing(self._names))),
            ("Diagnosis and goal (rule 3.4, steps 1 and 3)", self._patient()),
            ("Conditions", self._defined(self._conditions.in_order())),
            ("If outdated values still held", self._last_known()),
            ("Facts that could count as absent, and may not", self._defined(self._unread.values())),
            ("Known facts that keep a contraindication open", self._defined(self._open.values())),
            ("Options", "\n".join(options)),
            ("All statuses", self._all()),
        )  # fmt: skip
        name = f"library {LIBRARY} version {literal(knowledge.version)}"
        head = f"{name}\n\n{_HEADER}// Content: sha256 {knowledge.sha256}\n"
        return "\n".join([head, *(f"// ---- {title}\n\n{body}" for title, body in sections)])

    @staticmethod
    def _defined(definitions: Iterable[Definition]) -> str:
        return "\n".join(define(d) for d in definitions)

    def _patient(self) -> str:
        """The shared steps, in terms of the values that stand."""
        text = _PATIENT
        for fact in ("dx.cancer_status", "liver.lesion_nature", "pt.goals"):
            text = text.replace(identifier(fact), self._names.value(fact))
        return text.replace('"value of dx.extrahepatic"', self._names.value("dx.extrahepatic"))

    def _last_known(self) -> str:
        outdated = last_known_values(self._knowledge.catalogue)
        return self._defined((
            *last_known(self._knowledge.catalogue, self._names),
            *self._computed.last_known(self._outdated, outdated),
            *self._stale.in_order(),
        ))  # fmt: skip

    def _option(self, option: Option) -> str:
        """The definitions of one option."""
        parts = [
            Definition(f"{option.id}: in scope", self._conditions.refer(option.scope.predicate)),
            Definition(f"{option.id}: indicated", self._joined(option.indications, "and")),
            Definition(f"{option.id}: contraindicated", self._joined(option.contraindications, "or")),
            Definition(f"{option.id}: everything known", self._complete(option)),
            Definition(f"{option.id}: lowered", self._joined(option.downgrades, "or")),
            Definition(status_name(option), self._status(option)),
            Definition(
                fits_name(option),
                any_of([f"{identifier(status_name(option))} = {literal(s)}" for s in Status if s.fits]),
            ),
            Definition(waits_name(option), f"{identifier(status_name(option))} = {literal(Status.NEEDS_DATA)}"),
        ]
        return f"// {option.name}\n\n{self._defined(parts)}"

    def _joined(self, rules: Iterable[Rule], word: str) -> str:
        parts = [self._conditions.refer(rule.predicate) for rule in rules]
        return f"\n  {word} ".join(parts) if parts else ("true" if word == "and" else "false")

    def _complete(self, option: Option) -> str:
        """Step 5: required facts known, must-be-true rules true, and no contraindication left open by what is known."""
        parts = [f"{self._conditions.refer(r.rule.predicate)} is true" for r in option.requirements]
        parts += [f"not ({part})" for part in (*self._outdated_stops(option), *self._left_open(option))]
        parts += [f"({identifier(self._unread[f].name)}) is not true" for f in option.reads if f in self._unread]
        return "\n  and ".join(parts) or "true"

    def _outdated_stops(self, option: Option) -> list[str]:
        """Contraindications that an outdated value would make true."""
        found = []
        for rule in option.contraindications:
            predicate = rule.predicate
            if any(self._presumed.differ_from(self._names, f) for f in predicate.facts):
                now, then = self._conditions.refer(predicate), self._stale.refer(predicate)
                found.append(f"{now} is null and {then} is true")
        return found

    def _left_open(self, option: Option) -> list[str]:
        """Contraindications that nobody can tell although a required fact they turn on is known."""
        found = []
        for rule in option.contraindications:
            required = option.requires & self._could_stay_open(rule)
            if not required:
                continue
            predicate = rule.predicate
            if predicate.text not in self._open:
                body = self._conditions.open_facts(predicate, self._computed.known_inputs)
                if body is None:
                    continue
                self._open[predicate.text] = Definition(f"known and still open: {predicate.text}", body)
            name = identifier(self._open[predicate.text].name)
            found.append(f"exists ({name} intersect {listed(sorted(required))})")
        return found

    def _could_stay_open(self, rule: Rule) -> frozenset[str]:
        """The facts that can be known and leave the rule's condition unknown."""
        catalogue = self._knowledge.catalogue
        found: set[str] = set()
        for fact in rule.predicate.facts:
            definition = catalogue[fact]
            if definition.derived:
                found |= {fact} | self._computed.possible_inputs(fact)
            elif definition.type.numeric or definition.unspecified:
                found.add(fact)
        return frozenset(found)

    def _status(self, option: Option) -> str:
        """The order of evaluation (rule 3.4)."""
        own = {part: identifier(f"{option.id}: {part}") for part in (
            "in scope", "indicated", "contraindicated", "everything known", "lowered"
        )}  # fmt: skip
        unmet = Status.NOT_NOW if option.cancer_directed else Status.NOT_APPLICABLE
        lines: list[tuple[str, Status]] = []
        if option.cancer_directed:
            lines.append(('"cancer refuted" or "no malignant lesion"', Status.NOT_APPLICABLE))
        lines.append((f"not {own['in scope']}", Status.NOT_APPLICABLE))
        lines.append((f"{own['in scope']} is null", Status.NEEDS_DATA))
        if option.cancer_directed:
            lines += self._before(option)
        lines += [
            (f"not {own['indicated']}", unmet),
            (own["contraindicated"], Status.NOT_NOW),
            (f"{own['indicated']} is null or not ({own['everything known']})", Status.NEEDS_DATA),
            (own["lowered"], Status.MAY_CONSIDER),
        ]
        if option.raised_if is not None:
            lines.append((self._conditions.refer(option.raised_if.predicate), Status.RECOMMENDED))
        cases = "\n  ".join(f"when {condition} then {literal(status)}" for condition, status in lines)
        return f"case\n  {cases}\n  else {literal(option.level)}\nend"

    def _before(self, option: Option) -> list[tuple[str, Status]]:
        """Step 3: the patient's goal, an unconfirmed cancer, an unsettled lesion."""
        lines: list[tuple[str, Status]] = []
        relief = option.symptom_relief
        if not isinstance(relief, bool):
            told = f"{self._conditions.refer(relief.predicate)} is not true"
            lines.append((f'"comfort only" and {told}', Status.NOT_NOW))
        elif not relief:
            lines.append(('"comfort only"', Status.NOT_NOW))
        unsettled = '"malignant lesion" is not true'
        if not option.liver_directed:
            unsettled = f'({unsettled} and "extensive disease elsewhere" is not true)'
        lines.append((f'"cancer not confirmed" or {unsettled}', Status.NEEDS_DATA))
        return lines

    def _all(self) -> str:
        rows = [
            f"  Tuple {{ option: {literal(o.id)}, status: {identifier(status_name(o))} }}"
            for o in self._knowledge.options
        ]
        return 'define "Statuses":\n  {\n  ' + ",\n  ".join(rows) + "\n  }\n"
