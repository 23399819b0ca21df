//! Tables: columns compared one by one.

use pipeline_dsl::object::Column;

use super::text::squash;
use crate::connection::Row;

/// A column as DESCRIBE TABLE shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LiveColumn {
    pub(super) name: String,
    pub(super) data_type: String,
    pub(super) nullable: bool,
    /// The default as SQL text; numbering is `IDENTITY ..`.
    pub(super) default: Option<String>,
}

pub(super) fn columns(rows: &[Row]) -> Vec<LiveColumn> {
    rows.iter()
        .filter(|row| row.text("kind").is_none_or(|kind| kind.eq_ignore_ascii_case("COLUMN")))
        .map(|row| LiveColumn {
            name: row.text("name").unwrap_or_default(),
            data_type: row.text("type").unwrap_or_default(),
            nullable: row.text("null?").is_none_or(|text| text.eq_ignore_ascii_case("Y")),
            default: super::text::given(row.text("default")),
        })
        .collect()
}

/// What differs, and what to do about it. Of a table that others own, only the columns that the pipeline names count.
pub(super) fn compare(
    table: &str,
    wanted: &[Column],
    live: &[LiveColumn],
    external: bool,
) -> (Vec<String>, Vec<String>) {
    let mut details = Vec::new();
    let mut help = Vec::new();
    for column in wanted {
        let Some(there) = live.iter().find(|there| there.name == column.name) else {
            details.push(format!("+ {} {}: missing in the account", column.name, column.data_type));
            help.push(format!(
                "`ALTER TABLE {table} ADD COLUMN {} {}`",
                pipeline_dsl::ident::quote(column.name),
                column.data_type
            ));
            continue;
        };
        let (is, shall) = (normal_type(&there.data_type), normal_type(&column.data_type.ddl()));
        if is != shall {
            details.push(format!("~ {}: is {is}, the pipeline says {shall}", column.name));
        }
        if there.nullable != column.nullable {
            let word = |nullable| if nullable { "NULL" } else { "NOT NULL" };
            details.push(format!(
                "~ {}: is {}, the pipeline says {}",
                column.name,
                word(there.nullable),
                word(column.nullable)
            ));
        }
        let shall = default_text(column);
        let is = there.default.as_deref().map(normal_default);
        if is != shall && !external {
            let word = |text: &Option<String>| text.clone().unwrap_or_else(|| "no default".to_owned());
            details.push(format!("~ {}: has {}, the pipeline says {}", column.name, word(&is), word(&shall)));
        }
    }
    for there in live.iter().filter(|_| !external) {
        if !wanted.iter().any(|column| column.name == there.name) {
            details.push(format!("- {} {}: not in the pipeline", there.name, there.data_type));
        }
    }
    if details.is_empty() && !external {
        let order = |mut names: Box<dyn Iterator<Item = &str> + '_>| names.by_ref().collect::<Vec<_>>().join(", ");
        let (is, shall) =
            (order(Box::new(live.iter().map(|c| c.name.as_str()))), order(Box::new(wanted.iter().map(|c| c.name))));
        if is != shall {
            details.push(format!("~ the order of columns: is {is}"));
        }
    }
    if details.len() > help.len() {
        help.push(
            "bring the struct in line with the account, or change the table by hand while no stream of it has unread rows"
                .to_owned(),
        );
    }
    (details, help)
}

fn default_text(column: &Column) -> Option<String> {
    if let Some(numbering) = column.autoincrement {
        return Some(format!("IDENTITY START {} INCREMENT {}", numbering.start, numbering.step));
    }
    column.default.map(|default| normal_default(&default.sql()))
}

/// Defaults come back in several spellings.
fn normal_default(text: &str) -> String {
    let mut text = squash(text);
    for order in [" NOORDER", " ORDER"] {
        if let Some(rest) = text.strip_suffix(order) {
            text = rest.to_owned();
        }
    }
    if let Some(rest) = text.strip_prefix("AUTOINCREMENT") {
        text = format!("IDENTITY{rest}");
    }
    // DEFAULT CURRENT_TIMESTAMP() of a TIMESTAMP_NTZ column may be shown with the conversion it implies.
    if let Some(inner) = text.strip_prefix("CAST(").and_then(|rest| rest.strip_suffix(')'))
        && let Some((value, _)) = inner.rsplit_once("AS ")
    {
        text = value.trim_end().to_owned();
    }
    if let Some((value, cast)) = text.rsplit_once("::")
        && cast.starts_with("TIMESTAMP")
    {
        text = value.to_owned();
    }
    text
}

/// One spelling per type, so that equal types compare equal.
pub(super) fn normal_type(text: &str) -> String {
    let text: String = text.to_uppercase().split_whitespace().collect();
    let (name, parameters) = match text.split_once('(') {
        Some((name, rest)) => (name, rest.trim_end_matches(')')),
        None => (text.as_str(), ""),
    };
    let or = |default: &str| if parameters.is_empty() { default.to_owned() } else { parameters.to_owned() };
    match name {
        "INT" | "INTEGER" | "BIGINT" | "SMALLINT" | "TINYINT" | "BYTEINT" => "NUMBER(38,0)".to_owned(),
        "NUMBER" | "DECIMAL" | "NUMERIC" | "DEC" => match or("38,0") {
            precision if precision.contains(',') => format!("NUMBER({precision})"),
            precision => format!("NUMBER({precision},0)"),
        },
        "VARCHAR" | "STRING" | "TEXT" | "NVARCHAR" => format!("VARCHAR({})", or("16777216")),
        "CHAR" | "CHARACTER" | "NCHAR" => format!("VARCHAR({})", or("1")),
        "BINARY" | "VARBINARY" => format!("BINARY({})", or("8388608")),
        "FLOAT" | "FLOAT4" | "FLOAT8" | "DOUBLE" | "DOUBLEPRECISION" | "REAL" => "FLOAT".to_owned(),
        "DATETIME" | "TIMESTAMP" | "TIMESTAMP_NTZ" | "TIMESTAMPNTZ" => format!("TIMESTAMP_NTZ({})", or("9")),
        "TIMESTAMP_LTZ" | "TIMESTAMP_TZ" | "TIME" => format!("{name}({})", or("9")),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use pipeline_dsl::{
        object::{Autoincrement, DefaultValue},
        types::DataType,
    };

    use super::*;

    const fn column(name: &'static str, data_type: DataType, nullable: bool, default: Option<DefaultValue>) -> Column {
        Column { name, rust_name: "", data_type, nullable, default, autoincrement: None, comment: "" }
    }

    const WANTED: [Column; 4] = [
        Column {
            autoincrement: Some(Autoincrement { start: 1, step: 1 }),
            ..column("ID", DataType::Number { precision: 38, scale: 0 }, false, None)
        },
        column("STATUS", DataType::Varchar { length: 10 }, true, Some(DefaultValue::Text("ACTIVE"))),
        column("CREATED_AT", DataType::TimestampNtz, true, Some(DefaultValue::Function("CURRENT_TIMESTAMP"))),
        column("NOTE", DataType::Varchar { length: DataType::DEFAULT_VARCHAR }, true, None),
    ];

    fn live(name: &str, data_type: &str, nullable: bool, default: Option<&str>) -> LiveColumn {
        LiveColumn { name: name.into(), data_type: data_type.into(), nullable, default: default.map(ToOwned::to_owned) }
    }

    fn same() -> Vec<LiveColumn> {
        vec![
            live("ID", "NUMBER(38,0)", false, Some("IDENTITY START 1 INCREMENT 1 NOORDER")),
            live("STATUS", "VARCHAR(10)", true, Some("'ACTIVE'")),
            live("CREATED_AT", "TIMESTAMP_NTZ(9)", true, Some("CAST(CURRENT_TIMESTAMP() AS TIMESTAMP_NTZ(9))")),
            live("NOTE", "VARCHAR(16777216)", true, None),
        ]
    }

    #[test]
    fn spellings_of_the_same_table_do_not_differ() {
        assert_eq!(compare("D.S.T", &WANTED, &same(), false), (vec![], vec![]));
    }

    #[test]
    fn every_difference_is_named() {
        type Change = fn(&mut Vec<LiveColumn>);
        let cases: [(Change, &str); 7] = [
            (
                |live| live[1].data_type = "VARCHAR(20)".into(),
                "~ STATUS: is VARCHAR(20), the pipeline says VARCHAR(10)",
            ),
            (|live| live[0].nullable = true, "~ ID: is NULL, the pipeline says NOT NULL"),
            (|live| live[1].default = Some("'NEW'".into()), "~ STATUS: has 'NEW', the pipeline says 'ACTIVE'"),
            (|live| live[2].default = None, "~ CREATED_AT: has no default, the pipeline says CURRENT_TIMESTAMP()"),
            (
                |columns| columns.push(live("TIER", "NUMBER(3,0)", true, None)),
                "- TIER NUMBER(3,0): not in the pipeline",
            ),
            (|live| drop(live.pop()), "+ NOTE VARCHAR: missing in the account"),
            (|live| live.swap(1, 2), "~ the order of columns: is ID, CREATED_AT, STATUS, NOTE"),
        ];
        for (change, expected) in cases {
            let mut columns = same();
            change(&mut columns);
            let (details, help) = compare("D.S.T", &WANTED, &columns, false);
            assert_eq!(details, [expected]);
            assert_eq!(help.len(), 1);
        }
    }

    #[test]
    fn of_a_table_that_others_own_only_what_is_named_counts() {
        let mut columns = same();
        columns.insert(0, live("THEIRS", "VARIANT", true, None));
        columns[1].default = None;
        assert_eq!(compare("D.S.T", &WANTED, &columns, true), (vec![], vec![]));
        columns[2].data_type = "FLOAT".into();
        assert_eq!(compare("D.S.T", &WANTED, &columns, true).0, ["~ STATUS: is FLOAT, the pipeline says VARCHAR(10)"]);
    }

    #[test]
    fn types_have_one_normal_form() {
        for (left, right) in [
            ("NUMBER", "NUMBER(38,0)"),
            ("number(10)", "NUMBER(10, 0)"),
            ("STRING", "VARCHAR(16777216)"),
            ("TEXT(5)", "VARCHAR(5)"),
            ("CHAR", "VARCHAR(1)"),
            ("DOUBLE PRECISION", "FLOAT"),
            ("TIMESTAMP_LTZ", "TIMESTAMP_LTZ(9)"),
            ("VARIANT", "variant"),
        ] {
            assert_eq!(normal_type(left), normal_type(right));
        }
        assert_ne!(normal_type("TIMESTAMP_NTZ"), normal_type("TIMESTAMP_TZ"));
    }
}
