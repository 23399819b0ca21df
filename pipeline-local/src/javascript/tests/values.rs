//! Values between SQL and JavaScript.

use super::Bench;

#[tokio::test]
async fn values_cross_over_and_back() {
    let mut bench = Bench::new().await;
    let columns = [
        ("12.50", "[typeof v, v]", "number,12.5"),
        ("12345678901234567890", "[v, rs.getColumnValueAsString(1)]", "12345678901234567000,12345678901234567890"),
        ("0.1::FLOAT", "v", "0.1"),
        ("'NaN'::FLOAT", "v", "NaN"),
        ("'it''s $1 \"q\" \\\\ ❄'", "v", "it's $1 \"q\" \\ ❄"),
        ("NULL", "v === null", "true"),
        ("TRUE", "v ? 'yes' : 'no'", "yes"),
        ("FALSE", "v ? 'yes' : 'no'", "no"),
        (
            "DATE '2024-07-02'",
            "[v instanceof Date, v.getDate(), v.getHours(), v.toISOString()]",
            "true,2,0,2024-07-01T22:00:00.000Z",
        ),
        ("TIME '01:02:03'", "[typeof v, v]", "string,01:02:03"),
        (
            "'2024-01-02 03:04:05.678901'::TIMESTAMP_NTZ",
            "[v instanceof SfDate, v instanceof Date, v.getHours(), v.getMilliseconds(), v.getNanoSeconds(), v.getEpochSeconds(), v.getScale(), v.getTimezone()]",
            "true,true,3,678,678901000,1704161045,9,60",
        ),
        (
            "'2024-01-02 03:04:05 -0800'::TIMESTAMP_TZ(3)",
            "[v.getTimezone(), v.getScale(), v.getTime(), v.getUTCHours()]",
            "-480,3,1704193445000,11",
        ),
        (
            "'1969-12-31 23:59:59.5 +0000'::TIMESTAMP_LTZ",
            "[v.getEpochSeconds(), v.getNanoSeconds(), v.getTime()]",
            "-1,500000000,-500",
        ),
        ("'2024-07-02 00:00:00 +0000'::TIMESTAMP_LTZ", "v", "Tue Jul 02 2024 02:00:00 GMT+0200 (Europe/Berlin)"),
        (
            "PARSE_JSON('{\"a\": [1, null, \"x\"], \"b\": true}')",
            "[v.a[0] + 1, v.a[1] === null, v.a[2], v.b]",
            "2,true,x,true",
        ),
        ("PARSE_JSON('null')", "v === null", "true"),
        ("PARSE_JSON('\"x\"')", "[typeof v, v]", "string,x"),
        ("OBJECT_CONSTRUCT('k', 1)", "v.k", "1"),
        ("ARRAY_CONSTRUCT(1, NULL)", "JSON.stringify(v)", "[1,null]"),
        ("TO_BINARY('00FF10')", "[v instanceof Uint8Array, v]", "true,0,255,16"),
    ];
    for (sql, expression, expected) in columns {
        let body = format!(
            "var rs = snowflake.execute({{sqlText: `SELECT {}`}}); rs.next(); var v = rs.getColumnValue(1); return {expression};",
            sql.replace('\\', "\\\\")
        );
        let got = bench.body("VARCHAR", &body).await.unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!(got, expected, "{body}");
    }
    // Arguments: NULL is undefined, timestamps are Date, names are in upper case.
    for (index, (arguments, call, expression, expected)) in [
        ("table_name VARCHAR", "'x'", "TABLE_NAME", "x"),
        ("\"tableName\" VARCHAR", "'x'", "tableName", "x"),
        ("a VARCHAR", "NULL", "A === undefined", "true"),
        ("a FLOAT, b FLOAT", "1, 2.5", "A + B", "3.5"),
        ("a BOOLEAN", "TRUE", "A ? 1 : 0", "1"),
        ("a VARIANT", "PARSE_JSON('null')", "A === null", "true"),
        ("a VARIANT", "PARSE_JSON('[1, 2]')", "A.length", "2"),
        ("a ARRAY", "ARRAY_CONSTRUCT('x')", "A[0]", "x"),
        ("a OBJECT", "OBJECT_CONSTRUCT('x', 5)", "A.x", "5"),
        ("a BINARY", "TO_BINARY('0102')", "[A instanceof Uint8Array, A]", "true,1,2"),
        ("a DATE", "'2024-01-02'::DATE", "[A.getFullYear(), A.getMonth(), A.getDate(), A.getHours()]", "2024,0,2,0"),
        (
            "a TIMESTAMP_NTZ",
            "'2024-01-02 03:04:05.6789'::TIMESTAMP_NTZ",
            "[A instanceof SfDate, A.getHours(), A.getMilliseconds()]",
            "false,3,678",
        ),
        ("a FLOAT, b VARCHAR DEFAULT 'd'", "1", "B", "d"),
    ]
    .into_iter()
    .enumerate()
    {
        bench
            .run(&format!(
                "CREATE PROCEDURE q{index}({arguments}) RETURNS VARCHAR LANGUAGE JAVASCRIPT AS $$return {expression};$$"
            ))
            .await
            .unwrap();
        let got =
            bench.cell(&format!("CALL q{index}({call})")).await.unwrap_or_else(|error| panic!("{expression}: {error}"));
        assert_eq!(got, expected, "{arguments}: {expression}");
    }
}

#[tokio::test]
async fn what_bodies_return_becomes_sql() {
    let mut bench = Bench::new().await;
    let mut wrong = Vec::new();
    for (returns, value, expected) in [
        ("FLOAT", "1.5", "1.5"),
        ("FLOAT", "'2.5'", "2.5"),
        ("FLOAT", "undefined", "NULL"),
        ("FLOAT", "null", "NULL"),
        ("VARCHAR", "3", "3"),
        ("VARCHAR", "1e21", "1e+21"),
        ("VARCHAR", "true", "true"),
        ("VARCHAR", "[1, 2]", "1,2"),
        ("VARCHAR", "({})", "[object Object]"),
        ("VARCHAR", "123n", "123"),
        ("BOOLEAN", "1 < 2", "true"),
        ("BOOLEAN", "'false'", "false"),
        ("VARIANT", "({b: [1, null, undefined], a: undefined, c: 0.5})", r#"{"b":[1,null,null],"c":0.5}"#),
        ("VARIANT", "'x'", r#""x""#),
        ("VARIANT", "7", "7"),
        ("VARIANT", "null", "null"),
        ("VARIANT", "undefined", "NULL"),
        ("ARRAY", "[1, 'x']", r#"[1,"x"]"#),
        ("OBJECT", "({k: 1})", r#"{"k":1}"#),
        ("DATE", "new Date(2024, 0, 2)", "2024-01-02"),
        ("TIMESTAMP_NTZ", "new Date(2024, 0, 2, 3)", "1704164400000000"),
        ("TIMESTAMP_LTZ", "new Date(Date.UTC(2024, 0, 2))", "1704153600000000"),
        ("BINARY", "Uint8Array.of(1, 255)", "01FF"),
    ] {
        match bench.body(returns, &format!("return {value};")).await {
            Ok(got) if got == expected || got.starts_with(&format!("{expected},")) => {}
            got => wrong.push(format!("{returns} from {value}: {got:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(bench.body("VARIANT", "").await.unwrap(), "NULL");
    for (returns, value, expected) in [
        ("FLOAT", "'abc'", "Numeric value 'abc' is not recognized"),
        ("DATE", "new Date(NaN)", "Uncaught RangeError: Invalid Date"),
        ("ARRAY", "({})", "Failed to cast variant value {} to ARRAY"),
        ("VARIANT", "[1n]", "Uncaught TypeError"),
        ("FLOAT NOT NULL", "null", "declared NOT NULL"),
    ] {
        let error = bench.body(returns, &format!("return {value};")).await.expect_err(value);
        assert!(error.message.contains(expected), "{returns} from {value}: {error}");
    }
    bench
        .run("CREATE PROCEDURE strict(a FLOAT) RETURNS FLOAT LANGUAGE JAVASCRIPT STRICT AS 'return 1;'")
        .await
        .unwrap();
    assert_eq!(bench.cell("CALL strict(NULL)").await.unwrap(), "NULL");
    assert_eq!(bench.cell("CALL strict(0)").await.unwrap(), "1");
}

#[tokio::test]
async fn binds_are_values() {
    let mut bench = Bench::new().await;
    bench.run("CREATE TABLE m (n TIMESTAMP_NTZ, l TIMESTAMP_LTZ, z TIMESTAMP_TZ)").await.unwrap();
    bench
        .run("INSERT INTO m VALUES ('2024-03-31 02:30:00.123456', '2024-01-02 00:00:00.000001 +0000', '2024-01-02 03:04:05.000007 -0800')")
        .await
        .unwrap();
    bench
        .texts(&[
            ("var r = snowflake.execute({sqlText: 'SELECT ? || ?', binds: [\"it's\", '$x']}); r.next(); return r.getColumnValue(1)", "it's$x"),
            ("var r = snowflake.execute({sqlText: 'SELECT :2 || :1 || :2', binds: ['a', 'b']}); r.next(); return r.getColumnValue(1)", "bab"),
            ("var r = snowflake.execute({sqlText: 'SELECT ? + 1, ? / 2', binds: [9007199254740991, 0.5]}); r.next(); return [r.getColumnValueAsString(1), r.getColumnValue(2)]", "9007199254740992,0.25"),
            ("var r = snowflake.execute({sqlText: 'SELECT ? IS NULL', binds: [null]}); r.next(); return r.getColumnValue(1)", "true"),
            ("var r = snowflake.execute({sqlText: 'SELECT COUNT(*) FROM IDENTIFIER(?)', binds: ['T']}); r.next(); return r.getColumnValue(1)", "2"),
            ("snowflake.execute({sqlText: 'INSERT INTO log SELECT PARSE_JSON(?):a', binds: [JSON.stringify({a: 'j'})]}); var r = snowflake.execute({sqlText: 'SELECT text FROM log'}); r.next(); return r.TEXT", "j"),
            // Timestamps keep their type and every digit.
            ("var r = snowflake.execute({sqlText: 'SELECT * FROM m'}); r.next(); snowflake.execute({sqlText: 'INSERT INTO m SELECT ?, ?, ?', binds: [r.N, r.L, r.Z]}); r = snowflake.execute({sqlText: 'SELECT COUNT(*), COUNT(DISTINCT n), COUNT(DISTINCT l), COUNT(DISTINCT z::VARCHAR) FROM m'}); r.next(); return [1, 2, 3, 4].map((n) => r.getColumnValue(n))", "2,1,1,1"),
            ("var r = snowflake.execute({sqlText: 'SELECT l FROM m LIMIT 1'}); r.next(); var d = r.L; d.setTime(5); r = snowflake.execute({sqlText: 'SELECT DATE_PART(epoch_millisecond, ?)', binds: [d]}); r.next(); return [r.getColumnValue(1), d.getNanoSeconds(), d.getEpochSeconds()]", "5,5000000,0"),
            ("var d = new SfDate(2024, 0, 2); return [d.getHours(), d.getTimezone(), d.getScale()]", "0,60,3"),
        ])
        .await;
    bench
        .failures(&[
            (
                "snowflake.execute({sqlText: 'SELECT ?, ?', binds: [1, undefined]})",
                "JavaScript execution error: Uncaught Unsupported type for binding argument 2 undefined in P at",
            ),
            (
                "snowflake.execute({sqlText: 'SELECT ?', binds: [true]})",
                "JavaScript execution error: Uncaught Unsupported type for binding argument 1 boolean",
            ),
            (
                "snowflake.execute({sqlText: 'SELECT ?', binds: [{}]})",
                "JavaScript execution error: Uncaught Unsupported type for binding argument 1 object",
            ),
            (
                "snowflake.createStatement({sqlText: 'SELECT ?', binds: [new Date()]})",
                "JavaScript execution error: Uncaught Unsupported type for binding argument 1 Date",
            ),
            (
                "snowflake.execute({sqlText: 'SELECT ?', binds: [new SfDate(NaN)]})",
                "JavaScript execution error: Uncaught RangeError: Invalid Date",
            ),
            (
                "snowflake.execute({sqlText: 'SELECT ?', binds: 1})",
                "JavaScript execution error: Uncaught binds of Snowflake.execute is not an array.",
            ),
            ("snowflake.execute({sqlText: 'SELECT ?'})", "JavaScript execution error: Uncaught SQL compilation error:"),
        ])
        .await;
}

#[tokio::test]
async fn dates_are_in_the_zone_of_the_session() {
    let mut bench = Bench::new().await;
    bench
        .texts(&[
            ("return new Date(2024, 6, 2, 3, 4, 5).toISOString()", "2024-07-02T01:04:05.000Z"),
            ("return new Date('2024-01-02T03:04:05').toISOString()", "2024-01-02T02:04:05.000Z"),
            ("return new Date('2024-01-02').toISOString()", "2024-01-02T00:00:00.000Z"),
            ("return new Date('2024-01-02T03:04:05-08:00').getTime()", "1704193445000"),
            ("return new Date(0).toString()", "Thu Jan 01 1970 01:00:00 GMT+0100 (Europe/Berlin)"),
            ("return new Date(0).toDateString()", "Thu Jan 01 1970"),
            ("return new Date(NaN).toString()", "Invalid Date"),
            ("var d = new Date(0); d.setHours(0, 30); return d.toISOString()", "1969-12-31T23:30:00.000Z"),
            ("var d = new Date(2024, 0, 31); d.setMonth(6); return [d.getDate(), d.getHours(), d.getTimezoneOffset()]", "31,0,-120"),
            ("var d = new Date(Date.now()); return [d.getTime(), d instanceof Date, d.constructor === Date, typeof Date()]", "0,true,true,string"),
            ("return new Date(new Date(5)).getTime() + Date.parse('1970-01-01T01:00:00') + Number(new Date(7))", "12"),
            ("class D extends Date {} return new D(3).getTime()", "3"),
            ("return [8.63e15, -8.64e15].map((t) => new Date(t).getFullYear())", "275443,-271821"),
            ("return new Date(8.64e15 + 1).getTime()", "NaN"),
        ])
        .await;
}
