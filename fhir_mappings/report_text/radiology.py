"""Imaging reports: every statement, topic by topic."""

from __future__ import annotations

from collections.abc import Sequence

from fhir_mappings.report_text.burden import read_burden
from fhir_mappings.report_text.course import response, treatments
from fhir_mappings.report_text.liver_state import ascites, background, bile_ducts, simple
from fhir_mappings.report_text.outside import brain, outside, peritoneum
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Mention, Statement
from fhir_mappings.report_text.veins import veins
from fhir_mappings.report_text.vicinity import closeness, li_rads, shares

__all__ = ["read_radiology"]


def read_radiology(sentences: Sequence[Sentence]) -> tuple[list[Statement], list[Mention]]:
    """Every statement of an imaging report; the segments and sites it names are mentions."""
    lesions, segments = read_burden(sentences)
    beyond, sites = outside(sentences)
    statements = [
        *lesions,
        *ascites(sentences),
        *simple(sentences),
        *background(sentences),
        *bile_ducts(sentences),
        *veins(sentences),
        *closeness(sentences),
        *shares(sentences),
        *li_rads(sentences),
        *beyond,
        *peritoneum(sentences),
        *brain(sentences),
        *response(sentences),
        *treatments(sentences),
    ]
    return statements, [*segments, *sites]
