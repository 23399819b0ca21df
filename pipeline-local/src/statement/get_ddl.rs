//! GET_DDL: the statement that creates an object again.
//!
//! <https://docs.snowflake.com/en/sql-reference/functions/get_ddl>

use crate::catalog::def::{
    Argument, ColumnDef, ConstraintDef, ConstraintRule, ExecuteAs, FileFormatDef, FunctionDef, PipeDef, ProcedureDef,
    Returns, SequenceDef, StreamDef, StreamMode, TableDef, TableKind, TagDef, ViewDef,
};
use crate::catalog::{Kind, Object, TagSlot};
use crate::error::{Result, SqlError};
use crate::parse::{Cursor, quote};
use crate::task::TaskDef;

use super::Context;

/// The statement for the object of a kind and name; with `qualified` it names the object with its database and schema. A
/// database or schema comes with all that it contains.
///
/// # Errors
/// When there is no such object that the role can see, or GET_DDL does not know the kind.
pub(crate) fn get_ddl(cx: &Context<'_>, kind: &str, name: &str, qualified: bool) -> Result<String> {
    let keyword = kind.trim().to_uppercase().replace('_', " ");
    let known = Kind::from_keyword(&keyword)
        .filter(|kind| !matches!(kind, Kind::Stage | Kind::Warehouse | Kind::Role | Kind::User | Kind::Integration));
    let Some(kind) = known else {
        return Err(SqlError::unsupported(format_args!("GET_DDL('{keyword}', ...)")));
    };
    let mut cursor = Cursor::new(name)?;
    let parsed = cursor.object_name()?;
    let object = match kind {
        Kind::Procedure | Kind::Function => super::grant::routine(cx, &mut cursor, kind, &parsed)?,
        _ => cx.object(kind, &parsed, "GET_DDL")?,
    };
    cursor.expect_end()?;
    statements(cx, &object, qualified)
}

fn statements(cx: &Context<'_>, object: &Object, qualified: bool) -> Result<String> {
    let name = match object.kind {
        _ if qualified => cx.engine.catalog.full_name(object)?,
        Kind::Procedure | Kind::Function => in_quotes(&object.name),
        _ => quote(&object.name),
    };
    match object.kind {
        Kind::Database | Kind::Schema => container(cx, object, &name, qualified),
        Kind::Table => table(cx, object, &name),
        Kind::View => view(object, &name),
        Kind::Stream => stream(cx, object, &name),
        Kind::Sequence => sequence(object, &name),
        Kind::Task => task(cx, object, &name),
        Kind::Procedure => procedure(object, &name),
        Kind::Function => function(object, &name),
        Kind::FileFormat => Ok(file_format(object, &name)?),
        Kind::Pipe => pipe(object, &name),
        Kind::Tag => tag(object, &name),
        Kind::Stage | Kind::Warehouse | Kind::Role | Kind::User | Kind::Integration => {
            Err(SqlError::unsupported(format_args!("GET_DDL of a {}", object.kind)))
        }
    }
}

fn container(cx: &Context<'_>, object: &Object, name: &str, qualified: bool) -> Result<String> {
    let mut text = format!("create or replace {} {name}{};", lower(object.kind), comment(&object.comment));
    let inside: &[Kind] = match object.kind {
        Kind::Database => &[Kind::Schema],
        _ => &[Kind::Sequence, Kind::Table, Kind::View, Kind::Stream, Kind::Function, Kind::Procedure, Kind::Task],
    };
    for kind in inside {
        for child in cx.engine.catalog.list(*kind, Some(object.id))? {
            if child.name != "INFORMATION_SCHEMA" && child.session.is_none() && cx.sees(&child)? {
                text.push_str("\n\n");
                text.push_str(&statements(cx, &child, qualified)?);
            }
        }
    }
    Ok(text)
}

fn table(cx: &Context<'_>, object: &Object, name: &str) -> Result<String> {
    let def: TableDef = object.definition()?;
    let mut lines = Vec::with_capacity(def.columns.len());
    for one in &def.columns {
        lines.push(column(cx, object, one)?);
    }
    for rule in &def.constraints {
        lines.push(constraint(cx, &def, rule)?);
    }
    let kind = match def.kind {
        TableKind::Permanent => "",
        TableKind::Transient => "TRANSIENT ",
        TableKind::Temporary => "TEMPORARY ",
    };
    let cluster = match def.cluster_by.as_deref().and_then(|by| by.strip_prefix("LINEAR")) {
        Some(columns) => format!(" cluster by {columns}"),
        None => String::new(),
    };
    let mut end = String::new();
    if def.change_tracking() {
        end.push_str(" CHANGE_TRACKING=TRUE");
    }
    for (key, days) in [
        ("DATA_RETENTION_TIME_IN_DAYS", def.retention_days),
        ("MAX_DATA_EXTENSION_TIME_IN_DAYS", def.max_extension_days),
    ] {
        if let Some(days) = days {
            end.push_str(&format!(" {key}={days}"));
        }
    }
    if def.schema_evolution {
        end.push_str(" ENABLE_SCHEMA_EVOLUTION=TRUE");
    }
    end.push_str(&crate::tag::clause_of(cx, object.id, TagSlot::Object)?);
    end.push_str(&comment(&object.comment));
    Ok(format!("create or replace {kind}TABLE {name}{cluster} (\n\t{}\n){end};", lines.join(",\n\t")))
}

fn column(cx: &Context<'_>, table: &Object, column: &ColumnDef) -> Result<String> {
    let mut text = format!("{} {}", quote(&column.name), column.sql_type);
    if !column.nullable {
        text.push_str(" NOT NULL");
    }
    if let Some(expression) = &column.expression {
        text.push_str(&format!(" AS ({expression})"));
    }
    if let Some(default) = &column.default {
        text.push_str(&format!(" DEFAULT {default}"));
    }
    if let Some(increment) = column.autoincrement {
        text.push_str(&format!(" autoincrement start {} increment {} noorder", increment.start, increment.step));
    }
    text.push_str(&crate::tag::clause_of(cx, table.id, TagSlot::Column(column.id))?);
    text.push_str(&comment(&column.comment).replace(" COMMENT=", " COMMENT "));
    Ok(text)
}

fn constraint(cx: &Context<'_>, table: &TableDef, constraint: &ConstraintDef) -> Result<String> {
    let names = |table: &TableDef, ids: &[u32]| {
        let columns = table.columns.iter().filter(|column| ids.contains(&column.id));
        columns.map(|column| quote(&column.name)).collect::<Vec<_>>().join(", ")
    };
    let named = match constraint.name.starts_with("SYS_CONSTRAINT_") {
        true => String::new(),
        false => format!("constraint {} ", quote(&constraint.name)),
    };
    let own = names(table, &constraint.columns);
    let rule = match &constraint.rule {
        ConstraintRule::PrimaryKey => format!("primary key ({own})"),
        ConstraintRule::Unique => format!("unique ({own})"),
        ConstraintRule::Check(expression) => format!("check ({expression})"),
        ConstraintRule::ForeignKey { table, columns } => {
            let Some(referenced) = cx.engine.catalog.by_id_even_dropped(*table)? else {
                return Ok(format!("{named}foreign key ({own})"));
            };
            let def: TableDef = referenced.definition()?;
            let full = cx.engine.catalog.full_name(&referenced)?;
            format!("foreign key ({own}) references {full}({})", names(&def, columns))
        }
    };
    Ok(format!("{named}{rule}"))
}

fn view(object: &Object, name: &str) -> Result<String> {
    let def: ViewDef = object.definition()?;
    let columns: Vec<String> = def
        .columns
        .iter()
        .map(|column| format!("{}{}", quote(&column.name), comment(&column.comment).replace(" COMMENT=", " COMMENT ")))
        .collect();
    let secure = if def.secure { "secure " } else { "" };
    let form = match (def.materialized, def.recursive) {
        (true, _) => "materialized ",
        (_, true) => "recursive ",
        _ => "",
    };
    let tracking = if def.changes_from.is_some() { " CHANGE_TRACKING=TRUE" } else { "" };
    let query = def.query.trim().trim_end_matches(';');
    Ok(format!(
        "create or replace {secure}{form}view {name}(\n\t{}\n){tracking}{} as {query};",
        columns.join(",\n\t"),
        comment(&object.comment)
    ))
}

fn stream(cx: &Context<'_>, object: &Object, name: &str) -> Result<String> {
    let def: StreamDef = object.definition()?;
    let source = match cx.engine.catalog.by_id_even_dropped(def.source)? {
        Some(source) => cx.engine.catalog.full_name(&source)?,
        None => return Err(SqlError::does_not_exist(def.source_kind.title(), format_args!("of stream {name}"))),
    };
    let mut text = format!("create or replace stream {name} on {} {source}", lower(def.source_kind));
    if def.mode == StreamMode::AppendOnly {
        text.push_str(" append_only = true");
    }
    if def.show_initial_rows {
        text.push_str(" show_initial_rows = true");
    }
    Ok(format!("{text}{};", comment(&object.comment)))
}

fn file_format(object: &Object, name: &str) -> Result<String> {
    let def: FileFormatDef = object.definition()?;
    let mut text = format!("CREATE OR REPLACE FILE FORMAT {name}\n\tTYPE = {}", def.format);
    for (option, value) in &def.options {
        let value = match value {
            serde_json::Value::String(value) => literal(value),
            serde_json::Value::Array(values) => {
                let values: Vec<String> = values.iter().filter_map(|value| value.as_str()).map(literal).collect();
                format!("({})", values.join(", "))
            }
            other => other.to_string().to_uppercase(),
        };
        text.push_str(&format!("\n\t{option} = {value}"));
    }
    Ok(format!("{text}{};", comment(&object.comment)))
}

fn pipe(object: &Object, name: &str) -> Result<String> {
    let def: PipeDef = object.definition()?;
    let auto_ingest = if def.auto_ingest { " auto_ingest=true" } else { " auto_ingest=false" };
    let mut text = format!("create or replace pipe {name}{auto_ingest}");
    for (key, value) in [
        ("integration", &def.integration),
        ("error_integration", &def.error_integration),
        ("aws_sns_topic", &def.sns_topic),
    ] {
        text.extend(value.iter().map(|value| format!(" {key}={}", literal(value))));
    }
    Ok(format!("{text}{} as {};", comment(&object.comment), def.definition.trim_end_matches(';')))
}

fn tag(object: &Object, name: &str) -> Result<String> {
    let def: TagDef = object.definition()?;
    let mut text = format!("create or replace tag {name}");
    if !def.allowed_values.is_empty() {
        let values: Vec<String> = def.allowed_values.iter().map(|value| literal(value)).collect();
        text.push_str(&format!(" allowed_values {}", values.join(", ")));
    }
    if let Some(propagate) = &def.propagate {
        text.push_str(&format!(" propagate = {propagate}"));
    }
    Ok(format!("{text}{};", comment(&object.comment)))
}

fn sequence(object: &Object, name: &str) -> Result<String> {
    let def: SequenceDef = object.definition()?;
    let order = if def.ordered { "order" } else { "noorder" };
    Ok(format!(
        "create or replace sequence {name} start with {} increment by {} {order}{};",
        def.increment.start,
        def.increment.step,
        comment(&object.comment)
    ))
}

fn task(cx: &Context<'_>, object: &Object, name: &str) -> Result<String> {
    let def: TaskDef = object.definition()?;
    let names = |ids: &[crate::catalog::ObjectId]| -> Result<Vec<String>> {
        let mut names = Vec::new();
        for id in ids {
            if let Some(other) = cx.engine.catalog.by_id(*id)? {
                names.push(cx.engine.catalog.full_name(&other)?);
            }
        }
        Ok(names)
    };
    let texts = [
        ("schedule", &def.schedule),
        ("config", &def.config),
        ("TARGET_COMPLETION_INTERVAL", &def.target_completion),
        ("USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE", &def.initial_size),
        ("SERVERLESS_TASK_MIN_STATEMENT_SIZE", &def.min_size),
        ("SERVERLESS_TASK_MAX_STATEMENT_SIZE", &def.max_size),
        ("LOG_LEVEL", &def.log_level),
    ];
    let identifiers = [
        ("warehouse", &def.warehouse),
        ("ERROR_INTEGRATION", &def.error_integration),
        ("SUCCESS_INTEGRATION", &def.success_integration),
    ];
    let numbers = [
        ("USER_TASK_TIMEOUT_MS", def.timeout_ms),
        ("SUSPEND_TASK_AFTER_NUM_FAILURES", def.suspend_after_failures),
        ("TASK_AUTO_RETRY_ATTEMPTS", def.retry_attempts),
        ("USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS", def.trigger_interval),
    ];
    let mut lines = vec![format!("create or replace task {name}")];
    for (key, value) in identifiers {
        lines.extend(value.as_ref().map(|value| format!("{key}={}", quote(value))));
    }
    for (key, value) in texts {
        lines.extend(value.as_ref().map(|value| format!("{key}={}", literal(value))));
    }
    for (key, value) in numbers {
        lines.extend(value.map(|value| format!("{key}={value}")));
    }
    lines.extend(def.overlap.map(|overlap| format!("OVERLAP_POLICY={}", overlap.keyword())));
    for (key, value) in &def.parameters {
        lines.push(format!("{key}={}", literal(value)));
    }
    if !object.comment.is_empty() {
        lines.push(format!("COMMENT={}", literal(&object.comment)));
    }
    if let Some(root) = names(def.finalize.as_slice())?.first() {
        lines.push(format!("FINALIZE={root}"));
    }
    let after = names(&def.after)?;
    if !after.is_empty() {
        lines.push(format!("after {}", after.join(", ")));
    }
    lines.extend(def.execute_as_user.as_ref().map(|user| format!("EXECUTE AS USER {}", quote(user))));
    lines.extend(def.when.as_ref().map(|when| format!("when {when}")));
    lines.push(format!("as {};", def.body.trim().trim_end_matches(';')));
    Ok(lines.join("\n\t"))
}

fn procedure(object: &Object, name: &str) -> Result<String> {
    let def: ProcedureDef = object.definition()?;
    let mut lines = vec![
        format!(
            "CREATE OR REPLACE {}PROCEDURE {name}({})",
            if def.secure { "SECURE " } else { "" },
            arguments(&def.arguments)
        ),
        format!("RETURNS {}{}", returns(&def.returns), if def.returns_not_null { " NOT NULL" } else { "" }),
        format!("LANGUAGE {}", def.language),
    ];
    lines.extend(def.strict.then(|| "STRICT".to_owned()));
    lines.extend((!object.comment.is_empty()).then(|| format!("COMMENT={}", literal(&object.comment))));
    lines.push(match def.execute_as {
        ExecuteAs::Owner => "EXECUTE AS OWNER".to_owned(),
        ExecuteAs::Caller => "EXECUTE AS CALLER".to_owned(),
    });
    lines.push(format!("AS {};", literal(&def.body)));
    Ok(lines.join("\n"))
}

fn function(object: &Object, name: &str) -> Result<String> {
    let def: FunctionDef = object.definition()?;
    let mut lines = vec![
        format!(
            "CREATE OR REPLACE {}FUNCTION {name}({})",
            if def.secure { "SECURE " } else { "" },
            arguments(&def.arguments)
        ),
        format!("RETURNS {}{}", returns(&def.returns), if def.returns_not_null { " NOT NULL" } else { "" }),
        format!("LANGUAGE {}", def.form.language()),
    ];
    lines.extend(def.strict.then(|| "STRICT".to_owned()));
    lines.extend(def.immutable.then(|| "IMMUTABLE".to_owned()));
    lines.extend(def.memoizable.then(|| "MEMOIZABLE".to_owned()));
    lines.extend((!object.comment.is_empty()).then(|| format!("COMMENT={}", literal(&object.comment))));
    lines.push(format!("AS {};", literal(&def.body)));
    Ok(lines.join("\n"))
}

fn arguments(arguments: &[Argument]) -> String {
    let one = |argument: &Argument| {
        let output = if argument.output { "OUT " } else { "" };
        let default = argument.default.as_ref().map(|default| format!(" DEFAULT {default}")).unwrap_or_default();
        format!("{} {output}{}{default}", in_quotes(&argument.name), argument.sql_type)
    };
    arguments.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn returns(returns: &Returns) -> String {
    match returns {
        Returns::Scalar(sql_type) => sql_type.to_string(),
        Returns::Table(columns) => {
            let columns: Vec<_> =
                columns.iter().map(|(name, sql_type)| format!("{} {sql_type}", quote(name))).collect();
            format!("TABLE ({})", columns.join(", "))
        }
    }
}

fn comment(comment: &str) -> String {
    if comment.is_empty() { String::new() } else { format!(" COMMENT={}", literal(comment)) }
}

/// A text as a literal.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// A name in quotes, whether it needs them or not.
fn in_quotes(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn lower(kind: Kind) -> String {
    kind.keyword().to_lowercase()
}
