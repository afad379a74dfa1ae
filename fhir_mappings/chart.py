"""One patient's resources become facts' findings: the order of reading, and the joining of results.

How one shape of resource is read is in `readers/`; which of several findings stands is `eligibility.settling`.
"""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from eligibility.facts import PatientFacts
from fhir_mappings.codes import CodeIndex, shipped_codes
from fhir_mappings.intake import Intake
from fhir_mappings.overlay import Overlay
from fhir_mappings.patients import withheld_for_age
from fhir_mappings.readers.allergies import read_allergies
from fhir_mappings.readers.breast_markers import say_her2, say_parts
from fhir_mappings.readers.cancer_facts import say_cancers
from fhir_mappings.readers.conditions import read_conditions
from fhir_mappings.readers.gathering import Gathering
from fhir_mappings.readers.gene_facts import say_gene_facts
from fhir_mappings.readers.genotypes import say_inherited_variants
from fhir_mappings.readers.histologies import refined_by_histology, say_tissue
from fhir_mappings.readers.laboratory import say_cea_fall
from fhir_mappings.readers.lesions import say_sizes
from fhir_mappings.readers.medications import read_medications
from fhir_mappings.readers.microsatellites import say_mmr_proteins
from fhir_mappings.readers.observed import read_observations
from fhir_mappings.readers.origins import say_origins
from fhir_mappings.readers.patient import read_patient
from fhir_mappings.readers.procedures import read_procedures
from fhir_mappings.readers.therapy_course import advanced_since
from fhir_mappings.readers.therapy_facts import say_therapy

__all__ = ["READ_TYPES", "read_chart"]

READ_TYPES = (
    "Patient",
    "Condition",
    "Observation",
    "Procedure",
    "MedicationRequest",
    "MedicationAdministration",
    "MedicationStatement",
    "AllergyIntolerance",
    "Specimen",
)
"""The FHIR resource types that findings come from."""


def read_chart(
    intake: Intake, on: date | None = None, codes: CodeIndex | None = None, overlay: Overlay | None = None
) -> PatientFacts:
    """Everything a record says of the facts, as findings.

    `on` is the day the chart is read for: ages and "days since" count from it. `codes` and `overlay` add a site's
    own codes: those that mean a listed concept, and those that state a fact themselves.
    Never raises for odd data: what cannot be read is set aside, named in a notice, and makes its kind partially read.
    """
    g = Gathering(intake, codes or shipped_codes(), on)
    read_patient(g)
    conditions = read_conditions(g)
    observations = read_observations(g)
    cancers = refined_by_histology(conditions.cancers, observations.tissue)
    say_cancers(g, cancers)
    say_origins(g, cancers)
    say_tissue(g, cancers, observations.tissue)
    say_gene_facts(g, observations.genes, cancers.melanoma)
    say_inherited_variants(g, observations.genes)
    say_her2(g, [*observations.her2, *conditions.her2])
    say_parts(g, [*observations.parts, *conditions.parts])
    say_mmr_proteins(g, observations.proteins)
    say_sizes(g, observations.sizes)
    say_cea_fall(g)
    read_procedures(g, cancers.ever)
    doses = read_medications(g, advanced_since(g, cancers))
    read_allergies(g)
    if overlay is not None:
        overlay.read(g)
    say_therapy(g, doses, cancers)
    return PatientFacts(
        reference=intake.reference,
        findings=MappingProxyType({fact: tuple(found) for fact, found in sorted(g.findings.items())}),
        readings=MappingProxyType(dict(g.readings())),
        notices=(*intake.notices, *g.notices),
        withheld=intake.withheld or (withheld_for_age(intake.patient, on) if on is not None else None),
        newest=g.newest,
    )
