//! What the states of approximate aggregates stand for; the aggregates are in `aggregate::sketch`.

use super::aggregate::sketch;
use super::args::json;
use super::conversion::BINARY;
use super::datum::Datum;
use super::encode;
use super::json::Json;
use super::udf::{Function, Param, Returns, function};
use crate::error::{Result, SqlError};
use crate::types::SqlType;

/// A state of HLL as an object.
fn export(state: &Datum) -> Result<Datum> {
    let Datum::Binary(bytes) = state else { return Err(SqlError::internal("a state of HLL that is no BINARY")) };
    let members = [("sparse", Json::String(encode::base64(bytes))), ("version", Json::Number(4, 0))];
    Ok(Datum::Json(Json::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())))
}

/// The state of HLL that was exported as an object.
fn import(exported: &Json) -> Result<Datum> {
    match exported.member("sparse") {
        Some(Json::String(text)) => encode::bytes_from(text, "BASE64").map(Datum::Binary),
        _ => Err(SqlError::new(100_194, "22000", "Invalid state: it was not made by HLL_EXPORT")),
    }
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Float, Integer, Object, TextOrBinary};
    let whole = Returns::Type(SqlType::Number { precision: 18, scale: 0 });
    vec![
        function("APPROX_PERCENTILE_ESTIMATE", &[Object, Float], Returns::Type(SqlType::Float), |values, _| {
            sketch::estimated_percentile(values)
        }),
        function("APPROX_TOP_K_ESTIMATE", &[Object, Integer], Returns::Type(SqlType::Array), |values, _| {
            sketch::estimated_top(values)
        })
        .optional(1),
        function("HLL_ESTIMATE", &[TextOrBinary], whole, |values, _| sketch::estimated_count(&values[0])),
        function("HLL_EXPORT", &[TextOrBinary], Returns::Type(SqlType::Object), |values, _| export(&values[0])),
        function("HLL_IMPORT", &[Object], Returns::Type(BINARY), |values, _| import(json(&values[0])?)),
    ]
}
