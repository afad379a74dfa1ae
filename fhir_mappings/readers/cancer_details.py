"""What a cancer's Condition says beside its name: histology, side of the colon, stage."""

from __future__ import annotations

import re

from fhir_mappings.readers.condition_codes import by_code, condition_table
from fhir_mappings.readers.gathering import Gathering
from fhir_mappings.readers.performance import stage_group
from fhir_mappings.resources import Condition, Stage

__all__ = ["histologies_of", "side_of_site", "stage_of"]

HISTOLOGY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
LATERALITY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-laterality-qualifier"
_OTHER_SYSTEM = re.compile(
    r"\b(?:rai|binet|figo|iss|r-?iss|ann arbor|lugano|dukes|okuda|bclc|barcelona|cotswolds?|inss|inrgss?|wilms|masaoka|"
    r"durie|jarnagin|bismuth|cairo|clark|breslow|gleason|isup|child)\b",
    re.I,
)


def histologies_of(g: Gathering, condition: Condition, concepts: dict[str, str]) -> frozenset[str]:
    """The histological types that the code or the morphology extension names."""
    t = condition_table()["histology"]
    found = {t[c] for c in concepts if c in t}
    for extension in condition.extension or ():
        if extension.url == HISTOLOGY:
            found |= {t[c] for c in g.codes.of_concept(extension.valueCodeableConcept) if c in t}
    return frozenset(found)


def side_of_site(g: Gathering, condition: Condition, primary: str | None) -> set[str]:
    """The side that the body site of a colorectal cancer names, by its own code or by a qualifier of the colon."""
    sides: set[str] = set()
    t = condition_table()
    for site in (condition.bodySite or ()) if primary == "colorectal" else ():
        concepts = g.codes.of_concept(site)
        sides |= {t["side"][c] for c in concepts if c in t["side"]}
        if set(t["sided_organs"]) & {(c.code or "").strip() for c in site.coding or ()}:
            for extension in site.extension or ():
                if extension.url == LATERALITY:
                    qualifiers = g.codes.of_concept(extension.valueCodeableConcept)
                    sides |= {t["laterality"][c] for c in qualifiers if c in t["laterality"]}
    return sides


def stage_of(condition: Condition) -> str | None:
    """The TNM stage group recorded with the cancer; the stages of other systems are not it."""
    stages = [s for s in condition.stage or () if not _another_system(s)]
    words = [w for stage in stages for w in (stage.summary.all_words if stage.summary else ())]
    words = words or [c.code for s in stages for c in (s.summary.coding if s.summary else None) or () if c.code]
    found = {group for w in words if (group := stage_group(w)) is not None}
    found = found or set(by_code({"sct": condition_table()["stage_codes"]}, condition.code))
    return found.pop() if len(found) == 1 else None


def _another_system(stage: Stage) -> bool:
    words = [*(stage.summary.all_words if stage.summary else ()), *(stage.type.all_words if stage.type else ())]
    return any(_OTHER_SYSTEM.search(w) for w in words)
