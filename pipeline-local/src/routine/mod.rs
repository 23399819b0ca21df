//! What procedures and user-defined functions have in common: their signatures, the choice among overloads, and how they
//! are altered and listed.

mod ddl;
mod listing;
mod overload;
mod signature;

pub(crate) use ddl::{Creation, alter_common, create, drop, find, missing, visible};
pub(crate) use listing::{describe, description, show};
pub(crate) use overload::{Supplied, choose, placed};
pub(crate) use signature::{arguments, body, returns, types};

use crate::catalog::Kind;
use crate::catalog::Object;
use crate::catalog::def::{Argument, FunctionDef, ProcedureDef, Returns};
use crate::{Result, SqlError};

/// The part of a routine's definition that does not depend on its kind.
#[derive(Debug)]
pub(crate) struct Routine {
    pub(crate) arguments: Vec<Argument>,
    pub(crate) returns: Returns,
    pub(crate) secure: bool,
}

/// The common part of a procedure's or a function's definition.
pub(crate) fn of(object: &Object) -> Result<Routine> {
    match object.kind {
        Kind::Procedure => {
            let ProcedureDef { arguments, returns, secure, .. } = object.definition()?;
            Ok(Routine { arguments, returns, secure })
        }
        Kind::Function => {
            let FunctionDef { arguments, returns, secure, .. } = object.definition()?;
            Ok(Routine { arguments, returns, secure })
        }
        other => Err(SqlError::internal(format_args!("a {other} is no routine"))),
    }
}
