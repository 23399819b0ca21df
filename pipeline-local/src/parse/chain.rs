//! A limit for chains of operators. Each operator of `a + b + c ..` is one level of a tree, however it is written, and
//! whatever walks the tree needs stack for each level.

use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::Token;

use super::cursor::Cursor;
use crate::error::{Result, SqlError};

/// Operators, or queries joined by set operators, in one chain at most.
const LONGEST: usize = 1_000;

/// The operators since the last separator, at one level of parentheses.
#[derive(Default)]
struct Level {
    operators: usize,
    queries: usize,
}

/// Refuses chains that are too long to be planned.
///
/// # Errors
/// 001003 when there is one.
pub(super) fn check(cursor: &Cursor<'_>) -> Result<()> {
    let mut levels = vec![Level::default()];
    for token in cursor.tokens() {
        match token {
            Token::LParen | Token::LBracket | Token::LBrace => levels.push(Level::default()),
            Token::RParen | Token::RBracket | Token::RBrace if levels.len() > 1 => drop(levels.pop()),
            _ => {}
        }
        let Some(level) = levels.last_mut() else { continue };
        match token {
            Token::Comma => level.operators = 0,
            Token::SemiColon => *level = Level::default(),
            Token::Word(word) if word.quote_style.is_none() => match word.keyword {
                Keyword::AND | Keyword::OR | Keyword::IS | Keyword::LIKE | Keyword::ILIKE | Keyword::RLIKE => {
                    level.operators += 1;
                }
                Keyword::IN | Keyword::BETWEEN | Keyword::COLLATE | Keyword::NOT => level.operators += 1,
                Keyword::UNION | Keyword::EXCEPT | Keyword::MINUS | Keyword::INTERSECT => level.queries += 1,
                Keyword::SELECT | Keyword::FROM | Keyword::WHERE | Keyword::ON | Keyword::SET | Keyword::HAVING => {
                    level.operators = 0;
                }
                Keyword::WHEN | Keyword::THEN | Keyword::ELSE | Keyword::QUALIFY | Keyword::VALUES => {
                    level.operators = 0;
                }
                _ => {}
            },
            Token::Plus | Token::Minus | Token::Mul | Token::Div | Token::Mod | Token::StringConcat => {
                level.operators += 1;
            }
            Token::Eq | Token::Neq | Token::Lt | Token::Gt | Token::LtEq | Token::GtEq | Token::DoubleColon => {
                level.operators += 1;
            }
            Token::Colon | Token::Period | Token::LBracket => level.operators += 1,
            _ => {}
        }
        if level.operators.max(level.queries) > LONGEST {
            return Err(SqlError::compilation(
                1003,
                "42000",
                format_args!(
                    "The statement has a chain of more than {LONGEST} operators, which is too long to be planned. Use IN \
                     with a list, VALUES or a table instead."
                ),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::parse;

    #[test]
    fn long_chains_are_refused_and_long_lists_are_not() {
        let chain = |part: &str, count: usize| format!("SELECT 1{}", part.repeat(count));
        for part in [" + 1", " OR 1", "::INT", " UNION ALL SELECT 1", ":a", " IS NULL", " || 'x'"] {
            let error = parse::statement(&chain(part, 5_000)).unwrap_err();
            assert!(error.message.contains("a chain of more than 1000 operators"), "{part}: {error}");
            assert!(parse::statement(&chain(part, 50)).is_ok(), "{part}");
        }
        for list in [format!("1 IN (1{})", ", 1 + 1".repeat(3_000)), format!("1{}", ", 1 = 1".repeat(3_000))] {
            assert!(parse::statement(&format!("SELECT {list}")).is_ok());
        }
        let rows = format!("INSERT INTO t VALUES (1, -1){}", ", (1 + 1, -1)".repeat(3_000));
        assert!(parse::statement(&rows).is_ok());
        let deep = format!("SELECT {}1{}", "(".repeat(1_000), ")".repeat(1_000));
        assert!(parse::statement(&deep).unwrap_err().message.contains("nested too deeply"));
        assert!(parse::statement(&format!("{}SELECT 1", "EXPLAIN ".repeat(20_000))).is_err());
    }
}
