"""Lung cancer after chemo-immunotherapy: KRAS G12C."""

from __future__ import annotations

from tools.patients.chart import every
from tools.patients.codes import icd, sct
from tools.patients.oncology import OncologyChart

__all__ = ["leila"]


def leila() -> OncologyChart:
    """KRAS G12C, progressed on carboplatin, pemetrexed and pembrolizumab; liver-dominant."""
    chart = OncologyChart(
        "13-pattern-leila",
        "TEST-005718",
        ("PATTERN", "Leila"),
        "female",
        "1960-11-02",
        style="mcode",
        shows="KRAS G12C lung adenocarcinoma after chemo-immunotherapy: the targeted drug before docetaxel",
    )
    chart.everyday(range(2020, 2026), (136, 81), 218, "smoker", "hypertension", "polyp")
    chart.allergy("Erythromycin", "2003-12-12")
    cancer = chart.primary(
        [
            sct("254626006", "Adenocarcinoma of lung (disorder)"),
            icd("C34.11", "Malignant neoplasm of upper lobe, right"),
        ],
        "2025-09-22",
        histology="adenocarcinoma",
    )
    chart.liver_metastasis("2025-09-29", of=cancer)
    chart.secondary(
        [sct("94161006", "Secondary malignant neoplasm of adrenal gland (disorder)")], "2025-09-29", of=cancer
    )
    chart.stage("2025-10-01", "Stage IVB", "cT2a", "cN1", "cM1", focus=cancer)
    chart.variant("KRAS", "2025-10-10", "p.Gly12Cys")
    for gene in ("EGFR", "BRAF", "ROS1", "ALK", "MET", "RET", "ERBB2"):
        chart.variant(gene, "2025-10-10", None)
    chart.pdl1("2025-10-06", 10)
    chart.gave(
        every("2025-10-20", "2025-12-22", 21),
        {"carboplatin": "AUC 5 IV", "pemetrexed": "500 mg/m2 IV", "pembrolizumab": "200 mg IV"},
        why=cancer,
    )
    chart.gave(
        every("2026-01-12", "2026-09-14", 21),
        {"pemetrexed": "500 mg/m2 IV", "pembrolizumab": "200 mg IV"},
        why=cancer,
    )
    labs = ["2025-09-23", *every("2025-10-20", "2026-09-14", 42), "2026-10-12", "2026-11-09", "2026-11-18"]
    chart.labs(
        labs,
        hb=[13.2, 11.2, 11.4, 11.6],
        anc=[5.2, 2.7, 3.0, 3.8],
        plt=[312, 190, 204, 232],
        crea=[0.74, 0.82, 0.88, 0.90],
        bili=[0.5, 0.6, 0.6, 0.8],
        alb=[4.0, 3.9, 3.9, 3.7],
        alt=[36, 28, 31, 52],
        ast=[34, 27, 30, 55],
        alp=[142, 98, 104, 188],
        na=139,
    )
    chart.lab("inr", 1.0, "2026-11-18")
    chart.ecog(("2025-09-24", 0), ("2026-04-06", 1), ("2026-11-18", 1))
    chart.weights(["2025-09-24", "2026-04-06", "2026-11-18"], 70.0, 68.0, 67.0)
    chart.imaging(
        "ct",
        "2025-09-29",
        "Right upper lobe mass 33 mm. Three liver metastases, largest 28 mm. Right adrenal metastasis 20 mm.",
        "Lung carcinoma with three liver metastases and a right adrenal metastasis.",
    )
    chart.imaging("ct", "2026-02-10", "Three liver metastases, largest 17 mm. Adrenal 12 mm.", "Partial response.")
    chart.progress("2026-02-11", "improved")
    chart.imaging("ct", "2026-06-16", "Liver metastases unchanged, largest 17 mm.", "Stable disease.")
    chart.progress("2026-06-17", "unchanged")
    chart.imaging(
        "ct",
        "2026-10-20",
        "Four liver metastases, one new, largest 34 mm from 17 mm. Adrenal metastasis 14 mm. Lung mass unchanged.",
        "Progression in the liver: four metastases, largest 34 mm.",
    )
    chart.progress("2026-10-21", "worse")
    chart.lesion_count("2026-10-20", 4)
    chart.lesion("2026-10-20", 3.4)
    chart.board(
        "2026-11-11",
        {
            "resectability": "permanently-unresectable",
            "complete-removal-feasible": False,
            "portal-vein": "patent",
            "ascites": "none",
            "extrahepatic-disease": "limited-treatable",
            "brain-metastases": "none",
            "lines-of-therapy": 1,
            "latest-response": "progression",
            "chemotherapy-before": True,
            "progressed-on-platinum": True,
            "same-target-inhibitor-before": False,
            "driver-panel-complete": True,
            "histology-proven": True,
            "goals": "live-longer",
        },
    )
    return chart
