"""Writes the value-set files of fhir_mappings from tables of codes that were each seen in a named public source.

Usage: python tools/make_valuesets.py TABLE.csv [TABLE.csv ...]
Tables have the columns concept_key, system, code, display, kind, note, verified_in. Rows of licensed procedure codes
(CPT) are left out; so are rows without a source. What a concept *means* is not written here: see
fhir_mappings/valuesets/*.yaml.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

OUT = Path(__file__).parent.parent / "fhir_mappings" / "valuesets"

SHORT = {
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "hgnc": "http://www.genenames.org/geneId",
    "icdo3": "http://terminology.hl7.org/CodeSystem/icd-o-3",
    "v2-0487": "http://terminology.hl7.org/CodeSystem/v2-0487",
}
OF_URI = {uri: short for short, uri in SHORT.items()}

FILES = {
    "condition": "conditions",
    "lab": "laboratory",
    "biomarker": "biomarkers",
    "procedure": "procedures",
    "drug": "medications",
    "performance": "performance-and-staging",
    "staging": "performance-and-staging",
    "imaging": "performance-and-staging",
    "bodysite": "body-sites",
    "answer": "answers",
}
OTHER_CANCERS = ("other_primary_cancer", "extrahepatic_metastasis", "autoimmune_disease")

# Facets that the official display of a code states in so many words.
_RECTUM = r"splenic flexure|(?<!a)(?<!as)descending colon|sigmoid|rectum|rectosigmoid"
FACETS: tuple[tuple[str, str, str, str], ...] = (
    (
        "colon_right",
        r"^primary_(colon|colorectal)$",
        r"c(a)?ecum|ascending colon|hepatic flexure|transverse colon|right flexure",
        r"descending|splenic|sigmoid|left",
    ),
    (
        "colon_left",
        r"^primary_(colon|colorectal|rectum|rectosigmoid)$",
        _RECTUM,
        r"ascending(?<!descending) colon|c(a)?ecum|colon and/?(or)? rectum",
    ),
    (
        "type_adenocarcinoma",
        r"^primary_",
        r"\badenocarcinoma|infiltrating duct|invasive ductal|lobular carcinoma",
        r"adenosquamous|neuroendocrine|large cell",
    ),
    ("type_squamous", r"^primary_", r"squamous cell|(?<!non)(?<!non-)squamous non-small", r"adenosquamous|nonsquamous"),
    ("type_adenosquamous", r"^primary_", r"adenosquamous", r"^$"),
    ("type_large_cell", r"^primary_(lung|nsclc)", r"large cell carcinoma", r"neuroendocrine"),
    ("type_small_cell", r"^primary_(lung|sclc)", r"small cell|oat cell", r"non-?\s?small|squamous"),
    (
        "test_on_tissue",
        r"^(msi|tmb|pdl1|her2|er|pr|gene_test_\w+)$",
        r"in Tissue|cancer specimen|in Tumor|Cancer specimen",
        r"Blood|Serum|Plasma",
    ),
    ("test_on_plasma", r"^gene_test_", r"Plasma cell-free", r"^$"),
)


def rows(tables: list[str]) -> Iterator[dict[str, str]]:
    """All rows that may be used."""
    for table in tables:
        with Path(table).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["verified_in"].strip() and row["code"].strip() and "ama-assn" not in row["system"]:
                    yield row


def file_of(row: dict[str, str]) -> str | None:
    """The file a row goes to; None for what no reader uses."""
    if row["kind"] == "condition" and row["concept_key"] in OTHER_CANCERS:
        return "conditions-further"
    if row["concept_key"] in ("recist", "radiology_category") or row["kind"] == "modality":
        return None
    return FILES.get(row["kind"])


def facets(row: dict[str, str]) -> Iterator[str]:
    """Further concepts that the display itself names."""
    for facet, key, names, unless in FACETS:
        if (
            re.search(key, row["concept_key"])
            and re.search(names, row["display"], re.I)
            and not re.search(unless, row["display"], re.I)
        ):
            yield facet


def main(tables: list[str]) -> int:
    """Write one file per group, one code per line."""
    if not tables:
        sys.stderr.write("usage: make_valuesets.py TABLE.csv [TABLE.csv ...]\n")
        return 2
    groups: dict[str, dict[str, dict[tuple[str, str], tuple[str, str]]]] = {}
    for row in rows(tables):
        name = file_of(row)
        short = OF_URI.get(row["system"])
        if name is None or short is None:
            continue
        entry = (row["display"].strip(), row["verified_in"].strip())
        for concept in (row["concept_key"], *facets(row)):
            groups.setdefault(name, {}).setdefault(concept, {}).setdefault((short, row["code"].strip()), entry)
    OUT.mkdir(parents=True, exist_ok=True)
    for name, concepts in sorted(groups.items()):
        sources = sorted({source for codes in concepts.values() for _, source in codes.values()})
        lines = [
            "{",
            f'"systems": {json.dumps(SHORT, indent=1)},',
            f'"sources": {json.dumps(sources, indent=1, ensure_ascii=False)},',
            '"concepts": {',
        ]
        blocks = []
        for concept, codes in sorted(concepts.items()):
            entries = ",\n".join(
                "  " + json.dumps([system, code, display, sources.index(source)], ensure_ascii=False)
                for (system, code), (display, source) in sorted(codes.items())
            )
            blocks.append(f"{json.dumps(concept)}: [\n{entries}\n]")
        lines += [",\n".join(blocks), "}", "}"]
        (OUT / f"{name}.json").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
