"""Colorectal cancer before any treatment for advanced disease: borderline, palliative, MSI-H."""

from __future__ import annotations

from tools.patients.chart import every
from tools.patients.codes import icd, sct
from tools.patients.oncology import OncologyChart

__all__ = ["ivo", "marit", "oona"]

NEVER = {"complete-removal-feasible": False, "resectability": "permanently-unresectable"}


def marit() -> OncologyChart:
    """Borderline resectable, RAS still with the laboratory; count and spread stand only in reports that disagree."""
    chart = OncologyChart(
        "01-example-marit",
        "TEST-004417",
        ("EXAMPLE", "Marit"),
        "female",
        "1962-03-14",
        style="mcode",
        shows="Borderline resectable colorectal liver metastases, RAS outstanding, INR too old, two reports disagree",
        key="",
        renames={
            "bili-20261119": "bil-1911",
            "inr-20261002": "inr-0210",
            "mr-20261109": "mri-0911",
            "ct-20261102": "ct-0211",
            "board-resectability-20261117": "res-1711",
            "variant-braf-20250320": "braf-2003",
            "ras-20261112": "ras-1211",
        },
    )
    chart.everyday(range(2022, 2026), (134, 82), 212, "appendectomy", "clavicle", "polyp", "hypertension", "hip")
    cancer = chart.primary(
        [
            sct("301756000", "Adenocarcinoma of sigmoid colon (disorder)"),
            icd("C18.7", "Malignant neoplasm of sigmoid colon"),
        ],
        "2025-03-02",
        histology="adenocarcinoma",
    )
    chart.stage("2025-03-20", "Stage IIIB", "pT3", "pN1b", "cM0", pathologic=True, focus=cancer)
    chart.liver_metastasis("2026-11-02", of=cancer)
    chart.stage("2026-11-02", "Stage IVA", "cTX", "cN0", "cM1", focus=cancer)

    colectomy = sct("43075005", "Partial resection of colon (procedure)")
    chart.did("surgery", [colectomy], "2025-03-12", text="Laparoscopic sigmoid colectomy", intent="curative")
    chart.pathology(
        "2025-03-20",
        "Surgical pathology, sigmoid colon",
        "Moderately differentiated adenocarcinoma of the sigmoid colon, 4.6 cm, through the muscularis propria.\n"
        "Two of nineteen nodes involved. Margins clear.\npT3 pN1b, R0.",
    )
    chart.variant("BRAF", "2025-03-20", None)
    chart.result("msi", "2025-03-20", "stable")
    capecitabine = "1250 mg/m2 twice daily, days 1 to 14 of 21, 8 cycles"
    chart.takes("capecitabine", "2025-04-22", "2025-09-30", capecitabine, "Adjuvant. Completed at full dose.")
    chart.takes("amlodipine 5 mg tablet", "2017-05-02", None, "One tablet daily")

    days = (
        "2025-02-20 2025-04-18 2025-06-20 2025-08-22 2025-10-17 2026-01-16 2026-04-20 2026-07-17 2026-10-02 2026-11-19"
    )
    course = {
        "cea": "21 4.2 3.1 2.8 2.9 3.4 4.8 11 31 48",
        "bili": "0.7 0.6 0.9 1.0 0.8 0.7 0.8 0.9 1.3 1.6",
        "alb": "4.1 3.8 3.9 4.0 4.2 4.2 4.1 4.0 3.8 3.7",
        "plt": "288 264 211 196 232 240 236 228 182 168",
        "hb": "11.2 11.6 12.3 12.4 12.9 13.1 13.2 13.0 12.6 12.3",
        "anc": "5.1 4.6 3.2 2.9 3.8 4.1 4.0 4.2 4.4 4.3",
        "crea": "0.78 0.80 0.82 0.84 0.80 0.79 0.81 0.82 0.84 0.85",
        "alt": "22 24 35 38 27 24 23 29 41 48",
        "ast": "20 22 33 36 25 22 21 27 44 52",
        "alp": "82 84 96 99 88 85 86 104 138 171",
        "na": "139 140 140 139 141 140 139 140 138 138",
    }
    for test, values in course.items():
        for day, value in zip(days.split(), values.split(), strict=True):
            chart.lab(test, float(value), day)
    for day in ("2025-02-20", "2026-10-02"):
        chart.lab("inr", 1.0, day)
    chart.ecog(("2025-02-24", 0), ("2025-06-20", 1), ("2026-01-16", 0), ("2026-11-17", 1))
    chart.weights(["2025-02-24", "2025-08-22", "2026-04-20", "2026-11-17"], 76.5, 73.0, 75.4, 72.0)

    chart.imaging(
        "ct",
        "2025-02-26",
        "Circumferential wall thickening of the sigmoid colon over 5 cm. Two enlarged mesenteric nodes.\n"
        "Liver: no focal lesion. Lungs are clear.",
        "Sigmoid colon carcinoma with regional nodes. No distant metastasis.",
    )
    for day in ("2025-10-20", "2026-04-22"):
        chart.imaging(
            "ct",
            day,
            "Status after sigmoid colectomy, anastomosis unremarkable. Liver without focal lesion. Lungs are clear.",
            "No evidence of recurrence.",
        )
    chart.imaging(
        "ct",
        "2026-11-02",
        "Five hypodense lesions, one of 9 mm in the left lobe. The largest, in segment VIII, measures 36 mm.\n"
        "No enlarged lymph nodes. No ascites. Lungs are clear. No lesion of the adrenal glands.",
        "Five hypodense lesions, one of 9 mm in the left lobe, new and consistent with metastases.\n"
        "No disease seen outside the liver.",
    )
    chart.imaging(
        "mr",
        "2026-11-09",
        "Four metastases: segment VIII 38 mm (previously 31 mm), segment VII 24 mm, segment VI 16 mm and segment "
        "IVa 11 mm.\nThe 9 mm focus described at CT in the left lobe is not seen.",
        "Four metastases: segment VIII 38 mm (previously 31 mm), segment VII 24 mm, segment VI 16 mm and segment "
        "IVa 11 mm. Both lobes involved.",
    )
    chart.add(
        "ServiceRequest",
        "ras",
        "2026-11-12",
        {
            "status": "active",
            "intent": "order",
            "code": {"text": "Extended RAS mutation analysis (KRAS and NRAS, exons 2 to 4)"},
            "authoredOn": "2026-11-12",
            "requester": chart.by(),
        },
    )
    chart.board(
        "2026-11-17",
        {
            "resectability": "borderline",
            "lines-of-therapy": 0,
            "fluoropyrimidine-tolerated": True,
            "primary-removed": True,
            "disease-free-months": 20,
            "neuropathy-grade": 1,
            "goals": "live-longer",
        },
    )
    return chart


def ivo() -> OncologyChart:
    """RAS-mutated, never resectable, lung metastases: first-line palliative treatment; cetuximab would harm."""
    chart = OncologyChart(
        "02-sample-ivo",
        "TEST-005102",
        ("SAMPLE", "Ivo"),
        "male",
        "1968-04-09",
        style="mcode",
        shows="RAS-mutated colorectal cancer, first-line palliative treatment: an anti-EGFR antibody is ruled out",
    )
    chart.everyday(range(2021, 2026), (142, 88), 228, "hypertension", "whiplash", "prediabetes", "smoker")
    chart.allergy("Penicillin V", "2009-03-11")
    cancer = chart.primary(
        [
            sct("312111009", "Carcinoma of ascending colon (disorder)"),
            icd("C18.2", "Malignant neoplasm of ascending colon"),
        ],
        "2026-10-14",
        histology="adenocarcinoma",
    )
    chart.liver_metastasis("2026-10-19", of=cancer)
    lungs = [sct("94391008", "Secondary malignant neoplasm of lung (disorder)")]
    chart.secondary(lungs, "2026-10-19", of=cancer)
    chart.stage("2026-10-19", "Stage IVB", "cT3", "cN1", "cM1", focus=cancer)
    chart.did("biopsy", [sct("86259008", "Biopsy of liver (procedure)")], "2026-10-27")
    chart.pathology(
        "2026-11-03",
        "Liver, core biopsy",
        "Metastatic adenocarcinoma, CK20 and CDX2 positive, consistent with colorectal origin.\n"
        "KRAS c.35G>A (p.Gly12Asp) detected, liver biopsy. NRAS, BRAF: no mutation. Mismatch repair proteins retained.",
    )
    chart.variant("KRAS", "2026-11-03", "p.Gly12Asp")
    chart.variant("NRAS", "2026-11-03", None)
    chart.variant("BRAF", "2026-11-03", None)
    chart.result("msi", "2026-11-03", "stable")
    chart.takes("ramipril 5 mg tablet", "2018-02-01", None, "One tablet daily")

    days = [*every("2024-05-06", "2026-05-04", 180), "2026-10-12", "2026-10-26", "2026-11-05", "2026-11-16"]
    chart.labs(
        days,
        hb=[14.1, 13.9, 12.0, 10.4],
        wbc=[6.4, 6.8, 8.1, 8.4],
        anc=[4.0, 4.2, 5.2, 5.5],
        plt=[240, 262, 330, 348],
        crea=[0.95, 0.97, 0.98, 0.98],
        na=[140, 139, 138, 138],
        bili=[0.6, 0.6, 0.8, 0.9],
        alb=[4.3, 4.2, 3.8, 3.6],
        alt=[24, 26, 44, 49],
        ast=[22, 25, 52, 58],
        alp=[70, 78, 190, 214],
    )
    chart.labs(["2026-10-12", "2026-11-05", "2026-11-16"], cea=[268, 312, 341], inr=1.1, ldh=[310, 352])
    chart.ecog(("2026-10-20", 1), ("2026-11-16", 1))
    chart.weights(["2024-05-06", "2025-11-03", "2026-10-20", "2026-11-16"], 91, 90.2, 85, 83.5)
    chart.pressure("2026-11-16", 136, 84)
    chart.imaging(
        "ct",
        "2026-10-19",
        "Stenosing mass of the ascending colon, 5 cm, with enlarged ileocolic nodes. Nine liver metastases in both "
        "lobes, the largest 64 mm in segment VII. Portal vein patent. Three nodules in both lungs up to 14 mm.",
        "Ascending colon carcinoma. Nine liver metastases, both lobes, largest 64 mm. Lung metastases.",
    )
    chart.lesion_count("2026-10-19", 9)
    chart.lesion("2026-10-19", 6.4)
    chart.board(
        "2026-11-10",
        {
            **NEVER,
            "lobes": "both",
            "liver-involvement-percent": 35,
            "extrahepatic-disease": "extensive",
            "lines-of-therapy": 0,
            "histology-proven": True,
            "dpyd-phenotype": "normal",
            "goals": "live-longer",
        },
    )
    chart.add(
        "MedicationRequest",
        "draft-folfiri",
        "2026-11-20",
        {
            "status": "draft",
            "intent": "order",
            "medicationCodeableConcept": {"text": "FOLFIRI, cycle 1"},
            "authoredOn": "2026-11-20",
            "requester": chart.by(),
        },
    )
    return chart


def oona() -> OncologyChart:
    """MSI-H, BRAF V600E, right-sided: the checkpoint inhibitor comes before everything else."""
    chart = OncologyChart(
        "05-practice-oona",
        "TEST-005388",
        ("PRACTICE", "Oona"),
        "female",
        "1959-05-06",
        style="plain",
        shows="MSI-H and BRAF V600E right-sided colorectal cancer, first line: immunotherapy before chemotherapy",
    )
    chart.everyday(range(2020, 2026), (130, 78), 221, "osteoporosis", "clavicle", "bronchitis")
    chart.allergy("Nickel", "2001-01-20")
    chart.primary([icd("C18.2", "Malignant neoplasm of ascending colon")], "2026-04-28")
    chart.billed("C18.2", "Malignant neoplasm of ascending colon", "2026-05-12", "2026-06-09", "2026-11-10")
    chart.liver_metastasis("2026-10-12")
    chart.billed("C78.7", "Secondary malignant neoplasm of liver and intrahepatic bile duct", "2026-11-10")
    chart.condition(
        "mistake",
        [icd("C50.412", "Malignant neoplasm of upper-outer quadrant of left female breast")],
        "2021-02-03",
        clinical=None,
        verified="entered-in-error",
    )
    chart.did("surgery", [sct("359571009", "Right colectomy (procedure)")], "2026-05-12")
    chart.pathology(
        "2026-05-20",
        "Surgical pathology, right colon",
        "Poorly differentiated adenocarcinoma with mucinous parts. Seven of twenty-four nodes involved.\n"
        "MLH1 and PMS2 lost, MSH2 and MSH6 intact.\npT4a pN2b, R0.",
    )
    chart.result("msi", "2026-05-27", "MSI-High")
    chart.result("braf", "2026-05-27", "positive")
    chart.result("ras", "2026-05-27", "No mutation detected")
    days = ["2025-03-18", "2026-04-24", "2026-05-18", *every("2026-06-15", "2026-11-17", 28)]
    chart.labs(
        days,
        hb=[13.0, 9.4, 11.2, 11.8],
        wbc=[6.0, 7.9, 6.6, 7.0],
        anc=[3.7, 5.0, 4.2, 4.5],
        plt=[262, 402, 310, 296],
        crea_si=[68, 70, 71, 71],
        bili_si=[9, 8, 10, 11],
        alb_si=[42, 36, 39, 38],
        alt=[19, 18, 31, 39],
        ast=[18, 19, 30, 41],
        alp=[74, 80, 118, 149],
        cea=[2.2, 14.5, 9.1, 61],
    )
    chart.lab("bili", 14.2, "2026-11-18", status="entered-in-error")
    chart.labs(["2026-11-17"], inr=1.0, na=139, k=4.2)
    chart.result("hbsag", "2026-11-03", "negative")
    chart.ecog(("2026-04-30", 1), ("2026-07-13", 0), ("2026-11-10", 1))
    chart.weights(["2025-03-18", "2026-05-04", "2026-11-10"], 68.0, 63.4, 62.0)
    chart.takes("alendronate 70 mg tablet", "2019-09-01", None, "One tablet weekly")
    chart.imaging(
        "ct",
        "2026-04-28",
        "Mass of the ascending colon, 6 cm, with enlarged ileocolic nodes. Liver without focal lesion.",
        "Ascending colon carcinoma, node positive. No distant metastasis.",
    )
    chart.imaging(
        "ct",
        "2026-10-12",
        "Seven liver metastases in both lobes, the largest 43 mm in segment V. No ascites. Lungs are clear.",
        "New liver metastases, seven, both lobes, largest 43 mm. No disease outside the liver.",
    )
    chart.imaging(
        "mr",
        "2026-10-29",
        "Seven lesions in segments II, IVa, V, VI and VIII, largest 45 mm in segment V. Contact with the middle "
        "hepatic vein over 2 cm.",
        "Seven metastases, largest 45 mm, both lobes.",
        html=True,
    )
    chart.lesion_count("2026-10-29", 7)
    chart.lesion("2026-10-29", 4.5, unit="mm")
    chart.board(
        "2026-11-12",
        {
            "resectability": "convertible",
            "complete-removal-feasible": False,
            "lobes": "both",
            "extrahepatic-disease": "none",
            "primary-removed": True,
            "histology-proven": True,
            "lines-of-therapy": 0,
            "dpyd-phenotype": "normal",
            "autoimmune-disease": "none",
            "goals": "live-longer",
        },
    )
    return chart
