//! Procedures and functions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::types::SqlType;

/// A stored procedure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProcedureDef {
    /// The arguments in order.
    pub arguments: Vec<Argument>,
    /// What it returns.
    pub returns: Returns,
    /// Whether the result is declared NOT NULL.
    #[serde(default)]
    pub returns_not_null: bool,
    /// `SQL` or `JAVASCRIPT`.
    pub language: String,
    /// Whose privileges the body has.
    pub execute_as: ExecuteAs,
    /// RETURNS NULL ON NULL INPUT (STRICT) rather than CALLED ON NULL INPUT.
    #[serde(default)]
    pub strict: bool,
    /// The body without its quotes.
    pub body: String,
    /// SECURE.
    #[serde(default)]
    pub secure: bool,
    /// LOG_LEVEL, TRACE_LEVEL and METRIC_LEVEL where they are set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub levels: BTreeMap<String, String>,
}

/// A user-defined function in SQL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunctionDef {
    /// The arguments in order.
    pub arguments: Vec<Argument>,
    /// What it returns.
    pub returns: Returns,
    /// Whether the result is declared NOT NULL; Snowflake does not check it.
    #[serde(default)]
    pub returns_not_null: bool,
    /// RETURNS NULL ON NULL INPUT (STRICT) rather than CALLED ON NULL INPUT.
    #[serde(default)]
    pub strict: bool,
    /// IMMUTABLE rather than VOLATILE.
    #[serde(default)]
    pub immutable: bool,
    /// MEMOIZABLE.
    #[serde(default)]
    pub memoizable: bool,
    /// SECURE.
    #[serde(default)]
    pub secure: bool,
    /// LOG_LEVEL, TRACE_LEVEL and METRIC_LEVEL where they are set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub levels: BTreeMap<String, String>,
    /// What the body is.
    pub form: FunctionForm,
    /// The body without its quotes.
    pub body: String,
}

/// What the body of a function is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FunctionForm {
    /// One expression.
    Expression,
    /// One query.
    Query,
    /// A Snowflake Scripting block.
    Block,
    /// The body of a function in JavaScript.
    Script,
}

impl FunctionForm {
    /// The language of such a body, as listings show it.
    pub fn language(self) -> &'static str {
        if self == Self::Script { "JAVASCRIPT" } else { "SQL" }
    }
}

/// An argument of a procedure or a function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Argument {
    /// The name as stored.
    pub name: String,
    /// The type.
    pub sql_type: SqlType,
    /// The expression of DEFAULT, as SQL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether it is an OUT argument.
    #[serde(default)]
    pub output: bool,
}

/// What a procedure or a function returns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Returns {
    /// One value.
    Scalar(SqlType),
    /// Rows, with the declared columns; none are declared by `TABLE()`.
    Table(Vec<(String, SqlType)>),
}

/// Whose privileges a procedure's body has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExecuteAs {
    /// The owner's.
    #[default]
    Owner,
    /// The caller's.
    Caller,
}
