//! How values of SQL types look in JavaScript, and how they get there and back.

use std::rc::Rc;

use crate::body::Variable;
use crate::expr::ast::{Ast, Literal, Node};
use crate::query::Select;
use crate::types::DataType;

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

/// Whether JavaScript reads a value of the type as its variables hold it.
pub(super) fn reads_as_is(data_type: DataType) -> bool {
    use DataType::{Boolean, Float, Number, Varchar};
    matches!(data_type, Number { .. } | Varchar { .. } | Boolean | Float)
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
