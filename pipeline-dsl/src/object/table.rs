use std::fmt::Write;

use super::database::retention;
use crate::check::{Msg, same};
use crate::ident;
use crate::node::Node;
use crate::types::DataType;

/// A table.
#[derive(Clone, Copy, Debug)]
pub struct TableDef {
    /// The columns in order.
    pub columns: &'static [Column],
    /// Made by procedures for their session, and never by a deployment.
    pub temporary: bool,
    /// Without Fail-safe.
    pub transient: bool,
    /// Days of Time Travel, 0 to 90, or the schema's default.
    pub data_retention_days: Option<u8>,
    /// Days by which retention is extended at most so that streams do not go stale, 0 to 90; 14 by default.
    pub max_data_extension_days: Option<u8>,
    /// The SQL names of the columns by which the table is clustered.
    pub cluster_by: &'static [&'static str],
    /// Whether changes are recorded before the first stream is created.
    pub change_tracking: bool,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The SQL name, without quotes.
    pub name: &'static str,
    /// The name of the field.
    pub rust_name: &'static str,
    /// Its type.
    pub data_type: DataType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// The value of a row that gives none.
    pub default: Option<DefaultValue>,
    /// Numbers given by Snowflake, unique but neither gap-free nor in order.
    pub autoincrement: Option<Autoincrement>,
    /// The doc comment, or nothing.
    pub comment: &'static str,
}

impl Column {
    /// Whether an INSERT must give a value.
    pub const fn is_required(&self) -> bool {
        !self.nullable && self.default.is_none() && self.autoincrement.is_none()
    }

    /// The same column where its rows are copies: without default and numbering.
    pub(crate) const fn as_plain_data(self) -> Self {
        Self { default: None, autoincrement: None, ..self }
    }
}

/// How Snowflake numbers rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Autoincrement {
    /// The first number.
    pub start: i64,
    /// The distance to the next.
    pub step: i64,
}

/// The value of a column in a row that gives none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultValue {
    /// Text.
    Text(&'static str),
    /// A number, as written.
    Number(&'static str),
    /// A truth value.
    Boolean(bool),
    /// A function of Snowflake without arguments, in upper case and without parentheses, such as `CURRENT_TIMESTAMP`.
    Function(&'static str),
}

impl DefaultValue {
    /// The value as SQL writes it.
    pub fn sql(self) -> String {
        match self {
            Self::Text(text) => ident::literal(text),
            Self::Number(number) => number.to_owned(),
            Self::Boolean(value) => super::boolean(value).to_owned(),
            Self::Function(name) => format!("{name}()"),
        }
    }
}

impl TableDef {
    pub(super) fn create(&self, node: &Node) -> String {
        let transient = if self.transient { "TRANSIENT " } else { "" };
        let mut sql = format!("CREATE {transient}TABLE IF NOT EXISTS {} (\n", node.qualified_name());
        let last = self.columns.len().saturating_sub(1);
        for (index, column) in self.columns.iter().enumerate() {
            sql.push_str("    ");
            sql.push_str(&column_ddl(column));
            sql.push_str(if index == last { "\n" } else { ",\n" });
        }
        sql.push(')');
        let mut properties = Vec::new();
        if !self.cluster_by.is_empty() {
            let columns: Vec<_> = self.cluster_by.iter().map(|name| ident::quote(name)).collect();
            properties.push(format!("CLUSTER BY ({})", columns.join(", ")));
        }
        properties.extend(retention(self.data_retention_days, self.max_data_extension_days));
        if self.change_tracking {
            properties.push("CHANGE_TRACKING = TRUE".to_owned());
        }
        node.with_lines(sql, properties, "\n")
    }
}

fn column_ddl(column: &Column) -> String {
    let mut sql = format!("{} {}", ident::quote(column.name), column.data_type);
    if !column.nullable {
        sql.push_str(" NOT NULL");
    }
    if let Some(default) = column.default {
        let _ = write!(sql, " DEFAULT {}", default.sql());
    }
    match column.autoincrement {
        Some(Autoincrement { start: 1, step: 1 }) => sql.push_str(" AUTOINCREMENT"),
        Some(Autoincrement { start, step }) => {
            let _ = write!(sql, " AUTOINCREMENT START {start} INCREMENT {step}");
        }
        None => {}
    }
    if !column.comment.is_empty() {
        let _ = write!(sql, " COMMENT {}", ident::literal(column.comment));
    }
    sql
}

/// Joins the columns of a table from those of its fields: one for most, several for a flattened struct, whose columns
/// become plain data. `N` is the total.
#[doc(hidden)]
pub const fn concat_columns<const N: usize>(parts: &[(bool, &[Column])]) -> [Column; N] {
    let mut columns = [Column {
        name: "",
        rust_name: "",
        data_type: DataType::Boolean,
        nullable: true,
        default: None,
        autoincrement: None,
        comment: "",
    }; N];
    let mut next = 0;
    let mut part = 0;
    while part < parts.len() {
        let (flattened, source) = parts[part];
        let mut index = 0;
        while index < source.len() {
            columns[next] = if flattened { source[index].as_plain_data() } else { source[index] };
            next += 1;
            index += 1;
        }
        part += 1;
    }
    columns
}

/// How many columns the parts have together.
#[doc(hidden)]
pub const fn count_columns(parts: &[(bool, &[Column])]) -> usize {
    let mut count = 0;
    let mut part = 0;
    while part < parts.len() {
        count += parts[part].1.len();
        part += 1;
    }
    count
}

/// The rules of the default and the numbering of one column, found by the name of its field.
#[doc(hidden)]
#[track_caller]
pub const fn check_default(table: &str, rust_name: &str, columns: &[Column]) {
    let mut at = 0;
    while at < columns.len() {
        let column = &columns[at];
        if same(column.rust_name, rust_name) {
            if let Some(default) = column.default {
                default_fits(table, rust_name, column.data_type, default);
            }
            if column.autoincrement.is_some() && !matches!(column.data_type, DataType::Number { .. }) {
                let mut msg = Msg::<1024>::new();
                msg.push("column ").name(rust_name).push(" of table ").name(table);
                msg.push(" numbers its rows, but is of type ").push(column.data_type.name());
                msg.rule("column-autoincrement", "use `Integer` or another `Number`");
                panic!("{}", msg.as_str());
            }
            return;
        }
        at += 1;
    }
}

/// The bounds of the type of one column, found by the name of its field.
#[doc(hidden)]
#[track_caller]
pub const fn check_type(rust_name: &str, columns: &[Column]) {
    let mut at = 0;
    while at < columns.len() {
        if same(columns[at].rust_name, rust_name) {
            columns[at].data_type.check_bounds();
        }
        at += 1;
    }
}

/// Rule `column-name`: the columns of a flattened struct must differ from the others.
#[doc(hidden)]
#[track_caller]
pub const fn check_column_names(table: &str, columns: &[Column]) {
    let mut at = 0;
    while at < columns.len() {
        let mut other = 0;
        while other < at {
            if same(columns[at].name, columns[other].name) {
                let mut msg = Msg::<1024>::new();
                msg.push("table ").name(table).push(" has two columns called ").name(columns[at].name);
                msg.rule("column-name", "rename one of them with `#[column(name = \"..\")]`");
                panic!("{}", msg.as_str());
            }
            other += 1;
        }
        at += 1;
    }
}

/// Rule `default-type`: a default must have the type of its column.
#[track_caller]
const fn default_fits(table: &str, column: &str, data_type: DataType, default: DefaultValue) {
    let found = match default {
        DefaultValue::Text(text) => {
            if let DataType::Varchar { length } = data_type
                && characters(text) > length as usize
            {
                let mut msg = Msg::<1024>::new();
                msg.push("the default of column ").name(column).push(" of table ").name(table).push(" has ");
                msg.number(characters(text) as u64).push(" characters, but the column holds ").number(length as u64);
                msg.rule("default-type", "shorten the default, or lengthen the column");
                panic!("{}", msg.as_str());
            }
            match data_type {
                DataType::Varchar { .. } => return,
                _ => "text",
            }
        }
        DefaultValue::Number(_) => match data_type {
            DataType::Number { .. } | DataType::Float => return,
            _ => "a number",
        },
        DefaultValue::Boolean(_) => match data_type {
            DataType::Boolean => return,
            _ => "a truth value",
        },
        DefaultValue::Function(name) => match (name.as_bytes(), data_type) {
            (
                b"CURRENT_TIMESTAMP" | b"SYSTIMESTAMP" | b"LOCALTIMESTAMP" | b"SYSDATE",
                DataType::TimestampNtz | DataType::TimestampLtz | DataType::TimestampTz,
            )
            | (b"CURRENT_DATE", DataType::Date)
            | (b"CURRENT_TIME", DataType::Time)
            | (
                b"CURRENT_USER" | b"CURRENT_ROLE" | b"CURRENT_WAREHOUSE" | b"CURRENT_ACCOUNT" | b"UUID_STRING",
                DataType::Varchar { .. },
            ) => return,
            _ => name,
        },
    };
    let mut msg = Msg::<1024>::new();
    msg.push("the default of column ").name(column).push(" of table ").name(table).push(" is ").push(found);
    msg.push(", but the column is of type ").push(data_type.name());
    msg.rule("default-type", "Snowflake does not convert defaults: write one of the column's type");
    panic!("{}", msg.as_str());
}

pub(crate) const fn characters(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut count = 0;
    let mut at = 0;
    while at < bytes.len() {
        // Bytes that continue a character begin with the bits 10.
        if bytes[at] & 0b1100_0000 != 0b1000_0000 {
            count += 1;
        }
        at += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: DataType = DataType::Varchar { length: 6 };
    const NUMBER: DataType = DataType::Number { precision: 10, scale: 2 };

    #[test]
    fn defaults_have_the_type_of_their_column() {
        for (data_type, default, fits) in [
            (TEXT, DefaultValue::Text("ACTIVE"), true),
            (TEXT, DefaultValue::Text("äöüäöü"), true),
            (TEXT, DefaultValue::Text("INACTIVE"), false),
            (TEXT, DefaultValue::Number("1"), false),
            (TEXT, DefaultValue::Function("CURRENT_USER"), true),
            (NUMBER, DefaultValue::Number("-1.5"), true),
            (NUMBER, DefaultValue::Text("1"), false),
            (DataType::Boolean, DefaultValue::Boolean(true), true),
            (DataType::Date, DefaultValue::Text("2026-01-01"), false),
            (DataType::Date, DefaultValue::Function("CURRENT_DATE"), true),
            (DataType::TimestampNtz, DefaultValue::Function("CURRENT_TIMESTAMP"), true),
            (DataType::TimestampNtz, DefaultValue::Function("CURRENT_DATE"), false),
        ] {
            let result = std::panic::catch_unwind(|| default_fits("T", "c", data_type, default));
            assert_eq!(result.is_ok(), fits, "{data_type} {default:?}");
            if let Err(panic) = result {
                let message = panic.downcast_ref::<String>().unwrap();
                assert!(
                    message.contains("column `c` of table `T`") && message.contains("rule: default-type"),
                    "{message}"
                );
            }
        }
    }

    #[test]
    fn flattened_columns_become_plain_data() {
        const COLUMN: Column = Column {
            name: "ID",
            rust_name: "id",
            data_type: NUMBER,
            nullable: false,
            default: None,
            autoincrement: Some(Autoincrement { start: 1, step: 1 }),
            comment: "",
        };
        const PARTS: &[(bool, &[Column])] = &[(true, &[COLUMN]), (false, &[COLUMN])];
        let columns: [Column; 2] = concat_columns(PARTS);
        assert_eq!(count_columns(PARTS), 2);
        assert!(columns[0].is_required() && !columns[1].is_required());
        assert!(std::panic::catch_unwind(|| check_column_names("T", &columns)).is_err());
    }
}
