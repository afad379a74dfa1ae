"""The practice EHR's tumour board form: its questions, its answers and the eligibility fact each one states.

No standard code exists for these facts, so a hospital asks them on a form of its own. The table is written
twice: as Observations into the patients, and as the site overlay (`sandbox_ehr/overlay.yaml`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["BOARD", "QUESTIONS", "Question", "answer", "overlay_yaml"]

BOARD = "https://practice.example/tumour-board"
UCUM = "http://unitsofmeasure.org"


class Question(NamedTuple):
    """One question: words, eligibility fact, and either coded answers, a UCUM unit, "boolean" or "integer"."""

    words: str
    fact: str
    answers: dict[str, str] | str


QUESTIONS: dict[str, Question] = {
    "resectability": Question(
        "Resectability of the liver disease",
        "liver.resectability",
        {
            "resectable": "upfront",
            "borderline": "borderline",
            "convertible": "convertible",
            "permanently-unresectable": "unresectable",
        },
    ),
    "complete-removal-feasible": Question("Complete removal with clear margins", "liver.r0_feasible", "boolean"),
    "minor-resection-planned": Question("Two segments or fewer removed", "liver.minor_resection", "boolean"),
    "flr-percent": Question("Future liver remnant by CT volumetry", "liver.flr_pct", "%"),
    "liver-background": Question(
        "Liver outside the tumour",
        "liver.background",
        {
            "normal": "normal",
            "chemotherapy-injury": "chemo_injured",
            "steatosis": "steatosis",
            "cirrhosis": "cirrhosis",
        },
    ),
    "cirrhosis-present": Question("Cirrhosis", "liver.cirrhosis", "boolean"),
    "lobes": Question("Lobes involved", "liver.distribution", {"one": "unilobar", "both": "bilobar"}),
    "liver-involvement-percent": Question("Share of liver replaced by tumour", "liver.involvement_pct", "%"),
    "uninvolved-liver-volume": Question("Liver volume without tumour", "liver.uninvolved_volume_ml", "mL"),
    "ablatable": Question("Every target ablatable with margin", "liver.ablatable", "boolean"),
    "near-large-vessel": Question("Target abuts a vessel of 3 mm or more", "liver.near_vessel", "boolean"),
    "near-central-bile-duct": Question(
        "Target within 10 mm of a central bile duct", "liver.central_bile_duct_close", "boolean"
    ),
    "portal-vein": Question(
        "Portal vein",
        "liver.pvt",
        {"patent": "none", "branch-thrombosis": "branch", "main-thrombosis": "main"},
    ),
    "vascular-invasion": Question(
        "Macrovascular invasion",
        "liver.macrovascular_invasion",
        {"none": "none", "branch": "branch", "main-trunk": "main"},
    ),
    "biliary-obstruction": Question("Bile ducts obstructed", "liver.biliary_obstruction", "boolean"),
    "ascites": Question(
        "Ascites", "liver.ascites", {"none": "none", "mild": "mild", "moderate-severe": "moderate_severe"}
    ),
    "encephalopathy": Question(
        "Hepatic encephalopathy",
        "liver.encephalopathy",
        {"none": "none", "grade-1-2": "grade1_2", "grade-3-4": "grade3_4"},
    ),
    "varices": Question(
        "Varices at endoscopy",
        "liver.varices",
        {
            "none": "none",
            "low-risk": "low_risk",
            "high-risk-untreated": "high_risk_untreated",
            "treated": "treated",
            "not-assessed": "not_assessed",
        },
    ),
    "capsular-pain": Question("Painful liver", "liver.capsular_pain", "boolean"),
    "extrahepatic-disease": Question(
        "Disease outside the liver",
        "dx.extrahepatic",
        {"none": "none", "limited-treatable": "limited_treatable", "extensive": "extensive"},
    ),
    "peritoneal-disease": Question("Peritoneal disease", "dx.peritoneal", "boolean"),
    "brain-metastases": Question(
        "Brain metastases",
        "dx.brain_mets",
        {
            "none": "none",
            "treated-stable": "treated_stable",
            "untreated-asymptomatic": "untreated_asymptomatic",
            "symptomatic": "symptomatic",
        },
    ),
    "metastases-total": Question("Metastases in the whole body", "dx.oligomet_total", "integer"),
    "histology-proven": Question("Cancer proven by tissue or accepted criteria", "dx.histology_confirmed", "boolean"),
    "primary-removed": Question("Primary tumour removed", "dx.primary_resected", "boolean"),
    "primary-controlled": Question(
        "Primary removed, removable or controlled", "dx.primary_resectable_or_controlled", "boolean"
    ),
    "disease-free-months": Question("Months from diagnosis to liver metastasis", "dx.dfi_months", "mo"),
    "bclc-stage": Question("BCLC stage", "dx.hcc_bclc", {"0": "0", "A": "A", "B": "B", "C": "C", "D": "D"}),
    "net-grade": Question("Grade of neuroendocrine tumour", "dx.net_grade", {"G1": "G1", "G2": "G2", "G3": "G3"}),
    "ki-67-percent": Question("Ki-67 index", "dx.ki67", "%"),
    "net-site": Question(
        "Site of origin of the neuroendocrine tumour",
        "dx.net_site",
        {
            "pancreas": "pancreas",
            "midgut": "midgut",
            "hindgut": "hindgut",
            "stomach": "stomach",
            "lung": "lung",
            "other": "other",
        },
    ),
    "receptor-uptake": Question(
        "Somatostatin-receptor PET uptake",
        "dx.sstr_uptake",
        {"above-liver": "above_liver", "at-or-below-liver": "at_or_below_liver", "negative": "negative"},
    ),
    "net-progressing": Question("Neuroendocrine tumour progressing", "dx.net_progressing", "boolean"),
    "hormone-syndrome": Question("Hormone syndrome", "dx.functional_syndrome", "boolean"),
    "lines-of-therapy": Question("Lines of systemic therapy for advanced disease", "tx.prior_lines", "integer"),
    "latest-response": Question(
        "Latest response",
        "tx.response_last",
        {"complete": "CR", "partial": "PR", "stable": "SD", "progression": "PD", "not-assessed": "NE"},
    ),
    "fluoropyrimidine-tolerated": Question(
        "Full-dose fluoropyrimidine taken without severe toxicity", "tx.fp_tolerated", "boolean"
    ),
    "irinotecan-before": Question("Irinotecan given before", "tx.prior_irinotecan", "boolean"),
    "anti-egfr-antibody-before": Question("Anti-EGFR antibody given before", "tx.prior_anti_egfr_mab", "boolean"),
    "chemotherapy-before": Question("Chemotherapy for advanced disease before", "tx.prior_chemo_adv", "boolean"),
    "progressed-on-platinum": Question("Progressed on or after platinum", "tx.progressed_platinum", "boolean"),
    "sorafenib-tolerated": Question(
        "Sorafenib 400 mg a day or more taken on 20 of the last 28 days", "tx.sorafenib_tolerated", "boolean"
    ),
    "same-target-inhibitor-before": Question(
        "Progressed on a drug against the same target", "tx.prior_tki_same_target", "boolean"
    ),
    "dpyd-phenotype": Question(
        "DPD phenotype",
        "bm.dpyd",
        {"normal": "normal", "partial-deficiency": "partial", "complete-deficiency": "complete"},
    ),
    "hla-a-02-01": Question("HLA-A*02:01 carrier", "bm.hla_a0201", "boolean"),
    "driver-panel-complete": Question("Broad lung driver panel complete", "bm.driver_panel_complete", "boolean"),
    "fit-for-major-surgery": Question("Fit for major hepatectomy", "pt.fit_major_surgery", "boolean"),
    "fit-for-anaesthesia": Question("Fit for general anaesthesia", "pt.fit_anaesthesia", "boolean"),
    "goals": Question(
        "What the patient wants treatment for",
        "pt.goals",
        {
            "live-longer": "life_prolonging",
            "symptom-relief": "symptom_focused",
            "undecided": "undecided",
        },
    ),
    "symptom-burden": Question(
        "Burden of symptoms", "pt.symptom_burden", {"low": "low", "moderate": "moderate", "high": "high"}
    ),
    "neuropathy-grade": Question("Peripheral neuropathy, CTCAE grade", "sf.neuropathy_grade", "integer"),
    "autoimmune-disease": Question(
        "Autoimmune disease",
        "sf.autoimmune",
        {"none": "none", "controlled": "controlled", "severe-active": "severe_active"},
    ),
}


def answer(code: str, given: Any) -> dict[str, Any]:
    """The FHIR `value[x]` for an answer to a question; raises on an answer the form does not offer."""
    kind = QUESTIONS[code].answers
    if isinstance(kind, dict):
        if given not in kind:
            raise ValueError(f"the form offers no answer {given!r} to {code}")
        words = str(given).replace("-", " ")
        return {"valueCodeableConcept": {"coding": [{"system": BOARD, "code": given, "display": words}], "text": words}}
    if kind == "boolean":
        if not isinstance(given, bool):
            raise ValueError(f"{code} takes yes or no, not {given!r}")
        return {"valueBoolean": given}
    if kind == "integer":
        return {"valueInteger": int(given)}
    return {"valueQuantity": {"value": given, "unit": kind, "system": UCUM, "code": kind}}


def overlay_yaml() -> str:
    """The site overlay as YAML text: each question's code, the fact it states, and how its answer is read."""
    lines = [
        "# Site overlay of the practice EHR: what the questions of its tumour board form state.",
        "# Written by tools/make_patients.py from tools/patients/board.py; change it there.",
    ]
    for code, question in QUESTIONS.items():
        lines += [f"- system: {BOARD}", f"  code: {code}", f"  fact: {question.fact}"]
        kind = question.answers
        if isinstance(kind, dict):
            lines.append("  values:")
            lines += [f'    "{said}": "{meant}"' for said, meant in kind.items()]
        else:
            lines.append(f"  {kind if kind in ('boolean', 'integer') else 'quantity'}: true")
    return "\n".join(lines) + "\n"
