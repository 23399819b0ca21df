#!/usr/bin/env bash
# Checks with Node.js that all generated JavaScript parses: that of the examples' procedures, of the language's own tests, and of
# the bodies that the tests compare in both languages. Needs `node`.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
GENERATED="$out" cargo test --quiet -p pipeline-tests --test languages generated_sql_parses
for file in "$out"/javascript/*.js; do
    node --check "$file"
done
echo "$(ls "$out/javascript" | wc -l) bodies parse"
