//! `VALUES` as a query.

use datafusion::sql::sqlparser::ast::{Expr, Query, SetExpr, TableFactor, TableWithJoins, Value as Literal};

use super::super::ast::{call, literal};
use super::super::reshape::select_from;
use super::Rewriter;
use crate::error::Result;
use crate::types::SqlType;

impl Rewriter<'_, '_, '_> {
    /// Gives the values of a column one type; a statement that is VALUES alone becomes a select.
    pub(super) fn values(&mut self, query: &mut Query) -> Result<()> {
        let SetExpr::Values(values) = query.body.as_mut() else { return Ok(()) };
        for place in 0..values.rows.first().map_or(0, |row| row.len()) {
            let mut column: Vec<_> = values.rows.iter_mut().filter_map(|row| row.get_mut(place)).collect();
            // Literals alone are what the planner can bring together.
            if column.iter().all(|value| is_literal(value)) {
                continue;
            }
            let mut types = Vec::new();
            for value in &column {
                if matches!(&**value, Expr::Value(value) if value.value == Literal::Null) {
                    continue;
                }
                types.extend(self.constant(value).ok().map(|value| value.sql_type));
            }
            let Some(common) = types.iter().copied().reduce(common) else { continue };
            if types.len() == column.len() && types.iter().all(|found| *found == common) {
                continue;
            }
            for value in &mut column {
                let inner = std::mem::replace(&mut **value, literal(Literal::Null));
                **value = call(&format!("CAST:{common}"), vec![inner]);
            }
        }
        if self.depth == 1 {
            let mut inner = select_from(Vec::new())?;
            std::mem::swap(&mut inner.body, &mut query.body);
            let relation = TableFactor::Derived { lateral: false, subquery: inner, alias: None, sample: None };
            let outer = select_from(vec![TableWithJoins { relation, joins: Vec::new() }])?;
            query.body = outer.body;
        }
        Ok(())
    }
}

fn is_literal(value: &Expr) -> bool {
    matches!(value, Expr::Value(value) if !matches!(value.value, Literal::Placeholder(_)))
}

/// The type that holds the values of both; the first one's if none does.
fn common(first: SqlType, second: SqlType) -> SqlType {
    match (first, second) {
        (SqlType::Number { precision: p1, scale: s1 }, SqlType::Number { precision: p2, scale: s2 }) => {
            let scale = s1.max(s2);
            let whole = (p1 - s1).max(p2 - s2);
            SqlType::Number { precision: (whole + scale).min(38), scale }
        }
        (SqlType::Varchar(first), SqlType::Varchar(second)) => SqlType::Varchar(first.max(second)),
        (first, _) => first,
    }
}
