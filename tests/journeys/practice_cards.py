"""Cards as the published contract describes them, for the practice EHR to draw."""

from __future__ import annotations

from typing import Any

_REASONS = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"


def card(**more: Any) -> dict[str, Any]:
    return {
        "uuid": "4f1c2a90-6a0e-4f0f-9a42-0d0f6e1f7b11",
        "summary": "Three treatments fit now; RAS result and four unconfirmed report facts would settle seven more "
        "options.",
        "indicator": "info",
        "source": {
            "label": "Hepatica, liver metastasis options",
            "url": "https://rules.example.org/about/rules",
            "topic": {"system": "https://rules.example.org/topics", "code": "overview"},
        },
        **more,
    }


def overview() -> dict[str, Any]:
    return card(
        detail="**Fits now, to consider:** chemotherapy around liver surgery, FOLFOX or CAPOX, FOLFIRI. Also: tumour "
        "board, early palliative care, goals of care.\n\n"
        "**Why:** borderline resectable (17 Nov 2026), MSS (20 Mar 2025), ECOG 1 (17 Nov 2026), no earlier line for "
        "metastatic disease.\n\n"
        "**Caution:** bilirubin 1.6 mg/dL (27 µmol/L, 19 Nov 2026). FOLFIRI: reduce, or another backbone; it stops "
        "above 2.0.\n\n"
        "**Not recorded, confirm before ordering:** hepatitis B, cirrhosis, ascites, encephalopathy, variceal "
        "bleeding, active infection.\n\n"
        "*Draft knowledge: no clinician has signed these rules off. Evaluation only. Rules 0.9.0-draft. Record read "
        "21 Nov 2026, 14:05.*",
        links=[
            {"label": "Open the rules", "url": "https://rules.example.org/about/rules", "type": "absolute"},
            {"label": "Open Hepatica for this patient", "url": "https://rules.example.org/launch", "type": "smart"},
        ],
        overrideReasons=[
            {"system": _REASONS, "code": "patient-ineligible", "display": "Not applicable to this patient"},
            {"system": _REASONS, "code": "patient-refuses", "display": "Patient preference"},
        ],
    )


def missing() -> dict[str, Any]:
    return card(
        uuid="4f1c2a90-6a0e-4f0f-9a42-0d0f6e1f7b12",
        summary="RAS pending since 12 Nov; four facts in imaging reports await your confirmation.",
        detail="**Needed, most useful first**\n\n"
        "1. **Confirm four facts from reports:** settles 4 options, narrows 6.\n"
        "2. **RAS (KRAS and NRAS, exons 2 to 4):** sent 12 Nov 2026, no result.\n"
        "3. **CT volumetry of the liver remnant:** narrows hepatectomy and three more.\n\n"
        "**From the chart, quoted:**\n\n"
        "- MRI liver, 9 Nov 2026: `Four metastases: segment VIII 38 mm (previously 31 mm), segment VII 24 mm`\n"
        "- CT, 2 Nov 2026: `Five hypodense lesions, one of 9 mm in the left lobe`\n\n"
        "*Draft knowledge. Evaluation only. Record read 21 Nov 2026, 14:05.*",
        selectionBehavior="any",
        suggestions=[
            {"label": "Draft: refer to liver tumour board", "uuid": "4f1c2a90-6a0e-4f0f-9a42-0d0f6e1f7b21"},
            {"label": "Draft: CT volumetry of the liver", "uuid": "4f1c2a90-6a0e-4f0f-9a42-0d0f6e1f7b22"},
        ],
    )


def conflict() -> dict[str, Any]:
    return card(
        uuid="4f1c2a90-6a0e-4f0f-9a42-0d0f6e1f7b13",
        summary="Cetuximab order conflicts with the record: RAS mutated, tissue result of 3 Nov 2026.",
        indicator="warning",
        detail="**Why:** in RAS-mutated colorectal cancer, cetuximab and panitumumab bring no benefit and may harm.",
    )
