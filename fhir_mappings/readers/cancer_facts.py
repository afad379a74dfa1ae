"""Cancer on the problem list, all records together: status, primaries, their number, the nature of the liver lesion.

The same cancer in problem list and encounter diagnosis counts once (ER-04); a general name beside the exact one counts
once. Absence of a code is never absence of disease.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from eligibility.facts import Finding
from fhir_mappings.readers.cancers import CancerRecord, Cancers, without_general_names
from fhir_mappings.readers.gathering import Gathering
from fhir_mappings.statuses import Clinical, Standing

__all__ = ["say_cancers"]

_RULED_OUT = (Standing.REFUTED, Standing.IN_ERROR)


def say_cancers(g: Gathering, cancers: Cancers) -> None:
    """All findings about the cancer itself."""
    _say_status(g, cancers.records)
    _say_primaries(g, cancers)
    _say_count(g, cancers)
    for r in cancers.records:
        _say_lesion(g, r)
        if r.counts and r.elsewhere is not None:
            g.say(
                r.source.finding(
                    "dx.extrahepatic",
                    None,
                    f"disease outside the liver is recorded ({r.source.text!r}); its extent is not",
                )
            )


def _say_status(g: Gathering, records: Sequence[CancerRecord]) -> None:
    """The best-supported verification status among the cancers that are not past."""
    live = [r for r in records if r.clinical is not Clinical.PAST]
    for standing, value in (
        (Standing.CONFIRMED, "confirmed"), (Standing.UNSTATED, "confirmed"), (Standing.SUSPECTED, "suspected"),
        (Standing.REFUTED, "refuted"), (Standing.IN_ERROR, "entered_in_error"),
    ):  # fmt: skip
        held = [r for r in live if r.standing is standing]
        if not held:
            continue
        if standing is Standing.UNSTATED and all(r.encounter_only for r in held):
            for r in held:
                g.say(
                    r.source.finding(
                        "dx.cancer_status", None, "only an encounter diagnosis without verification status"
                    )
                )
            continue
        for r in held:
            if standing is not Standing.UNSTATED or not r.encounter_only:
                g.say(r.source.finding("dx.cancer_status", value, r.remark))
        return
    for r in records:
        if r.clinical is Clinical.PAST and r.standing in (Standing.CONFIRMED, Standing.UNSTATED):
            g.say(r.source.finding("dx.cancer_status", None, "recorded as past"))


def _say_primaries(g: Gathering, cancers: Cancers) -> None:
    for r in without_general_names(r for r in cancers.records if r.counts and r.primary):
        g.say(r.source.finding("dx.primary", r.primary, r.remark))
        for histology in sorted(r.histologies):
            g.say(r.source.finding("dx.histology", histology))
        for fact, value in (("dx.primary_side", r.side), ("dx.net_site", r.net_site), ("dx.stage", r.stage)):
            if value is not None:
                g.say(r.source.finding(fact, value))
    for r in cancers.records:
        if r.primary and not r.counts and r.standing in (Standing.CONFIRMED, Standing.UNSTATED, Standing.SUSPECTED):
            g.say(
                r.source.finding(
                    "dx.primary", None, "recorded as past" if r.clinical is Clinical.PAST else "suspected only"
                )
            )


def _say_count(g: Gathering, cancers: Cancers) -> None:
    """How many cancers are active: distinct primaries, or no value with what makes the count uncertain."""
    counted = without_general_names(
        r for r in cancers.records if r.counts and r.primary and r.primary != "unknown_primary"
    )
    if not counted and not cancers.possible:
        return
    active = {r.distinct for r in counted if r.clinical is Clinical.CURRENT}
    unstated = {r.distinct for r in counted} - active
    evidence = tuple(dict.fromkeys([r.source.evidence for r in counted] + [s.evidence for s in cancers.possible]))
    dates = [r.source.effective for r in counted if r.source.effective]
    why = ""
    if cancers.possible:
        why = f"{cancers.possible[0].text or 'a Condition'!r} may be a further cancer"
    elif any(
        r.standing is Standing.SUSPECTED and r.primary and r.distinct not in active | unstated for r in cancers.records
    ):
        why = "a further cancer is suspected"
    elif any(
        Standing.UNUSABLE is r.standing or (Clinical.UNUSABLE is r.clinical and r.standing not in _RULED_OUT)
        for r in cancers.records
        if r.primary and r.distinct not in active | unstated and r.clinical is not Clinical.PAST
    ):
        why = "a further cancer is recorded with a status that is not one that FHIR allows"
    elif unstated and (active or len(unstated) > 1):
        why = "whether a recorded cancer is active is not stated"
    elif "liver_unspecified" in active | unstated and len(active | unstated) > 1:
        why = "a liver cancer is recorded that may be primary or secondary"
    number = None if why else Decimal(len(active | unstated))
    remark = why or ("clinical status not recorded" if unstated else "")
    g.say(Finding("dx.active_primaries", number, max(dates, default=None), evidence=evidence, why=remark))


def _say_lesion(g: Gathering, r: CancerRecord) -> None:
    nature = "metastasis" if r.liver_metastasis else r.nature
    if nature is None or r.standing in (Standing.IN_ERROR, Standing.UNUSABLE):
        return
    if r.standing is Standing.REFUTED:
        g.say(r.source.finding("liver.lesion_nature", None, "recorded and refuted"))
    elif r.clinical is Clinical.PAST:
        g.say(r.source.finding("liver.lesion_nature", None, "recorded as past"))
    elif r.clinical is Clinical.UNUSABLE:
        g.say(r.source.finding("liver.lesion_nature", None, "its clinical status is not one that FHIR allows"))
    elif r.standing is Standing.SUSPECTED:
        g.say(r.source.finding("liver.lesion_nature", "indeterminate", f"{nature} suspected, not confirmed"))
    elif nature == "unlisted":
        g.say(r.source.finding("liver.lesion_nature", None, "a primary liver cancer of another kind"))
    else:
        g.say(r.source.finding("liver.lesion_nature", nature, r.remark))
