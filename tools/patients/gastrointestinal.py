"""Cancers of the stomach, the pancreas and the bile ducts, first line."""

from __future__ import annotations

from tools.patients.codes import icd, sct
from tools.patients.oncology import OncologyChart

__all__ = ["delia", "irma", "lukas"]


def irma() -> OncologyChart:
    """Cancer of the head of the pancreas; the bile duct was stented, the bilirubin is normal again."""
    chart = OncologyChart(
        "26-phantom-irma",
        "TEST-006182",
        ("PHANTOM", "Irma"),
        "female",
        "1964-08-30",
        style="plain",
        shows="Pancreatic cancer after a bile duct stent, fit, first line: either combination of drugs fits",
    )
    chart.everyday(range(2022, 2026), (126, 78), 201, "osteoporosis", "bronchitis")
    chart.allergy("Amoxicillin", "1988-05-12")
    chart.primary([icd("C25.0", "Malignant neoplasm of head of pancreas")], "2026-10-09")
    chart.billed("C25.0", "Malignant neoplasm of head of pancreas", "2026-10-14", "2026-11-16")
    chart.liver_metastasis("2026-10-09")
    stent = {"status": "completed", "code": {"text": "ERCP with metal stent of the common bile duct"}}
    chart.add("Procedure", "stent", "2026-10-01", {**stent, "performedDateTime": "2026-10-01"})
    chart.did("biopsy", [sct("86259008", "Biopsy of liver (procedure)")], "2026-10-13")
    chart.pathology(
        "2026-10-16",
        "Pathology report: liver biopsy",
        "Liver segment VI, needle biopsy.\nMetastasis of a ductal adenocarcinoma; the profile fits the pancreas.",
    )
    chart.labs(
        ["2026-09-29", "2026-10-05", "2026-10-14", "2026-10-26", "2026-11-16"],
        bili=[9.2, 5.4, 2.6, 1.3, 0.9],
        alp=[620, 440, 300, 204, 168],
        alt=[240, 160, 92, 60, 44],
        ast=[180, 120, 74, 51, 40],
        hb=[12.4, 12.1, 12.0, 11.9, 11.8],
        anc=[6.0, 5.6, 5.0, 4.8, 4.6],
        plt=[310, 300, 286, 270, 265],
        crea=[0.80, 0.76, 0.74, 0.72, 0.72],
        alb=[3.3, 3.3, 3.4, 3.5, 3.6],
        na=138,
        ca199=[4100, 2900, 2200, 1900, 1840],
    )
    chart.lab("inr", 1.0, "2026-11-16")
    chart.ecog(("2026-10-14", 1), ("2026-11-16", 1))
    chart.weights(["2026-04-20", "2026-09-29", "2026-11-16"], 71.0, 65.5, 62.0)
    chart.imaging(
        "ct",
        "2026-10-09",
        "Mass of the pancreatic head of 34 mm, stent in place. Five liver metastases in both lobes, largest 29 mm.\n"
        "Portal vein patent. No ascites. Lungs are clear.",
        "Carcinoma of the pancreatic head with five liver metastases.",
    )
    chart.lesion_count("2026-10-09", 5)
    chart.lesion("2026-10-09", 2.9)
    chart.board(
        "2026-11-12",
        {
            "resectability": "permanently-unresectable",
            "complete-removal-feasible": False,
            "cirrhosis-present": False,
            "portal-vein": "patent",
            "biliary-obstruction": False,
            "ascites": "none",
            "encephalopathy": "none",
            "extrahepatic-disease": "none",
            "lines-of-therapy": 0,
            "dpyd-phenotype": "normal",
            "symptom-burden": "moderate",
            "histology-proven": True,
            "goals": "live-longer",
        },
    )
    return chart


def lukas() -> OncologyChart:
    """Gastric adenocarcinoma: HER2 negative, PD-L1 combined positive score 8, stable; claudin 18.2 was not tested."""
    chart = OncologyChart(
        "27-notional-lukas",
        "TEST-006205",
        ("NOTIONAL", "Lukas"),
        "male",
        "1957-02-11",
        style="mcode",
        shows="HER2-negative gastric cancer, PD-L1 CPS 8, first line: chemo-immunotherapy fits, claudin untested",
    )
    chart.everyday(range(2021, 2026), (138, 82), 188, "hip", "sinusitis")
    chart.allergy("Doxycycline", "2001-01-20")
    cancer = chart.primary(
        [
            sct("363349007", "Malignant tumor of stomach (disorder)"),
            icd("C16.3", "Malignant neoplasm of pyloric antrum"),
        ],
        "2026-10-05",
        histology="adenocarcinoma",
    )
    chart.liver_metastasis("2026-10-12", of=cancer)
    chart.stage("2026-10-12", "Stage IVB", "cT3", "cN2", "cM1", focus=cancer)
    chart.result("her2-tissue", "2026-10-19", "Score 0 by immunohistochemistry")
    chart.result("pdl1-report", "2026-10-19", "CPS 8")
    chart.result("msi", "2026-10-19", "stable")
    chart.labs(
        ["2026-10-05", "2026-10-19", "2026-11-02", "2026-11-16"],
        hb=[10.2, 10.4, 10.6, 10.8],
        wbc=[7.6, 7.4, 7.1, 7.0],
        anc=[4.9, 4.7, 4.5, 4.4],
        plt=[330, 321, 309, 301],
        crea=[0.96, 0.98, 0.97, 0.98],
        bili=[0.6, 0.6, 0.7, 0.7],
        alb=[3.4, 3.4, 3.5, 3.5],
        alt=[28, 31, 33, 36],
        ast=[30, 32, 35, 38],
        alp=[132, 140, 148, 156],
        na=139,
    )
    chart.lab("inr", 1.0, "2026-11-16")
    chart.ecog(("2026-10-12", 1), ("2026-11-16", 1))
    chart.weights(["2026-05-18", "2026-10-12", "2026-11-16"], 82.0, 76.0, 75.0)
    chart.imaging(
        "ct",
        "2026-10-12",
        "Thickened antral wall with regional nodes. Eight liver metastases in both lobes, largest 38 mm. No ascites.",
        "Gastric carcinoma with eight liver metastases. No other distant disease.",
    )
    chart.lesion_count("2026-10-12", 8)
    chart.lesion("2026-10-12", 3.8)
    chart.board(
        "2026-11-09",
        {
            "resectability": "permanently-unresectable",
            "complete-removal-feasible": False,
            "ablatable": False,
            "cirrhosis-present": False,
            "portal-vein": "patent",
            "ascites": "none",
            "extrahepatic-disease": "none",
            "peritoneal-disease": False,
            "dpyd-phenotype": "normal",
            "lines-of-therapy": 0,
            "neuropathy-grade": 0,
            "autoimmune-disease": "none",
            "histology-proven": True,
            "goals": "live-longer",
        },
    )
    return chart


def delia() -> OncologyChart:
    """Intrahepatic bile duct cancer at the hilum with obstructed ducts and a bilirubin of 6.4 mg/dL."""
    chart = OncologyChart(
        "28-pretend-delia",
        "TEST-006231",
        ("PRETEND", "Delia"),
        "female",
        "1952-12-03",
        style="plain",
        shows="Intrahepatic bile duct cancer with obstructed ducts: drainage first, then chemo-immunotherapy",
    )
    chart.everyday(range(2022, 2026), (129, 74), 194, "hypertension", "clavicle")
    chart.allergy("Cefuroxime", "1996-02-28")
    chart.primary([icd("C22.1", "Intrahepatic bile duct carcinoma")], "2026-10-26")
    chart.billed("C22.1", "Intrahepatic bile duct carcinoma", "2026-11-02", "2026-11-17")
    chart.did("biopsy", [sct("86259008", "Biopsy of liver (procedure)")], "2026-10-21")
    chart.pathology(
        "2026-10-26",
        "Pathology report: liver biopsy",
        "Liver segment IV, needle biopsy.\nAdenocarcinoma of bile duct type; no other primary was found.",
    )
    chart.labs(
        ["2026-10-12", "2026-10-26", "2026-11-09", "2026-11-17"],
        bili=[1.6, 2.9, 4.8, 6.4],
        alp=[340, 420, 510, 560],
        alt=[70, 88, 104, 118],
        ast=[62, 80, 95, 108],
        alb=[3.6, 3.5, 3.4, 3.3],
        hb=[12.3, 12.2, 12.0, 11.9],
        anc=[4.8, 4.9, 5.0, 5.0],
        plt=[262, 256, 249, 244],
        crea=[0.82, 0.84, 0.86, 0.88],
        na=137,
        ca199=[410, 560, 790, 940],
    )
    chart.lab("bili-direct", 4.7, "2026-11-17")
    chart.lab("inr", 1.2, "2026-11-17")
    chart.ecog(("2026-10-26", 1), ("2026-11-17", 1))
    chart.weights(["2026-06-08", "2026-11-17"], 68.0, 63.0)
    chart.imaging(
        "mr",
        "2026-10-12",
        "Mass of 74 mm in segments IV and V reaching the hilum, with two satellites. Dilated ducts on both sides.\n"
        "Portal vein patent. No ascites.",
        "Intrahepatic cholangiocarcinoma at the hilum with two satellites and dilated ducts.",
    )
    chart.imaging("ct", "2026-11-03", "Ducts wider than before. Lungs are clear.", "No disease outside the liver.")
    chart.lesion_count("2026-10-12", 3)
    chart.lesion("2026-10-12", 7.4)
    chart.board(
        "2026-11-16",
        {
            "resectability": "permanently-unresectable",
            "complete-removal-feasible": False,
            "cirrhosis-present": False,
            "near-central-bile-duct": True,
            "biliary-obstruction": True,
            "portal-vein": "patent",
            "ascites": "none",
            "encephalopathy": "none",
            "extrahepatic-disease": "none",
            "lines-of-therapy": 0,
            "autoimmune-disease": "none",
            "histology-proven": True,
            "goals": "live-longer",
        },
    )
    return chart
