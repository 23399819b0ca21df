#!/usr/bin/env bash
# Measures the local engine and writes the numbers into docs/performance.md: scripts/measure.sh [PROFILE]
# PROFILE is cargo's, `bench` (optimised) by default; `dev` builds faster and measures an engine that is not optimised.
# DuckDB and fakesnow, which it is compared with, are installed into a directory of their own and removed again.
set -euo pipefail
cd "$(dirname "$0")/.."
profile=${1:-bench}
peers=$(mktemp -d)
trap 'rm -rf "$peers"' EXIT

python3 -m venv "$peers/venv"
# fakesnow 0.12 does not work with the connector's version 5.
"$peers/venv/bin/pip" install --quiet duckdb 'fakesnow[server]' 'snowflake-connector-python<5'
cargo bench --profile "$profile" -p pipeline-local --bench measure -- --python "$peers/venv/bin/python" >"$peers/table"

versions=$("$peers/venv/bin/pip" list 2>/dev/null | awk '/^(duckdb|fakesnow) / { printf "%s%s %s", separator, $1, $2; separator = ", " }')
{
    sed '/<!-- measured -->/q' docs/performance.md
    printf '\nProfile `%s`, %s cores, load average %s while it began, %s.\n\n' \
        "$profile" "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo unknown)" "$versions"
    grep '^|' "$peers/table"
    printf '\n'
    sed -n '/<!-- end of measured -->/,$p' docs/performance.md
} >"$peers/performance.md"
cp "$peers/performance.md" docs/performance.md
