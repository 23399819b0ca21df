//! File formats: CREATE and ALTER, and the options that a format of a type has.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/create-file-format>

use serde_json::{Value as Json, json};

use crate::catalog::def::FileFormatDef;
use crate::catalog::{Kind, NewObject};
use crate::error::{Result, SqlError};
use crate::parse::Cursor;
use crate::statement::{Context, QueryResult};

use super::property::{self, Property};
use super::target::{existing, renamed};
use super::{Creation, already_exists, altered};

/// The options of a type of format with their defaults, in the order in which they are listed; none for another word.
pub(in crate::statement) fn options(format: &str) -> Option<Vec<(&'static str, Json)>> {
    let null_if = ("NULL_IF", json!([]));
    let replace = ("REPLACE_INVALID_CHARACTERS", json!(false));
    Some(match format {
        "CSV" => vec![
            ("RECORD_DELIMITER", json!("\n")),
            ("FIELD_DELIMITER", json!(",")),
            ("FILE_EXTENSION", Json::Null),
            ("SKIP_HEADER", json!(0)),
            ("PARSE_HEADER", json!(false)),
            ("DATE_FORMAT", json!("AUTO")),
            ("TIME_FORMAT", json!("AUTO")),
            ("TIMESTAMP_FORMAT", json!("AUTO")),
            ("BINARY_FORMAT", json!("HEX")),
            ("ESCAPE", json!("NONE")),
            ("ESCAPE_UNENCLOSED_FIELD", json!("\\")),
            ("TRIM_SPACE", json!(false)),
            ("FIELD_OPTIONALLY_ENCLOSED_BY", json!("NONE")),
            ("NULL_IF", json!(["\\N"])),
            ("COMPRESSION", json!("AUTO")),
            ("ERROR_ON_COLUMN_COUNT_MISMATCH", json!(true)),
            ("VALIDATE_UTF8", json!(true)),
            ("SKIP_BLANK_LINES", json!(false)),
            replace,
            ("EMPTY_FIELD_AS_NULL", json!(true)),
            ("SKIP_BYTE_ORDER_MARK", json!(true)),
            ("ENCODING", json!("UTF8")),
            ("MULTI_LINE", json!(true)),
        ],
        "JSON" => vec![
            ("FILE_EXTENSION", Json::Null),
            ("DATE_FORMAT", json!("AUTO")),
            ("TIME_FORMAT", json!("AUTO")),
            ("TIMESTAMP_FORMAT", json!("AUTO")),
            ("BINARY_FORMAT", json!("HEX")),
            ("TRIM_SPACE", json!(false)),
            null_if,
            ("COMPRESSION", json!("AUTO")),
            ("ENABLE_OCTAL", json!(false)),
            ("ALLOW_DUPLICATE", json!(false)),
            ("STRIP_OUTER_ARRAY", json!(false)),
            ("STRIP_NULL_VALUES", json!(false)),
            ("IGNORE_UTF8_ERRORS", json!(false)),
            replace,
            ("SKIP_BYTE_ORDER_MARK", json!(true)),
            ("MULTI_LINE", json!(true)),
        ],
        "AVRO" => vec![("TRIM_SPACE", json!(false)), null_if, ("COMPRESSION", json!("AUTO")), replace],
        "ORC" => vec![("TRIM_SPACE", json!(false)), null_if, replace],
        "PARQUET" => vec![
            ("TRIM_SPACE", json!(false)),
            null_if,
            ("COMPRESSION", json!("AUTO")),
            ("BINARY_AS_TEXT", json!(true)),
            ("USE_LOGICAL_TYPE", json!(false)),
            ("USE_VECTORIZED_SCANNER", json!(false)),
            replace,
        ],
        "XML" => vec![
            ("COMPRESSION", json!("AUTO")),
            ("IGNORE_UTF8_ERRORS", json!(false)),
            ("PRESERVE_SPACE", json!(false)),
            ("STRIP_OUTER_ELEMENT", json!(false)),
            ("DISABLE_AUTO_CONVERT", json!(false)),
            replace,
            ("SKIP_BYTE_ORDER_MARK", json!(true)),
        ],
        _ => return None,
    })
}

/// All options of a format with its type, as SHOW FILE FORMATS writes them.
pub(in crate::statement) fn shown(def: &FileFormatDef) -> String {
    let mut fields = vec![format!("\"TYPE\":{}", json!(def.format))];
    for (name, default) in options(&def.format).unwrap_or_default() {
        fields.push(format!("{}:{}", json!(name), def.options.get(name).unwrap_or(&default)));
    }
    format!("{{{}}}", fields.join(","))
}

pub(super) fn create(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, creation: &Creation) -> Result<QueryResult> {
    creation.refuse(&["TRANSIENT", "SECURE"])?;
    let (name, if_not_exists) = creation.name(cursor)?;
    let mut given = Vec::new();
    while let Some(property) = property::accept(cursor)? {
        given.push(property);
    }
    cursor.expect_end()?;
    let mut def = FileFormatDef { format: "CSV".to_owned(), ..FileFormatDef::default() };
    if let Some(format) = given.iter().find(|property| property.name == "TYPE") {
        def.format = format.value.text().to_uppercase();
    }
    let comment = set(&mut def, &given)?.unwrap_or_default();
    let schema = cx.schema_of(&name, "CREATE FILE FORMAT")?;
    if if_not_exists && cx.find_object(Kind::FileFormat, &name, "CREATE FILE FORMAT")?.is_some() {
        return Ok(already_exists(name.object()));
    }
    cx.require("CREATE FILE FORMAT", &schema)?;
    let new = NewObject::new(Kind::FileFormat, Some(schema.id), name.object(), cx.role(), &def)?.comment(&comment);
    let new = creation.in_session(cx, new);
    Ok(creation.finish(cx, new, false)?.1)
}

/// Sets options; the comment, when there is one among them.
fn set(def: &mut FileFormatDef, given: &[Property]) -> Result<Option<String>> {
    let Some(known) = options(&def.format) else {
        return Err(SqlError::compilation(
            1008,
            "22023",
            format_args!(
                "invalid value '{}' for property 'TYPE'; it is CSV, JSON, AVRO, ORC, PARQUET or XML",
                def.format
            ),
        ));
    };
    let mut comment = None;
    for Property { name, value } in given {
        match name.as_str() {
            "TYPE" if value.text().eq_ignore_ascii_case(&def.format) => {}
            "TYPE" => return Err(SqlError::compilation(1420, "22023", "The TYPE of a file format cannot be changed.")),
            "COMMENT" => comment = Some(value.text()),
            name if known.iter().any(|(option, _)| *option == name) => {
                def.options.insert(name.to_owned(), value.json());
            }
            other => {
                return Err(SqlError::compilation(
                    1420,
                    "22023",
                    format_args!("invalid property '{other}' for 'FILE_FORMAT' of type {}", def.format),
                ));
            }
        }
    }
    Ok(comment)
}

pub(super) fn alter(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let Some(mut object) = existing(cx, cursor, Kind::FileFormat)? else { return Ok(altered()) };
    if renamed(cx, cursor, &object)? {
        return Ok(altered());
    }
    cursor.expect_keywords("SET")?;
    let mut def: FileFormatDef = object.definition()?;
    let mut given = Vec::new();
    while let Some(property) = property::accept(cursor)? {
        given.push(property);
    }
    cursor.expect_end()?;
    if let Some(comment) = set(&mut def, &given)? {
        object.comment = comment;
    }
    object.set_definition(&def)?;
    cx.engine.catalog.update(&object)?;
    Ok(altered())
}
