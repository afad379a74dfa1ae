"""Colorectal cancer with few small liver metastases: surgery in a fit patient, ablation in a frail one."""

from __future__ import annotations

from tools.patients.chart import every
from tools.patients.codes import icd, sct
from tools.patients.oncology import OncologyChart

__all__ = ["joris", "wanda"]


def joris() -> OncologyChart:
    """Two small metastases two years after colectomy, everything known: surgery and ablation both fit."""
    chart = OncologyChart(
        "04-testcase-joris",
        "TEST-005311",
        ("TESTCASE", "Joris"),
        "male",
        "1962-08-21",
        style="mcode",
        shows="Resectable colorectal liver metastases with a complete tumour board form: surgery and ablation both fit",
    )
    chart.everyday(range(2020, 2026), (128, 79), 196, "laceration", "polyp", "hip")
    chart.allergy("Sulfonamide antibiotic", "1998-06-02")
    cancer = chart.primary(
        [
            sct("312113007", "Carcinoma of descending colon (disorder)"),
            icd("C18.6", "Malignant neoplasm of descending colon"),
        ],
        "2024-07-02",
        histology="adenocarcinoma",
    )
    chart.stage("2024-07-24", "Stage IIA", "pT3", "pN0", "cM0", pathologic=True, focus=cancer)
    colectomy = sct("43075005", "Partial resection of colon (procedure)")
    chart.did("surgery", [colectomy], "2024-07-15", text="Left hemicolectomy", intent="curative")
    chart.pathology(
        "2024-07-24",
        "Surgical pathology, descending colon",
        "Adenocarcinoma, moderately differentiated, 4.8 cm. No node of twenty-two involved. Clear margins.\npT3 pN0.",
    )
    chart.liver_metastasis("2026-10-21", of=cancer)
    chart.stage("2026-10-21", "Stage IVA", "cT0", "cN0", "cM1", focus=cancer)
    chart.variant("KRAS", "2026-10-30", None)
    chart.variant("NRAS", "2026-10-30", None)
    chart.variant("BRAF", "2026-10-30", None)
    chart.result("msi", "2024-08-05", "stable")

    days = ["2024-06-28", *every("2024-10-10", "2026-10-15", 92), "2026-11-02", "2026-11-16"]
    chart.labs(
        days,
        hb=[11.9, 13.8, 14.2, 14.0],
        wbc=[7.4, 6.5, 6.2, 6.4],
        anc=[4.8, 4.1, 4.0, 4.2],
        plt=[301, 238, 225, 220],
        crea=[0.92, 0.90, 0.91, 0.90],
        bili=[0.6, 0.7, 0.6, 0.7],
        alb=[3.9, 4.2, 4.2, 4.1],
        alt=[21, 26, 24, 25],
        ast=[20, 24, 23, 24],
        alp=[76, 80, 82, 91],
    )
    for day, value in zip(days, (9.8, 2.1, 1.9, 2.2, 2.0, 2.4, 2.3, 3.1, 5.6, 12.9, 16.4, 18.0), strict=True):
        chart.lab("cea", value, day)
    chart.labs(["2026-11-02", "2026-11-16"], inr=1.0, na=140)
    chart.result("hbsag", "2026-11-02", "negative")
    chart.ecog(("2024-07-02", 0), ("2025-10-16", 0), ("2026-11-16", 0))
    chart.weights(["2024-07-02", "2025-10-16", "2026-11-16"], 84.0, 86.5, 86.0)
    for day in ("2025-01-13", "2025-07-14", "2026-01-12"):
        chart.imaging(
            "ct-abdomen",
            day,
            "Status after left hemicolectomy. Liver without focal lesion. No enlarged lymph nodes.",
            "No evidence of recurrence.",
        )
    chart.imaging(
        "ct",
        "2026-10-21",
        "Two new hypodense lesions of the left lateral section, 25 mm in segment III and 14 mm in segment II.\n"
        "No enlarged nodes. Lungs are clear.",
        "Two new liver metastases in segments II and III. No disease outside the liver.",
    )
    chart.imaging(
        "mr",
        "2026-11-03",
        "Segment III 26 mm and segment II 14 mm, both with rim enhancement and no hepatobiliary uptake.\n"
        "Neither is within 10 mm of a central bile duct. Vessels patent.",
        "Two metastases, 26 mm in segment III and 14 mm in segment II. No further lesion.",
    )
    chart.imaging(
        "pet",
        "2026-11-06",
        "Two avid lesions of the left liver. Physiological uptake elsewhere.",
        "No disease outside the liver.",
    )
    chart.lesion_count("2026-11-03", 2)
    chart.lesion("2026-11-03", 2.6)
    chart.board(
        "2026-11-11",
        {
            "resectability": "resectable",
            "complete-removal-feasible": True,
            "flr-percent": 62,
            "liver-background": "normal",
            "cirrhosis-present": False,
            "lobes": "one",
            "ablatable": True,
            "near-large-vessel": False,
            "near-central-bile-duct": False,
            "portal-vein": "patent",
            "ascites": "none",
            "extrahepatic-disease": "none",
            "fit-for-major-surgery": True,
            "fit-for-anaesthesia": True,
            "primary-removed": True,
            "primary-controlled": True,
            "disease-free-months": 27,
            "histology-proven": True,
            "lines-of-therapy": 0,
            "dpyd-phenotype": "normal",
            "goals": "live-longer",
        },
    )
    return chart


def wanda() -> OncologyChart:
    """Eighty-one, ECOG 2, two small metastases: ablation or stereotactic radiotherapy instead of surgery."""
    chart = OncologyChart(
        "08-fixture-wanda",
        "TEST-005502",
        ("FIXTURE", "Wanda"),
        "female",
        "1945-07-03",
        style="mcode",
        shows="Two small colorectal liver metastases in a frail patient of 81: ablation where surgery does not fit",
    )
    chart.everyday(range(2018, 2026), (146, 80), 207, "af", "hip", "osteoporosis", "hypertension", "clavicle")
    chart.allergy("Codeine", "1990-02-02")
    cancer = chart.primary(
        [
            sct("301756000", "Adenocarcinoma of sigmoid colon (disorder)"),
            icd("C18.7", "Malignant neoplasm of sigmoid colon"),
        ],
        "2022-05-30",
        histology="adenocarcinoma",
    )
    chart.stage("2022-06-24", "Stage IIIA", "pT2", "pN1a", "cM0", pathologic=True, focus=cancer)
    colectomy = sct("43075005", "Partial resection of colon (procedure)")
    chart.did("surgery", [colectomy], "2022-06-14", text="Sigmoid colectomy", intent="curative")
    chart.result("msi", "2022-06-30", "stable")
    chart.liver_metastasis("2026-09-28", of=cancer)
    labs = ["2022-06-02", *every("2022-12-05", "2026-06-08", 182), "2026-09-24", "2026-10-26", "2026-11-13"]
    chart.labs(
        labs,
        hb=[11.2, 12.6, 12.4, 12.1],
        anc=[4.9, 4.0, 4.1, 4.0],
        plt=[290, 230, 222, 214],
        crea=[0.90, 0.98, 1.05, 1.10],
        bili=[0.6, 0.6, 0.7, 0.7],
        alb=[3.8, 3.9, 3.7, 3.6],
        alt=[18, 20, 21, 22],
        ast=[19, 21, 22, 24],
        alp=[80, 84, 88, 96],
        na=138,
        cea=[5.9, 2.1, 2.8, 17.5],
    )
    chart.lab("inr", 1.1, "2026-11-13")
    chart.ecog(("2022-06-02", 1), ("2025-06-09", 1), ("2026-10-26", 2), ("2026-11-13", 2))
    chart.weights(["2022-06-02", "2025-06-09", "2026-11-13"], 61.0, 57.5, 54.0)
    chart.takes("apixaban 2.5 mg tablet", "2020-11-03", None, "One tablet twice daily")
    chart.takes("bisoprolol 2.5 mg tablet", "2020-11-03", None, "One tablet daily")
    for day in ("2023-06-12", "2024-06-10", "2025-06-09"):
        chart.imaging(
            "ct-abdomen", day, "Liver without focal lesion. Simple cyst of the left kidney.", "No recurrence."
        )
    chart.imaging(
        "ct",
        "2026-09-28",
        "Two new hypodense liver lesions, 17 mm in segment VI and 10 mm in segment V. Lungs are clear.",
        "Two new liver lesions, probably metastases. No disease outside the liver.",
    )
    chart.imaging(
        "mr",
        "2026-10-20",
        "Segment VI 18 mm and segment V 11 mm, both typical of metastases, more than 15 mm from the hilum.",
        "Two metastases, 18 mm in segment VI and 11 mm in segment V.",
    )
    chart.lesion_count("2026-10-20", 2)
    chart.lesion("2026-10-20", 1.8, sct("277960005", "Couinaud hepatic segment VI"))
    chart.lesion("2026-10-20", 1.1, sct("277959000", "Couinaud hepatic segment V"))
    chart.board(
        "2026-11-05",
        {
            "resectability": "borderline",
            "complete-removal-feasible": True,
            "fit-for-major-surgery": False,
            "fit-for-anaesthesia": True,
            "flr-percent": 70,
            "liver-background": "normal",
            "cirrhosis-present": False,
            "ablatable": True,
            "near-large-vessel": False,
            "near-central-bile-duct": False,
            "extrahepatic-disease": "none",
            "metastases-total": 2,
            "primary-removed": True,
            "lines-of-therapy": 0,
            "histology-proven": True,
            "goals": "live-longer",
        },
    )
    return chart
