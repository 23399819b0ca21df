#!/usr/bin/env bash
# Compiles the crates that are fuzzed with counters for libFuzzer, all others as they are.
set -euo pipefail
case " $* " in
*" --crate-name pipeline_local "*)
    exec "$@" --cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
        -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 ;;
*) exec "$@" ;;
esac
