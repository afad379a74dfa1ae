"""`hepatica knowledge export`: the knowledge base as FHIR definitions or as a CQL library, written to a folder.

FHIR: one file for each resource, and all of them as one transaction. CQL: the library, and every worked example as
parameters with the statuses it gives, to try out an engine.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from eligibility.cql.library import LIBRARY, cql_library
from eligibility.cql.worked_examples import worked_examples
from eligibility.errors import HepaticaError
from eligibility.knowledge.load import load_knowledge
from eligibility.knowledge.model import KnowledgeBase
from fhir_mappings.definitions.canonical import OWN_BASE, Canonicals
from fhir_mappings.definitions.package import as_bundle, fhir_package

__all__ = ["BUNDLE", "EXAMPLES", "add_arguments", "run"]

BUNDLE: Final = "bundle.json"
EXAMPLES: Final = "worked-examples.json"
_ABOUT_EXAMPLES: Final = (
    "Each worked example as parameters of the library, a parameter that is not named being null, with the status of "
    "every option; options that are not named are not_applicable."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.description = (
        "Write the knowledge base for other programs: as FHIR R4 definitions (options as PlanDefinitions, the data "
        "they need, value sets), or as a CQL library with the same logic. docs/export.md says what each covers."
    )
    parser.add_argument("--format", choices=("fhir", "cql"), required=True, help="what to write")
    parser.add_argument("--out", metavar="FOLDER", required=True, help="a folder that is new or empty")
    parser.add_argument(
        "--canonical", metavar="URL", default=OWN_BASE,
        help=f"base of the definitions' addresses (fhir only); give one of your own, the default is {OWN_BASE}",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; returns the exit status. Raises HepaticaError or OSError with a sentence for the user."""
    folder = Path(arguments.out)
    if folder.exists() and not folder.is_dir():
        raise HepaticaError(f"{folder} is a file. Give a folder that is new or empty.")
    if folder.is_dir() and any(folder.iterdir()):
        raise HepaticaError(f"The folder {folder} is not empty. Give one that is new or empty.")
    knowledge = load_knowledge()
    if arguments.format == "fhir":
        Canonicals.under(arguments.canonical, knowledge.version)
    folder.mkdir(parents=True, exist_ok=True)
    said = _write_cql(folder, knowledge) if arguments.format == "cql" else _write_fhir(folder, knowledge, arguments)
    sys.stdout.write(f"{said}\n")
    return 0


def _write_fhir(folder: Path, knowledge: KnowledgeBase, arguments: argparse.Namespace) -> str:
    package = fhir_package(knowledge, arguments.canonical)
    bundle = as_bundle(package)
    for resource in package:
        kind = folder / str(resource["resourceType"])
        kind.mkdir(parents=True, exist_ok=True)
        _write_json(kind / f"{resource['id']}.json", resource, indent=2)
    _write_json(folder / BUNDLE, bundle)
    return f"{len(package)} definitions of knowledge base {knowledge.version}, and {BUNDLE} with all of them: {folder}"


def _write_cql(folder: Path, knowledge: KnowledgeBase) -> str:
    library, examples = cql_library(knowledge), list(worked_examples(knowledge))
    name = f"{LIBRARY}.cql"
    (folder / name).write_text(library, encoding="utf-8")
    about = {"about": _ABOUT_EXAMPLES, "library": LIBRARY, "version": knowledge.version}
    _write_json(folder / EXAMPLES, {**about, "options": [o.id for o in knowledge.options], "examples": examples})
    return f"{name} of knowledge base {knowledge.version}, and {EXAMPLES} with {len(examples)} patients: {folder}"


def _write_json(path: Path, content: Mapping[str, Any], indent: int | None = None) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")
