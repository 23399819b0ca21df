//! Text: its length, parts, case and padding.

use super::args::{integer, integer_or, invalid_value, text, text_or};
use super::datum::Datum;
use super::json::Json;
use super::udf::{Env, Function, Param, Returns, Types, function};
use crate::error::{Result, SqlError};
use crate::types::{MAX_VARCHAR_LENGTH, SqlType};

/// Text of unknown length.
pub(super) const WIDE: SqlType = SqlType::Varchar(MAX_VARCHAR_LENGTH);

fn concatenated(types: &Types<'_>) -> Result<SqlType> {
    let lengths = types.types.iter().flatten().map(|found| match found {
        SqlType::Varchar(length) => u64::from(*length),
        _ => 0,
    });
    Ok(SqlType::Varchar(lengths.sum::<u64>().clamp(1, MAX_VARCHAR_LENGTH.into()) as u32))
}

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

fn pad(values: &[Datum], left: bool) -> Result<Datum> {
    let (source, filler) = (text(&values[0])?, text_or(values, 2, " ")?);
    let length = integer(&values[1])?.max(0) as usize;
    if length > MAX_VARCHAR_LENGTH as usize {
        return Err(invalid_value("LPAD", length, "at most the longest VARCHAR"));
    }
    let count = source.chars().count();
    if count >= length || filler.is_empty() {
        return Ok(Datum::Text(source.chars().take(length).collect()));
    }
    let padding: String = filler.chars().cycle().take(length - count).collect();
    Ok(Datum::Text(if left { padding + source } else { source.to_owned() + &padding }))
}

/// A part by a position from 1, or from the end if negative; 0 counts as 1.
fn substring(source: &str, start: i64, length: Option<i64>) -> String {
    let count = source.chars().count() as i64;
    let from = match start {
        0 => 0,
        start if start > 0 => start - 1,
        start if -start > count => return String::new(),
        start => count + start,
    };
    let length = length.unwrap_or(i64::MAX).max(0);
    source.chars().skip(from as usize).take(length.min(count) as usize).collect()
}

/// The position from 1 of a text in another, 0 if absent.
fn position(values: &[Datum]) -> Result<Datum> {
    let (wanted, source) = (text(&values[0])?, text(&values[1])?);
    let from = integer_or(values, 2, 1)?.max(1) as usize - 1;
    let mut starts = source.char_indices().map(|(at, _)| at).chain([source.len()]);
    let Some(start) = starts.nth(from) else {
        return Ok(Datum::integer(0));
    };
    let found = source[start..].find(wanted).map(|at| source[..start + at].chars().count() + 1);
    Ok(Datum::integer(found.unwrap_or(0) as i64))
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

fn insert(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let source: Vec<char> = text(&values[0])?.chars().collect();
    let (at, length) = (integer(&values[1])?, integer(&values[2])?);
    if at < 1 || length < 0 {
        return Err(invalid_value("INSERT", at.min(length), "a position from 1 and a length from 0"));
    }
    let start = (at as usize - 1).min(source.len());
    let end = start.saturating_add(length as usize).min(source.len());
    let mut result: String = source[..start].iter().collect();
    result.push_str(text(&values[3])?);
    result.extend(&source[end..]);
    Ok(Datum::Text(result))
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
        return Ok(vec![source]);
    }
    Ok(source.split(|c| delimiters.contains(c)).filter(|token| !token.is_empty()).collect())
}

fn edit_distance(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let (a, b): (Vec<char>, Vec<char>) = (text(&values[0])?.chars().collect(), text(&values[1])?.chars().collect());
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (row, left) in a.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, right) in b.iter().enumerate() {
            let replace = previous[column] + usize::from(left != right);
            current.push(replace.min(previous[column + 1] + 1).min(current[column] + 1));
        }
        previous = current;
    }
    let distance = previous[b.len()] as i64;
    Ok(Datum::integer(if values.len() > 2 { distance.min(integer(&values[2])?) } else { distance }))
}

fn jaro_winkler(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.to_lowercase().chars().collect(), b.to_lowercase().chars().collect());
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    let mut taken = vec![false; b.len()];
    let mut matched_a = Vec::new();
    for (index, c) in a.iter().enumerate() {
        let (low, high) = (index.saturating_sub(window), (index + window + 1).min(b.len()));
        if let Some(at) = (low..high).find(|at| !taken[*at] && b[*at] == *c) {
            taken[at] = true;
            matched_a.push(*c);
        }
    }
    if matched_a.is_empty() {
        return 0.0;
    }
    let matched_b: Vec<char> = b.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(c, _)| *c).collect();
    let swapped = matched_a.iter().zip(&matched_b).filter(|(a, b)| a != b).count() as f64 / 2.0;
    let matches = matched_a.len() as f64;
    let jaro = (matches / a.len() as f64 + matches / b.len() as f64 + (matches - swapped) / matches) / 3.0;
    let prefix = a.iter().zip(&b).take(4).take_while(|(a, b)| a == b).count() as f64;
    jaro + prefix * 0.1 * (1.0 - jaro)
}

fn soundex(source: &str) -> String {
    let code = |c: char| match c.to_ascii_uppercase() {
        'B' | 'F' | 'P' | 'V' => Some('1'),
        'C' | 'G' | 'J' | 'K' | 'Q' | 'S' | 'X' | 'Z' => Some('2'),
        'D' | 'T' => Some('3'),
        'L' => Some('4'),
        'M' | 'N' => Some('5'),
        'R' => Some('6'),
        _ => None,
    };
    let mut letters = source.chars().skip_while(|c| !c.is_ascii_alphabetic()).filter(char::is_ascii_alphabetic);
    let Some(first) = letters.next() else { return String::new() };
    let mut result = String::from(first.to_ascii_uppercase());
    let mut last = code(first);
    for c in letters {
        let digit = code(c);
        if let Some(digit) = digit
            && last != Some(digit)
        {
            result.push(digit);
        }
        if !matches!(c.to_ascii_uppercase(), 'H' | 'W') {
            last = digit;
        }
    }
    result.truncate(4);
    format!("{result:0<4}")
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

fn parse_url(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let url = text(&values[0])?;
    let lenient = integer_or(values, 1, 0)? != 0;
    let Some((scheme, rest)) = url.split_once(':') else {
        if lenient {
            let message = Json::String("Error parsing URL: scheme not specified".to_owned());
            return Ok(Datum::Json(Json::Object([("error".to_owned(), message)].into())));
        }
        return Err(SqlError::new(100_139, "22000", format!("Error parsing URL: scheme not specified in '{url}'")));
    };
    let (rest, fragment) = rest.split_once('#').map_or((rest, None), |(rest, found)| (rest, Some(found)));
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, found)| (rest, Some(found)));
    let (host, port, path) = match rest.strip_prefix("//") {
        None => (None, None, rest),
        Some(rest) => {
            let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
            let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            match authority.rsplit_once(':') {
                Some((host, port)) => (Some(host), Some(port), path),
                None => (Some(authority), None, path),
            }
        }
    };
    let parameters = query.map(|query| {
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (key.to_owned(), Json::String(value.to_owned()))
        });
        Json::Object(pairs.collect())
    });
    let part = |found: Option<&str>| found.map_or(Json::Null, |found| Json::String(found.to_owned()));
    let members = [
        ("scheme", part(Some(scheme))),
        ("host", part(host)),
        ("port", part(port)),
        ("path", part(Some(path))),
        ("query", part(query)),
        ("fragment", part(fragment)),
        ("parameters", parameters.unwrap_or(Json::Null)),
    ];
    Ok(Datum::Json(Json::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())))
}

fn array_of(parts: Vec<&str>) -> Datum {
    Datum::Json(Json::Array(parts.into_iter().map(|part| Json::String(part.to_owned())).collect()))
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
        function("CONCAT", ONE, Returns::By(concatenated), |values, _| {
            let texts: Result<Vec<&str>> = values.iter().map(text).collect();
            Ok(Datum::Text(texts?.concat()))
        })
        .aliases(&["SF_CONCAT"])
        .repeat(1),
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
        function("REVERSE", ONE, same, |values, _| Ok(Datum::Text(text(&values[0])?.chars().rev().collect()))),
        function("TRIM", TWO, same, |values, _| trim(values, true, true)).optional(1).aliases(&["BTRIM"]),
        function("LTRIM", TWO, same, |values, _| trim(values, true, false)).optional(1),
        function("RTRIM", TWO, same, |values, _| trim(values, false, true)).optional(1),
        function("LPAD", &[Text, Integer, Text], wide, |values, _| pad(values, true)).optional(1),
        function("RPAD", &[Text, Integer, Text], wide, |values, _| pad(values, false)).optional(1),
        function("LEFT", &[Text, Integer], same, |values, _| {
            Ok(Datum::Text(text(&values[0])?.chars().take(integer(&values[1])?.max(0) as usize).collect()))
        }),
        function("RIGHT", &[Text, Integer], same, |values, _| {
            let source = text(&values[0])?;
            let skip = source.chars().count().saturating_sub(integer(&values[1])?.max(0) as usize);
            Ok(Datum::Text(source.chars().skip(skip).collect()))
        }),
        function("SUBSTR", &[Text, Integer, Integer], same, |values, _| {
            let length = values.get(2).map(integer).transpose()?;
            Ok(Datum::Text(substring(text(&values[0])?, integer(&values[1])?, length)))
        })
        .optional(1)
        .aliases(&["SUBSTRING", "MID"]),
        function("POSITION", &[Text, Text, Integer], count, |values, _| position(values))
            .optional(1)
            .aliases(&["CHARINDEX"]),
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
        function("INSERT", &[Text, Integer, Integer, Text], wide, insert),
        function("ASCII", ONE, count, |values, _| {
            Ok(Datum::integer(text(&values[0])?.bytes().next().map_or(0, i64::from)))
        }),
        function("UNICODE", ONE, count, |values, _| {
            Ok(Datum::integer(text(&values[0])?.chars().next().map_or(0, |c| i64::from(u32::from(c)))))
        }),
        function("CHR", &[Integer], Returns::Type(SqlType::Varchar(1)), |values, _| {
            let code = integer(&values[0])?;
            let c = u32::try_from(code).ok().and_then(char::from_u32);
            c.map(|c| Datum::Text(c.to_string())).ok_or_else(|| {
                SqlError::new(100_183, "22000", format!("Invalid character code {code} in the CHR input"))
            })
        })
        .aliases(&["CHAR"]),
        function("SPLIT", TWO, array, |values, _| Ok(array_of(pieces(text(&values[0])?, text(&values[1])?)))),
        function("SPLIT_PART", &[Text, Text, Integer], wide, split_part),
        function("STRTOK", &[Text, Text, Integer], wide, |values, _| {
            let index = integer_or(values, 2, 1)?.checked_sub(1).and_then(|index| usize::try_from(index).ok());
            Ok(index.and_then(|index| tokens(values).ok()?.get(index).copied()).map_or(Datum::Null, Datum::text))
        })
        .optional(2),
        function("STRTOK_TO_ARRAY", TWO, array, |values, _| Ok(array_of(tokens(values)?))).optional(1),
        function("CONTAINS", TWO, truth, |values, _| Ok(Datum::Boolean(text(&values[0])?.contains(text(&values[1])?)))),
        function("STARTSWITH", TWO, truth, |values, _| {
            Ok(Datum::Boolean(text(&values[0])?.starts_with(text(&values[1])?)))
        }),
        function("ENDSWITH", TWO, truth, |values, _| {
            Ok(Datum::Boolean(text(&values[0])?.ends_with(text(&values[1])?)))
        }),
        function("LIKE", &[Text, Text, Text], truth, |values, _| like_function(values, false)).optional(1),
        function("ILIKE", &[Text, Text, Text], truth, |values, _| like_function(values, true)).optional(1),
        function("EDITDISTANCE", &[Text, Text, Integer], count, edit_distance).optional(1),
        function("JAROWINKLER_SIMILARITY", TWO, count, |values, _| {
            Ok(Datum::integer((jaro_winkler(text(&values[0])?, text(&values[1])?) * 100.0).floor() as i64))
        }),
        function("SOUNDEX", ONE, Returns::Type(SqlType::Varchar(4)), |values, _| {
            Ok(Datum::Text(soundex(text(&values[0])?)))
        }),
        function("PARSE_URL", &[Text, Integer], Returns::Type(SqlType::Object), parse_url).optional(1),
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
            ("CONCAT('a', 1, true)", "a1true"),
            ("CONCAT('a', NULL)", "NULL"),
            ("CONCAT_WS('-', 'a', 'b', 'c')", "a-b-c"),
            ("CONCAT_WS('-', 'a', NULL)", "NULL"),
            ("LENGTH('añb')", "NUMBER(18,0)|3"),
            ("OCTET_LENGTH('añb')", "4"),
            ("LEN(12345)", "5"),
            ("UPPER('aß')", "ASS"),
            ("INITCAP('hello wORLD-x')", "Hello World-X"),
            ("INITCAP('a b_c', '_')", "A b_C"),
            ("REVERSE('abc')", "cba"),
            ("TRIM('  a ')", "a"),
            ("LTRIM('xxaxx', 'x')", "axx"),
            ("RTRIM('a.00', '0.')", "a"),
            ("LPAD('7', 3, '0')", "007"),
            ("LPAD('abcd', 2)", "ab"),
            ("RPAD('a', 4, 'xy')", "axyx"),
            ("LEFT('abc', 2)", "ab"),
            ("RIGHT('abc', 2)", "bc"),
            ("SUBSTR('abcdef', 2, 3)", "bcd"),
            ("SUBSTR('abcdef', 0, 2)", "ab"),
            ("SUBSTRING('abcdef', -3)", "def"),
            ("SUBSTR('abc', -5)", ""),
            ("SUBSTR('abc', 9)", ""),
            ("POSITION('c', 'abcabc')", "3"),
            ("POSITION('c', 'abcabc', 4)", "6"),
            ("CHARINDEX('z', 'abc')", "0"),
            ("POSITION('', 'abc')", "1"),
            ("REPLACE('banana', 'an', 'x')", "bxxa"),
            ("REPLACE('banana', 'an')", "ba"),
            ("TRANSLATE('abcd', 'abc', 'xy')", "xyd"),
            ("REPEAT('ab', 3)", "ababab"),
            ("INSERT('abc', 2, 1, 'XYZ')", "aXYZc"),
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
            ("STRTOK_TO_ARRAY('a..b', '.')", "[\"a\",\"b\"]"),
            ("CONTAINS('abc', 'b')", "true"),
            ("STARTSWITH('abc', 'B')", "false"),
            ("ENDSWITH('abc', 'bc')", "true"),
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
            ("EDITDISTANCE('kitten', 'sitting')", "3"),
            ("JAROWINKLER_SIMILARITY('abc', 'abc')", "100"),
            ("SOUNDEX('Robert')", "R163"),
            ("SOUNDEX('Ashcraft')", "A261"),
            (
                "PARSE_URL('https://h:8080/p/q?a=1#f')",
                r#"{"fragment":"f","host":"h","parameters":{"a":"1"},"path":"p/q","port":"8080","query":"a=1","scheme":"https"}"#,
            ),
        ]);
    }
}
