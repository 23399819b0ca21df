//! Numeric formats such as `999,990.00`, for TO_CHAR and TO_NUMBER.
//!
//! <https://docs.snowflake.com/en/sql-reference/sql-format-models>

use super::decimal;
use crate::error::{Result, SqlError};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Element {
    /// `9`: a digit that is blank where it leads.
    Digit,
    /// `0`: a digit that is always there.
    Zero,
    /// `,` or `G`.
    Group,
    /// `.` or `D`.
    Point,
    /// `$`.
    Dollar,
    /// `S`: the sign, always.
    Sign,
    /// `MI`: a minus or a blank.
    Minus,
    /// `X` or `x`: a hexadecimal digit, of which `true` is a lower-case one.
    Hex(bool),
    /// `B`: no 0 before the point.
    Blank,
    /// A character that stands for itself.
    Literal(char),
}

/// How a number of no fixed width is written.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Minimal {
    /// `TM9`: with all its digits.
    Plain,
    /// `TME`: with an exponent.
    Scientific,
}

/// A format that was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NumberFormat {
    /// Literals before and behind the elements.
    around: [String; 2],
    elements: Vec<Element>,
    /// `FM`: without blanks.
    fill: bool,
    /// `TM`, `TM9` and `TME`: as short as the number is.
    minimal: Option<Minimal>,
    text: String,
}

impl NumberFormat {
    /// Reads a format.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let bad = || SqlError::new(100_095, "22007", format!("Bad output format model '{text}'"));
        let mut elements = Vec::new();
        let (mut fill, mut minimal) = (false, None);
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if first == '"' {
                rest = literal(&rest[1..], &mut elements).ok_or_else(bad)?;
                continue;
            }
            let word = ["TM9", "TME", "TM", "FM", "MI"]
                .into_iter()
                .find(|word| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
            match word {
                Some("FM") => fill = true,
                Some("MI") => elements.push(Element::Minus),
                Some("TME") => minimal = Some((Minimal::Scientific, elements.len())),
                Some(_) => minimal = Some((Minimal::Plain, elements.len())),
                None => elements.push(match first.to_ascii_uppercase() {
                    '9' => Element::Digit,
                    '0' => Element::Zero,
                    ',' | 'G' => Element::Group,
                    '.' | 'D' => Element::Point,
                    '$' => Element::Dollar,
                    'S' => Element::Sign,
                    'X' => Element::Hex(first == 'x'),
                    'B' => Element::Blank,
                    ' ' | ';' | ':' | '-' | '=' | '/' | '(' | ')' => Element::Literal(first),
                    _ => return Err(bad()),
                }),
            }
            rest = &rest[word.map_or(first.len_utf8(), str::len)..];
        }
        let is_literal = |element: &Element| matches!(element, Element::Literal(_));
        let text_of = |elements: &[Element]| -> String {
            let character = |element: &Element| match element {
                Element::Literal(character) => Some(*character),
                _ => None,
            };
            elements.iter().filter_map(character).collect()
        };
        let start = elements.iter().position(|element| !is_literal(element)).unwrap_or(elements.len());
        let end = elements.iter().rposition(|element| !is_literal(element)).map_or(start, |last| last + 1);
        let Some((minimal, at)) = minimal else {
            let around = [text_of(&elements[..start]), text_of(&elements[end..])];
            return Ok(Self {
                around,
                elements: elements[start..end].to_vec(),
                fill,
                minimal: None,
                text: text.to_owned(),
            });
        };
        // A model of no fixed width has nothing but literals beside it.
        if start < elements.len() {
            return Err(bad());
        }
        let around = [text_of(&elements[..at]), text_of(&elements[at..])];
        Ok(Self { around, elements: Vec::new(), fill: true, minimal: Some(minimal), text: text.to_owned() })
    }

    /// For formats of hexadecimal digits: whether these are lower-case.
    fn hexadecimal(&self) -> Option<bool> {
        self.elements.iter().find_map(|element| match element {
            Element::Hex(lower) => Some(*lower),
            _ => None,
        })
    }

    fn digits(&self, after_point: bool) -> usize {
        let point = self.elements.iter().position(|element| *element == Element::Point).unwrap_or(self.elements.len());
        let side = if after_point { &self.elements[point..] } else { &self.elements[..point] };
        side.iter().filter(|element| matches!(element, Element::Digit | Element::Zero)).count()
    }

    /// Writes a number.
    pub(super) fn write(&self, value: i128, scale: u8) -> Result<String> {
        let text = match self.minimal {
            Some(Minimal::Plain) => decimal::text(value, scale),
            Some(Minimal::Scientific) => scientific(value, scale),
            None => {
                let text = match self.hexadecimal() {
                    Some(lower) => self.write_hexadecimal(decimal::rescale(value, scale, 0).unwrap_or(0), lower),
                    None => self.write_fixed(value, scale),
                };
                if self.fill { text.replace(' ', "") } else { text }
            }
        };
        let [before, behind] = &self.around;
        Ok(format!("{before}{text}{behind}"))
    }

    fn is_signed(&self) -> bool {
        self.elements.iter().any(|element| matches!(element, Element::Sign | Element::Minus))
    }

    /// Without a sign in the format, negative numbers are written in two's complement.
    fn write_hexadecimal(&self, whole: i128, lower: bool) -> String {
        let width = self.elements.iter().filter(|element| matches!(element, Element::Hex(_) | Element::Zero)).count();
        let signed = self.is_signed();
        let limit = 1_u128.checked_shl(4 * width as u32).unwrap_or(u128::MAX);
        let magnitude =
            if whole < 0 && !signed { limit.wrapping_sub(whole.unsigned_abs()) } else { whole.unsigned_abs() };
        let sign = match (signed, whole < 0) {
            (false, _) => "",
            (true, true) => "-",
            (true, false) => "+",
        };
        let digits = if lower { format!("{magnitude:x}") } else { format!("{magnitude:X}") };
        if digits.len() > width {
            return format!("{sign}{}", "#".repeat(width));
        }
        if self.elements.contains(&Element::Zero) {
            format!("{sign}{digits:0>width$}")
        } else {
            format!("{sign}{digits:>width$}")
        }
    }

    fn write_fixed(&self, value: i128, scale: u8) -> String {
        let (whole_digits, fraction_digits) = (self.digits(false), self.digits(true));
        let rounded = decimal::rescale(value, scale, fraction_digits.min(37) as u8);
        let negative = value < 0 && rounded != Some(0);
        let text = rounded.map(|rounded| decimal::text(rounded.abs(), fraction_digits.min(37) as u8));
        let (whole, fraction) = match &text {
            Some(text) => text.split_once('.').unwrap_or((text, "")),
            None => ("", ""),
        };
        let whole = whole.trim_start_matches('0');
        let fits = text.is_some() && whole.len() <= whole_digits;
        let has = |element: Element| self.elements.contains(&element);
        let mut whole = format!("{whole:>whole_digits$}").into_bytes().into_iter();
        let mut fraction = fraction.bytes();
        let (mut result, mut seen, mut in_fraction) = (String::new(), false, false);
        let mut remaining = whole_digits;
        let mut first = None;
        for element in &self.elements {
            match element {
                Element::Digit | Element::Zero if !fits => {
                    first = first.or(Some(result.len()));
                    seen = true;
                    result.push('#');
                }
                Element::Digit | Element::Zero if in_fraction => result.push(fraction.next().unwrap_or(b'0') as char),
                Element::Digit | Element::Zero => {
                    let digit = whole.next().unwrap_or(b' ');
                    remaining -= 1;
                    let shown = if digit != b' ' {
                        digit as char
                    } else if *element == Element::Zero || seen || (remaining == 0 && !has(Element::Blank)) {
                        '0'
                    } else {
                        ' '
                    };
                    if shown != ' ' && !seen {
                        seen = true;
                        first = Some(result.len());
                    }
                    result.push(shown);
                }
                Element::Group => result.push(if seen { ',' } else { ' ' }),
                Element::Point => {
                    in_fraction = true;
                    first = first.or(Some(result.len()));
                    seen = true;
                    result.push('.');
                }
                Element::Sign => result.push(if negative { '-' } else { '+' }),
                Element::Minus => result.push(if negative { '-' } else { ' ' }),
                Element::Literal(literal) => result.push(*literal),
                // The first stands before the digits, wherever the format has it.
                Element::Dollar | Element::Hex(_) | Element::Blank => {}
            }
        }
        // The dollar and the sign stand before the first digit, each in a column of its own.
        let first = first.unwrap_or(0);
        for (wanted, shown) in [(has(Element::Dollar), '$'), (!self.is_signed(), if negative { '-' } else { ' ' })] {
            if wanted {
                result.insert(first, shown);
            }
        }
        result
    }

    /// Reads a number that was written so; `None` where the text does not fit the format.
    pub(super) fn read(&self, text: &str) -> Option<(i128, u8)> {
        let [before, behind] = &self.around;
        let text = text.strip_prefix(before.as_str()).unwrap_or(text);
        let text = text.strip_suffix(behind.as_str()).unwrap_or(text).trim();
        if self.minimal.is_some() {
            return super::cast::number_of_text(text);
        }
        if self.hexadecimal().is_some() {
            let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
            let value = i128::from_str_radix(digits, 16).ok()?;
            return Some((if negative { -value } else { value }, 0));
        }
        let has = |element: Element| self.elements.contains(&element);
        let mut plain = String::new();
        let mut negative = false;
        for c in text.chars() {
            match c {
                ',' if has(Element::Group) => {}
                '$' if has(Element::Dollar) => {}
                literal if has(Element::Literal(literal)) => {}
                '-' => negative = true,
                '+' | ' ' => {}
                '.' if has(Element::Point) => plain.push('.'),
                digit if digit.is_ascii_digit() => plain.push(digit),
                _ => return None,
            }
        }
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        if whole.trim_start_matches('0').len() > self.digits(false) || fraction.len() > self.digits(true) {
            return None;
        }
        let (value, scale) = decimal::parse(&plain)?;
        Some((if negative { -value } else { value }, scale))
    }

    /// The format's text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

/// Reads a text in quotes, of which the first is taken; what follows it.
fn literal<'t>(mut text: &'t str, elements: &mut Vec<Element>) -> Option<&'t str> {
    loop {
        let (inside, rest) = text.split_once('"')?;
        elements.extend(inside.chars().map(Element::Literal));
        // Two quotes are one.
        match rest.strip_prefix('"') {
            Some(more) => {
                elements.push(Element::Literal('"'));
                text = more;
            }
            None => return Some(rest),
        }
    }
}

/// A number with one digit before the point, and an exponent.
fn scientific(value: i128, scale: u8) -> String {
    let digits = value.unsigned_abs().to_string();
    let exponent = if value == 0 { 0 } else { digits.len() as i64 - 1 - i64::from(scale) };
    let (first, rest) = digits.split_at(1);
    let rest = rest.trim_end_matches('0');
    let point = if rest.is_empty() { "" } else { "." };
    format!("{}{first}{point}{rest}E{exponent}", if value < 0 { "-" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes() {
        for (format, value, scale, expected) in [
            ("999.00", 1250, 2, "  12.50"),
            ("999", -5, 0, "  -5"),
            ("000", 7, 0, " 007"),
            ("9,999", 1234, 0, " 1,234"),
            ("9,999", 34, 0, "    34"),
            ("FM9,990.00", 5, 1, "0.50"),
            ("$99.99", 1234, 2, " $12.34"),
            ("$99.99", -1234, 2, "-$12.34"),
            ("S999", 12, 0, "+ 12"),
            ("999MI", -12, 0, " 12-"),
            ("99", 123, 0, " ##"),
            ("TM9", -1250, 2, "-12.50"),
            ("XX", 255, 0, "FF"),
            ("xx", 255, 0, "ff"),
            ("0XXX", 255, 0, "00FF"),
            ("\">\"$99.0\"<\"", -12_391, 3, ">-$12.4<"),
            ("\">\"$99.0\"<\"", 100, 3, ">  $0.1<"),
            ("\">\"$99.0\"<\"", -1000, 3, "> -$1.0<"),
            ("\">\"$99.0\"<\"", 3_987_000, 3, "> $##.#<"),
            ("\">\"B9,999.0\"<\"", -12_391, 3, ">   -12.4<"),
            ("\">\"B9,999.0\"<\"", 0, 3, ">      .0<"),
            ("\">\"B9,999.0\"<\"", 3_987_000, 3, "> 3,987.0<"),
            ("\">\"TME\"<\"", -12_391, 3, ">-1.2391E1<"),
            ("\">\"TM9\"<\"", 10, 3, ">0.010<"),
            ("\">\"0XXX\"<\"", -12_391, 3, ">FFF4<"),
            ("\">\"S0XXX\"<\"", -12_391, 3, ">-000C<"),
            ("\">\"S0XXX\"<\"", 3_987_000, 3, ">+0F93<"),
            ("999-99", 12_345, 0, " 123-45"),
            ("99.9", 5, 1, "  0.5"),
            ("FMXXXX", 255, 0, "FF"),
            ("B999", 0, 0, "    "),
            ("B999", 5, 0, "   5"),
            ("TME", 123_456_789, 2, "1.23456789E6"),
            ("TME", -5, 3, "-5E-3"),
            ("9", 0, 0, " 0"),
        ] {
            assert_eq!(NumberFormat::parse(format).unwrap().write(value, scale).unwrap(), expected, "{format}");
        }
        assert!(NumberFormat::parse("99Q").is_err());
    }

    #[test]
    fn reads() {
        for (format, text, expected) in [
            ("9,999.99", "1,234.50", Some((123_450, 2))),
            ("$99", "-$12", Some((-12, 0))),
            ("99", "123", None),
            ("XX", "ff", Some((255, 0))),
            ("99", "1x", None),
            ("\"EUR \"99.9", "EUR 12.5", Some((125, 1))),
        ] {
            assert_eq!(NumberFormat::parse(format).unwrap().read(text), expected, "{format}");
        }
    }
}
