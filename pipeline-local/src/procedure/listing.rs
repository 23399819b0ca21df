//! DESCRIBE PROCEDURE.

use crate::catalog::Object;
use crate::catalog::def::{ExecuteAs, ProcedureDef};
use crate::{Result, routine};

/// The rows of DESCRIBE PROCEDURE.
pub(super) fn properties(procedure: &Object) -> Result<Vec<(&'static str, String)>> {
    let definition: ProcedureDef = procedure.definition()?;
    let mut rows = routine::description(
        &definition.arguments,
        &definition.returns,
        definition.returns_not_null,
        &definition.language,
    );
    let null_handling = if definition.strict { "RETURNS NULL ON NULL INPUT" } else { "CALLED ON NULL INPUT" };
    let execute_as = match definition.execute_as {
        ExecuteAs::Owner => "OWNER",
        ExecuteAs::Caller => "CALLER",
    };
    rows.extend([
        ("null handling", null_handling.to_owned()),
        ("volatility", "VOLATILE".to_owned()),
        ("execute as", execute_as.to_owned()),
        ("body", definition.body),
    ]);
    Ok(rows)
}
