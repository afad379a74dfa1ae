"""Charts that test restraint: out of scope, two cancers, old results, a broken resource, a child, a death."""

from __future__ import annotations

from tools.patients.chart import every
from tools.patients.codes import icd, sct
from tools.patients.oncology import OncologyChart

__all__ = ["carlo", "elin", "emil", "otto", "rosa", "tess"]

C787 = ("C78.7", "Secondary malignant neoplasm of liver and intrahepatic bile duct")
SIGMOID = ("C18.7", "Malignant neoplasm of sigmoid colon")


def elin() -> OncologyChart:
    """Stage II colon cancer, operated; the liver lesion is a hemangioma: nothing to say."""
    chart = OncologyChart(
        "19-outline-elin",
        "TEST-006004",
        ("OUTLINE", "Elin"),
        "female",
        "1964-12-12",
        style="plain",
        shows="Colon cancer stage II with a liver hemangioma only: out of scope, so no cards",
    )
    chart.everyday(range(2018, 2026), (124, 75), 201, "sinusitis", "clavicle", "polyp")
    chart.allergy("Amoxicillin", "1996-01-30")
    stage = [{"summary": {"text": "Stage IIA"}, "type": {"text": "Pathologic stage group"}}]
    chart.primary([icd(*SIGMOID)], "2025-03-17", stage=stage)
    chart.billed(*SIGMOID, "2025-04-02", "2025-10-06", "2026-11-09")
    chart.condition(
        "lesion",
        [
            icd("D18.03", "Hemangioma of intra-abdominal structures"),
            sct("93469006", "Hemangioma of liver (disorder)"),
        ],
        "2025-03-24",
    )
    chart.did("surgery", [sct("43075005", "Partial resection of colon (procedure)")], "2025-04-02")
    chart.pathology(
        "2025-04-10",
        "Surgical pathology, sigmoid colon",
        "Adenocarcinoma of the sigmoid colon. None of twenty nodes involved. Margins clear.\npT3 pN0, stage IIA.",
    )
    labs = ["2025-03-20", *every("2025-07-07", "2026-11-09", 122)]
    chart.labs(
        labs,
        hb=[11.8, 13.4, 13.6],
        wbc=[6.9, 6.0, 6.1],
        anc=[4.4, 3.6, 3.7],
        plt=[288, 240, 236],
        crea=[0.70, 0.72, 0.72],
        bili=[0.5, 0.6, 0.6],
        alb=[4.1, 4.4, 4.4],
        alt=[19, 20, 21],
        ast=[18, 20, 20],
        alp=[70, 72, 74],
        na=140,
        cea=[4.4, 1.8, 1.9],
    )
    chart.ecog(("2025-03-20", 0), ("2026-11-09", 0))
    chart.weights(["2025-03-20", "2026-11-09"], 68.0, 70.5)
    chart.imaging(
        "mr",
        "2025-03-24",
        "Lesion of 31 mm in segment VII, bright on T2, with nodular peripheral enhancement filling in on delay.",
        "Typical hemangioma of segment VII, 31 mm. No metastasis.",
    )
    chart.imaging(
        "ct",
        "2026-11-09",
        "Hemangioma of segment VII, 31 mm, unchanged. No other liver lesion. Lungs are clear.",
        "No recurrence. Unchanged hemangioma.",
    )
    return chart


def carlo() -> OncologyChart:
    """Colon and lung cancer, both active; nobody has said which one the liver metastases came from."""
    chart = OncologyChart(
        "20-duplex-carlo",
        "TEST-006057",
        ("DUPLEX", "Carlo"),
        "male",
        "1957-07-30",
        style="plain",
        shows="Two active cancers, colon and lung, with liver metastases of unsettled origin: biopsy before any drug",
    )
    chart.everyday(range(2019, 2026), (139, 83), 222, "smoker", "hypertension", "bronchitis")
    chart.allergy("Penicillin V", "1970-06-06")
    chart.primary([icd(*SIGMOID)], "2025-11-10")
    lung = [icd("C34.11", "Malignant neoplasm of upper lobe, right"), sct("254626006", "Adenocarcinoma of lung")]
    chart.primary(lung, "2026-02-16")
    chart.billed(*SIGMOID, "2025-12-01", "2026-10-27")
    chart.billed("C34.11", "Malignant neoplasm of upper lobe, right bronchus or lung", "2026-03-09", "2026-10-27")
    chart.liver_metastasis("2026-10-20")
    chart.did("surgery", [sct("43075005", "Partial resection of colon (procedure)")], "2025-12-01")
    chart.result("kras", "2025-12-19", "Not detected")
    chart.result("msi", "2025-12-19", "MSS")
    chart.result("egfr", "2026-03-12", "No mutation detected")
    labs = ["2024-03-18", "2025-11-06", *every("2026-02-12", "2026-11-16", 40)]
    chart.labs(
        labs,
        hb=[14.2, 12.1, 13.1, 12.9],
        wbc=[7.7, 8.1, 7.6, 7.9],
        anc=[4.9, 5.3, 4.8, 5.0],
        plt=[238, 300, 256, 262],
        crea=[0.98, 1.00, 1.04, 1.05],
        bili=[0.6, 0.6, 0.6, 0.8],
        alb=[4.2, 3.9, 4.0, 3.7],
        alt=[24, 22, 25, 44],
        ast=[22, 21, 24, 42],
        alp=[78, 84, 86, 149],
        na=140,
        cea=[3.0, 12.0, 4.4, 36.0],
    )
    chart.lab("inr", 1.0, "2026-11-16")
    chart.ecog(("2026-02-16", 1), ("2026-11-16", 1))
    chart.weights(["2026-02-16", "2026-11-16"], 81.0, 78.0)
    chart.imaging(
        "ct",
        "2026-02-12",
        "Spiculated nodule of the right upper lobe, 27 mm. Liver without focal lesion.",
        "Suspected second primary in the right lung.",
    )
    chart.imaging(
        "ct",
        "2026-10-20",
        "Three new liver lesions, largest 33 mm in segment V. Lung nodule 29 mm. No ascites.",
        "New liver metastases. Origin from colon or lung cannot be told by imaging.",
    )
    return chart


def rosa() -> OncologyChart:
    """Fully worked up seven weeks ago, nothing since: every laboratory value and the ECOG are too old."""
    chart = OncologyChart(
        "21-archive-rosa",
        "TEST-006110",
        ("ARCHIVE", "Rosa"),
        "female",
        "1959-08-08",
        style="mcode",
        shows="RAS wild-type rectal cancer whose laboratory results, ECOG and imaging are all too old to decide on",
    )
    chart.everyday(range(2020, 2026), (129, 78), 210, "hip", "appendectomy")
    chart.allergy("Penicillin V", "1988-08-18")
    cancer = chart.primary(
        [sct("254582000", "Adenocarcinoma of rectum (disorder)"), icd("C20", "Malignant neoplasm of rectum")],
        "2026-08-24",
        histology="adenocarcinoma",
    )
    chart.liver_metastasis("2026-09-02", of=cancer)
    chart.stage("2026-09-04", "Stage IVA", "cT3", "cN1", "cM1", focus=cancer)
    for gene in ("KRAS", "NRAS", "BRAF"):
        chart.variant(gene, "2026-09-18", None)
    chart.result("msi", "2026-09-18", "stable")
    labs = [*every("2024-02-12", "2026-02-09", 182), "2026-08-25", "2026-09-14", "2026-10-02"]
    chart.labs(
        labs,
        hb=[13.1, 12.9, 12.2],
        anc=[3.9, 4.0, 4.4],
        plt=[240, 251, 284],
        crea=[0.76, 0.77, 0.78],
        bili=[0.5, 0.5, 0.6],
        alb=[4.2, 4.1, 3.9],
        alt=[20, 22, 33],
        ast=[20, 21, 30],
        alp=[76, 80, 122],
        na=140,
        inr=1.0,
        cea=[2.4, 9.0, 38.0],
    )
    chart.ecog(("2026-08-25", 1), ("2026-09-28", 1))
    chart.weights(["2026-02-09", "2026-09-28"], 71.0, 68.0)
    chart.imaging(
        "ct",
        "2026-09-02",
        "Rectal mass. Three liver metastases in both lobes, largest 29 mm. Lungs are clear.",
        "Rectal carcinoma with three liver metastases, largest 29 mm. No disease elsewhere.",
    )
    chart.lesion_count("2026-09-02", 3)
    chart.lesion("2026-09-02", 2.9)
    return chart


def emil() -> OncologyChart:
    """One allergy entry cannot be read: whatever an allergy could forbid must wait, the rest is unchanged."""
    chart = OncologyChart(
        "22-fragment-emil",
        "TEST-006162",
        ("FRAGMENT", "Emil"),
        "male",
        "1964-01-19",
        style="plain",
        shows="Left-sided RAS wild-type colorectal cancer, one unreadable allergy entry: allergies count as unknown",
    )
    chart.everyday(range(2020, 2026), (126, 79), 203, "polyp", "laceration")
    chart.primary([icd(*SIGMOID)], "2026-10-01")
    chart.billed(*SIGMOID, "2026-10-08", "2026-11-12")
    chart.liver_metastasis("2026-10-06")
    chart.billed(*C787, "2026-11-12")
    for test, value in (("kras", "Not detected"), ("nras", "Not detected"), ("braf", "Not detected"), ("msi", "MSS")):
        chart.result(test, "2026-10-26", value)
    labs = ["2023-09-18", "2025-03-18", "2026-10-02", "2026-10-23", "2026-11-12", "2026-11-18"]
    chart.labs(
        labs,
        hb=[14.6, 13.9, 13.2],
        wbc=[6.3, 6.8, 7.2],
        anc=[3.9, 4.2, 4.5],
        plt=[226, 258, 281],
        crea=[0.92, 0.92, 0.94],
        bili=[0.6, 0.7, 0.7],
        alb=[4.3, 4.1, 3.9],
        alt=[23, 30, 42],
        ast=[22, 28, 40],
        alp=[74, 112, 150],
        na=139,
        cea=[2.0, 74, 92],
    )
    chart.lab("inr", 1.0, "2026-11-18")
    chart.ecog(("2026-10-08", 0), ("2026-11-18", 0))
    chart.weights(["2025-03-18", "2026-11-18"], 84.0, 80.5)
    chart.imaging(
        "ct",
        "2026-10-06",
        "Sigmoid mass. Six liver metastases in both lobes, largest 45 mm. No ascites. Lungs are clear.",
        "Sigmoid carcinoma with six liver metastases, both lobes, largest 45 mm.",
    )
    chart.lesion_count("2026-10-28", 6)
    chart.lesion("2026-10-28", 4.5)
    chart.board(
        "2026-11-12",
        {
            "resectability": "permanently-unresectable",
            "complete-removal-feasible": False,
            "lobes": "both",
            "extrahepatic-disease": "none",
            "lines-of-therapy": 0,
            "dpyd-phenotype": "normal",
            "histology-proven": True,
            "goals": "live-longer",
        },
    )
    # Malformed on purpose: code must be a CodeableConcept, an import wrote it as words.
    broken = {"patient": chart.subject, "code": "Oxaliplatin, anaphylaxis", "recordedDate": "2019-05-05"}
    chart.add("AllergyIntolerance", "broken-allergy", "2019-05-05", broken)
    return chart


def tess() -> OncologyChart:
    """Sixteen years old: adults only."""
    chart = OncologyChart(
        "23-junior-tess",
        "TEST-006203",
        ("JUNIOR", "Tess"),
        "female",
        "2010-03-03",
        style="plain",
        shows="A patient of 16 with liver cancer: options are for adults and are withheld",
    )
    chart.everyday(range(2023, 2026), (108, 64), 152, "laceration", "whiplash")
    chart.allergy("Hazelnut", "2016-10-04")
    chart.primary(
        [icd("C22.0", "Liver cell carcinoma"), sct("253018005", "Fibrolamellar hepatocellular carcinoma (disorder)")],
        "2026-09-15",
    )
    chart.billed("C22.0", "Liver cell carcinoma", "2026-10-01", "2026-11-16")
    chart.labs(
        ["2026-09-10", "2026-10-12", "2026-11-16"],
        hb=[12.6, 12.4],
        anc=[4.1, 4.0],
        plt=[310, 322],
        crea=[0.55, 0.56],
        bili=[0.5, 0.6],
        alb=[4.2, 4.1],
        alt=[38, 44],
        ast=[41, 46],
        alp=[142, 150],
        inr=1.0,
        afp=[3, 3],
    )
    chart.ecog(("2026-11-16", 0))
    chart.weights(["2026-09-10", "2026-11-16"], 54.0, 53.5)
    chart.imaging(
        "mr",
        "2026-09-15",
        "Lobulated mass of 82 mm in the left liver with a central scar. No cirrhosis. Portal vein patent.",
        "Mass of the left liver, 82 mm, consistent with fibrolamellar carcinoma.",
    )
    return chart


def otto() -> OncologyChart:
    """Died on 8 November: no options for this record."""
    chart = OncologyChart(
        "24-memorial-otto",
        "TEST-006241",
        ("MEMORIAL", "Otto"),
        "male",
        "1949-12-24",
        style="plain",
        shows="A patient who has died: the record is read, options are withheld",
        died="2026-11-08T03:20:00Z",
    )
    chart.everyday(range(2019, 2026), (135, 76), 180, "hip", "hypertension", "af")
    chart.allergy("Penicillin V", "1960-01-01")
    chart.primary([icd(*SIGMOID)], "2024-05-06")
    chart.billed(*SIGMOID, "2024-06-03", "2026-10-12")
    chart.liver_metastasis("2025-07-14")
    chart.result("ras", "2025-07-29", "KRAS p.G12V detected")
    chart.labs(
        ["2024-05-02", "2025-07-10", *every("2025-10-06", "2026-10-26", 55)],
        hb=[13.0, 11.4, 9.2],
        anc=[4.4, 3.6, 6.8],
        plt=[260, 210, 120],
        crea=[0.95, 1.05, 1.90],
        bili=[0.6, 0.8, 6.4],
        alb=[4.0, 3.6, 2.2],
        alp=[86, 160, 540],
        cea=[6, 88, 2140],
    )
    chart.ecog(("2025-07-14", 1), ("2026-10-12", 3))
    chart.weights(["2025-07-14", "2026-10-12"], 80.0, 66.0)
    chart.imaging(
        "ct",
        "2026-10-06",
        "Liver replaced by metastases for the most part. Large ascites.",
        "Advanced liver metastases with ascites.",
    )
    return chart
