//! Constraints, as CREATE TABLE and ALTER TABLE read and change them.
//!
//! <https://docs.snowflake.com/en/sql-reference/constraints-overview>

use datafusion::sql::sqlparser::tokenizer::Token;

use crate::catalog::def::{ConstraintDef, ConstraintRule, KeyProperties, TableDef};
use crate::error::{Result, SqlError};
use crate::parse::{Cursor, Name};
use crate::statement::Context;

/// A constraint as it was written, with names instead of identities.
pub(super) struct ConstraintSpec {
    name: Option<String>,
    columns: Vec<String>,
    rule: RuleSpec,
    properties: KeyProperties,
}

/// What a constraint asks for.
enum RuleSpec {
    PrimaryKey,
    Unique,
    ForeignKey { table: Name, columns: Vec<String> },
    Check(String),
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
    let properties = properties(cursor)?;
    Ok(Some(ConstraintSpec { name, columns, rule, properties }))
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
    def.constraints.push(ConstraintDef { name, columns: ids, rule, key: spec.properties });
    Ok(())
}

/// The words of a key that change nothing: it is never enforced.
const WITHOUT_EFFECT: [&str; 12] = [
    "NOT ENFORCED",
    "ENFORCED",
    "ENABLE",
    "VALIDATE",
    "NOVALIDATE",
    "DISABLE",
    "NOT DEFERRABLE",
    "INITIALLY DEFERRED",
    "INITIALLY IMMEDIATE",
    "DEFERRABLE",
    "MATCH FULL",
    "MATCH SIMPLE",
];

/// What ON UPDATE and ON DELETE can say.
const ACTIONS: [&str; 5] = ["NO ACTION", "CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT"];

/// Reads RELY, ON DELETE .. and the like, as many as there are.
fn properties(cursor: &mut Cursor<'_>) -> Result<KeyProperties> {
    let mut read = KeyProperties::default();
    while property(cursor, &mut read)? {}
    Ok(read)
}

fn property(cursor: &mut Cursor<'_>, key: &mut KeyProperties) -> Result<bool> {
    if cursor.accept_keyword("RELY") {
        key.rely = true;
    } else if cursor.accept_keyword("NORELY") {
        key.rely = false;
    } else if cursor.accept_keywords("ON UPDATE") {
        key.on_update = Some(action(cursor)?);
    } else if cursor.accept_keywords("ON DELETE") {
        key.on_delete = Some(action(cursor)?);
    } else {
        return Ok(
            WITHOUT_EFFECT.iter().any(|words| cursor.accept_keywords(words)) || cursor.accept_keywords("MATCH PARTIAL")
        );
    }
    Ok(true)
}

fn action(cursor: &mut Cursor<'_>) -> Result<String> {
    let found = ACTIONS.into_iter().find(|words| cursor.accept_keywords(words));
    found.map(str::to_owned).ok_or_else(|| cursor.unexpected())
}

/// Which constraints ALTER TABLE means: `CONSTRAINT name`, `PRIMARY KEY`, `UNIQUE (columns)`, `FOREIGN KEY (columns)`.
enum Which {
    Named(String),
    PrimaryKey,
    Unique(Vec<u32>),
    ForeignKey(Vec<u32>),
}

impl Which {
    fn read(cursor: &mut Cursor<'_>, def: &TableDef) -> Result<Option<Self>> {
        let columns = |cursor: &mut Cursor<'_>| {
            let found = names(cursor)?.into_iter().map(|name| {
                def.column(&name).map(|column| column.id).ok_or_else(|| SqlError::invalid_identifier(&name))
            });
            found.collect::<Result<Vec<u32>>>()
        };
        // A column may have one of these words for a name.
        Ok(Some(if cursor.accept_keywords("PRIMARY KEY") {
            Self::PrimaryKey
        } else if cursor.peek_keyword("UNIQUE") && cursor.peek_at(1) == Some(&Token::LParen) {
            cursor.next_token();
            Self::Unique(columns(cursor)?)
        } else if cursor.accept_keywords("FOREIGN KEY") {
            Self::ForeignKey(columns(cursor)?)
        } else if cursor.peek_keyword("CONSTRAINT") && def.column("CONSTRAINT").is_none() {
            cursor.next_token();
            Self::Named(cursor.identifier()?)
        } else {
            return Ok(None);
        }))
    }

    fn is(&self, constraint: &ConstraintDef) -> bool {
        match (self, &constraint.rule) {
            (Self::Named(name), _) => constraint.name == *name,
            (Self::PrimaryKey, ConstraintRule::PrimaryKey) => true,
            (Self::Unique(columns), ConstraintRule::Unique)
            | (Self::ForeignKey(columns), ConstraintRule::ForeignKey { .. }) => constraint.columns == *columns,
            _ => false,
        }
    }

    fn missing(&self) -> SqlError {
        let what = match self {
            Self::Named(name) => format!("Constraint '{name}'"),
            Self::PrimaryKey => "Primary key".to_owned(),
            Self::Unique(_) => "Unique key over these columns".to_owned(),
            Self::ForeignKey(_) => "Foreign key over these columns".to_owned(),
        };
        SqlError::compilation(2003, "02000", format_args!("{what} does not exist."))
    }
}

/// Reads what DROP drops, if it is a constraint, and drops it.
pub(super) fn drop(cursor: &mut Cursor<'_>, def: &mut TableDef) -> Result<bool> {
    let Some(which) = Which::read(cursor, def)? else { return Ok(false) };
    // References from other tables are not enforced, so nothing depends on which of the two is meant.
    let _ = cursor.accept_keyword("CASCADE") || cursor.accept_keyword("RESTRICT");
    let before = def.constraints.len();
    def.constraints.retain(|constraint| !which.is(constraint));
    // A table without a primary key has none after this either.
    if def.constraints.len() == before && !matches!(which, Which::PrimaryKey) {
        return Err(which.missing());
    }
    Ok(true)
}

/// Reads what ALTER changes about a constraint, if it is one, and changes it.
pub(super) fn alter(cursor: &mut Cursor<'_>, def: &mut TableDef) -> Result<bool> {
    let Some(which) = Which::read(cursor, def)? else { return Ok(false) };
    if cursor.at_end() {
        return Err(cursor.unexpected());
    }
    let constraint = def.constraints.iter_mut().find(|constraint| which.is(constraint));
    let key = &mut constraint.ok_or_else(|| which.missing())?.key;
    while !cursor.at_end() {
        let acts =
            cursor.peek_keyword("ON") || cursor.peek_keywords("NOT DEFERRABLE") || cursor.peek_keyword("DEFERRABLE");
        if acts {
            return Err(SqlError::syntax(
                "Only ENFORCED, VALIDATE and RELY of a constraint can be changed; drop it and add it again.",
            ));
        }
        if !property(cursor, key)? {
            return Err(cursor.unexpected());
        }
    }
    Ok(true)
}

/// RENAME CONSTRAINT old TO new.
pub(super) fn rename(cursor: &mut Cursor<'_>, def: &mut TableDef) -> Result<()> {
    let old = cursor.identifier()?;
    cursor.expect_keywords("TO")?;
    let new = cursor.identifier()?;
    if def.constraints.iter().any(|constraint| constraint.name == new) {
        return Err(SqlError::already_exists(new));
    }
    match def.constraints.iter_mut().find(|constraint| constraint.name == old) {
        Some(constraint) => {
            constraint.name = new;
            Ok(())
        }
        None => Err(Which::Named(old).missing()),
    }
}
