"""Cutaneous melanoma, in a record without a tumour board form."""

from __future__ import annotations

from tools.patients.codes import icd, sct
from tools.patients.oncology import OncologyChart

__all__ = ["ruben"]


def ruben() -> OncologyChart:
    """BRAF V600E melanoma of the trunk; nobody recorded whether it was treated before."""
    chart = OncologyChart(
        "29-fiction-ruben",
        "TEST-006264",
        ("FICTION", "Ruben"),
        "male",
        "1971-07-19",
        style="mcode",
        shows="BRAF V600E melanoma of the skin, no board form: targeted drugs may fit, immunotherapy needs the lines",
    )
    chart.everyday(range(2022, 2026), (124, 76), 212, "whiplash", "appendectomy")
    chart.allergy("Bee venom", "1983-06-16")
    cancer = chart.primary(
        [
            sct("93655004", "Malignant melanoma of skin (disorder)"),
            icd("C43.59", "Malignant melanoma of other part of trunk"),
        ],
        "2023-03-20",
        histology="melanoma",
    )
    excision = {"status": "completed", "code": {"text": "Wide excision of the back with sentinel node biopsy"}}
    chart.add("Procedure", "excision", "2023-04-11", {**excision, "performedDateTime": "2023-04-11"})
    chart.liver_metastasis("2026-10-19", of=cancer)
    chart.secondary([sct("94391008", "Secondary malignant neoplasm of lung (disorder)")], "2026-10-19", of=cancer)
    chart.stage("2026-10-19", "Stage IV", "pT3b", "cN1", "cM1", focus=cancer)
    chart.variant("BRAF", "2026-11-02", "p.Val600Glu")
    chart.labs(
        ["2026-10-19", "2026-11-02", "2026-11-17"],
        hb=[14.4, 14.2, 14.1],
        wbc=[6.8, 6.7, 6.6],
        anc=[4.1, 4.0, 4.0],
        plt=[268, 262, 258],
        crea=[0.92, 0.94, 0.93],
        bili=[0.5, 0.6, 0.6],
        alb=[4.2, 4.1, 4.1],
        alt=[34, 38, 41],
        ast=[36, 39, 44],
        alp=[96, 104, 112],
        ldh=[330, 372, 412],
        na=140,
    )
    chart.lab("inr", 1.0, "2026-11-17")
    chart.ecog(("2026-10-19", 0), ("2026-11-17", 0))
    chart.weights(["2026-10-19", "2026-11-17"], 88.0, 87.0)
    chart.imaging(
        "ct",
        "2026-10-19",
        "Four liver metastases in both lobes, largest 31 mm. Nine lung metastases. Enlarged axillary nodes.",
        "Metastases of liver, lungs and axillary nodes.",
    )
    chart.lesion_count("2026-10-19", 4)
    chart.lesion("2026-10-19", 3.1)
    return chart
