//! What a VARIANT holds: IS_.. and AS_..

use super::super::args::json;
use super::super::cast::cast_datum;
use super::super::datum::Datum;
use super::super::json::{Json, Typed};
use super::super::string::WIDE;
use super::super::udf::{Env, Function, Param, Returns, Types, function};
use crate::error::Result;
use crate::types::{DEFAULT_BINARY_LENGTH, SqlType};

/// The type of AS_DECIMAL(v[, p[, s]]).
fn decimal_type(types: &Types<'_>) -> Result<SqlType> {
    let precision = types.constant_integer(1).unwrap_or(38).clamp(1, 38) as u8;
    let scale = types.constant_integer(2).unwrap_or(0).clamp(0, i64::from(precision.min(37))) as u8;
    Ok(SqlType::Number { precision, scale })
}

fn as_kind(values: &[Datum], env: &Env<'_>, is: fn(&Json) -> bool) -> Result<Datum> {
    let value = json(&values[0])?;
    if is(value) { cast_datum(Datum::Json(value.clone()), env.returns, env.settings) } else { Ok(Datum::Null) }
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Integer, Variant};
    let truth = Returns::Type(SqlType::Boolean);
    let mut all = vec![
        function("AS_DECIMAL", &[Variant, Integer, Integer], Returns::By(decimal_type), |values, env| {
            as_kind(values, env, |value| matches!(value, Json::Number(..)))
        })
        .optional(2)
        .aliases(&["AS_NUMBER"]),
        function("AS_INTEGER", &[Variant], Returns::Type(SqlType::INTEGER), |values, env| {
            as_kind(values, env, |value| matches!(value, Json::Number(..)))
        }),
    ];
    macro_rules! is {
        ($name:literal [$($alias:literal),*] $kinds:pat) => {
            all.push(
                function($name, &[Variant], truth, |values, _| Ok(Datum::Boolean(matches!(json(&values[0])?, $kinds))))
                    .aliases(&[$($alias),*]),
            )
        };
    }
    is!("IS_INTEGER" [] Json::Number(_, 0));
    is!("IS_DECIMAL" ["IS_NUMBER"] Json::Number(..));
    macro_rules! kinds {
        ($($is:literal $as:literal [$($is_alias:literal),*] [$($as_alias:literal),*] $kinds:pat, $to:expr);+ $(;)?) => {
            $(
                is!($is [$($is_alias),*] $kinds);
                all.push(
                    function($as, &[Variant], Returns::Type($to), |values, env| {
                        as_kind(values, env, |value| matches!(value, $kinds))
                    })
                    .aliases(&[$($as_alias),*]),
                );
            )+
        };
    }
    kinds!(
        "IS_DOUBLE" "AS_DOUBLE" ["IS_REAL"] ["AS_REAL"] Json::Number(..) | Json::Double(_), SqlType::Float;
        "IS_BOOLEAN" "AS_BOOLEAN" [] [] Json::Boolean(_), SqlType::Boolean;
        "IS_VARCHAR" "AS_VARCHAR" ["IS_CHAR"] ["AS_CHAR"] Json::String(_), WIDE;
        "IS_ARRAY" "AS_ARRAY" [] [] Json::Array(_), SqlType::Array;
        "IS_OBJECT" "AS_OBJECT" [] [] Json::Object(_), SqlType::Object;
        "IS_BINARY" "AS_BINARY" [] [] Json::Typed(Typed::Binary(_)), SqlType::Binary(DEFAULT_BINARY_LENGTH);
        "IS_DATE" "AS_DATE" ["IS_DATE_VALUE"] [] Json::Typed(Typed::Date(_)), SqlType::Date;
        "IS_TIME" "AS_TIME" [] [] Json::Typed(Typed::Time(_)), SqlType::Time(9);
        "IS_TIMESTAMP_NTZ" "AS_TIMESTAMP_NTZ" [] [] Json::Typed(Typed::Ntz(_)), SqlType::TimestampNtz(9);
        "IS_TIMESTAMP_LTZ" "AS_TIMESTAMP_LTZ" [] [] Json::Typed(Typed::Ltz(..)), SqlType::TimestampLtz(9);
        "IS_TIMESTAMP_TZ" "AS_TIMESTAMP_TZ" [] [] Json::Typed(Typed::Tz(..)), SqlType::TimestampTz(9);
    );
    all
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::check;

    #[test]
    fn kinds() {
        check(&[
            ("TYPEOF(T_VARIANT(T_DATE('2024-01-02')))", "DATE"),
            ("TYPEOF(T_VARIANT(T_NTZ('2024-01-02')))", "TIMESTAMP_NTZ"),
            ("TYPEOF(GET(ARRAY_CONSTRUCT(T_TIME('10:11:12')), 0))", "TIME"),
            ("IS_DATE(T_VARIANT(T_DATE('2024-01-02')))", "true"),
            ("IS_DATE(T_VARIANT('2024-01-02'))", "false"),
            ("IS_TIMESTAMP_LTZ(T_VARIANT(T_LTZ('2024-01-02')))", "true"),
            ("IS_TIMESTAMP_NTZ(T_VARIANT(T_DATE('2024-01-02')))", "false"),
            ("AS_DATE(T_VARIANT(T_DATE('2024-01-02')))", "DATE|2024-01-02"),
            ("AS_DATE(T_VARIANT('2024-01-02'))", "NULL"),
            ("AS_TIMESTAMP_NTZ(T_VARIANT(T_NTZ('2024-01-02 03:04:05')))", "TIMESTAMP_NTZ(9)|2024-01-02 03:04:05.000"),
            ("AS_BINARY(T_VARIANT(T_BINARY('01AB')))", "BINARY(8388608)|01AB"),
            ("T_VARIANT(T_DATE('2024-01-02'))", "VARIANT|2024-01-02"),
            ("OBJECT_CONSTRUCT('d', T_DATE('2024-01-02'))", "OBJECT|{\"d\":\"2024-01-02\"}"),
            ("T_DATE(T_VARIANT(T_NTZ('2024-01-02 03:04:05')))", "2024-01-02"),
            ("T_TEXT(T_VARIANT(T_DATE('2024-01-02')))", "2024-01-02"),
            ("T_INT(T_VARIANT(T_DATE('2024-01-02')))", "100071 Failed to cast variant value \"2024-01-02\" to FIXED"),
            ("ARRAY_MAX(ARRAY_CONSTRUCT(T_DATE('2024-01-02'), T_DATE('2023-01-02')))", "2024-01-02"),
            ("TYPEOF(PARSE_JSON('\"2024-01-02\"'))", "VARCHAR"),
        ]);
    }
}
