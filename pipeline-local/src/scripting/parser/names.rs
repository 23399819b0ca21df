//! Expressions and the names in them.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::super::ast::{Expression, NameRef, Sql};
use super::super::simple;
use super::super::tokens::Placed;
use super::Parser;
use crate::Result;

/// Words of expressions that are never variables.
const EXPRESSION_WORDS: [&str; 42] = [
    "ALL",
    "AND",
    "ANY",
    "AS",
    "ASC",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "COLLATE",
    "DESC",
    "DISTINCT",
    "ELSE",
    "END",
    "ESCAPE",
    "EXISTS",
    "FALSE",
    "FROM",
    "FOR",
    "GROUP",
    "ILIKE",
    "IN",
    "INTERVAL",
    "IS",
    "LIKE",
    "NOT",
    "NULL",
    "ON",
    "OR",
    "ORDER",
    "OVER",
    "PARTITION",
    "REGEXP",
    "RLIKE",
    "SELECT",
    "SOME",
    "THEN",
    "TRUE",
    "TRY_CAST",
    "WHEN",
    "WHERE",
    "WITHIN",
];

/// Words that begin statements, and follow no operand in an expression.
const STATEMENT_WORDS: [&str; 21] = [
    "BREAK", "CALL", "CLOSE", "CONTINUE", "DELETE", "EXECUTE", "FETCH", "FOR", "IF", "INSERT", "ITERATE", "LET",
    "LOOP", "MERGE", "OPEN", "RAISE", "REPEAT", "RETURN", "TRUNCATE", "UPDATE", "WHILE",
];

impl Parser<'_> {
    /// `( expression )`, where Snowflake insists on the parentheses.
    pub(super) fn parenthesised(&mut self) -> Result<Expression> {
        if !matches!(self.tokens.peek(), Some(Placed { token: Token::LParen, .. })) {
            return Err(self.tokens.unexpected());
        }
        let close = self.tokens.closing_parenthesis()?;
        let start = self.tokens.index() + 1;
        self.tokens.set_index(close + 1);
        self.expression_between(start, close)
    }

    pub(super) fn expression(&mut self, stops: &[&str]) -> Result<Expression> {
        let start = self.tokens.index();
        let end = self.find_stop(stops, true)?;
        self.tokens.set_index(end);
        self.expression_between(start, end)
    }

    pub(super) fn expression_between(&mut self, start: usize, end: usize) -> Result<Expression> {
        if start >= end {
            self.tokens.set_index(start);
            return Err(self.tokens.unexpected());
        }
        if let Some(at) = self.next_statement(start, end) {
            return Err(self.unexpected_at(at));
        }
        let names = self.names(start, end, true)?;
        let simple = simple::parse(&self.tokens, start, end, &names);
        Ok(Expression {
            position: self.tokens.at(start).map(|first| first.position).unwrap_or_default(),
            text: self.tokens.slice(start, end).to_owned(),
            names,
            simple: simple.map(Box::new),
        })
    }

    /// Where a statement begins within what should be an expression: the semicolon between them is missing.
    fn next_statement(&self, start: usize, end: usize) -> Option<usize> {
        let mut depth = 0_usize;
        let mut after_operand = false;
        for index in start..end {
            let placed = self.tokens.at(index)?;
            match &placed.token {
                Token::LParen | Token::LBracket | Token::LBrace => depth += 1,
                Token::RParen | Token::RBracket | Token::RBrace => depth = depth.saturating_sub(1),
                _ => {}
            }
            let word = placed.keyword();
            let begins = word.as_deref().is_some_and(|word| STATEMENT_WORDS.contains(&word));
            if begins && after_operand && depth == 0 {
                return Some(index);
            }
            after_operand = match &placed.token {
                Token::Number(..) | Token::SingleQuotedString(_) | Token::RParen | Token::RBracket | Token::RBrace => {
                    true
                }
                Token::Word(_) => word.is_none_or(|word| !EXPRESSION_WORDS.contains(&word.as_str())),
                _ => false,
            };
        }
        None
    }

    pub(super) fn sql(&self, start: usize, end: usize) -> Result<Sql> {
        Ok(Sql { text: self.tokens.slice(start, end).to_owned(), binds: self.names(start, end, false)? })
    }

    /// The names between two tokens that are variables (`:v`) or, in scripting expressions, may be (`v`, `row.column`).
    pub(super) fn names(&self, start: usize, end: usize, bare: bool) -> Result<Vec<NameRef>> {
        let base = self.tokens.at(start).map_or(0, |first| first.start);
        let mut names = Vec::new();
        // One entry per open parenthesis: whether it holds a query, where bare names are columns.
        let mut queries: Vec<bool> = Vec::new();
        let token = |index: usize| if index < end { self.tokens.at(index).map(|placed| &placed.token) } else { None };
        let mut index = start;
        while index < end {
            let Some(placed) = self.tokens.at(index) else { break };
            let previous = (index > start).then(|| self.tokens.at(index - 1)).flatten();
            match &placed.token {
                Token::LParen => {
                    let inner = self.tokens.at(index + 1).and_then(Placed::keyword);
                    let outer = queries.last().copied().unwrap_or(false);
                    queries.push(outer || matches!(inner.as_deref(), Some("SELECT" | "WITH")));
                }
                Token::RParen => {
                    queries.pop();
                }
                Token::Colon => {
                    let path = previous.is_some_and(|before| {
                        before.end == placed.start
                            && matches!(
                                before.token,
                                Token::Word(_)
                                    | Token::RParen
                                    | Token::RBracket
                                    | Token::RBrace
                                    | Token::SingleQuotedString(_)
                            )
                    });
                    if let (false, Some(name)) = (path, self.tokens.at(index + 1).filter(|_| index + 1 < end)) {
                        if let Some(folded) = name.identifier() {
                            if token(index + 2) == Some(&Token::Period) && !bare {
                                return Err(self.unexpected_at(index + 2));
                            }
                            let field = self.field_after(index + 1, end);
                            let last = if field.is_some() { index + 3 } else { index + 1 };
                            let stars = self.stars_before(index, start);
                            names.push(NameRef {
                                position: placed.position,
                                start: stars.unwrap_or(placed.start) - base,
                                end: self.tokens.at(last).map_or(name.end, |last| last.end) - base,
                                name: folded,
                                written: self.tokens.text()[name.start..name.end].to_owned(),
                                field,
                                bind: true,
                                spread: stars.is_some(),
                            });
                            index = last;
                        }
                    } else if path {
                        // The path's first name is no variable.
                        index += 1;
                    }
                }
                Token::Word(word)
                    if token(index + 1) == Some(&Token::LParen)
                        && ["ARRAY", "OBJECT", "MAP", "VECTOR"].contains(&word.value.to_ascii_uppercase().as_str())
                        && previous.is_some_and(|before| {
                            before.token == Token::DoubleColon || before.keyword().as_deref() == Some("AS")
                        }) =>
                {
                    // What a structured type holds is no variable.
                    index = self.closing(index + 1, end);
                }
                Token::Word(word) if bare && !queries.last().copied().unwrap_or(false) => {
                    let after_name =
                        previous.is_some_and(|before| matches!(before.token, Token::Period | Token::DoubleColon));
                    let next = token(index + 1);
                    let keyword = word.quote_style.is_none()
                        && EXPRESSION_WORDS.contains(&word.value.to_ascii_uppercase().as_str());
                    let typed = matches!(next, Some(Token::SingleQuotedString(_)));
                    let field = self.field_after(index, end);
                    let called = match field {
                        Some(_) => token(index + 3) == Some(&Token::LParen) || token(index + 3) == Some(&Token::Period),
                        None => matches!(next, Some(Token::LParen | Token::Period | Token::RArrow)),
                    };
                    let cast_type = previous.and_then(Placed::keyword).as_deref() == Some("AS");
                    if !(after_name || keyword || typed || called || cast_type) {
                        let last = if field.is_some() { index + 2 } else { index };
                        names.push(NameRef {
                            position: placed.position,
                            start: placed.start - base,
                            end: self.tokens.at(last).map_or(placed.end, |last| last.end) - base,
                            name: placed.identifier().unwrap_or_default(),
                            written: self.tokens.text()[placed.start..placed.end].to_owned(),
                            field,
                            bind: false,
                            spread: false,
                        });
                        index = last;
                    }
                }
                _ => {}
            }
            index += 1;
        }
        Ok(names)
    }

    /// The parenthesis that closes the one at `open`, or the last token before `end`.
    fn closing(&self, open: usize, end: usize) -> usize {
        let mut depth = 0_usize;
        let closes = |index: &usize| {
            match self.tokens.at(*index).map(|placed| &placed.token) {
                Some(Token::LParen) => depth += 1,
                Some(Token::RParen) => depth -= 1,
                _ => {}
            }
            depth == 0
        };
        (open..end).find(closes).unwrap_or(end.saturating_sub(1))
    }

    /// The first byte of `**` before a token.
    fn stars_before(&self, index: usize, start: usize) -> Option<usize> {
        let before = |back: usize| index.checked_sub(back).filter(|at| *at >= start).and_then(|at| self.tokens.at(at));
        let (second, first) = (before(1)?, before(2)?);
        let both = first.token == Token::Mul && second.token == Token::Mul && first.end == second.start;
        both.then_some(first.start)
    }

    /// The column in `row.column`, when the token at `index` is followed by one.
    pub(super) fn field_after(&self, index: usize, end: usize) -> Option<String> {
        if index + 2 >= end || self.tokens.at(index + 1)?.token != Token::Period {
            return None;
        }
        self.tokens.at(index + 2)?.identifier()
    }
}
