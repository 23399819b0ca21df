//! The escape sequences of string literals.

/// The text that a literal stands for, given as written with its quotes.
///
/// <https://docs.snowflake.com/en/sql-reference/data-types-text#escape-sequences-in-single-quoted-string-constants>
pub(super) fn unescaped(written: &str) -> String {
    let inner = written.strip_prefix('\'').unwrap_or(written);
    let inner = inner.strip_suffix('\'').unwrap_or(inner);
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\'' => {
                text.push('\'');
                rest = rest.strip_prefix('\'').unwrap_or(rest);
            }
            '\\' => rest = escape(rest, &mut text),
            c => text.push(c),
        }
    }
    text
}

/// Reads what follows a backslash; gives what is left.
fn escape<'a>(rest: &'a str, text: &mut String) -> &'a str {
    let Some(c) = rest.chars().next() else { return rest };
    let after = &rest[c.len_utf8()..];
    let digits = |of: &str, radix: u32, most: usize| {
        of.chars().take(most).take_while(|digit| digit.is_digit(radix)).map(char::len_utf8).sum::<usize>()
    };
    let code = |digits: &str, radix: u32| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    match c {
        'b' => text.push('\u{8}'),
        'f' => text.push('\u{c}'),
        'n' => text.push('\n'),
        'r' => text.push('\r'),
        't' => text.push('\t'),
        '0'..='7' => {
            let length = digits(rest, 8, 3);
            text.extend(code(&rest[..length], 8));
            return &rest[length..];
        }
        'x' | 'u' => {
            let wanted = if c == 'x' { 2 } else { 4 };
            let length = digits(after, 16, wanted);
            match code(&after[..length], 16).filter(|_| length == wanted) {
                Some(character) => {
                    text.push(character);
                    return &after[length..];
                }
                None => text.push(c),
            }
        }
        // Before any other character the backslash is dropped.
        c => text.push(c),
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        for (written, expected) in [
            (r"'a''b'", "a'b"),
            (r"'a\'b'", "a'b"),
            (r"'\\n'", r"\n"),
            (r"'a\nb\tc\rd'", "a\nb\tc\rd"),
            (r"'a\2b'", "a\u{2}b"),
            (r"'\0'", "\0"),
            (r"'\1013'", "A3"),
            (r"'\8'", "8"),
            (r"'\x41\u00e9\xg'", "Aéxg"),
            (r"'a\%\_\é'", "a%_é"),
            (r"'\b\f'", "\u{8}\u{c}"),
        ] {
            assert_eq!(unescaped(written), expected, "{written}");
        }
    }
}
