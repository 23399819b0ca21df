//! A cursor over the tokens of a statement, for the statements that have a parser of their own.

use datafusion::sql::sqlparser::ast;
use datafusion::sql::sqlparser::dialect::SnowflakeDialect;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer, Whitespace};

use super::name::{Name, fold};
use super::{chain, literal};
use crate::error::{Result, SqlError};

/// The dialect of every text this engine parses.
pub const DIALECT: SnowflakeDialect = SnowflakeDialect {};

/// A read position in a tokenised text; white space and comments are left out.
#[derive(Debug, Clone)]
pub struct Cursor<'a> {
    sql: &'a str,
    tokens: Vec<TokenWithSpan>,
    /// Byte range of each token.
    ranges: Vec<(usize, usize)>,
    index: usize,
}

impl<'a> Cursor<'a> {
    /// Tokenises `sql`.
    ///
    /// # Errors
    /// A syntax error where the text has no tokens, such as an unterminated string.
    pub fn new(sql: &'a str) -> Result<Self> {
        let all = Tokenizer::new(&DIALECT, sql)
            .tokenize_with_location()
            .map_err(|error| syntax_at(error.location, &error.message))?;
        let mut lines = vec![0];
        lines.extend(sql.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(index, _)| index + 1));
        // Tokens come in order: characters are counted from the one before, not from the start of a line that may be long.
        let mut before = (Location { line: 0, column: 0 }, 0);
        let mut offset = |location: Location| {
            let start = lines.get((location.line as usize).saturating_sub(1)).copied().unwrap_or(sql.len());
            let (start, column) = match before {
                (known, at) if known.line == location.line && known.column <= location.column => (at, known.column),
                _ => (start, 1),
            };
            let ahead = location.column.saturating_sub(column) as usize;
            let found = sql[start..].char_indices().nth(ahead).map_or(sql.len(), |(index, _)| start + index);
            before = (location, found);
            found
        };
        let mut tokens = Vec::with_capacity(all.len());
        let mut ranges = Vec::with_capacity(all.len());
        for mut token in all {
            if matches!(token.token, Token::EOF | Token::Whitespace(_)) {
                continue;
            }
            let start = offset(token.span.start);
            let end = offset(token.span.end).max(start);
            if let Token::SingleQuotedString(text) = &mut token.token
                && sql[start..end].contains('\\')
            {
                *text = literal::unescaped(&sql[start..end]);
            }
            ranges.push((start, end));
            tokens.push(token);
        }
        Ok(Self { sql, tokens, ranges, index: 0 })
    }

    /// All tokens from here on.
    pub(super) fn tokens(&self) -> impl Iterator<Item = &Token> {
        self.tokens[self.index..].iter().map(|token| &token.token)
    }

    /// The whole text.
    pub fn sql(&self) -> &'a str {
        self.sql
    }

    /// The number of tokens read so far; [`Cursor::rewind`] goes back to it.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Continues at an earlier [`Cursor::index`].
    pub fn rewind(&mut self, index: usize) {
        self.index = index;
    }

    /// The byte offset at which the next token starts, or the end of the text.
    pub fn offset(&self) -> usize {
        self.ranges.get(self.index).map_or(self.sql.len(), |range| range.0)
    }

    /// The byte offset at which the last token that was read ended.
    pub fn last_end(&self) -> usize {
        self.index.checked_sub(1).and_then(|index| self.ranges.get(index)).map_or(0, |range| range.1)
    }

    /// The line (from 1) and position in it (from 0) of the next token, as error texts count.
    pub fn position(&self) -> (u32, u32) {
        position_of(self.sql, self.offset())
    }

    /// The text from a byte offset to the end of the last token that was read.
    pub fn text_since(&self, start: usize) -> &'a str {
        self.sql.get(start..self.last_end()).unwrap_or("")
    }

    /// The text between two byte offsets.
    pub fn text(&self, start: usize, end: usize) -> &'a str {
        self.sql.get(start..end).unwrap_or("")
    }

    /// All text from the next token to the end, without a closing semicolon.
    pub fn rest(&self) -> &'a str {
        self.sql[self.offset()..].trim_end().trim_end_matches(';').trim_end()
    }

    /// Moves to the end of the text.
    pub fn skip_to_end(&mut self) {
        self.index = self.tokens.len();
    }

    /// The next token, if any.
    pub fn peek(&self) -> Option<&Token> {
        self.peek_at(0)
    }

    /// The token `ahead` places after the next one.
    pub fn peek_at(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.index + ahead).map(|token| &token.token)
    }

    /// Reads the next token whatever it is.
    pub fn next_token(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.index).map(|token| token.token.clone());
        self.index += usize::from(token.is_some());
        token
    }

    /// Whether nothing is left but semicolons.
    pub fn at_end(&self) -> bool {
        self.tokens[self.index..].iter().all(|token| token.token == Token::SemiColon)
    }

    /// # Errors
    /// A syntax error when something is left besides semicolons.
    pub fn expect_end(&self) -> Result<()> {
        if self.at_end() { Ok(()) } else { Err(self.unexpected()) }
    }

    /// The next token as an upper-case word, when it is an unquoted one.
    pub fn peek_word(&self) -> Option<String> {
        self.peek_word_at(0)
    }

    /// Like [`Cursor::peek_word`], further ahead.
    pub fn peek_word_at(&self, ahead: usize) -> Option<String> {
        match self.peek_at(ahead) {
            Some(Token::Word(word)) if word.quote_style.is_none() => Some(word.value.to_ascii_uppercase()),
            _ => None,
        }
    }

    /// Whether the next token is this keyword (given in upper case).
    pub fn peek_keyword(&self, keyword: &str) -> bool {
        self.peek_keyword_at(0, keyword)
    }

    /// Like [`Cursor::peek_keyword`], further ahead.
    pub fn peek_keyword_at(&self, ahead: usize, keyword: &str) -> bool {
        matches!(self.peek_at(ahead), Some(Token::Word(word))
            if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(keyword))
    }

    /// Whether the next tokens are these keywords, separated by blanks in `keywords`.
    pub fn peek_keywords(&self, keywords: &str) -> bool {
        keywords.split(' ').enumerate().all(|(ahead, keyword)| self.peek_keyword_at(ahead, keyword))
    }

    /// Reads the keyword if it is next.
    pub fn accept_keyword(&mut self, keyword: &str) -> bool {
        let found = self.peek_keyword(keyword);
        self.index += usize::from(found);
        found
    }

    /// Reads all the keywords (`"IF NOT EXISTS"`) or none.
    pub fn accept_keywords(&mut self, keywords: &str) -> bool {
        let found = self.peek_keywords(keywords);
        if found {
            self.index += keywords.split(' ').count();
        }
        found
    }

    /// # Errors
    /// A syntax error when the keywords are not next.
    pub fn expect_keywords(&mut self, keywords: &str) -> Result<()> {
        for keyword in keywords.split(' ') {
            if !self.accept_keyword(keyword) {
                return Err(self.unexpected());
            }
        }
        Ok(())
    }

    /// Reads the token if it is next.
    pub fn accept(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.index += usize::from(found);
        found
    }

    /// # Errors
    /// A syntax error when the token is not next.
    pub fn expect(&mut self, token: &Token) -> Result<()> {
        if self.accept(token) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// A syntax error at the next token.
    pub fn unexpected(&self) -> SqlError {
        let (line, position) = self.position();
        let text = match self.ranges.get(self.index) {
            Some(range) => &self.sql[range.0..range.1],
            None => "<EOF>",
        };
        let mut error =
            SqlError::syntax(format_args!("syntax error line {line} at position {position} unexpected '{text}'."));
        error.position = Some((line, position));
        error
    }

    /// Reads an identifier; the stored form.
    ///
    /// # Errors
    /// A syntax error when the next token is no identifier.
    pub fn identifier(&mut self) -> Result<String> {
        match self.peek() {
            Some(Token::Word(word)) => {
                let name = fold(&word.value, word.quote_style.is_some());
                if name.chars().count() > 255 {
                    return Err(SqlError::compilation(
                        1003,
                        "42000",
                        format_args!("Object identifier '{name}' is longer than 255 characters."),
                    ));
                }
                self.index += 1;
                Ok(name)
            }
            Some(Token::DoubleQuotedString(text)) => {
                let name = text.clone();
                self.index += 1;
                Ok(name)
            }
            _ => Err(self.unexpected()),
        }
    }

    /// Reads an object name of one to three parts, or `IDENTIFIER('...')`.
    ///
    /// # Errors
    /// A syntax error when there is none.
    pub fn object_name(&mut self) -> Result<Name> {
        let called = self.peek_at(1) == Some(&Token::LParen) && !matches!(self.peek_at(2), Some(Token::Word(_)));
        if self.peek_keyword("IDENTIFIER") && called {
            let start = self.index;
            self.index += 2;
            let text = self.string()?;
            self.expect(&Token::RParen)?;
            return Name::parse(&text).ok_or_else(|| {
                self.index = start;
                SqlError::compilation(1003, "42000", format_args!("Invalid identifier '{text}' in IDENTIFIER()."))
            });
        }
        let mut parts = vec![self.identifier()?];
        while parts.len() < 3 && self.peek() == Some(&Token::Period) {
            self.index += 1;
            if parts.len() == 1 && self.peek() == Some(&Token::Period) {
                self.index += 1;
                parts.push(String::new());
            }
            parts.push(self.identifier()?);
        }
        Ok(Name { parts })
    }

    /// Reads a string literal, `'...'` or `$$...$$`, if one is next.
    pub fn accept_string(&mut self) -> Option<String> {
        let text = match self.peek()? {
            Token::SingleQuotedString(text) => text.clone(),
            Token::DollarQuotedString(text) => text.value.clone(),
            _ => return None,
        };
        self.index += 1;
        Some(text)
    }

    /// # Errors
    /// A syntax error when no string literal is next.
    pub fn string(&mut self) -> Result<String> {
        self.accept_string().ok_or_else(|| self.unexpected())
    }

    /// Reads a whole number with an optional sign.
    ///
    /// # Errors
    /// A syntax error when none is next.
    pub fn integer(&mut self) -> Result<i64> {
        let start = self.index;
        let negative = self.accept(&Token::Minus);
        let value = match self.peek() {
            Some(Token::Number(text, _)) => text.parse::<i64>().ok(),
            _ => None,
        };
        match value {
            Some(value) => {
                self.index += 1;
                Ok(if negative { -value } else { value })
            }
            None => {
                let error = self.unexpected();
                self.index = start;
                Err(error)
            }
        }
    }

    /// Reads TRUE or FALSE.
    ///
    /// # Errors
    /// A syntax error when neither is next.
    pub fn boolean(&mut self) -> Result<bool> {
        if self.accept_keyword("TRUE") {
            Ok(true)
        } else if self.accept_keyword("FALSE") {
            Ok(false)
        } else {
            Err(self.unexpected())
        }
    }

    /// Reads `( ... )` with balanced parentheses; the text inside.
    ///
    /// # Errors
    /// A syntax error when none is next or it is not closed.
    pub fn parenthesised(&mut self) -> Result<&'a str> {
        self.expect(&Token::LParen)?;
        let start = self.last_end();
        let mut depth = 1;
        while let Some(token) = self.peek() {
            match token {
                Token::LParen => depth += 1,
                Token::RParen => depth -= 1,
                _ => {}
            }
            self.index += 1;
            if depth == 0 {
                let end = self.ranges[self.index - 1].0;
                return Ok(&self.sql[start..end]);
            }
        }
        Err(self.unexpected())
    }

    /// Changes the tokens in place, one for one.
    pub(super) fn change_tokens(&mut self, change: impl FnOnce(&mut [TokenWithSpan])) {
        change(&mut self.tokens);
    }

    /// Lets the tokens up to `middle` and those from there to `end` change places.
    pub(super) fn swap(&mut self, middle: usize, end: usize) {
        self.tokens[self.index..end].rotate_left(middle - self.index);
        self.ranges[self.index..end].rotate_left(middle - self.index);
    }

    /// Puts other tokens in the places of the next ones; errors name the place of the first.
    pub(super) fn replace(&mut self, count: usize, tokens: Vec<Token>) {
        let end = (self.index + count).min(self.tokens.len());
        let Some(first) = self.tokens.get(self.index) else { return };
        let mut span = first.span;
        if let Some(last) = self.tokens[self.index..end].last() {
            // What follows directly still does, such as a path after a type.
            span.end = last.span.end;
        }
        let range = self.ranges[self.index];
        self.ranges.splice(self.index..end, tokens.iter().map(|_| range));
        self.tokens.splice(self.index..end, tokens.into_iter().map(|token| TokenWithSpan { token, span }));
    }

    /// Reads one scalar expression with sqlparser.
    ///
    /// # Errors
    /// A syntax error where it cannot be read.
    pub fn expression(&mut self) -> Result<ast::Expr> {
        self.with_parser(|parser| parser.parse_expr())
    }

    /// Reads one query with sqlparser.
    ///
    /// # Errors
    /// A syntax error where it cannot be read.
    pub fn query(&mut self) -> Result<Box<ast::Query>> {
        self.with_parser(|parser| parser.parse_query())
    }

    /// Lets sqlparser read from here and continues after what it read.
    ///
    /// # Errors
    /// A syntax error where it cannot be read.
    pub fn with_parser<T>(
        &mut self,
        read: impl FnOnce(&mut Parser<'_>) -> std::result::Result<T, ParserError>,
    ) -> Result<T> {
        chain::check(self)?;
        let mut parser = Parser::new(&DIALECT)
            .with_recursion_limit(200)
            .with_tokens_with_locations(self.tokens[self.index..].to_vec());
        match read(&mut parser) {
            Ok(value) => {
                self.index = (self.index + parser.index()).min(self.tokens.len());
                Ok(value)
            }
            Err(ParserError::RecursionLimitExceeded) => {
                Err(SqlError::compilation(1003, "42000", "The statement is nested too deeply."))
            }
            Err(ParserError::TokenizerError(text)) => Err(SqlError::syntax(text)),
            Err(ParserError::ParserError(text)) => {
                // The parser stands behind the token it could not use, or its text ends with where that was.
                let at = location_in(&text)
                    .and_then(|(line, column)| {
                        self.tokens
                            .iter()
                            .position(|token| (token.span.start.line, token.span.start.column) == (line, column))
                    })
                    .unwrap_or_else(|| (self.index + parser.index()).min(self.tokens.len()));
                let eof = text.contains("found: EOF");
                let mut here = self.clone();
                here.index = if eof { self.tokens.len() } else { at };
                Err(here.unexpected())
            }
        }
    }
}

/// The `at Line: 1, Column: 8` at the end of sqlparser's texts.
fn location_in(text: &str) -> Option<(u64, u64)> {
    let (_, tail) = text.rsplit_once("Line: ")?;
    let (line, column) = tail.split_once(", Column: ")?;
    Some((line.trim().parse().ok()?, column.trim().parse().ok()?))
}

/// Line (from 1) and position (from 0, in characters) of a byte offset.
pub fn position_of(sql: &str, offset: usize) -> (u32, u32) {
    let before = &sql[..offset.min(sql.len())];
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |index| index + 1);
    (line as u32, before[start..].chars().count() as u32)
}

fn syntax_at(location: Location, message: &str) -> SqlError {
    let position = location.column.saturating_sub(1);
    let mut error =
        SqlError::syntax(format_args!("syntax error line {} at position {position}: {message}", location.line));
    error.position = Some((location.line as u32, position as u32));
    error
}

/// Whether the text holds no token at all, only white space and comments.
pub fn is_blank(sql: &str) -> bool {
    Tokenizer::new(&DIALECT, sql).tokenize().is_ok_and(|tokens| {
        tokens.iter().all(|token| {
            matches!(
                token,
                Token::Whitespace(
                    Whitespace::Space
                        | Whitespace::Newline
                        | Whitespace::Tab
                        | Whitespace::SingleLineComment { .. }
                        | Whitespace::MultiLineComment(_)
                ) | Token::SemiColon
                    | Token::EOF
            )
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_and_literals() {
        let mut cursor =
            Cursor::new("create /* x */ \"my t\".b -- c\n 'it''s' $$raw$$ -5 identifier('a.\"b\"')").unwrap();
        assert!(cursor.accept_keyword("CREATE"));
        assert_eq!(cursor.object_name().unwrap().to_string(), "\"my t\".B");
        assert_eq!(cursor.position(), (2, 1));
        assert_eq!(cursor.string().unwrap(), "it's");
        assert_eq!(cursor.string().unwrap(), "raw");
        assert_eq!(cursor.integer().unwrap(), -5);
        assert_eq!(cursor.object_name().unwrap().to_string(), "A.\"b\"");
        cursor.expect_end().unwrap();
    }

    #[test]
    fn names_the_unexpected_token() {
        for (sql, expected) in [
            ("select 1 form t", "syntax error line 1 at position 14 unexpected 't'."),
            ("select\n  from from", "syntax error line 2 at position 7 unexpected 'from'."),
            ("select (1", "syntax error line 1 at position 9 unexpected '<EOF>'."),
        ] {
            let mut cursor = Cursor::new(sql).unwrap();
            let error = cursor.query().and_then(|_| cursor.expect_end()).unwrap_err();
            assert_eq!(error.message, format!("SQL compilation error:\n{expected}"), "{sql}");
        }
    }
}
