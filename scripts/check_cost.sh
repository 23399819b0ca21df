#!/usr/bin/env bash
# What the checks cost: writes a pipeline over three modules and two crates, with as many tables of 20 columns as tasks, and
# compares `cargo check` of it with the same structs under serde's derive. Fails if it does not compile, for example because a
# constant hits a limit of the compiler.
#
#   scripts/check_cost.sh [tables ..]      (100 by default; 400 takes minutes; each divisible by 4)
#
# Shown is the user and system time of checking both crates alone, without dependencies, best of three.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
out=${CHECK_COST_DIR:-${TMPDIR:-/tmp}/pipeline_check_cost}
export CARGO_TARGET_DIR=$out/target CARGO_INCREMENTAL=0
types=("Integer" "Varchar<50>" "Option<Number<10, 2>>" "Option<TimestampNtz>" "Option<Boolean>")
plain=("i64" "String" "Option<f64>" "Option<String>" "Option<bool>")

# part <first> <count> <prefix of the path to the setting>: tables, and a graph of as many tasks, each after the one before
part() {
    local first=$1 count=$2 at=$3 number column
    for ((number = first; number < first + count; number++)); do
        echo "/// Table $number."
        echo "#[table(schema = ${at}Sales)]"
        echo "pub struct Table$number {"
        for ((column = 0; column < 20; column++)); do
            echo "    /// Column $column."
            echo "    pub column_$column: ${types[column % 5]},"
        done
        echo "}"
        if ((number == first)); then
            echo "/// The changes of table $number."
            echo "#[stream(on = Table$number)]"
            echo "pub struct Changes$number;"
            echo "/// Starts the graph."
            echo "#[task(schema = ${at}Sales, warehouse = ${at}Wh, schedule = \"5 minutes\", when = has_data(Changes$number),"
            echo "    sql = \"INSERT INTO {Table$number} SELECT * EXCLUDE (METADATA\$ACTION) FROM {Changes$number}\")]"
        else
            echo "/// Goes on."
            echo "#[task(schema = ${at}Sales, warehouse = ${at}Wh, after(Task$((number - 1))), timeout = \"1 hour\","
            echo "    sql = \"DELETE FROM {Table$number} WHERE COLUMN_0 = 0\")]"
        fi
        echo "pub struct Task$number;"
    done
}

# structs <first> <count>: the same structs for serde
structs() {
    local first=$1 count=$2 number column
    for ((number = first; number < first + count; number++)); do
        echo "/// Table $number."
        echo "#[derive(serde::Serialize, serde::Deserialize)]"
        echo "pub struct Table$number {"
        for ((column = 0; column < 20; column++)); do
            echo "    /// Column $column."
            echo "    pub column_$column: ${plain[column % 5]},"
        done
        echo "}"
    done
}

# package <directory> <name> <dependency> ..
package() {
    local directory=$1 name=$2
    shift 2
    mkdir -p "$directory/src"
    printf '[package]\nname = "%s"\nversion = "0.0.0"\nedition = "2024"\n\n[dependencies]\n' "$name" >"$directory/Cargo.toml"
    printf '%s\n' "$@" >>"$directory/Cargo.toml"
}

generate() {
    local count=$1 quarter=$(($1 / 4)) module
    mkdir -p "$out"
    printf '[workspace]\nresolver = "3"\nmembers = ["shared", "app", "plain_shared", "plain_app"]\n' >"$out/Cargo.toml"
    cp "$root/Cargo.lock" "$out/Cargo.lock"
    package "$out/shared" shared "pipeline-dsl = { path = \"$root/pipeline-dsl\" }"
    package "$out/app" app "pipeline-dsl = { path = \"$root/pipeline-dsl\" }" 'shared = { path = "../shared" }'
    package "$out/plain_shared" plain_shared 'serde = { version = "1", features = ["derive"] }'
    package "$out/plain_app" plain_app 'serde = { version = "1", features = ["derive"] }' \
        'plain_shared = { path = "../plain_shared" }'
    {
        echo "//! What both crates need, and a quarter of the objects."
        echo "use pipeline_dsl::prelude::*;"
        echo "/// The database."
        echo "#[database] pub struct Shop;"
        echo "/// The schema."
        echo "#[schema(database = Shop)] pub struct Sales;"
        echo "/// The warehouse."
        echo "#[warehouse] pub struct Wh;"
        echo "/// The role."
        echo "#[role] pub struct Owner;"
        part 0 "$quarter" ""
    } >"$out/shared/src/lib.rs"
    {
        echo "//! A large pipeline."
        printf 'pub mod %s;\n' first second third
        echo "use pipeline_dsl::prelude::*;"
        echo "pipeline! {"
        echo "    /// Everything."
        echo "    pub Large(role = shared::Owner) ["
        echo "        shared::Task$((quarter - 1)), first::Task$((2 * quarter - 1)), second::Task$((3 * quarter - 1)),"
        echo "        third::Task$((count - 1)),"
        for ((number = 0; number < count; number++)); do
            case $((number / quarter)) in
            0) echo "        shared::Table$number," ;;
            1) echo "        first::Table$number," ;;
            2) echo "        second::Table$number," ;;
            *) echo "        third::Table$number," ;;
            esac
        done
        echo "    ]"
        echo "}"
    } >"$out/app/src/lib.rs"
    echo "//! Structs." >"$out/plain_shared/src/lib.rs"
    structs 0 "$quarter" >>"$out/plain_shared/src/lib.rs"
    printf '//! Structs.\npub mod first;\npub mod second;\npub mod third;\n' >"$out/plain_app/src/lib.rs"
    local first=$quarter
    for module in first second third; do
        {
            echo "//! A quarter of the objects."
            echo "use pipeline_dsl::prelude::*;"
            part "$first" "$quarter" "shared::"
        } >"$out/app/src/$module.rs"
        {
            echo "//! A quarter of the structs."
            structs "$first" "$quarter"
        } >"$out/plain_app/src/$module.rs"
        first=$((first + quarter))
    done
}

# best <package> <package it needs>: the least time of three, in milliseconds
best() {
    local least=0 run spent
    for run in 1 2 3; do
        touch "$out/$1/src/lib.rs" "$out/$2/src/lib.rs"
        TIMEFORMAT='%U %S'
        spent=$( { time cargo check --quiet --offline --manifest-path "$out/Cargo.toml" -p "$1" >&2; } 2>&1 | tail -1 |
            awk '{ printf "%d", ($1 + $2) * 1000 }')
        if ((run == 1 || spent < least)); then least=$spent; fi
    done
    echo "$least"
}

[ $# -gt 0 ] || set -- 100
echo "tables and tasks   pipeline   serde   ratio"
for count in "$@"; do
    generate "$count"
    # Dependencies first, and errors in full.
    cargo check --quiet --offline --manifest-path "$out/Cargo.toml" --workspace
    ours=$(best app shared)
    theirs=$(best plain_app plain_shared)
    awk -v n="$count" -v a="$ours" -v b="$theirs" \
        'BEGIN { printf "%16d %8.2f s %6.2f s %7.2f\n", n, a / 1000, b / 1000, a / b }'
done
