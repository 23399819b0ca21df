//! How alike two texts are or sound.

use super::args::{integer, text};
use super::datum::Datum;
use super::udf::{Env, Function, Param, Returns, function};
use crate::error::Result;
use crate::types::SqlType;

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
    Ok(Datum::integer(if values.len() > 2 { distance.min(integer(&values[2])?.max(0)) } else { distance }))
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

/// The digit of a consonant's group of sounds.
fn sound(c: char) -> Option<char> {
    match c.to_ascii_uppercase() {
        'B' | 'F' | 'P' | 'V' => Some('1'),
        'C' | 'G' | 'J' | 'K' | 'Q' | 'S' | 'X' | 'Z' => Some('2'),
        'D' | 'T' => Some('3'),
        'L' => Some('4'),
        'M' | 'N' => Some('5'),
        'R' => Some('6'),
        _ => None,
    }
}

/// Four characters that stand for the sound of a text; the first is its first letter, as written. `coded_first` tells
/// whether a second letter of the first one's group is left out, as SOUNDEX does and SOUNDEX_P123 does not.
fn soundex(source: &str, coded_first: bool) -> String {
    let mut letters = source.chars().skip_while(|c| !c.is_ascii_alphabetic()).filter(char::is_ascii_alphabetic);
    let Some(first) = letters.next() else { return String::new() };
    let mut result = String::from(first);
    let mut last = if coded_first { sound(first) } else { None };
    for c in letters {
        let digit = sound(c);
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

pub(super) fn functions() -> Vec<Function> {
    use Param::{Integer, Text};
    let count = Returns::Type(SqlType::Number { precision: 18, scale: 0 });
    let code = Returns::Type(SqlType::Varchar(4));
    vec![
        function("EDITDISTANCE", &[Text, Text, Integer], count, edit_distance).optional(1),
        function("JAROWINKLER_SIMILARITY", &[Text, Text], count, |values, _| {
            Ok(Datum::integer((jaro_winkler(text(&values[0])?, text(&values[1])?) * 100.0).floor() as i64))
        }),
        function("SOUNDEX", &[Text], code, |values, _| Ok(Datum::Text(soundex(text(&values[0])?, true)))),
        function("SOUNDEX_P123", &[Text], code, |values, _| Ok(Datum::Text(soundex(text(&values[0])?, false)))),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[test]
    fn likeness() {
        check(&[
            ("EDITDISTANCE('kitten', 'sitting')", "3"),
            ("EDITDISTANCE('Gute nacht', 'Ich weis nicht')", "8"),
            ("EDITDISTANCE('kitten', 'sitting', 2)", "2"),
            ("JAROWINKLER_SIMILARITY('abc', 'abc')", "100"),
            ("JAROWINKLER_SIMILARITY('Snowflake', 'Oracle')", "61"),
            ("SOUNDEX('Robert')", "R163"),
            ("SOUNDEX('Ashcraft')", "A261"),
            ("SOUNDEX('apple')", "a140"),
            ("SOUNDEX('Pfister')", "P236"),
            ("SOUNDEX_P123('Pfister')", "P123"),
        ]);
    }
}
