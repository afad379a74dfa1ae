"""Facts that are computed and never entered: scores, the target primary, decompensation, kidney function.

Every derived fact names its inputs; one that cannot be computed is unknown and names what it waits for.
Formulas are in `eligibility.scores`, the closed-world rule for decompensation is rule 2.3 and 3.3(d) of
`knowledge/README.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from eligibility import scores
from eligibility.evaluation import compare
from eligibility.facts import Bound, Fact, FactStatus, Obtained, Reading, ReadState, Scalar
from eligibility.logic import Truth, all_of, any_of

__all__ = ["derive"]

BILIRUBIN_UPPER_LIMIT = Decimal("1.2")
"""mg/dL, used where the report gives no upper limit (project convention)."""

CHILD_PUGH_COMPONENTS = ("lab.bilirubin", "lab.albumin", "lab.inr", "liver.ascites", "liver.encephalopathy")


class _Known:
    """Reads settled facts: only those that may decide have a value."""

    def __init__(self, facts: Mapping[str, Fact], readings: Mapping[str, Reading]) -> None:
        self.facts = facts
        self.readings = readings

    def value(self, fact: str) -> Scalar | None:
        found = self.facts.get(fact)
        return found.value if found is not None and found.decides else None

    def number(self, fact: str) -> Decimal | None:
        """An exact number; a value known only from one side is no input for a formula."""
        value = self.value(fact)
        return value if isinstance(value, Decimal) else None

    def at_least(self, fact: str, comparison: str, limit: str) -> Truth:
        value = self.value(fact)
        return None if value is None else compare(value, comparison, Decimal(limit))

    def not_recorded(self, fact: str) -> bool:
        """Whether the record says nothing at all of it, in sources that were read completely."""
        found = self.facts.get(fact)
        silent = found is None or (found.status is FactStatus.UNKNOWN and not found.candidates)
        conditions = self.readings.get("Condition")
        return silent and conditions is not None and conditions.state is ReadState.COMPLETE

    def lacking(self, *facts: str) -> tuple[str, ...]:
        return tuple(f for f in facts if self.value(f) is None)


def derive(facts: Mapping[str, Fact], readings: Mapping[str, Reading]) -> dict[str, Fact]:
    """All derived facts from the settled ones. Later ones build on earlier ones."""
    known = dict(facts)
    reader = _Known(known, readings)
    for name, rule in _RULES.items():
        known[name] = rule(reader, name)
    return {name: known[name] for name in _RULES}


def _made(name: str, value: Scalar, inputs: tuple[str, ...], known: _Known, *, unit: str | None = None,
          assumed: tuple[str, ...] = (), why: str = "") -> Fact:  # fmt: skip
    dates = [f.effective for i in inputs if (f := known.facts.get(i)) is not None and f.effective is not None]
    return Fact(
        name, FactStatus.KNOWN, value, unit, min(dates) if dates else None, Obtained.DERIVED,
        why=why, inputs=inputs, assumed=assumed,
    )  # fmt: skip


def _waiting(name: str, inputs: tuple[str, ...], why: str = "") -> Fact:
    return Fact(name, FactStatus.UNKNOWN, obtained=Obtained.DERIVED, why=why, inputs=inputs)


def _target_primary(known: _Known, name: str) -> Fact:
    origin = known.value("liver.lesion_origin")
    if isinstance(origin, str):
        if origin == "unknown":
            return _waiting(name, ("liver.lesion_origin",), "the origin of the liver lesion is recorded as unknown")
        return _made(name, origin, ("liver.lesion_origin",), known)
    if (
        known.facts.get("liver.lesion_origin") is not None
        and known.facts["liver.lesion_origin"].status is FactStatus.CONFLICTING
    ):
        return _waiting(name, ("liver.lesion_origin",), "the origin of the liver lesion is in dispute")
    primary, count = known.value("dx.primary"), known.value("dx.active_primaries")
    if isinstance(primary, str) and count == Decimal(1):
        return _made(name, primary, ("dx.primary", "dx.active_primaries"), known)
    if isinstance(count, Decimal) and count > 1:
        return _waiting(
            name, ("liver.lesion_origin",), "more than one active cancer, and the liver lesion is not attributed"
        )
    return _waiting(name, known.lacking("dx.primary", "dx.active_primaries") or ("liver.lesion_origin",))


def _is_hcc(known: _Known) -> Truth:
    target, nature = known.value("drv.target_primary"), known.value("liver.lesion_nature")
    if "hcc" in (target or known.value("dx.primary"), nature):
        return True
    return None if target is None or target == "liver_unspecified" else False


def _bili_xuln(known: _Known, name: str) -> Fact:
    fact = known.facts.get("lab.bilirubin")
    value = known.value("lab.bilirubin")
    if fact is None or value is None:
        return _waiting(name, ("lab.bilirubin",))
    limits = [f.upper_limit for f in fact.candidates if f.evidence == fact.evidence and f.upper_limit]
    limit = limits[0] if limits else BILIRUBIN_UPPER_LIMIT
    why = f"upper limit {limit} mg/dL" + ("" if limits else ", assumed")
    if isinstance(value, Decimal):
        return _made(name, value / limit, ("lab.bilirubin",), known, why=why)
    assert isinstance(value, Bound)
    return _made(name, Bound(value.comparator, value.limit / limit), ("lab.bilirubin",), known, why=why)


def _egfr(known: _Known, name: str) -> Fact:
    creatinine, age, sex = known.number("lab.creatinine"), known.number("pt.age"), known.value("pt.sex")
    inputs = ("lab.creatinine", "pt.age", "pt.sex")
    if age is not None and age < 18:
        return _waiting(name, (), "the formula is for adults")
    if not creatinine or age is None or sex is None:
        return _waiting(name, known.lacking(*inputs) or ("lab.creatinine",))
    value = scores.egfr_ckd_epi_2021(female=sex == "female", age=age, creatinine=creatinine)
    return _made(name, value, inputs, known, unit="mL/min/{1.73_m2}")


def _crcl(known: _Known, name: str) -> Fact:
    creatinine, age = known.number("lab.creatinine"), known.number("pt.age")
    weight, sex = known.number("pt.weight_kg"), known.value("pt.sex")
    inputs = ("lab.creatinine", "pt.age", "pt.weight_kg", "pt.sex")
    if not creatinine or age is None or weight is None or sex is None:
        return _waiting(name, known.lacking(*inputs) or ("lab.creatinine",))
    value = scores.cockcroft_gault(female=sex == "female", age=age, weight=weight, creatinine=creatinine)
    return _made(name, value, inputs, known, unit="mL/min")


def _renal(known: _Known, name: str) -> Fact:
    for source, formula in (("drv.crcl", "Cockcroft-Gault"), ("drv.egfr", "CKD-EPI 2021, no weight recorded")):
        fact = known.facts[source]
        if fact.decides and fact.value is not None:
            return _made(name, fact.value, fact.inputs, known, unit="mL/min", why=formula)
    return _waiting(name, known.facts["drv.egfr"].inputs)


def _points(known: _Known) -> Decimal | None:
    """Child-Pugh points of the five components, or None when one is unknown."""

    def banded(fact: str, low: tuple[str, str], high: tuple[str, str]) -> int | None:
        if known.at_least(fact, *low) is True:
            return 1
        if known.at_least(fact, *high) is True:
            return 3
        neither = known.at_least(fact, *low) is False and known.at_least(fact, *high) is False
        return 2 if neither else None

    ascites = {"none": 1, "mild": 2, "moderate_severe": 3}
    encephalopathy = {"none": 1, "grade1_2": 2, "grade3_4": 3}
    each = (
        banded("lab.bilirubin", ("<", "2.0"), (">", "3.0")),
        banded("lab.albumin", (">", "3.5"), ("<", "2.8")),
        banded("lab.inr", ("<", "1.7"), (">", "2.3")),
        ascites.get(str(known.value("liver.ascites"))),
        encephalopathy.get(str(known.value("liver.encephalopathy"))),
    )
    counted = [p for p in each if p is not None]
    return Decimal(sum(counted)) if len(counted) == len(each) else None


def _child_pugh_points(known: _Known, name: str) -> Fact:
    hcc, cirrhosis = _is_hcc(known), known.value("liver.cirrhosis")
    if hcc is not True and cirrhosis is not True:
        if hcc is False and cirrhosis is False:
            return _waiting(name, (), "no cirrhosis and no hepatocellular carcinoma: does not apply")
        return _waiting(name, known.lacking("liver.cirrhosis") or ("drv.target_primary",))
    points = _points(known)
    if points is None:
        return _waiting(name, known.lacking(*CHILD_PUGH_COMPONENTS) or CHILD_PUGH_COMPONENTS)
    unreliable = "INR is unreliable on anticoagulants" if known.value("sf.anticoagulated") is True else ""
    return _made(name, points, CHILD_PUGH_COMPONENTS, known, why=unreliable)


def _child_pugh_class(known: _Known, name: str) -> Fact:
    points = known.facts["drv.child_pugh_points"]
    if isinstance(points.value, Decimal):
        return _made(name, scores.child_pugh_class(points.value), points.inputs, known, why=points.why)
    if _is_hcc(known) is False and known.value("liver.cirrhosis") is False:
        return _made(name, "not_cirrhotic", ("liver.cirrhosis", "drv.target_primary"), known)
    return _waiting(name, points.inputs)


def _decompensated(known: _Known, name: str) -> Fact:
    parts = (
        all_of((_is(known, "liver.ascites", "moderate_severe"), known.value("liver.ascites_malignant") is not True)),
        any_of((_is(known, "liver.encephalopathy", "grade1_2"), _is(known, "liver.encephalopathy", "grade3_4"))),
        _is(known, "liver.variceal_bleed_90d", True),
        all_of((known.at_least("lab.bilirubin", ">", "3"), known.value("liver.biliary_obstruction") is not True)),
    )
    inputs = ("lab.bilirubin", "liver.ascites", "liver.encephalopathy", "liver.variceal_bleed_90d")
    found = [fact for fact, part in zip((*inputs[1:], inputs[0]), parts, strict=True) if part is True]
    if known.value("drv.child_pugh_class") == "C":
        found.append("drv.child_pugh_class")
    if found:
        return _made(name, True, tuple(found), known)
    defaulted = tuple(
        f for f in inputs[1:] if (fact := known.facts.get(f)) is not None and fact.obtained is Obtained.DEFAULTED
    )
    if _is_hcc(known) is True or known.value("liver.cirrhosis") is True:
        lacking = known.lacking(*CHILD_PUGH_COMPONENTS, "liver.variceal_bleed_90d")
        if known.facts["drv.child_pugh_points"].decides and None not in parts:
            return _made(name, False, (*CHILD_PUGH_COMPONENTS, "liver.variceal_bleed_90d"), known, assumed=defaulted)
        return _waiting(name, lacking or CHILD_PUGH_COMPONENTS)
    assumed = tuple(f for f in (*inputs[1:], "liver.cirrhosis") if known.value(f) is None and known.not_recorded(f))
    open_parts = tuple(f for f in known.lacking(*inputs, "liver.cirrhosis") if f not in assumed)
    if not open_parts and parts[3] is False:
        return _made(name, False, inputs, known, assumed=assumed + defaulted)
    return _waiting(name, open_parts or ("lab.bilirubin",))


def _is(known: _Known, fact: str, wanted: Scalar) -> Truth:
    value = known.value(fact)
    return None if value is None else value == wanted


def _albi_score(known: _Known, name: str) -> Fact:
    bilirubin, albumin = known.number("lab.bilirubin"), known.number("lab.albumin")
    inputs = ("lab.bilirubin", "lab.albumin")
    if not bilirubin or albumin is None:
        return _waiting(name, known.lacking(*inputs) or inputs)
    return _made(name, scores.albi_score(bilirubin, albumin), inputs, known)


def _albi_grade(known: _Known, name: str) -> Fact:
    score = known.facts["drv.albi_score"]
    if not isinstance(score.value, Decimal):
        return _waiting(name, score.inputs)
    return _made(name, scores.albi_grade(score.value), score.inputs, known)


def _meld(known: _Known, name: str) -> Fact:
    inputs: tuple[str, ...] = ("lab.bilirubin", "lab.sodium", "lab.inr", "lab.creatinine")
    albumin, sex = known.number("lab.albumin"), known.value("pt.sex")
    numbers = [n for i in inputs if (n := known.number(i)) is not None]
    third = name == "drv.meld3"
    if third:
        inputs += ("lab.albumin", "pt.sex")
    if len(numbers) < 4 or (third and (albumin is None or sex is None)):
        return _waiting(name, known.lacking(*inputs) or inputs)
    bilirubin, sodium, inr, creatinine = numbers
    if third and albumin is not None:
        value = scores.meld_3(
            female=sex == "female", bilirubin=bilirubin, sodium=sodium, inr=inr, creatinine=creatinine, albumin=albumin
        )
    else:
        value = scores.meld_na(bilirubin=bilirubin, sodium=sodium, inr=inr, creatinine=creatinine)
    return _made(name, value, inputs, known)


def _tumour_burden(known: _Known, name: str) -> Fact:
    diameter, lesions = known.number("liver.max_diameter_cm"), known.number("liver.lesion_count")
    inputs = ("liver.max_diameter_cm", "liver.lesion_count")
    if diameter is None or lesions is None:
        return _waiting(name, known.lacking(*inputs) or inputs)
    return _made(name, scores.tumour_burden_score(diameter, lesions), inputs, known)


def _clinical_risk(known: _Known, name: str) -> Fact:
    inputs = ("dx.nodes_positive", "dx.dfi_months", "liver.lesion_count", "lab.cea", "liver.max_diameter_cm")
    nodes, interval, lesions = known.value(inputs[0]), known.number(inputs[1]), known.number(inputs[2])
    cea, diameter = known.number(inputs[3]), known.number(inputs[4])
    if nodes is None or interval is None or lesions is None or cea is None or diameter is None:
        return _waiting(name, known.lacking(*inputs) or inputs)
    value = scores.clinical_risk_score(
        nodes=nodes is True, interval_months=interval, lesions=lesions, cea=cea, diameter=diameter
    )
    return _made(name, value, inputs, known)


def _flr_required(known: _Known, name: str) -> Fact:
    background = known.value("liver.background")
    if known.value("liver.cirrhosis") is True:
        return _made(name, Decimal(40), ("liver.cirrhosis",), known, unit="%")
    required = {"normal": 20, "chemo_injured": 30, "steatosis": 30, "cirrhosis": 40}
    if isinstance(background, str):
        return _made(name, Decimal(required[background]), ("liver.background",), known, unit="%")
    return _waiting(name, ("liver.background",))


_RULES: dict[str, Callable[[_Known, str], Fact]] = {
    "drv.target_primary": _target_primary,
    "drv.bili_xuln": _bili_xuln,
    "drv.egfr": _egfr,
    "drv.crcl": _crcl,
    "drv.renal": _renal,
    "drv.child_pugh_points": _child_pugh_points,
    "drv.child_pugh_class": _child_pugh_class,
    "drv.decompensated": _decompensated,
    "drv.albi_score": _albi_score,
    "drv.albi_grade": _albi_grade,
    "drv.meld3": _meld,
    "drv.meld_na": _meld,
    "drv.tbs": _tumour_burden,
    "drv.fong_crs": _clinical_risk,
    "drv.flr_required_pct": _flr_required,
}
