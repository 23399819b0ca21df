//! Warehouses. They are accounted for; nothing runs on them.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/create-warehouse>

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::def::WarehouseDef;
use crate::catalog::{Kind, NewObject, TagSlot};
use crate::error::{Result, SqlError};
use crate::parse::{Cursor, Name};
use crate::statement::{Context, QueryResult};
use crate::tag;

use super::options::{boolean_value, comment_value, number_value, unknown, word_value};
use super::{Creation, already_exists, altered};

/// The sizes, as written and as shown.
const SIZES: &[(&[&str], &str)] = &[
    (&["XSMALL", "X-SMALL"], "X-Small"),
    (&["SMALL"], "Small"),
    (&["MEDIUM"], "Medium"),
    (&["LARGE"], "Large"),
    (&["XLARGE", "X-LARGE"], "X-Large"),
    (&["XXLARGE", "X2LARGE", "2X-LARGE"], "2X-Large"),
    (&["XXXLARGE", "X3LARGE", "3X-LARGE"], "3X-Large"),
    (&["X4LARGE", "4X-LARGE"], "4X-Large"),
    (&["X5LARGE", "5X-LARGE"], "5X-Large"),
    (&["X6LARGE", "6X-LARGE"], "6X-Large"),
];

pub(super) fn create(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, creation: &Creation) -> Result<QueryResult> {
    creation.refuse(&["TRANSIENT", "TEMPORARY", "SECURE"])?;
    let (name, if_not_exists) = creation.name(cursor)?;
    let mut def = WarehouseDef::default();
    let mut comment = String::new();
    let mut tags = tag::Tags::new();
    if !tag::accept(cursor, &mut tags)? {
        cursor.accept_keyword("WITH");
    }
    properties(cursor, &mut def, &mut comment, Some(&mut tags))?;
    if cx.find_object(Kind::Warehouse, &name, "CREATE WAREHOUSE")?.is_some() && if_not_exists {
        return Ok(already_exists(name.object()));
    }
    cx.require_on_account("CREATE WAREHOUSE")?;
    let new = NewObject::new(Kind::Warehouse, None, name.object(), cx.role(), &def)?.comment(&comment);
    let new = new.tags(tag::resolve(cx, &tags, TagSlot::Object)?);
    let (warehouse, result) = creation.finish(cx, new, false)?;
    cx.session.warehouse = Some(warehouse.name);
    Ok(result)
}

/// Reads properties; `tags` takes those of a warehouse that is created.
fn properties(
    cursor: &mut Cursor<'_>,
    def: &mut WarehouseDef,
    comment: &mut String,
    mut tags: Option<&mut tag::Tags>,
) -> Result<()> {
    while !cursor.at_end() {
        cursor.accept(&Token::Comma);
        if let Some(tags) = &mut tags
            && tag::accept(cursor, tags)?
        {
            continue;
        }
        let Some(word) = cursor.peek_word() else { return Err(cursor.unexpected()) };
        if cursor.peek_at(1) != Some(&Token::Eq) {
            return Err(cursor.unexpected());
        }
        cursor.next_token();
        match word.as_str() {
            "WAREHOUSE_SIZE" => def.size = size(&word_value(cursor)?)?.to_owned(),
            "WAREHOUSE_TYPE" => {
                def.warehouse_type = one_of(&word, &word_value(cursor)?, &["STANDARD", "SNOWPARK-OPTIMIZED"])?;
            }
            "AUTO_SUSPEND" => {
                if cursor.peek_keyword_at(1, "NULL") {
                    cursor.next_token();
                    cursor.next_token();
                    def.auto_suspend = None;
                } else {
                    def.auto_suspend = Some(number_value(cursor, &word, 0..=i64::from(i32::MAX))?);
                }
            }
            "AUTO_RESUME" => def.auto_resume = boolean_value(cursor)?,
            "INITIALLY_SUSPENDED" if tags.is_some() => def.suspended = boolean_value(cursor)?,
            "MIN_CLUSTER_COUNT" => def.min_cluster_count = number_value(cursor, &word, 1..=300)?,
            "MAX_CLUSTER_COUNT" => def.max_cluster_count = number_value(cursor, &word, 1..=300)?,
            "SCALING_POLICY" => def.scaling_policy = one_of(&word, &word_value(cursor)?, &["STANDARD", "ECONOMY"])?,
            "STATEMENT_TIMEOUT_IN_SECONDS" | "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS" => {
                let value = number_value(cursor, &word, 0..=604_800)?;
                def.properties.insert(word, value.to_string());
            }
            "MAX_CONCURRENCY_LEVEL" | "QUERY_ACCELERATION_MAX_SCALE_FACTOR" => {
                let value = number_value(cursor, &word, 0..=100)?;
                def.properties.insert(word, value.to_string());
            }
            "ENABLE_QUERY_ACCELERATION" => {
                let value = boolean_value(cursor)?;
                def.properties.insert(word, value.to_string());
            }
            "GENERATION" | "RESOURCE_CONSTRAINT" => {
                let value = word_value(cursor)?;
                def.properties.insert(word, value);
            }
            "COMMENT" => *comment = comment_value(cursor)?,
            other => {
                return Err(SqlError::compilation(
                    1420,
                    "22023",
                    format_args!("invalid property '{other}' for 'WAREHOUSE'"),
                ));
            }
        }
    }
    if def.min_cluster_count > def.max_cluster_count {
        return Err(SqlError::compilation(
            1008,
            "22023",
            format_args!(
                "MIN_CLUSTER_COUNT ({}) cannot be greater than MAX_CLUSTER_COUNT ({}).",
                def.min_cluster_count, def.max_cluster_count
            ),
        ));
    }
    Ok(())
}

fn size(text: &str) -> Result<&'static str> {
    let upper = text.to_ascii_uppercase();
    SIZES.iter().find(|(names, _)| names.contains(&upper.as_str())).map(|(_, shown)| *shown).ok_or_else(|| {
        SqlError::compilation(1008, "22023", format_args!("invalid value [{text}] for parameter 'WAREHOUSE_SIZE'"))
    })
}

fn one_of(property: &str, text: &str, values: &[&str]) -> Result<String> {
    let upper = text.to_ascii_uppercase();
    if values.contains(&upper.as_str()) {
        Ok(upper)
    } else {
        Err(SqlError::compilation(1008, "22023", format_args!("invalid value [{text}] for parameter '{property}'")))
    }
}

pub(super) fn alter(cx: &mut Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let current = ["RESUME", "SUSPEND", "SET", "UNSET"].iter().any(|word| cursor.peek_keyword(word));
    let name = match &cx.session.warehouse {
        Some(name) if current => Name::bare(name),
        _ => cursor.object_name()?,
    };
    let Some(mut object) = cx.find_object(Kind::Warehouse, &name, "ALTER WAREHOUSE")? else {
        if if_exists {
            return Ok(altered());
        }
        return Err(SqlError::does_not_exist("Warehouse", name));
    };
    let mut def: WarehouseDef = object.definition()?;
    if cursor.accept_keyword("RESUME") {
        cx.require("OPERATE", &object)?;
        let if_suspended = cursor.accept_keywords("IF SUSPENDED");
        if !def.suspended && !if_suspended {
            return Err(SqlError::new(
                90063,
                "22000",
                format!("Invalid state. Warehouse '{}' cannot be resumed.", object.name),
            ));
        }
        def.suspended = false;
    } else if cursor.accept_keyword("SUSPEND") {
        cx.require("OPERATE", &object)?;
        if def.suspended {
            return Err(SqlError::new(
                90064,
                "22000",
                format!("Invalid state. Warehouse '{}' cannot be suspended.", object.name),
            ));
        }
        def.suspended = true;
    } else if cursor.accept_keywords("RENAME TO") {
        cx.require_ownership(&object)?;
        let new = cursor.identifier()?;
        cursor.expect_end()?;
        cx.engine.catalog.rename(object.id, None, &new)?;
        return Ok(altered());
    } else if cursor.accept_keyword("SET") {
        cx.require("MODIFY", &object)?;
        let mut comment = object.comment.clone();
        properties(cursor, &mut def, &mut comment, None)?;
        object.comment = comment;
    } else if cursor.accept_keyword("UNSET") {
        cx.require("MODIFY", &object)?;
        unset(cursor, &mut def, &mut object.comment)?;
    } else if cursor.accept_keywords("ABORT ALL QUERIES") {
        return Err(SqlError::unsupported("ALTER WAREHOUSE ... ABORT ALL QUERIES"));
    } else {
        return Err(unknown(cursor, "WAREHOUSE"));
    }
    cursor.expect_end()?;
    object.set_definition(&def)?;
    cx.engine.catalog.update(&object)?;
    Ok(altered())
}

fn unset(cursor: &mut Cursor<'_>, def: &mut WarehouseDef, comment: &mut String) -> Result<()> {
    let default = WarehouseDef::default();
    loop {
        let Some(word) = cursor.peek_word() else { return Err(cursor.unexpected()) };
        match word.as_str() {
            "AUTO_SUSPEND" => def.auto_suspend = default.auto_suspend,
            "AUTO_RESUME" => def.auto_resume = default.auto_resume,
            "SCALING_POLICY" => def.scaling_policy.clone_from(&default.scaling_policy),
            "COMMENT" => comment.clear(),
            other if def.properties.contains_key(other) => {
                def.properties.remove(other);
            }
            _ => return Err(cursor.unexpected()),
        }
        cursor.next_token();
        if !cursor.accept(&Token::Comma) {
            return Ok(());
        }
    }
}
