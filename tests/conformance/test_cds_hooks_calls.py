"""The envelope of a call: clauses CH-02 to CH-07, CH-22 to CH-35, CH-70, CH-125, CH-126; SS-05, SS-44, SS-65."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fhir.resources.R4B.operationoutcome import OperationOutcome

from tests.conformance.hook_calls import ABSENT, call, with_context
from tests.conformance.live_hooks import SERVICE, Answer, Hooks

PATH = f"/cds-services/{SERVICE}"
GOOD = json.dumps(call(), default=float).encode()
AUTHORIZATION = {
    "access_token": "canary-token-7391",
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": "user/Patient.rs user/Condition.rs",
    "subject": "hepatica",
}


def refused(answer: Answer, status: int, *words: str) -> bool:
    """Whether an answer is a refusal in the protocol's form: an R4 OperationOutcome with one error that says why."""
    body = answer.json
    OperationOutcome.model_validate(body)
    (issue,) = body["issue"]
    assert ("OperationOutcome", "error") == (body["resourceType"], issue["severity"])
    assert "application/json" == answer.headers["Content-Type"]
    assert all(word in issue["diagnostics"] for word in words), issue["diagnostics"]
    return status == answer.status


def test_ch_22_ch_78_a_good_call_is_answered_with_cards(hooks: Hooks) -> None:
    answer = hooks.post(GOOD)
    assert ("application/json", ["cards"]) == (answer.headers["Content-Type"], list(answer.json))
    assert answer.cards


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_ch_22_only_post_calls_a_service(hooks: Hooks, method: str) -> None:
    answer = hooks.send(method, PATH, GOOD if method != "GET" else None, {"Content-Type": "application/json"})
    assert refused(answer, 405)
    assert "POST" in answer.headers["Allow"].split(", ")
    assert method not in answer.headers["Allow"].split(", ")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_ch_08_discovery_can_only_be_read(hooks: Hooks, method: str) -> None:
    answer = hooks.send(method, "/cds-services", GOOD, {"Content-Type": "application/json"})
    assert refused(answer, 405)
    assert "GET" in answer.headers["Allow"].split(", ")


def test_ch_14_an_unknown_id_is_not_found(hooks: Hooks) -> None:
    assert refused(hooks.post(GOOD, "/cds-services/nothing-here"), 404, "no service with this id")


@pytest.mark.parametrize("path", ["/", "/cds-service", "/cds-services/", "/.env", "/about/nothing"])
def test_ss_65_an_unknown_path_is_refused_in_the_same_form(hooks: Hooks, path: str) -> None:
    assert refused(hooks.get(path), 404)


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON;Charset=UTF-8", "application/json; charset=utf-8; x=y"]
)
def test_ch_06_case_and_parameters_of_the_media_type_do_not_matter(hooks: Hooks, kind: str) -> None:
    assert 200 == hooks.post(GOOD, Content_Type=kind).status


@pytest.mark.parametrize(
    "kind",
    ["application/fhir+json", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""],
)
def test_ch_06_any_other_media_type_is_refused(hooks: Hooks, kind: str) -> None:
    assert refused(hooks.post(GOOD, Content_Type=kind), 415, "application/json")


@pytest.mark.parametrize("field", ["hook", "hookInstance", "context"])
@pytest.mark.parametrize("value", [ABSENT, None, "", 7, True, [], {}, ["patient-view"]], ids=str)
def test_ch_23_ch_31_a_required_field_that_is_missing_or_of_the_wrong_type_is_named(
    hooks: Hooks, field: str, value: Any
) -> None:
    assert refused(hooks.call(call(**{field: value})), 400, f"field {field}")


@pytest.mark.parametrize("body", [b"[]", b'"patient-view"', b"7", b"null", b"true"])
def test_ch_22_a_body_that_is_no_object_is_refused(hooks: Hooks, body: bytes) -> None:
    assert refused(hooks.post(body), 400, "JSON object")


@pytest.mark.parametrize("hook", ["order-sign", "order-select", "Patient-View", "patient-view ", "x" * 5000])
def test_ch_26_another_hook_is_refused_and_the_declared_one_named(hooks: Hooks, hook: str) -> None:
    answer = hooks.call(call(hook=hook))
    assert refused(answer, 400, "patient-view")
    assert hook.strip() in ("Patient-View", "patient-view") or hook not in answer.diagnostics


@pytest.mark.parametrize("instance", ["1", "not a uuid", "é漢🙂", "x" * 256, "../../etc/passwd"])
def test_ch_27_any_instance_up_to_256_characters_is_accepted(hooks: Hooks, instance: str) -> None:
    assert 200 == hooks.call(call(hookInstance=instance)).status


def test_ch_27_a_longer_instance_is_refused(hooks: Hooks) -> None:
    assert refused(hooks.call(call(hookInstance="x" * 257)), 400, "hookInstance", "256")


def test_ch_28_two_calls_with_one_instance_are_both_answered(hooks: Hooks) -> None:
    assert 2 == len(hooks.call(call()).cards) == len(hooks.call(call()).cards)


@pytest.mark.parametrize("field", ["userId", "patientId"])
@pytest.mark.parametrize("value", [ABSENT, None, "", 7, False, [], {"reference": "Patient/p"}], ids=str)
def test_ch_29_a_required_field_of_the_context_is_named(hooks: Hooks, field: str, value: Any) -> None:
    assert refused(hooks.call(with_context(**{field: value})), 400, f"context.{field}")


@pytest.mark.parametrize(
    "body",
    [
        with_context(userId="Marker/zqx-1"),
        with_context(patientId="zqx/1"),
        with_context(patientId="Group/zqx"),
        call(hook="zqx"),
        call(fhirServer="zqx", fhirAuthorization={"access_token": "zqx"}),
        call() | {"prefetch": "zqx"},
        call(hookInstance="zqx" * 200),
    ],
    ids=["user", "patient", "type", "hook", "authorization", "prefetch", "instance"],
)
def test_ch_29_a_refusal_never_repeats_the_value(hooks: Hooks, body: Any) -> None:
    answer = hooks.call(body)
    assert 400 == answer.status
    assert b"zqx" not in answer.body


def test_ch_30_what_is_not_known_is_ignored(hooks: Hooks) -> None:
    plain = hooks.call(call()).cards
    extended = with_context(encounterId="e", departmentId={"x": 1}, extension={"com.example": True})
    extended |= {"extension": {"davinci-crd.configuration": {"max-cards": -1}}, "user": "u", "oauth": None}
    extended["prefetch"] |= {"unheard-of": {"resourceType": "Basic", "id": "b"}, "odd": 5}
    assert [c["detail"] for c in plain] == [c["detail"] for c in hooks.call(extended).cards]


def test_ch_162_neither_encounter_nor_authorization_is_needed_and_loopback_is_allowed(hooks: Hooks) -> None:
    assert 200 == hooks.call(call(fhirServer="http://127.0.0.1:8000/fhir")).status


def test_ch_33_a_patient_id_may_carry_its_type(hooks: Hooks) -> None:
    assert hooks.call(call()).cards[0]["detail"] == hooks.call(with_context(patientId="Patient/p")).cards[0]["detail"]


@pytest.mark.parametrize(
    "identity",
    ["Practitioner/p", "Group/p", "Patient/Patient/p", "1&_include=*", "../Practitioner/1", "1?x=y", " ", "p\n", "ä",
     "https://ehr.example/fhir/Patient/p", "x" * 65],
)  # fmt: skip
def test_ch_33_ss_44_what_is_no_fhir_id_is_refused(hooks: Hooks, identity: str) -> None:
    assert refused(hooks.call(with_context(patientId=identity)), 400, "context.patientId")


@pytest.mark.parametrize("user", ["Practitioner/d", "PractitionerRole/d"])
def test_ch_34_clinicians_get_cards(hooks: Hooks, user: str) -> None:
    assert hooks.call(with_context(userId=user)).cards


@pytest.mark.parametrize("user", ["Patient/p", "RelatedPerson/r"])
def test_ch_35_clinicians_content_is_withheld_from_patients_and_relatives(hooks: Hooks, user: str) -> None:
    answer = hooks.call(with_context(userId=user))
    assert (200, {"cards": []}) == (answer.status, answer.json)


@pytest.mark.parametrize(
    "user", ["d", "Practitioner", "Practitioner/", "practitioner/d", "Device/d", "Organization/o", "Practitioner/d/x"]
)
def test_ch_34_whoever_is_no_user_of_this_hook_is_refused(hooks: Hooks, user: str) -> None:
    assert refused(hooks.call(with_context(userId=user)), 400, "context.userId")


def test_ch_24_an_authorization_needs_a_fhir_server(hooks: Hooks) -> None:
    assert refused(hooks.call(call(fhirAuthorization=AUTHORIZATION)), 400, "fhirServer")


@pytest.mark.parametrize(
    "field, value",
    [("access_token", ABSENT), ("access_token", ""), ("token_type", "mac"), ("token_type", None), ("expires_in", "300"),
     ("expires_in", 30.5), ("expires_in", True), ("expires_in", ABSENT), ("scope", ABSENT), ("scope", ["a"]),
     ("subject", ABSENT)],
)  # fmt: skip
def test_ch_70_an_authorization_of_the_wrong_shape_is_refused(hooks: Hooks, field: str, value: Any) -> None:
    given = {k: v for k, v in {**AUTHORIZATION, field: value}.items() if v is not ABSENT}
    answer = hooks.call(call(fhirServer="https://ehr.example/fhir", fhirAuthorization=given))
    assert refused(answer, 400, "fhirAuthorization")


@pytest.mark.parametrize("odd", ["Bearer x", 7, [], True])
def test_ch_70_an_authorization_that_is_no_object_is_refused(hooks: Hooks, odd: Any) -> None:
    answer = hooks.call(call(fhirServer="https://ehr.example/fhir", fhirAuthorization=odd))
    assert refused(answer, 400, "fhirAuthorization")


def test_ch_72_the_token_is_in_no_answer_and_in_no_log(hooks: Hooks, capsys: pytest.CaptureFixture[str]) -> None:
    server = "https://ehr.example/fhir"
    bodies = [
        call(fhirServer=server, fhirAuthorization=AUTHORIZATION),
        call(fhirServer=server, fhirAuthorization=AUTHORIZATION | {"expires_in": "x"}),
        call(fhirServer=server, fhirAuthorization=AUTHORIZATION | {"patient": "q"}),
    ]
    answers = [hooks.call(body) for body in bodies]
    assert [200, 400, 412] == [answer.status for answer in answers]
    assert all(b"canary-token" not in answer.body for answer in answers)
    assert "canary-token" not in capsys.readouterr().err


@pytest.mark.parametrize("prefetch", ["x", 7, [], True])
def test_ch_57_a_prefetch_that_is_no_object_is_refused(hooks: Hooks, prefetch: Any) -> None:
    assert refused(hooks.call(call(prefetch=prefetch)), 400, "prefetch")


def test_ch_125_ch_126_a_refusal_shows_nothing_of_the_inside(hooks: Hooks) -> None:
    answers = [
        hooks.post(b"{"), hooks.post(b"{}"), hooks.call(call(ABSENT)), hooks.get("/x"), hooks.post(GOOD, "/x"),
        hooks.send("PUT", PATH, b""), hooks.post(GOOD, Content_Type="text/plain"),
    ]  # fmt: skip
    for answer in answers:
        assert 400 <= answer.status < 500
        assert refused(answer, answer.status)
        for leak in (b"Traceback", b".py", b"/server", b"Flask", b"Werkzeug", b"Python"):
            assert leak not in answer.body
            assert all(leak.decode() not in value for value in answer.headers.values())


def test_ss_64_no_origin_is_allowed_that_nobody_configured(hooks: Hooks) -> None:
    answer = hooks.post(GOOD, Origin="https://evil.test")
    assert [] == [name for name in answer.headers if name.startswith("Access-Control")]
