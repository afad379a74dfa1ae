"""Compares the statuses that example patients were given with the ones asserted for them.

Usage: check_vignettes.py VIGNETTES ANSWERS. Options that the knowledge base does not hold yet are listed and do not
fail; a wrong status, or a patient without an answer, does.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(vignettes_file: Path, answers_file: Path) -> int:
    """Prints every difference and a closing count; returns the exit status."""
    vignettes = json.loads(vignettes_file.read_text(encoding="utf-8"))["vignettes"]
    answers = {
        answer["id"]: {option["id"]: option["status"] for option in answer["options"]}
        for answer in json.loads(answers_file.read_text(encoding="utf-8"))["assessments"]
    }
    agreed = 0
    differences: list[str] = []
    absent: dict[str, list[str]] = {}
    for vignette in vignettes:
        statuses = answers.get(vignette["id"])
        if statuses is None:
            differences.append(f"{vignette['id']}: no answer")
            continue
        for option, expected in vignette["expected"].items():
            if option not in statuses:
                absent.setdefault(option, []).append(vignette["id"])
            elif statuses[option] == expected["status"]:
                agreed += 1
            else:
                differences.append(
                    f"{vignette['id']} {option}: expected {expected['status']} ({expected.get('why', '')}), "
                    f"got {statuses[option]}"
                )
    for option, patients in sorted(absent.items()):
        print(f"vignettes: not in the knowledge base: {option} ({', '.join(patients)})")
    for difference in differences:
        print(f"vignettes: {difference}")
    print(f"vignettes: {agreed} statuses agree, {len(differences)} differ, {len(absent)} options not present")
    return 1 if differences or agreed == 0 else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
