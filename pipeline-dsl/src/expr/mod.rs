//! Typed SQL expressions.
//!
//! [`Expr<T>`] is an expression whose value has the SQL type `T`; `Option<..>` means that it can be NULL. Columns are
//! [`Col<T>`], and everything that [`IntoExpr`] is implemented for can be an operand. Operators cannot be overloaded to give
//! expressions, so `#[procedure]` and `#[view]` rewrite `a == b` to [`operator::eq`] and so on.
//!
//! # What is known about a value
//!
//! - **NULL.** An expression that is not `Option<..>` is never NULL. One that is may never be, where that cannot be told.
//! - **Numbers.** Arithmetic, rounding to a literal number of digits and the common type of several numbers have the precision and
//!   scale of Snowflake's rules, and so do the columns that are made of them; see [`digits`]. Functions that count or number
//!   something are `Integer`, where Snowflake's columns may have fewer digits, and results of `round_to(x, digits)` keep the scale
//!   of `x` if `digits` is no literal. A number that would be rounded because a column, a variable, an argument or a result keeps
//!   fewer digits after the point does not compile: `cast` or `round_to` says that it is meant. That it is too large is only
//!   known at run time.
//! - **Texts.** The length of what a function returns is not known: it is `Varchar`.
//! - **Variables.** `let mut total = ..` has room for other values of its kind, a `NUMBER` of 38 digits with the scale of its
//!   first value; `let mut total: Number<10, 2> = ..` has what it says.

pub(crate) mod arena;
pub mod ast;
mod col;
pub mod digits;
pub mod fits;
pub mod function;
mod into_expr;
pub mod literal;
mod methods;
pub mod operator;
pub(crate) mod rename;
pub(crate) mod scope;
mod typing;

use std::marker::PhantomData;
use std::rc::Rc;

use arena::Handle;
use ast::{Ast, Node};
pub use col::{Col, Source};
pub use into_expr::IntoExpr;
pub use methods::ExprMethods;
pub use typing::{AnyOf, Base, Both, Converted, Either, Like, NotNull, Nullability, Nullable, Typed, Wide};

/// A SQL expression with a value of type `T`.
///
/// It is a handle and can be copied freely, but only lives while the procedure or view that it belongs to is being built.
pub struct Expr<T> {
    handle: Handle,
    /// Not `Send`: the handle means nothing on another thread.
    of: PhantomData<*const T>,
}

impl<T> Expr<T> {
    pub(crate) fn new(ast: Ast) -> Self {
        Self::from_node(Rc::new(ast))
    }

    pub(crate) fn from_node(node: Node) -> Self {
        Self { handle: arena::store(node), of: PhantomData }
    }

    /// The tree of the expression.
    ///
    /// # Panics
    /// If the body that the expression was made for has been built already.
    pub fn node(self) -> Node {
        arena::load(self.handle)
    }
}

impl<T> Clone for Expr<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Expr<T> {}

impl<T> std::fmt::Debug for Expr<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.node().fmt(f)
    }
}
