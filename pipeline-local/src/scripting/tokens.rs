//! A cursor over the tokens of a block that knows where each token stands in the text.

use datafusion::sql::sqlparser::dialect::SnowflakeDialect;
use datafusion::sql::sqlparser::tokenizer::{Location, Token, Tokenizer};

use super::ast::Position;
use crate::parse::Cursor;
use crate::types::SqlType;
use crate::{Result, SqlError};

/// A token with its bytes in the text.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) position: Position,
}

impl Placed {
    /// The unquoted word in upper case, if it is one.
    pub(super) fn keyword(&self) -> Option<String> {
        match &self.token {
            Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_ascii_uppercase()),
            _ => None,
        }
    }

    /// The identifier, folded unless quoted.
    pub(super) fn identifier(&self) -> Option<String> {
        match &self.token {
            Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_ascii_uppercase()),
            Token::Word(word) => Some(word.value.clone()),
            _ => None,
        }
    }
}

/// Reads the tokens of one text in order.
pub(super) struct Tokens<'a> {
    text: &'a str,
    tokens: Vec<Placed>,
    index: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Result<Self> {
        let with_spans = Tokenizer::new(&SnowflakeDialect {}, text).tokenize_with_location().map_err(|error| {
            let at =
                Position { line: error.location.line as u32, column: error.location.column.saturating_sub(1) as u32 };
            SqlError::syntax(format_args!(
                "parse error line {} at position {} near '{}'.",
                at.line, at.column, error.message
            ))
        })?;
        let lines = Lines::new(text);
        let tokens = with_spans
            .into_iter()
            .filter(|token| !matches!(token.token, Token::Whitespace(_) | Token::EOF))
            .map(|token| Placed {
                start: lines.offset(token.span.start),
                end: lines.offset(token.span.end),
                position: Position {
                    line: token.span.start.line as u32,
                    column: token.span.start.column.saturating_sub(1) as u32,
                },
                token: token.token,
            })
            .collect();
        Ok(Self { text, tokens, index: 0 })
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    pub(super) fn index(&self) -> usize {
        self.index
    }

    pub(super) fn set_index(&mut self, index: usize) {
        self.index = index;
    }

    pub(super) fn at(&self, index: usize) -> Option<&Placed> {
        self.tokens.get(index)
    }

    pub(super) fn peek(&self) -> Option<&Placed> {
        self.tokens.get(self.index)
    }

    /// The place of the next token, or of the end.
    pub(super) fn position(&self) -> Position {
        match (self.peek(), self.tokens.last()) {
            (Some(next), _) => next.position,
            (None, Some(last)) => {
                Position { column: last.position.column + (last.end - last.start) as u32, ..last.position }
            }
            (None, None) => Position { line: 1, column: 0 },
        }
    }

    pub(super) fn next(&mut self) -> Option<Placed> {
        let token = self.tokens.get(self.index).cloned();
        self.index += usize::from(token.is_some());
        token
    }

    pub(super) fn is_end(&self) -> bool {
        self.index >= self.tokens.len()
    }

    pub(super) fn peek_keyword(&self) -> Option<String> {
        self.peek().and_then(Placed::keyword)
    }

    pub(super) fn keyword_at(&self, ahead: usize) -> Option<String> {
        self.at(self.index + ahead).and_then(Placed::keyword)
    }

    pub(super) fn accept_keyword(&mut self, keyword: &str) -> bool {
        let found = self.peek_keyword().is_some_and(|word| word == keyword);
        self.index += usize::from(found);
        found
    }

    pub(super) fn accept(&mut self, token: &Token) -> bool {
        let found = self.peek().is_some_and(|next| next.token == *token);
        self.index += usize::from(found);
        found
    }

    pub(super) fn expect_keyword(&mut self, keyword: &str) -> Result<()> {
        if self.accept_keyword(keyword) { Ok(()) } else { Err(self.unexpected()) }
    }

    pub(super) fn expect(&mut self, token: &Token) -> Result<()> {
        if self.accept(token) { Ok(()) } else { Err(self.unexpected()) }
    }

    pub(super) fn expect_identifier(&mut self) -> Result<(String, Position)> {
        let position = self.position();
        match self.peek().and_then(Placed::identifier) {
            Some(name) => {
                self.index += 1;
                Ok((name, position))
            }
            None => Err(self.unexpected()),
        }
    }

    /// The text of a string literal of either kind.
    pub(super) fn expect_string(&mut self) -> Result<String> {
        let text = match self.peek().map(|next| &next.token) {
            Some(Token::SingleQuotedString(text)) => text.clone(),
            Some(Token::DollarQuotedString(text)) => text.value.clone(),
            _ => return Err(self.unexpected()),
        };
        self.index += 1;
        Ok(text)
    }

    /// Snowflake's message for a token in the wrong place.
    pub(super) fn unexpected(&self) -> SqlError {
        let at = self.position();
        let what = self.peek().map_or("<EOF>", |next| &self.text[next.start..next.end]);
        SqlError::syntax(format_args!("syntax error line {} at position {} unexpected '{what}'.", at.line, at.column))
    }

    /// The text from token `from` up to, not including, token `to`.
    pub(super) fn slice(&self, from: usize, to: usize) -> &'a str {
        if from >= to {
            return "";
        }
        match (self.tokens.get(from), self.tokens.get(to - 1)) {
            (Some(first), Some(last)) => &self.text[first.start..last.end],
            _ => "",
        }
    }

    /// The index of the token that closes the parenthesis at the cursor.
    pub(super) fn closing_parenthesis(&self) -> Result<usize> {
        let mut depth = 0;
        for (offset, placed) in self.tokens[self.index..].iter().enumerate() {
            match placed.token {
                Token::LParen => depth += 1,
                Token::RParen if depth == 1 => return Ok(self.index + offset),
                Token::RParen => depth -= 1,
                _ => {}
            }
        }
        let mut end = Self { text: self.text, tokens: Vec::new(), index: 0 };
        end.tokens.extend(self.tokens.last().cloned());
        end.index = 1;
        Err(end.unexpected())
    }

    /// A data type, if one stands here rather than the beginning of a value or the end.
    pub(super) fn data_type(&mut self) -> Result<Option<SqlType>> {
        match self.peek().map(|next| &next.token) {
            Some(Token::Word(_)) if self.peek_keyword().as_deref() != Some("DEFAULT") => {}
            _ => return Ok(None),
        }
        let start = self.index;
        let mut depth = 0_usize;
        let mut end = start;
        while let Some(placed) = self.tokens.get(end) {
            match &placed.token {
                Token::LParen => depth += 1,
                Token::RParen => depth = depth.saturating_sub(1),
                Token::SemiColon | Token::Assignment => break,
                Token::Comma if depth == 0 => break,
                Token::Word(_) if placed.keyword().as_deref() == Some("DEFAULT") => break,
                _ => {}
            }
            end += 1;
        }
        let mut cursor = Cursor::new(self.slice(start, end))?;
        let sql_type =
            cursor.data_type().map_err(|error| if error.code == 1003 { self.unexpected() } else { error })?;
        self.index = start + cursor.index();
        Ok(Some(sql_type))
    }

    /// An unsigned integer.
    pub(super) fn expect_number(&mut self) -> Result<u32> {
        let number = match self.peek().map(|next| &next.token) {
            Some(Token::Number(text, _)) => text.parse().ok(),
            _ => None,
        };
        let number = number.ok_or_else(|| self.unexpected())?;
        self.index += 1;
        Ok(number)
    }
}

/// Turns the tokenizer's lines and columns (both from 1, counted in characters) into bytes.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    fn offset(&self, location: Location) -> usize {
        let line = (location.line as usize).saturating_sub(1);
        let Some(&start) = self.starts.get(line) else { return self.text.len() };
        let column = (location.column as usize).saturating_sub(1);
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        let text = &self.text[start..end];
        if text.is_ascii() {
            return (start + column).min(self.text.len());
        }
        text.char_indices().nth(column).map_or(end, |(at, _)| start + at)
    }
}
