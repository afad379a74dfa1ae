"""How a clause puts a thing: affirmed, negated, uncertain, hypothetical, of the family, of an earlier study.

Cues act within their clause: those before the thing reach forward until something new begins, those after it reach
back. Whatever is not plainly affirmed or plainly absent is uncertain: two negations, a hedge, an open question.
"""

from __future__ import annotations

import re

from fhir_mappings.report_text.statements import Assertion
from fhir_mappings.report_text.wording import DATE

__all__ = ["assertion_at", "doubted", "earlier", "of_family"]

_NOT_EXCLUDED = re.compile(
    r"\b(?:can ?not|can't|could not|can not|not|difficult to|hard to|impossible to|"
    r"never)(?: be| been| fully| entirely| reliably| completely| to){0,6} "
    r"(?:exclude[d]?|rule(?:d)? out|be excluded|be ruled out)|\bwithout (?:excluding|"
    r"ruling out)|\bnot to exclude|\bnot (?:unlikely|impossible)"
)
_FORWARD = re.compile(
    r"\b(?:no longer(?: any)?|no (?:clear |convincing |definite |sign of |signs of |"
    r"suspicious |sure )?(?:evidence|sign|signs|indication|suspicion|suggestion|features|"
    r"finding|findings|proof)"
    r"(?: (?:of|for|to suggest|suggesting|suggestive of))?|no|non|without(?: (?:any|"
    r"evidence of|signs? of))?|not|nor|neither|never|negative for|absence of|absent|"
    r"lack of|lacks|free (?:of|from)|"
    r"denies|excludes|excluded|ruled out|fails to|failed to|none of|nil)\b"
)
_PSEUDO = re.compile(
    r"\bno (?:significant |substantial |relevant |interval |major |appreciable |real |"
    r"obvious ){0,6}(?:change|increase|decrease|difference|progress|progression|growth|"
    r"interval)\b"
    r"|\bnot (?:only|just|all|previously|yet|known|necessarily|measurable|reliably|"
    r"well|clearly|stated|mentioned|changed|significantly|imaged|included|assessed|"
    r"fully)\b|\bwithout (?:significant |interval )?change\b"
    r"|\bno (?:contrast|prior|previous|comparison|doubt|further comment|oral|intravenous|iv)\b|\bnot for\b"
)
_BACKWARD = re.compile(
    r"\b(?:(?:is|are|was|were|has been|have been|remains?|being|could be|can be|,|"
    r":|-)? ?(?:not|no longer|never) (?:\w+ly )?(?:be |been |to be )?"
    r"(?:seen|identified|present|visible|visuali[sz]ed|detected|detectable|found|"
    r"evident|appreciated|demonstrated|noted|shown|observed|avid|enlarged|recogni[sz]ed|"
    r"confirmed|apparent|depicted|delineated|discernible|to (?:differentiate|see|"
    r"find|delineate))"
    r"|(?:is|are|was|were|remains?|:|-|has|have|=|,)? ?(?:absent|excluded|ruled out|"
    r"negative|unlikely|resolved|disappeared|vanished|gone)\b|(?::|-|=|\bis|\bare) ?(?:none|"
    r"nil)\b(?! (?:elsewhere|in|of))|\b(?:none|nil)$"
    r"|not$|no$|:? ?neg$|(?:has|have)(?: now| since| completely| fully| all| both|"
    r" entirely){0,6} (?:resolved|disappeared|regressed completely|vanished))"
)
_HEDGE = re.compile(
    r"\b(?:possib(?:le|ly|ility)|probab(?:le|ly)|likely|suspicious|suspected?|suspicion|"
    r"concern(?:ing|ed)?|worrisome|worrying|suggest(?:s|ive|ing|ed)?|may|might|could|"
    r"question(?:able|ed|ing)?|query|queried|equivocal|indeterminate|uncertain|unclear|"
    r"presum(?:ed|ably|ptive)|favou?r(?:ed|s|ing)?|differential|ddx?|versus|vs|"
    r"conceivabl[ey]|potential(?:ly)?|apparent(?:ly)?|appears? to|perhaps|seems?|"
    r"thought to|believed to|cannot|can't|assumed|doubtful|not convincing|non-?specific|"
    r"inconclusive|"
    r"either|if|unless|depending|raises?|raising|hint(?:s|ing)? (?:at|of)|compatible with either|"
    r"mimic(?:s|king)?|resembl(?:es|ing)|not entirely|simulat(?:es|ing)|rather than|"
    r"prefer(?:red|ably))\b|\?"
)
_DEFINITE = re.compile(
    r"\b(?:no (?:suspicious|suspected|concerning|worrisome|questionable|definite suspicious)|"
    r"free of suspicious|not suspicious|not suspected|above suspicion|no suspicion of|"
    r"no questionable)\b"
)
_FUTURE = re.compile(
    r"\b(?:(?:to )?(?:evaluate|assess|look|check|screen|search|watch|monitor)(?:ing)? for|"
    r"to (?:exclude|rule out|confirm|clarify|characteri[sz]e)|rule out|recommend(?:s|"
    r"ed|ation)?|should|would|if|"
    r"planned|plan for|scheduled|consider(?:ed)?|in case of|in the event|"
    r"prior to|before (?:resection|surgery|hepatectomy|ablation|chemotherapy)|candidate for|"
    r"referred for|awaiting|pending|advised?|will|contemplated|proposed|possible candidate|"
    r"eligible|work-?up for|in preparation|discuss|unless|risk of|risk for|predispos\w+)\b"
)
_PAST = re.compile(
    r"\b(?:history of|hx of|previous(?:ly)?|prior|former(?:ly)?|past|in the past|"
    r"old|earlier|initially|originally|at baseline|baseline|"
    rf"at that time|at the time|at diagnosis|was described|were described|described on|"
    rf"reported on|last (?:exam|examination|ct|mri|scan|study|year|month)|outside (?:report|"
    rf"study|ct|mri|hospital)|treated for)\b|{DATE}:"
)
_FAMILY = re.compile(
    r"\b(?:mother|father|sister|brother|aunt|uncle|grandmother|grandfather|grandparent|"
    r"cousin|parents?|siblings?|son|daughter(?! (?:nodul|lesion|metast|deposit|cell))|family history|"
    r"familial|relatives?|fhx?|wife|husband|family)(?:'s)?\b"
)
_EARLIER = re.compile(
    r"^(?:on (?:the )?(?:prior|previous|last|outside|old|earlier|preceding|baseline)|"
    r"at baseline|baseline|previously|prior|before|formerly|initially|originally|"
    r"earlier|last (?:ct|mri|scan|exam)|"
    rf"(?:the )?original(?:ly)?(?: report)?|comparison|prior (?:ct|mri|study|exam)\b|as of {DATE})\b"
    r"|\b(?:original(?:ly)? (?:report )?(?:stated|said|read|reported)|given above belongs|"
    r"belongs? to the previous|was (?:previously )?described (?:on|in)|described on the (?:outside|"
    r"prior|previous)|"
    r"were (?:seen|visible|present) (?:on|in|at) (?:the )?(?:prior|previous|last|"
    r"baseline|march|april|may|june|july|august|september|october|november|december|"
    r"january|february|@date))\b"
)
_STOPS = re.compile(
    r", (?=(?:a|an|one|two|three|four|five|\d{1,2}|stable|known|unchanged|multiple|"
    r"several|numerous|new|residual|again|now|small|moderate|mild|large|trace|minimal|"
    r"status|solitary|single) )|: |\. |\bbut\b|\bshowing\b|\bshows\b|\bconsistent with\b|"
    r"\bdiagnostic of\b| with "
)


def _cues(clause: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]], list[tuple[int, int]], list[int]]:
    """Negations that reach forward, negations that reach back, open exclusions, and where new things begin."""
    open_ended = [m.span() for m in _NOT_EXCLUDED.finditer(clause)]
    not_really = [m.span() for m in _PSEUDO.finditer(clause)] + open_ended
    backward = [m.span() for m in _BACKWARD.finditer(clause) if not _within(m.span(), open_ended)]
    forward = [
        m.span()
        for m in _FORWARD.finditer(clause)
        if not any(a < m.end() and m.start() < b for a, b in not_really) and not _within(m.span(), backward)
    ]
    return forward, backward, open_ended, [m.start() for m in _STOPS.finditer(clause)]


def _within(span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    return any(a <= span[0] and span[1] <= b for a, b in spans)


def assertion_at(clause: str, start: int, end: int) -> Assertion:
    """How the thing at `clause[start:end]` is put. `negated` is a plain absence."""
    forward, backward, open_ended, stops = _cues(clause)
    if _FAMILY.search(clause):
        return Assertion.FAMILY
    if open_ended:
        return Assertion.UNCERTAIN
    before = [b for b in forward if b[1] <= start + 1]
    reaching = [b for b in before if not any(b[1] - 2 <= stop < start for stop in stops)]
    after = [a for a in backward if a[0] >= end - 1 and not _interrupted(clause, end, a[0])]
    if len(reaching) + len(after) > 1 and not _list_of_negations(clause, reaching, after):
        return Assertion.UNCERTAIN
    if _EARLIER.search(clause):
        return Assertion.COMPARISON
    if reaching or after:
        return Assertion.NEGATED if not doubted(clause, start, negated=True) else Assertion.UNCERTAIN
    if (
        before
        and not reaching
        and clause[before[-1][1] : start].count(",")
        and not _verb(clause[before[-1][1] : start])
    ):
        return Assertion.UNCERTAIN
    if _FUTURE.search(clause):
        return Assertion.HYPOTHETICAL
    if doubted(clause, start):
        return Assertion.UNCERTAIN
    return Assertion.AFFIRMED


def _interrupted(clause: str, end: int, cue: int) -> bool:
    """Whether something else stands between the thing and a cue after it ("metastases in segment 6, no ascites")."""
    between = clause[end:cue]
    return (
        len(between) > 60
        or between.count(",") > 1
        or re.search(r"\b(?:and|with|but|lesion|lymph|node|nodes) ", between) is not None
    )


def _verb(between: str) -> bool:
    return (
        re.search(r"\b(?:is|are|was|were|shows?|has|have|contains?|measur\w+|normal|clear|unremarkable)\b", between)
        is not None
    )


def _list_of_negations(clause: str, reaching: list[tuple[int, int]], after: list[tuple[int, int]]) -> bool:
    """ "Neither … nor …", "no …, no …": several negations of several things, not of one another."""
    if after and reaching:
        return False
    return all(clause[a:b].startswith(("no", "nor", "neither", "without", "nil")) for a, b in reaching) and all(
        "," in clause[reaching[i][1] : reaching[i + 1][0]] or clause[reaching[i + 1][0] :].startswith("nor")
        or len(clause[reaching[i][1] : reaching[i + 1][0]].split()) >= 1
        for i in range(len(reaching) - 1)
    )  # fmt: skip


_COMPARED = re.compile(rf"\b(?:versus|vs)\.? (?=\d|{DATE}|prior|previous)")


def doubted(clause: str, at: int = 0, *, negated: bool = False) -> bool:
    """Whether a hedge stands in the clause. In a denial "suspicious" and "suspected" are no hedges."""
    words = _COMPARED.sub(" ", _DEFINITE.sub(" ", clause))
    found = _HEDGE.search(words)
    if found is None:
        return False
    return not (
        negated
        and found[0] in ("suggest", "suspicious", "if", "suggestive", "suggesting", "evidence")
        and found.start() >= at
    )


def earlier(clause: str) -> bool:
    """Whether the clause speaks of an earlier examination."""
    return _EARLIER.search(clause) is not None or re.match(rf"\(?{DATE}:? ", clause) is not None


def of_family(clause: str) -> bool:
    """Whether the clause speaks of a relative."""
    return _FAMILY.search(clause) is not None


def past(clause: str) -> bool:
    """Whether a word of the past stands in the clause."""
    return _PAST.search(clause) is not None
