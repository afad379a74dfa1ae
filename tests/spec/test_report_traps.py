"""The eighteen traps of reading imaging reports (ER-27): each is a test, named with its number."""

from __future__ import annotations

from decimal import Decimal

import pytest

from eligibility.facts import Bound, Scalar
from fhir_mappings.report_text.reading import read_report
from fhir_mappings.report_text.statements import Assertion, Reading

COUNT, SIZE, NATURE = "liver.lesion_count", "liver.max_diameter_cm", "liver.lesion_nature"


def read(text: str) -> Reading:
    return read_report(text, "radiology")


def values(text: str, fact: str) -> list[Scalar | None]:
    return [s.value for s in read(text).values if s.fact == fact]


def segments(text: str) -> set[str]:
    return {m.what for m in read(text).mentions if m.kind == "segment"}


def sites(text: str) -> dict[str, Assertion]:
    return {m.what: m.assertion for m in read(text).mentions if m.kind == "site"}


def test_01_a_size_after_a_segment_is_no_second_segment() -> None:
    text = "Liver metastasis in segment VI, 1.8 cm."
    assert {"6"} == segments(text)
    assert [Decimal("1.8")] == values(text, SIZE)


def test_02_two_segments_with_their_sizes_in_parentheses_are_both_read() -> None:
    text = "Liver metastases in segments IVa (1.4 cm) and VIII (9 mm)."
    assert {"4a", "8"} == segments(text)
    assert [Decimal("1.4")] == values(text, SIZE)
    assert ["bilobar"] == values(text, "liver.distribution")


@pytest.mark.parametrize("words", ["Retroperitoneal mass of 5 cm.", "Bulky retroperitoneal nodal metastases."])
def test_03_retroperitoneal_is_not_peritoneal(words: str) -> None:
    assert [] == values(words, "dx.peritoneal")
    assert "peritoneum" not in sites(words)


def test_04_words_between_number_and_noun_do_not_hide_the_number() -> None:
    text = "Liver: Solitary 1.1 cm enhancing lesion."
    assert [Decimal(1)] == values(text, COUNT)
    assert [Decimal("1.1")] == values(text, SIZE)


def test_05_two_single_lesions_of_one_sentence_are_two() -> None:
    text = "Stable 2.0 x 1.7 cm lesion in segment 6/7 and stable 1.2cm lesion in segment 4A."
    assert [Decimal(2)] == values(text, COUNT)
    assert [Decimal("2.0")] == values(text, SIZE)
    assert {"6", "7", "4a"} == segments(text)


@pytest.mark.parametrize(
    "words, cm",
    [
        ("Liver metastases, largest now 3.3 cm from 4.9 cm.", "3.3"),
        ("Liver metastasis 2.6 cm (previously 4.1 cm).", "2.6"),
        ("Liver metastasis 9 mm, prior 31 mm.", "0.9"),
        ("Liver metastasis 26 mm, was 2.4 cm.", "2.6"),
        ("Liver metastasis decreased from 4.9 to 3.3 cm.", "3.3"),
        ("Liver metastasis, 31 mm in June, 22 mm today.", "2.2"),
        ("Liver metastasis 1.5 -> 1.1 cm.", "1.1"),
        ("Liver metastasis has grown by 5 mm to 21 mm.", "2.1"),
        ("Liver metastases 1.4 cm and 0.9 cm, before 2.5 cm and 1.7 cm.", "1.4"),
    ],
)
def test_06_sizes_of_an_earlier_scan_are_not_current(words: str, cm: str) -> None:
    assert [Decimal(cm)] == values(words, SIZE)


def test_07_a_fifth_lesion_after_four_treated_ones_makes_five() -> None:
    text = "Four treated metastases in the right liver lobe are unchanged. A fifth lesion in segment 3 is new."
    assert [Decimal(5)] == values(text, COUNT)


def test_07_lesions_that_are_no_longer_avid_are_not_affirmed_disease() -> None:
    text = "PET-CT. The liver lesions are no longer avid."
    assert [] == values(text, COUNT)
    assert [] == values(text, NATURE)


def test_08_site_words_keep_their_certainty() -> None:
    text = "Indeterminate 4 mm middle lobe nodule. Mediastinal adenopathy."
    assert {"lymph nodes": Assertion.AFFIRMED} == sites(text)
    assert [] == [s.fact for s in read(text).values]


def test_09_no_new_lesion_does_not_mean_no_lesions() -> None:
    text = "No new hepatic lesion."
    assert [] == values(text, COUNT)
    assert [] == values(text, NATURE)


@pytest.mark.parametrize(
    "words",
    [
        "Liver metastasis cannot be excluded.",
        "A liver metastasis is not to exclude.",
        "Cannot rule out liver metastases.",
    ],
)
def test_09_what_cannot_be_excluded_is_not_known(words: str) -> None:
    assert () == read(words).values
    assert Assertion.UNCERTAIN in {s.assertion for s in read(words).statements if s.fact == NATURE}


@pytest.mark.parametrize(
    "words",
    [
        "The two previously seen liver metastases in segments 5 and 8 have resolved.",
        "The liver lesion described on the outside report is not seen.",
    ],
)
def test_10_lesions_that_have_resolved_or_are_not_seen_are_none(words: str) -> None:
    assert [] == values(words, NATURE)
    assert [] == [v for v in values(words, COUNT) if v != Decimal(0)]
    assert [] == values(words, SIZE)


@pytest.mark.parametrize(
    "thing",
    ["cyst", "hemangioma", "haemangioma", "focal nodular hyperplasia", "adenoma", "area of focal fat", "ablation zone",
     "post-treatment cavity", "ablation cavity", "biloma"],
)  # fmt: skip
@pytest.mark.parametrize(
    "frame", ["Liver: 3.4 cm {} in segment 2.", "Liver: {} in segment 2, 3.4 cm.", "In the liver a {} measures 3.4 cm."]
)
def test_11_sizes_of_benign_and_treated_things_are_no_lesion_sizes(thing: str, frame: str) -> None:
    text = frame.format(thing)
    assert [] == values(text, SIZE)
    assert [] == [v for v in values(text, COUNT) if v != Decimal(0)]


def test_12_an_open_portal_vein_is_open() -> None:
    assert ["none"] == values("Portal vein patent.", "liver.pvt")


def test_12_a_thin_vein_without_definite_thrombus_is_not_known() -> None:
    assert [] == values("Portal vein branches attenuated without definite thrombus.", "liver.pvt")


@pytest.mark.parametrize("kind", ["Bland thrombosis", "Chronic thrombosis"])
def test_12_bland_thrombosis_is_thrombosis_and_no_invasion(kind: str) -> None:
    text = f"HCC. {kind} of the main portal vein."
    assert ["main"] == values(text, "liver.pvt")
    assert [] == values(text, "liver.macrovascular_invasion")


@pytest.mark.parametrize(
    "words", ["Tumour thrombus in the right portal vein.", "Tumor in vein involving the right portal vein."]
)
def test_12_tumour_in_vein_is_invasion(words: str) -> None:
    text = f"HCC in segment 8. {words}"
    assert ["branch"] == values(text, "liver.pvt")
    assert ["branch"] == values(text, "liver.macrovascular_invasion")


def test_12_cavernous_transformation_is_neither_open_nor_a_known_extent() -> None:
    reading = read("Cavernous transformation of the portal vein.")
    assert () == reading.values
    assert ["cavernous transformation: an older occlusion, its extent not stated"] == [
        s.why for s in reading.statements if s.fact == "liver.pvt"
    ]


def test_13_a_relatives_metastases_are_not_the_patients() -> None:
    reading = read("The patient's mother had liver metastases.")
    assert () == reading.values
    assert {Assertion.FAMILY} == {s.assertion for s in reading.statements}


@pytest.mark.parametrize(
    "size, cm",
    [
        ("12 mm", "1.2"), ("1.2cm", "1.2"), ("1.2 cm", "1.2"), ("1,2 cm", "1.2"), ("2.0 x 1.7 x 1.5 cm", "2.0"),
        ("20 x 17 mm", "2.0"), ("8-12 mm", "1.2"), ("8 to 12 mm", "1.2"), ("2.1 x 3.4 cm", "3.4"),
        ("thirteen millimeters", "1.3"), ("2 point 3 centimeters", "2.3"),
    ],
)  # fmt: skip
def test_14_units_and_spellings_of_sizes(size: str, cm: str) -> None:
    assert [Decimal(cm)] == values(f"Liver metastasis measuring {size}.", SIZE)


def test_14_a_size_without_a_unit_is_not_known() -> None:
    reading = read("Liver metastasis 2.0 x 1.7 in segment 6.")
    assert [None] == [s.value for s in reading.statements if s.fact == SIZE]


@pytest.mark.parametrize(
    "words, bound",
    [
        ("greater than ten", Bound(">", Decimal(10))), ("more than 10", Bound(">", Decimal(10))),
        ("at least 6", Bound(">=", Decimal(6))), (">10", Bound(">", Decimal(10))),
    ],
)  # fmt: skip
def test_15_bounds_stay_bounds(words: str, bound: Bound) -> None:
    assert [bound] == values(f"There are {words} liver metastases.", COUNT)


@pytest.mark.parametrize("words", ["Innumerable", "Numerous", "A few", "Several", "Multiple", "About ten", "8 to 12"])
def test_15_uncounted_lesions_have_no_number(words: str) -> None:
    reading = read(f"{words} liver metastases.")
    assert [None] == [s.value for s in reading.statements if s.fact == COUNT]
    assert ["metastasis"] == values(f"{words} liver metastases.", NATURE)


@pytest.mark.parametrize("words", ["03/12/2024", "12 Sep 2024", "2024-12-03", "3.12.2024", "Series 4", "Image 12"])
def test_16_dates_and_series_are_no_sizes_and_no_counts(words: str) -> None:
    text = f"CT of {words}. Liver metastasis, segment 7, 19 mm."
    assert [Decimal("1.9")] == values(text, SIZE)
    assert [Decimal(1)] == values(text, COUNT)


@pytest.mark.parametrize("words", ["image 4/32", "series 6, image 41", "se 3 im 45"])
def test_16_image_numbers_are_no_sizes_and_no_counts(words: str) -> None:
    text = f"Liver metastasis, segment 7, 19 mm ({words})."
    assert [Decimal("1.9")] == values(text, SIZE)
    assert [Decimal(1)] == values(text, COUNT)


def test_17_the_numbers_of_a_list_are_no_counts() -> None:
    text = "Impression:\n1. Liver metastases.\n2. No bone lesion.\n3. Small pleural effusion."
    assert [] == values(text, COUNT)


def test_17_a_vertebra_and_a_category_are_no_counts() -> None:
    text = "Old fracture of L2. Liver: LR-4 observation in segment 6, 14 mm."
    assert [Decimal(1)] == values(text, COUNT)
    assert ["LR4"] == values(text, "liver.li_rads")
    assert {"6"} == segments(text)


@pytest.mark.parametrize(
    "words", ["Left adrenal adenoma, 1.6 cm.", "Lungs are clear.", "Nodes are not enlarged.", "No enlarged nodes."]
)
def test_18_benign_or_absent_things_are_no_disease_outside_the_liver(words: str) -> None:
    assert [] == [site for site, put in sites(words).items() if put is Assertion.AFFIRMED]
    assert [] == values(words, "dx.extrahepatic")
