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
    /// `B`: all blank if the number is 0.
    Blank,
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
        let upper = text.to_ascii_uppercase();
        let minimal = match upper.as_str() {
            "TM" | "TM9" => Some(Minimal::Plain),
            "TME" => Some(Minimal::Scientific),
            _ => None,
        };
        if minimal.is_some() {
            return Ok(Self { elements: Vec::new(), fill: true, minimal, text: text.to_owned() });
        }
        let (fill, mut rest) = match upper.strip_prefix("FM") {
            Some(rest) => (true, rest),
            None => (false, upper.as_str()),
        };
        let mut elements = Vec::new();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix("MI") {
                elements.push(Element::Minus);
                rest = after;
                continue;
            }
            elements.push(match rest.as_bytes()[0] {
                b'9' => Element::Digit,
                b'0' => Element::Zero,
                b',' | b'G' => Element::Group,
                b'.' | b'D' => Element::Point,
                b'$' => Element::Dollar,
                b'S' => Element::Sign,
                b'X' => Element::Hex(text.as_bytes()[text.len() - rest.len()] == b'x'),
                b'B' => Element::Blank,
                _ => {
                    return Err(SqlError::new(100_095, "22007", format!("Bad output format model '{text}'")));
                }
            });
            rest = &rest[1..];
        }
        Ok(Self { elements, fill, minimal, text: text.to_owned() })
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
        match self.minimal {
            Some(Minimal::Plain) => return Ok(decimal::text(value, scale)),
            Some(Minimal::Scientific) => return Ok(scientific(value, scale)),
            None => {}
        }
        if let Some(lower) = self.hexadecimal() {
            let whole = decimal::rescale(value, scale, 0).unwrap_or(0);
            let width =
                self.elements.iter().filter(|element| matches!(element, Element::Hex(_) | Element::Zero)).count();
            let magnitude = whole.unsigned_abs();
            let mut text = if lower { format!("{magnitude:x}") } else { format!("{magnitude:X}") };
            if text.len() > width {
                return Ok("#".repeat(width + 1));
            }
            if self.elements.contains(&Element::Zero) {
                text = format!("{text:0>width$}");
            }
            let sign = if whole < 0 { "-" } else { "" };
            return Ok(if self.fill { format!("{sign}{text}") } else { format!(" {sign}{text:>width$}") });
        }
        if value == 0 && self.elements.contains(&Element::Blank) {
            return Ok(if self.fill { String::new() } else { " ".repeat(self.elements.len()) });
        }
        let (whole_digits, fraction_digits) = (self.digits(false), self.digits(true));
        let rounded = decimal::rescale(value, scale, fraction_digits.min(37) as u8);
        let negative = value < 0 && rounded != Some(0);
        let text = rounded.map(|rounded| decimal::text(rounded.abs(), fraction_digits.min(37) as u8));
        let (whole, fraction) = match &text {
            Some(text) => text.split_once('.').unwrap_or((text, "")),
            None => ("", ""),
        };
        let whole = whole.trim_start_matches('0');
        let signed = self.elements.iter().any(|element| matches!(element, Element::Sign | Element::Minus));
        if text.is_none() || whole.len() > whole_digits {
            return Ok("#".repeat(self.elements.len() + usize::from(!signed)));
        }
        let mut whole = format!("{whole:>whole_digits$}").into_bytes().into_iter();
        let mut fraction = fraction.bytes();
        let (mut result, mut seen, mut in_fraction) = (String::new(), false, false);
        let mut remaining = whole_digits;
        let mut sign_at = None;
        for element in &self.elements {
            match element {
                Element::Digit | Element::Zero if in_fraction => result.push(fraction.next().unwrap_or(b'0') as char),
                Element::Digit | Element::Zero => {
                    let digit = whole.next().unwrap_or(b' ');
                    remaining -= 1;
                    let last = remaining == 0 && fraction_digits == 0;
                    let shown = if digit != b' ' {
                        digit as char
                    } else if *element == Element::Zero || seen || last {
                        '0'
                    } else {
                        ' '
                    };
                    if shown != ' ' && !seen {
                        seen = true;
                        sign_at = Some(result.len());
                    }
                    result.push(shown);
                }
                Element::Group => result.push(if seen { ',' } else { ' ' }),
                Element::Point => {
                    in_fraction = true;
                    sign_at = sign_at.or(Some(result.len()));
                    seen = true;
                    result.push('.');
                }
                Element::Dollar => result.push('$'),
                Element::Sign => result.push(if negative { '-' } else { '+' }),
                Element::Minus => result.push(if negative { '-' } else { ' ' }),
                Element::Hex(_) | Element::Blank => {}
            }
        }
        if !signed {
            // The sign stands before the first digit, in a column of its own.
            let mut at = sign_at.unwrap_or(0);
            result.insert(0, ' ');
            if negative {
                while result.as_bytes()[at] != b' ' {
                    at -= 1;
                }
                result.replace_range(at..=at, "-");
            }
        }
        Ok(if self.fill { result.replace(' ', "") } else { result })
    }

    /// Reads a number that was written so; `None` where the text does not fit the format.
    pub(super) fn read(&self, text: &str) -> Option<(i128, u8)> {
        let text = text.trim();
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
            ("99", 123, 0, "###"),
            ("TM9", -1250, 2, "-12.50"),
            ("XX", 255, 0, " FF"),
            ("xx", 255, 0, " ff"),
            ("0XXX", 255, 0, " 00FF"),
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
        ] {
            assert_eq!(NumberFormat::parse(format).unwrap().read(text), expected, "{format}");
        }
    }
}
