//! `$1`, `$2`, `t.$1`: columns by their position in the relations of FROM.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Expr, OrderBy, Query, Select, Value as Literal, VisitMut, VisitorMut};

use super::joins::column;
use super::rewrite::Rewriter;
use super::star::visit;
use crate::error::{Result, SqlError};

impl Rewriter<'_, '_, '_> {
    /// Replaces positions by the columns that they stand for.
    pub(super) fn positions(&self, select: &mut Select) -> Result<()> {
        let mut positions = Positions { depth: 0, columns: None, found: false };
        visit(select, &mut positions)?;
        if !positions.found || select.from.is_empty() {
            return Ok(());
        }
        let columns = self.columns_from(select.from.clone())?;
        visit(select, &mut Positions { depth: 0, columns: Some(columns), found: false })
    }
}

impl Rewriter<'_, '_, '_> {
    /// The same in the ORDER BY of a select.
    pub(super) fn ordered_positions(&self, select: &Select, order_by: &mut OrderBy) -> Result<()> {
        let mut positions = Positions { depth: 0, columns: None, found: false };
        let _ = order_by.visit(&mut positions);
        if !positions.found || select.from.is_empty() {
            return Ok(());
        }
        let columns = self.columns_from(select.from.clone())?;
        match order_by.visit(&mut Positions { depth: 0, columns: Some(columns), found: false }) {
            ControlFlow::Break(error) => Err(error),
            ControlFlow::Continue(()) => Ok(()),
        }
    }
}

struct Positions {
    depth: usize,
    columns: Option<Vec<(Option<String>, String)>>,
    found: bool,
}

/// The relation and the position that an expression names.
fn position(expression: &Expr) -> Option<(Option<&str>, usize)> {
    let number = |text: &str| text.strip_prefix('$').and_then(|digits| digits.parse().ok());
    match expression {
        Expr::Value(value) => match &value.value {
            Literal::Placeholder(text) => number(text).map(|position| (None, position)),
            _ => None,
        },
        Expr::CompoundIdentifier(parts) => match parts.as_slice() {
            [.., relation, last] if last.quote_style.is_none() => {
                number(&last.value).map(|position| (Some(relation.value.as_str()), position))
            }
            _ => None,
        },
        _ => None,
    }
}

impl VisitorMut for Positions {
    type Break = SqlError;

    fn pre_visit_query(&mut self, _: &mut Query) -> ControlFlow<SqlError> {
        self.depth += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<SqlError> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<SqlError> {
        if self.depth > 0 {
            return ControlFlow::Continue(());
        }
        let Some((relation, place)) = position(expression) else { return ControlFlow::Continue(()) };
        self.found = true;
        let Some(columns) = &self.columns else { return ControlFlow::Continue(()) };
        let mut of = columns.iter().filter(|(of, _)| relation.is_none() || of.as_deref() == relation);
        match place.checked_sub(1).and_then(|index| of.nth(index)) {
            Some((of, name)) => {
                *expression = column(of.as_deref(), name);
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(SqlError::invalid_identifier(expression)),
        }
    }
}
