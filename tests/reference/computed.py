"""Facts that are computed (README, section 2, and rules 3.3(d) and 3.5), each with what it waits for.

Where the prose leaves a choice:

- 3.5: an origin that is recorded as unknown, or in dispute, keeps the primary unknown. A hint in a text does not.
- 2.1: HCC is enough for Child-Pugh, cirrhosis recorded or not. `not_cirrhotic` asks for a primary that is known not
  to be HCC, since "the tumour is not HCC" is otherwise not known.
- 2.1, 2.3: cirrhosis is present when it is recorded, or when the background of the liver is cirrhosis; recorded
  absence beside such a background is a contradiction.
- 2.3: "recorded cirrhosis or HCC": with doubtful cirrhosis (recorded or hinted at, but not so that it decides) it
  stays unknown; "liver cancer" whose kind is not said is not recorded HCC; HCC that is the recorded primary counts
  while the origin of the lesion is not known.
- 2.3, 3.3(d): silence of ascites, encephalopathy and cirrhosis is absence only where Condition was read completely.
- 2.3: an obstruction explains the bilirubin only when it is known.
- 2.8 is for adults: below 18 there is no eGFR.
- 2.9: a weight that is known from one side only is not known, so the eGFR stands.
- 2.10: 40% wherever cirrhosis is known, whatever the background says.
- Where every input is known and one only from one side, all of them are waited for (of a kidney formula, creatinine).
- A formula is not computed from a number known from one side only. The points of Child-Pugh are, where each limit
  can be told, and so is the bilirubin in multiples of its upper limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tests.reference import scores
from tests.reference.logic import Truth, all_of, any_of, ordered
from tests.reference.record import OneSided, Standing, Value

__all__ = ["with_computed"]

Facts = dict[str, Standing]
PARTS = ("lab.bilirubin", "lab.albumin", "lab.inr", "liver.ascites", "liver.encephalopathy")
SIGNS = ("lab.bilirubin", "liver.ascites", "liver.encephalopathy", "liver.variceal_bleed_90d", "liver.cirrhosis")
UPPER_LIMIT = Decimal("1.2")
"""mg/dL, where the report gives none."""


def with_computed(facts: Mapping[str, Standing], complete: frozenset[str]) -> Facts:
    """The same facts and all computed ones."""
    known = dict(facts)
    known["liver.cirrhosis"] = _cirrhosis(known)
    known["drv.target_primary"] = _target(known)
    known["drv.bili_xuln"] = _times_upper_limit(known["lab.bilirubin"])
    known["drv.child_pugh_points"], known["drv.child_pugh_class"] = _child_pugh(known)
    known["drv.decompensated"] = _decompensated(known, complete)
    known["drv.albi_score"], known["drv.albi_grade"] = _albi(known)
    known["drv.meld3"], known["drv.meld_na"] = _meld(known)
    known["drv.tbs"] = _tumour_burden(known)
    known["drv.fong_crs"] = _clinical_risk(known)
    known["drv.flr_required_pct"] = _remnant(known)
    known["drv.egfr"], known["drv.crcl"] = _kidney(known)
    known["drv.renal"] = known["drv.crcl"] if _exact(known, "pt.weight_kg") else known["drv.egfr"]
    return known


def _waiting(facts: Facts, *names: str) -> Standing:
    """Unknown, and what would have to be known: what is missing, else all of it, since one is known from one side."""
    missing = frozenset(n for n in names if not facts[n].known)
    return Standing(waits=missing or frozenset(names))


def _is(facts: Facts, fact: str, *values: Value) -> Truth:
    value = facts[fact].value
    return None if value is None else value in values


def _exact(facts: Facts, *names: str) -> list[Decimal] | None:
    values = [facts[n].value for n in names]
    exact = [v for v in values if isinstance(v, Decimal)]
    return exact if len(exact) == len(values) else None


def _number(facts: Facts, fact: str) -> Decimal | OneSided | None:
    value = facts[fact].value
    return value if isinstance(value, Decimal | OneSided) else None


def _cirrhosis(facts: Facts) -> Standing:
    cirrhosis = facts["liver.cirrhosis"]
    if facts["liver.background"].value != "cirrhosis" or cirrhosis.disputed:
        return cirrhosis
    return Standing(trace=True, disputed=True) if cirrhosis.value is False else Standing(True, trace=True)


def _target(facts: Facts) -> Standing:
    """3.5: the origin of the lesion, else the only active primary."""
    origin, primary = facts["liver.lesion_origin"], facts["dx.primary"]
    if origin.disputed or origin.value == "unknown":
        return Standing(waits=frozenset({"liver.lesion_origin"}))
    if origin.known:
        return Standing(origin.value, waits=frozenset({"liver.lesion_origin"}))
    if primary.known and facts["dx.active_primaries"].value == Decimal(1):
        return Standing(primary.value, waits=frozenset({"dx.primary"}))
    count = facts["dx.active_primaries"].value
    if (isinstance(count, Decimal) and count > 1) or (primary.known and count is not None):
        return Standing(waits=frozenset({"liver.lesion_origin"}))
    return _waiting(facts, "dx.primary", "dx.active_primaries")


def _times_upper_limit(bilirubin: Standing) -> Standing:
    limit = bilirubin.upper_limit or UPPER_LIMIT
    if isinstance(bilirubin.value, Decimal):
        return Standing(bilirubin.value / limit, waits=frozenset({"lab.bilirubin"}))
    if isinstance(bilirubin.value, OneSided):
        return Standing(
            OneSided(bilirubin.value.sign, bilirubin.value.limit / limit), waits=frozenset({"lab.bilirubin"})
        )
    return Standing(waits=frozenset({"lab.bilirubin"}))


# -- the liver ----------------------------------------------------------------------------------------------------


def _hcc(facts: Facts) -> Truth:
    """Whether the tumour is HCC: by its origin or nature; by the recorded primary while the origin is not known."""
    primary = facts["drv.target_primary"].value
    if "hcc" in (primary or facts["dx.primary"].value, facts["liver.lesion_nature"].value):
        return True
    return None if primary in (None, "liver_unspecified") else False


def _points(facts: Facts) -> int | None:
    bilirubin, albumin, inr = (_number(facts, f) for f in PARTS[:3])
    ascites, encephalopathy = facts["liver.ascites"].value, facts["liver.encephalopathy"].value
    if bilirubin is None or albumin is None or inr is None or ascites is None or encephalopathy is None:
        return None
    return scores.child_pugh_points(bilirubin, albumin, inr, str(ascites), str(encephalopathy))


def _child_pugh(facts: Facts) -> tuple[Standing, Standing]:
    """2.1: points and class."""
    cirrhosis, hcc = facts["liver.cirrhosis"].value, _hcc(facts)
    if cirrhosis is True or hcc is True:
        points = _points(facts)
        if points is None:
            return _waiting(facts, *PARTS), _waiting(facts, *PARTS)
        return Standing(Decimal(points)), Standing(scores.child_pugh_class(points))
    if cirrhosis is False and hcc is False:
        return Standing(), Standing("not_cirrhotic")
    open_primary = facts["drv.target_primary"].waits if cirrhosis is False else frozenset({"liver.cirrhosis"})
    return Standing(waits=open_primary), Standing(waits=open_primary)


def _decompensated(facts: Facts, complete: frozenset[str]) -> Standing:
    """2.3 and 3.3(d)."""
    bilirubin = _number(facts, "lab.bilirubin")
    points = _points(facts)
    explained = facts["liver.biliary_obstruction"].value is True
    signs = [
        all_of([_is(facts, "liver.ascites", "moderate_severe"), facts["liver.ascites_malignant"].value is not True]),
        _is(facts, "liver.encephalopathy", "grade1_2", "grade3_4"),
        _is(facts, "liver.variceal_bleed_90d", True),
        None if bilirubin is None else all_of([ordered(bilirubin, ">", Decimal(3)), not explained]),
        facts["drv.child_pugh_class"].value == "C",
    ]
    bleed = facts["liver.variceal_bleed_90d"].assumed
    if True in signs:
        return Standing(True)
    background = facts["liver.background"]
    hinted = not background.known and "cirrhosis" in background.said
    if facts["liver.cirrhosis"].value is True or _hcc(facts) is True:
        if points is None or any_of(signs) is None:
            missing = frozenset(f for f in (*PARTS, "liver.variceal_bleed_90d") if not facts[f].known)
            return Standing(waits=missing or frozenset(PARTS))
        return Standing(False, assumed=bleed)
    silent = [f for f in ("liver.ascites", "liver.encephalopathy", "liver.cirrhosis") if not facts[f].trace]
    assumed = [f for f in silent if "Condition" in complete and not (hinted and f == "liver.cirrhosis")]
    open_signs = [
        signs[0] if "liver.ascites" not in assumed else False,
        signs[1] if "liver.encephalopathy" not in assumed else False,
        *signs[2:],
    ]
    no_cirrhosis = facts["liver.cirrhosis"].known or "liver.cirrhosis" in assumed
    if any_of(open_signs) is None or not no_cirrhosis:
        missing = frozenset(f for f in SIGNS if f not in assumed and not facts[f].known)
        return Standing(waits=missing or frozenset({"lab.bilirubin"}))
    return Standing(False, assumed=bleed | frozenset(assumed))


# -- scores -------------------------------------------------------------------------------------------------------


def _albi(facts: Facts) -> tuple[Standing, Standing]:
    inputs = _exact(facts, "lab.bilirubin", "lab.albumin")
    if inputs is None:
        waiting = _waiting(facts, "lab.bilirubin", "lab.albumin")
        return waiting, waiting
    score = scores.albi(*inputs)
    return Standing(score), Standing(Decimal(scores.albi_grade(score)))


def _meld(facts: Facts) -> tuple[Standing, Standing]:
    names = ("lab.bilirubin", "lab.inr", "lab.creatinine", "lab.sodium")
    inputs = _exact(facts, *names)
    if inputs is None:
        return _waiting(facts, *names, "lab.albumin", "pt.sex"), _waiting(facts, *names)
    bilirubin, inr, creatinine, sodium = inputs
    meld_na = Standing(scores.meld_na(bilirubin, inr, creatinine, sodium))
    albumin, sex = facts["lab.albumin"].value, facts["pt.sex"].value
    if not isinstance(albumin, Decimal) or sex is None:
        return _waiting(facts, *names, "lab.albumin", "pt.sex"), meld_na
    return Standing(scores.meld3(bilirubin, inr, creatinine, sodium, albumin, female=sex == "female")), meld_na


def _tumour_burden(facts: Facts) -> Standing:
    inputs = _exact(facts, "liver.max_diameter_cm", "liver.lesion_count")
    if inputs is None:
        return _waiting(facts, "liver.max_diameter_cm", "liver.lesion_count")
    return Standing(scores.tumour_burden(*inputs))


def _clinical_risk(facts: Facts) -> Standing:
    names = ("dx.dfi_months", "liver.lesion_count", "lab.cea", "liver.max_diameter_cm")
    nodes, numbers = facts["dx.nodes_positive"].value, _exact(facts, *names)
    if not isinstance(nodes, bool) or numbers is None:
        return _waiting(facts, "dx.nodes_positive", *names)
    return Standing(Decimal(scores.clinical_risk(nodes, *numbers)))


def _remnant(facts: Facts) -> Standing:
    if facts["liver.cirrhosis"].value is True:
        return Standing(Decimal(40))
    required = {"normal": 20, "chemo_injured": 30, "steatosis": 30, "cirrhosis": 40}
    background = facts["liver.background"].value
    return Standing(Decimal(required[str(background)])) if background else _waiting(facts, "liver.background")


def _kidney(facts: Facts) -> tuple[Standing, Standing]:
    """2.8 and 2.9."""
    sex, weight = facts["pt.sex"].value, facts["pt.weight_kg"].value
    inputs = _exact(facts, "lab.creatinine", "pt.age")
    if inputs is None or sex is None:
        missing = frozenset(f for f in ("lab.creatinine", "pt.age", "pt.sex") if not facts[f].known)
        waiting = Standing(waits=missing or frozenset({"lab.creatinine"}))
        return waiting, waiting
    creatinine, age = inputs
    adult = Standing(scores.egfr(creatinine, age, female=sex == "female")) if age >= 18 else Standing()
    if not isinstance(weight, Decimal):
        return adult, _waiting(facts, "pt.weight_kg")
    return adult, Standing(scores.clearance(creatinine, age, weight, female=sex == "female"))
