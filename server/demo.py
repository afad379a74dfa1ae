"""`hepatica demo`: the service and the practice EHR on loopback, one address to open.

The practice EHR runs as a process of its own and speaks to the service over HTTP only, as any EHR would.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
import webbrowser
from pathlib import Path
from types import FrameType

from flask import Flask
from waitress import create_server

from server.app import Settings, create_app, settle_memory

__all__ = ["run"]

HOST = "127.0.0.1"
PRACTICE_EHR = Path(__file__).parents[1] / "sandbox_ehr"


def run(port: int, open_browser: bool) -> int:
    """Serve until interrupted. `port` is the practice EHR's; the service takes a free one. 2: a port is taken."""
    try:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a busy machine is nobody's fault
        server = create_server(Flask("starting"), host=HOST, port=0, threads=4)
        service = f"http://{HOST}:{server.effective_port}"
        server.application = create_app(Settings(service, open_demo=True, overlay=PRACTICE_EHR / "overlay.yaml"))
    except OSError:
        sys.stderr.write(f"No port of {HOST} is free for the service.\n")
        return 2
    settle_memory()
    threading.Thread(target=server.run, daemon=True).start()
    signal.signal(signal.SIGTERM, _as_interrupt)  # before the practice EHR starts, so that it never stays alone
    command = [sys.executable, "-m", "sandbox_ehr", "--port", str(port), "--cds-base", service]
    practice = subprocess.Popen(command, cwd=PRACTICE_EHR.parent, stdout=subprocess.PIPE, text=True)
    try:
        address = _address(practice)
        if address is None:
            return practice.wait() or 2
        sys.stdout.write(
            f"Hepatica demo, synthetic patients only. Open {address}\n"
            f"CDS Hooks service: {service}/cds-services (open demo mode: callers are not verified)\n"
            "Stop with Ctrl+C.\n"
        )
        sys.stdout.flush()
        if open_browser:
            webbrowser.open(address)
        return practice.wait()
    except KeyboardInterrupt:
        sys.stdout.write("Stopped.\n")
    finally:
        practice.terminate()
        try:
            practice.wait(timeout=10)
        except subprocess.TimeoutExpired:
            practice.kill()
        server.close()
    return 0


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _address(process: subprocess.Popen[str]) -> str | None:
    """Where the practice EHR listens, from its first line; None when it stopped and said itself why."""
    assert process.stdout is not None
    line = process.stdout.readline()
    return line.split()[-1] if line.strip() else None
