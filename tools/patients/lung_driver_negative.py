"""Lung adenocarcinoma without a targetable driver, first line."""

from __future__ import annotations

from tools.patients.codes import icd, sct
from tools.patients.oncology import OncologyChart

__all__ = ["sofie"]


def sofie() -> OncologyChart:
    """A complete panel without a driver that has a first-line drug; PD-L1 5 percent."""
    chart = OncologyChart(
        "30-imagined-sofie",
        "TEST-006298",
        ("IMAGINED", "Sofie"),
        "female",
        "1962-06-08",
        style="mcode",
        shows="Lung adenocarcinoma without a targetable driver, first line: platinum, pemetrexed and immunotherapy",
    )
    chart.everyday(range(2021, 2026), (133, 80), 207, "smoker", "osteoporosis")
    chart.allergy("Trimethoprim", "2008-09-30")
    cancer = chart.primary(
        [
            sct("254626006", "Adenocarcinoma of lung (disorder)"),
            icd("C34.12", "Malignant neoplasm of upper lobe, left bronchus or lung"),
        ],
        "2026-10-12",
        histology="adenocarcinoma",
    )
    chart.liver_metastasis("2026-10-19", of=cancer)
    chart.secondary([sct("94222008", "Secondary malignant neoplasm of bone (disorder)")], "2026-10-19", of=cancer)
    chart.stage("2026-10-19", "Stage IVB", "cT2b", "cN2", "cM1", focus=cancer)
    chart.variant("KRAS", "2026-11-03", "p.Gly12Val")
    for gene in ("EGFR", "BRAF", "ROS1", "ALK", "MET", "RET", "ERBB2"):
        chart.variant(gene, "2026-11-03", None)
    chart.pdl1("2026-10-27", 5)
    chart.labs(
        ["2026-10-12", "2026-10-26", "2026-11-16"],
        hb=[12.9, 12.6, 12.4],
        wbc=[8.4, 8.2, 8.1],
        anc=[5.6, 5.4, 5.3],
        plt=[352, 341, 334],
        crea=[0.72, 0.73, 0.74],
        bili=[0.5, 0.6, 0.6],
        alb=[3.9, 3.8, 3.8],
        alt=[24, 27, 30],
        ast=[25, 28, 31],
        alp=[118, 126, 138],
        na=138,
    )
    chart.lab("inr", 1.0, "2026-11-16")
    chart.ecog(("2026-10-19", 1), ("2026-11-16", 1))
    chart.weights(["2026-05-04", "2026-11-16"], 67.0, 63.0)
    chart.imaging(
        "ct",
        "2026-10-19",
        "Left upper lobe mass 46 mm with mediastinal nodes. Two liver metastases, largest 24 mm. Lesions of T8 and L2.",
        "Lung carcinoma with two liver metastases and bone metastases.",
    )
    chart.lesion_count("2026-10-19", 2)
    chart.lesion("2026-10-19", 2.4)
    chart.board(
        "2026-11-10",
        {
            "resectability": "permanently-unresectable",
            "complete-removal-feasible": False,
            "cirrhosis-present": False,
            "portal-vein": "patent",
            "ascites": "none",
            "extrahepatic-disease": "extensive",
            "brain-metastases": "none",
            "lines-of-therapy": 0,
            "driver-panel-complete": True,
            "autoimmune-disease": "none",
            "histology-proven": True,
            "goals": "live-longer",
        },
    )
    return chart
