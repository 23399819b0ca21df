//! How DESCRIBE and SHOW present procedures and functions.

use super::ddl;
use crate::access;
use crate::catalog::def::{Argument, FunctionDef, Returns};
use crate::catalog::{Kind, Object};
use crate::exec::{Context, QueryResult, ResultColumn, StatementType, Value};
use crate::listing::{Listing, timestamp};
use crate::parse::Cursor;
use crate::types::SqlType;
use crate::{Result, SqlError};

fn returned(returns: &Returns, family: bool) -> String {
    match returns {
        Returns::Scalar(sql_type) if family => sql_type.family().to_owned(),
        Returns::Scalar(sql_type) => sql_type.to_string(),
        Returns::Table(columns) => {
            let columns: Vec<_> =
                columns.iter().map(|(name, sql_type)| format!("{name} {}", sql_type.family())).collect();
            format!("TABLE ({})", columns.join(", "))
        }
    }
}

/// The first rows of DESCRIBE, which all routines have: signature, returns, language.
pub(crate) fn description(
    arguments: &[Argument],
    returns: &Returns,
    not_null: bool,
    language: &str,
) -> Vec<(&'static str, String)> {
    let arguments: Vec<_> =
        arguments.iter().map(|argument| format!("{} {}", argument.name, argument.sql_type.family())).collect();
    let not_null = if not_null { " NOT NULL" } else { "" };
    vec![
        ("signature", format!("({})", arguments.join(", "))),
        ("returns", format!("{}{not_null}", returned(returns, false))),
        ("language", language.to_owned()),
    ]
}

/// DESCRIBE: `rows` tells the properties of the routine.
pub(crate) fn describe(
    cx: &Context<'_>,
    cursor: &mut Cursor<'_>,
    kind: Kind,
    rows: impl FnOnce(&Object) -> Result<Vec<(&'static str, String)>>,
) -> Result<QueryResult> {
    cursor.next_token();
    cursor.expect_keywords(kind.keyword())?;
    let (name, signature, found) = ddl::find(cx, cursor, kind, "DESCRIBE")?;
    cursor.expect_end()?;
    let Some(routine) = found.filter(|object| access::holds(cx, object, &["USAGE"]).unwrap_or(false)) else {
        return Err(ddl::missing(kind, &name, &signature));
    };
    let rows: Vec<_> =
        rows(&routine)?.into_iter().map(|(property, value)| vec![Some(property.to_owned()), Some(value)]).collect();
    Ok(QueryResult::texts(StatementType::Describe, &["property", "value"], &rows))
}

/// SHOW [USER] PROCEDURES or FUNCTIONS. The built-in ones are not listed.
pub(crate) fn show(cx: &Context<'_>, cursor: &mut Cursor<'_>, kind: Kind) -> Result<QueryResult> {
    cursor.expect_keywords("SHOW")?;
    let plural = format!("{}S", kind.keyword());
    if cursor.peek_keyword("TERSE") {
        return Err(SqlError::unsupported(format_args!("SHOW TERSE {plural}")));
    }
    cursor.accept_keyword("USER");
    cursor.expect_keywords(&plural)?;
    let listing = Listing::parse(cursor)?;
    let mut found = Vec::new();
    for (database, schema) in listing.schemas(cx)? {
        for routine in cx.engine.catalog.list(kind, Some(schema.id))? {
            let foreign = routine.session.is_some_and(|session| session != cx.session.id);
            if !foreign && listing.matches(&routine.name) && access::holds(cx, &routine, &["USAGE"])? {
                found.push((database.name.clone(), schema.name.clone(), routine));
            }
        }
    }
    found.sort_by(|a, b| (&a.2.name, &a.2.signature).cmp(&(&b.2.name, &b.2.signature)));
    listing.cut(&mut found);
    let text = |name: &str| ResultColumn::new(name, SqlType::TEXT);
    let number = |name: &str| ResultColumn::new(name, SqlType::INTEGER);
    let mut columns = vec![
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
    if kind == Kind::Function {
        columns.extend([text("is_external_function"), text("language"), text("is_memoizable"), text("is_data_metric")]);
    }
    let mut rows = Vec::with_capacity(found.len());
    for (database, schema, routine) in found {
        let definition = super::of(&routine)?;
        let arguments: Vec<_> = definition
            .arguments
            .iter()
            .map(|argument| {
                let optional = if argument.default.is_some() { "DEFAULT " } else { "" };
                let output = if argument.output { "OUT " } else { "" };
                format!("{optional}{output}{}", argument.sql_type.family())
            })
            .collect();
        let required = definition.arguments.iter().filter(|argument| argument.default.is_none()).count();
        let yes_no = |is: bool| Value::text(if is { "Y" } else { "N" });
        let description = match (routine.comment.as_str(), kind) {
            ("", Kind::Procedure) => "user-defined procedure",
            ("", _) => "user-defined function",
            (comment, _) => comment,
        };
        let returns = returned(&definition.returns, true);
        let mut row = vec![
            timestamp(routine.created_at),
            Value::text(routine.name.clone()),
            Value::text(schema),
            Value::text("N"),
            Value::text("N"),
            Value::text("N"),
            Value::integer(required as i64),
            Value::integer(definition.arguments.len() as i64),
            Value::text(format!("{}({}) RETURN {returns}", routine.name, arguments.join(", "))),
            Value::text(description),
            Value::text(database),
            yes_no(matches!(definition.returns, Returns::Table(_))),
            Value::text("N"),
            yes_no(definition.secure),
            Value::null(SqlType::TEXT),
            Value::null(SqlType::TEXT),
        ];
        if kind == Kind::Function {
            let FunctionDef { memoizable, form, .. } = routine.definition()?;
            row.extend([Value::text("N"), Value::text(form.language()), yes_no(memoizable), Value::text("N")]);
        }
        rows.push(row);
    }
    QueryResult::rows(StatementType::Show, columns, &rows)
}
