"""Options and gates as PlanDefinitions; steps that are one thing to order also as ActivityDefinitions.

An option has conditions, and only a PlanDefinition can carry them, so every option is one. Its conditions name
definitions of the exported CQL library, which hold the order of evaluation; the reasons stand beside them as
documentation. Coordination and support steps have something to order and no drug or operation: their plan points to an
ActivityDefinition that proposes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from eligibility.assessment import Reason, ReasonKind
from eligibility.cql.library import LIBRARY, condition_name, fits_name, waits_name
from eligibility.cql.spelling import identifier
from eligibility.knowledge.model import Intervention, KnowledgeBase, Option, Rule, Source
from eligibility.wording import certainty_words
from fhir_mappings.codes import RXNORM, SNOMED
from fhir_mappings.definitions.canonical import Canonicals, Resource, concept

__all__ = ["LOGIC_LIBRARY", "activity_definitions", "gate_definitions", "gate_identifier", "option_definitions"]

LOGIC_LIBRARY = LIBRARY
"""The id of the Library that holds the CQL: by convention the name of the CQL library."""

_PLAN_TYPES = "http://terminology.hl7.org/CodeSystem/plan-definition-type"
_TOPICS = "http://terminology.hl7.org/CodeSystem/definition-topic"
_CONTEXTS = "http://terminology.hl7.org/CodeSystem/usage-context-type"
_SYSTEMS = {"rxnorm": RXNORM, "snomed": SNOMED}
_READ = {
    "excerpt_read": "Part of this page was read for this project.",
    "not_re_read": "This page was not read again for this project: check the original.",
}


def option_definitions(knowledge: KnowledgeBase, canonicals: Canonicals) -> Iterator[Resource]:
    """One PlanDefinition for each option."""
    for option in knowledge.options:
        yield _option(option, knowledge, canonicals)


def gate_definitions(knowledge: KnowledgeBase, canonicals: Canonicals) -> Iterator[Resource]:
    """One PlanDefinition for each gate that an option inherits: its rules as actions with a condition each."""
    rules: dict[str, dict[tuple[ReasonKind, str], Rule]] = {}
    for option in knowledge.options:
        for rule in option.rules:
            reason = rule.outcomes[True]
            if reason.gate is not None:
                rules.setdefault(reason.gate, {}).setdefault((reason.kind, reason.when), rule)
    for gate, found in rules.items():
        reasons = [rule.outcomes[True] for rule in found.values()]
        yield {
            **canonicals.head("PlanDefinition", gate_identifier(gate), f"Shared rules: {knowledge.gates[gate]}"),
            "type": concept(_PLAN_TYPES, "eca-rule"),
            "description": "Safety rules that many options share; each is part of every option that names this gate.",
            "library": [canonicals.reference("Library", LOGIC_LIBRARY)],
            "action": [
                {
                    "title": reason.say,
                    "description": f"{str(reason.kind).capitalize()}. {_certainty(reason)}",
                    "condition": [_condition(condition_name(rule))],
                }
                for reason, rule in zip(reasons, found.values(), strict=True)
            ],
        }


def activity_definitions(knowledge: KnowledgeBase, canonicals: Canonicals) -> Iterator[Resource]:
    """One ActivityDefinition for each coordination or support step: what it proposes to order."""
    for option in knowledge.options:
        if not option.cancer_directed:
            yield {
                **canonicals.head("ActivityDefinition", option.id, option.name),
                "description": option.tests,
                "usage": option.setting,
                "topic": [concept(_TOPICS, "assessment")],
                "kind": "ServiceRequest",
                "intent": "proposal",
                "doNotPerform": False,
                "code": {"text": option.name},
            }


def gate_identifier(gate: str) -> str:
    """The id of a gate's PlanDefinition."""
    return f"gate-{gate.lower()}"


def _option(option: Option, knowledge: KnowledgeBase, canonicals: Canonicals) -> Resource:
    gates = [{"type": "depends-on", "resource": canonicals.reference("PlanDefinition", gate_identifier(g))}
             for g in option.gates]  # fmt: skip
    made: Resource = {
        **canonicals.head("PlanDefinition", option.id, option.name),
        "type": concept(_PLAN_TYPES, "eca-rule"),
        "description": _paragraphs(f"For: {option.primaries}.", f"Setting: {option.setting}.", option.evidence),
        "usage": _paragraphs(
            f"Modality: {option.modality}. Intent: {option.intent}.",
            *(f"Known limit: {limit}" for limit in option.known_limits),
        ),
        "useContext": [
            {
                "code": {"system": _CONTEXTS, "code": "focus"},
                "valueCodeableConcept": {"text": option.primaries},
            }
        ],
        "topic": [concept(_TOPICS, "treatment" if option.cancer_directed else "assessment")],
        "relatedArtifact": [*(_citation(knowledge.sources[s]) for s in option.sources), *gates],
        "library": [canonicals.reference("Library", LOGIC_LIBRARY)],
        "goal": [{"description": {"text": option.intent}}],
        "action": [_consider(option, canonicals), _order(option)],
    }
    if option.controversies:
        made["purpose"] = f"Debated: {option.controversies}"
    if option.review is not None and option.status == "reviewed":
        made["lastReviewDate"] = option.review.date.isoformat()
        made["reviewer"] = [{"name": option.review.reviewer}]
    return made


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _citation(source: Source) -> Resource:
    """A source, whose page was read or not."""
    made: Resource = {
        "type": "citation",
        "label": source.id,
        "display": f"{source.citation} ({source.year}). {_READ[source.read]}",
        "citation": f"{source.citation}, {source.year}",
    }
    if source.url:
        made["url"] = source.url
    return made


def _consider(option: Option, canonicals: Canonicals) -> Resource:
    """What to consider, when, and why; cautions and monitoring are steps of their own beneath it."""
    steps: list[Resource] = [_caution(rule) for rule in option.cautions]
    if option.monitoring:
        steps.append({"title": "Monitoring", "description": option.monitoring})
    made: Resource = {
        "id": "consider",
        "title": option.name,
        "textEquivalent": f"To consider: {option.name}",
        "documentation": list(_reasons(option, canonicals)),
        "condition": [_condition(fits_name(option))],
    }
    if option.interventions:
        made["code"] = [_intervention(i) for i in option.interventions]
    if not option.cancer_directed:
        made["definitionCanonical"] = canonicals.reference("ActivityDefinition", option.id)
    if steps:
        made["action"] = steps
    return made


def _order(option: Option) -> Resource:
    """What to order while facts are missing."""
    return {
        "id": "complete",
        "title": "Complete what is missing",
        "description": option.tests,
        "condition": [_condition(waits_name(option))],
        "documentation": [
            {"type": "documentation", "label": "required", "display": _sentence(r.rule.outcomes[True])}
            for r in option.requirements
        ],
    }


def _caution(rule: Rule) -> Resource:
    reason = rule.outcomes[True]
    return {
        "title": reason.say,
        "description": f"Caution. {_certainty(reason)}",
        "condition": [_condition(condition_name(rule))],
    }


def _reasons(option: Option, canonicals: Canonicals) -> Iterable[Resource]:
    """Every rule that decides, in the order of evaluation."""
    for rule in option.rules:
        reason = rule.outcomes[True]
        if reason.kind is ReasonKind.CAUTION:
            continue
        made: Resource = {
            "type": "documentation",
            "label": str(reason.kind),
            "display": _sentence(reason),
            "citation": f"`{reason.when}`",
        }
        if reason.gate is not None:
            made["resource"] = canonicals.reference("PlanDefinition", gate_identifier(reason.gate))
        yield made


def _sentence(reason: Reason) -> str:
    return f"{reason.say}. {_certainty(reason)}".strip()


def _certainty(reason: Reason) -> str:
    return f"Certainty: {certainty_words(reason.certainty)}." if reason.certainty else ""


def _condition(name: str) -> Resource:
    """A condition that is a definition of the exported library."""
    expression = {"description": name, "language": "text/cql", "expression": f"{LIBRARY}.{identifier(name)}"}
    return {"kind": "applicability", "expression": expression}


def _intervention(intervention: Intervention) -> Resource:
    if intervention.system is None or intervention.code is None:
        return {"text": intervention.say}
    return {**concept(_SYSTEMS[intervention.system], intervention.code), "text": intervention.say}
