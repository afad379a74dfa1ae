"""What an oncology chart holds: cancers, stage, biomarkers, lesions, treatment, reports and the tumour board form."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from tools.patients.board import BOARD, QUESTIONS, answer
from tools.patients.chart import UCUM, Chart, Resource
from tools.patients.codes import (
    ANSWERS,
    DRUGS,
    GENES,
    IMAGING,
    PLAIN_TESTS,
    TERMINOLOGY,
    cat,
    coding,
    concept,
    icd,
    local,
    loinc,
    mcode,
    sct,
    text_only,
)

__all__ = ["LIVER", "OncologyChart"]

LIVER = sct("10200004", "Liver structure (body structure)")
ECOG_ANSWERS = ("LA9622-7", "LA9623-5", "LA9624-3", "LA9625-0", "LA9626-8")
MORPHOLOGY = {
    "adenocarcinoma": sct("35917007", "Adenocarcinoma, no subtype (morphologic abnormality)"),
    "small-cell": sct("74364000", "Small cell carcinoma"),
    "melanoma": sct("2092003", "Malignant melanoma, no International Classification of Diseases for Oncology subtype"),
}


class OncologyChart(Chart):
    """A chart with the words of oncology. Methods take ISO days and return the reference they made."""

    # --- cancers -------------------------------------------------------------------------------------------

    def condition(
        self,
        name: str,
        codings: Sequence[Resource],
        day: str,
        *,
        clinical: str | None = "active",
        verified: str | None = "confirmed",
        category: str = "problem-list-item",
        recorded: str | None = None,
        text: str = "",
        **more: Any,
    ) -> str:
        """A Condition; clinical or verified None leaves that status out, as billing diagnoses do."""
        body: Resource = {}
        if clinical:
            body["clinicalStatus"] = cat(clinical, "condition-clinical")
        if verified:
            body["verificationStatus"] = cat(verified, "condition-ver-status")
        body |= {"category": [cat(category, "condition-category")], "code": concept(*codings, text=text)}
        body |= {"onsetDateTime": day, "recordedDate": recorded or day, **more}
        return self.add("Condition", name, day, body)

    def primary(self, codings: Sequence[Resource], day: str, *, histology: str | None = None, **more: Any) -> str:
        """The primary cancer; in mCODE style with profile and morphology extension."""
        if self.mcode:
            more["meta"] = {"profile": [mcode("primary-cancer-condition")]}
            if histology:
                url, form = mcode("histology-morphology-behavior"), concept(MORPHOLOGY[histology])
                more["extension"] = [{"url": url, "valueCodeableConcept": form}]
        return self.condition("primary", codings, day, **more)

    def secondary(self, codings: Sequence[Resource], day: str, *, of: str | None = None, **more: Any) -> str:
        """A metastasis; in mCODE style with profile and, when given, its link to the primary."""
        if self.mcode:
            more["meta"] = {"profile": [mcode("secondary-cancer-condition")]}
            if of:
                url = "http://hl7.org/fhir/StructureDefinition/condition-related"
                more["extension"] = [{"url": url, "valueReference": {"reference": of}}]
        return self.condition("metastasis", codings, day, **more)

    def liver_metastasis(self, day: str, *, of: str | None = None, **more: Any) -> str:
        """Liver metastasis: SNOMED CT with an ICD translation in mCODE style, C78.7 alone in plain style."""
        c787 = icd("C78.7", "Secondary malignant neoplasm of liver and intrahepatic bile duct")
        snomed = sct("94381002", "Secondary malignant neoplasm of liver (disorder)")
        return self.secondary([snomed, c787] if self.mcode else [c787], day, of=of, **more)

    def billed(self, code: str, display: str, *days: str) -> None:
        """Encounter diagnoses that repeat a problem: no clinical status, no verification."""
        for day in days:
            coded = [icd(code, display)]
            self.condition("billed", coded, day, clinical=None, verified=None, category="encounter-diagnosis")

    def stage(self, day: str, group: str, t: str, n: str, m: str, *, pathologic: bool = False, focus: str) -> None:
        """TNM: a stage group Observation with T, N and M members (LOINC), values in words."""
        pathology, clinic = ("21902-2", "21899-0", "21900-6", "21901-4"), ("21908-9", "21905-5", "21906-3", "21907-1")
        codes = pathology if pathologic else clinic
        words = ("Stage group", "T category", "N category", "M category")
        edition = concept(sct("897275008", "AJCC Cancer Staging Manual, 8th edition"))
        members: list[str] = []
        for code, word, value in reversed(list(zip(codes, words, (group, t, n, m), strict=True))):
            body: Resource = {"status": "final", "category": [cat("laboratory")], "code": concept(loinc(code, word))}
            body |= {"focus": [{"reference": focus}], "effectiveDateTime": day, "method": edition}
            body["valueCodeableConcept"] = text_only(value)
            if value == "cM1":
                m1 = sct("1229903009", "American Joint Committee on Cancer cM1 (qualifier value)")
                body["valueCodeableConcept"] = concept(m1, text=value)
            if word == "Stage group":
                body["hasMember"] = [{"reference": member} for member in members]
                body["meta"] = {"profile": [mcode("tnm-stage-group")]}
            members.append(self.add("Observation", f"tnm-{word[0].lower()}", day, body))

    # --- judgement and fitness ------------------------------------------------------------------------------

    def ecog(self, *scores: tuple[str, int]) -> None:
        """ECOG performance status: valueInteger with its LOINC answer, or words in plain style."""
        for day, score in scores:
            body: Resource = {"status": "final", "category": [cat("survey")]}
            body |= {"code": concept(loinc("89247-1", "ECOG Performance Status score")), "effectiveDateTime": day}
            if self.mcode:
                body["meta"] = {"profile": [mcode("ecog-performance-status")]}
                body |= {"valueInteger": score, "interpretation": [concept(loinc(ECOG_ANSWERS[score]))]}
            else:
                body["valueString"] = f"ECOG {score}"
            self.add("Observation", "ecog", day, body)

    def board(self, day: str, answers: Mapping[str, Any]) -> None:
        """The tumour board form as filled in on one day: one Observation per question answered."""
        for code, given in answers.items():
            body: Resource = {"status": "final", "category": [cat("survey")]}
            body |= {"code": concept(coding(BOARD, code, QUESTIONS[code].words)), "effectiveDateTime": day}
            body |= {"performer": [self.by("surg")], **answer(code, given)}
            self.add("Observation", f"board-{code}", day, body)

    def progress(self, day: str, trend: str) -> None:
        """Cancer disease status as the oncologist judged it: improved, unchanged or worse."""
        body: Resource = {"meta": {"profile": [mcode("cancer-disease-status")]}, "status": "final"}
        body |= {"code": concept(loinc("97509-4", "Cancer Disease Progression")), "effectiveDateTime": day}
        body |= {"valueCodeableConcept": concept(ANSWERS[trend]), "performer": [self.by()]}
        self.add("Observation", "status", day, body)

    # --- biomarkers -----------------------------------------------------------------------------------------

    def variant(self, gene: str, day: str, protein: str | None, *, specimen: str = "tissue") -> str:
        """A Variant Observation: present with its protein change, or (protein None) absent."""
        parts = [("48018-6", "Gene studied [ID]", concept(GENES[gene]))]
        if protein and protein.startswith("p."):
            hgvs = concept(coding("http://varnomen.hgvs.org", protein), text=protein)
            parts.append(("48005-3", "Amino acid change (pHGVS)", hgvs))
        elif protein:
            parts.append(("48019-4", "DNA change type", text_only(protein)))
        parts.append(("48002-0", "Genomic source class", concept(loinc("LA6684-0", "Somatic"))))
        body: Resource = {"meta": {"profile": [mcode("genomic-variant")]}, "status": "final"}
        body |= {"category": [cat("laboratory")], "code": concept(loinc("69548-6", "Genetic variant assessment"))}
        body |= {"effectiveDateTime": day, "valueCodeableConcept": concept(ANSWERS["present" if protein else "absent"])}
        body["method"] = text_only("Sequencing" if specimen == "tissue" else "Sequencing of cell-free DNA in plasma")
        body["specimen"] = {"reference": self.specimen(specimen, day)}
        body["component"] = [
            {"code": concept(loinc(code, words)), "valueCodeableConcept": value} for code, words, value in parts
        ]
        return self.add("Observation", f"variant-{gene.lower()}", day, body)

    def specimen(self, kind: str, day: str) -> str:
        """The Specimen of a day's molecular tests, made once."""
        reference = f"Specimen/{self.key}{kind}-{day.replace('-', '')}"
        if reference not in self.taken:
            words = "Tumour tissue, formalin-fixed" if kind == "tissue" else "Plasma (cell-free DNA)"
            body: Resource = {"type": concept(local(kind.upper(), words)), "receivedTime": f"{day}T10:00:00Z"}
            self.add("Specimen", kind, day, body)
        return reference

    def result(self, test: str, day: str, value: str, **more: Any) -> str:
        """A named test: a LOINC answer when the value is one of ours, the words themselves otherwise."""
        body: Resource = {"status": "final", "category": [cat("laboratory")], "code": concept(PLAIN_TESTS[test])}
        if self.mcode:
            body["meta"] = {"profile": [mcode("tumor-marker-test")]}
        body["effectiveDateTime"] = day
        if value in ANSWERS:
            body["valueCodeableConcept"] = concept(ANSWERS[value])
        else:
            body["valueString"] = value
        return self.add("Observation", f"test-{test}", day, {**body, **more})

    def pdl1(self, day: str, percent: int) -> None:
        """PD-L1 tumour proportion score in percent."""
        value: Resource = {"value": percent, "unit": "%"} | ({"system": UCUM, "code": "%"} if self.mcode else {})
        body: Resource = {"status": "final", "category": [cat("laboratory")], "code": concept(PLAIN_TESTS["pdl1"])}
        body |= {"effectiveDateTime": day, "valueQuantity": value, "method": text_only("Clone 22C3, TPS")}
        self.add("Observation", "pdl1", day, body)

    # --- the liver in measures -------------------------------------------------------------------------------

    def lesion(self, day: str, centimetres: float, segment: Resource | None = None, unit: str = "cm") -> str:
        """One liver lesion's longest axis; with a segment, the lesion is a BodyStructure of its own."""
        size = centimetres if unit == "cm" else round(centimetres * 10)
        longest = {"value": size, "unit": unit, "system": UCUM, "code": unit}
        body: Resource = {"meta": {"profile": [mcode("tumor-size")]}, "status": "final"}
        body |= {"category": [cat("imaging")], "code": concept(loinc("21889-1", "Size Tumor"))}
        body |= {"effectiveDateTime": day, "bodySite": concept(LIVER)}
        if segment:
            place: Resource = {"patient": self.subject, "location": concept(segment)}
            place["morphology"] = concept(sct("14799000", "Neoplasm, metastatic (morphologic abnormality)"))
            made = self.add("BodyStructure", "lesion", day, place)
            body["focus"] = [{"reference": made}]
        part = concept(loinc("33728-7", "Size.maximum dimension in Tumor"))
        body["component"] = [{"code": part, "valueQuantity": longest}]
        return self.add("Observation", "size", day, body)

    def lesion_count(self, day: str, number: int) -> str:
        """How many liver metastases the best imaging shows."""
        body: Resource = {"status": "final", "category": [cat("imaging")]}
        body |= {"code": concept(sct("246206008", "Number of lesions (observable entity)")), "bodySite": concept(LIVER)}
        return self.add("Observation", "count", day, body | {"effectiveDateTime": day, "valueInteger": number})

    # --- treatment --------------------------------------------------------------------------------------------

    def gave(self, days: Sequence[str], doses: Mapping[str, str], *, why: str = "") -> None:
        """Infusions that were given: a MedicationAdministration for each drug on each day."""
        for day in days:
            for drug, dose in doses.items():
                body: Resource = {"status": "completed", "medicationCodeableConcept": concept(DRUGS[drug])}
                body |= {"effectiveDateTime": f"{day}T10:30:00Z", "dosage": {"text": dose}}
                if self.mcode:
                    body = {"meta": {"profile": [mcode("cancer-related-medication-administration")]}, **body}
                if why:
                    body["reasonReference"] = [{"reference": why}]
                self.add("MedicationAdministration", f"gave-{drug}", day, body)

    def takes(self, drug: str, start: str, end: str | None, dose: str, note: str = "") -> None:
        """A medicine taken at home: a MedicationStatement, and the MedicationRequest behind it."""
        what = concept(DRUGS[drug]) if drug in DRUGS else text_only(drug)
        period = {"start": start} | ({"end": end} if end else {})
        name = drug.split(maxsplit=1)[0].lower()
        body: Resource = {"status": "completed" if end else "active", "medicationCodeableConcept": what}
        body |= {"effectivePeriod": period, "dosage": [{"text": dose}]}
        if note:
            body["note"] = [{"text": note}]
        self.add("MedicationStatement", f"takes-{name}", start, body)
        self.ordered(what, start, dose, status="completed" if end else "active")

    def ordered(self, what: Resource, day: str, dose: str, *, status: str = "active") -> str:
        """A prescription."""
        body: Resource = {"status": status, "intent": "order", "medicationCodeableConcept": what}
        body |= {"authoredOn": day, "requester": self.by("onc"), "dosageInstruction": [{"text": dose}]}
        return self.add("MedicationRequest", "order", day, body)

    def did(self, name: str, codings: Sequence[Resource], day: str, *, text: str = "", intent: str = "") -> str:
        """A completed procedure; in mCODE style surgery carries its intent."""
        body: Resource = {"status": "completed", "code": concept(*codings, text=text), "performedDateTime": day}
        if self.mcode and intent:
            what = {"curative": "373808002", "palliative": "363676003"}[intent]
            body["meta"] = {"profile": [mcode("cancer-related-surgical-procedure")]}
            url = mcode("procedure-intent")
            body["extension"] = [{"url": url, "valueCodeableConcept": concept(sct(what, f"{intent.title()} intent"))}]
        return self.add("Procedure", name, day, body)

    # --- reports ------------------------------------------------------------------------------------------------

    def imaging(self, kind: str, day: str, findings: str, impression: str, **how: Any) -> str:
        """A radiology report: narrative in presentedForm, its impression also as conclusion.

        `html` true sends the narrative as text/html; `status` as given.
        """
        code, shelf = IMAGING[kind]
        title = str(code["display"])
        written = f"{title}\n\nFINDINGS:\n{findings}\n\nIMPRESSION:\n{impression}\n"
        form = {"contentType": "text/plain", "title": title}
        if how.get("html"):
            form["contentType"] = "text/html"
            paragraphs = "".join(f"<p>{line}</p>" for line in written.splitlines() if line)
            written = f"<html><body>{paragraphs}</body></html>"
        form["data"] = b64encode(written.encode()).decode()
        coded, shelf_coding = concept(code), loinc("LP29684-5", "Radiology")
        if not self.mcode:
            narrative = loinc("18782-3", "Radiology Study observation (narrative)")
            coded, shelf_coding = concept(narrative, text=title), coding(TERMINOLOGY + "v2-0074", shelf)
        body: Resource = {"status": how.get("status", "final"), "category": [concept(shelf_coding)], "code": coded}
        body |= {"effectiveDateTime": f"{day}T14:00:00Z", "issued": f"{day}T17:30:00Z"}
        body |= {"presentedForm": [form], "conclusion": impression}
        return self.add("DiagnosticReport", kind, day, body)

    def pathology(self, day: str, title: str, text: str) -> str:
        """A pathology report in words."""
        form = {"contentType": "text/plain", "title": title, "data": b64encode(text.encode()).decode()}
        body: Resource = {"status": "final", "category": [cat("SP", "v2-0074")], "code": text_only(title)}
        body |= {"effectiveDateTime": f"{day}T12:00:00Z", "presentedForm": [form]}
        body["conclusion"] = text.rsplit("\n", maxsplit=1)[-1]
        return self.add("DiagnosticReport", "pathology", day, body)
