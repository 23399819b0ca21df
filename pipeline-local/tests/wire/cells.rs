use snowflake_connector_rs::CellValue;

use super::{connect, process, server};

#[tokio::test]
async fn every_type_arrives_as_it_is() {
    let server = server().await;
    let session = connect(&server).await;
    let cases = [
        ("1", "Integer(1)"),
        ("99999999999999999999999999999999999999::NUMBER(38,0)", "Integer(99999999999999999999999999999999999999)"),
        ("-1.50::NUMBER(10,2)", "-1.50"),
        ("1.5::FLOAT", "Float(1.5)"),
        ("1e200::FLOAT", "Float(1e200)"),
        ("'Grüße \"❄\"'", "String(\"Grüße \\\"❄\\\"\")"),
        ("TRUE", "Boolean(true)"),
        ("FALSE", "Boolean(false)"),
        ("'2024-01-02'::DATE", "Date(2024-01-02)"),
        ("'1969-12-31'::DATE", "Date(1969-12-31)"),
        ("'12:34:56.789'::TIME", "Time(12:34:56.789)"),
        ("'2024-01-02 03:04:05.123456'::TIMESTAMP_NTZ", "TimestampNtz(2024-01-02T03:04:05.123456)"),
        ("'1969-12-31 23:59:58.500'::TIMESTAMP_NTZ(3)", "TimestampNtz(1969-12-31T23:59:58.500)"),
        ("'2024-01-02 03:04:05 +02:00'::TIMESTAMP_TZ", "TimestampTz(2024-01-02T03:04:05+02:00)"),
        ("'2024-01-02 03:04:05 +02:00'::TIMESTAMP_LTZ", "TimestampLtz(2024-01-02T01:04:05Z)"),
        ("'48656C6C6F'::BINARY", "[72, 101, 108, 108, 111]"),
        ("PARSE_JSON('{\"b\":1,\"a\":[1,null]}')", "Json(Object {\"a\": Array [Number(1), Null], \"b\": Number(1)})"),
        ("ARRAY_CONSTRUCT(1, 'x')", "Json(Array [Number(1), String(\"x\")])"),
        ("OBJECT_CONSTRUCT('k', 'v')", "Json(Object {\"k\": String(\"v\")})"),
        ("NULL", "Null"),
    ];
    for (sql, expected) in cases {
        let rows = process::rows(&session, &format!("SELECT {sql}")).await;
        let value = rows[0].value_at(0).unwrap();
        let text = match value {
            CellValue::Decimal(number) => number.raw().to_owned(),
            CellValue::Binary(bytes) => format!("{:?}", bytes.as_bytes()),
            other => format!("{other:?}"),
        };
        assert_eq!(text, expected, "{sql}");
    }
}

#[tokio::test]
async fn a_large_result_comes_in_pieces_and_whole() {
    let server = server().await;
    let session = connect(&server).await;
    let sql = "SELECT ROW_NUMBER() OVER (ORDER BY filling) AS n, filling
               FROM (SELECT RPAD('', 500, 'x') AS filling FROM TABLE(GENERATOR(ROWCOUNT => 12000))) ORDER BY n";
    let mut cursor = session.query(sql).await.unwrap();
    let (mut pieces, mut expected) = (0, 1_i64);
    while let Some(table) = cursor.next_table().await.unwrap() {
        pieces += 1;
        for row in table.rows::<(i64, String)>().unwrap() {
            let (n, filling) = row.unwrap();
            assert_eq!((n, filling.len()), (expected, 500));
            expected += 1;
        }
    }
    assert_eq!(expected - 1, 12_000);
    assert!(pieces >= 3, "{pieces} pieces");
}
