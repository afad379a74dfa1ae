"""Lung cancer before treatment: EGFR, ALK, squamous and small cell."""

from __future__ import annotations

from tools.patients.chart import every
from tools.patients.codes import concept, icd, local, loinc, sct
from tools.patients.oncology import OncologyChart

__all__ = ["henrik", "kofi", "milan", "sanne"]

BONE = sct("94222008", "Secondary malignant neoplasm of bone (disorder)")


def sanne() -> OncologyChart:
    """EGFR L858R before any treatment."""
    chart = OncologyChart(
        "10-template-sanne",
        "TEST-005603",
        ("TEMPLATE", "Sanne"),
        "female",
        "1961-06-18",
        style="mcode",
        shows="EGFR L858R lung adenocarcinoma, first line: osimertinib, and immunotherapy ruled out by the driver",
    )
    chart.everyday(range(2021, 2026), (122, 74), 199, "sinusitis", "osteoporosis", "whiplash")
    chart.allergy("Grass pollen", "1979-05-01")
    cancer = chart.primary(
        [
            sct("254626006", "Adenocarcinoma of lung (disorder)"),
            icd("C34.11", "Malignant neoplasm of upper lobe, right"),
        ],
        "2026-10-05",
        histology="adenocarcinoma",
    )
    chart.liver_metastasis("2026-10-12", of=cancer)
    chart.secondary([BONE], "2026-10-12", of=cancer)
    chart.stage("2026-10-14", "Stage IVB", "cT2b", "cN2", "cM1", focus=cancer)
    chart.did("biopsy", [sct("86259008", "Biopsy of liver (procedure)")], "2026-10-19")
    chart.pathology(
        "2026-10-23",
        "Liver, core biopsy",
        "Adenocarcinoma, TTF-1 positive, consistent with lung origin.\nPD-L1 TPS 40 percent.",
    )
    chart.variant("EGFR", "2026-11-02", "p.Leu858Arg")
    for gene in ("KRAS", "BRAF", "ROS1", "ALK", "MET", "RET", "ERBB2"):
        chart.variant(gene, "2026-11-02", None)
    chart.pdl1("2026-10-23", 40)
    labs = [*every("2023-05-15", "2026-05-11", 180), "2026-10-06", "2026-10-26", "2026-11-16"]
    chart.labs(
        labs,
        hb=[13.4, 13.2, 12.4],
        anc=[3.9, 4.0, 5.1],
        plt=[248, 252, 318],
        crea=[0.70, 0.72, 0.74],
        bili=[0.6, 0.6, 0.7],
        alb=[4.3, 4.2, 3.9],
        alt=[18, 20, 41],
        ast=[19, 20, 39],
        alp=[72, 76, 168],
        na=140,
    )
    chart.labs(["2026-10-06", "2026-11-16"], inr=1.0, ldh=[266, 290], cea=[22, 31])
    chart.ecog(("2026-10-12", 1), ("2026-11-16", 1))
    chart.weights(["2025-05-11", "2026-10-12", "2026-11-16"], 64.0, 60.0, 59.5)
    chart.imaging(
        "ct",
        "2026-10-12",
        "Mass of the right upper lobe, 44 mm, with mediastinal adenopathy. Numerous liver metastases in both lobes, "
        "largest 31 mm. Lytic lesions of L2 and the right ilium.",
        "Lung carcinoma with liver and bone metastases. Numerous liver lesions, largest 31 mm.",
    )
    chart.lesion("2026-10-12", 3.1)
    chart.board(
        "2026-11-09",
        {
            "extrahepatic-disease": "extensive",
            "brain-metastases": "none",
            "lines-of-therapy": 0,
            "driver-panel-complete": True,
            "histology-proven": True,
            "goals": "live-longer",
        },
    )
    return chart


def kofi() -> OncologyChart:
    """ALK-rearranged, recorded in words, and no tumour board form at all: the driver alone is enough."""
    chart = OncologyChart(
        "11-prototype-kofi",
        "TEST-005644",
        ("PROTOTYPE", "Kofi"),
        "male",
        "1980-03-27",
        style="plain",
        shows="ALK-rearranged lung adenocarcinoma in a plain record without a board form: one coded driver decides",
    )
    chart.everyday(range(2022, 2026), (118, 72), 182, "laceration", "appendectomy")
    chart.allergy("Peanut", "1986-09-09")
    chart.primary(
        [
            icd("C34.31", "Malignant neoplasm of lower lobe, right"),
            sct("254626006", "Adenocarcinoma of lung (disorder)"),
        ],
        "2026-09-30",
    )
    chart.billed("C34.31", "Malignant neoplasm of lower lobe, right bronchus or lung", "2026-10-07", "2026-11-12")
    chart.liver_metastasis("2026-10-06")
    nodes = [icd("C77.1", "Secondary and unspecified malignant neoplasm of intrathoracic lymph nodes")]
    chart.condition("metastasis", nodes, "2026-10-06")
    chart.result("alk", "2026-10-28", "Positive")
    chart.result("egfr", "2026-10-28", "No mutation detected")
    ros1 = {"code": concept(local("ROS1-FISH", "ROS1 rearrangement by FISH")), "effectiveDateTime": "2026-10-28"}
    chart.add("Observation", "ros1", "2026-10-28", {"status": "final", **ros1, "valueString": "Negative"})
    chart.pdl1("2026-10-28", 90)
    labs = ["2022-09-18", "2024-09-18", *every("2026-10-02", "2026-11-18", 12)]
    chart.labs(
        labs,
        hb=[15.1, 14.0, 13.6],
        wbc=[6.1, 7.8, 8.0],
        anc=[3.7, 5.0, 5.2],
        plt=[231, 290, 301],
        crea=[0.90, 0.88, 0.87],
        bili=[0.7, 0.7, 0.8],
        alb=[4.5, 4.1, 4.0],
        alt=[22, 48, 61],
        ast=[20, 41, 55],
        alp=[66, 132, 171],
        na=140,
        k=4.1,
    )
    chart.lab("inr", 1.0, "2026-11-18")
    chart.ecog(("2026-10-07", 0), ("2026-11-18", 0))
    chart.weights(["2024-09-18", "2026-11-18"], 79.0, 74.5)
    chart.imaging(
        "ct",
        "2026-10-06",
        "Mass of the right lower lobe, 38 mm. Mediastinal adenopathy. At least six liver metastases, largest 26 mm.",
        "Lung carcinoma with at least six liver metastases.",
    )
    chart.imaging(
        "pet",
        "2026-10-14",
        "Avid lung mass, mediastinal nodes and liver lesions. No avid bone lesion.",
        "Avid disease of lung, mediastinum and liver.",
        html=True,
    )
    return chart


def henrik() -> OncologyChart:
    """Squamous, a former smoker, PD-L1 20 percent, EGFR never tested."""
    chart = OncologyChart(
        "12-model-henrik",
        "TEST-005690",
        ("MODEL", "Henrik"),
        "male",
        "1956-01-08",
        style="plain",
        shows="Squamous lung cancer with PD-L1 20 percent, first line: platinum and taxane with immunotherapy",
    )
    chart.everyday(range(2018, 2026), (144, 82), 230, "smoker", "hypertension", "bronchitis", "hip")
    chart.allergy("Adhesive plaster", "2012-04-04")
    chart.primary(
        [icd("C34.12", "Malignant neoplasm of upper lobe, left"), sct("254634000", "Squamous cell carcinoma of lung")],
        "2026-09-21",
    )
    chart.billed(
        "C34.12", "Malignant neoplasm of upper lobe, left bronchus or lung", "2026-10-01", "2026-10-22", "2026-11-12"
    )
    chart.liver_metastasis("2026-10-08")
    adrenal = [icd("C79.72", "Secondary malignant neoplasm of left adrenal gland")]
    chart.condition("metastasis", adrenal, "2026-10-08")
    chart.condition("past", [icd("Z85.89", "Personal history of malignant neoplasm of other organs")], "2012-02-10")
    chart.pathology(
        "2026-10-02",
        "Lung, bronchoscopic biopsy",
        "Keratinising squamous cell carcinoma, p40 positive.\nPD-L1 TPS 20 percent.",
    )
    chart.pdl1("2026-10-02", 20)
    labs = ["2023-03-20", "2024-09-23", "2026-03-23", *every("2026-09-22", "2026-11-17", 14)]
    chart.labs(
        labs,
        hb=[14.8, 13.6, 12.4],
        wbc=[7.9, 9.0, 9.8],
        anc=[5.1, 6.2, 6.9],
        plt=[252, 330, 366],
        crea=[1.02, 1.08, 1.10],
        bili=[0.5, 0.6, 0.7],
        alb=[4.1, 3.7, 3.5],
        alt=[24, 30, 38],
        ast=[22, 30, 41],
        alp=[84, 110, 152],
        na=[139, 138, 137],
    )
    chart.lab("bili-direct", 0.2, "2026-11-17")
    chart.lab("hba1c", 5.5, "2026-03-23")
    chart.ecog(("2026-10-01", 1), ("2026-11-17", 1))
    chart.weights(["2024-09-23", "2026-10-01", "2026-11-17"], 79.0, 73.0, 71.5)
    chart.takes("tiotropium 18 microgram inhaler", "2015-10-01", None, "One inhalation daily")
    chart.imaging(
        "ct",
        "2026-10-08",
        "Cavitating mass of the left upper lobe, 61 mm. Left hilar nodes. Four liver metastases, largest 35 mm. "
        "Left adrenal metastasis 28 mm.",
        "Lung carcinoma with liver and left adrenal metastases.",
    )
    chart.board(
        "2026-11-10",
        {
            "extrahepatic-disease": "extensive",
            "lines-of-therapy": 0,
            "autoimmune-disease": "none",
            "histology-proven": True,
            "neuropathy-grade": 0,
            "goals": "live-longer",
        },
    )
    return chart


def milan() -> OncologyChart:
    """Small cell lung cancer with a liver full of it: urgent first-line treatment."""
    chart = OncologyChart(
        "14-draft-milan",
        "TEST-005760",
        ("DRAFT", "Milan"),
        "male",
        "1960-04-25",
        style="plain",
        shows="Extensive small cell lung cancer, first line: histology sets the scope, symptoms forbid nothing",
    )
    chart.everyday(range(2020, 2026), (132, 80), 225, "smoker", "bronchitis", "hip")
    chart.allergy("Latex", "2008-08-08")
    chart.primary(
        [icd("C34.01", "Malignant neoplasm of right main bronchus"), sct("254632001", "Small cell carcinoma of lung")],
        "2026-11-03",
    )
    chart.liver_metastasis("2026-11-04")
    nodes = [icd("C77.1", "Secondary and unspecified malignant neoplasm of intrathoracic lymph nodes")]
    chart.condition("metastasis", nodes, "2026-11-04")
    chart.condition("metastasis", [icd("C79.51", "Secondary malignant neoplasm of bone")], "2026-11-04")
    chart.pathology(
        "2026-11-09",
        "Lung, endobronchial ultrasound biopsy",
        "Small cell carcinoma, synaptophysin and TTF-1 positive, Ki-67 95 percent.\nSmall cell carcinoma of the lung.",
    )
    labs = ["2022-09-18", "2024-03-18", "2025-09-18", "2026-11-04", "2026-11-10", "2026-11-18"]
    chart.labs(
        labs,
        hb=[15.0, 14.6, 12.8],
        wbc=[7.4, 8.0, 10.9],
        anc=[4.6, 5.1, 7.4],
        plt=[244, 258, 291],
        crea=[0.90, 0.92, 0.85],
        bili=[0.5, 0.6, 1.5],
        alb=[4.3, 4.1, 3.4],
        alt=[26, 28, 96],
        ast=[24, 26, 124],
        alp=[80, 84, 310],
        ldh=[190, 200, 1120],
        na=[140, 139, 127],
        k=4.0,
    )
    chart.lab("inr", 1.1, "2026-11-18")
    chart.ecog(("2026-11-04", 1), ("2026-11-18", 2))
    chart.weights(["2025-09-18", "2026-11-18"], 86.0, 77.0)
    karnofsky = {"code": concept(loinc("89243-0", "Karnofsky Performance Status score")), "valueInteger": 60}
    chart.add(
        "Observation", "karnofsky", "2026-11-18", {"status": "final", "effectiveDateTime": "2026-11-18", **karnofsky}
    )
    chart.imaging(
        "ct",
        "2026-11-04",
        "Right hilar mass 72 mm encasing the main bronchus, bulky mediastinal adenopathy. Liver enlarged and full of "
        "metastases, innumerable, largest 54 mm. Lytic lesions of the spine.",
        "Extensive disease: hilar mass, innumerable liver metastases, bone metastases.",
    )
    chart.board(
        "2026-11-18",
        {
            "extrahepatic-disease": "extensive",
            "lines-of-therapy": 0,
            "symptom-burden": "high",
            "autoimmune-disease": "none",
            "histology-proven": True,
            "goals": "live-longer",
        },
    )
    return chart
