"""Changes of a gene as laboratories write them: HGVS protein and coding changes, short forms, and named events.

Only the forms below are understood; anything else is no change that is known. What a change means is in
`valuesets/alterations.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Change", "changes_in", "coding_change", "event_in", "protein_change"]

_LETTER = {
    "Ala": "A", "Arg": "R", "Asn": "N", "Asp": "D", "Cys": "C", "Gln": "Q", "Glu": "E", "Gly": "G", "His": "H",
    "Ile": "I", "Leu": "L", "Lys": "K", "Met": "M", "Phe": "F", "Pro": "P", "Ser": "S", "Thr": "T", "Trp": "W",
    "Tyr": "Y", "Val": "V", "Ter": "*",
}  # fmt: skip
_AMINO = "|".join([*_LETTER, "[ACDEFGHIKLMNPQRSTVWY]"])
_PROTEIN = re.compile(
    rf"(?<![A-Za-z0-9])(?:(?P<p>p\.)\(?)?(?P<ref>{_AMINO})(?P<codon>\d{{1,4}})"
    rf"(?:_(?P<ref2>{_AMINO})(?P<codon2>\d{{1,4}}))?"
    rf"(?P<tail>delins[A-Za-z*]{{0,60}}|del[A-Z>]{{0,20}}|ins[A-Za-z]{{0,60}}|dup|fs[A-Za-z0-9*]{{0,20}}|{_AMINO}|\*|X|=)"
    r"(?:fs[A-Za-z0-9*]{0,20})?\)?(?![A-Za-z0-9])"
)
_CODING = re.compile(
    r"c\.(?P<pos>\d{1,5})(?:_(?P<pos2>\d{1,5}))?"
    r"(?:(?P<old>[ACGT]{1,3})>(?P<new>[ACGT]{1,3})(?![ACGT])|del[ACGT]{0,6}ins(?P<put>[ACGT]{0,60})|(?P<tail>del|ins|dup)(?P<more>[ACGT]{0,60}))"
)
_EXON = re.compile(
    r"\bexon ?(?P<n>\d{1,2}) (?:in-?frame )?(?P<kind>del(?:etion)?s?|ins(?:ertion)?s?|dup(?:lication)?s?|skipping)\b"
)
_EVENTS = (
    ("exon 14 skipping", re.compile(r"\b(?:met ?)?ex(?:on)? ?14 ?(?:skipping|skip)\b|\bmetex14\b")),
    ("fusion", re.compile(r"\b(?:fusions?|fused|rearrangements?|rearranged|translocations?)\b")),
    ("amplification", re.compile(r"\b(?:amplifications?|amplified|copy number gain|duplication of the gene)\b")),
    (
        "homozygous deletion",
        re.compile(r"\b(?:homozygous (?:deletion|loss)|deep deletion|biallelic (?:deletion|loss))\b"),
    ),
    ("copy number change", re.compile(r"\bcopy[ _]number[ _](?:variation|variant|loss|change|alteration)\b|\bcnv\b")),
)
_BASES = "TCAG"
_CODE = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
_KIND = {"del": "deletion", "ins": "insertion", "dup": "duplication"}


@dataclass(frozen=True, slots=True)
class Change:
    """One change: a codon and what became of it, or an exon with a kind, or an event such as fusion."""

    kind: str
    codon: int | None = None
    ref: str | None = None
    alt: str | None = None
    exon: int | None = None
    event: str | None = None

    @property
    def name(self) -> str:
        """Short form, G12C; or the event or exon in words."""
        if self.event:
            return self.event
        if self.exon is not None:
            return f"exon {self.exon} {self.kind}"
        if self.kind == "missense" and self.ref and self.alt:
            return f"{self.ref}{self.codon}{self.alt}"
        return f"{self.kind} at codon {self.codon}"


def _one(letters: str) -> str:
    return _LETTER.get(letters, letters)


def _of_match(match: re.Match[str]) -> Change | None:
    tail, codon, ref = match["tail"], int(match["codon"]), _one(match["ref"])
    if tail == "=":
        return Change("synonymous", codon, ref)
    if tail.startswith("fs") or tail in ("*", "X", "Ter") or "fs" in match[0]:
        return Change("truncating", codon, ref)
    if tail.startswith("delins") or ">" in tail:
        return Change("delins", codon, ref)
    for start, kind in _KIND.items():
        if tail.startswith(start):
            return Change(kind, codon, ref)
    alt = _one(tail)
    return Change("missense", codon, ref, alt) if alt != ref else Change("synonymous", codon, ref)


def protein_change(text: str) -> Change | None:
    """The one protein change that a text names; None for none or several."""
    read = [c for m in _PROTEIN.finditer(text) if (c := _of_match(m)) is not None and c.kind != "synonymous"]
    found = list(dict.fromkeys(read))
    return found[0] if len(found) == 1 else None


def coding_change(text: str, reference: Mapping[int, str] | None = None) -> Change | None:
    """The codon that a coding-DNA change touches; the new amino acid where `reference` gives that codon's bases.

    Without them a change of the third base may be silent: it is a substitution of unknown effect.
    """
    match = _CODING.search(text)
    if match is None:
        return None
    pos = int(match["pos"])
    codon, place = (pos - 1) // 3 + 1, (pos - 1) % 3
    length = int(match["pos2"] or pos) - pos + 1
    old, new = match["old"] or "", match["new"] or match["put"] or ""
    if new and (not old or len(old) == len(new)) and len(new) == max(length, len(old)) and place + len(new) <= 3:
        triplet = (reference or {}).get(codon)
        if triplet is not None:
            return _substituted(codon, place, old, new, triplet)
        return Change("substitution" if place == 2 else "missense", codon)
    if old or match["tail"] is None:
        return Change("delins", codon)
    tail = match["tail"]
    inserted = len(match["more"]) if tail == "ins" else length
    if inserted % 3:
        return Change("truncating", codon)
    return Change(_KIND[tail], codon)


def _substituted(codon: int, place: int, old: str, new: str, triplet: str) -> Change:
    """The change of amino acid. Of unknown effect when the codon's bases are not those that the text replaces."""
    if old and triplet[place : place + len(old)] != old:
        return Change("substitution", codon)
    ref, alt = _amino_acid(triplet), _amino_acid(triplet[:place] + new + triplet[place + len(new) :])
    if alt == ref:
        return Change("synonymous", codon, ref)
    return Change("truncating", codon, ref) if alt == "*" else Change("missense", codon, ref, alt)


def _amino_acid(triplet: str) -> str:
    first, second, third = (_BASES.index(base) for base in triplet)
    return _CODE[16 * first + 4 * second + third]


def event_in(text: str) -> str | None:
    """The event that a text names: fusion, amplification, exon 14 skipping."""
    low = text.lower()
    return next((name for name, pattern in _EVENTS if pattern.search(low)), None)


def changes_in(text: str) -> tuple[Change, ...]:
    """Every change that a text names, protein changes first."""
    found = [c for m in _PROTEIN.finditer(text) if (c := _of_match(m)) is not None]
    low = text.lower()
    exons = (match for match in _EXON.finditer(low) if match["kind"] != "skipping")
    found += [Change(_KIND[match["kind"][:3]], exon=int(match["n"])) for match in exons]
    if (event := event_in(low)) is not None:
        found.append(Change("event", event=event))
    return tuple(dict.fromkeys(found))
