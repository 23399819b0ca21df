//! Loops, errors, and statements about the run itself.

use super::bind::{Name, Var};
use super::builder;
use super::control::ErrorInfo;
use super::{ErrorHandler, Exception, Statement, VariableId};
use crate::expr::ast::{Ast, Node};
use crate::expr::fits::{IsCondition, IsInteger, IsText};
use crate::expr::{Base, Expr, IntoExpr};
use crate::node::NodeRef;
use crate::query::{LoopSource, RowValues};
use crate::types::{Integer, SqlType};

/// A loop whose body is being written.
#[doc(hidden)]
#[must_use]
pub struct Loop {
    kind: Kind,
}

enum Kind {
    While(Option<Node>),
    Range { variable: VariableId, from: Node, to: Node },
    Rows { names: [String; 2], query: Box<crate::query::Select>, variables: Vec<VariableId> },
}

fn open(kind: Kind) -> Loop {
    builder::with(|builder| builder.open());
    Loop { kind }
}

/// `while condition {`
#[doc(hidden)]
pub fn begin_while<C: IntoExpr>(condition: C) -> Loop
where
    Base<C::Ty>: IsCondition,
{
    open(Kind::While(Some(condition.into_expr().node())))
}

/// `loop {`
#[doc(hidden)]
pub fn begin_loop() -> Loop {
    open(Kind::While(None))
}

/// `for name in from..=to {`
#[doc(hidden)]
pub fn begin_for<A: IntoExpr, B: IntoExpr>(name: Name, from: A, to: B) -> (Loop, Var<Integer>)
where
    Base<A::Ty>: IsInteger,
    Base<B::Ty>: IsInteger,
{
    let (from, to) = (from.into_expr().node(), to.into_expr().node());
    let variable = builder::with(|builder| builder.declare(Some(name.text), Integer::DATA_TYPE, false));
    (open(Kind::Range { variable, from, to }), Var::new(variable))
}

/// `for (names, ..) in query {`
#[doc(hidden)]
pub fn begin_rows<S: LoopSource>(names: &[Name], source: S) -> (Loop, <S::Row as RowValues>::Variables) {
    let mut query = source.select();
    let variables: Vec<_> = builder::with(|builder| {
        let types = S::Row::types();
        let declare = |(name, data_type): (&Name, _)| builder.declare(Some(name.text), data_type, name.mutable);
        names.iter().zip(types).map(declare).collect()
    });
    let mut seen = vec![];
    for (item, alias) in query.items.iter_mut().zip(VALUES) {
        match &*item.value {
            Ast::Column { name, .. } if !seen.contains(name) => seen.push(name),
            _ => item.alias = Some(alias),
        }
    }
    let names = builder::with(|builder| ["found", "current_row"].map(|name| builder.take_name(name)));
    let bound = S::Row::variables(&variables);
    (open(Kind::Rows { names, query: Box::new(query), variables }), bound)
}

/// What values are called that have no name of their own.
const VALUES: [&str; 8] = ["VALUE_1", "VALUE_2", "VALUE_3", "VALUE_4", "VALUE_5", "VALUE_6", "VALUE_7", "VALUE_8"];

impl Loop {
    /// `}`
    pub fn end(self) {
        builder::with(|builder| {
            let body = builder.close();
            builder.push(match self.kind {
                Kind::While(condition) => Statement::Loop { condition, body },
                Kind::Range { variable, from, to } => Statement::ForRange { variable, from, to, body },
                Kind::Rows { names, query, variables } => Statement::ForRows { names, query: *query, variables, body },
            });
        });
    }
}

/// `break;`
#[doc(hidden)]
pub fn break_loop() {
    builder::with(|builder| builder.push(Statement::Break));
}

/// `continue;`
#[doc(hidden)]
pub fn continue_loop() {
    builder::with(|builder| builder.push(Statement::Continue));
}

/// Ends the procedure, or the statements of [`attempt`] around it, with an error of its own. Snowflake: `RAISE`.
pub fn raise(exception: Exception) {
    builder::with(|builder| {
        let exception = builder.exception(exception);
        builder.push(Statement::Raise(exception));
    });
}

/// Runs statements; if one of them fails, its transaction is rolled back, `handler` runs, and the procedure goes on after it.
/// Snowflake: "Handling exceptions".
pub fn attempt(statements: impl FnOnce(), handler: impl FnOnce(ErrorInfo)) {
    builder::with(|builder| builder.open());
    statements();
    let (body, error) = builder::with(|builder| {
        let body = builder.close();
        let error = ErrorInfo::declare(builder);
        builder.open();
        (body, error)
    });
    handler(error);
    builder::with(|builder| {
        let statements = builder.close();
        let (code, message, state) = error.variables();
        builder.push(Statement::Attempt { body, handler: ErrorHandler { code, message, state, statements } });
    });
}

pub(crate) fn truncate(table: NodeRef) {
    builder::with(|builder| {
        assert!(!builder.in_transaction, "`truncate` would commit the transaction around it: use `delete_all`");
        builder.push(Statement::Truncate(table));
    });
}

/// Runs a statement whose text is only known at run time; `binds` are the values for its `?`: a tuple of variables.
/// Snowflake: `EXECUTE IMMEDIATE`.
///
/// What it touches is not checked. Give the procedure's role the privileges it needs.
pub fn execute_immediate<T: IntoExpr, B: Binds>(text: T, binds: B)
where
    Base<T::Ty>: IsText,
{
    let (text, binds) = (text.into_expr().node(), binds.variables());
    builder::with(|builder| builder.push(Statement::Execute { text, binds }));
}

/// Variables that a statement of [`execute_immediate`] takes: a tuple of up to four.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of variables to bind",
    label = "expected `()` or a tuple of up to four variables",
    note = "give values a name first: `let limit = ..;`"
)]
pub trait Binds {
    /// The variables, in order.
    #[doc(hidden)]
    fn variables(self) -> Vec<VariableId>;
}

impl Binds for () {
    fn variables(self) -> Vec<VariableId> {
        vec![]
    }
}

macro_rules! binds {
    ($($($name:ident)+;)+) => {$(
        impl<$($name),+> Binds for ($(Var<$name>,)+) {
            fn variables(self) -> Vec<VariableId> {
                #[allow(non_snake_case, reason = "the type parameters' names serve as the variables'")]
                let ($($name,)+) = self;
                vec![$($name.id()),+]
            }
        }
    )+};
}
binds! { A; A B; A B C; A B C D; }

/// The value that the task which runs the procedure hands to the tasks after it: text of up to 10 kB.
/// Snowflake: `SYSTEM$SET_RETURN_VALUE`.
///
/// Outside of a task this is an error at run time.
pub fn set_return_value<V: IntoExpr>(value: V)
where
    Base<V::Ty>: IsText,
{
    let value = value.into_expr().node();
    builder::with(|builder| builder.push(Statement::SetReturnValue(value)));
}

/// How grave a message of [`log`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// For following every step.
    Trace,
    /// For finding mistakes.
    Debug,
    /// What happens.
    Info,
    /// What might be wrong.
    Warn,
    /// What is wrong.
    Error,
    /// What ends the work.
    Fatal,
}

/// Writes a message to the account's event table, if its log level allows. Snowflake: "Logging messages".
pub fn log<V: IntoExpr>(level: LogLevel, message: V)
where
    Base<V::Ty>: IsText,
{
    let message: Expr<V::Ty> = message.into_expr();
    let level = match level {
        LogLevel::Trace => "trace",
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
        LogLevel::Error => "error",
        LogLevel::Fatal => "fatal",
    };
    builder::with(|builder| builder.push(Statement::Log { level, message: message.node() }));
}
