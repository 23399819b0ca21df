//! From text to [`Block`].

use datafusion::sql::sqlparser::tokenizer::Token;

use super::ast::{
    Block, Caught, CursorSource, Declaration, DeclarationKind, Expression, Handler, Initializer, LoopKind, NameRef,
    Position, Sql, Statement, StatementKind, TableSource, Target,
};
use super::simple;
use super::tokens::{Placed, Tokens};
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

/// Words of expressions that are never variables.
const EXPRESSION_WORDS: [&str; 44] = [
    "ALL",
    "AND",
    "ANY",
    "AS",
    "ASC",
    "AT",
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
    "TIME",
    "TRUE",
    "TRY_CAST",
    "WHEN",
    "WHERE",
    "WITHIN",
];

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

    /// One entry of DECLARE, or what follows LET.
    fn declaration(&mut self, is_let: bool) -> Result<Declaration> {
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
                if !matches!(value, None | Some(Initializer::Statement(_))) {
                    return Err(self.tokens.unexpected());
                }
                DeclarationKind::ResultSet(value)
            }
            Some("EXCEPTION") if !is_let => {
                self.tokens.next();
                self.exception(position)?
            }
            Some("PROCEDURE") if !is_let => {
                return Err(SqlError::unsupported(format_args!("procedure {name} declared within a block")));
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

    fn cursor_source(&mut self) -> Result<CursorSource> {
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

    fn exception(&mut self, position: Position) -> Result<DeclarationKind> {
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
    fn initializer(&mut self) -> Result<Option<Initializer>> {
        if self.tokens.accept_keyword("DEFAULT") || self.tokens.accept(&Token::Assignment) {
            return Ok(Some(self.value()?));
        }
        Ok(None)
    }

    /// A value up to the semicolon: an expression or a statement in parentheses.
    fn value(&mut self) -> Result<Initializer> {
        if self.tokens.peek_keyword().as_deref() == Some("ASYNC")
            && self.tokens.at(self.tokens.index() + 1).is_some_and(|next| next.token == Token::LParen)
        {
            return Err(SqlError::unsupported("ASYNC child jobs"));
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

    /// The statement from the cursor up to the token `end`, for `(statement)`.
    fn embedded(&mut self, end: usize) -> Result<Statement> {
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
            ("ASYNC" | "AWAIT" | "CANCEL", _) => {
                return Err(SqlError::unsupported(format_args!("{word} of child jobs")));
            }
            ("SELECT" | "WITH", _) => return self.select(),
            ("CALL", _) => return self.call(),
            (
                "NULL" | "LET" | "IF" | "CASE" | "FOR" | "WHILE" | "REPEAT" | "LOOP" | "BREAK" | "EXIT" | "CONTINUE"
                | "ITERATE",
                _,
            )
            | ("OPEN" | "FETCH" | "CLOSE" | "RETURN" | "RAISE", _) => {}
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
        let mut using = Vec::new();
        if self.tokens.accept_keyword("USING") {
            self.tokens.expect(&Token::LParen)?;
            loop {
                using.push(self.expression(&[])?);
                if !self.tokens.accept(&Token::Comma) {
                    break;
                }
            }
            self.tokens.expect(&Token::RParen)?;
        }
        Ok(using)
    }

    fn if_statement(&mut self) -> Result<StatementKind> {
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

    fn case_statement(&mut self) -> Result<StatementKind> {
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

    fn for_loop(&mut self) -> Result<StatementKind> {
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
    fn loop_body(&mut self, kind: LoopKind, name: &str) -> Result<StatementKind> {
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

    fn return_statement(&mut self) -> Result<StatementKind> {
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

    fn execute_immediate(&mut self, end: Option<usize>) -> Result<StatementKind> {
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

    fn select(&mut self) -> Result<StatementKind> {
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

    fn call(&mut self) -> Result<StatementKind> {
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

    fn sql_statement(&mut self) -> Result<StatementKind> {
        let start = self.tokens.index();
        let end = self.find_statement_end()?;
        if !matches!(self.tokens.peek().map(|next| &next.token), Some(Token::Word(_) | Token::LParen)) {
            return Err(self.tokens.unexpected());
        }
        self.tokens.set_index(end);
        Ok(StatementKind::Sql(self.sql(start, end)?))
    }

    /// The index of the semicolon that ends the SQL statement at the cursor; a bare block as the body of a CREATE is
    /// part of it.
    fn find_statement_end(&self) -> Result<usize> {
        let end = self.find_end(&[])?;
        if self.tokens.peek_keyword().as_deref() != Some("CREATE") {
            return Ok(end);
        }
        let has_body = (self.tokens.index()..end).any(|index| {
            let word = |at: usize| self.tokens.at(at).and_then(Placed::keyword);
            word(index).as_deref() == Some("AS") && matches!(word(index + 1).as_deref(), Some("BEGIN" | "DECLARE"))
        });
        if has_body {
            return Err(SqlError::unsupported(
                "a bare block as the body of CREATE within a block; put the body between $$ and $$",
            ));
        }
        Ok(end)
    }

    /// The index of the first token at no depth that is a semicolon, a comma where `stops` is for a list, a closing
    /// parenthesis or one of the words.
    fn find_end(&self, stops: &[&str]) -> Result<usize> {
        self.find_stop(stops, false)
    }

    fn find_stop(&self, stops: &[&str], comma: bool) -> Result<usize> {
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

    fn unexpected_at(&self, index: usize) -> SqlError {
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
    fn find_keyword(&self, start: usize, end: usize, word: &str) -> Option<usize> {
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

    /// `( expression )`, where Snowflake insists on the parentheses.
    fn parenthesised(&mut self) -> Result<Expression> {
        if !matches!(self.tokens.peek(), Some(Placed { token: Token::LParen, .. })) {
            return Err(self.tokens.unexpected());
        }
        let close = self.tokens.closing_parenthesis()?;
        let start = self.tokens.index() + 1;
        self.tokens.set_index(close + 1);
        self.expression_between(start, close)
    }

    fn expression(&mut self, stops: &[&str]) -> Result<Expression> {
        let start = self.tokens.index();
        let end = self.find_stop(stops, true)?;
        self.tokens.set_index(end);
        self.expression_between(start, end)
    }

    fn expression_between(&mut self, start: usize, end: usize) -> Result<Expression> {
        if start >= end {
            self.tokens.set_index(start);
            return Err(self.tokens.unexpected());
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

    fn sql(&self, start: usize, end: usize) -> Result<Sql> {
        Ok(Sql { text: self.tokens.slice(start, end).to_owned(), binds: self.names(start, end, false)? })
    }

    /// The names between two tokens that are variables (`:v`) or, in scripting expressions, may be (`v`, `row.column`).
    fn names(&self, start: usize, end: usize, bare: bool) -> Result<Vec<NameRef>> {
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
                                Token::Word(_) | Token::RParen | Token::RBracket | Token::SingleQuotedString(_)
                            )
                    });
                    if let (false, Some(name)) = (path, self.tokens.at(index + 1).filter(|_| index + 1 < end)) {
                        if let Some(folded) = name.identifier() {
                            if token(index + 2) == Some(&Token::Period) && !bare {
                                return Err(self.unexpected_at(index + 2));
                            }
                            let field = self.field_after(index + 1, end);
                            let last = if field.is_some() { index + 3 } else { index + 1 };
                            names.push(NameRef {
                                position: placed.position,
                                start: placed.start - base,
                                end: self.tokens.at(last).map_or(name.end, |last| last.end) - base,
                                name: folded,
                                written: self.tokens.text()[name.start..name.end].to_owned(),
                                field,
                                bind: true,
                            });
                            index = last;
                        }
                    } else if path {
                        // The path's first name is no variable.
                        index += 1;
                    }
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

    /// The column in `row.column`, when the token at `index` is followed by one.
    fn field_after(&self, index: usize, end: usize) -> Option<String> {
        if index + 2 >= end || self.tokens.at(index + 1)?.token != Token::Period {
            return None;
        }
        self.tokens.at(index + 2)?.identifier()
    }
}

#[cfg(test)]
mod tests {
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
            ("BEGIN AWAIT ALL; END", "Unsupported feature 'AWAIT of child jobs'."),
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
