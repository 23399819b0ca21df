//! Regular expressions.

use std::cell::RefCell;
use std::collections::HashMap;

use regex::{Regex, RegexBuilder};

use super::args::{integer_or, invalid_value, text, text_or};
use super::datum::Datum;
use super::json::Json;
use super::string::WIDE;
use super::udf::{Env, Function, Param, Returns, function};
use crate::error::{Result, SqlError};
use crate::types::SqlType;

thread_local! {
    /// Patterns are mostly constants, and costly to compile.
    static COMPILED: RefCell<HashMap<(String, String), Regex>> = RefCell::new(HashMap::new());
}

/// Compiles a pattern with parameters such as `i`; `anchored` for those that match the whole text.
fn compile(pattern: &str, parameters: &str, anchored: bool) -> Result<Regex> {
    let flags = format!("{parameters}{}", if anchored { "^" } else { "" });
    let key = (pattern.to_owned(), flags);
    if let Some(found) = COMPILED.with_borrow(|compiled| compiled.get(&key).cloned()) {
        return Ok(found);
    }
    let (mut fold, mut lines, mut dot) = (false, false, false);
    for parameter in parameters.chars() {
        match parameter {
            'c' => fold = false,
            'i' => fold = true,
            'm' => lines = true,
            's' => dot = true,
            'e' => {}
            other => return Err(invalid_value("REGEXP", other, "parameters are c, i, m, e and s")),
        }
    }
    let text = if anchored { format!("^(?:{pattern})$") } else { pattern.to_owned() };
    let built = RegexBuilder::new(&text).case_insensitive(fold).multi_line(lines).dot_matches_new_line(dot).build();
    let regex = built.map_err(|error| {
        let reason = error.to_string();
        let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        SqlError::new(100_048, "2201B", format!("Invalid regular expression: '{pattern}', {reason}"))
    })?;
    COMPILED.with_borrow_mut(|compiled| {
        if compiled.len() > 200 {
            compiled.clear();
        }
        compiled.insert(key, regex.clone());
    });
    Ok(regex)
}

/// The rest of a text from a position that counts characters from 1, and how many characters come before.
fn from_position(source: &str, position: i64) -> Result<(&str, usize)> {
    if position < 1 {
        return Err(invalid_value("REGEXP", position, "a position from 1"));
    }
    let skipped = position as usize - 1;
    let start = source.char_indices().nth(skipped).map_or(source.len(), |(at, _)| at);
    Ok((&source[start..], skipped))
}

fn matches(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let regex = compile(text(&values[1])?, text_or(values, 2, "c")?, true)?;
    Ok(Datum::Boolean(regex.is_match(text(&values[0])?)))
}

/// Writes a replacement: `\1` to `\9` are groups.
fn expand(replacement: &str, captures: &regex::Captures<'_>, to: &mut String) {
    let mut rest = replacement.chars();
    while let Some(c) = rest.next() {
        match (c, rest.as_str().chars().next()) {
            ('\\', Some(digit)) if digit.is_ascii_digit() => {
                rest.next();
                let group = captures.get(digit as usize - '0' as usize);
                to.push_str(group.map_or("", |group| group.as_str()));
            }
            ('\\', Some('\\')) => {
                rest.next();
                to.push('\\');
            }
            _ => to.push(c),
        }
    }
}

fn replace(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let source = text(&values[0])?;
    let replacement = text_or(values, 2, "")?;
    let (rest, _) = from_position(source, integer_or(values, 3, 1)?)?;
    let occurrence = integer_or(values, 4, 0)?;
    let regex = compile(text(&values[1])?, text_or(values, 5, "c")?, false)?;
    let mut result = source[..source.len() - rest.len()].to_owned();
    let mut copied = 0;
    for (index, captures) in regex.captures_iter(rest).enumerate() {
        let Some(found) = captures.get(0) else { continue };
        if occurrence > 0 && index as i64 + 1 != occurrence {
            continue;
        }
        result.push_str(&rest[copied..found.start()]);
        expand(replacement, &captures, &mut result);
        copied = found.end();
    }
    result.push_str(&rest[copied..]);
    Ok(Datum::Text(result))
}

/// The group that is asked for: the one named, the first with `e`, else the whole match.
fn group(values: &[Datum], parameters: &str, regex: &Regex) -> Result<usize> {
    let default = i64::from(parameters.contains('e') && regex.captures_len() > 1);
    let group = integer_or(values, 5, default)?;
    usize::try_from(group).map_err(|_| invalid_value("REGEXP_SUBSTR", group, "a group from 0"))
}

fn substring(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let (rest, _) = from_position(text(&values[0])?, integer_or(values, 2, 1)?)?;
    let occurrence = integer_or(values, 3, 1)?.max(1) as usize - 1;
    let parameters = text_or(values, 4, "c")?;
    let regex = compile(text(&values[1])?, parameters, false)?;
    let group = group(values, parameters, &regex)?;
    let found = regex.captures_iter(rest).nth(occurrence);
    let found = found.as_ref().and_then(|captures| captures.get(group));
    Ok(found.map_or(Datum::Null, |found| Datum::text(found.as_str())))
}

fn substrings(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let (rest, _) = from_position(text(&values[0])?, integer_or(values, 2, 1)?)?;
    let occurrence = integer_or(values, 3, 1)?.max(1) as usize - 1;
    let parameters = text_or(values, 4, "c")?;
    let regex = compile(text(&values[1])?, parameters, false)?;
    let group = group(values, parameters, &regex)?;
    let found = regex.captures_iter(rest).skip(occurrence).filter_map(|captures| captures.get(group));
    Ok(Datum::Json(Json::Array(found.map(|found| Json::String(found.as_str().to_owned())).collect())))
}

fn position(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let (rest, skipped) = from_position(text(&values[0])?, integer_or(values, 2, 1)?)?;
    let occurrence = integer_or(values, 3, 1)?.max(1) as usize - 1;
    let after = integer_or(values, 4, 0)? != 0;
    let parameters = text_or(values, 5, "c")?;
    let regex = compile(text(&values[1])?, parameters, false)?;
    let default = i64::from(parameters.contains('e') && regex.captures_len() > 1);
    let group = integer_or(values, 6, default)?.max(0) as usize;
    let found = regex.captures_iter(rest).nth(occurrence);
    let found = found.as_ref().and_then(|captures| captures.get(group));
    Ok(Datum::integer(found.map_or(0, |found| {
        let at = if after { found.end() } else { found.start() };
        (skipped + rest[..at].chars().count() + 1) as i64
    })))
}

fn count(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let (rest, _) = from_position(text(&values[0])?, integer_or(values, 2, 1)?)?;
    let regex = compile(text(&values[1])?, text_or(values, 3, "c")?, false)?;
    Ok(Datum::integer(regex.find_iter(rest).count() as i64))
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Integer, Text};
    let whole = Returns::Type(SqlType::Number { precision: 18, scale: 0 });
    let wide = Returns::Type(WIDE);
    const SUBSTRING: &[Param] = &[Text, Text, Integer, Integer, Text, Integer];
    vec![
        function("REGEXP_LIKE", &[Text, Text, Text], Returns::Type(SqlType::Boolean), matches)
            .optional(1)
            .aliases(&["RLIKE", "REGEXP"]),
        function("REGEXP_REPLACE", &[Text, Text, Text, Integer, Integer, Text], wide, replace).optional(4),
        function("REGEXP_SUBSTR", SUBSTRING, wide, substring).optional(4),
        function("REGEXP_SUBSTR_ALL", SUBSTRING, Returns::Type(SqlType::Array), substrings)
            .optional(4)
            .aliases(&["REGEXP_EXTRACT_ALL"]),
        function("REGEXP_INSTR", &[Text, Text, Integer, Integer, Integer, Text, Integer], whole, position).optional(5),
        function("REGEXP_COUNT", &[Text, Text, Integer, Text], whole, count).optional(2),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[test]
    fn expressions() {
        check(&[
            ("REGEXP_LIKE('abc', 'b')", "false"),
            ("REGEXP_LIKE('abc', 'a.c')", "true"),
            ("RLIKE('ABC', 'a.*', 'i')", "true"),
            ("REGEXP_REPLACE('a1b22', '[0-9]+')", "ab"),
            ("REGEXP_REPLACE('first last', '(\\w+) (\\w+)', '\\2 $1 \\1')", "last $1 first"),
            ("REGEXP_REPLACE('aaa', 'a', 'b', 1, 2)", "aba"),
            ("REGEXP_REPLACE('aaa', 'a', 'b', 2)", "abb"),
            ("REGEXP_SUBSTR('id=42;x=7', '[0-9]+')", "42"),
            ("REGEXP_SUBSTR('id=42;x=7', '[0-9]+', 1, 2)", "7"),
            ("REGEXP_SUBSTR('id=42', 'id=([0-9]+)', 1, 1, 'e')", "42"),
            ("REGEXP_SUBSTR('abc', 'z')", "NULL"),
            ("REGEXP_SUBSTR_ALL('a1b22', '[0-9]+')", "[\"1\",\"22\"]"),
            ("REGEXP_INSTR('ab12', '[0-9]+')", "3"),
            ("REGEXP_INSTR('ab12', '[0-9]+', 1, 1, 1)", "5"),
            ("REGEXP_COUNT('a1b22', '[0-9]')", "3"),
            ("REGEXP_LIKE('a', '(')", "100048 Invalid regular expression: '(', unclosed group"),
        ]);
    }
}
