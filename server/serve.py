"""`hepatica serve`: the service for one site, by its settings."""

from __future__ import annotations

import logging
import signal
import sys
from pathlib import Path
from types import FrameType

from waitress import create_server

from eligibility.knowledge.load import load_knowledge
from eligibility.wording import review_words
from server.app import Settings, create_app, settle_memory
from server.settings import for_this_site, read_settings

__all__ = ["run"]


def run(config: Path) -> int:
    """Serve until interrupted. Raises SettingsError when the settings, or the state of review, do not allow it."""
    site = read_settings(config)
    knowledge = for_this_site(load_knowledge(), site.knowledge)
    overlay = config.parent / site.knowledge.overlay if site.knowledge.overlay else None
    app = create_app(Settings(site.server.public_base, open_demo=True, overlay=overlay, knowledge=knowledge))
    try:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a busy machine is nobody's fault
        server = create_server(app, host=site.server.host, port=site.server.port, threads=8)
    except OSError as problem:
        sys.stderr.write(f"hepatica: {site.server.host}:{site.server.port}: {problem.strerror}.\n")
        return 2
    settle_memory()
    signal.signal(signal.SIGTERM, _as_interrupt)
    sys.stdout.write(
        f"Hepatica serves http://{site.server.host}:{site.server.port}/cds-services\n{review_words(knowledge)}\n"
        "Callers are not verified: loopback only. Stop with Ctrl+C.\n"
    )
    sys.stdout.flush()
    try:
        server.run()
    except KeyboardInterrupt:
        sys.stdout.write("Stopped.\n")
    finally:
        server.close()
    return 0


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
