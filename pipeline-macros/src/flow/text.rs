//! Rules about text that Snowflake runs or stores.

use proc_macro2::Span;
use syn::{Expr, Lit};

use super::mistake;
use crate::options::as_literal;

/// Words that begin a statement which commits the open transaction.
const DDL: &[&str] = &["CREATE", "ALTER", "DROP", "UNDROP", "GRANT", "REVOKE", "COMMENT"];
/// Words that begin a statement about transactions.
const TRANSACTIONS: &[&str] = &["COMMIT", "ROLLBACK", "START"];
/// Words that begin a statement which a procedure with its owner's rights cannot run.
const OF_THE_CALLER: &[&str] = &["USE", "SET", "UNSET", "LIST", "LS"];

/// The rules about `execute_immediate(text, binds)`, as far as the text is a literal.
pub(super) fn check(
    mistakes: &mut Vec<(Span, String)>,
    statement: &Expr,
    binds: &Expr,
    in_transaction: bool,
    owner: bool,
) {
    let Some((false, Lit::Str(text))) = as_literal(statement) else { return };
    let value = text.value();
    let words = first_words(&value);
    let [first, second] = [0, 1].map(|at| words.get(at).map_or("", String::as_str));
    let mut wrong = |message: String, rule: &str, help: &str| mistake(mistakes, text.span(), &message, rule, help);
    let transaction =
        TRANSACTIONS.contains(&first) || (first == "BEGIN" && ["", "TRANSACTION", "WORK"].contains(&second));
    if transaction {
        let help = "put the statements into `transaction(|| { .. })`";
        wrong(
            format!("`{first}` in a text would end or begin a transaction behind the procedure's back"),
            "execute-transaction",
            help,
        );
    } else if in_transaction && DDL.contains(&first) {
        let help = "run it before or after the transaction";
        wrong(format!("`{first}` commits the transaction around it"), "execute-transaction", help);
    } else if owner && (OF_THE_CALLER.contains(&first) || (first == "ALTER" && second == "SESSION")) {
        let help = "write the full names of objects, or `execute_as = caller`";
        wrong(format!("a procedure with its owner's rights cannot run `{first}`"), "execute-owner", help);
    } else if statements(&value) > 1 && !["BEGIN", "DECLARE"].contains(&first) {
        let help = "call `execute_immediate` for each";
        wrong("the text has more than one statement".to_owned(), "execute-one-statement", help);
    } else if let Expr::Tuple(binds) = binds {
        let (wanted, given) = (placeholders(&value), binds.elems.len());
        if wanted != given && !value.contains(':') {
            let message = format!("the text has {wanted} placeholders `?`, but {given} variables are given");
            wrong(message, "execute-binds", "give one variable for each `?`, in their order");
        }
    }
}

/// The first two words in upper case, without comments before them.
fn first_words(text: &str) -> Vec<String> {
    let code = outside(text);
    let words = code.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != '$');
    words.filter(|word| !word.is_empty()).take(2).map(str::to_ascii_uppercase).collect()
}

/// The text with blanks for what stands in quotes and comments.
fn outside(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let end = match letter {
            '\'' | '"' => rest[1..].find(letter).map(|at| at + 2),
            '$' if rest.starts_with("$$") => rest[2..].find("$$").map(|at| at + 4),
            '-' if rest.starts_with("--") => Some(rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => rest.find("*/").map(|at| at + 2),
            _ => {
                out.push(letter);
                rest = &rest[letter.len_utf8()..];
                continue;
            }
        };
        let quoted = matches!(letter, '\'' | '"' | '$');
        out.push(if quoted { '_' } else { ' ' });
        rest = &rest[end.unwrap_or(rest.len())..];
    }
    out
}

fn statements(text: &str) -> usize {
    outside(text).split(';').filter(|part| !part.trim().is_empty()).count()
}

fn placeholders(text: &str) -> usize {
    outside(text).matches('?').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_comments_do_not_count() {
        for (text, first, count, binds) in [
            ("DELETE FROM T WHERE A = ? AND B = '?;'", "DELETE", 1, 1),
            ("  -- ; ?\n/* ; */ drop table \"a;b\" ;", "DROP", 1, 0),
            ("INSERT INTO T SELECT $$a;b?$$, ?, ?; SELECT 1", "INSERT", 2, 2),
            ("", "", 0, 0),
        ] {
            let words = first_words(text);
            let found = words.first().map_or("", String::as_str);
            assert_eq!((found, statements(text), placeholders(text)), (first, count, binds), "{text}");
        }
    }
}
