"""`hepatica knowledge sign ID... --reviewer NAME`: writes a clinician's sign-off into the files of options."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from eligibility.checking.check import Checked, check_knowledge
from eligibility.checking.flaws import FlawKind
from eligibility.errors import HepaticaError
from eligibility.knowledge.model import Option, Review
from eligibility.knowledge.signoff import signed_text
from server.plain_text import plain
from server.reviewing.check import folder_of

__all__ = ["add_arguments", "run"]

_DESCRIPTION = """\
Record that a clinician has read options and stands for them: writes `status: reviewed` and `review` (who, when, and
the fingerprint of what was read) into the file of each option, and touches nothing else in it.

The fingerprint covers the option's own file, its gates, the catalogue lines of its facts and the sources it cites.
Once any of these changes, the option is a draft again, and `hepatica knowledge check` says so. Comments and line
breaks do not matter. An option in which the check finds something is not signed.
"""
_EPILOG = """\
exit status:
  0       every option named was signed
  2       nothing was signed; one sentence on standard error says why
"""
_MOST_OF_A_NAME = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.description, parser.epilog = _DESCRIPTION, _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("options", metavar="ID", nargs="+", help="an option, by the name of its file")
    parser.add_argument("--reviewer", metavar="NAME", required=True, type=_name, help="the clinician who read it")
    parser.add_argument("--date", metavar="DATE", type=_day, help="when it was read; today unless given")
    parser.add_argument(
        "--folder", metavar="FOLDER", type=Path,
        help="a folder with knowledge.yaml in it; the knowledge that comes with the program unless given",
    )  # fmt: skip


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > _MOST_OF_A_NAME or not name.isprintable():
        raise argparse.ArgumentTypeError("the name of the reviewer is one line of text")
    return name


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2026-11-19") from None


def run(arguments: argparse.Namespace) -> int:
    """Sign all options that are named, or none."""
    today = datetime.now().astimezone().date()
    on = arguments.date or today
    if on > today:
        raise HepaticaError(f"--date: {on.isoformat()} is in the future.")
    root = folder_of(arguments.folder)
    if not isinstance(root, Path):
        raise HepaticaError("The knowledge base is not in files that can be written. Name its folder with --folder.")
    options = _signable(check_knowledge(root), arguments.options)
    written = []
    for option in options:
        path = root / "options" / option.family.id / f"{option.id}.yaml"
        before = path.read_bytes().decode("utf-8")
        review = Review(arguments.reviewer, on, option.fingerprint)
        written.append((path, signed_text(before, f"options/{option.family.id}/{option.id}.yaml", review)))
    for path, text in written:
        _replace(path, text)
    for option in options:
        line = f"{option.id}: reviewed by {arguments.reviewer} on {on.isoformat()}, fingerprint {option.fingerprint}"
        sys.stdout.write(f"{plain(line, 1000)}\n")
    return 0


def _signable(checked: Checked, names: Sequence[str]) -> list[Option]:
    """The options that are named. Raises HepaticaError for one that does not exist or has an open finding."""
    knowledge = checked.knowledge
    if knowledge is None:
        raise HepaticaError(f"The knowledge base cannot be read: {checked.flaws[0]}")
    known = {option.id: option for option in knowledge.options}
    for name in names:
        if name in knowledge.retired:
            raise HepaticaError(f"The option {name} is retired. Only options in use are signed.")
        flaws = [f for f in checked.flaws if f.file.endswith(f"/{name}.yaml") and f.kind is not FlawKind.REVIEW]
        if flaws:
            raise HepaticaError(f"Nothing was signed: {name} has something to mend. {flaws[0]}")
        if name not in known:
            raise HepaticaError(f"There is no option {name}. See hepatica knowledge rulebook for their names.")
    return [known[name] for name in dict.fromkeys(names)]


def _replace(path: Path, text: str) -> None:
    """Write the whole file or leave it as it was."""
    with NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}.", delete=False) as new:
        new.write(text.encode("utf-8"))
    made = Path(new.name)
    made.chmod(path.stat().st_mode & 0o777)
    made.replace(path)
