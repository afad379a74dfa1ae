"""The liver around the tumour: ascites, cirrhosis, fat and injury, portal hypertension, bile ducts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fhir_mappings.report_text.assertion import doubted, of_family
from fhir_mappings.report_text.sections import Section
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Assertion, Statement, stated
from fhir_mappings.report_text.topics import asserted, topic_clauses

__all__ = ["ascites", "background", "bile_ducts", "read_tissue_state", "simple"]

_NO_INVASION = re.compile(
    r"\b(?:macro-?vascular|large[- ]vessel|large vessel \(macrovascular\))(?: \(macrovascular\))? invasion\b"
)


def read_tissue_state(sentences: Sequence[Sentence]) -> list[Statement]:
    """What tissue says of the liver around, and of vessels: cirrhosis, steatosis, injury, invasion."""
    invasion = [
        stated("liver.macrovascular_invasion", "none", s.place)
        for s, clause, found in topic_clauses(sentences, _NO_INVASION)
        if asserted(s, clause, found) is Assertion.NEGATED
    ]
    return [*simple(sentences), *background(sentences), *invasion]


_ASCITES = re.compile(r"\bascit(?:es|ic fluid)\b|\bas(?:c)?i(?:c)?tes\b")

_LITTLE = r"(?:trace|traces|small|mild|minimal|slight|tiny|scant|scanty|little|discrete|low)"

_MUCH = (
    r"(?:mod|moderate|large|massive|severe|tense|marked|extensive|pronounced|voluminous|"
    r"abundant|considerable|four-quadrant|high|large-volume|gross|copious|significant)"
)

_GRADED = re.compile(rf"\b(?P<little>{_LITTLE})\b|\b(?P<much>{_MUCH})\b")

_NOT_OF_ASCITES = re.compile(
    r"\b(?:effusions?|splenomegaly|varices|lesions?|metastas[ei]s|nodes?|dilat\w+|"
    r"hernia|liver|cirrhosis|thrombus|spleen|steatosis|hydronephrosis)\b"
)


def ascites(sentences: Sequence[Sentence]) -> Iterator[Statement]:
    """Ascites by its grade; absent, doubtful, or without a clear grade."""
    for s, clause, found in topic_clauses(sentences, _ASCITES):
        put = asserted(s, clause, found)
        if re.search(r"\bmalignant ascites\b", clause) and put is Assertion.AFFIRMED:
            yield stated("liver.ascites_malignant", True, s.place)
        if re.search(
            r"(?:has|have) (?:now |completely |fully |since ){0,6}resolved", clause[found.end() :]
        ) and not doubted(clause):
            put = Assertion.NEGATED
        if put is Assertion.NEGATED:
            yield stated("liver.ascites", "none", s.place)
        elif put is not Assertion.AFFIRMED:
            yield stated("liver.ascites", None, s.place, f"ascites: {put.value}", put)
        else:
            grades = _grades(clause, found, s)
            value = grades.pop() if len(grades) == 1 else None
            yield stated("liver.ascites", value, s.place, "" if value else "ascites without one clear grade")


def _grades(clause: str, found: re.Match[str], s: Sentence) -> set[str]:
    """The grades that belong to the word ascites: shortly before it, or after it with nothing else between."""
    before, after = clause[max(0, found.start() - 45) : found.start()], clause[found.end() : found.end() + 60]
    last = list(_NOT_OF_ASCITES.finditer(before))
    before = before[last[-1].end() :] if last else before
    other = _NOT_OF_ASCITES.search(after)
    after = after[: other.start()] if other else after
    if s.place.sentence and _ASCITES.search(s.words) is None:
        after = clause[found.end() :]
    near = list(_GRADED.finditer(before)) or list(_GRADED.finditer(after))
    return {"mild" if m["little"] else "moderate_severe" for m in near}


_CIRRHOSIS = re.compile(r"(?<!pseudo)(?<!pseudo-)(?<!biliary )(?<!pre)(?<!pre-)\b(?P<non>non-?)?cirrho(?:sis|tic)\b")

_HYPERTENSION = re.compile(r"\bportal(?: venous)? hypertension\b")


def simple(sentences: Sequence[Sentence]) -> Iterator[Statement]:
    """Cirrhosis and portal hypertension: yes, no, or how else they are put."""
    for fact, topic in (("liver.cirrhosis", _CIRRHOSIS), ("liver.portal_hypertension", _HYPERTENSION)):
        for s, clause, found in topic_clauses(sentences, topic):
            put = asserted(s, clause, found)
            if fact == "liver.cirrhosis" and re.match(
                r"[^.]{0,12}\b(?:is |are )?(?:possible|suspected)", clause[found.end() :]
            ):
                put = Assertion.UNCERTAIN
            if "non" in found.re.groupindex and found["non"] and put is Assertion.AFFIRMED:
                put = Assertion.NEGATED
            value = {Assertion.AFFIRMED: True, Assertion.NEGATED: False}.get(put)
            yield stated(
                fact,
                value,
                s.place,
                "" if value is not None else f"{found[0]}: {put.value}",
                put if value is None else Assertion.AFFIRMED,
            )


_STEATOSIS = re.compile(
    r"(?<!focal )\b(?:hepato)?steato(?:sis|tic)\b|\bfatty (?:liver|appearance|infiltration|"
    r"change|replacement)\b|\bfatty infiltrated\b"
)

_NORMAL = re.compile(
    r"\b(?:background|non-?(?:neoplastic|tumou?rous)|non-?lesional|uninvolved) liver(?: parenchyma)?(?: is|"
    r":| appears)? (?:normal|unremarkable)\b"
)

_INJURED = re.compile(
    r"\bsinusoidal (?:injury|obstruction syndrome|dilatation)\b|\bchemotherapy[- ](?:induced|"
    r"associated|related) (?:liver injury|hepatopathy|steatohepatitis)\b|\bcash\b"
)


def background(sentences: Sequence[Sentence]) -> Iterator[Statement]:
    """The state of the liver outside the tumour, where it is plainly named."""
    cirrhotic = any(asserted(s, c, m) is Assertion.AFFIRMED for s, c, m in topic_clauses(sentences, _CIRRHOSIS))
    for s, clause, _ in topic_clauses(sentences, _NORMAL):
        if not doubted(clause):
            yield stated("liver.background", "normal", s.place)
    for value, topic in (("steatosis", _STEATOSIS), ("chemo_injured", _INJURED)):
        for s, clause, found in topic_clauses(sentences, topic):
            put = asserted(s, clause, found)
            if (
                put is Assertion.AFFIRMED
                and not cirrhotic
                and not re.search(r"\bpancrea", clause)
                and not re.search(r"\b(?:resolved|no longer|less than|minimal|below|<)(?:\b|(?= ?\d))", clause)
            ):
                yield stated("liver.background", value, s.place)
            elif put is not Assertion.NEGATED:
                yield stated(
                    "liver.background",
                    None,
                    s.place,
                    f"{found[0]}: {put.value}" if put is not Assertion.AFFIRMED else "beside cirrhosis",
                    put,
                )


_OBSTRUCTION = re.compile(r"\bobstruct(?:ion|ing|ed|s|ive)\b")

_DUCTS = re.compile(r"\b(?:bile|biliary|ducts?|ductal|common bile duct|choledoch\w*|intrahepatic)\b")

_STENT = re.compile(
    r"\b(?:(?:biliary|bile duct|common bile duct|metal\w*|plastic|ductal|hilar|hepatic duct|"
    r"cbd)(?: \w+){0,2} stents?|stents? (?:\w+ ){0,3}in (?:the )?(?:common|bile|left|"
    r"right|biliary|hepatic)(?: \w+){0,2}|"
    r"hepatico-?jejunostom\w+|choledocho-?\w*stom\w+|bili(?:o|ary)-?(?: |-)?enteric anastomosis|"
    r"biliodigestive anastomosis|sphincterotomy|papillotomy)\b"
)

_NOT_THERE = re.compile(
    r"\b(?:removed|not yet|planned|explanted|dislocated|would|should|consider|recommend\w*|"
    r"advised|if|before)\b|\b(?:no|without)(?: \w+){0,3} $"
)


def bile_ducts(sentences: Sequence[Sentence]) -> Iterator[Statement]:
    """Obstructed bile ducts, and stents or anastomoses in place."""
    for s, clause, found in topic_clauses(sentences, _OBSTRUCTION):
        if (not _DUCTS.search(clause) and not _DUCTS.search(s.heading)) or re.search(
            r"\b(?:bowel|ureter\w*|renal|colon\w*|gastric outlet|airway|pulmonary)\b", clause
        ):
            continue
        put = asserted(s, clause, found)
        if re.search(r"\bto suggest\b", clause):
            put = Assertion.UNCERTAIN
        value = {Assertion.AFFIRMED: True, Assertion.NEGATED: False}.get(put)
        yield stated(
            "liver.biliary_obstruction",
            value,
            s.place,
            "" if value is not None else f"obstruction: {put.value}",
            put if value is None else Assertion.AFFIRMED,
        )
    for s in sentences:
        if s.unread or s.section in (Section.FAMILY, Section.RECOMMENDATION, Section.COMPARISON):
            continue
        for c in s.clauses:
            for found in _STENT.finditer(c):
                near = c[max(0, found.start() - 40) : found.start()], c[found.start() : found.end() + 40]
                if not any(_NOT_THERE.search(part) for part in near) and not doubted(c) and not of_family(c):
                    yield stated(
                        "liver.biliary_stent_or_anastomosis",
                        True,
                        s.place,
                        "" if s.section.now else "stands in the clinical history",
                    )
