#!/usr/bin/env bash
# Parses all generated SQL with sqlfluff and sqlglot, beside sqlparser, which the tests use. Needs Python 3 with venv, and the
# network for pip. What is generated comes from the tests: each statement of a script, and each statement, expression and type in
# the body of a procedure.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
GENERATED="$out" cargo test --quiet -p pipeline-tests --test languages generated_sql_parses
python3 -m venv "$out/venv"
"$out/venv/bin/pip" install --quiet --disable-pip-version-check sqlfluff==4.5.0 sqlglot==30.30.0
"$out/venv/bin/python" scripts/check_sql.py "$out"
