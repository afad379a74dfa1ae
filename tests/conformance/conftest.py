"""The service that the conformance tests speak to: one for all of them, because it keeps nothing between calls."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.live_hooks import Hooks, serving


@pytest.fixture(scope="session")
def hooks() -> Iterator[Hooks]:
    """A client of the real application on a loopback socket."""
    with serving() as client:
        yield client
