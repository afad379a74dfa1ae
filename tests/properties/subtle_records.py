"""Records that a generator makes too rarely, each with one subtlety of how facts rest on one another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.reference.examples import ON, SOURCES
from tests.reference.record import OneSided, Record, Statement, Value

__all__ = ["SUBTLE"]

D = Decimal

CONFIRMED: dict[str, Value] = {
    "dx.cancer_status": "confirmed",
    "liver.lesion_nature": "metastasis",
    "dx.active_primaries": D(1),
}
NET: dict[str, Value] = CONFIRMED | {
    "dx.primary": "net", "dx.net_progressing": True, "tx.prior_lines": D(1), "pt.ecog": D(1), "pt.sex": "male",
}  # fmt: skip


def said(fact: str, value: Value | None, days: int, **more: Any) -> Statement:
    return Statement(fact, value, ON - timedelta(days=days), **more)


_CASES: dict[str, tuple[Mapping[str, Value], tuple[Statement, ...], set[str]]] = {
    "an old bilirubin that would stop, overtaken by one that cannot be read": (
        NET, (said("lab.bilirubin", D("7.2"), 10), said("lab.bilirubin", None, 1)), set(),
    ),
    "a cirrhotic background in dispute": (
        {"dx.cancer_status": "confirmed", "lab.bilirubin": D(1), "pt.ecog": D(0)},
        (said("liver.background", "cirrhosis", 3), said("liver.background", "normal", 3)), set(),
    ),
    "a cirrhotic background in a report's words": (
        {"lab.bilirubin": D(1)}, (said("liver.background", "cirrhosis", 3, source="text"),), set(),
    ),
    "a cirrhotic background, and cirrhosis in a report's words": (
        {"liver.background": "cirrhosis"}, (said("liver.cirrhosis", True, 3, source="text"),), set(),
    ),
    "childbearing potential in dispute, after the menopause": (
        {"pt.menopausal_status": "post"},
        (said("pt.childbearing_potential", True, 3), said("pt.childbearing_potential", False, 3)), set(),
    ),
    "childbearing potential in a report's words, at 60": (
        {"pt.age": D(60)}, (said("pt.childbearing_potential", True, 3, source="text"),), set(),
    ),
    "hepatocellular carcinoma recorded beside another cancer": (
        {"dx.cancer_status": "confirmed", "dx.primary": "hcc", "dx.active_primaries": D(2), "lab.bilirubin": D(1)},
        (), set(),
    ),
    "an eGFR below 18 years": ({"pt.age": D(17), "pt.sex": "male", "lab.creatinine": D("0.9")}, (), set()),
    "a creatinine known from one side": (
        NET | {"pt.age": D(60), "lab.creatinine": OneSided("<", D("0.3"))}, (), set(),
    ),
    "an INR across the limits of Child-Pugh": (
        CONFIRMED | {
            "dx.primary": "colorectal", "liver.cirrhosis": True, "lab.bilirubin": D("2.4"), "lab.albumin": D(3),
            "lab.inr": OneSided(">=", D("1.4")), "liver.ascites": "mild", "liver.encephalopathy": "none",
        }, (), set(),
    ),
    "no word on cirrhosis and no problem list": (
        NET | {"lab.bilirubin": D(1), "liver.variceal_bleed_90d": False, "liver.ascites": "none",
               "liver.encephalopathy": "none"}, (), {"Condition"},
    ),
}  # fmt: skip


def _record(given: Mapping[str, Value], statements: tuple[Statement, ...], unread: set[str]) -> Record:
    entered = tuple(Statement(fact, value, source="entered") for fact, value in given.items())
    return Record(ON, (*entered, *statements), frozenset(SOURCES) - unread)


SUBTLE: dict[str, Record] = {case: _record(*parts) for case, parts in _CASES.items()}
"""Each by what is subtle in it."""
