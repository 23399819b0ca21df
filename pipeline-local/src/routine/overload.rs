//! Which of several overloads a call means.

use crate::catalog::Object;
use crate::catalog::def::Argument;
use crate::parse::quote;
use crate::types::SqlType;
use crate::{Result, SqlError};

/// An argument of a call, as far as the choice among overloads needs it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Supplied {
    /// The argument's name, where it was given by name.
    pub(crate) name: Option<String>,
    /// Its type; none for a NULL, which fits any.
    pub(crate) sql_type: Option<SqlType>,
}

/// The overload that is nearest to what was supplied. `place` is the call's position in its line.
pub(crate) fn choose(
    name: &str,
    overloads: Vec<(Object, Vec<Argument>)>,
    supplied: &[Supplied],
    place: (u32, u32),
) -> Result<Object> {
    let mut best: Vec<(u32, Object)> = Vec::new();
    for (overload, arguments) in overloads {
        let Some(score) = fit(&arguments, supplied) else { continue };
        if best.first().is_none_or(|(other, _)| score < *other) {
            best.clear();
        }
        if best.first().is_none_or(|(other, _)| score == *other) {
            best.push((score, overload));
        }
    }
    let types = || {
        let types = supplied.iter().map(|supplied| match supplied.sql_type {
            Some(sql_type) => sql_type.to_string(),
            None => "NULL".to_owned(),
        });
        types.collect::<Vec<_>>().join(", ")
    };
    match best.len() {
        1 => Ok(best.remove(0).1),
        0 => {
            let (line, position) = place;
            Err(SqlError::new(
                1044,
                "42P13",
                format!(
                    "SQL compilation error: error line {line} at position {position}\nInvalid argument types for function '{}': ({})",
                    quote(name),
                    types()
                ),
            ))
        }
        _ => Err(SqlError::compilation(
            949,
            "42723",
            format_args!(
                "The call of '{}' with ({}) fits more than one of its overloads; cast the arguments.",
                quote(name),
                types()
            ),
        )),
    }
}

/// For every declared argument the supplied one that is meant for it; none when a supplied one has no place, or one
/// without a default is missing.
pub(crate) fn placed(declared: &[Argument], names: &[Option<String>]) -> Option<Vec<Option<usize>>> {
    if names.len() > declared.len() {
        return None;
    }
    let mut places = vec![None; declared.len()];
    for (index, name) in names.iter().enumerate() {
        let place = match name {
            Some(name) => declared.iter().position(|other| other.name == *name)?,
            None => index,
        };
        if places[place].replace(index).is_some() {
            return None;
        }
    }
    let complete = declared.iter().zip(&places).all(|(argument, place)| place.is_some() || argument.default.is_some());
    complete.then_some(places)
}

/// How far the supplied arguments are from the declared ones; `None` when they do not fit at all.
fn fit(declared: &[Argument], supplied: &[Supplied]) -> Option<u32> {
    let names: Vec<_> = supplied.iter().map(|supplied| supplied.name.clone()).collect();
    let places = placed(declared, &names)?;
    let mut score = 0;
    for (argument, place) in declared.iter().zip(places) {
        if let Some(place) = place {
            score += distance(supplied[place].sql_type, argument.sql_type)?;
        }
    }
    Some(score)
}

/// How far a value's type is from another that it is implicitly converted to.
fn distance(from: Option<SqlType>, to: SqlType) -> Option<u32> {
    let Some(from) = from else { return Some(0) };
    let (from, to) = (from.family(), to.family());
    let timestamp = |family: &str| family.starts_with("TIMESTAMP");
    Some(match (from, to) {
        (from, to) if from == to => 0,
        ("NUMBER", "FLOAT") => 1,
        ("OBJECT" | "ARRAY", "VARIANT") => 1,
        (from, to) if timestamp(from) && timestamp(to) => 1,
        ("DATE", to) if timestamp(to) => 1,
        ("FLOAT", "NUMBER") | ("NUMBER" | "FLOAT", "BOOLEAN") => 3,
        (from, "DATE" | "TIME") if timestamp(from) => 3,
        (from, "VARIANT") if from != "BINARY" => 2,
        ("VARIANT", to) if to != "BINARY" => 4,
        ("NUMBER" | "FLOAT" | "BOOLEAN" | "DATE" | "TIME", "VARCHAR") => 2,
        (from, "VARCHAR") if timestamp(from) => 2,
        ("VARCHAR", to) if !matches!(to, "BINARY" | "OBJECT" | "ARRAY") => 4,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn argument(name: &str, sql_type: SqlType, default: Option<&str>) -> Argument {
        Argument { name: name.to_owned(), sql_type, default: default.map(str::to_owned), output: false }
    }

    #[test]
    fn distances_of_overloads() {
        let supplied =
            |name: Option<&str>, sql_type| Supplied { name: name.map(str::to_owned), sql_type: Some(sql_type) };
        let number = argument("A", SqlType::INTEGER, None);
        let text = argument("B", SqlType::TEXT, None);
        let optional = argument("B", SqlType::TEXT, Some("'x'"));
        let one = [supplied(None, SqlType::INTEGER)];
        let date = [supplied(None, SqlType::Date)];
        let null = [Supplied { name: None, sql_type: None }];
        let named = [supplied(Some("B"), SqlType::TEXT), supplied(Some("A"), SqlType::INTEGER)];
        let unknown = [supplied(Some("C"), SqlType::INTEGER)];
        let twice = [supplied(None, SqlType::INTEGER), supplied(Some("A"), SqlType::INTEGER)];
        for (declared, supplied, expected) in [
            (vec![number.clone()], one.as_slice(), Some(0)),
            (vec![text.clone()], &one, Some(2)),
            (vec![number.clone()], &date, None),
            (vec![text.clone()], &date, Some(2)),
            (vec![number.clone()], &null, Some(0)),
            (vec![number.clone(), optional.clone()], &one, Some(0)),
            (vec![number.clone(), text.clone()], &one, None),
            (vec![], &one, None),
            (vec![number.clone(), text.clone()], &named, Some(0)),
            (vec![number.clone()], &unknown, None),
            (vec![number, text], &twice, None),
        ] {
            assert_eq!(fit(&declared, supplied), expected, "{declared:?} {supplied:?}");
        }
    }
}
