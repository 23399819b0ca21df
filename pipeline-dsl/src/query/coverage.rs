use crate::check::{Msg, same};
use crate::node::Table;
use crate::object::Column;

/// Checks the fields of a struct literal that is to be inserted into `T`: none twice, and none missing that an INSERT must give.
/// `complete` says that the literal does not end with `..default()`, so that every field is wanted.
///
/// # Panics
/// With a message that names the columns.
#[doc(hidden)]
#[track_caller]
pub const fn insert_covers<T: Table>(given: &[&str], complete: bool) {
    let table = T::NODE.get().rust_name;
    let mut message: Msg = Msg::new();
    let mut found = 0;
    let mut at = 0;
    while at < given.len() {
        if count(given, given[at]) > 1 && first(given, given[at]) == at {
            start(&mut message, table, " gives more than one value for `", "`, `", found);
            message.push(given[at]);
            found += 1;
        }
        at += 1;
    }
    let duplicates = found > 0;
    if duplicates {
        message.push("`");
        found = 0;
    }

    let mut column = 0;
    let mut field = 0;
    while column < T::COLUMNS.len() {
        let (name, width) = if T::FIELDS.is_empty() { (T::COLUMNS[column].rust_name, 1) } else { T::FIELDS[field] };
        if count(given, name) == 0 {
            let mut part = 0;
            while part < width {
                let Column { name: sql_name, .. } = T::COLUMNS[column + part];
                if complete || T::COLUMNS[column + part].is_required() {
                    let what = if complete { " gives no value for the columns `" } else { REQUIRED };
                    if duplicates && found == 0 {
                        message.push("\n");
                    }
                    start(&mut message, table, what, "`, `", found);
                    message.push(sql_name);
                    found += 1;
                }
                part += 1;
            }
        }
        column += width;
        field += 1;
    }
    if found > 0 {
        message.push("`");
        let help =
            if complete { "end the literal with `..default()` to leave columns to their default or NULL" } else { "" };
        message.rule("insert-covers-columns", help);
    } else if duplicates {
        message.rule("insert-covers-columns", "");
    }
    if found > 0 || duplicates {
        panic!("{}", message.as_str());
    }
}

const REQUIRED: &str = " gives no value for the NOT NULL columns `";

const fn start(message: &mut Msg, table: &str, what: &str, separator: &str, found: usize) {
    if found == 0 {
        message.push("INSERT into `").push(table).push("`").push(what);
    } else {
        message.push(separator);
    }
}

const fn count(given: &[&str], name: &str) -> usize {
    let mut count = 0;
    let mut at = 0;
    while at < given.len() {
        if same(given[at], name) {
            count += 1;
        }
        at += 1;
    }
    count
}

const fn first(given: &[&str], name: &str) -> usize {
    let mut at = 0;
    while !same(given[at], name) {
        at += 1;
    }
    at
}
