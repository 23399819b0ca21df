use crate::check::{Msg, same};
use crate::node::{Kind, Relation, Table};
use crate::object::Column;
use crate::query::Readable;
use crate::types::DataType;

/// Checks the fields of a struct literal of `T`: none twice, and none missing that an INSERT must give. Every field is wanted if
/// `complete` says that the literal does not end with `..default()`, and in a row that is no table's.
///
/// # Panics
/// With a message that names the columns.
#[doc(hidden)]
#[track_caller]
pub const fn insert_covers<T: Relation>(given: &[&str], complete: bool) {
    let complete = complete || !T::DEFAULTS;
    let table = (if T::DEFAULTS { "INSERT into `" } else { "a row of `" }, T::NAME);
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
        let help = match (complete, T::DEFAULTS) {
            (_, false) => "give it a value, or `None`: who reads the rows reads all columns",
            (true, true) => "end the literal with `..default()` to leave columns to their default or NULL",
            (false, true) => "",
        };
        message.rule("insert-covers-columns", help);
    } else if duplicates {
        message.rule("insert-covers-columns", "");
    }
    if found > 0 || duplicates {
        panic!("{}", message.as_str());
    }
}

/// Refuses that a stream is consumed by two statements outside of one transaction. Tables may be read as often as one likes.
///
/// # Panics
/// If `O` is a stream.
#[doc(hidden)]
#[track_caller]
pub const fn consumed_twice<O: Readable>() {
    let node = O::SOURCE.get();
    if matches!(node.kind, Kind::Stream) {
        let mut message: Msg = Msg::new();
        message
            .push("stream ")
            .name(node.rust_name)
            .push(" is consumed by two statements outside of one transaction: ");
        message.push("the second would only see what arrived after the first");
        message.rule("stream-one-transaction", "put both into one `transaction(|| { .. })`");
        panic!("{}", message.as_str());
    }
}

/// A constant in a row, as far as it can be too large for a column.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub enum Constant {
    /// Text of so many characters.
    Text(u32),
    /// A number with so many digits before and after the point.
    Number(u8, u8),
}

/// Checks that a constant is not too large for the column of a field of `T`. Fields that do not exist and types that differ are
/// the type checker's.
///
/// # Panics
/// With a message that names the column.
#[doc(hidden)]
#[track_caller]
pub const fn constant_fits<T: Relation>(field: &str, constant: Constant) {
    let Some(column) = column_of::<T>(field) else { return };
    let (found, bound, what) = match (constant, column.data_type) {
        (Constant::Text(found), DataType::Varchar { length }) => (found, length, " characters"),
        (Constant::Number(whole, fraction), DataType::Number { precision, scale }) => {
            if whole > precision - scale {
                (whole as u32, (precision - scale) as u32, " digits before the point")
            } else {
                (fraction as u32, scale as u32, " digits after the point")
            }
        }
        _ => return,
    };
    if found > bound {
        let mut message: Msg = Msg::new();
        message.push("this value has ").number(found as u64).push(what).push(", but column ").name(column.name);
        message.push(" of ").name(T::NAME).push(" holds ").number(bound as u64);
        message.rule("constant-fits-column", "shorten the value, or widen the column");
        panic!("{}", message.as_str());
    }
}

/// The column of a field that is one column.
const fn column_of<T: Relation>(field: &str) -> Option<&'static Column> {
    let mut column = 0;
    let mut at = 0;
    while column < T::COLUMNS.len() {
        let (name, width) = if T::FIELDS.is_empty() { (T::COLUMNS[column].rust_name, 1) } else { T::FIELDS[at] };
        if width == 1 && same(name, field) {
            return Some(&T::COLUMNS[column]);
        }
        column += width;
        at += 1;
    }
    None
}

/// Checks a procedure that takes columns over from table `S` to table `T` by their names: every column of `T` must be one of
/// `given`, fit the column of `S` with the same name, or be one that an INSERT may leave out.
///
/// # Panics
/// With a message that names the columns.
#[doc(hidden)]
#[track_caller]
pub const fn matching_covers<S: Relation, T: Table>(given: &[&str]) {
    let (source, target) = (S::NAME, T::NAME);
    let mut message: Msg = Msg::new();
    let mut found = 0;
    let mut at = 0;
    while at < T::COLUMNS.len() {
        let column = &T::COLUMNS[at];
        at += 1;
        if count(given, column.rust_name) > 0 {
            continue;
        }
        let problem = match find(S::COLUMNS, column.name) {
            Some(other) if !fits(other.data_type, column.data_type) => "cannot hold all values of that of",
            Some(other) if other.nullable && !column.nullable => "is NOT NULL, unlike that of",
            None if column.is_required() => "is NOT NULL, and there is no such column in",
            _ => continue,
        };
        if found > 0 {
            message.push("\n");
        }
        found += 1;
        message.push("column ").name(column.name).push(" of ").name(target);
        message.push(" ").push(problem).push(" ").name(source);
    }
    if found > 0 {
        message.rule("insert-covers-columns", "give the column a value with `set(column = value)`");
        panic!("{}", message.as_str());
    }
}

const fn find(columns: &'static [Column], name: &str) -> Option<&'static Column> {
    let mut at = 0;
    while at < columns.len() {
        if same(columns[at].name, name) {
            return Some(&columns[at]);
        }
        at += 1;
    }
    None
}

/// Whether every value of type `from` can be stored as `to` without loss.
const fn fits(from: DataType, to: DataType) -> bool {
    match (from, to) {
        (DataType::Number { precision, scale }, DataType::Number { precision: most, scale: digits }) => {
            scale <= digits && precision - scale <= most - digits
        }
        (DataType::Varchar { length }, DataType::Varchar { length: most })
        | (DataType::Binary { length }, DataType::Binary { length: most }) => length <= most,
        (DataType::Float, DataType::Float)
        | (DataType::Boolean, DataType::Boolean)
        | (DataType::Date, DataType::Date)
        | (DataType::Time, DataType::Time)
        | (DataType::TimestampNtz, DataType::TimestampNtz)
        | (DataType::TimestampLtz, DataType::TimestampLtz)
        | (DataType::TimestampTz, DataType::TimestampTz)
        | (DataType::Variant, DataType::Variant)
        | (DataType::Object, DataType::Object | DataType::Variant)
        | (DataType::Array, DataType::Array | DataType::Variant) => true,
        _ => false,
    }
}

const REQUIRED: &str = " gives no value for the NOT NULL columns `";

const fn start(message: &mut Msg, table: (&str, &str), what: &str, separator: &str, found: usize) {
    if found == 0 {
        message.push(table.0).push(table.1).push("`").push(what);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_fit_without_loss() {
        let number = |precision, scale| DataType::Number { precision, scale };
        let varchar = |length| DataType::Varchar { length };
        for (from, to, expected) in [
            (number(10, 2), number(10, 2), true),
            (number(10, 2), number(12, 3), true),
            (number(10, 2), number(10, 3), false),
            (number(10, 2), number(38, 0), false),
            (varchar(10), varchar(20), true),
            (varchar(20), varchar(10), false),
            (varchar(20), DataType::Variant, false),
            (DataType::Object, DataType::Variant, true),
            (DataType::Date, DataType::TimestampNtz, false),
        ] {
            assert_eq!(fits(from, to), expected, "{from} to {to}");
        }
    }
}
