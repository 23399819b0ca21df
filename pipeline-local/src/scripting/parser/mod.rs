//! From text to [`Block`].

mod control;
mod declaration;
mod names;
mod sql;

use datafusion::sql::sqlparser::tokenizer::Token;

use super::ast::{Block, Caught, Expression, Handler, LoopKind, Statement, StatementKind, Target};
use super::tokens::Tokens;
use crate::{Result, SqlError};

/// Parses `[DECLARE ..] BEGIN .. END [;]`, the body of a procedure or an anonymous block.
///
/// # Errors
/// 001003 with the line and position in `text` of what does not parse.
pub fn parse_block(text: &str) -> Result<Block> {
    let mut parser = Parser { tokens: Tokens::new(text)?, depth: 0 };
    let block = parser.block()?;
    parser.tokens.accept(&Token::SemiColon);
    if !parser.tokens.is_end() {
        return Err(parser.tokens.unexpected());
    }
    Ok(block)
}

/// Blocks and control structures may be nested this deep; real code is far from it, and the stack is not endless.
const MAX_NESTING: u32 = 100;

/// Words that end a list of statements.
const CLOSERS: [&str; 6] = ["END", "EXCEPTION", "ELSE", "ELSEIF", "WHEN", "UNTIL"];

struct Parser<'a> {
    tokens: Tokens<'a>,
    depth: u32,
}

impl Parser<'_> {
    fn block(&mut self) -> Result<Block> {
        let mut declarations = Vec::new();
        if self.tokens.accept_keyword("DECLARE") {
            while self.tokens.peek_keyword().as_deref() != Some("BEGIN") {
                declarations.push(self.declaration(false)?);
                self.tokens.expect(&Token::SemiColon)?;
            }
        }
        self.tokens.expect_keyword("BEGIN")?;
        let body = self.statements()?;
        let mut handlers = Vec::new();
        if self.tokens.accept_keyword("EXCEPTION") {
            while self.tokens.peek_keyword().as_deref() == Some("WHEN") {
                handlers.push(self.handler()?);
            }
            if handlers.is_empty() {
                return Err(self.tokens.unexpected());
            }
        }
        self.tokens.expect_keyword("END")?;
        Ok(Block { declarations, body, handlers })
    }

    fn handler(&mut self) -> Result<Handler> {
        let position = self.tokens.position();
        self.tokens.expect_keyword("WHEN")?;
        let mut names = Vec::new();
        loop {
            let (name, position) = self.tokens.expect_identifier()?;
            names.push(match name.as_str() {
                "OTHER" => Caught::Other,
                "STATEMENT_ERROR" => Caught::StatementError,
                "EXPRESSION_ERROR" => Caught::ExpressionError,
                _ => Caught::Named(Target { position, name }),
            });
            if !self.tokens.accept_keyword("OR") {
                break;
            }
        }
        let resumes = self.tokens.accept_keyword("CONTINUE");
        if !resumes {
            self.tokens.accept_keyword("EXIT");
        }
        self.tokens.expect_keyword("THEN")?;
        Ok(Handler { position, names, resumes, body: self.statements()? })
    }

    fn statements(&mut self) -> Result<Vec<Statement>> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return Err(SqlError::syntax(format_args!("blocks are nested deeper than {MAX_NESTING} levels.")));
        }
        let mut statements = Vec::new();
        loop {
            match self.tokens.peek() {
                None => return Err(self.unexpected_end()),
                Some(next) if next.keyword().is_some_and(|word| CLOSERS.contains(&word.as_str())) => break,
                Some(_) => {}
            }
            statements.push(self.statement()?);
            self.tokens.expect(&Token::SemiColon)?;
        }
        self.depth -= 1;
        if statements.is_empty() {
            return Err(self.tokens.unexpected());
        }
        Ok(statements)
    }

    fn unexpected_end(&self) -> SqlError {
        let at = self.tokens.position();
        SqlError::syntax(format_args!("syntax error line {} at position {} unexpected '<EOF>'.", at.line, at.column))
    }

    fn statement(&mut self) -> Result<Statement> {
        let position = self.tokens.position();
        let kind = self.statement_kind()?;
        Ok(Statement { position, kind })
    }

    fn statement_kind(&mut self) -> Result<StatementKind> {
        let next_is = |parser: &Self, token: Token| {
            parser.tokens.at(parser.tokens.index() + 1).is_some_and(|next| next.token == token)
        };
        if next_is(self, Token::Assignment) {
            let target = self.target()?;
            self.tokens.expect(&Token::Assignment)?;
            return Ok(StatementKind::Assign { target, value: self.value()? });
        }
        let loop_follows = matches!(self.tokens.keyword_at(2).as_deref(), Some("FOR" | "WHILE" | "REPEAT" | "LOOP"));
        if next_is(self, Token::Colon) && loop_follows {
            // A label before a loop; Snowflake has them only after its end.
            return Err(self.unexpected_at(self.tokens.index() + 1));
        }
        let Some(word) = self.tokens.peek_keyword() else { return self.sql_statement() };
        let second = self.tokens.keyword_at(1);
        match (word.as_str(), second.as_deref()) {
            ("BEGIN", Some("TRANSACTION" | "WORK" | "NAME")) => return self.sql_statement(),
            ("BEGIN", None) if next_is(self, Token::SemiColon) => return self.sql_statement(),
            ("BEGIN" | "DECLARE", _) => return Ok(StatementKind::Block(self.block()?)),
            ("EXECUTE", Some("IMMEDIATE")) => return self.execute_immediate(None),
            ("ASYNC", _) if next_is(self, Token::LParen) => {
                self.tokens.next();
                return Ok(StatementKind::Async(Box::new(self.in_parentheses()?)));
            }
            ("WITH", _)
                if self.tokens.keyword_at(2).as_deref() == Some("AS")
                    && self.tokens.keyword_at(3).as_deref() == Some("PROCEDURE") =>
            {
                return self.call();
            }
            ("SELECT" | "WITH", _) => return self.select(),
            ("CALL", _) => return self.call(),
            (
                "NULL" | "LET" | "IF" | "CASE" | "FOR" | "WHILE" | "REPEAT" | "LOOP" | "BREAK" | "EXIT" | "CONTINUE"
                | "ITERATE",
                _,
            )
            | ("OPEN" | "FETCH" | "CLOSE" | "RETURN" | "RAISE" | "AWAIT" | "CANCEL", _) => {}
            (word, _) if next_is(self, Token::LParen) && word.starts_with("SYSTEM$LOG") => return self.log(),
            _ => return self.sql_statement(),
        }
        self.tokens.next();
        Ok(match word.as_str() {
            "NULL" => StatementKind::Null,
            "LET" => StatementKind::Let(self.declaration(true)?),
            "IF" => self.if_statement()?,
            "CASE" => self.case_statement()?,
            "FOR" => self.for_loop()?,
            "WHILE" => {
                let kind = LoopKind::While(self.parenthesised()?);
                self.loop_body(kind, "WHILE")?
            }
            "REPEAT" => {
                let body = self.statements()?;
                self.tokens.expect_keyword("UNTIL")?;
                let until = self.parenthesised()?;
                self.tokens.expect_keyword("END")?;
                self.tokens.expect_keyword("REPEAT")?;
                StatementKind::Loop { kind: LoopKind::Repeat(until), body, label: self.label()? }
            }
            "LOOP" => {
                let body = self.statements()?;
                self.tokens.expect_keyword("END")?;
                self.tokens.expect_keyword("LOOP")?;
                StatementKind::Loop { kind: LoopKind::Forever, body, label: self.label()? }
            }
            "BREAK" | "EXIT" => StatementKind::Break(self.label()?),
            "CONTINUE" | "ITERATE" => StatementKind::Continue(self.label()?),
            "OPEN" => {
                let cursor = self.target()?;
                StatementKind::Open { cursor, using: self.using()? }
            }
            "FETCH" => {
                let cursor = self.target()?;
                self.tokens.expect_keyword("INTO")?;
                StatementKind::Fetch { cursor, targets: self.targets()? }
            }
            "CLOSE" => StatementKind::Close(self.target()?),
            "AWAIT" if self.tokens.accept_keyword("ALL") => StatementKind::Await(None),
            "AWAIT" => StatementKind::Await(Some(self.target()?)),
            "CANCEL" => StatementKind::Cancel(self.target()?),
            "RETURN" => self.return_statement()?,
            _ => {
                let named = self.tokens.peek().is_some_and(|next| next.token != Token::SemiColon);
                StatementKind::Raise(if named { Some(self.target()?) } else { None })
            }
        })
    }

    fn label(&mut self) -> Result<Option<String>> {
        match self.tokens.peek().map(|next| &next.token) {
            Some(Token::Word(_)) => Ok(Some(self.tokens.expect_identifier()?.0)),
            _ => Ok(None),
        }
    }

    /// A variable's name, with or without the colon.
    fn target(&mut self) -> Result<Target> {
        self.tokens.accept(&Token::Colon);
        let (name, position) = self.tokens.expect_identifier()?;
        Ok(Target { position, name })
    }

    fn targets(&mut self) -> Result<Vec<Target>> {
        let mut targets = vec![self.target()?];
        while self.tokens.accept(&Token::Comma) {
            targets.push(self.target()?);
        }
        Ok(targets)
    }

    fn using(&mut self) -> Result<Vec<Expression>> {
        if self.tokens.accept_keyword("USING") { self.arguments() } else { Ok(Vec::new()) }
    }

    fn arguments(&mut self) -> Result<Vec<Expression>> {
        let mut arguments = Vec::new();
        self.tokens.expect(&Token::LParen)?;
        loop {
            arguments.push(self.expression(&[])?);
            if !self.tokens.accept(&Token::Comma) {
                break;
            }
        }
        self.tokens.expect(&Token::RParen)?;
        Ok(arguments)
    }

    fn log(&mut self) -> Result<StatementKind> {
        let name = self.tokens.peek_keyword().unwrap_or_default();
        let named = match name.strip_prefix("SYSTEM$LOG_") {
            Some(level) => Some(crate::procedure::log::level(level)?),
            None if name == "SYSTEM$LOG" => None,
            None => return self.sql_statement(),
        };
        self.tokens.next();
        Ok(StatementKind::Log { named, arguments: self.arguments()? })
    }
}

#[cfg(test)]
mod tests {
    use super::super::ast::Initializer;
    use super::*;

    #[test]
    fn blocks_that_parse() {
        for text in [
            "BEGIN RETURN 1; END",
            "BEGIN LET a := 1; RETURN :a; END",
            "DECLARE n INTEGER DEFAULT 0; bad EXCEPTION (-20001, 'empty'); BEGIN n := (SELECT COUNT(*) FROM t); IF (n = 0) THEN RAISE bad; END IF; RETURN n; EXCEPTION WHEN bad THEN RETURN 0; WHEN STATEMENT_ERROR OR EXPRESSION_ERROR CONTINUE THEN RAISE; END;",
            "BEGIN CASE WHEN 1 > 0 THEN RETURN 'a'; ELSE NULL; END; END;",
            "BEGIN FOR i IN REVERSE 1 TO 3 DO CONTINUE; END FOR; WHILE (TRUE) LOOP BREAK l; END LOOP l; REPEAT NULL; UNTIL (TRUE) END REPEAT; RETURN 1; END",
            "BEGIN BEGIN TRANSACTION; COMMIT; RETURN CASE WHEN 1 = 1 THEN 'x' END; END",
            "DECLARE c CURSOR FOR SELECT 1 WHERE 1 > ?; rs RESULTSET DEFAULT (SHOW TABLES); BEGIN OPEN c USING (1); FETCH c INTO a; CLOSE c; RETURN TABLE(rs); END",
            "DECLARE p PROCEDURE (a NUMBER(10, 2), b VARCHAR) RETURNS TABLE (c INTEGER) AS DECLARE r RESULTSET; BEGIN r := (SELECT 1); RETURN TABLE(r); END; x INTEGER; BEGIN x := 1; LET y := CALL p(1, 'a'); END",
            "DECLARE r RESULTSET DEFAULT ASYNC (SELECT 1); BEGIN ASYNC (INSERT INTO t VALUES (1)); AWAIT r; AWAIT ALL; CANCEL r; END",
            "BEGIN WITH p AS PROCEDURE (x INTEGER) RETURNS INTEGER AS $$ BEGIN RETURN x; END $$ CALL p(1) INTO :y; END",
            "BEGIN CREATE PROCEDURE q() RETURNS INTEGER AS BEGIN IF (TRUE) THEN RETURN 1; END IF; END; RETURN 2; END",
            "BEGIN RETURN REPEAT('x', 3) || INSERT('abc', 1, 1, 'y') || IFF(TRUE, 'a', 'b'); END",
            "BEGIN LET q := 'x'; EXECUTE IMMEDIATE q || '1' USING (q, q); CALL p(1, :q) INTO :q; RETURN TABLE(RESULTSET_FROM_CURSOR(c)); END",
        ] {
            parse_block(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        }
    }

    #[test]
    fn texts_of_syntax_errors() {
        for (text, expected) in [
            ("BEGIN IF n > 1 THEN NULL; END IF; END", "syntax error line 1 at position 9 unexpected 'n'."),
            ("BEGIN RETURN 1 END", "syntax error line 1 at position 15 unexpected 'END'."),
            ("BEGIN RETURN 1;", "syntax error line 1 at position 15 unexpected '<EOF>'."),
            ("BEGIN BEGIN NULL; END;", "unexpected '<EOF>'."),
            ("BEGIN\n  l: LOOP NULL; END LOOP; END", "syntax error line 2 at position 3 unexpected ':'."),
            ("BEGIN INSERT INTO t VALUES (:r.price); END", "syntax error line 1 at position 30 unexpected '.'."),
            ("BEGIN END", "unexpected 'END'."),
            ("DECLARE x; BEGIN NULL; END", "unexpected ';'."),
            ("DECLARE e EXCEPTION (-1, 'x'); BEGIN NULL; END", "invalid exception number -1"),
            ("BEGIN LET x := 5\n RETURN x; END", "syntax error line 2 at position 1 unexpected 'RETURN'."),
            ("BEGIN LET x := f(1)\n INSERT INTO t VALUES (1); END", "unexpected 'INSERT'."),
            ("BEGIN ASYNC SELECT 1; END", "unexpected 'ASYNC'"),
            ("DECLARE p PROCEDURE () AS BEGIN NULL; END; BEGIN NULL; END", "unexpected 'AS'."),
        ] {
            let error = parse_block(text).expect_err(text);
            assert!(error.message.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn names_of_expressions_and_statements() {
        let names = |text: &str| -> Vec<String> {
            let block = parse_block(&format!("BEGIN {text}; END")).unwrap();
            let names = match &block.body[0].kind {
                StatementKind::Return(Some(Initializer::Expression(expression))) => expression.names.clone(),
                StatementKind::Sql(sql) => sql.binds.clone(),
                other => panic!("{other:?}"),
            };
            names
                .iter()
                .map(|name| name.field.as_ref().map_or(name.name.clone(), |field| format!("{}.{field}", name.name)))
                .collect()
        };
        for (text, expected) in [
            ("RETURN a + :b", vec!["A", "B"]),
            ("RETURN f(x, 'y') || r.col || DATE '2020-01-01'", vec!["X", "R.COL"]),
            (
                "RETURN CASE WHEN v IS NULL THEN (SELECT MAX(c) FROM t WHERE k = :k) ELSE v:path.x END",
                vec!["V", "K", "V"],
            ),
            ("RETURN CAST(x AS VARCHAR) || y::NUMBER", vec!["X", "Y"]),
            ("INSERT INTO t SELECT src:a.b, :v FROM s WHERE x=:w", vec!["V", "W"]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
    }
}
