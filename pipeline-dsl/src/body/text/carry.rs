//! Values of variables in the SQL that JavaScript sends and reads: binds on the way there, texts on the way back.

use std::rc::Rc;

use crate::body::VariableId;
use crate::expr::ast::{Ast, Literal, Node};
use crate::types::DataType;

/// Noncharacters of Unicode, which no text contains, around the number of a variable.
const MARKS: [char; 2] = ['\u{FDD0}', '\u{FDD1}'];

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
pub(in crate::body) fn binds(marked: &str) -> (String, Vec<VariableId>) {
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
pub(in crate::body) fn readable(value: &Node, data_type: DataType) -> Node {
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

fn is_now(value: &Node) -> bool {
    matches!(&**value, Ast::Call { name: "CURRENT_TIMESTAMP", .. })
}
