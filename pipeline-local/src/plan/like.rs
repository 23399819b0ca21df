//! LIKE and ILIKE. Snowflake has no escape character by default, DataFusion the backslash; ANY and ALL take lists.

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, Function, Value as Literal, ValueWithSpan};

use super::ast::{binary, call, literal, nested, not, text, unnamed};
use crate::error::{Result, SqlError};

/// The parts of a LIKE as they were written, rewritten already.
pub(super) struct Like {
    pub(super) negated: bool,
    pub(super) any: bool,
    /// ILIKE.
    pub(super) insensitive: bool,
    pub(super) subject: Expr,
    pub(super) pattern: Expr,
    pub(super) escape: Option<ValueWithSpan>,
}

impl Like {
    /// The same for DataFusion.
    pub(super) fn rewritten(self) -> Result<Expr> {
        let escape = match &self.escape {
            None => None,
            Some(value) => {
                let text = value.value.clone().into_string().unwrap_or_default();
                let mut characters = text.chars();
                match (characters.next(), characters.next()) {
                    (Some(character), None) => Some(character),
                    (None, _) => None,
                    _ => {
                        return Err(SqlError::compilation(
                            1003,
                            "42000",
                            format_args!("Invalid escape character '{text}'; it must be one character."),
                        ));
                    }
                }
            }
        };
        let (patterns, join) = match (self.any, self.pattern) {
            (true, Expr::Tuple(patterns)) => (patterns, BinaryOperator::Or),
            (true, Expr::Nested(pattern)) => (vec![*pattern], BinaryOperator::Or),
            (true, pattern) => (vec![pattern], BinaryOperator::Or),
            (false, Expr::Function(function)) if is_all(&function) => {
                (unnamed(&function)?.into_iter().cloned().collect(), BinaryOperator::And)
            }
            (false, pattern) => (vec![pattern], BinaryOperator::And),
        };
        let mut all: Option<Expr> = None;
        for pattern in patterns {
            let subject = Box::new(text(self.subject.clone()));
            let pattern = Box::new(escaped(pattern, escape)?);
            let test = if self.insensitive {
                Expr::ILike { negated: false, any: false, expr: subject, pattern, escape_char: None }
            } else {
                Expr::Like { negated: false, any: false, expr: subject, pattern, escape_char: None }
            };
            all = Some(match all {
                None => test,
                Some(all) => binary(all, join.clone(), test),
            });
        }
        let test = all.ok_or_else(|| SqlError::syntax("LIKE ANY or ALL without patterns"))?;
        Ok(if self.negated { not(test) } else { nested(test) })
    }
}

/// `ALL (...)` after LIKE parses as a call.
pub(super) fn is_all(function: &Function) -> bool {
    function.over.is_none() && function.name.to_string().eq_ignore_ascii_case("ALL")
}

/// A pattern with the backslash as its escape character.
fn escaped(pattern: Expr, escape: Option<char>) -> Result<Expr> {
    if let Expr::Value(value) = &pattern
        && let Literal::SingleQuotedString(pattern) = &value.value
    {
        return Ok(literal(Literal::SingleQuotedString(with_backslashes(pattern, escape))));
    }
    let string = |text: &str| literal(Literal::SingleQuotedString(text.to_owned()));
    match escape {
        None => Ok(call("REPLACE", vec![text(pattern), string("\\"), string("\\\\")])),
        Some('\\') => Ok(text(pattern)),
        Some(_) => Err(SqlError::unsupported("LIKE ... ESCAPE with a pattern that is not a literal")),
    }
}

fn with_backslashes(pattern: &str, escape: Option<char>) -> String {
    let mut out = String::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        if Some(character) == escape {
            if let Some(next) = characters.next() {
                if matches!(next, '%' | '_' | '\\') {
                    out.push('\\');
                }
                out.push(next);
            }
        } else {
            if character == '\\' {
                out.push('\\');
            }
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        for (pattern, escape, expected) in [
            ("a%", None, "a%"),
            ("a\\%", None, "a\\\\%"),
            ("a^%b^^", Some('^'), "a\\%b^"),
            ("a\\_%", Some('\\'), "a\\_%"),
        ] {
            assert_eq!(with_backslashes(pattern, escape), expected, "{pattern}");
        }
    }
}
