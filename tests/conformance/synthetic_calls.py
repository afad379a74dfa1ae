"""The synthetic patients of the practice EHR, opened with the practice EHR's own code: what it would send."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sandbox_ehr.cds_client import Exchange, Service, ask, discover, patient_view_request
from sandbox_ehr.charts import Chart, load_charts
from tests.conformance.live_hooks import ON, SERVICE, Hooks

__all__ = ["FOLDER", "IDS", "charts", "exchange", "sent"]

FOLDER = Path(__file__).parents[2] / "sandbox_ehr" / "patients"


@cache
def charts() -> Mapping[str, Chart]:
    """Every chart by patient id, dates as they were written."""
    return load_charts(FOLDER, ON)


IDS = tuple(charts())

_FHIR = "http://127.0.0.1:8010/fhir"
_services: dict[str, Service] = {}
_requests: dict[str, bytes] = {}


def _service(hooks: Hooks) -> Service:
    if hooks.base not in _services:
        _services[hooks.base] = next(s for s in discover(hooks.base) if s.id == SERVICE)
    return _services[hooks.base]


def sent(hooks: Hooks, patient: str) -> dict[str, Any]:
    """The request that the practice EHR makes when this chart is opened, the caller's to change.

    Made once for each patient: every server of a test run publishes the same templates.
    """
    if patient not in _requests:
        _requests[patient] = json.dumps(patient_view_request(_service(hooks), charts()[patient], _FHIR)).encode()
    request: dict[str, Any] = json.loads(_requests[patient])
    return request


def exchange(hooks: Hooks, patient: str) -> Exchange:
    """That request and the answer to it, over the practice EHR's own client."""
    return ask(hooks.base, _service(hooks), sent(hooks, patient))
