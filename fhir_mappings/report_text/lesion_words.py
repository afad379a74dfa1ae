"""Which words name lesions, benign things, their number and kind, the liver and other organs."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = [
    "ANATOMY",
    "ARTICLE",
    "DESCRIBES",
    "LARGEST",
    "LIVER",
    "LOBE",
    "MORE",
    "NAMES_LESIONS",
    "NEW",
    "NOUNS",
    "OPENING",
    "ORDINAL",
    "PART",
    "REFERS",
    "REMOVED",
    "RESOLVED",
    "THE",
    "TREATED",
    "TREATED_SO",
    "UNSURE",
    "VAGUE",
    "ordinal_in",
    "other_organs",
    "site_of",
]

NOUNS = re.compile(
    r"\b(?:(?P<metastasis>metasta(?:sis|ses)\b|metastatic (?:\w+ ){0,2}?(?:lesions?|"
    r"deposits?|disease|nodules?|foci|focus|involvement|spread|mass(?:es)?|tumors?|"
    r"implants?|burden)|"
    r"secondar(?:y|ies) (?:deposits?|lesions?)|secondaries|deposits?\b)"
    r"|(?P<hcc>hccs?\b|hepatocellular (?:carcinomas?|ca\b)|hepatomas?\b)"
    r"|(?P<icca>(?<!hilar )(?<!distal )(?<!extrahepatic )(?:intrahepatic )?cholangio(?:cellular )?carcinomas?\b)"
    r"|(?P<benign>(?:ablation|treatment|resection|post-ablation|necrotic|treated) (?:zones?|"
    r"cavit(?:y|ies)|defects?|sites?|beds?|areas?|scars?)|cavit(?:y|ies)\b|cysts?\b|"
    r"hemangiomas?\b|"
    r"focal nodular hyperplasias?|adenomas?\b|adenomatosis|abscess(?:es)?\b|bilomas?\b|"
    r"focal fat\w*(?: sparing| infiltration| change)?|(?:focal |fatty )?sparing\b|"
    r"perfusion (?:change|anomal|defect|alteration|difference)\w*|granulomas?\b|calcifications?\b|"
    r"collections?\b|hematomas?\b|hamartomas?\b|scars?\b|pseudolesions?\b|partial volume)"
    r"|(?P<lesion>lesions?\b|nodul(?:es?)\b|mass(?:es)?\b|foci\b|focus\b|tumors?\b(?! (?:markers?|"
    r"thromb|in vein|board|share|volume|burden))|hypodensit(?:y|ies)\b|observations?\b|"
    r"targets?\b(?! (?:diameters?|lesions?))|lr ?-? ?[345m]\b|low densit(?:y|ies)\b|"
    r"neoplasms?\b|malignanc(?:y|ies)\b|recurrences?\b|areas?\b)"
    r"|(?P<other>lymph nodes?|nodes?\b|(?:l?ymph)?adenopath(?:y|ies)|(?:portal|hepatic|"
    r"splenic|mesenteric) veins?|vena cava|thrombus|thrombosis|ducts?\b|effusions?|"
    r"stones?\b|stents?\b|"
    r"resections?\b|sectionectomy|segmentectomy|hepatectomy|hemihepatectomy|(?<!post-)ablation\b|"
    r"sbrt|remnant|embolization|lobectomy|fibroids?|fracture|uterus|prostate|aorta|"
    r"opacity|infarct|"
    r"root\b|hernia|aneurysm|spleen\b|kidneys?\b|gallbladder|wall\b|surface\b|implants?\b|carcinomatosis|ascites))"
)

LIVER = re.compile(
    r"\b(?:liver|livr|hepar|hepatis|hepatic(?! (?:veins?|arter\w*|flexure|ducts?|"
    r"vasculature|hilum|confluence|steatosis))|intrahepatic(?! (?:ducts?|bile|biliary|"
    r"and extra))|intraparenchymal|hepatobiliary|caudate|couinaud|"
    r"segments? ?(?:[1-8ivx]|one|two|three|four|five|six|seven|eight)|dome|sectors?|"
    r"perihepatic lesion)\b|\bsegments? (?:[ivx]+|\d)[ab]?\b"
)

LOBE = re.compile(
    r"\b(?:(?:left|right|both|two|each|either)(?: (?:hepatic|liver|and left|and right|"
    r"and the left|or left))? lobes?|bilobar|unilobar|lobes?:)"
)

_OTHER = re.compile(
    r"\b(?:lungs?|pulmonary|pleura\w*|chest|thora\w+|mediastin\w+|axilla\w*|nodal|"
    r"nodes?|lymph\w*|adenopathy|adrenals?|renal|kidneys?|spleen|splenic|pancrea\w*|"
    r"bones?|bony|osseous|skelet\w+|"
    r"vertebra\w*|sacrum|sacral|iliac|ribs?|brain|cerebr\w+|cerebell\w+|intracranial|"
    r"skull|head|periton\w+|oment\w+|mesenter\w+|bowel|colon|colonic|c(?:a)?ecal|"
    r"c(?:a)?ecum|rectal|rectum|sigmoid|"
    r"gastric|stomach|thyroid|breasts?|mamma\w+|ovar\w+|uter\w+|prostat\w+|bladder|"
    r"gallbladder|muscle|soft tissues?|subcutaneous|(?:upper|lower|middle) lobe|lingula\w*|"
    r"retroperiton\w+|"
    r"o?esophag\w+|duoden\w+|skin|scalp|neck|pelvi\w+|supraclavicular|hilar (?:and|"
    r"node)|cervical|spine|spinal|orbit\w*|extrahepatic|elsewhere|hip|femur|knee|"
    r"aort\w+|peripheral zone|quadrant|rul|rll|lul|lll|rml)\b|@vertebra"
)

_ORIGIN = re.compile(
    r"^(?:[ -](?:\w+ )?(?:cancers?|carcinomas?|ca\b|adenocarcinomas?|primary|primaries|"
    r"tumors?|neoplasms?|malignanc|metastases? (?:to|in) the liver|net\b|liver metast|"
    r"origin|type|resection))|^ and (?:rectal|colonic) (?:cancer|ca)"
)

_FROM = re.compile(r"\b(?:from|of)(?: (?:the|a|an|known|primary|patient's)){0,6} $")

_ORDINALS = {
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "5th": 5,
    "sixth": 6,
    "6th": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}

ORDINAL = re.compile(rf"\b({'|'.join(_ORDINALS)})\b")

VAGUE = re.compile(
    r"\b(?:multiple|numerous|several|innumerable|countless|uncountable|many|few|scattered|"
    r"diffuse\w*|various|disseminated|multifocal|some|multitude|extensive|too numerous|"
    r"widespread|confluent|dozens?|myriad|a number of)\b"
)

MORE = re.compile(r"\b(?:additional|further|other|others|another|more(?! than)|satellites?|daughter|remaining|rest)\b")

PART = re.compile(
    r"\b(?:largest|biggest|dominant|index|larger|smaller|smallest|main|reference|"
    r"representative|one of|each|example|of which|of these|of them|adjacent|same|"
    r"this|that|it|aforementioned|former|bigger|said|longest|most of|half of|only visible)\b"
)

THE = re.compile(r"\b(?:the|these|those|its|their|both|all)\b")

ARTICLE = re.compile(r"\b(?:an?|another|one)\b")

NEW = re.compile(r"\b(?:new|newly|de novo|appeared)\b")

TREATED = re.compile(
    r"\b(?:no|without) viable\b|\blipiodol\w*|\bno residual\b|\blr-?tr non|\b(?:after|post|following)[ -](?:tace|"
    r"rfa|mwa|ablation|sbrt|y-?90|sirt|emboli[sz]ation)\b|"
    r"\b(?:treated|ablated|embolized|irradiated|post-?ablation|non-?viable|necrotic scar|"
    r"coagulated)\b|\b(?:no|without) (?:residual |arterial |internal ){0,6}enhancement|"
    r"non-?enhancing"
)

TREATED_SO = re.compile(
    r"\b(?:sbrt|ablation|rfa|mwa|tace|sirt|y-?90|radio\w+|emboli[sz]ation|cryo\w+|"
    r"irradiation) (?:to|of|for|in) (?:the |a )?(?:\w+ ){0,4}$"
)

REMOVED = re.compile(
    r"\b(?:resection|resected|excision|removal|metastasectomy|hepatectomy|sectionectomy) (?:of|"
    r"for) (?:the |a |an )?(?:\w+ ){0,4}$|\bresected (?:\w+ ){0,3}$"
)

UNSURE = re.compile(
    r"\b(?:indeterminate|too small(?: to (?:be )?characteri[sz]e)?|(?:can't|cannot|"
    r"not) (?:be )?(?:further )?characteri[sz]ed?|non-?specific|(?:favou?red|likely|"
    r"probabl[ey]|presumably|most likely|thought)(?: \w+){0,4}? (?:cysts?|hemangiomas?|"
    r"benign|perfusion|focal fat|adenomas?|partial volume)"
    r"|not convincing|possibly metastatic|unclear (?:nature|etiology|significance)|"
    r"unknown significance|pseudolesion)\b"
)

RESOLVED = re.compile(
    r"(?<!formerly )(?<!previously )(?<!before )(?<!first )\b(?:resolved|disappeared|"
    r"vanished|no longer|not seen|not visible|gone|no correlate|not reproducible|"
    r"not confirmed)\b"
)

DESCRIBES = re.compile(
    r"(?:consistent with|compatible with|in keeping with|diagnostic (?:of|for)|typical (?:of|"
    r"for)|characteristic of|represent\w*|suspicious for|suspicion of|suggestive of|"
    r"concerning for|worrisome for|"
    r"proven|proved|appearances? of|\bare|\bis|\bremains?|=|likely|probably|possible|"
    r"possibly|\bas|\balso|:|\bnot|than|i\.e\.|\bfor|namely|called|,|-|pool,|metastatic|"
    r"known|\?|\(|or|of)"
    r"(?: (?:all|an?|the|new|recurrent|known|hepatic|liver|biopsy-proven|simple|two|"
    r"cavernous|typical|flash-filling|multiple|also|colorectal|further|focal|patient's|"
    r"benign|definite|classic)){0,6} ?$"
)

LARGEST = re.compile(r"\b(?:largest|biggest|dominant|index|maximum|max|up to)\b")

NAMES_LESIONS = re.compile(r"\b(?:lesions|metastases|tumou?rs)\b")

OPENING = re.compile(
    r"(?:ct|mri?|ultrasound|us|sonography|doppler|multiphase|post-contrast|dynamic|"
    r"triphasic|contrast)\b[^.]{0,60}\.?$"
)

ANATOMY = re.compile(r"\b(?:surface|wall|veins?|cava|ducts?)\b")

REFERS = re.compile(
    r"^(?:[ivx\d.) -]*)(?:the |it |its |they |these |this |both |all |each |others? |"
    r"another |index|target|lesion|largest|biggest|dominant|maximum|max|up to|measur|"
    r"one |two |segment|number|a:|b:|right|left|total|size|diameter|longest|now |"
    r"today)"
)


def ordinal_in(words: str) -> int:
    """The highest ordinal that words name; 0 for none."""
    return max((_ORDINALS[m[1]] for m in ORDINAL.finditer(words)), default=0)


def site_of(words: str) -> bool | None:
    """Whether words name the liver (True), another organ (False), both or neither (None)."""
    liver = LIVER.search(words) is not None
    other = any(True for _ in other_organs(words))
    return None if liver is other else liver


def other_organs(words: str) -> Iterator[re.Match[str]]:
    """Other organs, where they are not just the origin of a cancer ("colorectal", "of the colon carcinoma")."""
    for match in _OTHER.finditer(words):
        if match[0] not in ("extrahepatic", "elsewhere") and _ORIGIN.match(words[match.end() :]):
            continue
        if match[0] in ("colon", "breast", "colonic", "rectal", "gastric", "prostate") and _FROM.search(
            words[: match.start()]
        ):
            continue
        yield match
