"""Snowflake's connector for Python, 4 and 5: each script as one text that the connector splits, and as one request."""

import datetime
import decimal
import os
import pathlib

import snowflake.connector
from snowflake.connector import DictCursor
from snowflake.connector.errors import ProgrammingError

SCRIPTS = sorted(pathlib.Path(os.environ["LOCAL_SCRIPTS"]).glob("*.sql"))
TYPES = """SELECT 1::NUMBER(38,0), -1.50::NUMBER(10,2), 1.5::FLOAT, 'a"b\nä❄', TRUE, '2024-02-29'::DATE,
    '12:34:56.789'::TIME, '2024-01-02 03:04:05.678'::TIMESTAMP_NTZ, '2024-01-02 03:04:05.678 +02:00'::TIMESTAMP_TZ,
    TO_BINARY('48656C6C6F', 'HEX'), PARSE_JSON('{"a": [1, null]}'), NULL::VARCHAR"""
EXPECTED = (
    1, decimal.Decimal("-1.50"), 1.5, 'a"b\nä❄', True, datetime.date(2024, 2, 29), datetime.time(12, 34, 56, 789000),
    datetime.datetime(2024, 1, 2, 3, 4, 5, 678000),
    datetime.datetime(2024, 1, 2, 3, 4, 5, 678000, datetime.timezone(datetime.timedelta(hours=2))),
    b"Hello", '{\n  "a": [\n    1,\n    null\n  ]\n}', None,
)


def connect(**options):
    return snowflake.connector.connect(
        account="local", user="ADMIN", password=os.environ["LOCAL_PASSWORD"], protocol="http",
        host=os.environ["LOCAL_HOST"], port=int(os.environ["LOCAL_PORT"]), **options,
    )


def run_scripts(connection):
    """Splits the scripts in the client, but for the clean-up: that is one request with all statements."""
    count = 0
    for script in SCRIPTS[:-1]:
        count += sum(1 for _ in connection.execute_string(script.read_text()))
    cursor = connection.cursor()
    row = cursor.execute("SELECT * FROM STAGING_DB.PROCESSED_DATA.V_PIPELINE_MONITORING").fetchone()
    columns = [column[0] for column in cursor.description]
    state = dict(zip(columns, row))
    assert state["ROWS_IN_TABLE_A"] == 1000, state
    assert state["FAILED_RUNS"] >= 1 and state["SUCCEEDED_RUNS"] >= 5, state
    cursor.execute(SCRIPTS[-1].read_text(), num_statements=0)
    count += 1
    while cursor.nextset():
        count += 1
    assert not connection.cursor().execute("SHOW DATABASES LIKE 'STAGING_DB'").fetchall()
    return count


def check_types(connection):
    row = connection.cursor().execute(TYPES).fetchone()
    for got, expected in zip(row, EXPECTED):
        assert got == expected and type(got) in (type(expected), bytearray), f"{got!r} is not {expected!r}"
    assert row[8].utcoffset() == datetime.timedelta(hours=2), row[8]


def check_binds(connection):
    snowflake.connector.paramstyle = "qmark"
    with connect(paramstyle="qmark") as bound:
        cursor = bound.cursor()
        cursor.execute("CREATE DATABASE BINDS")
        cursor.execute("CREATE TABLE T (A NUMBER, B VARCHAR, C TIMESTAMP_NTZ, D BINARY, E BOOLEAN)")
        rows = [(at, f"text {at}", datetime.datetime(2024, 1, 1, 0, 0, at), bytes([at]), at % 2 == 0) for at in range(50)]
        cursor.executemany("INSERT INTO T VALUES (?, ?, ?, ?, ?)", rows)
        assert cursor.rowcount == 50, cursor.rowcount
        cursor.execute("INSERT INTO T SELECT ?, ?, NULL, NULL, NULL", (100, None))
        assert [tuple(row) for row in cursor.execute("SELECT * FROM T ORDER BY A").fetchmany(50)] == rows
        cursor.execute("DELETE FROM T WHERE A >= ?", (100,))
        assert cursor.rowcount == 1
        assert connection.cursor(DictCursor).execute("SELECT COUNT(*) AS N FROM BINDS.PUBLIC.T").fetchone() == {"N": 50}
        cursor.execute("DROP DATABASE BINDS")


def check_errors(connection):
    try:
        connection.cursor().execute("SELECT * FROM NO_SUCH_DB.S.T")
    except ProgrammingError as error:
        assert (error.errno, error.sqlstate) == (2003, "42S02"), error
        assert error.sfqid, "an error has a query id"
    else:
        raise AssertionError("a missing table is an error")


def check_async(connection):
    cursor = connection.cursor()
    cursor.execute_async("SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 100000))")
    query = cursor.sfqid
    while connection.is_still_running(connection.get_query_status_throw_if_error(query)):
        pass
    later = connection.cursor()
    later.get_results_from_sfqid(query)
    assert later.fetchall() == [(100000,)]


def told(row):
    """Values with their types; NaN, which differs from itself, as text, and bytes in either of their types."""
    return [repr(bytes(value) if isinstance(value, bytearray) else value) for value in row]


def check_formats():
    """Both result formats hold the same, in every way of fetching; a large one comes in chunks."""
    many = """SELECT SEQ4() AS N, N / 7 AS Q, N::FLOAT AS F, LPAD(N, 40, 'x') AS S, DATEADD('SECOND', N, '2024-01-01'::TIMESTAMP_NTZ) AS T,
        IFF(N % 3 = 0, NULL, DATEADD('MINUTE', -N, '1970-01-02'::TIMESTAMP_TZ)) AS Z, N % 2 = 0 AS B, TO_TIME('01:02:03.5') AS C
        FROM TABLE(GENERATOR(ROWCOUNT => 60000)) ORDER BY N"""
    edges = """SELECT * FROM VALUES
        ('0001-01-01'::DATE, '0001-01-01 00:00:00.000001'::TIMESTAMP_NTZ(9), 'NaN'::FLOAT, -99999999999999999999999999999999999999::NUMBER(38,0), '', TO_BINARY('', 'HEX')),
        ('9999-12-31'::DATE, '9999-12-31 23:59:59.999999'::TIMESTAMP_NTZ(9), 'inf'::FLOAT, 99999999999999999999999999999999999999::NUMBER(38,0), 'x', TO_BINARY('00FF', 'HEX')),
        ('1969-12-31'::DATE, '1969-12-31 23:59:58.9'::TIMESTAMP_NTZ(9), '-inf'::FLOAT, 0::NUMBER(38,0), '❄', NULL::BINARY),
        (NULL::DATE, NULL::TIMESTAMP_NTZ(9), NULL::FLOAT, NULL::NUMBER(38,0), NULL, NULL::BINARY)"""
    scales = """SELECT '1969-12-31 23:59:58.987654'::TIMESTAMP_NTZ(0), '1969-12-31 23:59:58.987654'::TIMESTAMP_NTZ(3),
        '1969-12-31 23:59:58.987654'::TIMESTAMP_LTZ(6), '1969-12-31 23:59:58.987654 -08:00'::TIMESTAMP_TZ(0),
        '1969-12-31 23:59:58.987654 +05:30'::TIMESTAMP_TZ(3), '1969-12-31 23:59:58.987654 +14:00'::TIMESTAMP_TZ(9),
        '23:59:59.999999'::TIME(0), '23:59:59.999999'::TIME(4), '23:59:59.999999'::TIME(9), 1.00::NUMBER(38,37), -0.5::NUMBER(5,5)"""
    queries = [TYPES, many, scales, f"SELECT * FROM ({many}) WHERE N < 0", edges, "SHOW PARAMETERS LIKE 'TIME%'"]
    results = {}
    for kind in ["json", "arrow"]:
        with connect(session_parameters={"PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": kind, "TIMEZONE": "Europe/Berlin"}) as connection:
            results[kind] = [connection.cursor().execute(query).fetchall() for query in queries]
            if kind == "arrow":
                cursor = connection.cursor().execute(many)
                table = cursor.fetch_arrow_all()
                assert table.num_rows == 60000 and table.column("N")[59999].as_py() == 59999, table.schema
                frame = connection.cursor().execute(many).fetch_pandas_all()
                assert len(frame) == 60000 and frame["S"][7] == "7".rjust(40, "x"), frame.head()
                assert sum(len(batch) for batch in connection.cursor().execute(many).fetch_pandas_batches()) == 60000
                batches = connection.cursor().execute(many).get_result_batches()
                assert len(batches) > 1 and sum(len(list(batch)) for batch in batches) == 60000
                assert connection.cursor().execute(queries[3]).fetch_arrow_all(force_return_table=True).num_rows == 0
                inserted = connection.cursor().execute("CREATE OR REPLACE TEMPORARY TABLE UTIL.PUBLIC.X AS SELECT 1 AS A")
                assert "created" in inserted.fetchone()[0]
    for query, one, other in zip(queries, results["json"], results["arrow"]):
        differing = [pair for pair in zip(one, other) if told(pair[0]) != told(pair[1])]
        assert len(one) == len(other) and not differing, f"JSON and Arrow differ: {differing[:3]} in {query}"


def main():
    print("version:", snowflake.connector.__version__)
    connection = connect(session_parameters={"QUERY_TAG": "clients"})
    assert connection.cursor().execute("SELECT CURRENT_USER()").fetchone() == ("ADMIN",)
    print("connect: ok")
    print("scripts:", run_scripts(connection), "statements")
    connection.cursor().execute("CREATE DATABASE UTIL")
    checks = [check_types, check_binds, check_errors, check_async]
    for check in checks:
        check(connection)
    check_formats()
    connection.close()
    print("checks:", len(checks) + 1)


main()
