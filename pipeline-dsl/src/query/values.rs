use std::marker::PhantomData;

use super::row::RowSource;
use super::source::alone;
use super::{Item, Rows, Select};
use crate::body::{Var, VariableId};
use crate::expr::IntoExpr;
use crate::expr::ast::Node;
use crate::types::{DataType, SqlType};

/// Values of each row, for a loop: `for (id, amount) in orders.values(|o| (o.id, o.amount)) { .. }`.
#[must_use = "a query does nothing until a loop takes it"]
pub struct Values<R> {
    select: Select,
    of: PhantomData<fn() -> R>,
}

impl<R: RowValues> Values<R> {
    pub(super) fn of(select: Select, values: Vec<Node>) -> Self {
        let items = values.into_iter().map(|value| Item { value, alias: None }).collect();
        Self { select: select.delivering(items), of: PhantomData }
    }

    pub(super) fn into_select(self) -> Select {
        self.select
    }
}

/// What a loop of a procedure can go through.
#[diagnostic::on_unimplemented(
    message = "a loop of a procedure cannot go through `{Self}`",
    label = "expected a range of numbers or values of a query",
    note = "say which values of each row it takes: `for (id, name) in table.values(|row| (row.id, row.name))`"
)]
pub trait LoopSource {
    /// The values of each row.
    type Row: RowValues;

    #[doc(hidden)]
    fn select(self) -> Select;
}

impl<R: RowValues> LoopSource for Values<R> {
    type Row = R;

    fn select(self) -> Select {
        self.select
    }
}

/// What [`Rows::values`] takes: an expression or a tuple of up to eight.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of SQL expressions",
    label = "expected one expression or a tuple of up to eight"
)]
pub trait RowValues {
    /// The variables for them.
    type Variables;

    #[doc(hidden)]
    fn nodes(self) -> Vec<Node>;

    #[doc(hidden)]
    fn types() -> Vec<DataType>;

    #[doc(hidden)]
    fn variables(ids: &[VariableId]) -> Self::Variables;
}

impl<E: IntoExpr> RowValues for E {
    type Variables = Var<E::Ty>;

    fn nodes(self) -> Vec<Node> {
        vec![self.into_expr().node()]
    }

    fn types() -> Vec<DataType> {
        vec![E::Ty::DATA_TYPE]
    }

    fn variables(ids: &[VariableId]) -> Self::Variables {
        Var::new(ids[0])
    }
}

macro_rules! tuples {
    ($($($name:ident $index:tt)+;)+) => {$(
        impl<$($name: IntoExpr),+> RowValues for ($($name,)+) {
            type Variables = ($(Var<$name::Ty>,)+);

            fn nodes(self) -> Vec<Node> {
                vec![$(self.$index.into_expr().node()),+]
            }

            fn types() -> Vec<DataType> {
                vec![$($name::Ty::DATA_TYPE),+]
            }

            fn variables(ids: &[VariableId]) -> Self::Variables {
                ($(Var::new(ids[$index]),)+)
            }
        }
    )+};
}
tuples! {
    A 0;
    A 0 B 1;
    A 0 B 1 C 2;
    A 0 B 1 C 2 D 3;
    A 0 B 1 C 2 D 3 E 4;
    A 0 B 1 C 2 D 3 E 4 F 5;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
}

impl<O: RowSource> Rows<O> {
    /// Values of each row, for a loop of a procedure to go through. Reading a stream this way does not consume it.
    pub fn values<R: RowValues>(self, values: impl FnOnce(O::Row) -> R) -> Values<R> {
        Values::of(self.skeleton(), alone::<O, _>(self.base, |row| values(row).nodes()))
    }
}
