//! Expressions that are evaluated here instead of by the query engine: what conditions, counters and flags need.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::ast::{NameRef, Operator, Simple};
use super::tokens::{Placed, Tokens};

/// The expression between two tokens, if it is made of nothing but what [`Simple`] has.
pub(super) fn parse(tokens: &Tokens<'_>, start: usize, end: usize, names: &[NameRef]) -> Option<Simple> {
    let base = tokens.at(start)?.start;
    let mut parser = Parser { tokens, index: start, end, base, names };
    let simple = parser.or()?;
    (parser.index == end).then_some(simple)
}

struct Parser<'a, 'b> {
    tokens: &'a Tokens<'b>,
    index: usize,
    end: usize,
    base: usize,
    names: &'a [NameRef],
}

impl Parser<'_, '_> {
    fn peek(&self) -> Option<&Placed> {
        (self.index < self.end).then(|| self.tokens.at(self.index)).flatten()
    }

    fn accept(&mut self, keyword: &str) -> bool {
        let found = self.peek().and_then(Placed::keyword).as_deref() == Some(keyword);
        self.index += usize::from(found);
        found
    }

    fn or(&mut self) -> Option<Simple> {
        let mut left = self.and()?;
        while self.accept("OR") {
            left = Simple::Binary(Box::new(left), Operator::Or, Box::new(self.and()?));
        }
        Some(left)
    }

    fn and(&mut self) -> Option<Simple> {
        let mut left = self.not()?;
        while self.accept("AND") {
            left = Simple::Binary(Box::new(left), Operator::And, Box::new(self.not()?));
        }
        Some(left)
    }

    fn not(&mut self) -> Option<Simple> {
        if self.accept("NOT") {
            return Some(Simple::Not(Box::new(self.not()?)));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Option<Simple> {
        let left = self.sum()?;
        if self.accept("IS") {
            let negated = self.accept("NOT");
            return self.accept("NULL").then(|| Simple::IsNull(Box::new(left), negated));
        }
        let operator = match self.peek().map(|next| &next.token) {
            Some(Token::Eq) => Operator::Equal,
            Some(Token::Neq) => Operator::NotEqual,
            Some(Token::Lt) => Operator::Less,
            Some(Token::LtEq) => Operator::LessOrEqual,
            Some(Token::Gt) => Operator::Greater,
            Some(Token::GtEq) => Operator::GreaterOrEqual,
            _ => return Some(left),
        };
        self.index += 1;
        Some(Simple::Binary(Box::new(left), operator, Box::new(self.sum()?)))
    }

    fn sum(&mut self) -> Option<Simple> {
        let mut left = self.operand()?;
        loop {
            let operator = match self.peek().map(|next| &next.token) {
                Some(Token::Plus) => Operator::Plus,
                Some(Token::Minus) => Operator::Minus,
                Some(Token::StringConcat) => Operator::Concat,
                _ => return Some(left),
            };
            self.index += 1;
            left = Simple::Binary(Box::new(left), operator, Box::new(self.operand()?));
        }
    }

    fn operand(&mut self) -> Option<Simple> {
        let placed = self.peek()?.clone();
        let place = placed.start - self.base;
        if let Some(at) = self.names.iter().position(|name| name.start == place) {
            let end = self.names[at].end + self.base;
            while self.peek().is_some_and(|next| next.start < end) {
                self.index += 1;
            }
            return Some(Simple::Name(at));
        }
        self.index += 1;
        match &placed.token {
            Token::Number(text, _) => number(text, false),
            Token::Minus => match self.peek().map(|next| next.token.clone()) {
                Some(Token::Number(text, _)) => {
                    self.index += 1;
                    number(&text, true)
                }
                _ => None,
            },
            Token::SingleQuotedString(text) => Some(Simple::Text(text.clone())),
            Token::LParen => {
                let inner = self.or()?;
                let closed = self.peek()?.token == Token::RParen;
                self.index += 1;
                closed.then_some(inner)
            }
            Token::Word(_) => match placed.keyword()?.as_str() {
                "TRUE" => Some(Simple::Boolean(true)),
                "FALSE" => Some(Simple::Boolean(false)),
                "NULL" => Some(Simple::Null),
                _ => None,
            },
            _ => None,
        }
    }
}

fn number(text: &str, negative: bool) -> Option<Simple> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let unscaled: i128 = format!("{whole}{fraction}").parse().ok()?;
    let scale = u8::try_from(fraction.len()).ok().filter(|scale| *scale <= 37)?;
    (whole.len() + fraction.len() <= 38)
        .then_some(Simple::Number { unscaled: if negative { -unscaled } else { unscaled }, scale })
}
