//! INTERVAL literals: `d + INTERVAL '1 year, 3 days'` is a chain of DATEADD.
//!
//! <https://docs.snowflake.com/en/sql-reference/data-types-datetime#interval-constants>

use datafusion::sql::sqlparser::ast::{Expr, Interval, Value as Literal};

use super::ast::{call, literal};
use crate::error::{Result, SqlError};
use crate::function::time::Part;

/// `moment` moved by an interval, back if `negative`.
pub(super) fn moved(moment: Expr, interval: Interval, negative: bool) -> Result<Expr> {
    let Expr::Value(value) = *interval.value else {
        return Err(SqlError::syntax("an INTERVAL that is not a string literal"));
    };
    let text = match value.value {
        Literal::Number(text, _) => text.trim_end_matches("e0").to_owned(),
        other => other.into_string().unwrap_or_default(),
    };
    let field = interval.leading_field.map(|field| field.to_string());
    let mut moved = moment;
    for (count, part) in parts(&text, field.as_deref())? {
        let count = if negative { -count } else { count };
        let number = literal(Literal::Number(format!("{}e0", count.unsigned_abs()), true));
        let number = if count < 0 { call("SF_NEGATE", vec![number]) } else { number };
        moved = call("DATEADD", vec![literal(Literal::SingleQuotedString(part)), number, moved]);
    }
    Ok(moved)
}

fn parts(text: &str, field: Option<&str>) -> Result<Vec<(i64, String)>> {
    let invalid = || SqlError::compilation(1003, "42000", format_args!("Invalid interval '{text}'."));
    text.split(',')
        .map(|piece| {
            let piece = piece.trim();
            let end = piece
                .char_indices()
                .find(|(index, c)| !(c.is_ascii_digit() || (*index == 0 && matches!(c, '-' | '+'))))
                .map_or(piece.len(), |(index, _)| index);
            let count = piece[..end].parse::<i64>().map_err(|_| invalid())?;
            let unit = match piece[end..].trim() {
                "" => field.unwrap_or("second"),
                unit => unit,
            };
            let part = unit.to_ascii_lowercase();
            if Part::parse(&part).is_none() {
                return Err(invalid());
            }
            Ok((count, part))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_intervals() {
        for (text, field, expected) in [
            ("1 day", None, "1 day"),
            ("1 year, 3 months", None, "1 year, 3 months"),
            ("-2h", None, "-2 h"),
            ("5", Some("MINUTE"), "5 minute"),
            ("5", None, "5 second"),
        ] {
            let found = parts(text, field).unwrap();
            let found: Vec<_> = found.iter().map(|(count, part)| format!("{count} {part}")).collect();
            assert_eq!(found.join(", "), expected, "{text}");
        }
        for text in ["", "day", "1 fortnight"] {
            assert!(parts(text, None).is_err(), "{text}");
        }
    }
}
