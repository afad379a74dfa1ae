"""Who bears what was set aside: the patients whose record may lack it, and nobody else.

Whose a usable resource is does not belong here (`owners`), nor why something could not be used (`screening`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from eligibility.facts import Notice, ReadState
from fhir_mappings.owners import Owner
from fhir_mappings.screening import Dropped, SetAside

__all__ = ["EXPORT", "Burden", "Burdens", "Gap", "Places", "Share", "in_order"]

EXPORT: Final = 0
"""The place of every resource that stands beside others in its file: exports spread one patient over files."""

Gap = tuple[str | None, ReadState, str]
"""A type that was not read completely (None: every type), how badly, and why."""

Share = tuple[list[Gap], list[Notice]]
"""What one patient bears, alone or together with others: what is lacking, and what is said of it."""


def in_order(gaps: Iterable[Gap]) -> list[Gap]:
    """Each gap once, in a fixed order: what is missing of every type before what is missing of one."""
    return sorted(set(gaps), key=lambda gap: (gap[0] or "", gap[1].value, gap[2]))


_NOBODY: Final[frozenset[Owner]] = frozenset()


class Places:
    """Which patients each place of a source names.

    A place is one Bundle, one resource in a file of its own, or `EXPORT`. Patients who share a place stand in one
    circle, and so on from place to place: what one place lacks of them may be anybody's in the circle.
    """

    def __init__(
        self, named: Mapping[int, Collection[Owner]], joined: Iterable[tuple[int, int]], spread: Collection[int]
    ) -> None:
        """`joined` are pairs of places that continue each other; `spread` the Bundles that share their file."""
        self.everyone = frozenset(owner for owners in named.values() for owner in owners)
        self._spread = spread
        circles = _Circles([*named.values(), *((*named.get(a, ()), *named.get(b, ())) for a, b in joined)]).members()
        self._circle = {place: circles[next(iter(owners))] for place, owners in named.items() if owners}
        pooled = [circle for place, circle in self._circle.items() if place == EXPORT or place in spread]
        self._pool = frozenset().union(*pooled)

    def of_resource(self, place: int) -> frozenset[Owner]:
        """Who may own a resource that does not say whose it is. Nobody can be told for a file that names nobody."""
        near = self._pool if place == EXPORT else self._circle.get(place, _NOBODY)
        if near or not (place == EXPORT or place in self._spread):
            return near
        return self._pool or self.everyone

    def of_gap(self, place: int) -> frozenset[Owner]:
        """Who may own what never arrived, or could not be read at all: everybody, for a file that names nobody."""
        return self.of_resource(place) or self.everyone


class _Circles:
    """Groups that overlap become one."""

    def __init__(self, groups: Iterable[Collection[Owner]]) -> None:
        self._leader: dict[Owner, Owner] = {}
        for group in groups:
            first: Owner | None = None
            for owner in group:
                leader = self._find(self._leader.setdefault(owner, owner))
                first = leader if first is None else first
                self._leader[leader] = first

    def _find(self, owner: Owner) -> Owner:
        while (above := self._leader[owner]) != owner:
            self._leader[owner] = self._leader[above]
            owner = above
        return owner

    def members(self) -> dict[Owner, frozenset[Owner]]:
        """Everybody's circle; one object for all of its members."""
        listed: dict[Owner, list[Owner]] = {}
        for owner in self._leader:
            listed.setdefault(self._find(owner), []).append(owner)
        return {owner: circle for members in listed.values() for circle in (frozenset(members),) for owner in members}


@dataclass(slots=True)
class Burden:
    """What some patients bear together, since it may be missing in the record of any of them."""

    aside: SetAside = field(default_factory=SetAside)
    gaps: set[Gap] = field(default_factory=set)
    notices: set[Notice] = field(default_factory=set)

    def all_gaps(self) -> list[Gap]:
        """The types that it makes incomplete."""
        return [*self.gaps, *((kind, ReadState.PARTIAL, why) for kind, why in self.aside.incomplete())]

    def all_notices(self, patient: str = "this patient") -> list[Notice]:
        """What is said of it, in a fixed order. `patient` says in words whom it could not be matched to."""
        return sorted({*self.notices, *self.aside.notices(patient)}, key=lambda notice: (notice.code, notice.text))


class Burdens:
    """Everything that was set aside in a source, by those who bear it. The only patient of a source bears all."""

    def __init__(self, everyone: frozenset[Owner]) -> None:
        self._only = everyone if len(everyone) == 1 else None
        self._by_bearers: dict[frozenset[Owner], Burden] = {}
        self._total = Burden()

    def drop(self, dropped: Dropped, bearers: frozenset[Owner]) -> None:
        """A resource that was set aside."""
        for burden in self._both(bearers):
            burden.aside.take(dropped)

    def note(self, bearers: frozenset[Owner], notice: Notice) -> None:
        """Something to say that makes no type incomplete."""
        for burden in self._both(bearers):
            burden.notices.add(notice)

    def lack(self, bearers: frozenset[Owner], gap: Gap, notice: Notice) -> None:
        """Something that never arrived or could not be read."""
        for burden in self._both(bearers):
            burden.gaps.add(gap)
            burden.notices.add(notice)

    def _both(self, bearers: frozenset[Owner]) -> Iterator[Burden]:
        yield self._by_bearers.setdefault(self._only or bearers, Burden())
        yield self._total

    def by_owner(self) -> dict[Owner, list[Share]]:
        """What each patient bears: gaps and notices, alone and together with others."""
        found: dict[Owner, list[Share]] = {}
        for bearers, burden in self._by_bearers.items():
            share: Share = (burden.all_gaps(), burden.all_notices()) if bearers else ([], [])
            for owner in bearers:
                found.setdefault(owner, []).append(share)
        return found

    def notices(self, patient: str) -> tuple[Notice, ...]:
        """What is said of the source as a whole."""
        return tuple(self._total.all_notices(patient))

    def unborne_notices(self, patient: str) -> tuple[Notice, ...]:
        """What is said of the things that no patient bears."""
        burden = self._by_bearers.get(_NOBODY)
        return tuple(burden.all_notices(patient)) if burden else ()
