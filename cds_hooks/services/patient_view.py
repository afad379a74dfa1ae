"""The service for opening a chart: `liver-metastasis-options` on `patient-view`, from prefetch alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from cds_hooks.calls import HookCall, HookRefused, read_call
from cds_hooks.cards import CardSettings, cards_for
from eligibility.assessment import Assessment
from eligibility.engine import assess
from eligibility.facts import Reading, ReadState
from eligibility.knowledge.model import KnowledgeBase
from fhir_mappings.chart import read_chart
from fhir_mappings.overlay import Overlay
from fhir_mappings.patients import PatientStatementsDisagree
from fhir_mappings.prefetch import gather_prefetch
from fhir_mappings.searches import prefetch_templates

__all__ = ["PatientView"]

ESSENTIAL = {"Patient": "patient", "Condition": "conditions"}
"""Resource types without which nothing can be judged, and the prefetch key that brings each (CH-61, F5, F6)."""

WITHHELD_FROM = ("Patient", "RelatedPerson")
"""Users to whom clinicians' content is not shown (CH-35)."""


@dataclass(frozen=True)
class PatientView:
    """Judges the options for the patient whose chart is opened."""

    knowledge: KnowledgeBase
    settings: CardSettings
    overlay: Overlay | None = None

    id = "liver-metastasis-options"
    hook = "patient-view"

    def __post_init__(self) -> None:
        self.keys  # noqa: B018  computed at start, not in the first call

    @cached_property
    def templates(self) -> Mapping[str, str]:
        """The published prefetch templates."""
        return {**prefetch_templates(), **(self.overlay.prefetch_templates() if self.overlay else {})}

    @cached_property
    def keys(self) -> Mapping[str, tuple[str, ...]]:
        """Each prefetch key with the resource type it brings."""
        return {key: (template.split("?")[0].split("/")[0],) for key, template in self.templates.items()}

    @property
    def description(self) -> dict[str, Any]:
        """The entry in discovery (CH-10 to CH-19)."""
        return {
            "hook": self.hook,
            "id": self.id,
            "title": "Treatment options for cancer in the liver",
            "description": "Shows which treatments are worth considering for cancer in the liver, why, and what is "
            "missing to decide. Shows nothing for other patients.",
            "prefetch": dict(self.templates),
            "usageRequirements": "Essential: patient and conditions. All other keys are optional: what is recorded "
            "only there counts as not known. No access to the FHIR server is needed. The service informs; it never "
            "orders and does not decide.",
            "version": "2.0.1",
        }

    def answer(self, body: bytes, now: datetime) -> tuple[dict[str, Any], Assessment | None]:
        """The response to one call, and the assessment behind it. Raises HookRefused."""
        call = read_call(body, self.hook)
        if call.user_type in WITHHELD_FROM:
            return {"cards": []}, None
        assessment = self.judge(call, now)
        return {"cards": cards_for(assessment, self.settings, now)}, assessment

    def judge(self, call: HookCall, now: datetime) -> Assessment:
        """The assessment of the patient of one call. Raises HookRefused with 412 when essential data are missing."""
        try:
            intake = gather_prefetch(
                call.prefetch, self.keys, patient_id=call.patient_id, base=call.base, plain=call.plain,
                null_is_empty=not call.authorized,
            )  # fmt: skip
        except PatientStatementsDisagree as problem:
            raise HookRefused(412, "conflict", str(problem)) from None
        if intake.withheld is None:
            _require(intake.readings, intake.patient is not None)
        today = now.date()
        return assess(read_chart(intake, today, overlay=self.overlay), self.knowledge, today)


def _require(readings: Mapping[str, Reading], patient_read: bool) -> None:
    """A failed read is never an empty chart: without the patient or the problem list there is no answer.

    The refusal tells what was not sent from what failed and from a null that nobody checked (SS-56).
    """
    missing = [kind for kind in ESSENTIAL if _unread(readings.get(kind)) or (kind == "Patient" and not patient_read)]
    if missing:
        keys = " and ".join(ESSENTIAL[kind] for kind in missing)
        reasons = [reading.why for kind in missing if (reading := readings.get(kind)) and reading.why]
        said = [f"{reason[:1].upper()}{reason[1:].rstrip('.')}.".replace(".; ", "; ") for reason in reasons]
        raise HookRefused(412, "required", " ".join((f"Essential data are missing: prefetch {keys}.", *said)))


def _unread(reading: Reading | None) -> bool:
    return reading is None or reading.state in (ReadState.FAILED, ReadState.NOT_READ)
