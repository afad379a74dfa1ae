#!/usr/bin/env bash
# Real public resources, most of them odd for us: each must be read or set aside, none may end the program.
set -euo pipefail
examples=../shared/fhir-examples
if [ ! -d "$examples" ]; then
    echo "fhir-examples: skipped, $examples is not there"
    exit 0
fi
answers=$(mktemp)
trap 'rm -f "$answers"' EXIT
.venv/bin/hepatica evaluate "$examples" --as-of newest --format json >"$answers"
.venv/bin/python -c '
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    patients = len(json.load(file)["assessments"])
print(f"fhir-examples: {patients} patients evaluated")
sys.exit(patients == 0)
' "$answers"
