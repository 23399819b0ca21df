"""dbt: `debug`, the scripts as run-operations, then a project with a seed, a view, a table, an incremental model and a test."""

import json
import os
import pathlib
import subprocess

WORK = pathlib.Path(os.environ["LOCAL_WORK"])
SCRIPTS = sorted(pathlib.Path(os.environ["LOCAL_SCRIPTS"]).glob("*.sql"))
FILES = {
    "dbt_project.yml": "name: local\nversion: '1.0'\nprofile: local\nmodels:\n  +materialized: view\n",
    "seeds/kinds.csv": "kind,sign\nPURCHASE,-1\nREFUND,1\nDEPOSIT,1\nWITHDRAWAL,-1\nTRANSFER,0\n",
    "models/signed.sql": """SELECT A.ID, A.CUSTOMER_ID, A.AMOUNT * K.SIGN AS AMOUNT
FROM RAW_DB.SAMPLE_DATA.TABLE_A AS A JOIN {{ ref('kinds') }} AS K ON K.KIND = A.TRANSACTION_TYPE""",
    "models/balance.sql": """{{ config(materialized='table') }}
SELECT CUSTOMER_ID, SUM(AMOUNT) AS BALANCE FROM {{ ref('signed') }} GROUP BY CUSTOMER_ID""",
    "models/history.sql": """{{ config(materialized='incremental', unique_key='ID') }}
SELECT ID, AMOUNT, CURRENT_TIMESTAMP() AS SEEN_AT FROM {{ ref('signed') }}
{% if is_incremental() %} WHERE ID > (SELECT MAX(ID) - 10 FROM {{ this }}) {% endif %}""",
    "models/schema.yml": """models:
  - name: balance
    columns:
      - name: CUSTOMER_ID
        data_tests: [unique, not_null]
""",
    "snapshots/kinds.sql": """{% snapshot kinds_over_time %}
{{ config(target_schema='MODELS', unique_key='KIND', strategy='check', check_cols=['SIGN']) }}
SELECT * FROM {{ ref('kinds') }}
{% endsnapshot %}""",
    "macros/one.sql": """{% macro expect(query, wanted) %}
  {% set got = run_query(query).columns[0].values()[0] | string %}
  {% if got != wanted %}{{ exceptions.raise_compiler_error(query ~ ' gives ' ~ got ~ ', not ' ~ wanted) }}{% endif %}
{% endmacro %}""",
}


def dbt(*arguments):
    command = ["dbt", "--no-use-colors", "--no-send-anonymous-usage-stats", *map(str, arguments)]
    done = subprocess.run(command, cwd=WORK, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def expect(query, wanted):
    dbt("run-operation", "expect", "--args", f"{{query: \"{query}\", wanted: \"{wanted}\"}}")


def main():
    from importlib.metadata import version

    print("version:", version("dbt-snowflake"))
    (WORK / "profiles.yml").write_text(f"""local:
  target: local
  outputs:
    local:
      type: snowflake
      account: local
      user: ADMIN
      password: "{os.environ['LOCAL_PASSWORD']}"
      host: "{os.environ['LOCAL_HOST']}"
      port: {os.environ['LOCAL_PORT']}
      protocol: http
      database: ANALYSIS
      schema: MODELS
      role: ACCOUNTADMIN
      warehouse: STREAMS_TASKS_WH
      threads: 2
""")
    for name, text in FILES.items():
        (WORK / name).parent.mkdir(exist_ok=True)
        (WORK / name).write_text(text)
    for at, script in enumerate(SCRIPTS, 1):
        text = f"{{% macro script_{at}() %}}{{% set text %}}{{% raw %}}{script.read_text()}{{% endraw %}}{{% endset %}}"
        (WORK / "macros" / f"script_{at}.sql").write_text(text + "{% do run_query(text) %}{% endmacro %}")
    dbt("debug")
    print("connect: ok")
    for at in range(1, len(SCRIPTS)):
        dbt("run-operation", f"script_{at}")
    expect("SELECT ROWS_IN_TABLE_A FROM STAGING_DB.PROCESSED_DATA.V_PIPELINE_MONITORING", "1000")
    expect("SELECT FAILED_RUNS >= 1 AND SUCCEEDED_RUNS >= 5 FROM STAGING_DB.PROCESSED_DATA.V_PIPELINE_MONITORING", "True")
    dbt("run-operation", "expect", "--args", "{query: 'CREATE DATABASE ANALYSIS', wanted: 'Database ANALYSIS successfully created.'}")
    for _ in range(2):
        # The second time the incremental model merges and the snapshot compares.
        dbt("build")
    expect("SELECT COUNT(*) FROM ANALYSIS.MODELS.HISTORY", "1000")
    expect("SELECT COUNT(DISTINCT SEEN_AT) FROM ANALYSIS.MODELS.HISTORY", "2")
    expect("SELECT COUNT(*) FROM ANALYSIS.MODELS.KINDS_OVER_TIME", "5")
    (WORK / "seeds" / "kinds.csv").write_text(FILES["seeds/kinds.csv"].replace("TRANSFER,0", "TRANSFER,-1"))
    dbt("build")
    expect("SELECT COUNT(*) FROM ANALYSIS.MODELS.KINDS_OVER_TIME", "6")
    dbt("docs", "generate")
    catalog = json.loads((WORK / "target" / "catalog.json").read_text())
    columns = catalog["nodes"]["model.local.balance"]["columns"]
    assert list(columns) == ["CUSTOMER_ID", "BALANCE"], columns
    dbt("run-operation", f"script_{len(SCRIPTS)}")
    print("scripts:", len(SCRIPTS), "files")
    print("checks: 7")


main()
