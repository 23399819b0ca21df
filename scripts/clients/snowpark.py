"""Snowpark: the scripts statement by statement, then what a program does with DataFrames."""

import io
import os
import pathlib
from importlib.metadata import version

from snowflake.connector.util_text import split_statements
from snowflake.snowpark import Session, Window
from snowflake.snowpark import functions as F
from snowflake.snowpark.functions import col, lit, when_matched, when_not_matched

SCRIPTS = sorted(pathlib.Path(os.environ["LOCAL_SCRIPTS"]).glob("*.sql"))


def run(session, script):
    for statement, _ in split_statements(io.StringIO(script.read_text()), remove_comments=True):
        if statement.strip():
            session.sql(statement.rstrip().rstrip(";")).collect()


def data_frames(session):
    source = session.table("RAW_DB.SAMPLE_DATA.TABLE_A")
    assert source.count() == 1000
    assert [field.name for field in source.schema.fields][:2] == ["ID", "CUSTOMER_ID"]
    kinds = session.create_dataframe([["PURCHASE", -1], ["REFUND", 1]], schema=["KIND", "SIGN"])
    signed = source.join(kinds, source["TRANSACTION_TYPE"] == kinds["KIND"])
    sums = signed.group_by("CUSTOMER_ID").agg(F.sum(col("AMOUNT") * col("SIGN")).alias("BALANCE"))
    assert 0 < sums.count() == signed.select("CUSTOMER_ID").distinct().count()
    rank = F.row_number().over(Window.partition_by("TRANSACTION_TYPE").order_by(col("AMOUNT").desc()))
    largest = source.with_column("PLACE", rank).filter(col("PLACE") == 1)
    assert largest.count() == source.select("TRANSACTION_TYPE").distinct().count()
    assert source.sample(n=10).count() == 10
    assert sums.cache_result().count() == sums.count()


def tables(session):
    session.use_role("ACCOUNTADMIN")
    session.sql("CREATE OR REPLACE DATABASE ANALYSIS").collect()
    many = session.create_dataframe([[i, str(i % 3), i / 2] for i in range(2000)], schema=["ID", "K", "X"])
    many.write.mode("overwrite").save_as_table("MANY")
    many.limit(5).write.mode("append").save_as_table("MANY")
    table = session.table("MANY")
    assert table.count() == 2005
    assert table.update({"K": lit("u")}, col("ID") == 0).rows_updated == 2
    assert table.delete(col("ID") == 1).rows_deleted == 2
    new = session.create_dataframe([[2000, "n", 1.0], [1999, "m", 2.0]], schema=["ID", "K", "X"])
    merged = table.merge(new, table["ID"] == new["ID"], [
        when_matched().update({"K": new["K"]}),
        when_not_matched().insert({"ID": new["ID"], "K": new["K"]}),
    ])
    assert (merged.rows_inserted, merged.rows_updated) == (1, 1)
    wide = table.filter(col("K").in_(["0", "1"])).select("K", "X").pivot("K", ["0", "1"]).sum("X").collect()
    assert len(wide) == 1 and len(wide[0]) == 2
    lists = session.create_dataframe([[1, [1, 2]], [2, []]], schema=["ID", "ITEMS"])
    assert lists.flatten("ITEMS").select("ID", col("VALUE").cast("int")).collect() == [(1, 1), (1, 2)]
    assert len(table.to_pandas()) == table.count()
    table.filter(col("ID") < 3).create_or_replace_view("FEW")
    session.table("FEW").show()
    for how, wanted in [("left", 3), ("semi", 1), ("anti", 2)]:
        few = session.table("FEW").select("ID").distinct().union_all(session.create_dataframe([[7]], schema=["ID"]))
        other = session.create_dataframe([[2, "z"]], schema=["ID", "Z"])
        assert few.join(other, on="ID", how=how).count() == wanted, how
    assert session.sql("SELECT ? + 1 AS A", params=[1]).collect()[0].A == 2


def main():
    print("version:", version("snowflake-snowpark-python"))
    session = Session.builder.configs({
        "user": "ADMIN", "password": os.environ["LOCAL_PASSWORD"], "account": "local", "protocol": "http",
        "host": os.environ["LOCAL_HOST"], "port": int(os.environ["LOCAL_PORT"]),
    }).create()
    print("connect: ok")
    for script in SCRIPTS[:-1]:
        run(session, script)
    data_frames(session)
    tables(session)
    run(session, SCRIPTS[-1])
    print("scripts:", len(SCRIPTS), "files")
    print("checks: 2 programs")
    session.close()


main()
