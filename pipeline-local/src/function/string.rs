//! Text: its length, parts, case and padding.

use super::args::{integer, integer_or, invalid_value, text, text_or};
use super::datum::Datum;
use super::json::Json;
use super::udf::{Env, Function, Param, Returns, function};
use crate::error::{Result, SqlError};
use crate::types::{MAX_VARCHAR_LENGTH, SqlType};

/// Text of unknown length.
pub(super) const WIDE: SqlType = SqlType::Varchar(MAX_VARCHAR_LENGTH);

fn initcap(source: &str, delimiters: Option<&str>) -> String {
    const DEFAULT: &str = "!?@\"^#$&~_,.:;+-*%/|\\[](){}<>";
    let delimits = |c: char| match delimiters {
        Some(given) => given.contains(c),
        None => c.is_whitespace() || DEFAULT.contains(c),
    };
    let mut start = true;
    let mut result = String::with_capacity(source.len());
    for c in source.chars() {
        if start {
            result.extend(c.to_uppercase());
        } else {
            result.extend(c.to_lowercase());
        }
        start = delimits(c);
    }
    result
}

fn trim(values: &[Datum], left: bool, right: bool) -> Result<Datum> {
    let (mut source, set) = (text(&values[0])?, text_or(values, 1, " ")?);
    let in_set = |c: char| set.contains(c);
    if left {
        source = source.trim_start_matches(in_set);
    }
    if right {
        source = source.trim_end_matches(in_set);
    }
    Ok(Datum::text(source))
}

fn translate(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let (from, to): (Vec<char>, Vec<char>) = (text(&values[1])?.chars().collect(), text(&values[2])?.chars().collect());
    let map = |c: char| match from.iter().position(|wanted| *wanted == c) {
        Some(index) => to.get(index).copied(),
        None => Some(c),
    };
    Ok(Datum::Text(text(&values[0])?.chars().filter_map(map).collect()))
}

fn repeat(source: &str, count: i64) -> Result<Datum> {
    let count = count.max(0) as usize;
    if source.len().saturating_mul(count) > MAX_VARCHAR_LENGTH as usize {
        return Err(invalid_value("REPEAT", count, "a result of at most the longest VARCHAR"));
    }
    Ok(Datum::Text(source.repeat(count)))
}

fn pieces<'a>(source: &'a str, separator: &str) -> Vec<&'a str> {
    if separator.is_empty() { vec![source] } else { source.split(separator).collect() }
}

fn split_part(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let parts = pieces(text(&values[0])?, text(&values[1])?);
    let index = match integer(&values[2])? {
        0 => Some(0),
        index if index > 0 => Some(index as usize - 1),
        index => parts.len().checked_sub(index.unsigned_abs() as usize),
    };
    Ok(Datum::text(index.and_then(|index| parts.get(index)).copied().unwrap_or("")))
}

fn tokens(values: &[Datum]) -> Result<Vec<&str>> {
    let (source, delimiters) = (text(&values[0])?, text_or(values, 1, " ")?);
    if delimiters.is_empty() {
        return Ok(if source.is_empty() { Vec::new() } else { vec![source] });
    }
    Ok(source.split(|c| delimiters.contains(c)).filter(|token| !token.is_empty()).collect())
}

/// Whether a text matches a LIKE pattern.
pub(super) fn like(source: &str, pattern: &str, escape: Option<char>, fold: bool) -> bool {
    let fold_text = |text: &str| if fold { text.to_lowercase() } else { text.to_owned() };
    let source: Vec<char> = fold_text(source).chars().collect();
    // `None` is %, `Some(None)` is _.
    let mut parts: Vec<Option<Option<char>>> = Vec::new();
    let folded = fold_text(pattern);
    let mut rest = folded.chars();
    while let Some(c) = rest.next() {
        parts.push(if Some(c) == escape {
            rest.next().map(Some)
        } else {
            match c {
                '%' => None,
                '_' => Some(None),
                c => Some(Some(c)),
            }
        });
    }
    let (mut at, mut part, mut retry) = (0, 0, None);
    while at < source.len() {
        match parts.get(part) {
            Some(None) => {
                retry = Some((part, at));
                part += 1;
            }
            Some(Some(wanted)) if wanted.is_none_or(|wanted| wanted == source[at]) => {
                at += 1;
                part += 1;
            }
            _ => match retry {
                Some((from, tried)) => {
                    retry = Some((from, tried + 1));
                    at = tried + 1;
                    part = from + 1;
                }
                None => return false,
            },
        }
    }
    parts[part..].iter().all(Option::is_none)
}

fn like_function(values: &[Datum], fold: bool) -> Result<Datum> {
    let escape = match values.get(2) {
        None => None,
        Some(escape) => {
            let mut chars = text(escape)?.chars();
            match (chars.next(), chars.next()) {
                (escape, None) => escape,
                _ => return Err(invalid_value("LIKE", text(escape)?, "one escape character")),
            }
        }
    };
    Ok(Datum::Boolean(like(text(&values[0])?, text(&values[1])?, escape, fold)))
}

fn array_of(parts: Vec<&str>) -> Datum {
    Datum::Json(Json::Array(parts.into_iter().map(|part| Json::String(part.to_owned())).collect()))
}

/// 100183: a number that is no character's.
fn no_character(code: i64) -> SqlError {
    SqlError::new(100_183, "22000", format!("Invalid character code {code} in the CHR input"))
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Integer, Text, TextOrBinary};
    const ONE: &[Param] = &[Text];
    const TWO: &[Param] = &[Text, Text];
    let wide = Returns::Type(WIDE);
    let same = Returns::Like(0);
    let count = Returns::Type(SqlType::Number { precision: 18, scale: 0 });
    let truth = Returns::Type(SqlType::Boolean);
    let array = Returns::Type(SqlType::Array);
    vec![
        function("CONCAT_WS", TWO, wide, |values, _| {
            let texts: Result<Vec<&str>> = values[1..].iter().map(text).collect();
            Ok(Datum::Text(texts?.join(text(&values[0])?)))
        })
        .repeat(1),
        function("LENGTH", &[TextOrBinary], count, |values, _| {
            Ok(Datum::integer(match &values[0] {
                Datum::Binary(bytes) => bytes.len(),
                other => text(other)?.chars().count(),
            } as i64))
        })
        .aliases(&["LEN", "CHAR_LENGTH", "CHARACTER_LENGTH"]),
        function("RTRIMMED_LENGTH", ONE, count, |values, _| {
            Ok(Datum::integer(text(&values[0])?.trim_end_matches(' ').chars().count() as i64))
        }),
        function("OCTET_LENGTH", &[TextOrBinary], count, |values, _| octets(&values[0]).map(Datum::integer)),
        function("BIT_LENGTH", &[TextOrBinary], count, |values, _| {
            octets(&values[0]).map(|octets| Datum::integer(octets * 8))
        }),
        function("UPPER", ONE, same, |values, _| Ok(Datum::Text(text(&values[0])?.to_uppercase()))),
        function("LOWER", ONE, same, |values, _| Ok(Datum::Text(text(&values[0])?.to_lowercase()))),
        function("INITCAP", TWO, same, |values, _| {
            Ok(Datum::Text(initcap(text(&values[0])?, values.get(1).map(text).transpose()?)))
        })
        .optional(1),
        function("TRIM", TWO, same, |values, _| trim(values, true, true)).optional(1).aliases(&["BTRIM"]),
        function("LTRIM", TWO, same, |values, _| trim(values, true, false)).optional(1),
        function("RTRIM", TWO, same, |values, _| trim(values, false, true)).optional(1),
        function("REPLACE", &[Text, Text, Text], wide, |values, _| {
            let (source, from) = (text(&values[0])?, text(&values[1])?);
            Ok(Datum::Text(if from.is_empty() {
                source.to_owned()
            } else {
                source.replace(from, text_or(values, 2, "")?)
            }))
        })
        .optional(1),
        function("TRANSLATE", &[Text, Text, Text], wide, translate),
        function("REPEAT", &[Text, Integer], wide, |values, _| repeat(text(&values[0])?, integer(&values[1])?)),
        function("SPACE", &[Integer], wide, |values, _| repeat(" ", integer(&values[0])?)),
        function("ASCII", ONE, count, |values, _| {
            Ok(Datum::integer(text(&values[0])?.bytes().next().map_or(0, i64::from)))
        }),
        function("UNICODE", ONE, count, |values, _| {
            Ok(Datum::integer(text(&values[0])?.chars().next().map_or(0, |c| i64::from(u32::from(c)))))
        }),
        function("CHR", &[Integer], Returns::Type(SqlType::Varchar(1)), |values, _| {
            let code = integer(&values[0])?;
            let c = u32::try_from(code).ok().and_then(char::from_u32);
            c.map(|c| Datum::Text(c.to_string())).ok_or_else(|| no_character(code))
        })
        .aliases(&["CHAR"]),
        function("SPLIT", TWO, array, |values, _| Ok(array_of(pieces(text(&values[0])?, text(&values[1])?)))),
        function("SPLIT_PART", &[Text, Text, Integer], wide, split_part),
        function("STRTOK", &[Text, Text, Integer], wide, |values, _| {
            let index = integer_or(values, 2, 1)?;
            if index < 1 {
                return Err(invalid_value("STRTOK", index, "the number of a token, from 1"));
            }
            Ok(tokens(values)?.get(index as usize - 1).copied().map_or(Datum::Null, Datum::text))
        })
        .optional(2),
        function("STRTOK_TO_ARRAY", TWO, array, |values, _| Ok(array_of(tokens(values)?))).optional(1),
        function("LIKE", &[Text, Text, Text], truth, |values, _| like_function(values, false)).optional(1),
        function("ILIKE", &[Text, Text, Text], truth, |values, _| like_function(values, true)).optional(1),
    ]
}

fn octets(value: &Datum) -> Result<i64> {
    Ok(match value {
        Datum::Binary(bytes) => bytes.len(),
        other => text(other)?.len(),
    } as i64)
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[test]
    fn parts_and_shape() {
        check(&[
            ("CONCAT_WS('-', 'a', 'b', 'c')", "a-b-c"),
            ("CONCAT_WS('-', 'a', NULL)", "NULL"),
            ("LENGTH('añb')", "NUMBER(18,0)|3"),
            ("OCTET_LENGTH('añb')", "4"),
            ("LEN(12345)", "5"),
            ("RTRIMMED_LENGTH(' ABCD ')", "5"),
            ("UPPER('aß')", "ASS"),
            ("INITCAP('hello wORLD-x')", "Hello World-X"),
            ("INITCAP('a b_c', '_')", "A b_C"),
            ("TRIM('  a ')", "a"),
            ("LTRIM('xxaxx', 'x')", "axx"),
            ("RTRIM('a.00', '0.')", "a"),
            ("REPLACE('banana', 'an', 'x')", "bxxa"),
            ("REPLACE('banana', 'an')", "ba"),
            ("TRANSLATE('abcd', 'abc', 'xy')", "xyd"),
            ("REPEAT('ab', 3)", "ababab"),
            ("ASCII('A')", "65"),
            ("CHR(65)", "A"),
            ("SPLIT('a,b', ',')", "ARRAY|[\"a\",\"b\"]"),
            ("SPLIT('', ',')", "[\"\"]"),
            ("SPLIT_PART('a.b.c', '.', 2)", "b"),
            ("SPLIT_PART('a.b.c', '.', -1)", "c"),
            ("SPLIT_PART('a.b.c', '.', 0)", "a"),
            ("SPLIT_PART('a.b.c', '.', 9)", ""),
            ("STRTOK('a.b@c', '.@', 3)", "c"),
            ("STRTOK('a b')", "a"),
            ("STRTOK('a b', ' ', 3)", "NULL"),
            ("STRTOK('', '')", "NULL"),
            ("STRTOK_TO_ARRAY('a..b', '.')", "[\"a\",\"b\"]"),
            ("UPPER()", "000938 SQL compilation error:\nnot enough arguments for function [UPPER], expected 1, got 0"),
            (
                "UPPER('a', 'b')",
                "000939 SQL compilation error:\ntoo many arguments for function [UPPER], expected 1, got 2",
            ),
        ]);
    }

    #[test]
    fn matching() {
        check(&[
            ("LIKE('abc', 'a%')", "true"),
            ("LIKE('abc', 'b%')", "false"),
            ("LIKE('abc', '_b_')", "true"),
            ("LIKE('a%c', 'a^%c', '^')", "true"),
            ("LIKE('abc', 'a^%c', '^')", "false"),
            ("LIKE('xaxbx', '%a%b%')", "true"),
            ("LIKE('', '%')", "true"),
            ("ILIKE('ABC', 'a%')", "true"),
            ("LIKE(NULL, 'a')", "NULL"),
        ]);
    }
}
