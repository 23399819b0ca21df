use super::builder::{self, Builder};
use super::{ErrorHandler, Statement, VariableId};
use crate::expr::ast::Ast;
use crate::expr::fits::{IsCondition, Returns};
use crate::expr::{Base, Expr, IntoExpr, Typed};
use crate::types::{DataType, Integer, SqlType, Varchar};

/// Runs the statements in one transaction: all of them take effect, or none. On an error the transaction is rolled back and the
/// error is raised again. Snowflake: "Transactions".
///
/// All reads of a stream in one transaction see the same changes, and its offset moves only if the transaction is committed.
///
/// # Panics
/// Inside another transaction: Snowflake has no nested ones.
pub fn transaction<R>(statements: impl FnOnce() -> R) -> R {
    builder::with(|builder| {
        assert!(!builder.in_transaction, "a `transaction` cannot be inside another one");
        assert!(!builder.in_handler, "`on_error` runs after the rollback, without a transaction of its own");
        builder.in_transaction = true;
        builder.open();
    });
    let result = statements();
    builder::with(|builder| {
        builder.in_transaction = false;
        let statements = builder.close();
        builder.push(Statement::Transaction(statements));
    });
    result
}

/// The error that a procedure failed with.
#[derive(Clone, Copy)]
pub struct ErrorInfo {
    code: VariableId,
    message: VariableId,
    state: VariableId,
}

impl ErrorInfo {
    pub(super) fn declare(builder: &mut Builder) -> Self {
        let text = Varchar::<{ DataType::DEFAULT_VARCHAR }>::DATA_TYPE;
        Self {
            code: builder.declare(Some("error_code"), Integer::DATA_TYPE, false),
            message: builder.declare(Some("error_message"), text, false),
            state: builder.declare(Some("error_state"), text, false),
        }
    }

    pub(super) fn variables(self) -> (VariableId, VariableId, VariableId) {
        (self.code, self.message, self.state)
    }

    /// Snowflake's number of the error: SQLCODE.
    pub fn code(self) -> Expr<Integer> {
        Expr::new(Ast::Variable(self.code))
    }

    /// What went wrong: SQLERRM.
    pub fn message(self) -> Expr<Varchar> {
        Expr::new(Ast::Variable(self.message))
    }

    /// Five characters that classify the error: SQLSTATE.
    pub fn state(self) -> Expr<Varchar> {
        Expr::new(Ast::Variable(self.state))
    }
}

/// What to do when the procedure fails, after its transaction was rolled back and before the error is raised again, so that the
/// caller or task sees it. Snowflake: "Handling exceptions".
///
/// # Panics
/// If the procedure has one already, or inside a transaction.
pub fn on_error(statements: impl FnOnce(ErrorInfo)) {
    let error = builder::with(|builder| {
        assert!(!builder.in_transaction, "`on_error` stands outside of `transaction`");
        let error = ErrorInfo::declare(builder);
        builder.in_handler = true;
        builder.open();
        error
    });
    statements(error);
    builder::with(|builder| {
        builder.in_handler = false;
        let ErrorInfo { code, message, state } = error;
        let statements = builder.close();
        builder.set_handler(ErrorHandler { code, message, state, statements });
    });
}

/// `return value;`
#[doc(hidden)]
pub fn ret<P: Typed, V: IntoExpr>(value: V)
where
    Base<V::Ty>: Returns<Base<P>>,
{
    let value = value.into_expr().node();
    builder::with(|builder| {
        assert!(
            !builder.in_transaction,
            "`return` inside a transaction would leave it open: return its value after it"
        );
        assert!(!builder.in_handler, "`on_error` raises the error again, it cannot return");
        builder.push(Statement::Return(value));
    });
}

/// An `if` whose branch is being written.
#[doc(hidden)]
#[must_use]
pub struct Branch {
    condition: crate::expr::ast::Node,
    then: Option<Vec<Statement>>,
}

/// `if condition {`
#[doc(hidden)]
pub fn begin_if<C: IntoExpr>(condition: C) -> Branch
where
    Base<C::Ty>: IsCondition,
{
    let condition = condition.into_expr().node();
    builder::with(|builder| builder.open());
    Branch { condition, then: None }
}

impl Branch {
    /// `} else {`
    pub fn otherwise(mut self) -> Self {
        self.then = Some(builder::with(|builder| {
            let then = builder.close();
            builder.open();
            then
        }));
        self
    }

    /// `}`
    pub fn end(self) {
        builder::with(|builder| {
            let last = builder.close();
            let (then, otherwise) = match self.then {
                Some(then) => (then, last),
                None => (last, vec![]),
            };
            builder.push(Statement::If { condition: self.condition, then, otherwise });
        });
    }
}
