//! Cutting a text into statements.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::cursor::Cursor;
use crate::error::Result;

/// Cuts a text at its top-level semicolons; semicolons inside strings, comments, `$$` bodies and scripting blocks do not
/// count. Gives each statement with its byte offset; empty statements are left out.
///
/// # Errors
/// A syntax error when the text has no tokens.
pub fn split(sql: &str) -> Result<Vec<(&str, usize)>> {
    let mut cursor = Cursor::new(sql)?;
    let mut statements = Vec::new();
    let mut start = cursor.offset();
    let mut depth = 0_usize;
    let mut declaring = false;
    // Whether the BEGIN to come is that of a procedure declared within the block.
    let mut nested = false;
    let mut opening = true;
    while let Some(token) = cursor.peek().cloned() {
        if token == Token::SemiColon {
            if depth == 0 && !declaring {
                let end = cursor.offset();
                if !sql[start..end].trim().is_empty() {
                    statements.push((sql[start..end].trim_end(), start));
                }
                cursor.next_token();
                start = cursor.offset();
                opening = true;
            } else {
                cursor.next_token();
            }
            continue;
        }
        let word = cursor.peek_word();
        match word.as_deref() {
            Some("BEGIN") if (depth > 0 || declaring || opening) && !begins_transaction(&cursor) => {
                depth += 1;
                declaring &= nested;
                nested = false;
            }
            Some("DECLARE") if depth == 0 && opening => declaring = true,
            Some("PROCEDURE") if depth == 0 && declaring => nested = true,
            Some("CASE") if depth > 0 => depth += 1,
            Some("END") if depth > 0 => {
                let closes_other =
                    ["IF", "LOOP", "FOR", "WHILE", "REPEAT"].iter().any(|keyword| cursor.peek_keyword_at(1, keyword));
                if closes_other {
                    cursor.next_token();
                } else {
                    depth -= 1;
                    if cursor.peek_keyword_at(1, "CASE") {
                        cursor.next_token();
                    }
                }
            }
            _ => {}
        }
        // A bare body follows AS in CREATE PROCEDURE and CREATE TASK.
        opening = word.as_deref() == Some("AS");
        cursor.next_token();
    }
    if !sql[start..].trim().is_empty() {
        statements.push((sql[start..].trim_end(), start));
    }
    Ok(statements)
}

/// Whether the BEGIN that is next opens a transaction rather than a block.
pub(super) fn begins_transaction(cursor: &Cursor<'_>) -> bool {
    match cursor.peek_at(1) {
        None | Some(Token::SemiColon) => true,
        _ => ["TRANSACTION", "WORK", "NAME"].iter().any(|keyword| cursor.peek_keyword_at(1, keyword)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_and_blocks() {
        for (sql, expected) in [
            ("select 1; select ';' ;; -- x;\n", vec!["select 1", "select ';'"]),
            ("begin; insert into t values (1); commit", vec!["begin", "insert into t values (1)", "commit"]),
            (
                "begin let x := 1; if (x = 1) then return case when true then 1 end; end if; end; select 2",
                vec!["begin let x := 1; if (x = 1) then return case when true then 1 end; end if; end", "select 2"],
            ),
            (
                "declare x int; begin begin transaction; commit; end; select 3",
                vec!["declare x int; begin begin transaction; commit; end", "select 3"],
            ),
            (
                "create procedure p() returns int language sql as begin case x when 1 then return 1; end case; end; call p()",
                vec![
                    "create procedure p() returns int language sql as begin case x when 1 then return 1; end case; end",
                    "call p()",
                ],
            ),
            (
                "declare p procedure() returns int as declare y int; begin return 1; end; x int; begin call p(); end; select 4",
                vec![
                    "declare p procedure() returns int as declare y int; begin return 1; end; x int; begin call p(); end",
                    "select 4",
                ],
            ),
            (
                "create task t as $$begin a; b; end$$; select 1",
                vec!["create task t as $$begin a; b; end$$", "select 1"],
            ),
        ] {
            let texts: Vec<_> = split(sql).unwrap().into_iter().map(|(text, _)| text).collect();
            assert_eq!(texts, expected, "{sql}");
        }
    }
}
