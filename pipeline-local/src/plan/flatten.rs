//! Table functions over one constant: FLATTEN, SPLIT_TO_TABLE, STRTOK_SPLIT_TO_TABLE.

use datafusion::common::ScalarValue;

use crate::error::{Result, SqlError};
use crate::exec::{QueryResult, ResultColumn, StatementType, Value};
use crate::function::json::Json;
use crate::types::SqlType;

/// The rows of the function; positional arguments have an empty name.
pub(super) fn constant(function: &str, arguments: &[(String, Value)]) -> Result<QueryResult> {
    if function == "FLATTEN" {
        return flatten(arguments);
    }
    let texts: Vec<_> = arguments.iter().map(|(_, value)| super::text_of(value)).collect();
    let pieces: Vec<String> = match (function, texts.as_slice()) {
        ("SPLIT_TO_TABLE", [Some(text), Some(separator)]) if separator.is_empty() => vec![text.clone()],
        ("SPLIT_TO_TABLE", [Some(text), Some(separator)]) => {
            text.split(separator.as_str()).map(str::to_owned).collect()
        }
        ("STRTOK_SPLIT_TO_TABLE", [Some(text), delimiters @ ..]) => {
            let delimiters = delimiters.first().cloned().flatten().unwrap_or_else(|| " ".to_owned());
            text.split(|c| delimiters.contains(c)).filter(|piece| !piece.is_empty()).map(str::to_owned).collect()
        }
        ("SPLIT_TO_TABLE", [_, _]) => Vec::new(),
        _ => {
            return Err(SqlError::compilation(
                938,
                "22023",
                format_args!("not enough arguments for function [{function}]"),
            ));
        }
    };
    let columns = vec![
        ResultColumn::new("SEQ", SqlType::INTEGER),
        ResultColumn::new("INDEX", SqlType::INTEGER),
        ResultColumn::new("VALUE", SqlType::TEXT),
    ];
    let rows: Vec<_> = pieces
        .into_iter()
        .enumerate()
        .map(|(index, piece)| vec![Value::integer(1), Value::integer(index as i64 + 1), Value::text(piece)])
        .collect();
    QueryResult::rows(StatementType::Select, columns, &rows)
}

struct Options {
    outer: bool,
    recursive: bool,
    arrays: bool,
    objects: bool,
}

fn flatten(arguments: &[(String, Value)]) -> Result<QueryResult> {
    let mut options = Options { outer: false, recursive: false, arrays: true, objects: true };
    let (mut input, mut path) = (None, String::new());
    for (name, value) in arguments {
        let truth = || matches!(value.scalar, ScalarValue::Boolean(Some(true)));
        match name.as_str() {
            "" | "INPUT" => input = json_of(value)?,
            "PATH" => path = super::text_of(value).unwrap_or_default(),
            "OUTER" => options.outer = truth(),
            "RECURSIVE" => options.recursive = truth(),
            "MODE" => {
                let mode = super::text_of(value).unwrap_or_default().to_ascii_uppercase();
                options.arrays = mode != "OBJECT";
                options.objects = mode != "ARRAY";
            }
            other => return Err(SqlError::unsupported(format_args!("FLATTEN({other} => ...)"))),
        }
    }
    for key in path.split('.').filter(|key| !key.is_empty()) {
        input = input.and_then(|json: Json| json.member(key).cloned());
    }
    let mut rows = Vec::new();
    if let Some(json) = &input {
        expand(json, &path, &options, &mut rows);
    }
    if rows.is_empty() && options.outer {
        let this = input.map_or(Value::null(SqlType::Variant), |json| variant(&json));
        rows.push(vec![
            Value::integer(1),
            Value::null(SqlType::TEXT),
            Value::null(SqlType::TEXT),
            Value::null(SqlType::INTEGER),
            Value::null(SqlType::Variant),
            this,
        ]);
    }
    QueryResult::rows(StatementType::Select, columns(), &rows)
}

fn columns() -> Vec<ResultColumn> {
    [
        ("SEQ", SqlType::INTEGER),
        ("KEY", SqlType::TEXT),
        ("PATH", SqlType::TEXT),
        ("INDEX", SqlType::INTEGER),
        ("VALUE", SqlType::Variant),
        ("THIS", SqlType::Variant),
    ]
    .map(|(name, sql_type)| ResultColumn::new(name, sql_type))
    .to_vec()
}

fn expand(json: &Json, path: &str, options: &Options, rows: &mut Vec<Vec<Value>>) {
    let mut row = |key: Value, path: String, index: Value, value: &Json| {
        rows.push(vec![Value::integer(1), key, Value::text(&path), index, variant(value), variant(json)]);
        if options.recursive {
            expand(value, &path, options, rows);
        }
    };
    match json {
        Json::Array(items) if options.arrays => {
            for (index, item) in items.iter().enumerate() {
                row(Value::null(SqlType::TEXT), format!("{path}[{index}]"), Value::integer(index as i64), item);
            }
        }
        Json::Object(members) if options.objects => {
            for (key, value) in members {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                row(Value::text(key), path, Value::null(SqlType::INTEGER), value);
            }
        }
        _ => {}
    }
}

fn variant(json: &Json) -> Value {
    Value { sql_type: SqlType::Variant, scalar: ScalarValue::LargeUtf8(Some(json.to_string())) }
}

fn json_of(value: &Value) -> Result<Option<Json>> {
    match &value.scalar {
        ScalarValue::LargeUtf8(Some(text)) => Json::parse(text).map(Some).map_err(SqlError::internal),
        scalar if scalar.is_null() => Ok(None),
        _ => Err(SqlError::compilation(
            1044,
            "42P13",
            format_args!("Invalid argument types for function 'FLATTEN': ({})", value.sql_type),
        )),
    }
}
