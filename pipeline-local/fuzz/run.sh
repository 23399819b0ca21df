#!/usr/bin/env bash
# Fuzzes one target on the stable toolchain: ./run.sh sql|scripting|wire [SECONDS] [libFuzzer's options]
# Only pipeline-local and sqlparser's callers in it are instrumented, so that everything else is built as elsewhere.
set -euo pipefail
cd "$(dirname "$0")"
target=${1:?which target: sql, scripting or wire}
seconds=${2:-600}
shift $(($# < 2 ? $# : 2))
export RUSTC_WRAPPER="$PWD/instrument.sh"
cargo build --config ../../Cargo.toml --bin "$target"
directory=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
# The stack that the server gives its threads.
ulimit -s 16384
mkdir -p "corpus/$target" "artifacts/$target"
./seeds.py "$target"
exec "$directory/debug/$target" "corpus/$target" -max_total_time="$seconds" -max_len=4096 -timeout=60 \
    -artifact_prefix="artifacts/$target/" -dict=sql.dict "$@"
