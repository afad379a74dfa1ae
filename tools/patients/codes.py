"""Code systems and the codes that the synthetic patients use, each once, as FHIR codings."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = [
    "ANSWERS",
    "DRUGS",
    "GENES",
    "IMAGING",
    "LABS",
    "NOISE",
    "PLAIN_TESTS",
    "Lab",
    "cat",
    "coding",
    "concept",
    "icd",
    "local",
    "loinc",
    "mcode",
    "rx",
    "sct",
    "text_only",
]

Coding = dict[str, Any]

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
HGNC = "http://www.genenames.org/geneId"
LOCAL = "https://practice.example/codes"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"


def coding(system: str, code: str, display: str = "") -> Coding:
    """One FHIR Coding."""
    made: Coding = {"system": system, "code": code}
    if display:
        made["display"] = display
    return made


def loinc(code: str, display: str = "") -> Coding:
    """A LOINC coding."""
    return coding(LOINC, code, display)


def sct(code: str, display: str = "") -> Coding:
    """A SNOMED CT coding."""
    return coding(SNOMED, code, display)


def icd(code: str, display: str = "") -> Coding:
    """An ICD-10-CM coding."""
    return coding(ICD, code, display)


def rx(code: str, display: str = "") -> Coding:
    """An RxNorm ingredient coding."""
    return coding(RXNORM, code, display)


def local(code: str, display: str = "") -> Coding:
    """A coding of the practice EHR's own, which no terminology server knows."""
    return coding(LOCAL, code, display)


def concept(*codings: Coding, text: str = "") -> dict[str, Any]:
    """A CodeableConcept of these codings; the text falls back on the first display."""
    made: dict[str, Any] = {"coding": list(codings)} if codings else {}
    words = text or (codings[0].get("display", "") if codings else "")
    if words:
        made["text"] = words
    return made


def text_only(words: str) -> dict[str, Any]:
    """A CodeableConcept in words alone."""
    return {"text": words}


def cat(code: str, system: str = "observation-category") -> dict[str, Any]:
    """A category CodeableConcept of an HL7 terminology."""
    return {"coding": [coding(TERMINOLOGY + system, code)]}


def mcode(name: str) -> str:
    """The canonical address of an mCODE profile or extension."""
    return f"http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-{name}"


class Lab(NamedTuple):
    """One laboratory test: LOINC, name, unit as printed, UCUM code, reference range, decimals, local code."""

    loinc: str
    name: str
    unit: str
    ucum: str
    low: float | None
    high: float | None
    places: int
    site: str


LABS: dict[str, Lab] = {
    "bili": Lab("1975-2", "Bilirubin, total", "mg/dL", "mg/dL", 0.2, 1.2, 1, "TBIL"),
    "bili-si": Lab("14631-6", "Bilirubin, total", "umol/L", "umol/L", 3, 21, 0, "TBIL"),
    "alb": Lab("1751-7", "Albumin", "g/dL", "g/dL", 3.5, 5.0, 1, "ALB"),
    "alb-si": Lab("1751-7", "Albumin", "g/L", "g/L", 35, 50, 0, "ALB"),
    "crea": Lab("2160-0", "Creatinine", "mg/dL", "mg/dL", 0.5, 1.2, 2, "CREA"),
    "crea-si": Lab("14682-9", "Creatinine", "umol/L", "umol/L", 45, 104, 0, "CREA"),
    "na": Lab("2951-2", "Sodium", "mmol/L", "mmol/L", 136, 145, 0, "NA"),
    "k": Lab("2823-3", "Potassium", "mmol/L", "mmol/L", 3.5, 5.1, 1, "K"),
    "alt": Lab("1742-6", "ALT", "U/L", "U/L", 7, 45, 0, "ALT"),
    "ast": Lab("1920-8", "AST", "U/L", "U/L", 8, 40, 0, "AST"),
    "alp": Lab("6768-6", "Alkaline phosphatase", "U/L", "U/L", 40, 120, 0, "ALP"),
    "ldh": Lab("2532-0", "LDH", "U/L", "U/L", 120, 240, 0, "LDH"),
    "inr": Lab("6301-6", "INR", "INR", "{INR}", 0.9, 1.1, 1, "INR"),
    "plt": Lab("777-3", "Platelets", "10*9/L", "10*9/L", 150, 400, 0, "PLT"),
    "anc": Lab("751-8", "Neutrophils, absolute", "10*9/L", "10*9/L", 1.8, 7.5, 1, "ANC"),
    "wbc": Lab("6690-2", "Leukocytes", "10*9/L", "10*9/L", 4.0, 10.5, 1, "WBC"),
    "hb": Lab("718-7", "Hemoglobin", "g/dL", "g/dL", 12.0, 16.5, 1, "HGB"),
    "cea": Lab("2039-6", "CEA", "ng/mL", "ng/mL", None, 5.0, 1, "CEA"),
    "afp": Lab("1834-1", "Alpha-fetoprotein", "ng/mL", "ng/mL", None, 8.0, 0, "AFP"),
    "cga": Lab("9811-1", "Chromogranin A", "ng/mL", "ng/mL", None, 102, 0, "CGA"),
    "ca153": Lab("6875-9", "CA 15-3", "U/mL", "U/mL", None, 30, 0, "CA153"),
    "ca199": Lab("24108-3", "CA 19-9", "U/mL", "U/mL", None, 37, 0, "CA199"),
    "bili-direct": Lab("1968-7", "Bilirubin, direct", "mg/dL", "mg/dL", None, 0.3, 1, "DBIL"),
    "hba1c": Lab("4548-4", "Hemoglobin A1c", "%", "%", 4.0, 5.6, 1, "A1C"),
    "chol": Lab("2093-3", "Cholesterol, total", "mg/dL", "mg/dL", None, 200, 0, "CHOL"),
}

DRUGS: dict[str, Coding] = {
    name: rx(code, name)
    for name, code in {
        "oxaliplatin": "32592",
        "fluorouracil": "4492",
        "leucovorin": "6313",
        "irinotecan": "51499",
        "capecitabine": "194000",
        "bevacizumab": "253337",
        "panitumumab": "263034",
        "cetuximab": "318341",
        "carboplatin": "40048",
        "pemetrexed": "68446",
        "pembrolizumab": "1547545",
        "atezolizumab": "1792776",
        "sorafenib": "495881",
        "octreotide": "7617",
        "letrozole": "72965",
        "palbociclib": "1601374",
        "tamoxifen": "10324",
    }.items()
}

GENES: dict[str, Coding] = {
    name: coding(HGNC, code, name)
    for name, code in {
        "KRAS": "HGNC:6407",
        "NRAS": "HGNC:7989",
        "BRAF": "HGNC:1097",
        "EGFR": "HGNC:3236",
        "ALK": "HGNC:427",
        "ROS1": "HGNC:10261",
        "MET": "HGNC:7029",
        "RET": "HGNC:9967",
        "ERBB2": "HGNC:3430",
        "BAP1": "HGNC:950",
        "GNAQ": "HGNC:4390",
        "STK11": "HGNC:11389",
    }.items()
}

PLAIN_TESTS: dict[str, Coding] = {
    "kras": loinc("85509-8", "KRAS gene mutations found in Colorectal cancer specimen"),
    "nras": loinc("85510-6", "NRAS gene mutations found in Colorectal cancer specimen"),
    "ras": loinc("81420-2", "KRAS and NRAS gene mutations found"),
    "braf": loinc("58415-1", "BRAF gene p.Val600Glu [Presence] in Tissue"),
    "msi": loinc("81695-9", "Microsatellite instability [Interpretation] in Cancer specimen"),
    "egfr": loinc("21665-5", "EGFR gene mutations found"),
    "alk": loinc("78205-2", "ALK gene rearrangements [Presence] by FISH"),
    "er": loinc("85337-4", "Estrogen receptor Ag [Presence] in Breast cancer specimen by Immune stain"),
    "pr": loinc("85339-0", "Progesterone receptor Ag [Presence] in Breast cancer specimen by Immune stain"),
    "her2": loinc("85319-2", "HER2 [Presence] in Breast cancer specimen by Immune stain"),
    "her2-tissue": loinc("18474-7", "HER2 Ag [Presence] in Tissue by Immune stain"),
    "pdl1-report": loinc("85147-7", "PD-L1 by clone 22C3 in Tissue by Immune stain Report"),
    "pik3ca": loinc("60033-8", "PIK3CA gene mutations found"),
    "hbsag": loinc("5196-1", "Hepatitis B virus surface Ag [Presence] in Serum or Plasma by Immunoassay"),
    "pdl1": loinc("83053-9", "Cells.programmed cell death ligand 1/100 viable tumor cells"),
}

ANSWERS: dict[str, Coding] = {
    "present": loinc("LA9633-4", "Present"),
    "absent": loinc("LA9634-2", "Absent"),
    "positive": loinc("LA6576-8", "Positive"),
    "negative": loinc("LA6577-6", "Negative"),
    "msi-h": loinc("LA26203-2", "MSI-H"),
    "stable": loinc("LA14122-8", "Stable"),
    "improved": sct("268910001", "Patient's condition improved (finding)"),
    "unchanged": sct("359746009", "Patient's condition stable (finding)"),
    "worse": sct("271299001", "Patient's condition worsened (finding)"),
}

IMAGING: dict[str, tuple[Coding, str]] = {
    "ct": (loinc("72254-6", "Chest and Abdomen and Pelvis CT W contrast IV"), "CT"),
    "ct-abdomen": (loinc("36813-4", "Abdomen and Pelvis CT W contrast IV"), "CT"),
    "ct-liver": (loinc("24815-3", "Liver CT W contrast IV"), "CT"),
    "mr": (loinc("30670-4", "Liver MRI W and WO contrast IV"), "NMR"),
    "pet": (loinc("44139-4", "PET whole body"), "NMS"),
    "us": (loinc("28614-6", "Liver US"), "RUS"),
}

NOISE: dict[str, Coding] = {
    "hypertension": sct("38341003", "Hypertension"),
    "prediabetes": sct("15777000", "Prediabetes"),
    "hip": sct("239872002", "Osteoarthritis of hip"),
    "osteoporosis": sct("64859006", "Osteoporosis (disorder)"),
    "clavicle": sct("58150001", "Fracture of clavicle"),
    "polyp": sct("68496003", "Polyp of colon"),
    "af": sct("49436004", "Atrial Fibrillation"),
    "appendectomy": sct("428251008", "History of appendectomy"),
    "smoker": sct("449868002", "Smokes tobacco daily"),
    "sinusitis": sct("36971009", "Sinusitis (disorder)"),
    "laceration": sct("284549007", "Laceration of hand"),
    "bronchitis": sct("10509002", "Acute bronchitis (disorder)"),
    "whiplash": sct("39848009", "Whiplash injury to neck"),
}
