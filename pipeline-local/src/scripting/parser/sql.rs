//! Statements that go to the engine, and where they end.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::super::ast::{NameRef, StatementKind};
use super::super::tokens::Placed;
use super::Parser;
use crate::{Result, SqlError};

/// The first words of SQL statements.
const STATEMENTS: [&str; 39] = [
    "ALTER", "ANALYZE", "BEGIN", "CALL", "COMMENT", "COMMIT", "COPY", "CREATE", "DELETE", "DESC", "DESCRIBE", "DROP",
    "EXECUTE", "EXPLAIN", "FROM", "GET", "GRANT", "INSERT", "LIST", "LS", "MERGE", "PUT", "REMOVE", "REVOKE", "RM",
    "ROLLBACK", "SAVE", "SELECT", "SET", "SHOW", "START", "TABLE", "TRUNCATE", "UNDROP", "UNSET", "UPDATE", "USE",
    "VALUES", "WITH",
];

impl Parser<'_> {
    pub(super) fn execute_immediate(&mut self, end: Option<usize>) -> Result<StatementKind> {
        self.tokens.next();
        self.tokens.next();
        if self.tokens.peek_keyword().as_deref() == Some("FROM") {
            return Err(SqlError::unsupported("EXECUTE IMMEDIATE FROM"));
        }
        let text = match end {
            Some(end) => {
                let start = self.tokens.index();
                let stop = self.find_end(&["USING"])?.min(end);
                self.tokens.set_index(stop);
                self.expression_between(start, stop)?
            }
            None => self.expression(&["USING"])?,
        };
        Ok(StatementKind::ExecuteImmediate { text, using: self.using()? })
    }

    pub(super) fn select(&mut self) -> Result<StatementKind> {
        let start = self.tokens.index();
        let end = self.find_end(&[])?;
        let into = self.find_keyword(start, end, "INTO");
        let Some(into) = into else { return self.sql_statement() };
        self.tokens.set_index(into + 1);
        let targets = self.targets()?;
        let rest = self.tokens.index();
        let mut sql = self.sql(start, into)?;
        if rest < end {
            let tail = self.sql(rest, end)?;
            let shift = sql.text.len() + 1;
            sql.text = format!("{} {}", sql.text, tail.text);
            sql.binds.extend(tail.binds.into_iter().map(|bind| NameRef {
                start: bind.start + shift,
                end: bind.end + shift,
                ..bind
            }));
        }
        self.tokens.set_index(end);
        Ok(StatementKind::SelectInto { sql, targets })
    }

    pub(super) fn call(&mut self) -> Result<StatementKind> {
        let start = self.tokens.index();
        let end = self.find_end(&[])?;
        let into = self.find_keyword(start, end, "INTO");
        let sql = self.sql(start, into.unwrap_or(end))?;
        let target = match into {
            Some(into) => {
                self.tokens.set_index(into + 1);
                let target = self.target()?;
                if self.tokens.index() != end {
                    return Err(self.tokens.unexpected());
                }
                Some(target)
            }
            None => None,
        };
        self.tokens.set_index(end);
        Ok(StatementKind::Call { sql, target })
    }

    pub(super) fn sql_statement(&mut self) -> Result<StatementKind> {
        let start = self.tokens.index();
        let end = self.find_statement_end()?;
        let begins_statement = match self.tokens.peek_keyword() {
            Some(word) => STATEMENTS.contains(&word.as_str()),
            None => self.tokens.peek().is_some_and(|next| next.token == Token::LParen),
        };
        if !begins_statement {
            return Err(self.tokens.unexpected());
        }
        self.tokens.set_index(end);
        Ok(StatementKind::Sql(self.sql(start, end)?))
    }

    /// The index of the semicolon that ends the SQL statement at the cursor; a bare block as the body of a CREATE is
    /// part of it.
    pub(super) fn find_statement_end(&self) -> Result<usize> {
        let end = self.find_end(&[])?;
        if self.tokens.peek_keyword().as_deref() != Some("CREATE") {
            return Ok(end);
        }
        let has_body = (self.tokens.index()..end).any(|index| {
            let word = |at: usize| self.tokens.at(at).and_then(Placed::keyword);
            word(index).as_deref() == Some("AS") && matches!(word(index + 1).as_deref(), Some("BEGIN" | "DECLARE"))
        });
        if !has_body {
            return Ok(end);
        }
        let Some(first) = self.tokens.peek() else { return Ok(end) };
        let text = &self.tokens.text()[first.start..];
        let length = crate::parse::split(text)?.first().map_or(text.len(), |(statement, at)| at + statement.len());
        let stop = first.start + length;
        let past = (self.tokens.index()..).find(|index| self.tokens.at(*index).is_none_or(|next| next.start >= stop));
        Ok(past.unwrap_or(end))
    }

    /// The index of the first token at no depth that is a semicolon, a comma where `stops` is for a list, a closing
    /// parenthesis or one of the words.
    pub(super) fn find_end(&self, stops: &[&str]) -> Result<usize> {
        self.find_stop(stops, false)
    }

    pub(super) fn find_stop(&self, stops: &[&str], comma: bool) -> Result<usize> {
        let (mut depth, mut cases) = (0_usize, 0_usize);
        let mut index = self.tokens.index();
        while let Some(placed) = self.tokens.at(index) {
            match &placed.token {
                Token::LParen | Token::LBracket | Token::LBrace => depth += 1,
                Token::RParen | Token::RBracket | Token::RBrace if depth == 0 => return Ok(index),
                Token::RParen | Token::RBracket | Token::RBrace => depth -= 1,
                Token::SemiColon => return if depth == 0 { Ok(index) } else { Err(self.unexpected_at(index)) },
                Token::Comma if comma && depth == 0 => return Ok(index),
                Token::Word(_) => {
                    let word = placed.keyword().unwrap_or_default();
                    let stops_here = depth == 0 && cases == 0 && stops.contains(&word.as_str());
                    match word.as_str() {
                        _ if stops_here => return Ok(index),
                        "CASE" => cases += 1,
                        "END" if cases > 0 => cases -= 1,
                        // Nothing before it is closed by it: a semicolon is missing.
                        "END" if depth == 0 => return Ok(index),
                        _ => {}
                    }
                }
                _ => {}
            }
            index += 1;
        }
        Ok(index)
    }

    pub(super) fn unexpected_at(&self, index: usize) -> SqlError {
        match self.tokens.at(index) {
            Some(placed) => SqlError::syntax(format_args!(
                "syntax error line {} at position {} unexpected '{}'.",
                placed.position.line,
                placed.position.column,
                &self.tokens.text()[placed.start..placed.end]
            )),
            None => self.unexpected_end(),
        }
    }

    /// The index of a word at no depth of parentheses.
    pub(super) fn find_keyword(&self, start: usize, end: usize, word: &str) -> Option<usize> {
        let mut depth = 0_usize;
        for index in start..end {
            let placed = self.tokens.at(index)?;
            match &placed.token {
                Token::LParen => depth += 1,
                Token::RParen => depth = depth.saturating_sub(1),
                _ if depth == 0 && placed.keyword().as_deref() == Some(word) => return Some(index),
                _ => {}
            }
        }
        None
    }
}
