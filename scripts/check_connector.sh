#!/usr/bin/env bash
# Runs the published integration tests of snowflake-connector-rs against `pipeline-local serve`. Needs cargo, curl, openssl and
# python3. The tests are those of the version in Cargo.lock, copied out of cargo's registry; they wait for minutes on purpose.
#
# UNSUPPORTED names the tests that need what the local engine refuses by name (docs/compatibility.md). Any other failure, and
# any of these that passes, makes the script fail.
set -euo pipefail
cd "$(dirname "$0")/.."
UNSUPPORTED=(
    cases::test_bind_parameters::test_bind_parameters_round_trip_common_types_and_where_clause # DECFLOAT
    cases::test_decode::test_decode                                                            # GEOGRAPHY
)
work=$(mktemp -d)
server=
finish() {
    if [ -n "$server" ]; then kill "$server" && wait "$server" || true; fi
    rm -rf "$work"
}
trap finish EXIT

manifest=$(cargo metadata --format-version=1 --locked | python3 -c '
import json, sys
packages = json.load(sys.stdin)["packages"]
print(next(package["manifest_path"] for package in packages if package["name"] == "snowflake-connector-rs"))')
cp -r "$(dirname "$manifest")" "$work/connector"
chmod -R u+w "$work/connector"
# The toolchain of this machine does as well as the one that the connector names.
rm -f "$work/connector/rust-toolchain.toml"
cargo build --quiet -p pipeline-local
binary="$(cargo metadata --format-version=1 --no-deps | python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')/debug/pipeline-local"

export PIPELINE_LOCAL_PASSWORD=$(openssl rand -hex 12)
"$binary" serve > "$work/server" &
server=$!
for _ in $(seq 100); do grep -q listening "$work/server" && break; sleep 0.1; done
url=$(sed -n 's/^pipeline-local listening on //p' "$work/server")

export SNOWFLAKE_PRIVATE_KEY_PASSWORD=$(openssl rand -hex 12)
openssl genrsa 2048 2> "$work/openssl" \
    | openssl pkcs8 -topk8 -v2 aes-256-cbc -passout env:SNOWFLAKE_PRIVATE_KEY_PASSWORD -out "$work/key.p8"
public=$(openssl rsa -in "$work/key.p8" -passin env:SNOWFLAKE_PRIVATE_KEY_PASSWORD -pubout 2>> "$work/openssl" \
    | grep -v -- ----- | tr -d '\n')
post() { # path, body, authorization
    curl --silent --show-error --fail "$url$1" -H 'Content-Type: application/json' -H "Authorization: $3" -d "$2"
}
login=$(post /session/v1/login-request \
    "{\"data\": {\"LOGIN_NAME\": \"ADMIN\", \"PASSWORD\": \"$PIPELINE_LOCAL_PASSWORD\"}}" none)
token=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["data"]["token"])' <<< "$login")
for sql in "ALTER USER ADMIN SET RSA_PUBLIC_KEY = '$public'" "CREATE DATABASE CONNECTOR" \
    "CREATE WAREHOUSE CONNECTOR WAREHOUSE_SIZE = XSMALL"; do
    post /queries/v1/query-request "{\"sqlText\": \"$sql\"}" "Snowflake Token=\"$token\"" | grep -q '"success":true'
done

address=${url#http://}
export SNOWFLAKE_USERNAME=ADMIN SNOWFLAKE_ACCOUNT=local SNOWFLAKE_PROTOCOL=http
export SNOWFLAKE_HOST=${address%:*} SNOWFLAKE_PORT=${address##*:}
export SNOWFLAKE_ROLE=ACCOUNTADMIN SNOWFLAKE_WAREHOUSE=CONNECTOR SNOWFLAKE_DATABASE=CONNECTOR SNOWFLAKE_SCHEMA=PUBLIC
SNOWFLAKE_PRIVATE_KEY=$(cat "$work/key.p8")
export SNOWFLAKE_PRIVATE_KEY
export CARGO_TARGET_DIR=${CONNECTOR_TARGET_DIR:-$work/target}
(cd "$work/connector" && cargo test --quiet --test integration --no-run)
(cd "$work/connector" && cargo test --test integration --no-fail-fast) | tee "$work/result" || true
grep -q '^test result' "$work/result"
sed -n 's/^test \(.*\) \.\.\. FAILED$/\1/p' "$work/result" | sort > "$work/failed"
printf '%s\n' "${UNSUPPORTED[@]}" | sed '/^$/d' | sort > "$work/expected"
echo
if diff "$work/expected" "$work/failed"; then
    echo "$(grep -c '^test .* \.\.\. ok$' "$work/result") passed; $(wc -l < "$work/expected") need what is not supported"
else
    echo "other tests failed than those that need what is not supported (< only expected, > only now)" >&2
    exit 1
fi
