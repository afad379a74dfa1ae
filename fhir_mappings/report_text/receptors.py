"""HER2 with its hybridisation, and the hormone receptors: parts joined over the whole report (ER-17)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fhir_mappings.answers import unsure
from fhir_mappings.report_text.gene_words import result
from fhir_mappings.report_text.sentences import Sentence
from fhir_mappings.report_text.statements import Statement

__all__ = ["her2", "receptors"]

_HER2 = re.compile(r"\b(?:c-?erb-?b-?2|her-?2)(?:[/ -]?neu)?\b(?! ?/ ?cep)")

_SCORE = re.compile(
    r"(?<![\d.>=/])(?P<plus>[0-3]) ?\+(?![\w=])(?! ?=)|\b(?:score|ihc|immunohistochemistry|"
    r"status|her-?2)(?: by ihc| \(ihc\)| is| was| of|:|,){0,6}(?: negative| positive|"
    r" equivocal)?[ :(]*(?:score |ihc )?(?P<bare>[0-3])(?![\d%/+]|\.\d| ?%| ?(?:of|"
    r"mm|cm|gene|mut|exon|copies))"
)

_ISH_WORD = re.compile(r"\b(?:f?ish|cish|sish|dish|in[- ]situ[- ]hybridi[sz]ation|hybridi[sz]ation)\b")

_KEY = re.compile(
    r"\bscoring (?:key|system|criteria)\b|\b0 no staining|->|\b(?:would|candidates?|"
    r"patients with|needed|required|eligible|trial|in case of|if)\b"
)

_NOT_AMPLIFIED = re.compile(
    r"\b(?:not amplified|non-?amplified|no (?:gene |her2 )?amplification|unamplified|"
    r"without amplification|negative)\b"
)

_AMPLIFIED = re.compile(
    r"(?<!not )(?<!non-)(?<!un)\b(?:amplified|positive)\b|(?<!no )(?<!gene )\bamplification (?:is )?(?:present|"
    r"detected|found|seen)\b|\bshows amplification\b"
)

_LOW = re.compile(r"\bher-?2[ -]low\b")

_ULTRALOW = re.compile(r"\bher-?2[ -]ultra-?low\b|\bultra-?low\b")


def her2(lines: Sequence[Sentence]) -> Iterator[Statement]:
    """HER2 by score and hybridisation: 2+ without a result of the second is equivocal."""
    scores: list[tuple[int, Sentence]] = []
    ish: list[tuple[bool, Sentence]] = []
    plain: list[Sentence] = []
    low: list[tuple[str, Sentence]] = []
    for s in lines:
        words, about = s.words, _HER2.search(s.words)
        under = _HER2.search(f"{s.heading} {s.label}") is not None
        if _KEY.search(words):
            continue
        if about is None and not under and not (scores and _ISH_WORD.search(words)):
            continue
        amplified = _amplified(s)
        if amplified is not None:
            ish.append((amplified, s))
        if about is not None:
            scores.extend((n, s) for n in _her2_scores(words, about))
            if _ULTRALOW.search(words):
                low.append(("ultralow", s))
            elif _LOW.search(words) and not unsure(words):
                low.append(("low", s))
            elif (
                re.search(r"\bher-?2(?:/neu)?(?: status| ihc| \(ihc\))?(?: is|:)? (?:positive|overexpressed)\b", words)
                and not unsure(words)
                and not _her2_scores(words, about)
            ):
                plain.append(s)
    yield from _her2_joined(scores, ish, plain, low)


def _amplified(s: Sentence) -> bool | None:
    """What a hybridisation says: the words after its name, or the whole line under a heading that names it."""
    found = _ISH_WORD.search(s.words)
    under = _ISH_WORD.search(f"{s.heading} {s.label}") is not None
    if (found is None and not under) or _pending(s.words):
        return None
    words = s.words if found is None else s.words[found.start() : found.start() + 90]
    if _NOT_AMPLIFIED.search(words):
        return False
    if _AMPLIFIED.search(words):
        return True
    return False if re.search(r"\bno (?:gene )?amplification\b|\bnot amplified\b", s.words) else None


def _pending(words: str) -> bool:
    return re.search(r"\b(?:pending|follow|failed|requested|ordered|not performed|needs)\b", words) is not None


def _her2_scores(words: str, about: re.Match[str]) -> list[int]:
    """The scores that belong to HER2: after its name, before another marker's."""
    rest = words[about.start() :]
    stop = re.search(
        r"\b(?:ki-?67|estrogen|progesterone|pd-?l1|cps|egfr|claudin)\b|(?<!\w)(?:er|pr)\b(?= ?[:\d])", rest
    )
    part = rest[: stop.start()] if stop else rest
    found = [int(m["plus"] or m["bare"]) for m in _SCORE.finditer(part[:160])]
    return list(dict.fromkeys(found))


def _her2_joined(
    scores: Sequence[tuple[int, Sentence]],
    ish: Sequence[tuple[bool, Sentence]],
    plain: Sequence[Sentence],
    low: Sequence[tuple[str, Sentence]],
) -> Iterator[Statement]:
    ultralow = any(v == "ultralow" for v, _ in low)
    for score, s in scores:
        yield result("bm.her2_ihc3", score == 3, s, method="immunohistochemistry")
        if score == 3:
            yield result("bm.her2", "positive", s)
        elif score == 1:
            yield result("bm.her2", "low", s)
        elif score == 0:
            yield result("bm.her2", "ultralow" if ultralow else "zero", s)
        elif ish and len({v for v, _ in ish}) == 1:
            yield result("bm.her2", "positive" if ish[0][0] else "low", ish[0][1], "", [s])
        else:
            yield result("bm.her2", None, s, "2+ without a clear hybridisation result is equivocal")
    if scores:
        return
    for amplified, s in ish:
        yield result(
            "bm.her2",
            "positive" if amplified else None,
            s,
            "" if amplified else "not amplified; the score that tells low from zero is not given",
        )
    for value, s in low:
        yield result("bm.her2", value, s)
    for s in plain:
        yield result("bm.her2", "positive", s)


_RECEPTOR = re.compile(
    r"\b(?P<er>(?i:o?estrogen[ -]rec(?:eptors?)?)(?: \(ER\))?|ER)\b|\b(?P<pr>(?i:progesterone[ -]rec(?:eptors?)"
    r"?)(?: \(PR\))?|PgR|PR)\b"
)

_MARKS_END = re.compile(r"\b(?:HER-?2|Ki-?67|KI-?67|PD-?L1|AR|GATA3)\b")

_YES = re.compile(
    r"\bpositive\b|(?<![\d./<-])(?<!< )(?:[1-9]|[1-9]\d|100) ?%|(?<![<>=])\bin (?:[1-9]\d?|"
    r"100) ?%|(?<![\d/])[3-8]/8|^ ?\+(?!\w)|\bpos\b|\bpositive [1-9]\d?\b",
    re.IGNORECASE,
)

_NO = re.compile(
    r"\bnegative\b|(?<![\d.])0 ?%|<\s?1 ?%|(?<!\d)[0-2]/8|^ ?-(?!\w)|\bneg\b|\babsent\b|"
    r"^ ?(?:rec\.?|status)? ?:? ?(?:0(?![\d%/]|\.\d)|nil\b)|\bno (?:expression|"
    r"staining)\b",
    re.IGNORECASE,
)


def receptors(lines: Sequence[Sentence]) -> Iterator[Statement]:
    """Oestrogen and progesterone receptors: one positive is enough, a negative needs both."""
    states: dict[str, list[tuple[bool, Sentence]]] = {"er": [], "pr": []}
    for s in lines:
        raw = " ".join(s.place.sentence.split())
        if re.search(r"\btriple[- ]negative\b", s.words) and not unsure(s.words):
            yield result("bm.hr", "negative", s)
        if m := re.search(r"\bhormone[- ]receptors?(?: status)?(?: is| are|:|-)? ?(positive|negative)\b", s.words):
            yield result("bm.hr", m[1], s)
        matches = list(_RECEPTOR.finditer(raw))
        for index, match in enumerate(matches):
            for kind, state in _receptor(raw, matches, index, match):
                states[kind].append((state, s))
    positive = [(kind, s) for kind, found in states.items() for state, s in found if state]
    negative = [s for found in states.values() for state, s in found if not state]
    if positive:
        yield result("bm.hr", "positive", positive[0][1], "", [s for _, s in positive])
    elif states["er"] and states["pr"]:
        yield result("bm.hr", "negative", negative[0], "", negative)
    elif negative:
        yield result("bm.hr", None, negative[0], "one receptor is negative, the other is not reported")


def _receptor(raw: str, matches: list[re.Match[str]], index: int, match: re.Match[str]) -> Iterator[tuple[str, bool]]:
    end = matches[index + 1].start() if index + 1 < len(matches) else len(raw)
    part = raw[match.end() : end]
    kinds = ["er" if match["er"] else "pr"]
    if index and re.fullmatch(r"\s*(?:/|and|,|&|\+)\s*", raw[matches[index - 1].end() : match.start()]):
        kinds.append("er" if matches[index - 1]["er"] else "pr")
    if stop := _MARKS_END.search(part):
        part = part[: stop.start()]
    part = re.split(r"[;]|\. ", part.lstrip(". "))[0][:80]
    if unsure(part) or re.search(r"\b(?:ordered|follow|internal control only)\b", part):
        return
    part = re.sub(
        r"(?:>=|\u2265) ?1 ?%? ?positive|with positive (?:internal )?controls?.*", " ", part, flags=re.IGNORECASE
    )
    no, yes = _NO.search(part), _YES.search(part)
    if no and yes:
        state = yes.start() < no.start() if abs(yes.start() - no.start()) > 12 else None
        if state is None:
            return
    elif no or yes:
        state = yes is not None
    else:
        return
    for kind in kinds:
        yield kind, state
