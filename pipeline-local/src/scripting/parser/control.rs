//! Branches, loops and RETURN.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::super::ast::{LoopKind, StatementKind, TableSource};
use super::Parser;
use crate::Result;

impl Parser<'_> {
    pub(super) fn if_statement(&mut self) -> Result<StatementKind> {
        let mut branches = Vec::new();
        let mut otherwise = Vec::new();
        loop {
            let condition = self.parenthesised()?;
            self.tokens.expect_keyword("THEN")?;
            branches.push((condition, self.statements()?));
            if self.tokens.accept_keyword("ELSEIF") {
                continue;
            }
            if self.tokens.accept_keyword("ELSE") {
                otherwise = self.statements()?;
            }
            self.tokens.expect_keyword("END")?;
            self.tokens.expect_keyword("IF")?;
            return Ok(StatementKind::If { branches, otherwise });
        }
    }

    pub(super) fn case_statement(&mut self) -> Result<StatementKind> {
        let operand = match self.tokens.peek_keyword().as_deref() {
            Some("WHEN") => None,
            _ => Some(self.expression(&["WHEN"])?),
        };
        let mut branches = Vec::new();
        while self.tokens.accept_keyword("WHEN") {
            let condition = self.expression(&["THEN"])?;
            self.tokens.expect_keyword("THEN")?;
            branches.push((condition, self.statements()?));
        }
        if branches.is_empty() {
            return Err(self.tokens.unexpected());
        }
        let otherwise = if self.tokens.accept_keyword("ELSE") { self.statements()? } else { Vec::new() };
        self.tokens.expect_keyword("END")?;
        self.tokens.accept_keyword("CASE");
        Ok(StatementKind::Case { operand, branches, otherwise })
    }

    pub(super) fn for_loop(&mut self) -> Result<StatementKind> {
        let (name, _) = self.tokens.expect_identifier()?;
        self.tokens.expect_keyword("IN")?;
        let reverse = self.tokens.accept_keyword("REVERSE");
        let alone = matches!(self.tokens.keyword_at(1).as_deref(), Some("DO" | "LOOP"))
            && matches!(self.tokens.peek().map(|next| &next.token), Some(Token::Word(_)));
        let kind = if alone && !reverse {
            LoopKind::Rows { row: name, source: self.target()? }
        } else {
            let from = self.expression(&["TO"])?;
            self.tokens.expect_keyword("TO")?;
            let to = self.expression(&["DO", "LOOP"])?;
            LoopKind::Range { counter: name, reverse, from, to }
        };
        self.loop_body(kind, "FOR")
    }

    /// `{DO | LOOP} .. END {name | LOOP} [label]`.
    pub(super) fn loop_body(&mut self, kind: LoopKind, name: &str) -> Result<StatementKind> {
        let closer = if self.tokens.accept_keyword("DO") {
            name
        } else {
            self.tokens.expect_keyword("LOOP")?;
            "LOOP"
        };
        let body = self.statements()?;
        self.tokens.expect_keyword("END")?;
        self.tokens.expect_keyword(closer)?;
        Ok(StatementKind::Loop { kind, body, label: self.label()? })
    }

    pub(super) fn return_statement(&mut self) -> Result<StatementKind> {
        if self.tokens.peek().is_some_and(|next| next.token == Token::SemiColon) {
            return Ok(StatementKind::Return(None));
        }
        let is_table = self.tokens.peek_keyword().as_deref() == Some("TABLE")
            && self.tokens.at(self.tokens.index() + 1).is_some_and(|next| next.token == Token::LParen);
        if !is_table {
            return Ok(StatementKind::Return(Some(self.value()?)));
        }
        self.tokens.next();
        let close = self.tokens.closing_parenthesis()?;
        self.tokens.next();
        let source = match self.tokens.peek_keyword().as_deref() {
            Some("RESULTSET_FROM_CURSOR") => {
                self.tokens.next();
                self.tokens.expect(&Token::LParen)?;
                let cursor = self.target()?;
                self.tokens.expect(&Token::RParen)?;
                TableSource::Cursor(cursor)
            }
            Some("SELECT" | "WITH" | "CALL" | "EXECUTE" | "SHOW" | "DESCRIBE" | "DESC") => {
                let statement = self.embedded(close)?;
                self.tokens.set_index(close);
                TableSource::Statement(Box::new(statement))
            }
            _ => TableSource::ResultSet(self.target()?),
        };
        self.tokens.expect(&Token::RParen)?;
        Ok(StatementKind::ReturnTable(source))
    }
}
