//! Column definitions and constraints, as CREATE TABLE and ALTER TABLE read them.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql/create-table>

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::def::{ColumnDef, ConstraintDef, ConstraintRule, Increment, TableDef};
use crate::error::{Result, SqlError};
use crate::parse::{Cursor, Name};
use crate::statement::{Binds, Context};
use crate::types::SqlType;

/// A column as it was written.
pub(super) struct ColumnSpec {
    /// Its definition; the type is VARCHAR where none was written.
    pub(super) def: ColumnDef,
    /// Whether a type was written (CREATE TABLE ... AS may leave it out).
    pub(super) typed: bool,
    /// Constraints in the column's own definition.
    pub(super) constraints: Vec<ConstraintSpec>,
}

/// A constraint as it was written, with names instead of identities.
pub(super) struct ConstraintSpec {
    name: Option<String>,
    pub(super) columns: Vec<String>,
    pub(super) rule: RuleSpec,
}

/// What a constraint asks for.
pub(super) enum RuleSpec {
    PrimaryKey,
    Unique,
    ForeignKey { table: Name, columns: Vec<String> },
    Check(String),
}

/// The words at which the expression of a DEFAULT ends.
const AFTER_DEFAULT: [&str; 12] = [
    "NOT",
    "NULL",
    "COMMENT",
    "PRIMARY",
    "UNIQUE",
    "REFERENCES",
    "FOREIGN",
    "CONSTRAINT",
    "CHECK",
    "COLLATE",
    "WITH",
    "AUTOINCREMENT",
];

/// Reads one column.
pub(super) fn read_column(cursor: &mut Cursor<'_>) -> Result<ColumnSpec> {
    let name = cursor.identifier()?;
    let typed = !matches!(cursor.peek(), Some(Token::Comma | Token::RParen));
    let sql_type = if typed { cursor.data_type()? } else { SqlType::TEXT };
    let mut spec = ColumnSpec { def: ColumnDef::new(&name, sql_type), typed, constraints: Vec::new() };
    loop {
        if cursor.accept_keywords("NOT NULL") {
            spec.def.nullable = false;
        } else if cursor.accept_keyword("NULL") {
            spec.def.nullable = true;
        } else if cursor.accept_keyword("DEFAULT") {
            spec.def.default = Some(default_text(cursor)?);
        } else if cursor.accept_keyword("AUTOINCREMENT") || cursor.accept_keyword("IDENTITY") {
            spec.def.autoincrement = Some(increment(cursor)?);
        } else if cursor.accept_keyword("COMMENT") {
            spec.def.comment = cursor.string()?;
        } else if let Some(constraint) = read_constraint(cursor, Some(&name))? {
            spec.constraints.push(constraint);
        } else {
            break;
        }
    }
    if spec.def.autoincrement.is_some() {
        if spec.def.default.is_some() {
            return Err(SqlError::compilation(
                1003,
                "42000",
                format_args!("Column '{name}' cannot have both DEFAULT and AUTOINCREMENT."),
            ));
        }
        if !matches!(sql_type, SqlType::Number { .. } | SqlType::Float) {
            return Err(SqlError::compilation(
                1003,
                "42000",
                format_args!("AUTOINCREMENT needs a numeric column, '{name}' is {sql_type}."),
            ));
        }
    }
    if !matches!(cursor.peek(), None | Some(Token::Comma | Token::RParen | Token::SemiColon)) {
        for feature in ["COLLATE", "MASKING", "PROJECTION", "TAG", "WITH", "AS", "GENERATED"] {
            if cursor.peek_keyword(feature) {
                return Err(SqlError::unsupported(format_args!("{feature} of a column")));
            }
        }
        return Err(cursor.unexpected());
    }
    Ok(spec)
}

fn default_text(cursor: &mut Cursor<'_>) -> Result<String> {
    let start = cursor.offset();
    let first = cursor.index();
    let mut depth = 0_u32;
    loop {
        match cursor.peek() {
            Some(Token::LParen) => depth += 1,
            Some(Token::RParen) if depth > 0 => depth -= 1,
            None | Some(Token::Comma | Token::RParen | Token::SemiColon) if depth == 0 => break,
            None => return Err(cursor.unexpected()),
            Some(_)
                if depth == 0
                    && cursor.index() > first
                    && AFTER_DEFAULT.iter().any(|word| cursor.peek_keyword(word)) =>
            {
                break;
            }
            Some(_) => {}
        }
        cursor.next_token();
    }
    if cursor.index() == first {
        return Err(cursor.unexpected());
    }
    Ok(cursor.text_since(start).to_owned())
}

fn increment(cursor: &mut Cursor<'_>) -> Result<Increment> {
    let mut found = Increment { start: 1, step: 1 };
    if cursor.accept(&Token::LParen) {
        found.start = cursor.integer()?;
        cursor.expect(&Token::Comma)?;
        found.step = cursor.integer()?;
        cursor.expect(&Token::RParen)?;
    }
    loop {
        if cursor.accept_keyword("START") {
            let _ = cursor.accept_keyword("WITH");
            cursor.accept(&Token::Eq);
            found.start = cursor.integer()?;
        } else if cursor.accept_keyword("INCREMENT") {
            let _ = cursor.accept_keyword("BY");
            cursor.accept(&Token::Eq);
            found.step = cursor.integer()?;
        } else if !(cursor.accept_keyword("ORDER") || cursor.accept_keyword("NOORDER")) {
            // Numbers are handed out in order either way.
            break;
        }
    }
    if found.step == 0 {
        return Err(SqlError::compilation(1008, "22023", "invalid value [0] for parameter 'INCREMENT'"));
    }
    Ok(found)
}

/// Reads a constraint if one is next: of `column`, or of the table when there is none.
pub(super) fn read_constraint(cursor: &mut Cursor<'_>, column: Option<&str>) -> Result<Option<ConstraintSpec>> {
    let name = if cursor.accept_keyword("CONSTRAINT") { Some(cursor.identifier()?) } else { None };
    let own = || column.map(str::to_owned).into_iter().collect::<Vec<_>>();
    let rule;
    let mut columns = own();
    if cursor.accept_keywords("PRIMARY KEY") {
        rule = RuleSpec::PrimaryKey;
        if column.is_none() {
            columns = names(cursor)?;
        }
    } else if cursor.accept_keyword("UNIQUE") {
        rule = RuleSpec::Unique;
        if column.is_none() {
            columns = names(cursor)?;
        }
    } else if cursor.peek_keywords("FOREIGN KEY") || (column.is_some() && cursor.peek_keyword("REFERENCES")) {
        if cursor.accept_keywords("FOREIGN KEY") && column.is_none() {
            columns = names(cursor)?;
        }
        cursor.expect_keywords("REFERENCES")?;
        let table = cursor.object_name()?;
        let referenced = if cursor.peek() == Some(&Token::LParen) { names(cursor)? } else { Vec::new() };
        rule = RuleSpec::ForeignKey { table, columns: referenced };
    } else if cursor.accept_keyword("CHECK") {
        rule = RuleSpec::Check(cursor.parenthesised()?.trim().to_owned());
        columns.clear();
    } else if name.is_some() {
        return Err(cursor.unexpected());
    } else {
        return Ok(None);
    }
    // Keys are never enforced; these words change nothing about that.
    while [
        "NOT ENFORCED",
        "ENFORCED",
        "ENABLE",
        "VALIDATE",
        "RELY",
        "NORELY",
        "NOVALIDATE",
        "DISABLE",
        "NOT DEFERRABLE",
        "INITIALLY DEFERRED",
        "INITIALLY IMMEDIATE",
        "DEFERRABLE",
        "MATCH FULL",
        "MATCH SIMPLE",
        "MATCH PARTIAL",
        "ON UPDATE NO ACTION",
        "ON DELETE NO ACTION",
        "ON UPDATE CASCADE",
        "ON DELETE CASCADE",
        "ON UPDATE SET NULL",
        "ON DELETE SET NULL",
        "ON UPDATE SET DEFAULT",
        "ON DELETE SET DEFAULT",
        "ON UPDATE RESTRICT",
        "ON DELETE RESTRICT",
    ]
    .iter()
    .any(|words| cursor.accept_keywords(words))
    {}
    Ok(Some(ConstraintSpec { name, columns, rule }))
}

fn names(cursor: &mut Cursor<'_>) -> Result<Vec<String>> {
    cursor.expect(&Token::LParen)?;
    let mut names = vec![cursor.identifier()?];
    while cursor.accept(&Token::Comma) {
        names.push(cursor.identifier()?);
    }
    cursor.expect(&Token::RParen)?;
    Ok(names)
}

/// Adds a constraint to a table's definition.
pub(super) fn add_constraint(
    cx: &mut Context<'_>,
    table: &str,
    def: &mut TableDef,
    spec: ConstraintSpec,
) -> Result<()> {
    let mut ids = Vec::with_capacity(spec.columns.len());
    for name in &spec.columns {
        let column = def
            .column(name)
            .ok_or_else(|| SqlError::compilation(904, "42000", format_args!("invalid identifier '{name}'")))?;
        ids.push(column.id);
    }
    let rule = match spec.rule {
        RuleSpec::PrimaryKey => {
            if def.constraints.iter().any(|constraint| constraint.rule == ConstraintRule::PrimaryKey) {
                return Err(SqlError::compilation(
                    2200,
                    "42601",
                    format_args!("primary key already exists for table '{table}'"),
                ));
            }
            for name in &spec.columns {
                if let Some(column) = def.column_mut(name) {
                    column.nullable = false;
                }
            }
            ConstraintRule::PrimaryKey
        }
        RuleSpec::Unique => ConstraintRule::Unique,
        RuleSpec::ForeignKey { table, columns } => {
            let referenced = cx.object(crate::catalog::Kind::Table, &table, "CREATE TABLE")?;
            cx.require("REFERENCES", &referenced)?;
            let target: TableDef = referenced.definition()?;
            let ids = columns
                .iter()
                .map(|name| {
                    target
                        .column(name)
                        .map(|column| column.id)
                        .ok_or_else(|| SqlError::compilation(904, "42000", format_args!("invalid identifier '{name}'")))
                })
                .collect::<Result<Vec<_>>>()?;
            ConstraintRule::ForeignKey { table: referenced.id, columns: ids }
        }
        RuleSpec::Check(condition) => {
            ids = super::check::columns(cx, def, &condition)?;
            ConstraintRule::Check(condition)
        }
    };
    let name = spec.name.unwrap_or_else(|| format!("SYS_CONSTRAINT_{}", uuid::Uuid::new_v4()));
    def.constraints.push(ConstraintDef { name, columns: ids, rule });
    Ok(())
}

/// Checks that a column's DEFAULT is an expression that its type takes.
///
/// # Errors
/// 002023 when the types do not match, and whatever is wrong with the expression.
pub(super) async fn check_default(cx: &mut Context<'_>, column: &ColumnDef) -> Result<()> {
    let Some(default) = &column.default else { return Ok(()) };
    if default.to_uppercase().ends_with(".NEXTVAL") {
        return Ok(());
    }
    let query = format!("SELECT {default}");
    let (columns, _) = crate::statement::describe(cx, &query, &Binds::none()).await?;
    let Some(given) = columns.first() else { return Ok(()) };
    if default.eq_ignore_ascii_case("NULL") || fits(given.sql_type, column.sql_type) {
        return Ok(());
    }
    Err(SqlError::compilation(
        2023,
        "22000",
        format_args!(
            "Expression type does not match column data type, expecting {} but got {} for column {}",
            column.sql_type, given.sql_type, column.name
        ),
    ))
}

fn fits(given: SqlType, wanted: SqlType) -> bool {
    use SqlType::{Date, Float, Number, TimestampLtz, TimestampNtz, TimestampTz};
    match wanted {
        Number { .. } | Float => matches!(given, Number { .. } | Float),
        TimestampNtz(_) | TimestampLtz(_) | TimestampTz(_) => {
            matches!(given, TimestampNtz(_) | TimestampLtz(_) | TimestampTz(_) | Date)
        }
        SqlType::Variant => true,
        SqlType::Varchar(_) => !given.is_semi_structured(),
        other => given.family() == other.family(),
    }
}
