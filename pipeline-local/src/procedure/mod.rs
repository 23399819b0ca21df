//! Stored procedures: their statements and CALL.

mod arguments;
mod call;
mod ddl;
mod listing;
pub(crate) mod log;
mod parser;
mod run;
mod system;
mod table;

pub use call::call;
pub(crate) use call::{Called, Invocation};
pub(crate) use run::{argument_value, finish};
pub(crate) use table::{describe_from, select_from};

use crate::catalog::Kind;
use crate::exec::{Context, Running};
use crate::parse::Cursor;
use crate::routine;

/// CREATE, ALTER, DROP, DESCRIBE PROCEDURE and SHOW PROCEDURES: `text` is the whole statement.
pub fn execute<'c>(cx: &'c mut Context<'_>, text: &'c str) -> Running<'c> {
    Box::pin(async move {
        let mut cursor = Cursor::new(text)?;
        match cursor.peek_word().as_deref() {
            Some("CREATE") => ddl::create(cx, parser::create(&mut cursor)?),
            Some("ALTER") => ddl::alter(cx, &mut cursor),
            Some("DROP") => routine::drop(cx, &mut cursor, Kind::Procedure),
            Some("DESCRIBE" | "DESC") => routine::describe(cx, &mut cursor, Kind::Procedure, listing::properties),
            Some("SHOW") => routine::show(cx, &mut cursor, Kind::Procedure),
            _ => Err(cursor.unexpected()),
        }
    })
}
