"""All mentions of lesions in a report, in order, and where each lies.

A clause that names no organ speaks of where the clause before it was; one that names no lesion but a size or a segment
("The largest is 36 mm") speaks of the lesion before it. A mention is not yet a fact: `burden` weighs them all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fhir_mappings.report_text.assertion import earlier, of_family
from fhir_mappings.report_text.lesion_words import (
    LARGEST,
    LIVER,
    LOBE,
    NAMES_LESIONS,
    NOUNS,
    OPENING,
    REFERS,
    RESOLVED,
    VAGUE,
    other_organs,
    site_of,
)
from fhir_mappings.report_text.mentions import Group, Marks, marks_of, mention
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Assertion

__all__ = ["groups_of"]

_NAMES_LIVER = re.compile(r"\b(?:liver|hepatic)\b")
_SPARED = re.compile(r"\b(?:free|clear|spared|uninvolved|unaffected|remnant|flr|without|not involved)\b")
_VESSEL = re.compile(r"\b(?:vein|veins|cava|duct|ducts)\b")
_ONE_SEGMENT = re.compile(r"(?:one |lesion |target )?(?:in |at |within )?(?:the )?segment")


@dataclass(slots=True)
class _Context:
    """What the clauses so far spoke of.

    `liver`: where lesions lie if a clause does not say; `last`: the mention that a bare size belongs to; `report`:
    whether the title names the liver; `only_liver`: whether every lesion so far lies there.
    """

    report: bool | None = None
    liver: bool | None = None
    last: Group | None = None
    only_liver: bool = False
    elsewhere: bool = False


def groups_of(sentences: Sequence[Sentence]) -> list[Group]:
    """Every mention of every sentence, in order. Of relatives or earlier scans: mentions that are not affirmed."""
    titled = True if sentences and _NAMES_LIVER.search(sentences[0].title) else None
    context = _Context(titled, titled)
    found: list[Group] = []
    under: object = None
    for sentence in sentences:
        if (sentence.heading, sentence.section) != under:
            under = (sentence.heading, sentence.section)
            named = site_of(sentence.heading)
            context.liver = context.report if named is None else named
        if sentence.label and (named := site_of(sentence.label)) is not None:
            context.liver = named
        made = _of_sentence(sentence, context)
        found.extend(made)
        for g in made:
            if g.assertion is Assertion.AFFIRMED and g.tumour and g.liver is not None:
                context.elsewhere = context.elsewhere or not g.liver
                context.only_liver = not context.elsewhere
        if not made and sentence.number <= 1 and OPENING.match(sentence.words) and _NAMES_LIVER.search(sentence.words):
            context.report = context.liver = True
    return found


def _of_sentence(sentence: Sentence, context: _Context) -> list[Group]:
    before = earlier(sentence.words)
    made: list[Group] = []
    for clause in sentence.clauses:
        if NAMES_LESIONS.search(sentence.heading) and not NOUNS.search(clause) and site_of(clause) is not False:
            clause = f"lesions: {clause}"
        made.extend(_of_clause(marks_of(clause), sentence, context, before))
    return _described(made)


def _of_clause(marks: Marks, sentence: Sentence, context: _Context, before: bool) -> list[Group]:
    named = [i for i, noun in enumerate(marks.nouns) if noun.lastgroup != "other"]
    if not named:
        bare = _bare(marks, sentence, context, before)
        if bare is not None:
            return [bare]
        context.last = None if marks.nouns else context.last
        site = site_of(marks.clause)
        context.liver = context.liver if site is None else site
        return []
    made: list[Group] = []
    for index in named:
        noun = marks.nouns[index]
        group = mention(marks, index, sentence, _site(marks.clause, noun.span(), sentence, context))
        if before and group.assertion is Assertion.AFFIRMED:
            group = replace(group, assertion=Assertion.COMPARISON)
        made.append(_settled(group))
    made = _moved(made)
    last = made[-1]
    context.last = next((g for g in reversed(made) if g.liver and g.tumour and not g.describes), last)
    context.liver = last.liver if last.liver is not None else context.liver
    return made


def _site(clause: str, span: tuple[int, int], sentence: Sentence, context: _Context) -> bool | None:
    """Where the thing at this place lies: by the nearest organ named in the clause, else by context."""
    near = [(_distance(m.span(), span), True) for m in LIVER.finditer(clause)]
    near += [(_distance(m.span(), span) - 1, False) for m in other_organs(clause)]
    if near:
        return min(near)[1]
    if context.liver is not False and LOBE.search(clause):
        return True
    if (whole := site_of(sentence.words)) is not None:
        return whole
    return True if context.liver is None and context.only_liver else context.liver


def _distance(organ: tuple[int, int], thing: tuple[int, int]) -> int:
    if organ[0] >= thing[1]:
        return organ[0] - thing[1]
    return thing[0] - organ[1] + 2 if organ[1] <= thing[0] else 0


def _settled(group: Group) -> Group:
    """A singular mention is an item when something places or measures it, else it only names a nature."""
    if group.role == "named" and (group.sizes or group.segments) and not group.describes:
        return replace(group, role="item")
    if group.role == "part" and group.segments and not group.largest and not group.plural:
        return replace(group, role="item")
    listed = group.plural and group.role in ("vague", "part") and not group.largest and group.count is None
    if listed and 1 < len(group.segments) == len(group.sizes) and not VAGUE.search(group.before):
        return replace(group, role="total", count=(len(group.sizes), ""))
    return group


def _moved(groups: list[Group]) -> list[Group]:
    """What measures a description ("lesions suspicious for metastases, the biggest 18 mm") measures the lesion."""
    groups = list(groups)
    for i, g in enumerate(groups):
        targets = [j for j in range(i) if not groups[j].describes and groups[j].tumour]
        if not g.describes or not targets or g.nature == "benign" or not (g.sizes or g.segments):
            continue
        t = groups[targets[-1]]
        joined = replace(
            t, sizes=(*t.sizes, *g.sizes), segments=t.segments | g.segments, largest=t.largest or g.largest
        )
        groups[targets[-1]] = _settled(joined)
        groups[i] = replace(g, sizes=(), segments=frozenset())
    return groups


def _bare(marks: Marks, sentence: Sentence, context: _Context, before: bool) -> Group | None:
    """A clause that names no lesion but measures or places one: "The largest is 36 mm", "Segment 5: 3.3 cm"."""
    last, clause = context.last, marks.clause
    if any(True for _ in other_organs(clause)):
        context.last, context.liver = None, False
        return None
    if last is None or not last.liver or not last.tumour or not (marks.sizes or marks.segments):
        return None
    if _SPARED.search(clause) or (marks.nouns and not _VESSEL.search(marks.nouns[0][0])):
        return None
    if not REFERS.match(clause) and not _only_measures(marks):
        return None
    placed = frozenset(s[0] for s in marks.segments)
    one = _ONE_SEGMENT.match(clause) is not None and len(placed) == 1 and len(marks.sizes) > 0
    put = last.assertion
    if of_family(clause):
        put = Assertion.FAMILY
    elif before or earlier(clause):
        put = Assertion.COMPARISON
    return Group(
        sentence, clause, last.nature, "", put, True, "item" if one else "part", treated=last.treated,
        resolved=RESOLVED.search(clause) is not None, unsure=last.unsure, largest=LARGEST.search(clause) is not None,
        before=clause, sizes=tuple(marks.sizes), segments=placed, describes=True,
    )  # fmt: skip


def _only_measures(marks: Marks) -> bool:
    """Whether nothing but sizes and segments stands in the clause."""
    left = marks.clause
    for start, end in sorted(marks.spans, reverse=True):
        left = left[:start] + left[end:]
    return re.search(r"[a-z]{3}", re.sub(r"segments?|and", "", left)) is None


def _described(groups: list[Group]) -> list[Group]:
    """A lesion that the same sentence calls benign is benign; one that may be benign is unsure."""
    groups = [_called(g, groups[i - 1]) if i else g for i, g in enumerate(groups)]
    benign = [g for g in groups if g.nature == "benign" and g.describes]
    if any(g.assertion is Assertion.AFFIRMED for g in benign):
        return [
            replace(g, nature="benign", noun=benign[0].noun)
            if g.nature == "lesion" and g.assertion is Assertion.AFFIRMED and not g.describes and g.role != "additional"
            else g
            for g in groups
        ]
    if any(g.assertion is Assertion.UNCERTAIN for g in benign):
        return [replace(g, unsure=True) if g.nature == "lesion" else g for g in groups]
    return groups


def _called(g: Group, previous: Group) -> Group:
    """ "Hepatic adenomas: two lesions": the lesions are the adenomas."""
    named = previous.nature == "benign" and previous.clause == g.clause and previous.role in ("named", "vague")
    return replace(g, nature="benign", noun=previous.noun) if named and g.nature == "lesion" and g.describes else g
