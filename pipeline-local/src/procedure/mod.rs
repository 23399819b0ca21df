//! Stored procedures: their statements and CALL.

mod call;
mod ddl;
mod listing;
mod parser;

pub use call::call;

use crate::exec::{Context, Running};
use crate::parse::Cursor;

/// CREATE, ALTER, DROP, DESCRIBE PROCEDURE and SHOW PROCEDURES: `text` is the whole statement.
pub fn execute<'c>(cx: &'c mut Context<'_>, text: &'c str) -> Running<'c> {
    Box::pin(async move {
        let mut cursor = Cursor::new(text)?;
        match cursor.peek_word().as_deref() {
            Some("CREATE") => ddl::create(cx, parser::create(&mut cursor)?),
            Some("ALTER") => ddl::alter(cx, &mut cursor),
            Some("DROP") => ddl::drop(cx, &mut cursor),
            Some("DESCRIBE" | "DESC") => listing::describe(cx, &mut cursor),
            Some("SHOW") => listing::show(cx, &mut cursor),
            _ => Err(cursor.unexpected()),
        }
    })
}
