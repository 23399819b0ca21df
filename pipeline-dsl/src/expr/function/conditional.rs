use super::{call, node};
use crate::expr::ast::{Ast, Node};
use crate::expr::fits::{ComparesWith, IsCondition, SameAs};
use crate::expr::{AnyOf, Base, Both, Either, Expr, IntoExpr, Nullability, Typed};
use crate::types::{BaseType, Boolean};

/// `yes` where the condition is true, else `no` (also where the condition is NULL). Snowflake: `IFF`.
///
/// In a procedure or view, `if condition { yes } else { no }` is rewritten to this.
pub fn iff<C: IntoExpr, Y: IntoExpr, N: IntoExpr, O: BaseType>(
    condition: C,
    yes: Y,
    no: N,
) -> Expr<Either<Y::Ty, N::Ty, O>>
where
    Base<C::Ty>: IsCondition,
    Base<N::Ty>: SameAs<Base<Y::Ty>, Out = O>,
{
    call("IFF", vec![node(condition), node(yes), node(no)])
}

/// `value`, or `otherwise` where it is NULL. Snowflake: `COALESCE`.
pub fn coalesce<V: IntoExpr, W: IntoExpr, O: BaseType>(value: V, otherwise: W) -> Expr<Both<V::Ty, W::Ty, O>>
where
    Base<W::Ty>: SameAs<Base<V::Ty>, Out = O>,
{
    call("COALESCE", vec![node(value), node(otherwise)])
}

/// NULL where the two are equal, else `value`. Snowflake: `NULLIF`.
pub fn null_if<V: IntoExpr, W: IntoExpr>(value: V, other: W) -> Expr<Option<Base<V::Ty>>>
where
    Base<W::Ty>: ComparesWith<Base<V::Ty>>,
{
    call("NULLIF", vec![node(value), node(other)])
}

/// Whether the value is NULL. Snowflake: `IS [ NOT ] NULL`.
pub fn is_null<V: IntoExpr>(value: V) -> Expr<Boolean> {
    Expr::new(Ast::IsNull { operand: node(value), negated: false })
}

/// Whether the value is not NULL. Snowflake: `IS [ NOT ] NULL`.
pub fn is_not_null<V: IntoExpr>(value: V) -> Expr<Boolean> {
    Expr::new(Ast::IsNull { operand: node(value), negated: true })
}

/// Whether the two are equal, NULL being equal to NULL; never NULL itself. Snowflake: `EQUAL_NULL`.
pub fn equal_null<L: IntoExpr, R: IntoExpr>(left: L, right: R) -> Expr<Boolean>
where
    Base<R::Ty>: ComparesWith<Base<L::Ty>>,
{
    call("EQUAL_NULL", vec![node(left), node(right)])
}

/// Whether `value` lies between the bounds, both included. Snowflake: `[ NOT ] BETWEEN`.
pub fn between<V: IntoExpr, L: IntoExpr, H: IntoExpr>(
    value: V,
    low: L,
    high: H,
) -> Expr<AnyOf<V::Ty, L::Ty, H::Ty, Boolean>>
where
    Base<L::Ty>: ComparesWith<Base<V::Ty>>,
    Base<H::Ty>: ComparesWith<Base<V::Ty>>,
{
    Expr::new(Ast::Between { operand: node(value), low: node(low), high: node(high) })
}

/// Whether `value` is one of the values in `list`. Snowflake: `[ NOT ] IN`.
///
/// # Panics
/// If the list is empty.
pub fn is_in<V: IntoExpr, I: IntoExpr, const N: usize>(value: V, list: [I; N]) -> Expr<Either<V::Ty, I::Ty, Boolean>>
where
    Base<I::Ty>: ComparesWith<Base<V::Ty>>,
{
    assert!(N > 0, "`is_in` needs at least one value to look for");
    Expr::new(Ast::In { operand: node(value), list: list.into_iter().map(node).collect() })
}

/// The greater of the two; NULL if one of them is NULL. Snowflake: `GREATEST`.
pub fn greatest<L: IntoExpr, R: IntoExpr, O: BaseType>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, O>>
where
    Base<R::Ty>: SameAs<Base<L::Ty>, Out = O>,
{
    call("GREATEST", vec![node(left), node(right)])
}

/// The lesser of the two; NULL if one of them is NULL. Snowflake: `LEAST`.
pub fn least<L: IntoExpr, R: IntoExpr, O: BaseType>(left: L, right: R) -> Expr<Either<L::Ty, R::Ty, O>>
where
    Base<R::Ty>: SameAs<Base<L::Ty>, Out = O>,
{
    call("LEAST", vec![node(left), node(right)])
}

/// Several expressions of any types: one expression, or a tuple of up to eight.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of SQL expressions",
    label = "expected one expression or a tuple of up to eight"
)]
pub trait Arguments {
    /// Nullable if one of the expressions is.
    type Null: Nullability;

    /// The trees, in order.
    fn nodes(self) -> Vec<Node>;
}

impl<E: IntoExpr> Arguments for E {
    type Null = <E::Ty as Typed>::Null;

    fn nodes(self) -> Vec<Node> {
        vec![node(self)]
    }
}

macro_rules! tuples {
    ($($($name:ident)+;)+) => {$(
        impl<$($name: IntoExpr),+> Arguments for ($($name,)+) {
            type Null = any_null!($($name)+);

            fn nodes(self) -> Vec<Node> {
                #[allow(non_snake_case, reason = "the type parameters' names serve as the variables'")]
                let ($($name,)+) = self;
                vec![$(node($name)),+]
            }
        }
    )+};
}
tuples! {
    A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H;
}
