//! The columns that the query of CREATE TABLE ... AS or CREATE VIEW gives to the object.

use datafusion::sql::sqlparser::ast::{Expr, SelectItem, SetExpr};

use crate::error::{Result, SqlError};
use crate::parse;
use crate::statement::{Binds, Context, ResultColumn};

impl Context<'_> {
    /// The columns of the query that `statement` ends with, from `query` on. Unless the statement lists columns
    /// (`listed`), each must have a name: it is a column, or has an alias.
    ///
    /// # Errors
    /// What is wrong with the query, at its place in the statement; 002022 for an expression without a name.
    pub(super) async fn columns_of(&mut self, statement: &str, query: &str, listed: bool) -> Result<Vec<ResultColumn>> {
        // Blanks instead of what stands before the query, so that errors tell places in the statement.
        let before = &statement[..statement.len() - query.len()];
        let blank: String = before.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        let (mut columns, _) = crate::statement::describe(self, &format!("{blank}{query}"), &Binds::none()).await?;
        if listed {
            return Ok(columns);
        }
        let parsed = parse::unnamed_query(query)?;
        let SetExpr::Select(select) = parsed.body.as_ref() else { return Ok(columns) };
        let same_length = select.projection.len() == columns.len();
        for (index, item) in select.projection.iter().enumerate() {
            let SelectItem::UnnamedExpr(expression) = item else { continue };
            match column_name(expression) {
                None => return Err(SqlError::compilation(2022, "42601", "Missing column specification")),
                Some(name) if same_length && matches!(expression, Expr::Nested(_)) => columns[index].name = name,
                Some(_) => {}
            }
        }
        Ok(columns)
    }
}

/// The name that a select item has without an alias.
fn column_name(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Nested(inner) => column_name(inner),
        Expr::Identifier(name) if name.quote_style.is_none() && name.value.starts_with("CURRENT_") => None,
        Expr::Identifier(name) => Some(name.value.clone()),
        Expr::CompoundIdentifier(parts) => {
            parts.last().filter(|last| last.value != "NEXTVAL").map(|last| last.value.clone())
        }
        // `$1` of VALUES or of a stage.
        Expr::Value(value) => match &value.value {
            datafusion::sql::sqlparser::ast::Value::Placeholder(name) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    }
}
