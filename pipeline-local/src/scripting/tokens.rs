//! A cursor over the tokens of a block that knows where each token stands in the text.

use datafusion::sql::sqlparser::dialect::SnowflakeDialect;
use datafusion::sql::sqlparser::tokenizer::{Location, Token, Tokenizer};

use super::ast::Position;
use crate::types::{DEFAULT_BINARY_LENGTH, MAX_VARCHAR_LENGTH, SqlType};
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
            let at = Position { line: error.location.line as u32, column: error.location.column.saturating_sub(1) as u32 };
            SqlError::syntax(format_args!("parse error line {} at position {} near '{}'.", at.line, at.column, error.message))
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
        self.peek().or(self.tokens.last()).map_or(Position { line: 1, column: 0 }, |token| token.position)
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
        Err(SqlError::syntax(format_args!(
            "syntax error line {} at position {} unexpected '<EOF>'.",
            self.tokens.last().map_or(1, |last| last.position.line),
            self.tokens.last().map_or(0, |last| last.position.column + (last.end - last.start) as u32)
        )))
    }

    /// A data type, if one stands here; the cursor stays where no type name is found.
    pub(super) fn data_type(&mut self) -> Result<Option<SqlType>> {
        let Some(name) = self.peek_keyword() else { return Ok(None) };
        let start = self.index;
        self.index += 1;
        let mut two_words = |tokens: &mut Self, second: &[&str]| {
            for word in second {
                tokens.accept_keyword(word);
            }
        };
        let sql_type = match name.as_str() {
            "NUMBER" | "DECIMAL" | "DEC" | "NUMERIC" => {
                let (precision, scale) = self.two_arguments(38, 0)?;
                if precision == 0 || precision > 38 || scale > precision || scale > 37 {
                    return Err(SqlError::compilation(2, "0A000", format_args!("Unsupported data type '{name}({precision},{scale})'.")));
                }
                SqlType::Number { precision: precision as u8, scale: scale as u8 }
            }
            "INT" | "INTEGER" | "BIGINT" | "SMALLINT" | "TINYINT" | "BYTEINT" => SqlType::INTEGER,
            "DOUBLE" => {
                two_words(self, &["PRECISION"]);
                SqlType::Float
            }
            "FLOAT" | "FLOAT4" | "FLOAT8" | "REAL" => SqlType::Float,
            "VARCHAR" | "STRING" | "TEXT" | "NVARCHAR" | "NVARCHAR2" | "VARCHAR2" => match self.one_argument()? {
                Some(length) if length == 0 || length > MAX_VARCHAR_LENGTH => {
                    return Err(SqlError::compilation(2, "0A000", format_args!("Unsupported data type '{name}({length})'.")));
                }
                Some(length) => SqlType::Varchar(length),
                None => SqlType::TEXT,
            },
            "CHAR" | "CHARACTER" | "NCHAR" => {
                let varying = self.accept_keyword("VARYING");
                match self.one_argument()? {
                    Some(length) => SqlType::Varchar(length),
                    None if varying => SqlType::TEXT,
                    None => SqlType::Varchar(1),
                }
            }
            "BINARY" | "VARBINARY" => SqlType::Binary(self.one_argument()?.unwrap_or(DEFAULT_BINARY_LENGTH)),
            "BOOLEAN" => SqlType::Boolean,
            "DATE" => SqlType::Date,
            "TIME" => SqlType::Time(self.scale()?),
            "TIMESTAMP" => {
                let scale = self.scale()?;
                if self.accept_keyword("WITH") {
                    let local = self.accept_keyword("LOCAL");
                    self.expect_keyword("TIME")?;
                    self.expect_keyword("ZONE")?;
                    if local { SqlType::TimestampLtz(scale) } else { SqlType::TimestampTz(scale) }
                } else {
                    if self.accept_keyword("WITHOUT") {
                        self.expect_keyword("TIME")?;
                        self.expect_keyword("ZONE")?;
                    }
                    SqlType::TimestampNtz(scale)
                }
            }
            "DATETIME" | "TIMESTAMP_NTZ" | "TIMESTAMPNTZ" => SqlType::TimestampNtz(self.scale()?),
            "TIMESTAMP_LTZ" | "TIMESTAMPLTZ" => SqlType::TimestampLtz(self.scale()?),
            "TIMESTAMP_TZ" | "TIMESTAMPTZ" => SqlType::TimestampTz(self.scale()?),
            "VARIANT" => SqlType::Variant,
            "OBJECT" => SqlType::Object,
            "ARRAY" => SqlType::Array,
            "GEOGRAPHY" | "GEOMETRY" | "VECTOR" | "DECFLOAT" | "UUID" | "MAP" | "FILE" => {
                return Err(SqlError::unsupported(format_args!("data type {name}")));
            }
            _ => {
                self.index = start;
                return Ok(None);
            }
        };
        Ok(Some(sql_type))
    }

    fn scale(&mut self) -> Result<u8> {
        match self.one_argument()? {
            Some(scale) if scale > 9 => {
                Err(SqlError::compilation(2, "0A000", format_args!("Unsupported fraction digits {scale}; 0 to 9 are allowed.")))
            }
            Some(scale) => Ok(scale as u8),
            None => Ok(9),
        }
    }

    fn one_argument(&mut self) -> Result<Option<u32>> {
        if !self.accept(&Token::LParen) {
            return Ok(None);
        }
        let number = self.expect_number()?;
        self.expect(&Token::RParen)?;
        Ok(Some(number))
    }

    fn two_arguments(&mut self, first: u32, second: u32) -> Result<(u32, u32)> {
        if !self.accept(&Token::LParen) {
            return Ok((first, second));
        }
        let first = self.expect_number()?;
        let second = if self.accept(&Token::Comma) { self.expect_number()? } else { second };
        self.expect(&Token::RParen)?;
        Ok((first, second))
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
