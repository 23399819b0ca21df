#!/usr/bin/env bash
# Checks with Node.js that the JavaScript of all snapshots and of the examples' scripts parses. Needs `node`.
# A body is that of a function, so that `return` may stand in it.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
count=0
check() { # name
    { echo "function body() {"; cat; echo "}"; } > "$out/$1.js"
    node --check "$out/$1.js"
    count=$((count + 1))
}
for file in pipeline-dsl/tests/snapshots/*.snap; do
    name=$(basename "$file" .snap)
    if grep -q '^//// JavaScript$' "$file"; then
        check "$name" < <(sed '1,/^\/\/\/\/ JavaScript$/d' "$file")
    elif grep -q '^LANGUAGE JAVASCRIPT$' "$file"; then
        check "$name" < <(awk '/^\$\$/ { inside = !inside; next } inside' "$file")
    elif grep -q '^expression: "js::' "$file"; then
        check "$name" < <(sed '1,/^---$/d' "$file" | sed '1,/^---$/d')
    fi
done
while read -r file; do
    check "$(basename "$file" .sql)" < <(
        awk '/^LANGUAGE JAVASCRIPT$/ { wanted = 1 }
             /^\$\$/ { if (inside) { inside = 0; wanted = 0; print "}\nfunction next_body() {" } else if (wanted) { inside = 1 } next }
             inside' "$file"
    )
done < <(grep -rl --include='*.sql' '^LANGUAGE JAVASCRIPT$' examples || true)
if [ "$count" -eq 0 ]; then
    echo "no JavaScript found" >&2
    exit 1
fi
echo "$count bodies parse"
