"""Parses generated SQL with sqlfluff and sqlglot; see check_sql.sh."""

import logging
import pathlib
import sys

import sqlglot
from sqlfluff.core import FluffConfig, Linter

# What sqlfluff does not know: kinds of integrations, negative steps, and that STRICT is no reserved word.
UNKNOWN = ("TYPE = EMAIL", "TYPE = WEBHOOK", "INCREMENT -", "strict")

# What sqlglot takes as it is, without understanding it.
NOT_UNDERSTOOD = (
    "ALTER TASK", "CALL", "CREATE NOTIFICATION INTEGRATION", "CREATE ROLE", "CREATE STREAM", "CREATE TASK",
    "CREATE TRANSIENT SCHEMA", "CREATE WAREHOUSE", "DESCRIBE INTEGRATION", "DROP INTEGRATION", "DROP STREAM", "DROP TASK",
    "EXECUTE TASK", "GRANT", "SHOW STREAMS", "SHOW TASKS",
)


def with_sqlfluff(linter, path):
    text = path.read_text()
    if any(part in text for part in UNKNOWN):
        return []
    parsed = linter.parse_string(text, fname=str(path))
    return [f"{path.name}: {violation.desc()}\n{text}" for violation in parsed.violations]


def with_sqlglot(path):
    text = path.read_text().strip()
    try:
        statements = [found for found in sqlglot.parse(text, read="snowflake") if found is not None]
    except sqlglot.errors.SqlglotError as error:
        return [f"{path.name}: {error}\n{text}"]
    if len(statements) != 1:
        return [f"{path.name} holds {len(statements)} statements\n{text}"]
    if isinstance(statements[0], sqlglot.exp.Command) and not text.startswith(NOT_UNDERSTOOD):
        return [f"{path.name} is not understood\n{text}"]
    return []


def main(out):
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    linter = Linter(config=FluffConfig(overrides={"dialect": "snowflake", "large_file_skip_byte_limit": 0}))
    pieces = sorted((out / "statements").glob("*.sql"))
    scripts = sorted(pathlib.Path("examples").glob("*/sql/*.sql"))
    assert pieces and scripts, "nothing was generated"
    mistakes = [mistake for path in scripts + pieces for mistake in with_sqlfluff(linter, path)]
    print(f"sqlfluff: {len(scripts)} scripts; {len(pieces)} statements, expressions and types; {len(mistakes)} mistakes")
    more = [mistake for path in pieces for mistake in with_sqlglot(path)]
    print(f"sqlglot: {len(pieces)} statements, expressions and types; {len(more)} mistakes")
    for mistake in mistakes + more:
        print(mistake, file=sys.stderr)
    return 1 if mistakes or more else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
