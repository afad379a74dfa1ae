#!/usr/bin/env bash
# Example patients with expected answers: every asserted option that the knowledge base holds must get its status.
set -euo pipefail
vignettes=../shared/clinical/vignettes-public.json
if [ ! -f "$vignettes" ]; then
    echo "vignettes: skipped, $vignettes is not there"
    exit 0
fi
answers=$(mktemp)
trap 'rm -f "$answers"' EXIT
.venv/bin/hepatica evaluate --facts "$vignettes" --format json >"$answers"
.venv/bin/python .ci/check_vignettes.py "$vignettes" "$answers"
