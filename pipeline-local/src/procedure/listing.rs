//! DESCRIBE PROCEDURE and SHOW PROCEDURES.

use super::ddl;
use crate::access;
use crate::catalog::Kind;
use crate::catalog::def::{ExecuteAs, ProcedureDef, Returns};
use crate::exec::{Context, QueryResult, ResultColumn, StatementType, Value};
use crate::listing::{Listing, timestamp};
use crate::parse::Cursor;
use crate::types::SqlType;
use crate::{Result, SqlError};

fn returned(definition: &ProcedureDef, family: bool) -> String {
    match &definition.returns {
        Returns::Scalar(sql_type) if family => sql_type.family().to_owned(),
        Returns::Scalar(sql_type) => sql_type.to_string(),
        Returns::Table(columns) => {
            let columns: Vec<_> =
                columns.iter().map(|(name, sql_type)| format!("{name} {}", sql_type.family())).collect();
            format!("TABLE ({})", columns.join(", "))
        }
    }
}

pub(super) fn describe(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    cursor.next_token();
    cursor.expect_keywords("PROCEDURE")?;
    let (name, signature, found) = ddl::find(cx, cursor, "DESCRIBE PROCEDURE")?;
    cursor.expect_end()?;
    let Some(procedure) = found.filter(|object| access::holds(cx, object, &["USAGE"]).unwrap_or(false)) else {
        return Err(ddl::missing(&name, &signature));
    };
    let definition: ProcedureDef = procedure.definition()?;
    let arguments: Vec<_> = definition
        .arguments
        .iter()
        .map(|argument| format!("{} {}", argument.name, argument.sql_type.family()))
        .collect();
    let not_null = if definition.returns_not_null { " NOT NULL" } else { "" };
    let rows = [
        ("signature", format!("({})", arguments.join(", "))),
        ("returns", format!("{}{not_null}", returned(&definition, false))),
        ("language", definition.language.clone()),
        (
            "null handling",
            if definition.strict { "RETURNS NULL ON NULL INPUT" } else { "CALLED ON NULL INPUT" }.to_owned(),
        ),
        ("volatility", "VOLATILE".to_owned()),
        (
            "execute as",
            match definition.execute_as {
                ExecuteAs::Owner => "OWNER".to_owned(),
                ExecuteAs::Caller => "CALLER".to_owned(),
            },
        ),
        ("body", definition.body.clone()),
    ];
    let rows: Vec<_> = rows.into_iter().map(|(property, value)| vec![Some(property.to_owned()), Some(value)]).collect();
    Ok(QueryResult::texts(StatementType::Describe, &["property", "value"], &rows))
}

pub(super) fn show(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<QueryResult> {
    cursor.expect_keywords("SHOW")?;
    if cursor.peek_keyword("TERSE") || cursor.peek_keyword("USER") {
        return Err(SqlError::unsupported(format_args!("SHOW {} PROCEDURES", cursor.peek_word().unwrap_or_default())));
    }
    cursor.expect_keywords("PROCEDURES")?;
    let listing = Listing::parse(cursor)?;
    let mut found = Vec::new();
    for (database, schema) in listing.schemas(cx)? {
        for procedure in cx.engine.catalog.list(Kind::Procedure, Some(schema.id))? {
            if listing.matches(&procedure.name) && access::holds(cx, &procedure, &["USAGE"])? {
                found.push((database.name.clone(), schema.name.clone(), procedure));
            }
        }
    }
    found.sort_by(|a, b| (&a.2.name, &a.2.signature).cmp(&(&b.2.name, &b.2.signature)));
    listing.cut(&mut found);
    let text = |name: &str| ResultColumn::new(name, SqlType::TEXT);
    let number = |name: &str| ResultColumn::new(name, SqlType::INTEGER);
    let columns = vec![
        ResultColumn::new("created_on", SqlType::TimestampLtz(3)),
        text("name"),
        text("schema_name"),
        text("is_builtin"),
        text("is_aggregate"),
        text("is_ansi"),
        number("min_num_arguments"),
        number("max_num_arguments"),
        text("arguments"),
        text("description"),
        text("catalog_name"),
        text("is_table_function"),
        text("valid_for_clustering"),
        text("is_secure"),
        text("secrets"),
        text("external_access_integrations"),
    ];
    let mut rows = Vec::with_capacity(found.len());
    for (database, schema, procedure) in found {
        let definition: ProcedureDef = procedure.definition()?;
        let arguments: Vec<_> = definition
            .arguments
            .iter()
            .map(|argument| {
                let optional = if argument.default.is_some() { "DEFAULT " } else { "" };
                format!("{optional}{}", argument.sql_type.family())
            })
            .collect();
        let required = definition.arguments.iter().filter(|argument| argument.default.is_none()).count();
        let is_table = if matches!(definition.returns, Returns::Table(_)) { "Y" } else { "N" };
        let description = if procedure.comment.is_empty() { "user-defined procedure" } else { &procedure.comment };
        rows.push(vec![
            timestamp(procedure.created_at),
            Value::text(procedure.name.clone()),
            Value::text(schema),
            Value::text("N"),
            Value::text("N"),
            Value::text("N"),
            Value::integer(required as i64),
            Value::integer(definition.arguments.len() as i64),
            Value::text(format!("{}({}) RETURN {}", procedure.name, arguments.join(", "), returned(&definition, true))),
            Value::text(description),
            Value::text(database),
            Value::text(is_table),
            Value::text("N"),
            Value::text(if definition.secure { "Y" } else { "N" }),
            Value::null(SqlType::TEXT),
            Value::null(SqlType::TEXT),
        ]);
    }
    QueryResult::rows(StatementType::Show, columns, &rows)
}
