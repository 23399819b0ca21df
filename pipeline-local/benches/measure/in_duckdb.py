"""The incremental run of the CBA example in DuckDB, on disk: ROWS ROUNDS; prints the median in seconds."""

import statistics
import sys
import tempfile
import time

import duckdb

rows, rounds = int(sys.argv[1]), int(sys.argv[2])
with tempfile.TemporaryDirectory() as directory:
    db = duckdb.connect(f"{directory}/measure.duckdb")
    db.execute("""CREATE TABLE changes (
        id DECIMAL(38,0) NOT NULL, customer_id VARCHAR, transaction_date TIMESTAMP, amount DECIMAL(10,2),
        transaction_type VARCHAR, status VARCHAR, created_at TIMESTAMP, updated_at TIMESTAMP, action VARCHAR)""")
    db.execute("""CREATE TABLE table_b (
        id DECIMAL(38,0) NOT NULL, customer_id VARCHAR, transaction_date TIMESTAMP, amount DECIMAL(10,2),
        transaction_type VARCHAR, status VARCHAR, created_at TIMESTAMP, updated_at TIMESTAMP, processed_at TIMESTAMP,
        batch_id VARCHAR, source_system VARCHAR DEFAULT 'RAW_DB', stream_action VARCHAR, stream_timestamp TIMESTAMP)""")
    taken = []
    for _ in range(rounds):
        db.execute("DELETE FROM changes")
        db.execute(f"""INSERT INTO changes SELECT n, 'CUST_' || lpad((n * 7 % 250 + 1)::VARCHAR, 4, '0'),
            TIMESTAMP '2026-06-30 18:00:00' - to_minutes(n % 500000), ((n * 7919 % 99900 + 100) / 100)::DECIMAL(10,2),
            CASE n % 3 WHEN 0 THEN 'PURCHASE' WHEN 1 THEN 'REFUND' ELSE 'WITHDRAWAL' END,
            CASE WHEN n % 20 = 0 THEN 'PENDING' ELSE 'ACTIVE' END, now()::TIMESTAMP, now()::TIMESTAMP, 'INSERT'
            FROM range({rows}) AS numbers(n)""")
        db.execute("CHECKPOINT")
        start = time.perf_counter()
        db.execute("BEGIN")
        db.execute("DELETE FROM table_b")
        db.execute("""INSERT INTO table_b (
                id, customer_id, transaction_date, amount, transaction_type, status, created_at, updated_at, processed_at,
                batch_id, stream_action, stream_timestamp)
            SELECT id, customer_id, transaction_date, amount, transaction_type, status, created_at, updated_at,
                now()::TIMESTAMP, 'batch 1', action, now()::TIMESTAMP
            FROM changes""")
        db.execute("COMMIT")
        taken.append(time.perf_counter() - start)
        assert db.execute("SELECT count(*) FROM table_b").fetchone()[0] == rows
    print(statistics.median(taken))
