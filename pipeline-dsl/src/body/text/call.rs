//! CALL as SQL text; both languages send the same.

use super::carry;
use super::expression::Expressions;
use crate::expr::ast::Node;
use crate::node::NodeRef;
use crate::object::{Definition, Language, ProcedureDef};

/// `CALL procedure(arguments)`.
pub(in crate::body) fn text(expressions: &Expressions<'_>, procedure: NodeRef, arguments: &[Node]) -> String {
    let ProcedureDef { arguments: declared, language, .. } = definition(procedure);
    let arguments = arguments.iter().zip(*declared).map(|(value, argument)| match language {
        Language::Sql => expressions.write(value),
        // It takes text, whose form must not depend on the session.
        Language::JavaScript => expressions.write(&carry::passed(value, argument.data_type)),
    });
    expressions.call_of(&format!("CALL {}", procedure.get().qualified_name()), arguments.collect())
}

/// What a procedure that is called is declared as.
///
/// # Panics
/// If it is none, which its type does not allow.
pub(in crate::body) fn definition(procedure: NodeRef) -> &'static ProcedureDef {
    match &procedure.get().definition {
        Definition::Procedure(definition) => definition,
        _ => panic!("{procedure:?} is no procedure"),
    }
}
