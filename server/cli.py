"""The command line `hepatica`: arguments, exit status and messages. What a command does is in a module of its own.

Exit status: 0 done; 2 unusable input or settings, said in one sentence on standard error; 3 data of more than one
patient where one was promised. No traceback reaches a user. The clock is read here, once per call.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from eligibility.errors import HepaticaError
from server.command_parser import UNUSABLE, CommandParser, refuse
from server.reviewing.commands import add_knowledge

if TYPE_CHECKING:
    from server.evaluate import Case

__all__ = ["DONE", "INTERRUPTED", "MIXED_PATIENTS", "NOBODY_READS", "UNUSABLE", "main"]

DONE: Final = 0
MIXED_PATIENTS: Final = 3
INTERRUPTED: Final = 130
NOBODY_READS: Final = 141
"""The reader of our output went away, as `head` does; the status a shell gives to a broken pipe."""

_SHOW_PROGRESS_EVERY: Final = 10

_EVALUATE = """\
Judge every treatment option for each patient of SOURCE, or on facts given by name.

SOURCE is a FHIR R4 Bundle of any type, one resource, an NDJSON file, a folder of any of these (searched recursively),
or - for standard input. Several patients are evaluated apart, never mixed.

FILE of --facts holds {"facts": {fact: value, or {"value", "unit", "date"}}}, or {"vignettes": [{"id", "facts"}, ...]}.
FILE of --replay is what --format json wrote: every answer in it is made again, on its own date, from what is stored
with it, and comes out the same to the byte. Rules other than those that made it refuse.
"""
_FORMATS = """\
formats:
  table   a page of text for each patient
  json    {"assessments": [...], "notices": [...]}, one assessment a line, schema hepatica/assessment/1;
          the notices speak of what was set aside in SOURCE and concerns none of its patients
  cards   what an EHR would receive when the chart is opened: {"cards": [...]};
          for several patients {"patients": [{"patient": reference, "cards": [...]}, ...]}

exit status:
  0       done
  2       unusable input or settings; one sentence on standard error says which
  3       data of more than one patient where one was promised: --patient names different people,
          or the answer to a search for one patient holds data of another; nothing is evaluated
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status and raises nothing."""
    try:
        arguments = _parser().parse_args(argv)
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except SystemExit as stop:  # raised by argparse for --help, --version and wrong arguments
        return stop.code if isinstance(stop.code, int) else DONE
    except BrokenPipeError:
        _stop_writing()
        return NOBODY_READS
    except KeyboardInterrupt:
        return INTERRUPTED
    except HepaticaError as problem:
        return refuse(str(problem))
    except OSError as problem:
        return refuse(f"{problem.filename or 'The output'}: {problem.strerror or 'reading or writing did not work'}.")
    except Exception as problem:  # noqa: BLE001  a user gets a sentence, whatever is wrong with us
        return refuse(
            f"Something is wrong in Hepatica itself ({type(problem).__name__}); what was printed cannot be relied on. "
            "Please report the command and the output of hepatica --version, without any patient data."
        )
    return status


def _stop_writing() -> None:
    """Keep the interpreter from complaining at its end that standard output is gone."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # standard output is no file of the system
        return


# Arguments


class _ShowVersion(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            found = version("hepatica")
        except PackageNotFoundError:
            found = "from its sources, not installed"
        sys.stdout.write(f"hepatica {found}\n")
        parser.exit(DONE)


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="hepatica",
        description="Which treatments are worth considering for cancer in the liver, why, and what is missing to "
        "decide. For evaluation by health professionals; no clinician has signed the rules off.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="print the version and stop")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=CommandParser)
    _add_evaluate(commands)
    _add_demo(commands)
    _add_serve(commands)
    add_knowledge(commands)
    return parser


def _add_evaluate(commands: Any) -> None:
    parser = commands.add_parser(
        "evaluate", help="judge the options for the patients of a file", description=_EVALUATE, epilog=_FORMATS,
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
    )  # fmt: skip
    parser.add_argument("source", metavar="SOURCE", nargs="?", help="FHIR R4 JSON: a file, a folder, or -")
    parser.add_argument("--facts", metavar="FILE", help="facts given by name instead of SOURCE: a file, or -")
    parser.add_argument("--replay", metavar="FILE", help="stored answers instead of SOURCE: a file, or -")
    parser.add_argument("--patient", metavar="ID", help="only this patient, or with --facts this vignette")
    parser.add_argument(
        "--as-of", metavar="DATE", help="the date of the question, such as 2026-11-19; today unless given; newest: the "
        "date of each patient's newest clinical datum, for archived records",
    )  # fmt: skip
    parser.add_argument("--format", choices=("table", "json", "cards"), default="table", help="table unless given")
    parser.add_argument(
        "--overlay", metavar="FILE", type=Path, help="a site's own codes of SOURCE, mapped to facts (YAML)"
    )
    parser.add_argument("--all", action="store_true", help="in the table, list also what is only counted, and sources")
    parser.set_defaults(run=_evaluate)


def _add_demo(commands: Any) -> None:
    parser = commands.add_parser(
        "demo", help="a practice EHR with synthetic patients and the service, on this machine",
        description="Start a practice EHR with synthetic patients and the CDS Hooks service on this machine, and print "
        "one address to open.", allow_abbrev=False,
    )  # fmt: skip
    parser.add_argument("--port", type=_port, default=8000, metavar="N", help="of the practice EHR, 8000 unless given")
    parser.add_argument("--no-browser", action="store_true", help="print the address only")
    parser.set_defaults(run=_demo)


def _add_serve(commands: Any) -> None:
    parser = commands.add_parser(
        "serve", help="the service for one site, by its settings",
        description="Serve by the settings of FILE. Rules that nobody has signed off for the site are served only with "
        "knowledge.evaluation_only = true, which marks every card and page.", allow_abbrev=False,
    )  # fmt: skip
    parser.add_argument("--config", metavar="FILE", type=Path, required=True, help="see hepatica.example.toml")
    parser.set_defaults(run=_serve)


def _port(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to 65535")


# Commands


def _demo(arguments: argparse.Namespace) -> int:
    from server.demo import run

    return run(arguments.port, not arguments.no_browser)


def _serve(arguments: argparse.Namespace) -> int:
    from server.serve import run

    return run(arguments.config)


def _evaluate(arguments: argparse.Namespace) -> int:
    if sum(given is not None for given in (arguments.source, arguments.facts, arguments.replay)) != 1:
        return refuse("Name a SOURCE, a file of --facts or one of --replay. See hepatica evaluate --help.")
    if arguments.replay is not None and (arguments.patient, arguments.as_of, arguments.overlay) != (None, None, None):
        return refuse(
            "A stored answer has its own patient, date and codes: leave out --patient, --as-of and --overlay."
        )
    now = datetime.now().astimezone()
    if arguments.as_of in (None, "newest"):
        on = now.date()
    else:
        try:
            on = date.fromisoformat(arguments.as_of)
        except ValueError:
            return refuse(f"--as-of: {arguments.as_of!r} is not a date such as 2026-11-19, nor the word newest.")

    from eligibility.knowledge.load import load_knowledge
    from server import evaluate

    question = evaluate.Question(on, newest=arguments.as_of == "newest")
    knowledge = load_knowledge()
    if arguments.replay is not None:
        from server.replay import replayed_cases

        name, body = _named(arguments.replay)
        cases = replayed_cases(body, name, knowledge)
    elif arguments.facts is not None:
        name, body = _named(arguments.facts)
        cases = evaluate.cases_of_facts(body, name, knowledge, question, arguments.patient)
    else:
        source = sys.stdin.buffer.read() if arguments.source == "-" else Path(arguments.source)
        cases = evaluate.cases_of_record(source, knowledge, question, arguments.patient, arguments.overlay)
    cases = _with_progress(cases)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # a value is never replaced by a question mark
    try:
        if arguments.format == "json":
            evaluate.write_json(cases, sys.stdout)
        elif arguments.format == "cards":
            evaluate.write_cards(cases, sys.stdout, now)
        else:
            evaluate.write_table(cases, sys.stdout, everything=arguments.all)
    except evaluate.MixedPatients as problem:
        return refuse(str(problem), MIXED_PATIENTS)
    return DONE


def _named(file: str) -> tuple[str, bytes]:
    """A file's name for messages, and its content. Raises OSError, which names the file."""
    return ("Standard input", sys.stdin.buffer.read()) if file == "-" else (file, Path(file).read_bytes())


def _with_progress(cases: Iterable[Case]) -> Iterator[Case]:
    """Counts on standard error, when somebody watches it and the answers go elsewhere."""
    watched = sys.stderr.isatty() and not sys.stdout.isatty()
    for number, case in enumerate(cases, 1):
        if watched and number % _SHOW_PROGRESS_EVERY == 0:
            sys.stderr.write(f"\r{number} patients")
            sys.stderr.flush()
        yield case
    if watched:
        sys.stderr.write("\r\033[K")


if __name__ == "__main__":
    sys.exit(main())
