"""Liver and kidney scores: the formulas, each with its source. Pure arithmetic; unknown inputs do not come here.

Units: bilirubin, creatinine mg/dL; albumin g/dL; sodium mmol/L; weight kg; lengths cm. Never computed from a
value that is stale, contradicted or known only from one side (see `eligibility.derived`).
"""

from __future__ import annotations

from decimal import Decimal
from math import log, log10, sqrt

__all__ = [
    "albi_grade",
    "albi_score",
    "child_pugh_class",
    "clinical_risk_score",
    "cockcroft_gault",
    "egfr_ckd_epi_2021",
    "meld_3",
    "meld_na",
    "tumour_burden_score",
]

BILIRUBIN_UMOL_PER_MG = 17.1


def child_pugh_class(points: Decimal) -> str:
    """A for 5 to 6 points, B for 7 to 9, C for 10 to 15. Pugh et al., Br J Surg 1973."""
    return "A" if points <= 6 else "B" if points <= 9 else "C"


def albi_score(bilirubin: Decimal, albumin: Decimal) -> Decimal:
    """ALBI: 0.66 log10(bilirubin µmol/L) - 0.085 albumin g/L. Johnson et al., J Clin Oncol 2015."""
    return _number(0.66 * log10(float(bilirubin) * BILIRUBIN_UMOL_PER_MG) - 0.085 * float(albumin) * 10)


def albi_grade(score: Decimal) -> Decimal:
    """1 up to -2.60, 2 up to -1.39, else 3."""
    return Decimal(1 if score <= Decimal("-2.60") else 2 if score <= Decimal("-1.39") else 3)


def meld_3(
    *, female: bool, bilirubin: Decimal, sodium: Decimal, inr: Decimal, creatinine: Decimal, albumin: Decimal
) -> Decimal:
    """MELD 3.0, 6 to 40. Kim et al., Gastroenterology 2021."""
    log_bilirubin = log(max(1.0, float(bilirubin)))
    log_inr = log(max(1.0, float(inr)))
    log_creatinine = log(min(3.0, max(1.0, float(creatinine))))
    low_sodium = 137 - min(137.0, max(125.0, float(sodium)))
    low_albumin = 3.5 - min(3.5, max(1.5, float(albumin)))
    score = (
        (1.33 if female else 0.0)
        + 4.56 * log_bilirubin
        + 0.82 * low_sodium
        - 0.24 * low_sodium * log_bilirubin
        + 9.09 * log_inr
        + 11.14 * log_creatinine
        + 1.85 * low_albumin
        - 1.83 * low_albumin * log_creatinine
        + 6
    )
    return Decimal(min(40, max(6, _rounded(score))))


def meld_na(*, bilirubin: Decimal, sodium: Decimal, inr: Decimal, creatinine: Decimal) -> Decimal:
    """MELD-Na, 6 to 40 (OPTN 2016): the bracket is rounded to one decimal before it is multiplied by ten."""
    bracket = (
        0.957 * log(min(4.0, max(1.0, float(creatinine))))
        + 0.378 * log(max(1.0, float(bilirubin)))
        + 1.120 * log(max(1.0, float(inr)))
        + 0.643
    )
    meld = _rounded(bracket * 10)
    score = float(meld)
    if meld > 11:
        low_sodium = 137 - min(137.0, max(125.0, float(sodium)))
        score = meld + 1.32 * low_sodium - 0.033 * meld * low_sodium
    return Decimal(min(40, max(6, _rounded(score))))


def tumour_burden_score(diameter: Decimal, lesions: Decimal) -> Decimal:
    """Root of (largest diameter squared + number squared). Sasaki et al., Ann Surg 2018. Prognosis only."""
    return _number(sqrt(float(diameter) ** 2 + float(lesions) ** 2))


def clinical_risk_score(
    *, nodes: bool, interval_months: Decimal, lesions: Decimal, cea: Decimal, diameter: Decimal
) -> Decimal:
    """One point each: positive nodes, interval under 12 months, over one lesion, CEA over 200 ng/mL, largest over 5 cm.

    Fong et al., Ann Surg 1999.
    """
    return Decimal(sum((nodes, interval_months < 12, lesions > 1, cea > 200, diameter > 5)))


def egfr_ckd_epi_2021(*, female: bool, age: Decimal, creatinine: Decimal) -> Decimal:
    """CKD-EPI 2021 without race, mL/min/1.73 m2, adults only. Inker et al., N Engl J Med 2021."""
    k, a = (0.7, -0.241) if female else (0.9, -0.302)
    ratio = float(creatinine) / k
    result = 142 * min(ratio, 1) ** a * max(ratio, 1) ** -1.200 * 0.9938 ** float(age)
    return _number(result * (1.012 if female else 1))


def cockcroft_gault(*, female: bool, age: Decimal, weight: Decimal, creatinine: Decimal) -> Decimal:
    """Creatinine clearance, mL/min, with actual weight. Cockcroft and Gault, Nephron 1976."""
    result = (140 - age) * weight / (72 * creatinine)
    return _number(float(result * Decimal("0.85") if female else result))


def _number(value: float) -> Decimal:
    return Decimal(repr(round(value, 6)))


def _rounded(value: float) -> int:
    """Half away from zero, as the allocation policies round."""
    return int(value + 0.5) if value >= 0 else -int(-value + 0.5)
