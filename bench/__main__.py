"""Measures one hook call at three sizes, phase by phase, in CPU time: `python -m bench [--rounds N] [--json]`.

Every figure is taken in the same rounds as the two JSON parsers it is compared with, because a machine drifts.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Flask
from werkzeug.test import EnvironBuilder

from bench.charts import hook_body
from cds_hooks.calls import read_call
from cds_hooks.cards import CardSettings, cards_for
from cds_hooks.services.patient_view import PatientView
from eligibility.engine import assess
from eligibility.knowledge.load import load_knowledge
from fhir_mappings.chart import read_chart
from fhir_mappings.prefetch import gather_prefetch
from fhir_mappings.strict_json import parse_json
from server.app import Settings, create_app, settle_memory

SIZES = (60, 300, 3_000)
NOW = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
PATH = "/cds-services/liver-metastasis-options"

Step = Callable[[], Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table, or JSON with every median."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="What a hook call costs.")
    parser.add_argument("--rounds", type=int, default=30, help="rounds at 300 Observations (default 30)")
    parser.add_argument("--json", action="store_true", help="print the medians in milliseconds as JSON")
    asked = parser.parse_args(arguments)
    results = {size: measure(size, max(5, asked.rounds * 300 // max(size, 300))) for size in SIZES}
    if asked.json:
        sys.stdout.write(json.dumps(results, indent=1) + "\n")
    else:
        sys.stdout.write(table(results))
    return 0


def measure(size: int, rounds: int) -> dict[str, float]:
    """Median CPU milliseconds of every step at one size."""
    body = hook_body(size)
    steps = {"json.loads": lambda: json.loads(body), "orjson.loads": lambda: orjson.loads(body), **_phases(body)}
    app = create_app(Settings("https://hepatica.example", open_demo=True), now=lambda: NOW)
    service = PatientView(load_knowledge(), CardSettings("https://hepatica.example", open_demo=True))
    steps["answer"] = lambda: service.answer(body, NOW)
    steps["whole call"] = lambda: _call(app, body)
    taken: dict[str, list[float]] = {name: [] for name in steps}
    settle_memory()
    with contextlib.redirect_stderr(io.StringIO()):  # the service writes one line per call
        for round_number in range(rounds + 2):
            for name, step in steps.items():
                began = time.process_time()
                step()
                if round_number > 1:
                    taken[name].append((time.process_time() - began) * 1000)
    return {"bytes": float(len(body)), **{name: statistics.median(values) for name, values in taken.items()}}


def _call(app: Flask, body: bytes) -> bytes:
    """One request as a WSGI server hands it over: the body as a stream that is already here."""
    environ = EnvironBuilder(PATH, method="POST", content_type="application/json").get_environ()
    environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    with contextlib.closing(app(environ, lambda *_: lambda _: None)) as answer:  # type: ignore[type-var]
        return b"".join(answer)


def _phases(body: bytes) -> dict[str, Step]:
    """The phases of one call, each on the result of the one before."""
    knowledge, settings = load_knowledge(), CardSettings("https://hepatica.example", open_demo=True)
    service = PatientView(knowledge, settings)
    call = read_call(body, service.hook)
    keys = service.keys

    def screen() -> Any:
        return gather_prefetch(call.prefetch, keys, patient_id=call.patient_id, plain=call.plain)

    intake = screen()
    facts = read_chart(intake, NOW.date())
    assessment = assess(facts, knowledge, NOW.date())
    return {
        "parse": lambda: parse_json(body),
        "screen": screen,
        "read": lambda: read_chart(intake, NOW.date()),
        "evaluate": lambda: assess(facts, knowledge, NOW.date()),
        "cards": lambda: json.dumps(cards_for(assessment, settings, NOW)),
    }


def table(results: dict[int, dict[str, float]]) -> str:
    """The medians with their ratio to `orjson.loads` and `json.loads` of the same body."""
    lines = ["CPU milliseconds, medians; in brackets the ratio to orjson.loads and to json.loads of the same body", ""]
    lines.append(f"{'':14}" + "".join(f"{f'{size} Observations':>26}" for size in results))
    lines.append(f"{'body':14}" + "".join(f"{r['bytes'] / 1000:>23.0f} kB" for r in results.values()))
    for name in next(iter(results.values())):
        if name == "bytes":
            continue
        cells = [
            f"{r[name]:9.2f} ({r[name] / r['orjson.loads']:5.2f}, {r[name] / r['json.loads']:5.2f})"
            for r in results.values()
        ]
        lines.append(f"{name:14}" + "".join(f"{cell:>26}" for cell in cells))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
