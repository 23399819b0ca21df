//! How values of SQL types look in JavaScript, and how they get there and back.

use std::rc::Rc;

use crate::body::{Variable, VariableId};
use crate::expr::ast::{Ast, Literal, Node};
use crate::query::Select;
use crate::types::DataType;

/// Noncharacters of Unicode, which no text contains, around the number of a variable.
const MARKS: [char; 2] = ['\u{FDD0}', '\u{FDD1}'];

/// The type that a JavaScript procedure declares for an argument: it cannot take NUMBER, and a Date would lose digits.
pub fn argument_type(data_type: DataType) -> DataType {
    match data_type {
        DataType::Float | DataType::Boolean | DataType::Varchar { .. } | DataType::Binary { .. } => data_type,
        DataType::Variant | DataType::Object => DataType::Variant,
        DataType::Array => DataType::Array,
        DataType::Number { .. }
        | DataType::Date
        | DataType::Time
        | DataType::TimestampNtz
        | DataType::TimestampLtz
        | DataType::TimestampTz => DataType::Varchar { length: DataType::DEFAULT_VARCHAR },
    }
}

/// The type that a JavaScript procedure declares for what it returns: what it cannot return exactly becomes text.
pub fn return_type(data_type: DataType) -> DataType {
    argument_type(data_type)
}

/// A mark for the variable, with its type around it.
pub(in crate::body) fn placeholder(id: VariableId, data_type: DataType, argument: bool) -> String {
    let mark = format!("{}{}{}", MARKS[0], id.0, MARKS[1]);
    // Text of our own making is read in the form that it was written in; that of a caller may have any.
    match (data_type, format_of(data_type)) {
        (DataType::Varchar { .. }, _) => mark,
        (DataType::Variant, _) => format!("PARSE_JSON({mark})"),
        (DataType::Object | DataType::Array, _) => format!("PARSE_JSON({mark})::{data_type}"),
        (DataType::Binary { .. }, _) => format!("TO_BINARY({mark}, 'HEX')"),
        (DataType::TimestampNtz | DataType::TimestampLtz | DataType::TimestampTz, Some(format)) if !argument => {
            format!("TO_{data_type}({mark}, '{format}')")
        }
        (DataType::Date, Some(format)) if !argument => format!("TO_DATE({mark}, '{format}')"),
        (DataType::Time, Some(format)) if !argument => format!("TO_TIME({mark}, '{format}')"),
        _ => format!("{mark}::{data_type}"),
    }
}

fn format_of(data_type: DataType) -> Option<&'static str> {
    Some(match data_type {
        DataType::Date => "YYYY-MM-DD",
        DataType::Time => "HH24:MI:SS.FF9",
        DataType::TimestampNtz => "YYYY-MM-DD HH24:MI:SS.FF9",
        DataType::TimestampLtz | DataType::TimestampTz => "YYYY-MM-DD HH24:MI:SS.FF9 TZHTZM",
        _ => return None,
    })
}

/// The SQL expression with `?` for the marks, and the variables in order.
pub(super) fn binds(marked: &str) -> (String, Vec<VariableId>) {
    let mut parts = marked.split(MARKS[0]);
    let mut text = parts.next().unwrap_or_default().to_owned();
    let mut binds = vec![];
    for part in parts {
        let (id, rest) = part.split_once(MARKS[1]).expect("every mark has two sides");
        binds.push(VariableId(id.parse().expect("a mark holds a number")));
        text.push('?');
        text.push_str(rest);
    }
    (text, binds)
}

/// The SQL expression for the value in the form that a variable of the type holds.
pub(super) fn readable(value: &Node, data_type: DataType) -> Node {
    let call = |name, mut rest: Vec<Node>| {
        rest.insert(0, value.clone());
        Rc::new(Ast::Call { name, arguments: rest })
    };
    let text = |text: &str| Rc::new(Ast::Literal(Literal::Text(text.to_owned())));
    match (data_type, format_of(data_type)) {
        (DataType::Variant | DataType::Object | DataType::Array, _) => call("TO_JSON", vec![]),
        (DataType::Binary { .. }, _) => call("HEX_ENCODE", vec![]),
        // Its zone is only there once it has the type.
        (DataType::TimestampLtz | DataType::TimestampTz, Some(format)) if !is_now(value) => {
            let operand = Rc::new(Ast::Cast { operand: value.clone(), data_type, lenient: false });
            Rc::new(Ast::Call { name: "TO_VARCHAR", arguments: vec![operand, text(format)] })
        }
        (_, Some(format)) => call("TO_VARCHAR", vec![text(format)]),
        _ => value.clone(),
    }
}

/// An argument for a procedure in JavaScript: as text where that is what it declares.
pub(in crate::body) fn passed(value: &Node, data_type: DataType) -> Node {
    match format_of(data_type) {
        Some(_) => readable(value, data_type),
        None => value.clone(),
    }
}

/// Whether JavaScript reads a value of the type as its variables hold it.
pub(super) fn reads_as_is(data_type: DataType) -> bool {
    use DataType::{Boolean, Float, Number, Varchar};
    matches!(data_type, Number { .. } | Varchar { .. } | Boolean | Float)
}

fn is_now(value: &Node) -> bool {
    matches!(&**value, Ast::Call { name: "CURRENT_TIMESTAMP", .. })
}

/// The JavaScript expression that brings an argument into the form of a variable, if it has another one.
pub(super) fn argument(variable: &Variable) -> Option<String> {
    if !variable.argument {
        return None;
    }
    let name = super::argument_name(&variable.name);
    match variable.data_type {
        DataType::Variant | DataType::Object | DataType::Array => Some(format!("JSON.stringify({name})")),
        DataType::Binary { .. } => Some(format!("hex({name})")),
        DataType::Boolean => Some(format!("truth({name})")),
        _ => None,
    }
}

/// Whether a variable of the type holds the text as it is.
pub(super) fn text_fits(text: &str, data_type: DataType) -> bool {
    matches!(data_type, DataType::Varchar { length } if text.chars().count() <= length as usize)
}

/// Whether a variable of the type holds the number as it is.
pub(super) fn number_fits(digits: &str, data_type: DataType) -> bool {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches(['-', '0']).len();
    matches!(
        data_type,
        DataType::Number { precision, scale }
            if fraction.len() <= usize::from(scale) && whole <= usize::from(precision - scale)
    )
}

/// A constant as the value of a variable, converted where the variable cannot hold it as it is.
pub(super) fn literal_as(value: &Node, data_type: DataType) -> Node {
    let fits = match &**value {
        Ast::Literal(Literal::Text(text)) => text_fits(text, data_type),
        Ast::Literal(Literal::Number(digits)) => number_fits(digits, data_type),
        _ => true,
    };
    if fits { value.clone() } else { Rc::new(Ast::Cast { operand: value.clone(), data_type, lenient: false }) }
}

/// Whether the query gives one row whatever the tables hold.
pub(super) fn has_one_row(select: &Select) -> bool {
    let aggregates = select.items.iter().all(|item| item.value.is_aggregate());
    aggregates && select.group.is_empty() && select.qualify.is_none()
}
