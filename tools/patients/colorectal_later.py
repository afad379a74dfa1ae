"""Colorectal cancer after treatment: BRAF second line, refractory KRAS G12C, RAS results that disagree."""

from __future__ import annotations

from tools.patients.chart import every
from tools.patients.codes import icd, sct
from tools.patients.oncology import OncologyChart

__all__ = ["bruno", "renske", "tibor"]

FOLFOX = {
    "oxaliplatin": "85 mg/m2 IV",
    "leucovorin": "400 mg/m2 IV",
    "fluorouracil": "400 mg/m2 bolus, 2400 mg/m2 over 46 h",
}
FOLFIRI = {
    "irinotecan": "180 mg/m2 IV",
    "leucovorin": "400 mg/m2 IV",
    "fluorouracil": "400 mg/m2 bolus, 2400 mg/m2 over 46 h",
}
BEV = {"bevacizumab": "5 mg/kg IV"}


def renske() -> OncologyChart:
    """BRAF V600E, progressed on FOLFOX and bevacizumab."""
    chart = OncologyChart(
        "06-dummy-renske",
        "TEST-005417",
        ("DUMMY", "Renske"),
        "female",
        "1963-09-17",
        style="mcode",
        shows="BRAF V600E colorectal cancer progressing after first line: encorafenib with cetuximab comes next",
    )
    chart.everyday(range(2021, 2026), (126, 76), 204, "sinusitis", "appendectomy")
    chart.allergy("Penicillin V", "1999-05-05")
    cancer = chart.primary(
        [sct("363406005", "Malignant neoplasm of colon (disorder)"), icd("C18.0", "Malignant neoplasm of cecum")],
        "2025-12-04",
        histology="adenocarcinoma",
    )
    chart.liver_metastasis("2025-12-09", of=cancer)
    belly = icd("C78.6", "Secondary malignant neoplasm of retroperitoneum and peritoneum")
    chart.secondary([belly], "2026-10-29", of=cancer)
    chart.stage("2025-12-12", "Stage IVA", "cT4a", "cN2", "cM1", focus=cancer)
    chart.did("biopsy", [sct("86259008", "Biopsy of liver (procedure)")], "2025-12-12")
    chart.variant("KRAS", "2025-12-22", None)
    chart.variant("NRAS", "2025-12-22", None)
    chart.variant("BRAF", "2025-12-22", "p.Val600Glu")
    chart.result("msi", "2025-12-22", "stable")

    cycles = every("2026-01-12", "2026-06-29", 14)
    maintenance = every("2026-07-13", "2026-10-05", 21)
    chart.gave(cycles, {**FOLFOX, **BEV}, why=cancer)
    chart.gave(maintenance, {"fluorouracil": FOLFOX["fluorouracil"], **BEV}, why=cancer)
    labs = ["2025-12-08", *every("2026-01-12", "2026-10-05", 28), "2026-10-30", "2026-11-16"]
    chart.labs(
        labs,
        hb=[11.4, 11.9, 11.6, 11.3],
        anc=[5.6, 3.1, 2.8, 4.0],
        plt=[340, 210, 168, 214],
        crea=[0.72, 0.75, 0.78, 0.80],
        bili=[0.5, 0.6, 0.7, 0.8],
        alb=[3.9, 4.0, 3.8, 3.6],
        alt=[30, 26, 34, 44],
        ast=[33, 28, 36, 47],
        alp=[150, 104, 122, 188],
        na=139,
    )
    chart.labs(labs, cea=[118, 41, 14, 19, 58, 154])
    chart.lab("inr", 1.0, "2026-11-16")
    chart.ecog(("2025-12-10", 0), ("2026-04-06", 1), ("2026-07-13", 1), ("2026-11-16", 1))
    chart.weights(["2025-12-10", "2026-04-06", "2026-11-16"], 67.0, 65.5, 63.0)
    chart.imaging(
        "ct",
        "2025-12-09",
        "Caecal mass with enlarged ileocolic nodes. Six liver metastases in both lobes, largest 42 mm. Lungs clear.",
        "Caecal carcinoma with six liver metastases, both lobes, largest 42 mm.",
    )
    chart.imaging(
        "ct",
        "2026-03-20",
        "Six liver metastases, largest now 27 mm from 42 mm. Caecal mass smaller. No new lesion.",
        "Partial response.",
    )
    chart.progress("2026-03-23", "improved")
    chart.imaging(
        "ct",
        "2026-06-26",
        "Six liver metastases, largest 28 mm, unchanged. No new lesion.",
        "Stable disease.",
    )
    chart.progress("2026-06-29", "unchanged")
    chart.imaging(
        "ct",
        "2026-10-29",
        "Liver metastases larger and more, eleven in both lobes, largest 51 mm. New nodules of the omentum.",
        "Progression in the liver: eleven metastases, largest 51 mm. New peritoneal metastases.",
    )
    chart.progress("2026-11-02", "worse")
    chart.lesion_count("2026-10-29", 11)
    chart.lesion("2026-10-29", 5.1)
    chart.board(
        "2026-11-04",
        {
            "resectability": "permanently-unresectable",
            "complete-removal-feasible": False,
            "extrahepatic-disease": "extensive",
            "peritoneal-disease": True,
            "lines-of-therapy": 1,
            "latest-response": "progression",
            "fluoropyrimidine-tolerated": True,
            "same-target-inhibitor-before": False,
            "neuropathy-grade": 1,
            "histology-proven": True,
            "goals": "live-longer",
        },
    )
    return chart


def tibor() -> OncologyChart:
    """Rectal cancer after FOLFOX and FOLFIRI, each with bevacizumab; KRAS G12C; painful liver."""
    chart = OncologyChart(
        "07-synthetic-tibor",
        "TEST-005440",
        ("SYNTHETIC", "Tibor"),
        "male",
        "1955-02-11",
        style="plain",
        shows="Refractory KRAS G12C colorectal cancer after two lines: later-line drugs and arterial treatment fit",
    )
    chart.everyday(range(2019, 2026), (138, 84), 189, "hypertension", "hip", "clavicle", "laceration")
    chart.allergy("Shellfish", "1985-07-19")
    chart.primary([icd("C20", "Malignant neoplasm of rectum")], "2023-08-21")
    chart.billed("C20", "Malignant neoplasm of rectum", "2023-09-04", "2024-06-10", "2025-06-02", "2026-11-09")
    chart.liver_metastasis("2023-08-29", clinical=None, recorded="2023-09-04")
    chart.condition("metastasis", [icd("C78.02", "Secondary malignant neoplasm of left lung")], "2026-10-22")
    chart.did("surgery", [sct("12827003", "Excision of part of rectum (procedure)")], "2024-02-13")
    chart.result("kras", "2023-09-11", "Detected p.G12C")
    chart.result("nras", "2023-09-11", "Not detected")
    chart.result("braf", "2023-09-11", "Not detected ")
    chart.result("msi", "2023-09-11", "MSS")
    chart.gave(every("2023-09-18", "2023-12-18", 14), {**FOLFOX, **BEV})
    chart.gave(every("2024-04-08", "2024-07-29", 14), {**FOLFOX, **BEV})
    chart.gave(every("2025-06-09", "2026-09-21", 21), {**FOLFIRI, **BEV})
    labs = ["2023-08-24", *every("2023-09-18", "2024-07-29", 42), *every("2024-11-04", "2025-06-09", 72)]
    labs += [*every("2025-07-21", "2026-09-21", 42), "2026-10-20", "2026-11-09", "2026-11-18"]
    chart.labs(
        labs,
        hb=[12.8, 11.9, 12.6, 11.8, 11.1],
        wbc=[7.2, 5.0, 5.9, 5.1, 5.4],
        anc=[4.7, 2.6, 3.3, 2.7, 2.9],
        plt=[265, 170, 205, 158, 142],
        crea=[0.88, 0.92, 0.95, 0.98, 1.02],
        bili=[0.6, 0.8, 0.7, 0.9, 1.1],
        alb=[4.0, 3.8, 4.0, 3.7, 3.4],
        alt=[28, 38, 30, 42, 56],
        ast=[26, 36, 29, 45, 68],
        alp=[128, 102, 118, 180, 262],
        cea=[64, 9.5, 24, 70, 412],
    )
    chart.lab("inr", 1.1, "2026-11-18")
    chart.ecog(("2023-08-24", 0), ("2024-07-29", 1), ("2025-06-09", 1), ("2026-07-20", 1), ("2026-11-18", 1))
    chart.weights(["2023-08-24", "2025-06-09", "2026-11-18"], 88.0, 84.0, 78.5)
    chart.takes("amlodipine 5 mg tablet", "2016-03-01", None, "One tablet daily")
    chart.takes("oxycodone 10 mg prolonged-release tablet", "2026-10-26", None, "One tablet twice daily")
    chart.imaging(
        "ct",
        "2023-08-29",
        "Rectal tumour with mesorectal nodes. Multiple liver metastases in both lobes, largest 58 mm. Lungs clear.",
        "Rectal carcinoma with multiple liver metastases.",
    )
    chart.imaging("ct", "2024-01-08", "Liver metastases smaller, largest 31 mm from 58 mm.", "Partial response.")
    chart.imaging(
        "ct",
        "2025-05-26",
        "Liver metastases larger again, largest 49 mm from 31 mm. No disease elsewhere.",
        "Progression in the liver.",
    )
    chart.imaging("ct", "2026-03-16", "Liver metastases unchanged, largest 47 mm.", "Stable disease.")
    chart.imaging(
        "ct",
        "2026-10-22",
        "Liver metastases larger, largest 72 mm in segment VIII reaching the capsule, about 45 percent of the liver "
        "replaced. Portal vein patent. No ascites. New 9 mm nodule of the left lower lobe.",
        "Progression in the liver, largest metastasis 72 mm. One new lung metastasis, 9 mm.",
        html=True,
    )
    chart.lesion("2026-10-22", 7.2, unit="mm")
    chart.board(
        "2026-11-11",
        {
            "resectability": "permanently-unresectable",
            "complete-removal-feasible": False,
            "liver-involvement-percent": 45,
            "portal-vein": "patent",
            "ascites": "none",
            "extrahepatic-disease": "limited-treatable",
            "lines-of-therapy": 2,
            "latest-response": "progression",
            "fluoropyrimidine-tolerated": True,
            "neuropathy-grade": 2,
            "capsular-pain": True,
            "symptom-burden": "moderate",
            "histology-proven": True,
            "goals": "live-longer",
        },
    )
    return chart


def bruno() -> OncologyChart:
    """Tissue says KRAS mutated, a later plasma test says nothing was found: that is a conflict, never wild type."""
    chart = OncologyChart(
        "09-placeholder-bruno",
        "TEST-005561",
        ("PLACEHOLDER", "Bruno"),
        "male",
        "1970-12-02",
        style="mcode",
        shows="RAS mutated in tissue, not detected in later plasma: sources disagree, so anti-EGFR needs data",
    )
    chart.everyday(range(2021, 2026), (124, 77), 214, "whiplash", "prediabetes")
    chart.allergy("House dust mite", "1994-10-10")
    cancer = chart.primary(
        [
            sct("301756000", "Adenocarcinoma of sigmoid colon (disorder)"),
            icd("C18.7", "Malignant neoplasm of sigmoid colon"),
        ],
        "2025-09-15",
        histology="adenocarcinoma",
    )
    chart.liver_metastasis("2025-09-18", of=cancer)
    chart.stage("2025-09-22", "Stage IVA", "cT3", "cN1", "cM1", focus=cancer)
    colectomy = sct("43075005", "Partial resection of colon (procedure)")
    chart.did("surgery", [colectomy], "2026-02-10", text="Sigmoid colectomy", intent="palliative")
    chart.variant("KRAS", "2025-09-29", "p.Gly13Asp")
    chart.variant("NRAS", "2025-09-29", None)
    chart.variant("BRAF", "2025-09-29", None)
    chart.result("msi", "2025-09-29", "stable")
    chart.variant("KRAS", "2026-11-06", None, specimen="plasma")
    chart.variant("NRAS", "2026-11-06", None, specimen="plasma")
    chart.gave(every("2025-10-13", "2026-01-05", 14), {**FOLFOX, **BEV}, why=cancer)
    chart.gave(every("2026-03-30", "2026-06-22", 14), {**FOLFOX, **BEV}, why=cancer)
    chart.gave(every("2026-07-06", "2026-09-28", 21), {"fluorouracil": FOLFOX["fluorouracil"], **BEV}, why=cancer)
    labs = ["2025-09-17", *every("2025-10-13", "2026-09-28", 28), "2026-10-19", "2026-11-17"]
    chart.labs(
        labs,
        hb=[13.0, 12.6, 12.9, 12.8],
        anc=[5.0, 3.0, 2.9, 3.6],
        plt=[298, 204, 176, 201],
        crea=[0.88, 0.90, 0.92, 0.93],
        bili=[0.5, 0.7, 0.7, 0.8],
        alb=[4.1, 4.1, 4.0, 3.9],
        alt=[34, 30, 33, 41],
        ast=[30, 28, 31, 40],
        alp=[140, 96, 104, 158],
        cea=[88, 14, 19, 97],
    )
    chart.lab("inr", 1.0, "2026-11-17")
    chart.ecog(("2025-09-17", 0), ("2026-03-23", 1), ("2026-11-17", 0))
    chart.weights(["2025-09-17", "2026-03-23", "2026-11-17"], 88.0, 85.5, 86.0)
    chart.imaging(
        "ct",
        "2025-09-18",
        "Sigmoid tumour. Eight liver metastases in both lobes, largest 39 mm. Lungs are clear.",
        "Sigmoid carcinoma with eight liver metastases, both lobes, largest 39 mm.",
    )
    chart.imaging("ct", "2026-01-12", "Eight metastases, largest now 25 mm from 39 mm.", "Partial response.")
    chart.progress("2026-01-13", "improved")
    chart.imaging("ct", "2026-06-25", "Eight metastases, largest 26 mm, unchanged.", "Stable disease.")
    chart.progress("2026-06-26", "unchanged")
    chart.imaging(
        "ct",
        "2026-10-16",
        "Nine metastases, one new in segment II, largest 44 mm in segment VIII. No enlarged nodes. Lungs are clear.",
        "Progression in the liver: nine metastases, largest 44 mm. No disease outside the liver.",
    )
    chart.progress("2026-10-19", "worse")
    chart.lesion_count("2026-10-16", 9)
    chart.lesion("2026-10-16", 4.4)
    chart.board(
        "2026-11-11",
        {
            "resectability": "permanently-unresectable",
            "complete-removal-feasible": False,
            "lobes": "both",
            "liver-involvement-percent": 30,
            "extrahepatic-disease": "none",
            "primary-removed": True,
            "lines-of-therapy": 1,
            "latest-response": "progression",
            "anti-egfr-antibody-before": False,
            "irinotecan-before": False,
            "dpyd-phenotype": "normal",
            "neuropathy-grade": 1,
            "histology-proven": True,
            "goals": "live-longer",
        },
    )
    return chart
