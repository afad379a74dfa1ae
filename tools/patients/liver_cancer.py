"""Hepatocellular carcinoma: a decompensated liver, a compensated one, and one after two lines of drugs."""

from __future__ import annotations

from tools.patients.chart import every
from tools.patients.codes import icd, sct
from tools.patients.oncology import OncologyChart

__all__ = ["ada", "goran", "yusuf"]


def ada() -> OncologyChart:
    """Decompensated cirrhosis, Child-Pugh C with 12 points: a chemoembolisation order has to be stopped."""
    chart = OncologyChart(
        "03-specimen-ada",
        "TEST-005230",
        ("SPECIMEN", "Ada"),
        "female",
        "1955-01-30",
        style="plain",
        shows="Hepatocellular carcinoma, decompensated liver, Child-Pugh C: supportive care, embolisation ruled out",
    )
    chart.everyday(range(2019, 2026), (112, 66), 148, "osteoporosis", "clavicle", "bronchitis")
    chart.allergy("Penicillin V", "1975-03-03")
    chart.primary([icd("C22.0", "Liver cell carcinoma")], "2026-08-17")
    chart.billed("C22.0", "Liver cell carcinoma", "2026-09-02", "2026-11-18")
    chart.condition("cirrhosis", [icd("K74.60", "Unspecified cirrhosis of liver")], "2018-05-14")
    chart.condition("hepatitis", [icd("B18.2", "Chronic viral hepatitis C")], "2009-04-02", clinical="resolved")
    chart.condition("hypertension", [icd("K76.6", "Portal hypertension")], "2021-06-07")
    varices = [icd("I85.10", "Secondary esophageal varices without bleeding")]
    chart.condition("varices", varices, "2021-06-21")
    chart.condition("ascites", [icd("R18.8", "Other ascites")], "2026-10-05")
    for drug, dose in (
        ("spironolactone 100 mg tablet", "One tablet daily"),
        ("furosemide 40 mg tablet", "One tablet daily"),
        ("propranolol 20 mg tablet", "One tablet twice daily"),
    ):
        chart.takes(drug, "2026-10-05", None, dose)
    labs = [*every("2021-06-07", "2026-03-02", 182), *every("2026-08-10", "2026-11-18", 20)]
    chart.labs(
        labs,
        bili=[1.0, 1.2, 1.7, 3.6],
        alb=[3.8, 3.6, 3.3, 2.6],
        inr=[1.1, 1.2, 1.3, 1.8],
        plt=[118, 96, 84, 62],
        na=[139, 138, 136, 131],
        crea=[0.80, 0.84, 0.92, 1.10],
        hb=[12.2, 11.8, 11.4, 10.4],
        anc=[2.6, 2.3, 2.2, 2.1],
        alt=[44, 40, 42, 52],
        ast=[58, 56, 62, 88],
        alp=[98, 104, 121, 190],
        afp=[6, 9, 84, 640],
    )
    chart.lab("bili-direct", 1.9, "2026-11-18")
    chart.ecog(("2026-08-17", 1), ("2026-11-17", 2))
    chart.weights(["2025-03-03", "2026-08-17", "2026-11-17"], 63.0, 61.0, 66.5)
    chart.imaging(
        "us",
        "2026-08-10",
        "Coarse nodular liver. New hypoechoic lesion of 34 mm in segment VIII.",
        "Cirrhosis with a new lesion of segment VIII. Multiphase CT advised.",
    )
    chart.imaging(
        "ct-liver",
        "2026-08-17",
        "Segment VIII 36 mm and segment V 18 mm, both with arterial enhancement, washout and capsule. Splenomegaly.\n"
        "Portal vein patent. Small amount of ascites.",
        "Two LR-5 lesions, 36 mm and 18 mm. Cirrhosis with portal hypertension.",
    )
    chart.imaging(
        "ct-liver",
        "2026-11-09",
        "Segment VIII 38 mm and segment V 19 mm. Portal vein patent. Large amount of ascites. No biliary dilatation.",
        "Two LR-5 lesions, largest 38 mm, little changed. Large ascites.",
    )
    chart.lesion_count("2026-11-09", 2)
    chart.lesion("2026-11-09", 3.8)
    chart.board(
        "2026-11-17",
        {
            "ascites": "moderate-severe",
            "encephalopathy": "none",
            "varices": "low-risk",
            "portal-vein": "patent",
            "vascular-invasion": "none",
            "biliary-obstruction": False,
            "extrahepatic-disease": "none",
            "bclc-stage": "D",
            "histology-proven": True,
            "lines-of-therapy": 0,
            "goals": "undecided",
        },
    )
    what = {"text": "Transarterial chemoembolisation, liver"}
    order = {"status": "draft", "intent": "order", "code": what, "authoredOn": "2026-11-20", "requester": chart.by()}
    chart.add("ServiceRequest", "tace", "2026-11-20", order)
    return chart


def yusuf() -> OncologyChart:
    """BCLC B, hepatitis B cirrhosis, Child-Pugh A with 6 points: embolisation fits, so do several drugs."""
    chart = OncologyChart(
        "18-replica-yusuf",
        "TEST-005938",
        ("REPLICA", "Yusuf"),
        "male",
        "1958-10-03",
        style="mcode",
        shows="Hepatocellular carcinoma BCLC B, compensated cirrhosis, Child-Pugh A6: embolisation and drugs both fit",
    )
    chart.everyday(range(2020, 2026), (128, 76), 171, "laceration", "prediabetes")
    chart.allergy("Ibuprofen", "2010-10-01")
    cirrhosis = sct("19943007", "Cirrhosis of liver (disorder)")
    chart.condition("cirrhosis", [cirrhosis, icd("K74.60", "Unspecified cirrhosis of liver")], "2019-03-11")
    chart.condition("hepatitis", [sct("61977001", "Chronic type B viral hepatitis (disorder)")], "2004-02-17")
    cancer = chart.primary(
        [sct("109841003", "Liver cell carcinoma (disorder)"), icd("C22.0", "Liver cell carcinoma")], "2026-09-14"
    )
    chart.result("hbsag", "2026-09-14", "positive")
    chart.takes("entecavir 0.5 mg tablet", "2012-06-01", None, "One tablet daily")
    labs = [*every("2021-03-08", "2026-03-09", 182), "2026-09-10", "2026-10-12", "2026-11-02", "2026-11-17"]
    chart.labs(
        labs,
        bili=[1.0, 1.1, 1.2, 1.4],
        alb=[4.0, 3.9, 3.7, 3.4],
        inr=[1.1, 1.1, 1.1, 1.2],
        plt=[140, 128, 118, 104],
        na=[140, 139, 139, 138],
        crea=[0.86, 0.88, 0.90, 0.92],
        hb=[14.2, 14.0, 13.6, 13.2],
        anc=[3.0, 2.9, 2.8, 2.9],
        alt=[34, 36, 40, 46],
        ast=[36, 38, 44, 54],
        alp=[84, 88, 98, 120],
        afp=[4, 6, 58, 210],
    )
    chart.ecog(("2026-09-14", 0), ("2026-11-16", 0))
    chart.weights(["2024-03-09", "2026-09-14", "2026-11-16"], 78.0, 77.0, 76.0)
    chart.imaging(
        "mr",
        "2026-09-14",
        "Four lesions with arterial enhancement and washout in segments IV, V, VII and VIII, largest 54 mm.",
        "Four LR-5 lesions in both lobes, largest 54 mm. No vascular invasion.",
    )
    chart.imaging(
        "ct",
        "2026-10-26",
        "Four liver lesions, largest 56 mm in segment VIII. Portal vein and hepatic veins patent. No ascites. "
        "No enlarged nodes. Lungs are clear.",
        "Four LR-5 lesions, largest 56 mm, both lobes. No vascular invasion, no disease outside the liver.",
    )
    chart.lesion_count("2026-10-26", 4)
    chart.lesion("2026-10-26", 5.6)
    scope = {"status": "completed", "code": {"text": "Upper endoscopy: two small varices without red signs"}}
    chart.add("Procedure", "endoscopy", "2026-10-07", {**scope, "performedDateTime": "2026-10-07"})
    chart.board(
        "2026-11-10",
        {
            "ascites": "none",
            "encephalopathy": "none",
            "varices": "low-risk",
            "portal-vein": "patent",
            "vascular-invasion": "none",
            "biliary-obstruction": False,
            "extrahepatic-disease": "none",
            "bclc-stage": "B",
            "lobes": "both",
            "liver-involvement-percent": 25,
            "histology-proven": True,
            "lines-of-therapy": 0,
            "autoimmune-disease": "none",
            "goals": "live-longer",
        },
    )
    chart.stage("2026-10-26", "Stage IIIA", "cT3", "cN0", "cM0", focus=cancer)
    return chart


def goran() -> OncologyChart:
    """BCLC C, Child-Pugh A with 5 points, AFP above 400, progressed on immunotherapy and then on sorafenib."""
    chart = OncologyChart(
        "25-mock-goran",
        "TEST-006147",
        ("MOCK", "Goran"),
        "male",
        "1959-05-21",
        style="plain",
        shows="Hepatocellular carcinoma after immunotherapy and sorafenib, AFP above 400: four later drugs fit",
    )
    chart.everyday(range(2022, 2026), (134, 79), 166, "laceration", "prediabetes")
    chart.allergy("Naproxen", "1999-08-08")
    chart.primary([icd("C22.0", "Liver cell carcinoma")], "2024-11-25")
    chart.billed("C22.0", "Liver cell carcinoma", "2025-01-13", "2026-11-16")
    chart.secondary([icd("C78.02", "Secondary malignant neoplasm of left lung")], "2024-12-02")
    chart.condition("cirrhosis", [icd("K74.60", "Unspecified cirrhosis of liver")], "2021-02-08")
    chart.condition("hepatitis", [icd("B18.2", "Chronic viral hepatitis C")], "2012-06-18", clinical="resolved")
    chart.result("hbsag", "2024-12-04", "negative")
    chart.gave(
        every("2025-01-13", "2025-09-22", 21),
        {"atezolizumab": "1200 mg IV", "bevacizumab": "15 mg/kg IV"},
        why="Condition/goran-primary-20241125",
    )
    chart.takes("sorafenib", "2025-10-20", "2026-11-02", "400 mg twice daily", "Taken without interruption.")
    labs = [*every("2024-11-27", "2026-09-07", 56), "2026-10-19", "2026-11-16"]
    chart.labs(
        labs,
        bili=[0.9, 1.0, 1.1],
        alb=[4.1, 4.0, 3.8],
        inr=[1.0, 1.1, 1.1],
        plt=[146, 132, 122],
        na=[140, 139, 138],
        crea=[0.90, 0.94, 0.95],
        hb=[14.0, 13.2, 12.6],
        anc=[3.4, 3.0, 3.1],
        alt=[52, 38, 48],
        ast=[60, 44, 63],
        alp=[128, 110, 162],
        afp=[880, 260, 1240],
    )
    chart.ecog(("2024-12-02", 0), ("2025-10-13", 1), ("2026-11-16", 1))
    chart.weights(["2024-12-02", "2025-10-13", "2026-11-16"], 84.0, 82.0, 79.5)
    scope = {"status": "completed", "code": {"text": "Upper endoscopy with band ligation of varices"}}
    chart.add("Procedure", "endoscopy", "2026-08-19", {**scope, "performedDateTime": "2026-08-19"})
    chart.imaging(
        "ct",
        "2024-11-25",
        "Five liver lesions with arterial enhancement and washout, largest 58 mm. Three nodules of the left lung.",
        "Five LR-5 lesions in both lobes. Lung metastases.",
    )
    chart.imaging("ct", "2025-06-02", "Largest liver lesion 44 mm. Lung nodules smaller.", "Partial response.")
    chart.imaging("ct", "2025-10-06", "Two new liver lesions. Lung nodules unchanged.", "Progression in the liver.")
    chart.imaging(
        "ct",
        "2026-10-26",
        "Seven liver lesions, largest 68 mm, about 35 percent of the liver. Portal vein patent. No ascites. "
        "Six nodules in both lungs, two of them new.",
        "Progression in liver and lungs. No vascular invasion.",
    )
    chart.lesion_count("2026-10-26", 7)
    chart.lesion("2026-10-26", 6.8)
    chart.board(
        "2026-11-10",
        {
            "ascites": "none",
            "encephalopathy": "none",
            "varices": "treated",
            "portal-vein": "patent",
            "vascular-invasion": "none",
            "biliary-obstruction": False,
            "extrahepatic-disease": "extensive",
            "bclc-stage": "C",
            "liver-involvement-percent": 35,
            "lines-of-therapy": 2,
            "latest-response": "progression",
            "sorafenib-tolerated": True,
            "autoimmune-disease": "none",
            "histology-proven": True,
            "goals": "live-longer",
        },
    )
    return chart
