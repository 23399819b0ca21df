//! Takes SQL scripts and bodies in Snowflake Scripting apart.
//!
//! sqlparser does not know Snowflake Scripting. So a body is cut where statements, expressions and types begin and end, and each
//! of them is parsed; of the rest, every word must be one that is expected in its place.

use sqlparser::dialect::SnowflakeDialect;
use sqlparser::tokenizer::{Token, Tokenizer};

/// A part of SQL that is parsed by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Piece {
    /// A statement, without its semicolon.
    Statement(String),
    /// An expression of Snowflake Scripting.
    Expression(String),
    /// The type of a variable.
    Type(String),
}

/// The statements of a script.
pub(super) fn statements(script: &str) -> Vec<String> {
    let mut cursor = Cursor::new(script);
    let mut found = vec![];
    while cursor.peek().is_some() {
        found.push(cursor.until(&[], &Token::SemiColon));
        cursor.next();
    }
    found
}

/// The body of a procedure in Snowflake Scripting, if the statement creates one.
pub(super) fn body(statement: &str) -> Option<String> {
    let mut cursor = Cursor::new(statement);
    let mut language = None;
    while let Some(token) = cursor.next() {
        match token {
            Token::Word(word) if word.value.eq_ignore_ascii_case("LANGUAGE") => language = cursor.word(),
            Token::DollarQuotedString(body) if language.as_deref() == Some("SQL") => return Some(body.value),
            _ => {}
        }
    }
    None
}

/// The pieces of a statement: of CREATE TASK its condition and what it does, of SELECT and CALL what is before and after INTO.
pub(super) fn parts(statement: &str) -> Vec<Piece> {
    let mut cursor = Cursor::new(statement);
    let first = [0, 1].map(|ahead| cursor.word_at(ahead).unwrap_or_default());
    match [&*first[0], &*first[1]] {
        ["CREATE", "TASK"] => {
            cursor.until(&["WHEN", "AS"], &Token::EOF);
            if cursor.word_at(1).as_deref() == Some("USER") {
                cursor.next();
                cursor.until(&["WHEN", "AS"], &Token::EOF);
            }
            let mut found = vec![Piece::Statement(statement.to_owned())];
            if cursor.word_at(0).as_deref() == Some("WHEN") {
                cursor.next();
                found.push(Piece::Expression(cursor.until(&["AS"], &Token::EOF)));
            }
            cursor.expect("AS");
            found.push(Piece::Statement(cursor.until(&[], &Token::EOF)));
            found
        }
        ["SELECT", _] => {
            let head = cursor.until(&["INTO"], &Token::EOF);
            cursor.until(&["FROM"], &Token::EOF);
            vec![Piece::Statement(format!("{head}\n{}", cursor.until(&[], &Token::EOF)))]
        }
        ["CALL", _] => vec![Piece::Statement(cursor.until(&["INTO"], &Token::EOF))],
        _ => vec![Piece::Statement(statement.to_owned())],
    }
}

/// The pieces of a body in Snowflake Scripting.
pub(super) fn pieces(body: &str) -> Vec<Piece> {
    let mut cursor = Cursor::new(body);
    let mut found = vec![];
    while cursor.peek().is_some() {
        step(&mut cursor, &mut found);
    }
    found
}

fn step(cursor: &mut Cursor, found: &mut Vec<Piece>) {
    let word = cursor.word_at(0).unwrap_or_else(|| panic!("no word at {:?}", cursor.rest()));
    let second = cursor.word_at(1).unwrap_or_default();
    match word.as_str() {
        "DECLARE" => {
            cursor.next();
            while cursor.word_at(0).as_deref() != Some("BEGIN") {
                declaration(cursor, found);
            }
        }
        "BEGIN" if second == "TRANSACTION" => statement(cursor, found),
        "BEGIN" | "ELSE" | "LOOP" | "EXCEPTION" => {
            cursor.next();
        }
        "WHEN" => {
            cursor.next();
            cursor.until(&["THEN"], &Token::EOF);
            cursor.expect("THEN");
        }
        "IF" | "ELSEIF" | "WHILE" => {
            cursor.next();
            let end = if word == "WHILE" { "DO" } else { "THEN" };
            let condition = cursor.until(&[end], &Token::SemiColon);
            assert!(condition.starts_with('(') && condition.ends_with(')'), "{condition} has no parentheses");
            found.push(Piece::Expression(condition));
            cursor.expect(end);
        }
        "FOR" => {
            cursor.next();
            cursor.next();
            cursor.expect("IN");
            if cursor.word_at(0).as_deref() == Some("REVERSE") {
                cursor.next();
            }
            let first = cursor.until(&["TO", "DO"], &Token::SemiColon);
            found.push(Piece::Expression(first));
            if cursor.word_at(0).as_deref() == Some("TO") {
                cursor.next();
                found.push(Piece::Expression(cursor.until(&["DO"], &Token::SemiColon)));
            }
            cursor.expect("DO");
        }
        "END" | "RAISE" | "BREAK" | "CONTINUE" | "NULL" => {
            let words = cursor.until(&[], &Token::SemiColon);
            assert!(words.split_whitespace().count() <= 3, "{words}");
            cursor.next();
        }
        "LET" => {
            cursor.next();
            declaration(cursor, found);
        }
        "RETURN" => {
            cursor.next();
            expression(cursor, found);
        }
        "EXECUTE" => {
            cursor.next();
            cursor.expect("IMMEDIATE");
            found.push(Piece::Expression(cursor.until(&["USING"], &Token::SemiColon)));
            if cursor.word_at(0).as_deref() == Some("USING") {
                cursor.next();
                found.push(Piece::Expression(cursor.until(&[], &Token::SemiColon)));
            }
            cursor.next();
        }
        _ if cursor.at(1) == Some(Token::Assignment) => {
            cursor.next();
            cursor.next();
            expression(cursor, found);
        }
        _ if word.starts_with("SYSTEM$") => expression(cursor, found),
        _ => statement(cursor, found),
    }
}

/// `name type [DEFAULT value];`, `name type := value;`, `name EXCEPTION (number, 'text');` or `name RESULTSET := (query);`
fn declaration(cursor: &mut Cursor, found: &mut Vec<Piece>) {
    cursor.next();
    let kind = cursor.word_at(0).unwrap_or_default();
    if ["EXCEPTION", "RESULTSET"].contains(&kind.as_str()) {
        cursor.next();
        if cursor.peek() == Some(&Token::Assignment) {
            cursor.next();
        }
        let inner = cursor.until(&[], &Token::SemiColon);
        found.push(if kind == "RESULTSET" { Piece::Statement(inner) } else { Piece::Expression(inner) });
        cursor.next();
        return;
    }
    found.push(Piece::Type(cursor.until(&["DEFAULT"], &Token::SemiColon)));
    if cursor.word_at(0).as_deref() == Some("DEFAULT") || cursor.peek() == Some(&Token::Assignment) {
        cursor.next();
        return expression(cursor, found);
    }
    cursor.next();
}

fn expression(cursor: &mut Cursor, found: &mut Vec<Piece>) {
    found.push(Piece::Expression(cursor.until(&[], &Token::SemiColon)));
    cursor.next();
}

fn statement(cursor: &mut Cursor, found: &mut Vec<Piece>) {
    found.extend(parts(&cursor.until(&[], &Token::SemiColon)));
    cursor.next();
}

/// Goes through tokens; comments and blanks only count as text.
struct Cursor {
    tokens: Vec<Token>,
    index: usize,
}

impl Cursor {
    fn new(text: &str) -> Self {
        let tokens = Tokenizer::new(&SnowflakeDialect {}, text).with_unescape(false).tokenize();
        let mut cursor = Self { tokens: tokens.unwrap_or_else(|error| panic!("{error}\n{text}")), index: 0 };
        cursor.skip();
        cursor
    }

    fn skip(&mut self) {
        while matches!(self.tokens.get(self.index), Some(Token::Whitespace(_))) {
            self.index += 1;
        }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.index)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.index).cloned();
        self.index += 1;
        self.skip();
        token
    }

    /// The token so many places ahead.
    fn at(&self, ahead: usize) -> Option<Token> {
        self.tokens[self.index..].iter().filter(|token| !matches!(token, Token::Whitespace(_))).nth(ahead).cloned()
    }

    /// The word so many places ahead, in capitals.
    fn word_at(&self, ahead: usize) -> Option<String> {
        match self.at(ahead) {
            Some(Token::Word(word)) => Some(word.value.to_ascii_uppercase()),
            _ => None,
        }
    }

    fn word(&mut self) -> Option<String> {
        let word = self.word_at(0);
        self.next();
        word
    }

    fn expect(&mut self, expected: &str) {
        let found = self.word();
        assert_eq!(found.as_deref(), Some(expected), "before {}", self.rest());
    }

    fn rest(&self) -> String {
        self.tokens[self.index.min(self.tokens.len())..].iter().take(20).map(ToString::to_string).collect()
    }

    /// The text up to one of the words or the token, neither in parentheses nor in a CASE.
    fn until(&mut self, words: &[&str], end: &Token) -> String {
        let (mut depth, mut cases) = (0, 0);
        let start = self.index;
        while let Some(token) = self.tokens.get(self.index) {
            match token {
                Token::LParen => depth += 1,
                Token::RParen => depth -= 1,
                Token::Word(word) if word.quote_style.is_none() => match &*word.value.to_ascii_uppercase() {
                    "CASE" => cases += 1,
                    "END" if cases > 0 => cases -= 1,
                    word if depth == 0 && cases == 0 && words.contains(&word) => break,
                    _ => {}
                },
                token if depth == 0 && (token == end || *token == Token::Assignment) => break,
                _ => {}
            }
            self.index += 1;
        }
        self.tokens[start..self.index].iter().map(ToString::to_string).collect::<String>().trim().to_owned()
    }
}
