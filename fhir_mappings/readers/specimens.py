"""What a biomarker was measured on: tissue or plasma, and whether it came from a metastasis."""

from __future__ import annotations

from eligibility.facts import Specimen
from fhir_mappings.intake import Resource
from fhir_mappings.readers.gathering import Gathering, Source
from fhir_mappings.resources import Observation
from fhir_mappings.resources import Specimen as SpecimenResource

__all__ = ["with_specimen"]


def with_specimen(g: Gathering, raw: Resource, o: Observation, source: Source) -> Source:
    """The source with what it was measured on: the specimen where one is given, else what the code's name says."""
    specimen, metastasis, unread = None, None, False
    if o.specimen is not None:
        found = g.intake.resolve(o.specimen.reference, raw)
        specimen, metastasis = _specimen(g, found, o.specimen.display)
        unread = found is None and specimen is None
    if o.bodySite is not None and metastasis is None:
        metastasis = _from_liver(g.codes.of_concept(o.bodySite).keys())
    if specimen is None and source.code is not None:
        concepts = g.codes.of(*source.code.rsplit("|", 1))
        specimen = (
            Specimen.PLASMA
            if "test_on_plasma" in concepts
            else Specimen.TISSUE
            if "test_on_tissue" in concepts
            else None
        )
    if specimen is None and unread:
        specimen = Specimen.UNREAD
    return source.but(specimen=specimen, from_metastasis=metastasis)


def _from_liver(concepts: object) -> bool | None:
    names = set(concepts) if isinstance(concepts, set | type({}.keys())) else set()
    if names & {"liver", "couinaud_segments", "liver_lobes", "extrahepatic_sites"} and "other_body_sites" not in names:
        return True
    return False if "other_body_sites" in names else None


def _specimen(g: Gathering, raw: Resource | None, display: str | None) -> tuple[Specimen | None, bool | None]:
    """Tissue or plasma, and whether it came from a metastasis."""
    if raw is None or raw.get("resourceType") != "Specimen":
        return _specimen_words(display or ""), None
    found = g.read(raw, SpecimenResource)
    if found is None:
        return None, None
    concepts = g.codes.of_concept(found.type)
    kind = (
        Specimen.TISSUE if "specimen_tissue" in concepts else Specimen.PLASMA if "specimen_blood" in concepts else None
    )
    site = found.collection.bodySite if found.collection else None
    words = " ".join((*(found.type.all_words if found.type else ()), *(site.all_words if site else ())))
    return kind or _specimen_words(words), _from_liver(g.codes.of_concept(site).keys())


def _specimen_words(words: str) -> Specimen | None:
    low = words.lower()
    plasma = any(w in low for w in ("plasma", "blood", "cfdna", "cell-free", "cell free", "serum"))
    tissue = any(w in low for w in ("tissue", "biopsy", "ffpe", "paraffin", "resection", "tumor", "tumour", "cytology"))
    return None if plasma is tissue else Specimen.PLASMA if plasma else Specimen.TISSUE
