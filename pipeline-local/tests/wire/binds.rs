use chrono::{FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _};
use snowflake_connector_rs::bind::{Binary, BindType, RawBind, Time, TimestampLtz, TimestampNtz, TimestampTz};
use snowflake_connector_rs::{Session, Statement};

use super::{connect, connect_to_schema, process, server};

async fn echo<T: snowflake_connector_rs::FromCell>(
    session: &Session,
    sql: &'static str,
    bind: impl snowflake_connector_rs::bind::IntoBind,
) -> T
where
    (T,): snowflake_connector_rs::FromRow,
{
    let cursor = session.query_as::<(T,), _>(Statement::new(sql).bind(bind)).await.expect(sql);
    let mut rows: Vec<(T,)> = cursor.collect().await.expect(sql);
    rows.remove(0).0
}

#[tokio::test]
async fn a_bind_of_each_type_comes_back() {
    let server = server().await;
    let session = connect(&server).await;
    let day = NaiveDate::from_ymd_opt(2024, 6, 15).unwrap();
    let moment: NaiveDateTime = day.and_hms_micro_opt(12, 30, 45, 123_456).unwrap();
    let zoned = FixedOffset::east_opt(9 * 3600).unwrap().from_local_datetime(&moment).unwrap();

    assert_eq!(echo::<i64>(&session, "SELECT ?", 42_i64).await, 42);
    assert_eq!(echo::<i64>(&session, "SELECT ? + 1", -42_i64).await, -41);
    assert_eq!(echo::<f64>(&session, "SELECT ?", 1.5_f64).await, 1.5);
    assert_eq!(echo::<String>(&session, "SELECT ?", "it's \"quoted\" — ❄").await, "it's \"quoted\" — ❄");
    assert!(echo::<bool>(&session, "SELECT ?", true).await);
    assert_eq!(echo::<NaiveDate>(&session, "SELECT ?", day).await, day);
    let time = NaiveTime::from_hms_nano_opt(23, 59, 59, 123_456_789).unwrap();
    assert_eq!(echo::<NaiveTime>(&session, "SELECT ?", Time::try_from(time).unwrap()).await, time);
    assert_eq!(echo::<NaiveDateTime>(&session, "SELECT ?", TimestampNtz::try_from(moment).unwrap()).await, moment);
    let instant = moment.and_utc();
    assert_eq!(
        echo::<chrono::DateTime<chrono::Utc>>(&session, "SELECT ?", TimestampLtz::try_from(instant).unwrap()).await,
        instant
    );
    let back = echo::<chrono::DateTime<FixedOffset>>(&session, "SELECT ?", TimestampTz::try_from(zoned).unwrap()).await;
    assert_eq!((back, back.offset()), (zoned, zoned.offset()));
    assert_eq!(echo::<String>(&session, "SELECT HEX_ENCODE(?)", Binary::new(b"Hello".as_slice())).await, "48656C6C6F");
    assert_eq!(echo::<Option<i64>>(&session, "SELECT ?", None::<i64>).await, None);
    assert_eq!(echo::<Option<String>>(&session, "SELECT ?", None::<&'static str>).await, None);
    assert_eq!(echo::<String>(&session, "SELECT ?::VARCHAR", RawBind::new(BindType::Fixed, "-1.50")).await, "-1.50");
}

#[tokio::test]
async fn binds_stand_in_dml_and_by_name() {
    let server = server().await;
    let session = connect_to_schema(&server).await;
    process::rows(&session, "CREATE TABLE t (id INT, name VARCHAR, at TIMESTAMP_NTZ)").await;
    let insert = Statement::new("INSERT INTO t SELECT ?, ?, ?").bind(7_i64).bind("seven").bind("2024-01-02 03:04:05");
    session.query(insert).await.unwrap();
    let named = Statement::new("SELECT name FROM t WHERE id = :id AND name <> :other")
        .bind_named("id", 7_i64)
        .bind_named("other", "x");
    let rows: Vec<(String,)> = session.query_as(named).await.unwrap().collect().await.unwrap();
    assert_eq!(rows, [("seven".to_owned(),)]);

    let error = session.query(Statement::new("SELECT ?, ?").bind(1_i64)).await.unwrap_err();
    assert_eq!(error.snowflake_code(), Some("002049"), "{error}");
}
