"""Which resources, codes and words of a record tell of which fact: the readers' tables, turned round for a reviewer.

Derived from the same tables that the readers use. What a fact means is in the catalogue; how a result is read, in
`fhir_mappings.readers`. A site's own codes come on top, by overlay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from fhir_mappings.codes import SNOMED
from fhir_mappings.condition_sources import collect_conditions
from fhir_mappings.gene_sources import gene_sources
from fhir_mappings.observations import ObservationKind, load_table, observation_table
from fhir_mappings.source_parts import CollectedSources, FactSource, codes_of_concept, hint, single_code

__all__ = ["fact_sources"]

_HOW = {
    "quantity": "a number in a listed unit",
    "multiple": "the result divided by the upper limit printed on the same report",
    "presence": "positive or negative; unclear wording gives no value",
    "dipstick": "the grade of the dipstick",
    "ecog": "the score as a number, a coded answer or words; of a range, the worse end counts",
    "karnofsky": "90 to 100 counts as ECOG 0, 70 to 80 as 1, 50 to 60 as 2, 30 to 40 as 3, 10 to 20 as 4",
    "stage": "the overall stage group I to IV",
    "nodes": "the N category; NX says nothing",
    "response": "the clinician's judgement of the trend, not a measured response",
    "pregnancy": "pregnant or not; a pregnancy without its trimester is shown and gives no value",
    "size": "a diameter whose focus or body site is the liver; the largest of the newest day",
    "lesion_count": "a number that the record states; a list of lesions is not a count",
    "shown": "recorded in a form that cannot give the value; shown, and gives none",
    "tissue": "an examination of tissue of that cancer; a grade counts for neuroendocrine tumours only",
    "genotype": "the metaboliser class, or both alleles; a variant alone gives no value",
    "history": "a history of liver metastasis; shown, and no proof of disease now",
    "msi": "stable or high; wording that says both, or hedges, gives no value",
    "mmr_protein": "the four repair proteins together: one lost means MSI-H, all four kept means MSS",
    "pdl1": "the score that the result names; TPS and CPS are never exchanged",
    "her2": "immunohistochemistry and in situ hybridisation together; 2+ waits for hybridisation",
    "receptor": "oestrogen and progesterone receptors together; one positive is enough, a negative needs both",
}
_PATIENT = "Patient"
_MEDICATIONS = "MedicationAdministration, MedicationStatement, MedicationRequest"
_WITH_RESPONSES = f"{_MEDICATIONS}, Observation"
_GIVEN = "a record that it was given; an order alone is shown and gives no value"

_FIXED: tuple[tuple[str, str, str], ...] = (
    ("pt.age", _PATIENT, "the birth date, counted to the day of the question"),
    ("pt.sex", _PATIENT, "the administrative gender; a recorded birth sex that differs makes it a question"),
    ("dx.cancer_status", "Condition", "the verification status of each Condition naming a cancer; the best counts"),
    ("dx.active_primaries", "Condition", "different active cancers; a general and an exact name of one count once"),
    ("dx.stage", "Condition", "the stage recorded with the cancer"),
    ("liver.lesion_origin", "Condition", "the primary that a liver metastasis is recorded as related to"),
    ("dx.dfi_months", "Condition", "from the date of diagnosis of the primary to that of the liver metastasis"),
    ("liver.distribution", "Observation", "lesions in segments of both lobes; one lobe is never concluded"),
    ("pt.childbearing_potential", "Observation", "a recorded pregnancy shows it"),
    ("tx.prior_lines", _WITH_RESPONSES, ("at least as many as were given in metastatic disease and ended in recorded "
     "progression; a count from orders, or without progression, is a suggestion or none; never 0")),
    ("tx.months_disease_control", _WITH_RESPONSES, ("a suggestion: from the first dose of the latest line to its "
     "progression, or at least to the latest response")),
    ("tx.chemo_cycles_total", _MEDICATIONS, "a suggestion: the cycles of the running line that were given here"),
)  # fmt: skip
"""What readers do without a table of codes."""


@cache
def fact_sources() -> Mapping[str, tuple[FactSource, ...]]:
    """By fact, every way in which a record can tell it. Others are entered by a clinician or computed."""
    found = CollectedSources()
    for fact, resource, how in _FIXED:
        found.add(fact, resource, how)
    _observations(found)
    for fact, source in gene_sources():
        found.put(fact, source)
    collect_conditions(found)
    _procedures(found)
    _medications(found)
    return found.done()


# Observations


def _observations(found: CollectedSources) -> None:
    table = observation_table()
    for reader, how in _HOW.items():
        for named in table.codes_of(reader):
            system, _, code = named.rpartition("|")
            kind = table.kind_of(system, code)
            for fact in kind.facts if kind else ():
                assert kind is not None
                found.add(fact, "Observation", how, [single_code(system, code)], concept=kind.concept)
    fall = "computed from all CEA results: the fall from the highest to the newest"
    found.add("lab.cea_peak_fall_pct", "Observation", fall, codes_of_concept("cea"), concept="cea")
    for kind, titles in _titles():
        for fact in kind.facts:
            found.add(fact, "Observation", _HOW[kind.reader], hints=hint(titles))
    _genotypes(found)
    rows = load_table("observations")
    found.add("bm.msi", "Observation", _HOW["mmr_protein"], hints=hint(rows["mmr_proteins"]))


def _genotypes(found: CollectedSources) -> None:
    table = load_table("genotypes")
    antigen = table["antigen"]
    typed = "both alleles, typed to the protein; one copy is enough"
    for rule, how in [*((row, _HOW["genotype"]) for row in table["genes"].values()), (antigen, typed)]:
        for concept in ("genotype", "haplotype"):
            found.add(rule["fact"], "Observation", how, codes_of_concept(concept), concept=concept)
        found.add(rule["fact"], "Observation", how, hints=hint(rule["titles"]))


def _titles() -> Iterator[tuple[ObservationKind, tuple[str, ...]]]:
    rows = load_table("observations")
    for section, reader in (("quantities", "quantity"), ("multiples", "multiple"), ("presences", "presence")):
        for concept, entry in rows[section].items():
            if entry.get("titles"):
                yield ObservationKind(concept, reader, (entry["fact"],)), tuple(entry["titles"])
    for concept, entry in rows["others"].items():
        if entry.get("titles"):
            yield ObservationKind(concept, entry["kind"], tuple(entry["facts"])), tuple(entry["titles"])


# Procedures and medications


def _procedures(found: CollectedSources) -> None:
    table = load_table("procedures")
    done = "a completed Procedure"

    def how(row: Mapping[str, Any]) -> str:
        if row.get("site") == "liver":
            return f"{done} with a body site in the liver"
        return f"{done}, when that primary is recorded" if "primary" in row else done

    for concept, row in table["concepts"].items():
        found.add(
            row["fact"], "Procedure", how(row), codes_of_concept(concept), concept=concept, value=row.get("value")
        )
        if row.get("major"):
            found.add(
                table["major_surgery"],
                "Procedure",
                f"{done}: the days since it",
                codes_of_concept(concept),
                concept=concept,
            )
    for code, row in table["codes"].items():
        if row["fact"] is not None:
            found.add(row["fact"], "Procedure", how(row), [single_code(SNOMED, code)], value=row.get("value"))
        if row.get("major"):
            found.add(table["major_surgery"], "Procedure", f"{done}: the days since it", [single_code(SNOMED, code)])
    for row in table["words"]:
        found.add(row["fact"], "Procedure", how(row), hints=hint(row["words"], row["value"]))
        if row.get("major"):
            found.add(table["major_surgery"], "Procedure", f"{done}: the days since it", hints=hint(row["words"]))


def _medications(found: CollectedSources) -> None:
    table = load_table("medications")

    def drugs(fact: str, resource: str, how: str, names: Iterable[str], value: object, why: str = "") -> None:
        for drug in names:
            found.add(
                fact, resource, how, codes_of_concept(f"drug_{drug}"), concept=f"drug_{drug}", value=value, why=why
            )

    for fact, row in table["exposure"].items():
        if "progressed" in row:
            how = "given in advanced disease, and a progression recorded on it"
            value = None if "confirm" in row["progressed"] else True
            drugs(fact, _MEDICATIONS, how, row["drugs"], value, row["progressed"].get("confirm", ""))
            found.add(fact, "Observation", "the progression, together with the doses that were given")
        if "needs" in row:
            drugs(fact, _MEDICATIONS, _GIVEN, row["drugs"], None, f"given; {row['needs']} is not in such a record")
        elif row.get("advanced"):
            drugs(
                fact,
                _MEDICATIONS,
                f"{_GIVEN}; it counts when given after a metastasis was recorded",
                row["drugs"],
                True,
            )
        else:
            drugs(fact, _MEDICATIONS, _GIVEN, row["drugs"], True)
    for fact, row in table["last"].items():
        drugs(fact, _MEDICATIONS, "the days since it was last given", row["drugs"], None)
    for fact, row in table["current"].items():
        how = f"on the medication list now, or given within {table['current_days']} days"
        drugs(fact, _MEDICATIONS, how, row["full"], True)
        drugs(fact, _MEDICATIONS, how, row["unclear"]["drugs"], None, row["unclear"]["why"])
    allergy = table["allergy"]
    for value, names in allergy["groups"].items():
        drugs(allergy["fact"], "AllergyIntolerance", "severe by its severity, criticality or reaction", names, value)
