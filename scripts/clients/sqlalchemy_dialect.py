"""The Snowflake dialect of SQLAlchemy: the scripts statement by statement, then the ORM, reflection and transactions."""

import io
import os
import pathlib

import sqlalchemy
from snowflake.connector.util_text import split_statements
from snowflake.sqlalchemy import URL
from sqlalchemy import Column, Integer, MetaData, Sequence, String, Table, create_engine, func, inspect, select
from sqlalchemy.orm import DeclarativeBase, Session

SCRIPTS = sorted(pathlib.Path(os.environ["LOCAL_SCRIPTS"]).glob("*.sql"))


def engine(**options):
    url = URL(account="local", user="ADMIN", password=os.environ["LOCAL_PASSWORD"], **options)
    server = {"host": os.environ["LOCAL_HOST"], "port": int(os.environ["LOCAL_PORT"]), "protocol": "http"}
    return create_engine(url, connect_args=server)


def run(connection, script):
    count = 0
    for statement, _ in split_statements(io.StringIO(script.read_text()), remove_comments=True):
        if statement.strip():
            connection.exec_driver_sql(statement.rstrip().rstrip(";"))
            count += 1
    return count


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "person"
    id = Column(Integer, Sequence("person_id"), primary_key=True)
    name = Column(String(50), nullable=False)


def check_orm():
    with engine().connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE ORM")
    target = engine(database="ORM", schema="PUBLIC")
    Base.metadata.create_all(target)
    with Session(target) as session:
        session.add_all([Person(name=name) for name in ["Ada", "Grace", "Edsger"]])
        session.commit()
        session.add(Person(name="Nobody"))
        session.flush()
        session.rollback()
        assert session.scalars(select(Person.name).order_by(Person.id)).all() == ["Ada", "Grace", "Edsger"]
        assert session.scalar(select(func.count()).select_from(Person)) == 3
    table = Table("person", MetaData(), autoload_with=target)
    assert [column.name for column in table.columns] == ["id", "name"], table.columns
    assert table.primary_key.columns.keys() == ["id"]
    assert isinstance(table.c.name.type, sqlalchemy.String) and table.c.name.type.length == 50
    assert inspect(target).get_table_names(schema="PUBLIC") == ["person"]
    assert "PUBLIC" in [name.upper() for name in inspect(target).get_schema_names()]
    Base.metadata.drop_all(target)
    with engine().connect() as connection:
        connection.exec_driver_sql("DROP DATABASE ORM")


def main():
    from importlib.metadata import version

    print("version:", version("snowflake-sqlalchemy"))
    with engine().connect() as connection:
        assert connection.execute(select(func.current_user())).scalar() == "ADMIN"
        print("connect: ok")
    with engine().connect() as connection:
        # SQLAlchemy begins a transaction by itself; the scripts have their own.
        plain = connection.execution_options(isolation_level="AUTOCOMMIT")
        count = sum(run(plain, script) for script in SCRIPTS[:-1])
        state = plain.exec_driver_sql("SELECT * FROM STAGING_DB.PROCESSED_DATA.V_PIPELINE_MONITORING").mappings().one()
        assert state["rows_in_table_a"] == 1000 and state["failed_runs"] >= 1 and state["succeeded_runs"] >= 5, state
        names = inspect(plain).get_table_names(schema="staging_db.processed_data")
        assert set(names) == {"table_b", "pipeline_run"}, names
        views = inspect(plain).get_view_names(schema="staging_db.processed_data")
        assert views == ["v_pipeline_monitoring"], views
        count += run(plain, SCRIPTS[-1])
        assert plain.exec_driver_sql("SHOW DATABASES LIKE 'STAGING_DB'").all() == []
        print("scripts:", count, "statements")
    check_orm()
    print("checks: 3")


main()
