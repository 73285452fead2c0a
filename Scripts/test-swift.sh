#!/usr/bin/env bash
# Builds and runs the Swift tests. What failed is said once more at the end, where whoever reads a log looks first.
set -uo pipefail
swift=${1:-swift}
"$swift" build -c release --build-tests || exit
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$swift" test -c release --skip-build 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
if [ "$status" -ne 0 ]; then
    echo "What failed:"
    grep -E "✘|recorded an issue|Fatal error|Precondition failed" "$log" | cut -c1-400 | tail -40
fi
exit "$status"
