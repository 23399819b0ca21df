//! Errors, and statements about the run itself.

use super::bind::Var;
use super::builder;
use super::control::ErrorInfo;
use super::{ErrorHandler, Exception, Statement, VariableId};
use crate::expr::fits::IsText;
use crate::expr::{Base, Expr, IntoExpr};
use crate::node::NodeRef;
use crate::object::Definition;
use crate::query::Select;

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
    let attempt = begin_attempt();
    statements();
    let (attempt, error) = attempt.failed();
    handler(error);
    attempt.end();
}

/// Statements that are tried, while they are being written.
#[doc(hidden)]
#[must_use]
pub struct Attempt(());

/// Statements that are tried, while their handler is being written.
#[doc(hidden)]
#[must_use]
pub struct Failed {
    body: Vec<Statement>,
    error: ErrorInfo,
}

/// `attempt(|| {`
#[doc(hidden)]
pub fn begin_attempt() -> Attempt {
    builder::with(|builder| builder.open());
    Attempt(())
}

impl Attempt {
    /// `}, |error| {`
    pub fn failed(self) -> (Failed, ErrorInfo) {
        builder::with(|builder| {
            let body = builder.close();
            let error = ErrorInfo::declare(builder);
            builder.open();
            (Failed { body, error }, error)
        })
    }
}

impl Failed {
    /// `});`
    pub fn end(self) {
        let Self { body, error } = self;
        builder::with(|builder| {
            let statements = builder.close();
            let (code, message, state) = error.variables();
            builder.push(Statement::Attempt { body, handler: ErrorHandler { code, message, state, statements } });
        });
    }
}

pub(crate) fn truncate(table: NodeRef) {
    builder::with(|builder| builder.push(Statement::Truncate(table)));
}

pub(crate) fn create_temporary(table: NodeRef, columns: Vec<&'static str>, source: Select) {
    let node = table.get();
    let Definition::Table(definition) = &node.definition else { return };
    assert!(
        definition.temporary,
        "table `{0}` is permanent: `create_as` makes temporary ones, so declare it `#[table(schema = .., temporary)]`, or \
         replace its rows with `insert_overwrite`",
        node.rust_name
    );
    if let Some(missing) = definition.columns.iter().find(|column| !columns.contains(&column.name)) {
        panic!(
            "`create_as` makes temporary table `{}` with all its columns: give `{}` a value, or `None`",
            node.rust_name, missing.rust_name
        );
    }
    builder::with(|builder| {
        assert!(
            !builder.in_transaction,
            "`create_as` would commit the transaction around it: make `{}` before it",
            node.rust_name
        );
        builder.push(Statement::CreateTemporary { target: table, columns, source });
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

/// Variables that a statement of [`execute_immediate`] takes: a tuple of up to eight.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of variables to bind",
    label = "expected `()` or a tuple of up to eight variables",
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
binds! { A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }

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
