//! Parts of texts and of bytes: what is counted are characters in the one and bytes in the other.

use super::args::{integer, integer_or, invalid_value, text};
use super::datum::Datum;
use super::string::WIDE;
use super::udf::{Env, Function, Param, Returns, Types, function};
use crate::error::Result;
use crate::types::{DEFAULT_BINARY_LENGTH, MAX_VARCHAR_LENGTH, SqlType};

/// The elements of a text or of bytes.
enum Sequence {
    Text(Vec<char>),
    Bytes(Vec<u8>),
}

impl Sequence {
    fn of(value: &Datum) -> Result<Self> {
        Ok(match value {
            Datum::Binary(bytes) => Self::Bytes(bytes.clone()),
            other => Self::Text(text(other)?.chars().collect()),
        })
    }

    fn len(&self) -> usize {
        match self {
            Self::Text(chars) => chars.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }

    /// The elements from one place up to another, both within bounds.
    fn part(&self, from: usize, to: usize) -> Self {
        match self {
            Self::Text(chars) => Self::Text(chars[from..to].to_vec()),
            Self::Bytes(bytes) => Self::Bytes(bytes[from..to].to_vec()),
        }
    }

    fn extend(&mut self, more: Self) {
        match (self, more) {
            (Self::Text(chars), Self::Text(more)) => chars.extend(more),
            (Self::Bytes(bytes), Self::Bytes(more)) => bytes.extend(more),
            _ => {}
        }
    }

    fn reverse(&mut self) {
        match self {
            Self::Text(chars) => chars.reverse(),
            Self::Bytes(bytes) => bytes.reverse(),
        }
    }

    /// Where another begins in this one, at or behind `from`.
    fn find(&self, wanted: &Self, from: usize) -> Option<usize> {
        fn find<T: PartialEq>(all: &[T], wanted: &[T], from: usize) -> Option<usize> {
            let last = all.len().checked_sub(wanted.len())?;
            (from..=last).find(|at| all[*at..].starts_with(wanted))
        }
        match (self, wanted) {
            (Self::Text(all), Self::Text(wanted)) => find(all, wanted, from),
            (Self::Bytes(all), Self::Bytes(wanted)) => find(all, wanted, from),
            _ => None,
        }
    }

    fn datum(self) -> Datum {
        match self {
            Self::Text(chars) => Datum::Text(chars.into_iter().collect()),
            Self::Bytes(bytes) => Datum::Binary(bytes),
        }
    }
}

fn is_binary(types: &Types<'_>, index: usize) -> bool {
    matches!(types.types.get(index), Some(Some(SqlType::Binary(_))))
}

/// The arguments at these places are all text or all bytes; which of them decides between two types.
fn alike(types: &Types<'_>, places: &[usize], text: SqlType, binary: SqlType) -> Result<SqlType> {
    let known = |index: &&usize| types.types.get(**index).is_some_and(Option::is_some);
    let mut kinds = places.iter().filter(known).map(|index| is_binary(types, *index));
    let first = kinds.next().unwrap_or(false);
    if kinds.any(|kind| kind != first) {
        return Err(types.invalid());
    }
    Ok(if first { binary } else { text })
}

fn padded_type(types: &Types<'_>) -> Result<SqlType> {
    if is_binary(types, 0) && types.types.len() < 3 {
        return Err(types.invalid());
    }
    alike(types, &[0, 2], WIDE, SqlType::Binary(DEFAULT_BINARY_LENGTH))
}

fn concatenated(types: &Types<'_>) -> Result<SqlType> {
    let (mut characters, mut bytes) = (0_u64, 0_u64);
    for found in types.types.iter().flatten() {
        match found {
            SqlType::Varchar(length) => characters += u64::from(*length),
            SqlType::Binary(length) => bytes += u64::from(*length),
            _ => {}
        }
    }
    let places: Vec<usize> = (0..types.types.len()).collect();
    let text = SqlType::Varchar(characters.clamp(1, MAX_VARCHAR_LENGTH.into()) as u32);
    alike(types, &places, text, SqlType::Binary(bytes.clamp(1, DEFAULT_BINARY_LENGTH.into()) as u32))
}

fn concat(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    if matches!(values[0], Datum::Text(_)) {
        return Ok(Datum::Text(values.iter().map(text).collect::<Result<String>>()?));
    }
    let mut all = Sequence::of(&values[0])?;
    for value in &values[1..] {
        all.extend(Sequence::of(value)?);
    }
    Ok(all.datum())
}

fn pad(values: &[Datum], left: bool) -> Result<Datum> {
    let source = Sequence::of(&values[0])?;
    let filler = values.get(2).map_or(Ok(Sequence::Text(vec![' '])), Sequence::of)?;
    let length = integer(&values[1])?.max(0) as usize;
    if length > MAX_VARCHAR_LENGTH as usize {
        return Err(invalid_value("LPAD", length, "at most the longest VARCHAR"));
    }
    let count = source.len();
    if count >= length || filler.len() == 0 {
        return Ok(source.part(0, length.min(count)).datum());
    }
    let missing = length - count;
    let mut padding = filler.part(0, filler.len().min(missing));
    while padding.len() < missing {
        let more = filler.len().min(missing - padding.len());
        padding.extend(filler.part(0, more));
    }
    Ok(if left {
        padding.extend(source);
        padding.datum()
    } else {
        let mut source = source;
        source.extend(padding);
        source.datum()
    })
}

/// A part by a position from 1, or from the end if negative; 0 counts as 1.
fn substring(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let source = Sequence::of(&values[0])?;
    let count = source.len() as i64;
    let from = match integer(&values[1])? {
        0 => 0,
        start if start > 0 => (start - 1).min(count),
        start if start.unsigned_abs() > count as u64 => count,
        start => count + start,
    };
    let length = values.get(2).map_or(Ok(i64::MAX), integer)?.max(0);
    let to = from.saturating_add(length).min(count);
    Ok(source.part(from as usize, to as usize).datum())
}

/// The position from 1 of the first in the second, 0 if absent.
fn position(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let (wanted, source) = (Sequence::of(&values[0])?, Sequence::of(&values[1])?);
    let from = integer_or(values, 2, 1)?.max(1) as usize - 1;
    Ok(Datum::integer(source.find(&wanted, from).map_or(0, |at| at as i64 + 1)))
}

fn insert(values: &[Datum], _: &Env<'_>) -> Result<Datum> {
    let source = Sequence::of(&values[0])?;
    let (at, length) = (integer(&values[1])?, integer(&values[2])?);
    if at < 1 || length < 0 {
        return Err(invalid_value("INSERT", at.min(length), "a position from 1 and a length from 0"));
    }
    let start = (at as usize - 1).min(source.len());
    let end = start.saturating_add(length as usize).min(source.len());
    let mut result = source.part(0, start);
    result.extend(Sequence::of(&values[3])?);
    result.extend(source.part(end, source.len()));
    Ok(result.datum())
}

/// Tests two texts, or the bytes of two binary values.
fn test(values: &[Datum], texts: fn(&str, &str) -> bool, bytes: fn(&Sequence, &Sequence) -> bool) -> Result<Datum> {
    Ok(Datum::Boolean(match (&values[0], &values[1]) {
        (Datum::Text(source), Datum::Text(wanted)) => texts(source, wanted),
        (source, wanted) => bytes(&Sequence::of(source)?, &Sequence::of(wanted)?),
    }))
}

pub(super) fn functions() -> Vec<Function> {
    use Param::{Integer, TextOrBinary};
    const ONE: &[Param] = &[TextOrBinary];
    const TWO: &[Param] = &[TextOrBinary, TextOrBinary];
    const COUNTED: &[Param] = &[TextOrBinary, Integer];
    let same = Returns::Like(0);
    const COUNT: SqlType = SqlType::Number { precision: 18, scale: 0 };
    let count = Returns::By(|types| alike(types, &[0, 1], COUNT, COUNT));
    let truth = Returns::By(|types| alike(types, &[0, 1], SqlType::Boolean, SqlType::Boolean));
    vec![
        function("CONCAT", TWO, Returns::By(concatenated), concat).aliases(&["SF_CONCAT"]).repeat(1),
        function("REVERSE", ONE, same, |values, _| {
            let mut source = Sequence::of(&values[0])?;
            source.reverse();
            Ok(source.datum())
        }),
        function("LPAD", &[TextOrBinary, Integer, TextOrBinary], Returns::By(padded_type), |values, _| {
            pad(values, true)
        })
        .optional(1),
        function("RPAD", &[TextOrBinary, Integer, TextOrBinary], Returns::By(padded_type), |values, _| {
            pad(values, false)
        })
        .optional(1),
        function("LEFT", COUNTED, same, |values, _| {
            let source = Sequence::of(&values[0])?;
            let to = (integer(&values[1])?.max(0) as usize).min(source.len());
            Ok(source.part(0, to).datum())
        }),
        function("RIGHT", COUNTED, same, |values, _| {
            let source = Sequence::of(&values[0])?;
            let from = source.len().saturating_sub(integer(&values[1])?.max(0) as usize);
            Ok(source.part(from, source.len()).datum())
        }),
        function("SUBSTR", &[TextOrBinary, Integer, Integer], same, substring)
            .optional(1)
            .aliases(&["SUBSTRING", "MID"]),
        function("POSITION", &[TextOrBinary, TextOrBinary, Integer], count, position)
            .optional(1)
            .aliases(&["CHARINDEX"]),
        function(
            "INSERT",
            &[TextOrBinary, Integer, Integer, TextOrBinary],
            Returns::By(|types| alike(types, &[0, 3], WIDE, SqlType::Binary(DEFAULT_BINARY_LENGTH))),
            insert,
        ),
        function("CONTAINS", TWO, truth, |values, _| {
            test(values, |source, wanted| source.contains(wanted), |source, wanted| source.find(wanted, 0).is_some())
        }),
        function("STARTSWITH", TWO, truth, |values, _| {
            test(
                values,
                |source, wanted| source.starts_with(wanted),
                |source, wanted| wanted.len() <= source.len() && source.part(0, wanted.len()).find(wanted, 0).is_some(),
            )
        }),
        function("ENDSWITH", TWO, truth, |values, _| {
            test(
                values,
                |source, wanted| source.ends_with(wanted),
                |source, wanted| {
                    let from = source.len().checked_sub(wanted.len());
                    from.is_some_and(|from| source.part(from, source.len()).find(wanted, 0).is_some())
                },
            )
        }),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[test]
    fn texts() {
        check(&[
            ("CONCAT('a', 1, true)", "a1true"),
            ("CONCAT('a', NULL)", "NULL"),
            ("REVERSE('abc')", "cba"),
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
            ("INSERT('abc', 2, 1, 'XYZ')", "aXYZc"),
            ("CONTAINS('abc', 'b')", "true"),
            ("STARTSWITH('abc', 'B')", "false"),
            ("ENDSWITH('abcbc', 'bc')", "true"),
            ("ENDSWITH('abc', '')", "true"),
        ]);
    }

    #[test]
    fn bytes() {
        check(&[
            ("CONCAT(T_BINARY('01'), T_BINARY('02'))", "0102"),
            ("REVERSE(T_BINARY('0102'))", "0201"),
            ("LPAD(T_BINARY('01'), 3, T_BINARY('00'))", "000001"),
            ("RPAD(T_BINARY('01'), 3, T_BINARY('0203'))", "010203"),
            ("LEFT(T_BINARY('414243'), 2)", "4142"),
            ("SUBSTR(T_BINARY('010203'), 2)", "0203"),
            ("POSITION(T_BINARY('42'), T_BINARY('414243'))", "2"),
            ("STARTSWITH(T_BINARY('1234'), T_BINARY('12'))", "true"),
            ("ENDSWITH(T_BINARY('1234'), T_BINARY('12'))", "false"),
            (
                "CONTAINS(T_BINARY('1234'), 'a')",
                "001044 SQL compilation error:\nInvalid argument types for function 'CONTAINS': (BINARY(8388608), VARCHAR(16777216))",
            ),
        ]);
    }
}
