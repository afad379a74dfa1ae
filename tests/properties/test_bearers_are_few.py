"""What cannot be used never spreads further than to those it may concern."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_mappings.intake import Intake
from fhir_mappings.records import split_patients
from fhir_mappings.sources import Document

Json = dict[str, Any]
KINDS = ["Observation", "Condition", "Procedure", "AllergyIntolerance"]
subjects = st.sampled_from(["Patient/1", "Patient/2", "Patient/3", "urn:uuid:p", "Group/1", "x", None])
oddities = st.sampled_from([{}, {}, {"modifierExtension": [{"url": "x"}]}, {"code": 5}, {"meta": {"versionId": "2"}}])
clinical = st.builds(
    lambda kind, own_id, subject, odd: {
        "resourceType": kind, "id": own_id, **({"subject": {"reference": subject}} if subject else {}), **odd
    },
    st.sampled_from(KINDS),
    st.sampled_from("abc"),
    subjects,
    oddities,
)  # fmt: skip
persons = st.builds(
    lambda own_id, born: {"resourceType": "Patient", "id": own_id, "birthDate": born},
    st.sampled_from("123"),
    st.sampled_from(["1950", "1970"]),
)
listed = st.lists(st.one_of(clinical, persons), min_size=1, max_size=4)
bundles = st.builds(
    lambda resources, more: {"resourceType": "Bundle", "entry": [*({"resource": r} for r in resources), *more]},
    listed,
    st.sampled_from([[], [], [5]]),
)
documents = st.one_of(
    st.builds(lambda value: ((value,), False), st.one_of(bundles, clinical)),
    st.builds(lambda values: (tuple(values), True), listed),
)
folders = st.lists(documents, max_size=5).map(
    lambda found: [
        Document(f"{number}", values, plain=False, lines=lines)
        for number, (values, lines) in enumerate([*(((two(name),), False) for name in "12"), *found])
    ]
)
strays = st.one_of(
    st.builds(lambda kind, odd: {"resourceType": kind, "id": "stray", **odd}, st.sampled_from(KINDS), oddities),
    st.builds(lambda kind: {"resourceType": kind, "subject": {"display": "x"}}, st.sampled_from(KINDS)),
)


def two(name: str) -> Json:
    own = {"resourceType": "Condition", "id": f"own-{name}", "subject": {"reference": f"Patient/{name}"}}
    return {
        "resourceType": "Bundle",
        "entry": [{"resource": {"resourceType": "Patient", "id": name}}, {"resource": own}],
    }


def taken_apart(folder: list[Document]) -> tuple[Intake, ...]:
    return split_patients(folder).intakes


@settings(max_examples=150, deadline=None)
@given(folders, strays)
def test_lone_file_without_a_subject_changes_no_patient_of_several(folder: list[Document], stray: Json) -> None:
    assert taken_apart(folder) == taken_apart([*folder, Document("stray", (stray,), plain=False)])


@settings(max_examples=150, deadline=None)
@given(folders, st.sampled_from(KINDS), st.randoms(use_true_random=False))
def test_malformed_resource_of_one_patient_leaves_the_readings_of_others(
    folder: list[Document], kind: str, shuffle: random.Random
) -> None:
    flawed = {"resourceType": kind, "id": "flawed", "code": 5, "subject": {"reference": "Patient/1"}}
    place = shuffle.randrange(len(folder) + 1)
    more = (
        [*folder, Document("more", (flawed,), plain=False)] if place == len(folder) else with_it(folder, place, flawed)
    )
    before, after = taken_apart(folder), taken_apart(more)
    assert [(i.reference, i.resources) for i in before] == [(i.reference, i.resources) for i in after]
    others = [(b, a) for b, a in zip(before, after, strict=True) if b.reference != "Patient/1"]
    assert [b.readings for b, _ in others] == [a.readings for _, a in others]
    assert [b.notices for b, _ in others] == [a.notices for _, a in others]
    assert "partial" in {str(i.readings[kind].state) for i in after if i.reference == "Patient/1"}


def with_it(folder: list[Document], place: int, flawed: Json) -> list[Document]:
    """The same folder with one more entry in a Bundle, or one more line in a file of lines."""
    document = folder[place]
    first = document.values[0]
    entries = first.get("entry")
    if isinstance(entries, list) and not document.lines:
        values: tuple[dict[str, object], ...] = ({**first, "entry": [*entries, {"resource": flawed}]},)
    elif document.lines:
        values = (*document.values, flawed)
    else:
        return [*folder, Document("more", (flawed,), plain=False)]
    changed = Document(document.name, values, plain=False, lines=document.lines)
    return [*folder[:place], changed, *folder[place + 1 :]]


@settings(max_examples=150, deadline=None)
@given(folders, st.randoms(use_true_random=False))
def test_order_of_files_never_changes_who_bears_what(folder: list[Document], shuffle: random.Random) -> None:
    assert split_patients(folder) == split_patients(shuffle.sample(folder, len(folder)))


@settings(max_examples=150, deadline=None)
@given(folders)
def test_everything_said_of_the_source_is_said_of_a_patient_or_left_over(folder: list[Document]) -> None:
    found = split_patients(folder)
    carried = {notice.code for each in found.intakes for notice in each.notices} | {n.code for n in found.unborne}
    assert {notice.code for notice in found.notices} <= carried
