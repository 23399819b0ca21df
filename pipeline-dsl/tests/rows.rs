//! A table struct is also the type of its rows.

#![expect(missing_docs, reason = "the objects of a test need no explanation")]

use pipeline_dsl::prelude::*;
use serde::{Deserialize, Serialize};

#[database]
pub struct Raw;

#[schema(database = Raw)]
pub struct Work;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[table(schema = Work)]
pub struct Payment {
    #[column(autoincrement)]
    pub id: Integer,
    pub amount: Option<Number<10, 2>>,
    pub paid_at: Option<TimestampNtz>,
    #[column(default = "ACTIVE")]
    pub status: Varchar<10>,
}

#[table(schema = Work)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Copy {
    #[column(flatten)]
    #[serde(flatten)]
    pub payment: Payment,
    pub details: Option<Variant>,
}

#[test]
fn rows_round_trip_through_json() {
    let row = Copy {
        payment: Payment {
            id: 7.try_into().unwrap(),
            amount: Some("19.90".parse().unwrap()),
            paid_at: Some("2026-06-30T18:00:00".parse::<chrono::NaiveDateTime>().unwrap().into()),
            status: "ACTIVE".parse().unwrap(),
        },
        details: Some(Variant(serde_json::json!({ "source": ["shop", 1] }))),
    };
    let json = serde_json::to_value(&row).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "id": 7,
            "amount": "19.90",
            "paid_at": "2026-06-30T18:00:00",
            "status": "ACTIVE",
            "details": { "source": ["shop", 1] },
        })
    );
    assert_eq!(serde_json::from_value::<Copy>(json).unwrap(), row);
}

#[test]
fn rows_refuse_what_their_columns_refuse() {
    for (json, reason) in [
        (r#"{"id": 1, "amount": "123456789.00", "status": "ACTIVE"}"#, "NUMBER(10,2)"),
        (r#"{"id": 1, "amount": 0.001, "status": "ACTIVE"}"#, "NUMBER(10,2)"),
        (r#"{"id": 1, "status": "much too long"}"#, "VARCHAR(10)"),
    ] {
        let error = serde_json::from_str::<Payment>(json).unwrap_err().to_string();
        assert!(error.contains(reason), "{json}: {error}");
    }
}
