"""The order in which resources arrive never matters."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_mappings.prefetch import gather_prefetch
from fhir_mappings.records import gather, split_patients
from fhir_mappings.sources import Document

BASE = "https://ehr.example/fhir"
subjects = st.sampled_from(
    [
        {"reference": reference}
        for reference in ("Patient/1", "Patient/2", f"{BASE}/Patient/1", "urn:uuid:p", "Group/1", "x")
    ]
    + [{"display": "x"}]
)
metas = st.sampled_from(
    [{}, {"versionId": "1"}, {"versionId": "2"}, {"lastUpdated": "2026-01-01T00:00:00Z"}, {"versionId": "a"}]
)
clinical = st.builds(
    lambda kind, own_id, subject, meta, value: {
        "resourceType": kind, **({"id": own_id} if own_id else {}), "subject": subject, "meta": meta, "note": value
    },
    st.sampled_from(["Observation", "Condition", "Specimen", "Procedure"]),
    st.sampled_from([None, "a", "b", "c"]),
    subjects,
    metas,
    st.sampled_from(["x", "y"]),
)  # fmt: skip
others = st.sampled_from(
    [
        {"resourceType": "Patient", "id": "1", "birthDate": "1950-01-01"},
        {"resourceType": "Patient", "id": "1", "birthDate": "1950", "gender": "female"},
        {"resourceType": "Patient", "id": "2", "birthDate": "1970-01-01", "active": False},
        {"resourceType": "Medication", "id": "m", "status": "active"},
        {"resourceType": "Medication", "id": "m", "status": "inactive"},
        {"resourceType": "OperationOutcome", "issue": [{"severity": "warning"}]},
        {"resourceType": "Observation", "id": 5},
        {"resourceType": "Observation", "id": "z", "modifierExtension": [{"url": "x"}]},
        {"resourceType": "Foo"},
    ]
)
urls = st.sampled_from([None, None, None, "urn:uuid:p", "urn:uuid:q", f"{BASE}/Patient/1"])
entries = st.lists(
    st.builds(
        lambda resource, url: {"resource": resource, **({"fullUrl": url} if url else {})},
        st.one_of(clinical, others),
        urls,
    ),
    max_size=12,
)


def _bundle(listed: list[dict[str, Any]]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": listed}


@settings(max_examples=200, deadline=None)
@given(entries, st.randoms(use_true_random=False))
def test_order_of_entries_never_changes_an_intake(listed: list[dict[str, Any]], shuffle: random.Random) -> None:
    shuffled = shuffle.sample(listed, len(listed))
    one, other = _bundle(listed), _bundle(shuffled)
    assert split_patients([Document("f", (one,), plain=False)]) == split_patients(
        [Document("f", (other,), plain=False)]
    )
    assert gather(one, patient_id="1") == gather(other, patient_id="1")
    keys = {"labs": ("Observation",), "conditions": ("Condition",)}
    assert gather_prefetch({"labs": one, "all": one}, keys, patient_id="1") == gather_prefetch(
        {"all": other, "labs": other}, keys, patient_id="1"
    )


@settings(max_examples=150, deadline=None)
@given(entries, st.randoms(use_true_random=False))
def test_order_of_files_never_changes_the_records(listed: list[dict[str, Any]], shuffle: random.Random) -> None:
    files = [Document(f"{number}", (entry["resource"],), plain=False) for number, entry in enumerate(listed)]
    assert split_patients(files) == split_patients(shuffle.sample(files, len(files)))


@settings(max_examples=150, deadline=None)
@given(entries)
def test_plainness_only_saves_time(listed: list[dict[str, Any]]) -> None:
    plain = [entry for entry in listed if "modifierExtension" not in entry["resource"]]
    keys = {"labs": ("Observation",)}
    sent = {"labs": _bundle(plain)}
    assert gather_prefetch(sent, keys, patient_id="1") == gather_prefetch(sent, keys, patient_id="1", plain=True)
