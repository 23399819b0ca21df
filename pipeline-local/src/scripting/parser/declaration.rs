//! Declarations and the values they start with.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::super::ast::{
    CursorSource, Declaration, DeclarationKind, Initializer, Nested, Position, Statement, StatementKind,
};
use super::super::tokens::Placed;
use super::Parser;
use crate::catalog::def::Returns;
use crate::types::SqlType;
use crate::{Result, SqlError};

impl Parser<'_> {
    /// One entry of DECLARE, or what follows LET.
    pub(super) fn declaration(&mut self, is_let: bool) -> Result<Declaration> {
        let (name, position) = self.tokens.expect_identifier()?;
        let kind = match self.tokens.peek_keyword().as_deref() {
            Some("CURSOR") => {
                self.tokens.next();
                self.tokens.expect_keyword("FOR")?;
                DeclarationKind::Cursor(self.cursor_source()?)
            }
            Some("RESULTSET") => {
                self.tokens.next();
                let value = self.initializer()?;
                if matches!(value, Some(Initializer::Expression(_))) {
                    return Err(self.tokens.unexpected());
                }
                DeclarationKind::ResultSet(value)
            }
            Some("EXCEPTION") if !is_let => {
                self.tokens.next();
                self.exception(position)?
            }
            Some("PROCEDURE") if !is_let => {
                self.tokens.next();
                DeclarationKind::Procedure(Box::new(self.nested()?))
            }
            _ => {
                let sql_type = self.tokens.data_type()?;
                let default = self.initializer()?;
                if sql_type.is_none() && default.is_none() {
                    return Err(self.tokens.unexpected());
                }
                DeclarationKind::Variable { sql_type, default }
            }
        };
        Ok(Declaration { position, name, kind })
    }

    pub(super) fn cursor_source(&mut self) -> Result<CursorSource> {
        match self.tokens.peek_keyword().as_deref() {
            Some("SELECT" | "WITH") => {}
            Some("EXECUTE") => return Err(self.tokens.unexpected()),
            None if matches!(self.tokens.peek(), Some(Placed { token: Token::LParen, .. })) => {}
            _ => return Ok(CursorSource::ResultSet(self.tokens.expect_identifier()?.0)),
        }
        let start = self.tokens.index();
        let end = self.find_end(&[])?;
        self.tokens.set_index(end);
        Ok(CursorSource::Query(self.sql(start, end)?))
    }

    pub(super) fn exception(&mut self, position: Position) -> Result<DeclarationKind> {
        let (mut number, mut message) = (-20000, String::new());
        if self.tokens.accept(&Token::LParen) {
            let negative = self.tokens.accept(&Token::Minus);
            number = i32::try_from(self.tokens.expect_number()?).map_err(|_| self.tokens.unexpected())?;
            if negative {
                number = -number;
            }
            if self.tokens.accept(&Token::Comma) {
                message = self.tokens.expect_string()?;
            }
            self.tokens.expect(&Token::RParen)?;
        }
        if !(-20999..=-20000).contains(&number) {
            return Err(SqlError::syntax(format_args!(
                "error line {} at position {}\ninvalid exception number {number}; it must be between -20999 and -20000.",
                position.line, position.column
            )));
        }
        Ok(DeclarationKind::Exception { number, message })
    }

    /// `{DEFAULT | :=} value`, if there is one.
    pub(super) fn initializer(&mut self) -> Result<Option<Initializer>> {
        if self.tokens.accept_keyword("DEFAULT") || self.tokens.accept(&Token::Assignment) {
            return Ok(Some(self.value()?));
        }
        Ok(None)
    }

    /// A value up to the semicolon: an expression or a statement in parentheses.
    pub(super) fn value(&mut self) -> Result<Initializer> {
        if self.tokens.peek_keyword().as_deref() == Some("ASYNC")
            && self.tokens.at(self.tokens.index() + 1).is_some_and(|next| next.token == Token::LParen)
        {
            self.tokens.next();
            return Ok(Initializer::Async(Box::new(self.in_parentheses()?)));
        }
        if self.tokens.peek_keyword().as_deref() == Some("CALL") {
            let end = self.find_end(&[])?;
            let statement = self.embedded(end)?;
            self.tokens.set_index(end);
            return Ok(Initializer::Statement(Box::new(statement)));
        }
        if matches!(self.tokens.peek(), Some(Placed { token: Token::LParen, .. })) {
            let open = self.tokens.index();
            let close = self.tokens.closing_parenthesis()?;
            let ends = self.tokens.at(close + 1).is_none_or(|next| next.token == Token::SemiColon);
            let first = self.tokens.keyword_at(1);
            let is_statement = matches!(
                first.as_deref(),
                Some(
                    "SELECT"
                        | "WITH"
                        | "CALL"
                        | "EXECUTE"
                        | "SHOW"
                        | "DESCRIBE"
                        | "DESC"
                        | "INSERT"
                        | "UPDATE"
                        | "DELETE"
                        | "MERGE"
                )
            );
            if ends && is_statement {
                self.tokens.set_index(open + 1);
                let statement = self.embedded(close)?;
                self.tokens.set_index(close + 1);
                return Ok(Initializer::Statement(Box::new(statement)));
            }
        }
        Ok(Initializer::Expression(self.expression(&[])?))
    }

    /// `(statement)`.
    pub(super) fn in_parentheses(&mut self) -> Result<Statement> {
        let close = self.tokens.closing_parenthesis()?;
        self.tokens.expect(&Token::LParen)?;
        let statement = self.embedded(close)?;
        self.tokens.set_index(close + 1);
        Ok(statement)
    }

    /// What follows PROCEDURE in a declaration: `(arguments) RETURNS type AS block`.
    fn nested(&mut self) -> Result<Nested> {
        self.tokens.expect(&Token::LParen)?;
        let arguments = self.names_with_types()?;
        self.tokens.expect_keyword("RETURNS")?;
        let returns = if self.tokens.accept_keyword("TABLE") {
            self.tokens.expect(&Token::LParen)?;
            Returns::Table(self.names_with_types()?)
        } else {
            Returns::Scalar(self.required_type()?)
        };
        let returns_not_null = self.tokens.accept_keyword("NOT");
        if returns_not_null || self.tokens.peek_keyword().as_deref() == Some("NULL") {
            self.tokens.expect_keyword("NULL")?;
        }
        if self.tokens.accept_keyword("LANGUAGE") {
            self.tokens.expect_keyword("SQL")?;
        }
        self.tokens.expect_keyword("AS")?;
        Ok(Nested { arguments, returns, returns_not_null, body: self.block()? })
    }

    /// `name type, ..)`.
    fn names_with_types(&mut self) -> Result<Vec<(String, SqlType)>> {
        let mut names = Vec::new();
        while !self.tokens.accept(&Token::RParen) {
            if !names.is_empty() {
                self.tokens.expect(&Token::Comma)?;
            }
            let name = self.tokens.expect_identifier()?.0;
            names.push((name, self.required_type()?));
        }
        Ok(names)
    }

    fn required_type(&mut self) -> Result<SqlType> {
        self.tokens.data_type()?.ok_or_else(|| self.tokens.unexpected())
    }

    /// The statement from the cursor up to the token `end`, for `(statement)`.
    pub(super) fn embedded(&mut self, end: usize) -> Result<Statement> {
        let position = self.tokens.position();
        let start = self.tokens.index();
        let kind = match self.tokens.peek_keyword().as_deref() {
            Some("EXECUTE") if self.tokens.keyword_at(1).as_deref() == Some("IMMEDIATE") => {
                let kind = self.execute_immediate(Some(end))?;
                if self.tokens.index() != end {
                    return Err(self.tokens.unexpected());
                }
                kind
            }
            Some("CALL") => StatementKind::Call { sql: self.sql(start, end)?, target: None },
            _ => StatementKind::Sql(self.sql(start, end)?),
        };
        Ok(Statement { position, kind })
    }
}
