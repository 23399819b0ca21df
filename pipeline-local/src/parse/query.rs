//! Queries and DML, which sqlparser reads in Snowflake's dialect. Before it does, unquoted words are folded to upper case,
//! `?` are numbered, and what the dialect lacks is put into words it has.

use datafusion::sql::sqlparser::ast::{self, Ident, SelectItem, SetExpr};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Word};

use super::cursor::Cursor;
use super::extend::extended;
use crate::error::{Result, SqlError};

/// The name under which `FROM $1` of a pipe finds its rows.
pub fn pipe_source(index: &str) -> String {
    format!("$PIPE{index}")
}

/// Reads one query.
///
/// # Errors
/// A syntax error.
pub fn query(sql: &str) -> Result<Box<ast::Query>> {
    match statement(sql)? {
        ast::Statement::Query(query) => Ok(query),
        _ => Err(SqlError::syntax("a query was expected")),
    }
}

/// Like [`query`], but expressions without an alias have no name.
///
/// # Errors
/// A syntax error.
pub fn unnamed_query(sql: &str) -> Result<Box<ast::Query>> {
    match unnamed(sql)? {
        ast::Statement::Query(query) => Ok(query),
        _ => Err(SqlError::syntax("a query was expected")),
    }
}

fn unnamed(sql: &str) -> Result<ast::Statement> {
    let mut cursor = Cursor::new(sql)?;
    extended(&mut cursor);
    cursor.change_tokens(folded);
    let statement = cursor.with_parser(|parser| parser.parse_statement())?;
    cursor.expect_end()?;
    Ok(statement)
}

/// Reads one query or DML statement.
///
/// # Errors
/// A syntax error.
pub(super) fn statement(sql: &str) -> Result<ast::Statement> {
    let texts = select_texts(&Cursor::new(sql)?);
    let mut statement = unnamed(sql)?;
    if let ast::Statement::Query(query) = &mut statement {
        name_columns(&mut query.body, &texts);
    }
    Ok(statement)
}

/// Reads one scalar expression as the query `SELECT expression`.
///
/// # Errors
/// A syntax error.
pub fn expression(sql: &str) -> Result<Box<ast::Query>> {
    let mut cursor = Cursor::new(sql)?;
    extended(&mut cursor);
    cursor.change_tokens(folded);
    let expression = cursor.expression()?;
    cursor.expect_end()?;
    let mut query = query("SELECT NULL")?;
    if let SetExpr::Select(select) = query.body.as_mut() {
        let alias = Ident::with_quote('"', sql.trim().to_uppercase());
        select.projection = vec![SelectItem::ExprWithAlias { expr: expression, alias }];
    }
    Ok(query)
}

fn folded(tokens: &mut [TokenWithSpan]) {
    let mut binds = 0;
    let mut after_from = false;
    let mut path = Path::default();
    for index in 0..tokens.len() {
        let (before, rest) = tokens.split_at_mut(index);
        if let [TokenWithSpan { token: Token::Word(word), .. }, after @ ..] = &mut *rest
            && word.quote_style.is_none()
            && word.value.eq_ignore_ascii_case("IDENTIFIER")
            && !matches!(after, [open, argument, ..]
                if open.token == Token::LParen && !matches!(argument.token, Token::Word(_)))
        {
            // A name like others, as in `INSERT INTO identifier (column)`; the function takes a text.
            word.quote_style = Some('"');
            word.value.make_ascii_uppercase();
        }
        let token = &mut rest[0];
        if path.take(before.last(), token) {
            continue;
        }
        let from = matches!(&token.token, Token::Word(word)
            if word.quote_style.is_none() && matches!(word.keyword, Keyword::FROM | Keyword::JOIN | Keyword::USING));
        match &mut token.token {
            Token::Word(word) if word.quote_style.is_none() => word.value.make_ascii_uppercase(),
            Token::Placeholder(placeholder) if placeholder == "?" => {
                binds += 1;
                *placeholder = format!("?{binds}");
            }
            Token::Placeholder(placeholder)
                if after_from && placeholder[1..].bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                let value = pipe_source(&placeholder[1..]);
                token.token = Token::Word(Word { value, quote_style: Some('"'), keyword: Keyword::NoKeyword });
            }
            Token::DollarQuotedString(text) => token.token = Token::SingleQuotedString(text.value.clone()),
            _ => {}
        }
        after_from = from;
    }
}

/// Follows paths into VARIANT values, `v:key.key[0]:key`, whose keys keep their case.
#[derive(Default)]
struct Path {
    inside: bool,
    brackets: usize,
}

impl Path {
    /// Whether the token belongs to a path. Later colons in it become periods, which mean the same.
    fn take(&mut self, before: Option<&TokenWithSpan>, token: &mut TokenWithSpan) -> bool {
        let adjacent = before.is_some_and(|before| before.span.end == token.span.start);
        if self.inside {
            match &mut token.token {
                Token::RBracket if self.brackets == 1 => {
                    self.brackets = 0;
                    return true;
                }
                _ if self.brackets > 0 => return false,
                Token::LBracket if adjacent => {
                    self.brackets = 1;
                    return true;
                }
                Token::Period if adjacent => return true,
                Token::Colon if adjacent => {
                    token.token = Token::Period;
                    return true;
                }
                Token::Word(word)
                    if adjacent
                        && before.is_some_and(|before| matches!(before.token, Token::Colon | Token::Period)) =>
                {
                    word.keyword = Keyword::NoKeyword;
                    return true;
                }
                _ => self.inside = false,
            }
        }
        let operand = before.is_some_and(|before| {
            matches!(
                before.token,
                Token::Word(_) | Token::RParen | Token::RBracket | Token::RBrace | Token::Placeholder(_)
            )
        });
        self.inside = token.token == Token::Colon && adjacent && operand;
        self.inside
    }
}

/// The texts of the outermost select list, which are the names of columns without an alias.
fn select_texts(cursor: &Cursor<'_>) -> Vec<String> {
    let mut cursor = cursor.clone();
    let mut depth = 0_i32;
    while cursor.peek().is_some() && !(depth == 0 && cursor.peek_keyword("SELECT")) {
        match cursor.next_token() {
            Some(Token::LParen) => depth += 1,
            Some(Token::RParen) => depth -= 1,
            _ => {}
        }
    }
    if !cursor.accept_keyword("SELECT") {
        return Vec::new();
    }
    let _ = cursor.accept_keyword("DISTINCT") || cursor.accept_keyword("ALL");
    if cursor.accept_keyword("TOP") {
        cursor.next_token();
    }
    let mut texts = Vec::new();
    let mut start = cursor.offset();
    let mut depth = 0_i32;
    loop {
        let ends = match cursor.peek() {
            None | Some(Token::SemiColon) => true,
            Some(_) if depth == 0 => {
                [
                    "FROM",
                    "WHERE",
                    "UNION",
                    "INTERSECT",
                    "EXCEPT",
                    "MINUS",
                    "ORDER",
                    "LIMIT",
                    "QUALIFY",
                    "HAVING",
                    "FETCH",
                    "OFFSET",
                ]
                .iter()
                .any(|keyword| cursor.peek_keyword(keyword) && !within_call(&cursor))
                    || cursor.peek_keywords("GROUP BY")
            }
            Some(_) => false,
        };
        if ends {
            texts.push(cursor.text_since(start).trim().to_owned());
            return texts;
        }
        if depth == 0 && cursor.peek() == Some(&Token::Comma) {
            texts.push(cursor.text_since(start).trim().to_owned());
            cursor.next_token();
            start = cursor.offset();
            continue;
        }
        match cursor.next_token() {
            Some(Token::LParen | Token::LBracket | Token::LBrace) => depth += 1,
            Some(Token::RParen | Token::RBracket | Token::RBrace) => depth -= 1,
            _ => {}
        }
    }
}

/// Whether `FROM FIRST` or `FROM LAST` of a window function is next.
fn within_call(cursor: &Cursor<'_>) -> bool {
    cursor.peek_keyword("FROM")
        && (cursor.peek_keyword_at(1, "FIRST") || cursor.peek_keyword_at(1, "LAST"))
        && ["OVER", "IGNORE", "RESPECT"].iter().any(|word| cursor.peek_keyword_at(2, word))
}

fn name_columns(body: &mut SetExpr, texts: &[String]) {
    match body {
        SetExpr::Select(select) if select.projection.len() == texts.len() => {
            for (item, text) in select.projection.iter_mut().zip(texts) {
                let SelectItem::UnnamedExpr(expression) = item else { continue };
                if matches!(expression, ast::Expr::Identifier(_) | ast::Expr::CompoundIdentifier(_)) {
                    continue;
                }
                let expr = std::mem::replace(expression, ast::Expr::Value(ast::Value::Null.with_empty_span()));
                *item = SelectItem::ExprWithAlias { expr, alias: Ident::with_quote('"', text.to_uppercase()) };
            }
        }
        SetExpr::SetOperation { left, .. } => name_columns(left, texts),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_by_their_text() {
        for (sql, expected) in [
            (
                "select 1+1, count( * ), \"a\" , b.c from t",
                "SELECT 1 + 1 AS \"1+1\", COUNT(*) AS \"COUNT( * )\", \"a\", B.C FROM T",
            ),
            ("with x as (select 1) select f(a, b) from x", "WITH X AS (SELECT 1) SELECT F(A, B) AS \"F(A, B)\" FROM X"),
            ("select * from identifier('t'), identifier", "SELECT * FROM IDENTIFIER('t'), \"IDENTIFIER\""),
            ("select * from $1 where a = ?", "SELECT * FROM \"$PIPE1\" WHERE A = ?1"),
            (
                "select v:a.b[x]:value from t where k = :k",
                "SELECT V:a.b[X].value AS \"V:A.B[X]:VALUE\" FROM T WHERE K = :K",
            ),
        ] {
            assert_eq!(query(sql).unwrap().to_string(), expected);
        }
    }
}
