"""Runs the practice EHR on loopback: `python -m sandbox_ehr --port 8010 --cds-base http://127.0.0.1:8020`."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from waitress import create_server

from sandbox_ehr.app import create_app
from sandbox_ehr.charts import ChartUnusable

__all__ = ["main"]

_HOST = "127.0.0.1"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until interrupted. 0: stopped as asked; 2: unusable patients, settings or port, said in one sentence."""
    asked = _parser().parse_args(arguments)
    if not asked.patients.is_dir():
        return _unusable(f"There is no folder of patients at {asked.patients}.")
    try:
        app = create_app(asked.cds_base, asked.patients, asked.date or datetime.now(UTC).astimezone().date())
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a busy machine is nobody's fault
        server = create_server(app, host=_HOST, port=asked.port, threads=8)
    except ChartUnusable as problem:
        return _unusable(str(problem))
    except OSError:
        return _unusable(f"Port {asked.port} of {_HOST} cannot be used.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.stdout.write(f"Practice EHR: http://{_HOST}:{server.effective_port}/\n")
    sys.stdout.flush()
    server.run()
    return 0


def _unusable(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox_ehr", description="A practice EHR with synthetic patients. Not for clinical use."
    )
    parser.add_argument(
        "--port",
        type=int,
        choices=range(65536),
        metavar="N",
        required=True,
        help="port on 127.0.0.1; 0 takes a free one",
    )
    parser.add_argument("--cds-base", required=True, help="address in front of /cds-services")
    parser.add_argument(
        "--patients",
        type=Path,
        default=Path(__file__).parent / "patients",
        help="folder of Bundles, one JSON file for each patient (default: the patients that come with the program)",
    )
    parser.add_argument("--date", type=date.fromisoformat, help="day of the demonstration, YYYY-MM-DD (default: today)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
