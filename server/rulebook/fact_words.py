"""What the catalogue says of a fact, in words: its type and units, how old it may be, how results become one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from eligibility.catalogue import FactDefinition, FactType, Settle
from eligibility.wording import number, value_words
from fhir_mappings.fact_sources import fact_sources

__all__ = [
    "FACT_SECTIONS",
    "IN_THE_ORDER_OF_EVALUATION",
    "UnitRow",
    "absence_words",
    "freshness_words",
    "plausible_words",
    "read_from",
    "settle_words",
    "type_words",
    "unit_rows",
]

FACT_SECTIONS = {
    "patient": "The patient",
    "diagnosis": "The diagnosis",
    "liver": "The liver",
    "biomarkers": "Biomarkers",
    "treatment": "Earlier treatment",
    "laboratory": "Laboratory and measurements",
    "safety": "What stands against treatment",
    "derived": "Scores and other computed facts",
}
"""A heading for each file of facts; a file that is not here is shown under its own name."""

_TYPES = {
    FactType.NUMBER: "a number",
    FactType.INTEGER: "a whole number",
    FactType.QUANTITY: "a number with a unit",
    FactType.BOOLEAN: "yes or no",
    FactType.CODE: "one of a list",
    FactType.SET: "any of a list",
}
_SETTLED = {
    Settle.LATEST: "The newest result stands. Different values of the same moment contradict each other.",
    Settle.EARLIEST: "The oldest dated result stands.",
    Settle.ANY_TRUE: "Present once recorded as present, unless a later statement says absent.",
    Settle.HIGHEST: "The highest ever recorded stands.",
    Settle.LARGEST_OF_LATEST: "The largest value of the newest day stands: several lesions are measured on one scan.",
    Settle.LESION_NATURE: "Malignant outranks benign. Two kinds of malignancy contradict each other.",
    Settle.RAS: (
        "Mutated while the latest result says so. None detected after a mutation is a contradiction, never wild type. "
        "Plasma alone cannot show wild type."
    ),
    Settle.DRIVER: (
        "Any credible positive persists, from tissue or plasma. The first class is the driver, later ones are "
        "additions. A negative plasma result never refutes tissue."
    ),
    Settle.PERSISTS: "Any credible positive persists.",
    Settle.RECEPTOR: "The newest result on metastatic tissue stands, else the newest.",
    Settle.MSI: "Methods agree, or it is a contradiction. Stable in plasma refutes nothing.",
    Settle.PDL1: "The newest result of one assay stands; results are never averaged.",
}
_IN_DECOMPENSATION = (
    "Not known; but for hepatic decompensation, outside cirrhosis and hepatocellular carcinoma, not recorded counts as "
    "absent when the problem list was read completely (rule 3.3d)."
)
_BY_RULE = {
    "pt.pregnancy_status": (
        "It does not apply to men, after the menopause, over 55, or without childbearing potential; never where "
        "childbearing potential is recorded (rule 3.3c). Otherwise not known."
    ),
    "liver.cirrhosis": f"A cirrhotic background of the liver counts as cirrhosis. {_IN_DECOMPENSATION}",
    "liver.ascites": _IN_DECOMPENSATION,
    "liver.encephalopathy": _IN_DECOMPENSATION,
}
"""What the program itself takes from a silent record, beside what the catalogue says: rules 2.3 and 3.3."""

IN_THE_ORDER_OF_EVALUATION = {
    "dx.cancer_status": "Refuted: no treatment of cancer applies. Not confirmed: every such option needs data.",
    "liver.lesion_nature": "Benign or absent: no treatment of cancer applies. Not settled: such options need data.",
    "pt.goals": "Comfort only: no treatment of cancer now, unless the option relieves symptoms.",
    "dx.extrahepatic": "Extensive: systemic treatment may be judged before the nature of the liver lesion is settled.",
    "tx.prior_lines": "None recorded: earlier exposures that are not recorded count as none.",
}
"""What the order of evaluation itself reads, for every option (rules 3.3 and 3.4)."""

_RESOURCES = {
    "Condition": "problems and diagnoses",
    "AllergyIntolerance": "allergies",
    "Procedure": "procedures",
    "Observation": "results and observations",
    "Patient": "patient data",
    "MedicationAdministration": "medicines given",
    "MedicationRequest": "medicines ordered",
    "MedicationStatement": "medicines reported",
}


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit that can be read, and what a value in it is multiplied with."""

    unit: str
    factor: str


def type_words(definition: FactDefinition) -> str:
    """`a number with a unit, mg/dL; second unit µmol/L`."""
    words = _TYPES[definition.type]
    if definition.type.numeric and definition.unit and not definition.unit.startswith("{"):
        words += f", in {definition.unit}"
    elif definition.unit == "{xULN}":
        words += ", in multiples of the upper limit of normal"
    return words + (f"; echoed in {definition.also.label}" if definition.also else "")


def unit_rows(definition: FactDefinition) -> tuple[UnitRow, ...]:
    """Every unit with its factor to the canonical one."""
    return tuple(UnitRow(unit, _factor(factor)) for unit, factor in definition.units.items())


def _factor(factor: Fraction) -> str:
    """Exact: a decimal where it ends, else a division."""
    if factor == 1:
        return "as it stands"
    if factor > 1 and _ends(factor):
        return f"times {_decimal(factor)}"
    return f"divided by {_decimal(1 / factor)}" if _ends(1 / factor) else f"times {factor}"


def _ends(value: Fraction) -> bool:
    """Whether it has a short decimal form."""
    return (value * 10**10).denominator == 1 and value >= Fraction(1, 10**4)


def _decimal(value: Fraction) -> str:
    return f"{float(value):.10f}".rstrip("0").rstrip(".")


def freshness_words(definition: FactDefinition) -> str:
    """How old a value may be."""
    if definition.derived:
        return "Computed from values that are themselves within their age limits."
    if definition.fresh_days is None:
        return "No age limit. Its date is shown."
    days = f"{definition.fresh_days} day{'s' if definition.fresh_days > 1 else ''}"
    return f"At most {days}. Older is shown as too old and counts as not known."


def settle_words(definition: FactDefinition) -> str:
    """How several results become one."""
    if definition.derived:
        return "There is one: it is computed."
    return f"{_SETTLED[definition.settle]} A contradiction counts as not known until a clinician decides."


def absence_words(definition: FactDefinition) -> str:
    """What "not recorded" counts as."""
    said = []
    if definition.absence is not None:
        words = value_words(definition, definition.absence.value)
        read = " and ".join(_RESOURCES.get(kind, kind) for kind in definition.absence.sources)
        said.append(f"It counts as “{words}”, when {read} were read completely; the card asks to confirm it.")
    if definition.absence_in_first_line is not None:
        words = value_words(definition, definition.absence_in_first_line.value)
        said.append(
            f"When no earlier line is recorded and medicines were read completely, it counts as “{words}”; "
            "the card asks to confirm it."
        )
    if definition.id in _BY_RULE:
        said.append(_BY_RULE[definition.id])
    return " ".join(said) or "Not known. Nothing is assumed."


def plausible_words(definition: FactDefinition) -> str:
    """The range outside which a value is not believed; "" without one."""
    if definition.plausible is None:
        return ""
    low, high = definition.plausible
    return f"{number(low)} to {value_words(replace(definition, also=None), high)}"


def read_from(fact: str) -> str:
    """The kinds of record that tell a fact, in words; "" where none does."""
    kinds = [kind for source in fact_sources().get(fact, ()) for kind in source.resource.split(", ")]
    return ", ".join(dict.fromkeys(_RESOURCES.get(kind, kind.lower()) for kind in kinds))
