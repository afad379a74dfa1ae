"""Other primaries with liver metastases: neuroendocrine, breast, uveal melanoma."""

from __future__ import annotations

from tools.patients.chart import every
from tools.patients.codes import concept, icd, sct
from tools.patients.oncology import OncologyChart

__all__ = ["greta", "nadia", "pieter"]


def nadia() -> OncologyChart:
    """Midgut NET with carcinoid syndrome, progressing on octreotide."""
    chart = OncologyChart(
        "15-exercise-nadia",
        "TEST-005812",
        ("EXERCISE", "Nadia"),
        "female",
        "1968-01-15",
        style="mcode",
        shows="Functional midgut neuroendocrine tumour progressing on octreotide: embolisation and radioligand fit",
    )
    chart.everyday(range(2020, 2026), (118, 70), 190, "sinusitis", "whiplash")
    chart.allergy("Wasp venom", "1991-07-07")
    cancer = chart.primary(
        [icd("C7A.012", "Malignant carcinoid tumor of the ileum"), sct("443492008", "Carcinoid tumor (disorder)")],
        "2023-02-06",
    )
    chart.secondary(
        [
            sct("94381002", "Secondary malignant neoplasm of liver (disorder)"),
            icd("C7B.02", "Secondary carcinoid tumors of liver"),
        ],
        "2023-02-13",
        of=cancer,
    )
    chart.stage("2023-02-20", "Stage IV", "pT3", "pN1", "cM1", focus=cancer)
    resection = {"text": "Resection of the terminal ileum with mesenteric nodes"}
    done = {"status": "completed", "code": resection, "performedDateTime": "2023-04-18"}
    chart.add("Procedure", "surgery", "2023-04-18", done)
    chart.gave(every("2023-05-22", "2026-10-30", 28), {"octreotide": "30 mg depot IM"}, why=cancer)
    labs = [*every("2023-02-08", "2026-08-10", 91), "2026-10-09", "2026-11-13"]
    chart.labs(
        labs,
        hb=[12.8, 12.9, 12.4],
        anc=[3.8, 3.9, 3.7],
        plt=[241, 236, 220],
        crea=[0.70, 0.74, 0.80],
        bili=[0.5, 0.5, 0.7],
        alb=[4.3, 4.2, 3.9],
        alt=[22, 24, 36],
        ast=[21, 23, 34],
        alp=[84, 90, 148],
        na=140,
        cga=[410, 260, 1150],
    )
    chart.lab("inr", 1.0, "2026-11-13")
    chart.ecog(("2023-02-20", 0), ("2025-02-05", 0), ("2026-11-13", 1))
    chart.weights(["2023-02-20", "2025-02-05", "2026-11-13"], 66.0, 64.5, 61.0)
    lvef = {"value": 61, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"}
    echo = {"status": "final", "code": concept(sct("250908004", "Left ventricular ejection fraction"))}
    chart.add("Observation", "lvef", "2026-10-20", {**echo, "effectiveDateTime": "2026-10-20", "valueQuantity": lvef})
    chart.imaging(
        "ct",
        "2023-02-13",
        "Mass of the terminal ileum with mesenteric fibrosis. Ten liver metastases in both lobes, largest 22 mm.",
        "Ileal neuroendocrine tumour with liver metastases in both lobes.",
    )
    chart.imaging("ct", "2025-02-03", "Liver metastases unchanged, largest 24 mm.", "Stable disease.")
    chart.imaging(
        "ct",
        "2026-10-19",
        "At least eighteen liver metastases in both lobes, largest 41 mm, about 45 percent of the liver. Portal vein "
        "patent. No ascites. No disease elsewhere.",
        "Progression in the liver, largest metastasis 41 mm, about 45 percent of the liver replaced.",
    )
    chart.imaging(
        "pet",
        "2026-10-26",
        "Somatostatin-receptor PET: all liver lesions with uptake well above normal liver. No other lesion.",
        "Receptor-positive liver metastases only.",
    )
    chart.progress("2026-10-30", "worse")
    chart.lesion_count("2026-10-19", 18)
    chart.lesion("2026-10-19", 4.1)
    chart.board(
        "2026-11-06",
        {
            "net-grade": "G2",
            "ki-67-percent": 6,
            "net-site": "midgut",
            "receptor-uptake": "above-liver",
            "net-progressing": True,
            "hormone-syndrome": True,
            "cirrhosis-present": False,
            "resectability": "permanently-unresectable",
            "complete-removal-feasible": False,
            "liver-involvement-percent": 45,
            "portal-vein": "patent",
            "ascites": "none",
            "extrahepatic-disease": "none",
            "primary-removed": True,
            "lines-of-therapy": 1,
            "histology-proven": True,
            "goals": "live-longer",
        },
    )
    return chart


def greta() -> OncologyChart:
    """Hormone-receptor-positive breast cancer after a CDK4/6 inhibitor, in a plain record without a board form."""
    chart = OncologyChart(
        "16-invented-greta",
        "TEST-005849",
        ("INVENTED", "Greta"),
        "female",
        "1961-09-09",
        style="plain",
        shows="Breast cancer with a PIK3CA mutation after palbociclib, no board form: some drugs fit, others need data",
    )
    chart.everyday(range(2017, 2026), (127, 77), 216, "osteoporosis", "polyp", "hypertension")
    chart.allergy("Tetracycline", "1984-11-11")
    breast = icd("C50.412", "Malignant neoplasm of upper-outer quadrant of left female breast")
    chart.primary([breast], "2016-03-14")
    chart.billed("C50.412", str(breast["display"]), "2016-04-05", "2023-11-20", "2026-11-11")
    chart.liver_metastasis("2024-01-15")
    chart.condition("metastasis", [icd("C79.51", "Secondary malignant neoplasm of bone")], "2024-01-15")
    chart.condition("receptor", [icd("Z17.0", "Estrogen receptor positive status [ER+]")], "2024-02-01")
    chart.add(
        "Procedure",
        "surgery",
        "2016-04-05",
        {"status": "completed", "code": {"text": "Left breast-conserving surgery"}, "performedDateTime": "2016-04-05"},
    )
    for test, value in (("er", "Positive"), ("pr", "Positive"), ("her2", "1+")):
        chart.result(test, "2024-01-29", value)
    chart.result("pik3ca", "2026-10-28", "Detected p.H1047R")
    chart.takes("tamoxifen", "2016-06-01", "2021-06-01", "20 mg daily", "Adjuvant, five years.")
    chart.takes("letrozole", "2024-02-12", "2026-10-19", "2.5 mg daily")
    chart.takes("palbociclib", "2024-02-12", "2026-10-19", "125 mg daily, days 1 to 21 of 28")
    labs = ["2023-11-20", *every("2024-02-12", "2026-10-19", 70), "2026-11-11"]
    chart.labs(
        labs,
        hb=[13.2, 12.0, 12.1, 12.0],
        wbc=[6.0, 3.6, 3.5, 4.6],
        anc=[3.7, 1.8, 1.7, 2.6],
        plt=[250, 190, 186, 205],
        crea=[0.72, 0.78, 0.80, 0.80],
        bili=[0.5, 0.5, 0.6, 0.7],
        alb=[4.2, 4.2, 4.1, 3.9],
        alt=[44, 24, 28, 57],
        ast=[40, 23, 27, 60],
        alp=[160, 92, 98, 176],
        ca153=[188, 61, 54, 240],
    )
    chart.labs(["2024-02-12", "2026-11-11"], hba1c=[5.5, 5.6])
    chart.ecog(("2024-01-15", 1), ("2025-06-16", 0), ("2026-11-11", 1))
    chart.weights(["2024-01-15", "2026-11-11"], 72.0, 70.0)
    chart.imaging(
        "ct",
        "2024-01-15",
        "Three liver metastases, largest 29 mm. Sclerotic lesions of T9 and L4.",
        "Liver and bone metastases.",
    )
    chart.imaging("ct", "2025-03-10", "Liver metastases 12 mm and 9 mm. Bone lesions sclerotic.", "Partial response.")
    chart.imaging(
        "ct",
        "2026-10-19",
        "Liver metastases larger and more, at least five, largest 36 mm. Bone lesions unchanged.",
        "Progression in the liver.",
    )
    return chart


def pieter() -> OncologyChart:
    """Uveal melanoma, liver only, a fifth of the liver, HLA-A*02:01."""
    chart = OncologyChart(
        "17-sandbox-pieter",
        "TEST-005871",
        ("SANDBOX", "Pieter"),
        "male",
        "1966-02-20",
        style="mcode",
        shows="Uveal melanoma with liver metastases only: liver perfusion and tebentafusp fit",
    )
    chart.everyday(range(2019, 2026), (131, 80), 209, "laceration", "whiplash", "hip")
    chart.allergy("Cephalexin", "2002-02-02")
    cancer = chart.primary(
        [
            sct("255021005", "Malignant melanoma of choroid (disorder)"),
            icd("C69.32", "Malignant neoplasm of left choroid"),
        ],
        "2021-05-10",
        histology="melanoma",
    )
    plaque = {
        "status": "completed",
        "code": concept(sct("152198000", "Brachytherapy (procedure)"), text="Ruthenium plaque, left eye"),
    }
    chart.add("Procedure", "plaque", "2021-06-01", {**plaque, "performedDateTime": "2021-06-01"})
    chart.liver_metastasis("2026-10-12", of=cancer)
    chart.stage("2026-10-12", "Stage IV", "cT2a", "cN0", "cM1", focus=cancer)
    chart.did("biopsy", [sct("86259008", "Biopsy of liver (procedure)")], "2026-10-20")
    chart.variant("GNAQ", "2026-11-02", "p.Gln209Leu")
    chart.variant("BRAF", "2026-11-02", None)
    labs = [*every("2021-11-08", "2026-05-11", 182), "2026-10-14", "2026-11-16"]
    chart.labs(
        labs,
        hb=[14.9, 14.6, 13.8],
        wbc=[6.2, 6.3, 6.6],
        anc=[3.7, 3.8, 3.9],
        plt=[228, 222, 210],
        crea=[0.94, 0.96, 0.98],
        bili=[0.6, 0.7, 0.8],
        alb=[4.4, 4.3, 4.1],
        alt=[25, 27, 39],
        ast=[23, 25, 37],
        alp=[70, 74, 112],
        ldh=[178, 184, 268],
        na=140,
    )
    chart.lab("inr", 1.0, "2026-11-16")
    chart.ecog(("2026-10-14", 0), ("2026-11-16", 0))
    chart.weights(["2024-05-13", "2026-10-14", "2026-11-16"], 86.0, 84.5, 84.0)
    for day in ("2023-05-08", "2025-05-12"):
        chart.imaging("mr", day, "No focal liver lesion.", "No liver metastasis.")
    chart.imaging(
        "mr",
        "2026-10-12",
        "Six lesions of melanin signal in both lobes, largest 39 mm in segment IV, about 20 percent of the liver.",
        "Six liver metastases, both lobes, largest 39 mm, about 20 percent of the liver.",
    )
    chart.imaging("pet", "2026-10-23", "Avid liver lesions. No avid lesion elsewhere.", "No disease outside the liver.")
    chart.lesion_count("2026-10-12", 6)
    chart.lesion("2026-10-12", 3.9)
    chart.board(
        "2026-11-09",
        {
            "resectability": "permanently-unresectable",
            "complete-removal-feasible": False,
            "ablatable": False,
            "liver-involvement-percent": 20,
            "lobes": "both",
            "portal-vein": "patent",
            "ascites": "none",
            "extrahepatic-disease": "none",
            "brain-metastases": "none",
            "fit-for-anaesthesia": True,
            "hla-a-02-01": True,
            "lines-of-therapy": 0,
            "autoimmune-disease": "none",
            "histology-proven": True,
            "goals": "live-longer",
        },
    )
    return chart
