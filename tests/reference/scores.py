"""The formulas of README, section 2, with paper, pencil and forty digits."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

from tests.reference.logic import ordered
from tests.reference.record import OneSided

__all__ = [
    "albi",
    "albi_grade",
    "child_pugh_class",
    "child_pugh_points",
    "clearance",
    "clinical_risk",
    "egfr",
    "meld3",
    "meld_na",
    "tumour_burden",
]

D = Decimal
Number = Decimal | OneSided


def _points(value: Number, steps: tuple[tuple[str, Decimal, int], ...], otherwise: int) -> int | None:
    """The points of the first step that is true; unknown when one before it cannot be told."""
    for sign, limit, points in steps:
        reached = ordered(value, sign, limit)
        if reached is None:
            return None
        if reached:
            return points
    return otherwise


def child_pugh_points(bilirubin: Number, albumin: Number, inr: Number, ascites: str, encephalopathy: str) -> int | None:
    """2.1. mg/dL, g/dL. Unknown when a value known from one side only lies across a limit."""
    parts = [
        _points(bilirubin, (("<", D("2.0"), 1), ("<=", D("3.0"), 2)), 3),
        _points(albumin, ((">", D("3.5"), 1), (">=", D("2.8"), 2)), 3),
        _points(inr, (("<", D("1.7"), 1), ("<=", D("2.3"), 2)), 3),
        {"none": 1, "mild": 2, "moderate_severe": 3}[ascites],
        {"none": 1, "grade1_2": 2, "grade3_4": 3}[encephalopathy],
    ]
    return None if None in parts else sum(p for p in parts if p is not None)


def child_pugh_class(points: int) -> str:
    """A 5 to 6, B 7 to 9, C 10 to 15."""
    return "A" if points <= 6 else "B" if points <= 9 else "C"


def albi(bilirubin: Decimal, albumin: Decimal) -> Decimal:
    """2.2. Bilirubin in mg/dL (17.1 umol/L), albumin in g/dL (10 g/L)."""
    with localcontext() as context:
        context.prec = 40
        return D("0.66") * (bilirubin * D("17.1")).log10() - D("0.085") * (albumin * 10)


def albi_grade(score: Decimal) -> int:
    """1 up to -2.60, 2 up to -1.39, 3 above."""
    return 1 if score <= D("-2.60") else 2 if score <= D("-1.39") else 3


def _within(value: Decimal, low: str, high: str | None = None) -> Decimal:
    value = max(value, D(low))
    return value if high is None else min(value, D(high))


def _whole(value: Decimal) -> Decimal:
    return value.quantize(D(1), ROUND_HALF_UP)


def meld3(
    bilirubin: Decimal, inr: Decimal, creatinine: Decimal, sodium: Decimal, albumin: Decimal, *, female: bool
) -> Decimal:
    """2.4, MELD 3.0."""
    with localcontext() as context:
        context.prec = 40
        bilirubin, inr = _within(bilirubin, "1.0"), _within(inr, "1.0")
        creatinine = _within(creatinine, "1.0", "3.0")
        salt = 137 - _within(sodium, "125", "137")
        protein = D("3.5") - _within(albumin, "1.5", "3.5")
        score = (
            (D("1.33") if female else 0)
            + D("4.56") * bilirubin.ln()
            + D("0.82") * salt
            - D("0.24") * salt * bilirubin.ln()
            + D("9.09") * inr.ln()
            + D("11.14") * creatinine.ln()
            + D("1.85") * protein
            - D("1.83") * protein * creatinine.ln()
            + 6
        )
        return _within(_whole(score), "6", "40")


def meld_na(bilirubin: Decimal, inr: Decimal, creatinine: Decimal, sodium: Decimal) -> Decimal:
    """2.4, MELD-Na: the bracket is rounded to one decimal before it is multiplied."""
    with localcontext() as context:
        context.prec = 40
        bracket = (
            D("0.957") * _within(creatinine, "1.0", "4.0").ln()
            + D("0.378") * _within(bilirubin, "1.0").ln()
            + D("1.120") * _within(inr, "1.0").ln()
            + D("0.643")
        )
        meld = 10 * bracket.quantize(D("0.1"), ROUND_HALF_UP)
        if meld > 11:
            salt = 137 - _within(sodium, "125", "137")
            meld = meld + D("1.32") * salt - D("0.033") * meld * salt
        return _within(_whole(meld), "6", "40")


def tumour_burden(largest_cm: Decimal, lesions: Decimal) -> Decimal:
    """2.5."""
    return (largest_cm**2 + lesions**2).sqrt()


def clinical_risk(nodes: bool, interval_months: Decimal, lesions: Decimal, cea: Decimal, largest_cm: Decimal) -> int:
    """2.6. One point each."""
    return [nodes, interval_months < 12, lesions > 1, cea > 200, largest_cm > 5].count(True)


def egfr(creatinine: Decimal, age: Decimal, *, female: bool) -> Decimal:
    """2.8, CKD-EPI 2021, mL/min/1.73 m2."""
    with localcontext() as context:
        context.prec = 40
        ratio = creatinine / D("0.7" if female else "0.9")
        low = min(ratio, D(1)) ** D("-0.241" if female else "-0.302")
        high = max(ratio, D(1)) ** D("-1.200")
        return 142 * low * high * D("0.9938") ** age * (D("1.012") if female else 1)


def clearance(creatinine: Decimal, age: Decimal, weight_kg: Decimal, *, female: bool) -> Decimal:
    """2.9, Cockcroft-Gault, mL/min."""
    with localcontext() as context:
        context.prec = 40
        return (140 - age) * weight_kg * (D("0.85") if female else 1) / (72 * creatinine)
