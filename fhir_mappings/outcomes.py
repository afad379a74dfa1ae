"""OperationOutcome resources that we send: built and validated by the FHIR model library."""

from __future__ import annotations

from typing import Any

__all__ = ["operation_outcome"]


def operation_outcome(code: str, diagnostics: str, *, severity: str = "error") -> dict[str, Any]:
    """One issue as an R4 OperationOutcome. `code` is of the issue-type value set (CH-125).

    The model library is imported here, not at start: only an answer that is an error pays for it.
    """
    from fhir.resources.R4B.operationoutcome import OperationOutcome

    issue = {"severity": severity, "code": code, "diagnostics": diagnostics}
    built = OperationOutcome.model_validate({"resourceType": "OperationOutcome", "issue": [issue]})
    document: dict[str, Any] = built.model_dump(mode="json", exclude_none=True)
    return {"resourceType": "OperationOutcome", **{k: v for k, v in document.items() if k != "resourceType"}}
