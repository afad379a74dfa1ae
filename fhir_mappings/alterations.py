"""Changes of a gene as laboratories write them: HGVS protein and coding changes, short forms, and named events.

Only the forms below are understood; anything else is no change that is known. What a change means is in
`valuesets/alterations.yaml`.
"""

from __future__ import annotations

import re
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
_CODING = re.compile(r"c\.(?P<pos>\d{1,5})(?:_(?P<pos2>\d{1,5}))?(?P<tail>[ACGT]>[ACGT]|delins|del|ins|dup)")
_EXON = re.compile(
    r"\bexon ?(?P<n>\d{1,2}) (?:in-?frame )?(?P<kind>del(?:etion)?s?|ins(?:ertion)?s?|dup(?:lication)?s?|skipping)\b"
)
_EVENTS = (
    ("exon 14 skipping", re.compile(r"\b(?:met ?)?ex(?:on)? ?14 ?(?:skipping|skip)\b|\bmetex14\b")),
    ("fusion", re.compile(r"\b(?:fusions?|fused|rearrangements?|rearranged|translocations?)\b")),
    ("amplification", re.compile(r"\b(?:amplifications?|amplified|copy number gain|duplication of the gene)\b")),
)
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
        return None
    if tail.startswith("fs") or tail in ("*", "X", "Ter") or "fs" in match[0]:
        return Change("truncating", codon, ref)
    if tail.startswith("delins") or ">" in tail:
        return Change("delins", codon, ref)
    for start, kind in _KIND.items():
        if tail.startswith(start):
            return Change(kind, codon, ref)
    alt = _one(tail)
    return Change("missense", codon, ref, alt) if alt != ref else None


def protein_change(text: str) -> Change | None:
    """The one protein change that a text names; None for none or several."""
    found = list(dict.fromkeys(c for m in _PROTEIN.finditer(text) if (c := _of_match(m)) is not None))
    return found[0] if len(found) == 1 else None


def coding_change(text: str) -> Change | None:
    """The codon that a coding-DNA change touches. The new amino acid is not computed."""
    match = _CODING.search(text)
    if match is None:
        return None
    codon = (int(match["pos"]) - 1) // 3 + 1
    tail = match["tail"]
    if ">" in tail:
        return Change("missense", codon)
    length = int(match["pos2"] or match["pos"]) - int(match["pos"]) + 1
    if tail == "del" and length % 3:
        return Change("truncating", codon)
    return Change("delins" if tail == "delins" else _KIND[tail], codon)


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
