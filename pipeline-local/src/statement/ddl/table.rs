//! CREATE TABLE.

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::def::{ColumnDef, TableDef, TableKind};
use crate::catalog::{Kind, NewObject, Object, TagSlot, Target};
use crate::error::{Result, SqlError};
use crate::parse::{Cursor, quote};
use crate::statement::{Binds, Context, QueryResult};
use crate::storage::Seq;
use crate::tag;
use crate::types::{DEFAULT_VARCHAR_LENGTH, SqlType};

use super::alter_to::alter_to;
use super::column::{check_default, read_column};
use super::constraint::{ConstraintSpec, add_constraint, read_constraint};
use super::options::{boolean_value, comment_value, retention, string_value, unknown};
use super::point::Point;
use super::{Creation, already_exists};

/// Where a new table's columns and rows come from.
enum Form {
    Columns,
    Like(Object),
    /// As it was at a version.
    Clone(Object, Seq),
    Query(String),
}

pub(super) async fn create(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, creation: &Creation) -> Result<QueryResult> {
    creation.refuse(&["SECURE"])?;
    let (name, if_not_exists) = creation.name(cursor)?;
    let schema = cx.schema_of(&name, "CREATE TABLE")?;

    let mut form = Form::Columns;
    if cursor.accept_keyword("LIKE") {
        form = Form::Like(source(cx, cursor)?);
    } else if cursor.accept_keyword("CLONE") {
        let original = source(cx, cursor)?;
        let at = match Point::accept(cursor)? {
            Some(point) => point.resolve(cx, &original)?,
            None => cx.engine.storage.current_seq(),
        };
        form = Form::Clone(original, at);
    }
    let mut def = TableDef::default();
    // GET_DDL writes it before the columns.
    if cursor.accept_keywords("CLUSTER BY") {
        def.cluster_by = Some(format!("LINEAR({})", cursor.parenthesised()?));
    }
    let mut specs = Vec::new();
    let mut constraints: Vec<ConstraintSpec> = Vec::new();
    if cursor.accept(&Token::LParen) {
        loop {
            match read_constraint(cursor, None)? {
                Some(constraint) => constraints.push(constraint),
                None => specs.push(read_column(cursor)?),
            }
            if !cursor.accept(&Token::Comma) {
                break;
            }
        }
        cursor.expect(&Token::RParen)?;
    }
    let mut comment = None;
    let mut tracking = None;
    let mut copy_grants = false;
    let mut tags = tag::Tags::new();
    while !cursor.at_end() {
        if retention(cursor, &mut def.retention_days, &mut def.max_extension_days)? {
        } else if cursor.accept_keywords("CLUSTER BY") {
            def.cluster_by = Some(format!("LINEAR({})", cursor.parenthesised()?));
        } else if cursor.accept_keyword("CHANGE_TRACKING") {
            tracking = Some(boolean_value(cursor)?);
        } else if cursor.accept_keyword("COMMENT") {
            comment = Some(comment_value(cursor)?);
        } else if cursor.accept_keywords("COPY GRANTS") {
            copy_grants = true;
        } else if tag::accept(cursor, &mut tags)? {
        } else if cursor.accept_keyword("ENABLE_SCHEMA_EVOLUTION") {
            def.schema_evolution = boolean_value(cursor)?;
        } else if cursor.accept_keyword("DEFAULT_DDL_COLLATION") {
            if !string_value(cursor)?.is_empty() {
                return Err(SqlError::unsupported("DEFAULT_DDL_COLLATION"));
            }
        } else if cursor.peek_keywords("ROW ACCESS POLICY") || cursor.peek_keywords("WITH ROW ACCESS POLICY") {
            return Err(SqlError::unsupported("ROW ACCESS POLICY of a table"));
        } else if cursor.accept_keyword("AS") {
            form = Form::Query(cursor.rest().to_owned());
            cursor.skip_to_end();
        } else {
            return Err(unknown(cursor, "TABLE"));
        }
    }
    def.kind = match (creation.temporary, creation.transient) {
        (true, _) => TableKind::Temporary,
        (false, true) => TableKind::Transient,
        (false, false) => TableKind::Permanent,
    };
    if def.kind != TableKind::Permanent && def.retention_days.is_some_and(|days| days > 1) {
        return Err(SqlError::compilation(
            1008,
            "22023",
            format_args!(
                "invalid value [{}] for parameter 'DATA_RETENTION_TIME_IN_DAYS'",
                def.retention_days.unwrap_or_default()
            ),
        ));
    }

    if let Form::Clone(original, _) = &form {
        forbid_lasting_clone(original, def.kind)?;
    }
    if creation.or_alter && (copy_grants || !matches!(form, Form::Columns)) {
        return Err(SqlError::unsupported("CREATE OR ALTER TABLE with AS, LIKE, CLONE or COPY GRANTS"));
    }
    if if_not_exists && own_relation(cx, &schema, name.object(), creation)?.is_some() {
        return Ok(already_exists(name.object()));
    }
    if !creation.temporary {
        cx.require("CREATE TABLE", &schema)?;
    }
    let column_tags: Vec<_> =
        specs.iter_mut().map(|spec| (spec.def.name.clone(), std::mem::take(&mut spec.tags))).collect();
    fill(cx, cursor.sql(), &mut def, &form, specs, constraints).await?;
    if creation.or_alter
        && let Some(table) = own_relation(cx, &schema, name.object(), creation)?
    {
        tag::forbid_or_alter(&tags, Kind::Table)?;
        column_tags.iter().try_for_each(|(_, tags)| tag::forbid_or_alter(tags, Kind::Table))?;
        return alter_to(cx, table, def, comment.unwrap_or_default(), tracking).await;
    }
    match tracking {
        Some(true) => def.changes_from = Some(cx.engine.storage.current_seq()),
        Some(false) => def.changes_from = None,
        None => {}
    }
    let comment = match (&form, comment) {
        (_, Some(comment)) => comment,
        (Form::Like(source) | Form::Clone(source, _), None) => source.comment.clone(),
        _ => String::new(),
    };
    let mut settings = match &form {
        Form::Clone(source, _) => cx.engine.catalog.tags_set_on(source.id)?,
        _ => Vec::new(),
    };
    settings.extend(tag::resolve(cx, &tags, TagSlot::Object)?);
    settings.extend(tag::resolve_columns(cx, &column_tags, |name| def.column(name).map(|column| column.id))?);
    let mut new =
        NewObject::new(Kind::Table, Some(schema.id), name.object(), cx.role(), &def)?.comment(&comment).tags(settings);
    if creation.temporary {
        new = new.session(cx.session.id);
    }
    match form {
        Form::Query(query) => create_as(cx, creation, &schema, new, &query, copy_grants).await,
        Form::Clone(original, at) => cx.engine.catalog.transaction(|catalog| {
            let (table, result) = creation.finish(cx, new, copy_grants)?;
            cx.engine.storage.clone_table(original.id, at, table.id)?;
            catalog.copy_numbers(original.id, table.id)?;
            Ok(result)
        }),
        Form::Columns | Form::Like(_) => Ok(creation.finish(cx, new, copy_grants)?.1),
    }
}

/// What lives shorter cannot become permanent by CLONE.
fn forbid_lasting_clone(original: &Object, kind: TableKind) -> Result<()> {
    let before = original.definition::<TableDef>()?.kind;
    let lives = match before {
        TableKind::Transient => "Transient",
        TableKind::Temporary => "Temporary",
        TableKind::Permanent => return Ok(()),
    };
    if kind != TableKind::Permanent {
        return Ok(());
    }
    Err(SqlError::compilation(2, "0A000", format_args!("{lives} object cannot be cloned to a permanent object.")))
}

/// The relation that the new table would collide with: temporary tables only collide with the session's own.
fn own_relation(cx: &Context<'_>, schema: &Object, name: &str, creation: &Creation) -> Result<Option<Object>> {
    let found = cx.engine.catalog.find_relation(schema.id, name, cx.session.id)?;
    Ok(found.filter(|object| object.kind == Kind::Table && object.session.is_some() == creation.temporary))
}

fn source(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Object> {
    let name = cursor.object_name()?;
    let source = cx.object(Kind::Table, &name, "CREATE TABLE")?;
    cx.require("SELECT", &source)?;
    Ok(source)
}

async fn fill(
    cx: &mut Context<'_>,
    text: &str,
    def: &mut TableDef,
    form: &Form,
    specs: Vec<super::column::ColumnSpec>,
    mut constraints: Vec<ConstraintSpec>,
) -> Result<()> {
    match form {
        Form::Like(source) | Form::Clone(source, _) => {
            let original: TableDef = source.definition()?;
            def.columns = original.columns;
            def.next_column_id = original.next_column_id;
            def.constraints = original.constraints;
            def.cluster_by = def.cluster_by.take().or(original.cluster_by);
            if matches!(form, Form::Clone(..)) {
                def.changes_from = original.changes_from.map(|_| cx.engine.storage.current_seq());
                def.retention_days = def.retention_days.or(original.retention_days);
            } else {
                // Nothing is older than the columns of an empty table.
                for column in &mut def.columns {
                    column.initial = None;
                }
            }
            return Ok(());
        }
        Form::Query(query) => {
            let columns = cx.columns_of(text, query, !specs.is_empty()).await?;
            if !specs.is_empty() && specs.len() != columns.len() {
                return Err(SqlError::compilation(
                    2026,
                    "42601",
                    format_args!(
                        "Invalid column definition list: {} columns for a query of {}.",
                        specs.len(),
                        columns.len()
                    ),
                ));
            }
            if specs.is_empty() {
                for column in columns {
                    let sql_type = match column.sql_type {
                        SqlType::Varchar(0) => SqlType::Varchar(DEFAULT_VARCHAR_LENGTH),
                        other => other,
                    };
                    push(def, ColumnDef::new(&column.name, sql_type))?;
                }
            } else {
                for (mut spec, column) in specs.into_iter().zip(columns) {
                    if !spec.typed {
                        spec.def.sql_type = column.sql_type;
                    }
                    constraints.append(&mut spec.constraints);
                    push(def, spec.def)?;
                }
            }
        }
        Form::Columns => {
            for mut spec in specs {
                if !spec.typed && spec.def.expression.is_none() {
                    return Err(SqlError::compilation(
                        1003,
                        "42000",
                        format_args!("Column '{}' has no data type.", spec.def.name),
                    ));
                }
                if !spec.typed {
                    spec.def.sql_type = super::virtual_column::UNTYPED;
                }
                check_default(cx, &spec.def).await?;
                constraints.append(&mut spec.constraints);
                push(def, spec.def)?;
            }
            if def.columns.is_empty() {
                return Err(SqlError::compilation(1003, "42000", "A table needs at least one column."));
            }
        }
    }
    super::virtual_column::check(cx, def)?;
    for constraint in constraints {
        add_constraint(cx, "", def, constraint)?;
    }
    Ok(())
}

fn push(def: &mut TableDef, column: ColumnDef) -> Result<()> {
    if def.column(&column.name).is_some() {
        return Err(SqlError::compilation(2025, "42S21", format_args!("duplicate column name '{}'", column.name)));
    }
    def.add_column(column);
    Ok(())
}

/// CREATE TABLE ... AS: the rows go into a table of another name first, which then takes the place. So the query may read
/// the table that it replaces, and when it fails everything is as before.
async fn create_as(
    cx: &mut Context<'_>,
    creation: &Creation,
    schema: &Object,
    mut new: NewObject,
    query: &str,
    copy_grants: bool,
) -> Result<QueryResult> {
    let name = new.name.clone();
    if !creation.or_replace && cx.engine.catalog.find_relation(schema.id, &name, cx.session.id)?.is_some() {
        let database = schema.parent.map(|id| cx.engine.catalog.by_id(id)).transpose()?.flatten();
        let database = database.map(|database| quote(&database.name)).unwrap_or_default();
        return Err(SqlError::already_exists(format_args!("{database}.{}.{}", quote(&schema.name), quote(&name))));
    }
    new.name = format!("{name} being created by {}", uuid::Uuid::new_v4());
    let table = cx.engine.catalog.create(new)?;
    // A parenthesis right behind the name would begin a list of columns.
    let from = if query.trim_start().starts_with('(') { "SELECT * FROM " } else { "" };
    let insert = format!("INSERT INTO {} {from}{query}", cx.engine.catalog.full_name(&table)?);
    let inserted = crate::statement::execute(cx, &insert, &Binds::none()).await;
    let placed = inserted.and_then(|_| {
        cx.engine.catalog.transaction(|catalog| {
            let old = catalog.find_relation(schema.id, &name, cx.session.id)?;
            if let Some(old) = old.filter(|old| old.session == table.session) {
                cx.require_ownership(&old)?;
                if copy_grants {
                    for grant in catalog.grants_on(Target::Object(old.id))? {
                        catalog.grant(&crate::catalog::Grant { on: Target::Object(table.id), ..grant })?;
                    }
                }
                catalog.drop(old.id)?;
            }
            catalog.rename(table.id, None, &name)
        })
    });
    match placed {
        Ok(_) => Ok(QueryResult::status(format!("Table {} successfully created.", quote(&name)))),
        Err(error) => {
            cx.engine.catalog.drop(table.id)?;
            Err(error)
        }
    }
}
