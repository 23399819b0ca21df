use std::marker::PhantomData;

use super::builder;
use super::{Statement, VariableId};
use crate::expr::ast::{Ast, Literal};
use crate::expr::fits::{FitsVariable, VariableNull};
use crate::expr::{Base, Expr, IntoExpr, Typed, Wide};
use crate::node::Table;
use crate::query::{
    Aggregate, Grouped, GroupedJoin2, GroupedJoin3, Joined2, Joined3, Latest, LatestJoin2, LatestJoin3, Matching,
    Merge, MultiInsert, Query, Reading, RowSource, Rows, Sorted, Values, Writing,
};
use crate::types::{DataType, Integer, SqlType};

/// A variable of the procedure, made by `let`.
pub struct Var<T> {
    id: VariableId,
    of: PhantomData<*const T>,
}

impl<T> Var<T> {
    pub(crate) fn new(id: VariableId) -> Self {
        Self { id, of: PhantomData }
    }

    pub(super) fn id(&self) -> VariableId {
        self.id
    }
}

impl<T> Clone for Var<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Var<T> {}

impl<T: Typed> IntoExpr for Var<T> {
    type Ty = T;

    fn into_expr(self) -> Expr<T> {
        Expr::new(Ast::Variable(self.id))
    }
}

/// The number of rows that a statement has inserted, updated or deleted. It is read from SQLROWCOUNT right after the statement,
/// and only if something uses it.
#[derive(Clone, Copy)]
pub struct Affected {
    count: VariableId,
}

impl Affected {
    pub(crate) fn of(statement: impl FnOnce(Option<VariableId>) -> Statement) -> Self {
        builder::with(|builder| {
            let count = builder.declare(None, Integer::DATA_TYPE, false);
            builder.push(statement(Some(count)));
            Self { count }
        })
    }
}

impl IntoExpr for Affected {
    type Ty = Integer;

    fn into_expr(self) -> Expr<Integer> {
        builder::with(|builder| builder.name(self.count, "row_count", false));
        Expr::new(Ast::Variable(self.count))
    }
}

/// A name on the left of `let`.
#[derive(Clone, Copy)]
pub struct Name {
    /// As the program spells it.
    pub text: &'static str,
    /// With `mut`.
    pub mutable: bool,
}

/// What can stand on the right of `let` in a procedure.
#[diagnostic::on_unimplemented(
    message = "`let` cannot take a value of type `{Self}` in a procedure",
    label = "expected a SQL expression, an aggregate or a query"
)]
pub trait Bind {
    /// What the name stands for.
    type Bound;

    /// What a name stands for that other values will be assigned to: numbers and texts as large as any.
    type Widened;

    /// Declares what is necessary.
    #[doc(hidden)]
    fn bind(self, names: &[Name]) -> Self::Bound;

    /// Declares what is necessary for other values as well.
    #[doc(hidden)]
    fn bind_widened(self, names: &[Name]) -> Self::Widened;
}

/// `let name = value;` or `let (name, ..) = value;`
pub fn bind<B: Bind>(names: &[Name], value: B) -> B::Bound {
    value.bind(names)
}

/// `let mut name = value;`, and `let name = 1;`
pub fn bind_widened<B: Bind>(names: &[Name], value: B) -> B::Widened {
    value.bind_widened(names)
}

/// `let name: T = value;`
pub fn bind_as<T: Typed, V: IntoExpr>(names: &[Name], value: V) -> Var<T>
where
    Base<V::Ty>: FitsVariable<Base<T>>,
    <V::Ty as Typed>::Null: VariableNull<T::Null>,
{
    declare_as(names[0], value, !T::DATA_TYPE.holds(V::Ty::DATA_TYPE))
}

/// `name = value;`
pub fn assign<T: Typed, V: IntoExpr>(value: V, variable: &mut Var<T>)
where
    Base<V::Ty>: FitsVariable<Base<T>>,
    <V::Ty as Typed>::Null: VariableNull<T::Null>,
{
    let value = value.into_expr().node();
    builder::with(|builder| {
        builder.push(Statement::Assign {
            variable: variable.id,
            value,
            converts: !T::DATA_TYPE.holds(V::Ty::DATA_TYPE),
        })
    });
}

fn declare<T: Typed>(name: Name, value: impl IntoExpr<Ty = T>) -> Var<T> {
    declare_as(name, value, false)
}

fn declare_widened<T: Typed>(name: Name, value: impl IntoExpr<Ty = T>) -> Var<Wide<T>> {
    declare_as(name, value, false)
}

fn declare_as<T: Typed>(name: Name, value: impl IntoExpr, converts: bool) -> Var<T> {
    let value = value.into_expr().node();
    builder::with(|builder| {
        // A second name for a value that does not change is no second variable.
        if let Ast::Variable(id) = &*value
            && !converts
            && !name.mutable
            && !builder.is_mutable(*id)
        {
            builder.name(*id, name.text, false);
            return Var::new(*id);
        }
        let id = builder.declare(Some(name.text), T::DATA_TYPE, name.mutable);
        if builder.at_start() && cannot_fail(&value) {
            builder.set_initial(id, value);
        } else {
            builder.push(Statement::Assign { variable: id, value, converts });
        }
        Var::new(id)
    })
}

/// Whether the value may be computed in the DECLARE section, whose errors no handler sees.
fn cannot_fail(value: &Ast) -> bool {
    match value {
        Ast::Literal(Literal::Typed { .. }) => false,
        Ast::Literal(_) => true,
        Ast::Call { name, arguments } => {
            arguments.is_empty() && ["UUID_STRING", "CURRENT_TIMESTAMP", "CURRENT_DATE", "SYSDATE"].contains(name)
        }
        _ => false,
    }
}

impl<T: Typed> Bind for Expr<T> {
    type Bound = Var<T>;
    type Widened = Var<Wide<T>>;

    fn bind(self, names: &[Name]) -> Var<T> {
        declare(names[0], self)
    }

    fn bind_widened(self, names: &[Name]) -> Self::Widened {
        declare_widened(names[0], self)
    }
}

impl<T: Typed> Bind for Var<T> {
    type Bound = Var<T>;
    type Widened = Var<Wide<T>>;

    fn bind(self, names: &[Name]) -> Var<T> {
        declare(names[0], self)
    }

    fn bind_widened(self, names: &[Name]) -> Self::Widened {
        declare_widened(names[0], self)
    }
}

impl Bind for Affected {
    type Bound = Var<Integer>;
    type Widened = Var<Integer>;

    fn bind(self, names: &[Name]) -> Var<Integer> {
        let name = names[0];
        if builder::with(|builder| builder.name(self.count, name.text, name.mutable)) {
            return Var::new(self.count);
        }
        declare(name, self)
    }

    fn bind_widened(self, names: &[Name]) -> Var<Integer> {
        self.bind(names)
    }
}

impl<T: Typed> Bind for Aggregate<Expr<T>> {
    type Bound = Var<T>;
    type Widened = Var<Wide<T>>;

    fn bind(self, names: &[Name]) -> Var<T> {
        declare(names[0], self)
    }

    fn bind_widened(self, names: &[Name]) -> Self::Widened {
        declare_widened(names[0], self)
    }
}

impl<T> Bind for Query<T> {
    type Bound = Self;
    type Widened = Self;

    fn bind(self, names: &[Name]) -> Self {
        self.named(names[0].text)
    }

    fn bind_widened(self, names: &[Name]) -> Self {
        self.bind(names)
    }
}

/// A variable for each value of the one row of a query.
fn select_into<const N: usize>(names: &[Name], query: crate::query::Select, types: [DataType; N]) -> [VariableId; N] {
    builder::with(|builder| {
        let mut names = names.iter();
        let variables = types.map(|data_type| {
            let name = names.next().map(|name| (name.text, name.mutable));
            builder.declare(name.map(|name| name.0), data_type, name.is_some_and(|name| name.1))
        });
        builder.push(Statement::SelectInto { query, variables: variables.to_vec() });
        variables
    })
}

macro_rules! tuples {
    ($($($name:ident $index:tt)+;)+) => {$(
        impl<$($name: Typed),+> Bind for Aggregate<($(Expr<$name>,)+)> {
            type Bound = ($(Var<$name>,)+);
            type Widened = ($(Var<Wide<$name>>,)+);

            fn bind(self, names: &[Name]) -> Self::Bound {
                let variables = select_into(names, self.select, [$($name::DATA_TYPE),+]);
                ($(Var::new(variables[$index]),)+)
            }

            fn bind_widened(self, names: &[Name]) -> Self::Widened {
                let variables = select_into(names, self.select, [$(<Wide<$name>>::DATA_TYPE),+]);
                ($(Var::new(variables[$index]),)+)
            }
        }

        impl<$($name: Bind),+> Bind for ($($name,)+) {
            type Bound = ($($name::Bound,)+);
            type Widened = ($($name::Widened,)+);

            fn bind(self, names: &[Name]) -> Self::Bound {
                ($(self.$index.bind(&names[$index..=$index]),)+)
            }

            fn bind_widened(self, names: &[Name]) -> Self::Widened {
                ($(self.$index.bind_widened(&names[$index..=$index]),)+)
            }
        }
    )+};
}
tuples! {
    A 0 B 1;
    A 0 B 1 C 2;
    A 0 B 1 C 2 D 3;
    A 0 B 1 C 2 D 3 E 4;
    A 0 B 1 C 2 D 3 E 4 F 5;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
}

macro_rules! as_it_is {
    ($([$($generics:tt)*] $type:ty;)+) => {$(
        impl<$($generics)*> Bind for $type {
            type Bound = Self;
            type Widened = Self;

            fn bind(self, _names: &[Name]) -> Self {
                self
            }

            fn bind_widened(self, _names: &[Name]) -> Self {
                self
            }
        }
    )+};
}
as_it_is! {
    [O: RowSource] Reading<O>;
    [O: RowSource] Rows<O>;
    [R] Values<R>;
    [O: RowSource] Sorted<O>;
    [O: RowSource, K] Grouped<O, K>;
    [A, B] Joined2<A, B>;
    [A, B, K] GroupedJoin2<A, B, K>;
    [A, B, K] LatestJoin2<A, B, K>;
    [A, B, C] Joined3<A, B, C>;
    [A, B, C, K] GroupedJoin3<A, B, C, K>;
    [A, B, C, K] LatestJoin3<A, B, C, K>;
    [O: RowSource, K] Latest<O, K>;
    [T: Table] Writing<T>;
    [T: Table] Matching<T>;
    [O] MultiInsert<O>;
    [T, O] Merge<T, O>;
}
