#!/usr/bin/env bash
# Runs the conformance corpus in the folder $CEPHEID_CONFORMANCE through `CEPHEID match`, by the corpus's own check.py.
# All cases must pass; the counts of each file are printed. Exit status 77, "skipped" to ctest, without a corpus.
#
#   run.sh CEPHEID
set -euo pipefail

if [[ -z ${CEPHEID_CONFORMANCE:-} ]]; then
  echo "skipped: CEPHEID_CONFORMANCE names no folder"
  exit 77
fi
exec python3 -B "$CEPHEID_CONFORMANCE/check.py" "$1" "$CEPHEID_CONFORMANCE" --show 5
