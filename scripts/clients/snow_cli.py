"""The Snowflake CLI: `snow sql -f` for each script."""

import json
import os
import pathlib
import subprocess

WORK = pathlib.Path(os.environ["LOCAL_WORK"])
CONFIG = WORK / "config.toml"
SCRIPTS = sorted(pathlib.Path(os.environ["LOCAL_SCRIPTS"]).glob("*.sql"))


def snow(*arguments, fails=False):
    command = ["snow", "--config-file", str(CONFIG), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode != 0) == fails, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout + (done.stderr if fails else "")


def rows(query):
    return json.loads(snow("sql", "-q", query, "--format", "json"))


def main():
    CONFIG.write_text(f"""default_connection_name = "local"
[cli.logs]
save_logs = false
[connections.local]
account = "local"
user = "ADMIN"
password = "{os.environ['LOCAL_PASSWORD']}"
host = "{os.environ['LOCAL_HOST']}"
port = {os.environ['LOCAL_PORT']}
protocol = "http"
""")
    CONFIG.chmod(0o600)
    print("version:", snow("--version").split()[-1])
    snow("connection", "test", "-c", "local")
    print("connect: ok")
    for script in SCRIPTS[:-1]:
        snow("sql", "-f", script)
    [state] = rows("SELECT * FROM STAGING_DB.PROCESSED_DATA.V_PIPELINE_MONITORING")
    assert state["ROWS_IN_TABLE_A"] == 1000 and state["FAILED_RUNS"] >= 1 and state["SUCCEEDED_RUNS"] >= 5, state
    tables = json.loads(snow("object", "list", "table", "--in", "database", "STAGING_DB", "--format", "json"))
    assert {"TABLE_B", "PIPELINE_RUN"} == {table["name"] for table in tables}, tables
    described = json.loads(snow("object", "describe", "table", "STAGING_DB.PROCESSED_DATA.TABLE_B", "--format", "json"))
    assert [column["name"] for column in described][:2] == ["ID", "CUSTOMER_ID"], described
    snow("sql", "-f", SCRIPTS[-1])
    assert rows("SHOW DATABASES LIKE 'STAGING_DB'") == []
    print("scripts:", len(SCRIPTS), "files")
    assert rows("SELECT 1.50::NUMBER(10,2) AS A, NULL AS B, '2024-02-29'::DATE AS C") == [{"A": "1.50", "B": None, "C": "2024-02-29"}]
    several = rows("SELECT 1 AS A; SELECT 2 AS B")
    assert several == [[{"A": 1}], [{"B": 2}]], several
    error = snow("sql", "-q", "SELECT * FROM NO_SUCH_DB.S.T", fails=True)
    assert "002003" in error and "does not exist or not authorized" in error, error
    print("checks: 6")


main()
