// Snowflake's driver for Node.js: each script as one request with all its statements.
"use strict";
const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const snowflake = require("snowflake-sdk");

const { LOCAL_HOST, LOCAL_PORT, LOCAL_PASSWORD, LOCAL_SCRIPTS } = process.env;
snowflake.configure({ logLevel: "ERROR" });
const connection = snowflake.createConnection({
    account: "local", username: "ADMIN", password: LOCAL_PASSWORD, accessUrl: `http://${LOCAL_HOST}:${LOCAL_PORT}`,
});

function execute(sqlText, options = {}) {
    return new Promise((resolve, reject) => {
        connection.execute({
            sqlText, ...options,
            complete: (error, statement, rows) => (error ? reject(error) : resolve({ statement, rows })),
        });
    });
}

// All statements of a text; resolves with how many there were.
function executeAll(sqlText) {
    return new Promise((resolve, reject) => {
        let count = 0;
        connection.execute({
            sqlText,
            parameters: { MULTI_STATEMENT_COUNT: 0 },
            complete: (error, statement) => {
                count += 1;
                if (error) {
                    reject(error);
                } else if (statement.hasNext()) {
                    statement.NextResult();
                } else {
                    resolve(count);
                }
            },
        });
    });
}

async function runScripts() {
    let count = 0;
    const files = fs.readdirSync(LOCAL_SCRIPTS).filter((name) => name.endsWith(".sql")).sort();
    for (const file of files.slice(0, -1)) {
        count += await executeAll(fs.readFileSync(path.join(LOCAL_SCRIPTS, file), "utf8"));
    }
    const { rows: [state] } = await execute("SELECT * FROM STAGING_DB.PROCESSED_DATA.V_PIPELINE_MONITORING");
    assert.strictEqual(state.ROWS_IN_TABLE_A, 1000);
    assert.ok(state.FAILED_RUNS >= 1 && state.SUCCEEDED_RUNS >= 5, JSON.stringify(state));
    count += await executeAll(fs.readFileSync(path.join(LOCAL_SCRIPTS, files.at(-1)), "utf8"));
    assert.deepStrictEqual((await execute("SHOW DATABASES LIKE 'STAGING_DB'")).rows, []);
    return count;
}

const checks = {
    async types() {
        const { rows: [row] } = await execute(`SELECT 7::NUMBER(38,0) AS I, -1.5::NUMBER(10,2) AS D, 'a"b\nä❄' AS S, TRUE AS B,
            '2024-02-29'::DATE AS DAY, '2024-01-02 03:04:05.678'::TIMESTAMP_NTZ AS T, PARSE_JSON('{"a": [1, null]}') AS V,
            TO_BINARY('48656C6C6F', 'HEX') AS X, NULL::VARCHAR AS N`);
        assert.strictEqual(row.I, 7);
        assert.strictEqual(row.D, -1.5);
        assert.strictEqual(row.S, 'a"b\nä❄');
        assert.strictEqual(row.B, true);
        assert.strictEqual(row.DAY.toISOString(), "2024-02-29T00:00:00.000Z");
        assert.strictEqual(row.T.toISOString(), "2024-01-02T03:04:05.678Z");
        assert.deepStrictEqual(row.V, { a: [1, null] });
        assert.strictEqual(row.X.toString("utf8"), "Hello");
        assert.strictEqual(row.N, null);
    },
    async binds() {
        await execute("CREATE DATABASE BINDS");
        await execute("CREATE TABLE T (A NUMBER, B VARCHAR, C TIMESTAMP_NTZ)");
        const rows = Array.from({ length: 50 }, (_, at) => [at, `text ${at}`, "2024-01-01 00:00:00"]);
        const { statement } = await execute("INSERT INTO T VALUES (?, ?, ?)", { binds: rows });
        assert.strictEqual(statement.getNumUpdatedRows(), 50);
        const { rows: found } = await execute("SELECT A, B FROM T WHERE A > :1 ORDER BY A", { binds: [47] });
        assert.deepStrictEqual(found, [{ A: 48, B: "text 48" }, { A: 49, B: "text 49" }]);
        await execute("DROP DATABASE BINDS");
    },
    async errors() {
        await assert.rejects(execute("SELECT * FROM NO_SUCH_DB.S.T"), (error) => {
            assert.strictEqual(error.code, "002003");
            assert.strictEqual(error.sqlState, "42S02");
            return true;
        });
    },
    async chunks() {
        const { rows } = await execute("SELECT SEQ4() AS N, LPAD(N, 100, 'x') AS S FROM TABLE(GENERATOR(ROWCOUNT => 60000)) ORDER BY N");
        assert.strictEqual(rows.length, 60000);
        assert.ok(rows.every((row, at) => row.N === at && row.S.length === 100));
    },
    async asynchronous() {
        const { statement } = await execute("CALL SYSTEM$WAIT(2)", { asyncExec: true });
        const queryId = statement.getQueryId();
        assert.ok(connection.isStillRunning(await connection.getQueryStatus(queryId)));
        const results = await connection.getResultsFromQueryId({ queryId });
        const rows = await new Promise((resolve, reject) => {
            const found = [];
            results.streamRows().on("error", reject).on("data", (row) => found.push(row)).on("end", () => resolve(found));
        });
        assert.strictEqual(rows.length, 1);
    },
    async cancel() {
        const running = new Promise((resolve) => {
            const statement = connection.execute({
                sqlText: "CALL SYSTEM$WAIT(300)", complete: (error) => resolve(error),
            });
            setTimeout(() => statement.cancel(() => {}), 1000);
        });
        assert.strictEqual((await running).code, "000604");
    },
};

async function main() {
    console.log(`version: ${require("snowflake-sdk/package.json").version}`);
    await connection.connectAsync();
    assert.deepStrictEqual((await execute("SELECT CURRENT_USER() AS U")).rows, [{ U: "ADMIN" }]);
    console.log("connect: ok");
    console.log(`scripts: ${await runScripts()} statements`);
    for (const [name, check] of Object.entries(checks)) {
        await check().catch((error) => {
            error.message = `${name}: ${error.message}`;
            throw error;
        });
    }
    await new Promise((resolve) => connection.destroy(resolve));
    console.log(`checks: ${Object.keys(checks).length}`);
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
