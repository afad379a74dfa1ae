"""Conditions that speak of cancer, one record each: a primary, the liver lesion, disease elsewhere.

What they mean together is in `readers.cancer_facts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from fhir_mappings.dates import When
from fhir_mappings.readers.cancer_details import histologies_of, side_of_site, stage_of
from fhir_mappings.readers.condition_codes import by_code, condition_table, has_code
from fhir_mappings.readers.gathering import Gathering, Source
from fhir_mappings.resources import CodeableConcept, Coding, Condition
from fhir_mappings.statuses import Clinical, Standing

__all__ = ["CancerRecord", "Cancers", "cancer_record", "without_general_names"]

_MELANOMA = frozenset({"cutaneous_melanoma", "uveal_melanoma", "melanoma_unspecified"})


@dataclass(frozen=True, slots=True)
class CancerRecord:
    """One Condition that speaks of cancer."""

    source: Source
    standing: Standing
    clinical: Clinical
    encounter_only: bool
    primary: str | None = None
    distinct: str = ""
    nature: str | None = None
    histologies: frozenset[str] = frozenset()
    side: str | None = None
    net_site: str | None = None
    secondary: bool = False
    liver_metastasis: bool = False
    elsewhere: str | None = None
    stage: str | None = None
    related: tuple[str | None, ...] = ()
    diagnosed: When | None = None

    @property
    def counts(self) -> bool:
        """Neither refuted, suspected, in error nor past."""
        return self.standing in (Standing.CONFIRMED, Standing.UNSTATED) and self.clinical in (
            Clinical.CURRENT,
            Clinical.UNSTATED,
        )

    @property
    def remark(self) -> str:
        """What is not recorded about a record that counts."""
        gaps = [
            *(["verification"] if self.standing is Standing.UNSTATED else []),
            *(["clinical"] if self.clinical is Clinical.UNSTATED else []),
        ]
        return f"{' and '.join(gaps)} status not recorded" if gaps else ""


@dataclass(slots=True)
class Cancers:
    """All cancer records of a chart, and Conditions whose words may mean a further cancer."""

    records: list[CancerRecord] = field(default_factory=list)
    possible: list[Source] = field(default_factory=list)

    @property
    def values(self) -> frozenset[str]:
        """The primaries that count."""
        return frozenset(r.primary for r in without_general_names(r for r in self.records if r.counts and r.primary))  # type: ignore[misc]

    @property
    def ever(self) -> frozenset[str]:
        """Every primary not refuted or in error, past ones too."""
        held = (Standing.CONFIRMED, Standing.UNSTATED)
        return frozenset(r.primary for r in self.records if r.primary and r.standing in held)

    @property
    def melanoma(self) -> bool | None:
        """Whether the recorded primaries are melanoma; None when that is not settled."""
        values = self.values
        if not values or self.possible:
            return True if values and values <= _MELANOMA and not self.possible else None
        return True if values <= _MELANOMA else False if not values & _MELANOMA else None

    @property
    def metastatic_since(self) -> date | None:
        """The earliest dated record of a metastasis."""
        held = (Standing.CONFIRMED, Standing.UNSTATED)
        dates = [r.source.when.last for r in self.records if r.secondary and r.standing in held and r.source.when]
        return min(dates, default=None)


def cancer_record(
    g: Gathering, condition: Condition, concepts: dict[str, str], source: Source, standing: Standing, clinical: Clinical
) -> CancerRecord | None:
    """What a Condition says of cancer; None when it says nothing of it."""
    t = condition_table()
    blank = CancerRecord(source, standing, clinical, _encounter_only(condition))
    if any(c in concepts for c in t["suspected"]):
        return replace(blank, standing=Standing.SUSPECTED)
    sites = {(c.code or "").strip() for s in condition.bodySite or () for c in s.coding or ()}
    liver_site = any(
        "liver" in g.codes.of_concept(s) or "couinaud_segments" in g.codes.of_concept(s)
        for s in condition.bodySite or ()
    )
    if (secondary := _secondary(condition, concepts, liver_site, bool(sites))) is not None:
        primary = "unknown_primary" if has_code({"sct": ["285613005"]}, condition.code) else None
        elsewhere = None if secondary in ("liver", "unclear") else secondary
        return replace(
            blank, secondary=True, liver_metastasis=secondary == "liver", elsewhere=elsewhere,
            primary=primary, distinct=primary or "",
        )  # fmt: skip
    found = _primary(g, condition, concepts, sites, liver_site)
    if found is None:
        return None
    histologies = histologies_of(g, condition, concepts)
    value = found.get("primary")
    if value is not None:
        for name in histologies:
            value = t["refined"].get(value, {}).get(name, value)
    side = {t["side"][c] for c in concepts if c in t["side"]} | side_of_site(g, condition, value)
    return replace(
        blank, primary=value, distinct=found.get("distinct", value or ""), nature=found.get("nature"),
        histologies=histologies - {"nsclc"}, side=side.pop() if len(side) == 1 else None,
        net_site=found.get("net_site"), stage=stage_of(condition),
    )  # fmt: skip


def _encounter_only(condition: Condition) -> bool:
    """Whether the only category given is encounter diagnosis."""
    codes = {(c.code or "").strip() for k in condition.category or () for c in k.coding or ()}
    return "encounter-diagnosis" in codes and not codes & {"problem-list-item", "health-concern"}


def _secondary(condition: Condition, concepts: dict[str, str], liver_site: bool, any_site: bool) -> str | None:
    """`liver`, `unclear` or a word for elsewhere, when the Condition is a metastasis; else None."""
    t = condition_table()
    if any(c in concepts for c in t["liver_metastasis"]):
        return "liver"
    generic = any(c in concepts for c in t["generic_secondary"])
    if generic and any(c in concepts for c in t["not_a_metastasis_of_liver"]):
        return "unclear"
    rule = t["extrahepatic"]
    listed = any(c in concepts for c in rule["concepts"]) or "extrahepatic_lymph_node" in concepts
    if has_code({"icd10cm": rule["elsewhere_icd10cm"]}, condition.code):
        return "unclear" if has_code({"icd10cm": rule["unclear_icd10cm"]}, condition.code) else "elsewhere"
    if has_code({"icd10cm": rule["unclear_icd10cm"]}, condition.code):
        return "nodes or site not stated"
    if generic:
        return "liver" if liver_site else "elsewhere" if any_site else "unclear"
    return "elsewhere" if listed else None


def _primary(
    g: Gathering, condition: Condition, concepts: dict[str, str], sites: set[str], liver_site: bool
) -> dict[str, Any] | None:
    """What the codings say of a primary: an exact code over its concept, a named primary over a general one."""
    t = condition_table()
    found: dict[str, Any] | None = None
    for coding in (condition.code.coding if condition.code else None) or ():
        row = _coded_primary(g, coding)
        if row is not None and (found is None or not _more_general(row.get("primary"), found.get("primary"))):
            found = row
    if found is not None:
        if found.get("primary") == "other":
            found["distinct"] = _other_key(condition, [c for c in t["primaries"] if c in concepts])
        return found
    if not any(c in concepts for c in t["generic"]):
        return None
    if liver_site:
        return {"primary": "liver_unspecified", "nature": "indeterminate"}
    values = {t["site_primaries"][s] for s in sites if s in t["site_primaries"]}
    return {"primary": values.pop() if len(values) == 1 else None}


def _coded_primary(g: Gathering, coding: Coding) -> dict[str, Any] | None:
    t = condition_table()
    exact = by_code(t["codes"], CodeableConcept(coding=(coding,)))
    if exact:
        return None if exact[0].get("primary") is None else dict(exact[0])
    listed = set(g.codes.of(coding.system, coding.code))
    rows = [t["primaries"][c] for c in t["primaries"] if c in listed]
    found: dict[str, Any] | None = None
    for row in rows:
        if found is None or not _more_general(row["primary"], found["primary"]):
            found = dict(row)
    return found


def _more_general(value: str | None, than: str | None) -> bool:
    """Whether a value is a parent of another, or `other` beside a named primary."""
    if than is None or value is None:
        return False
    return than in condition_table()["parents"].get(value, ()) or (value == "other" and than != "other")


def _other_key(condition: Condition, concepts: Sequence[str]) -> str:
    named = [c for c in concepts if c != "other_primary_cancer"]
    if named:
        return named[-1]
    for coding in (condition.code.coding if condition.code else None) or ():
        code = (coding.code or "").strip()
        return code.replace(".", "")[:3] if code[:1].isalpha() else code
    return "other"


def without_general_names(records: Iterable[CancerRecord]) -> list[CancerRecord]:
    """Records without those that only name, in general, what another names exactly."""
    rows = list(records)
    values = {r.primary for r in rows}
    parents = condition_table()["parents"]
    return [r for r in rows if not values & set(parents.get(r.primary, ()))]
