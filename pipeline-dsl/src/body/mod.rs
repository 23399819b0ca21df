//! What a procedure does, statement by statement.

/// The statements of a procedure, ready to be rendered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {}

/// The statements as the text of a Snowflake Scripting block.
pub fn to_sql(_body: &Body) -> String {
    "BEGIN\n    RETURN NULL;\nEND".to_owned()
}
