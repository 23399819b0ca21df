//! Calling another procedure.

use std::marker::PhantomData;

use super::bind::{Bind, Name, Var};
use super::{Statement, VariableId, builder};
use crate::expr::ast::{Ast, Node};
use crate::expr::fits::{PassesAs, PassesNull};
use crate::expr::{Base, Expr, IntoExpr, Typed, Wide};
use crate::node::Procedure;
use crate::types::SqlType;

/// A procedure that the body of another one can call: what it takes and what it returns. `#[procedure]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a procedure",
    label = "expected a function or struct with `#[procedure]`"
)]
pub trait Callable: Procedure {
    /// The types of its arguments: a tuple.
    type Arguments;
    /// The type of what it returns. A procedure may always return NULL.
    type Returns: SqlType;
}

/// Values for the arguments `A` of a procedure: a tuple with as many.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are not the arguments `{A}` of this procedure",
    label = "expected a value for each of `{A}`",
    note = "one argument is a tuple as well: `call(some_procedure, (value,))`"
)]
pub trait PassedAs<A> {
    /// The values, in order.
    #[doc(hidden)]
    fn nodes(self) -> Vec<Node>;
}

#[diagnostic::do_not_recommend]
impl PassedAs<()> for () {
    fn nodes(self) -> Vec<Node> {
        vec![]
    }
}

macro_rules! tuples {
    ($($($value:ident $argument:ident $index:tt)+;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($value: IntoExpr, $argument: Typed),+> PassedAs<($($argument,)+)> for ($($value,)+)
        where
            $(
                Base<$value::Ty>: PassesAs<Base<$argument>>,
                <$value::Ty as Typed>::Null: PassesNull<$argument::Null>,
            )+
        {
            fn nodes(self) -> Vec<Node> {
                vec![$(self.$index.into_expr().node()),+]
            }
        }
    )+};
}
tuples! {
    A P 0;
    A P 0 B Q 1;
    A P 0 B Q 1 C R 2;
    A P 0 B Q 1 C R 2 D S 3;
    A P 0 B Q 1 C R 2 D S 3 E T 4;
    A P 0 B Q 1 C R 2 D S 3 E T 4 F U 5;
    A P 0 B Q 1 C R 2 D S 3 E T 4 F U 5 G V 6;
    A P 0 B Q 1 C R 2 D S 3 E T 4 F U 5 G V 6 H W 7;
}

/// What a procedure returned that was called by [`call`]. It is only asked for if something uses it.
pub struct Called<R> {
    result: VariableId,
    of: PhantomData<fn() -> R>,
}

impl<R> Clone for Called<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Called<R> {}

/// Calls another procedure with up to eight arguments, for instance `let rows = call(sp_load, (day, "EU"));`. What it touches
/// counts as touched by the caller: the procedure is created before, and the pipeline's role may use it. Snowflake: `CALL`.
///
/// An error in it is an error of the caller. A transaction of its own is independent of one around the call.
pub fn call<P: Callable, A: PassedAs<P::Arguments>>(procedure: P, arguments: A) -> Called<P::Returns> {
    let (_, arguments) = (procedure, arguments.nodes());
    builder::with(|builder| {
        let result = builder.declare(None, P::Returns::DATA_TYPE, false);
        builder.push(Statement::Call { procedure: P::NODE, arguments, result: Some(result) });
        Called { result, of: PhantomData }
    })
}

impl<R: SqlType> IntoExpr for Called<R>
where
    Option<R::Base>: Typed,
{
    type Ty = Option<R::Base>;

    fn into_expr(self) -> Expr<Self::Ty> {
        builder::with(|builder| builder.name(self.result, "result", false));
        Expr::new(Ast::Variable(self.result))
    }
}

impl<R: SqlType> Bind for Called<R>
where
    Option<R::Base>: Typed,
{
    type Bound = Var<Option<R::Base>>;
    type Widened = Var<Wide<Option<R::Base>>>;

    fn bind(self, names: &[Name]) -> Self::Bound {
        let name = names[0];
        if builder::with(|builder| builder.name(self.result, name.text, name.mutable)) {
            return Var::new(self.result);
        }
        self.into_expr().bind(names)
    }

    fn bind_widened(self, names: &[Name]) -> Self::Widened {
        if <Wide<Option<R::Base>>>::DATA_TYPE == R::DATA_TYPE {
            Var::new(self.bind(names).id())
        } else {
            self.into_expr().bind_widened(names)
        }
    }
}
