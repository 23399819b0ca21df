//! What the dialect lacks, in words that it has: tokens are replaced before sqlparser reads them.

use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, Word};

use super::cursor::Cursor;

/// The column that stands for all of them in `UPDATE ALL BY NAME` and `INSERT ALL BY NAME`.
pub const ALL_BY_NAME: &str = "$ALL_BY_NAME";

/// Replaces them all.
pub(super) fn extended(cursor: &mut Cursor<'_>) {
    let start = cursor.index();
    let merge = cursor.peek_keyword("MERGE");
    let hierarchical = is_hierarchical(cursor);
    while cursor.peek().is_some() {
        if merge && cursor.peek_keywords("UPDATE ALL BY NAME") {
            let all = quoted(ALL_BY_NAME);
            cursor.replace(4, vec![word("UPDATE"), word("SET"), all.clone(), Token::Eq, all]);
        } else if merge && cursor.peek_keywords("INSERT ALL BY NAME") {
            let all = quoted(ALL_BY_NAME);
            let listed = || [Token::LParen, all.clone(), Token::RParen];
            let mut tokens = vec![word("INSERT")];
            tokens.extend(listed());
            tokens.push(word("VALUES"));
            tokens.extend(listed());
            cursor.replace(4, tokens);
        } else if object_of_star(cursor) {
            if let Some(close) = closing(cursor) {
                let here = cursor.index();
                cursor.rewind(close);
                cursor.replace(1, vec![Token::RParen]);
                cursor.rewind(here);
                cursor.replace(1, vec![word("OBJECT_CONSTRUCT"), Token::LParen]);
            }
        } else if hierarchical && (cursor.peek_keywords("START WITH") || cursor.peek_keywords("CONNECT BY")) {
            where_first(cursor);
        } else if hierarchical
            && let Some(operator) = ["CONNECT_BY_ROOT", "PRIOR"].into_iter().find(|word| cursor.peek_keyword(word))
            && matches!(cursor.peek_at(1), Some(Token::Word(_)))
        {
            // As functions they can stand everywhere.
            let mut length = 1;
            while cursor.peek_at(1 + length) == Some(&Token::Period) {
                length += 2;
            }
            let operand = (1..=length).filter_map(|ahead| cursor.peek_at(ahead).cloned());
            let tokens = [word(operator), Token::LParen].into_iter().chain(operand).chain([Token::RParen]);
            let tokens = tokens.collect();
            cursor.replace(1 + length, tokens);
        } else if cursor.peek() == Some(&Token::DoubleColon) || cursor.peek_keyword("AS") {
            structured_type(cursor);
        } else if cursor.peek() == Some(&Token::RParen)
            && cursor.peek_keyword_at(1, "FROM")
            && cursor.peek_keyword_at(2, "FIRST")
            && ["OVER", "IGNORE", "RESPECT"].iter().any(|word| cursor.peek_keyword_at(3, word))
        {
            // NTH_VALUE counts from the first row anyway.
            cursor.replace(3, vec![Token::RParen]);
        }
        cursor.next_token();
    }
    cursor.rewind(start);
}

fn is_hierarchical(cursor: &Cursor<'_>) -> bool {
    let mut cursor = cursor.clone();
    while cursor.peek().is_some() {
        if cursor.peek_keywords("CONNECT BY") {
            return true;
        }
        cursor.next_token();
    }
    false
}

/// Puts WHERE before START WITH and CONNECT BY, the only place where the parser knows it.
fn where_first(cursor: &mut Cursor<'_>) {
    let start = cursor.index();
    let mut depth = 0_i32;
    let mut condition = None;
    loop {
        let ends = match cursor.peek() {
            None | Some(Token::SemiColon) => true,
            Some(Token::RParen) => depth == 0,
            Some(_) => {
                const AFTER: [&str; 10] =
                    ["GROUP", "HAVING", "QUALIFY", "ORDER", "LIMIT", "FETCH", "UNION", "INTERSECT", "EXCEPT", "MINUS"];
                depth == 0 && AFTER.iter().any(|keyword| cursor.peek_keyword(keyword))
            }
        };
        if ends {
            break;
        }
        if depth == 0 && condition.is_none() && cursor.peek_keyword("WHERE") {
            condition = Some(cursor.index());
        }
        match cursor.next_token() {
            Some(Token::LParen) => depth += 1,
            Some(Token::RParen) => depth -= 1,
            _ => {}
        }
    }
    let end = cursor.index();
    cursor.rewind(start);
    if let Some(condition) = condition {
        cursor.swap(condition, end);
    }
}

/// Behind `::` and AS, a type that the dialect does not know becomes a quoted word: `"ARRAY(NUMBER(38,0))"`.
fn structured_type(cursor: &mut Cursor<'_>) {
    let known = ["ARRAY", "OBJECT", "MAP", "VECTOR"].iter().any(|word| cursor.peek_keyword_at(1, word));
    if !known || cursor.peek_at(2) != Some(&Token::LParen) {
        return;
    }
    let here = cursor.index();
    // What is no type is something else, such as an alias with columns.
    if cursor.next_token().is_some()
        && let Ok(sql_type) = cursor.data_type()
    {
        let count = cursor.index() - here - 1;
        cursor.rewind(here + 1);
        cursor.replace(count, vec![quoted(&sql_type.to_string())]);
    }
    cursor.rewind(here);
}

/// Whether `{*`, `{t.*` or the like is next.
fn object_of_star(cursor: &Cursor<'_>) -> bool {
    cursor.peek() == Some(&Token::LBrace)
        && (cursor.peek_at(1) == Some(&Token::Mul)
            || (matches!(cursor.peek_at(1), Some(Token::Word(_)))
                && cursor.peek_at(2) == Some(&Token::Period)
                && cursor.peek_at(3) == Some(&Token::Mul)))
}

/// Where the brace that is next is closed.
fn closing(cursor: &Cursor<'_>) -> Option<usize> {
    let mut depth = 0;
    let mut ahead = 0;
    loop {
        match cursor.peek_at(ahead)? {
            Token::LBrace => depth += 1,
            Token::RBrace => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(cursor.index() + ahead);
        }
        ahead += 1;
    }
}

fn word(text: &str) -> Token {
    Token::make_word(text, None)
}

fn quoted(name: &str) -> Token {
    Token::Word(Word { value: name.to_owned(), quote_style: Some('"'), keyword: Keyword::NoKeyword })
}

#[cfg(test)]
mod tests {
    use super::super::query::query;

    #[test]
    fn new_words_become_old_ones() {
        for (sql, expected) in [
            ("select {*} from t", "SELECT OBJECT_CONSTRUCT(*) AS \"{*}\" FROM T"),
            (
                "select {t.*}, {'a': {'b': 1}} from t",
                "SELECT OBJECT_CONSTRUCT(T.*) AS \"{T.*}\", {'a': {'b': 1}} AS \"{'A': {'B': 1}}\" FROM T",
            ),
            (
                "select nth_value(a, 2) from first over (order by b) as n from t",
                "SELECT NTH_VALUE(A, 2) OVER (ORDER BY B) AS N FROM T",
            ),
            (
                "select a from t start with b = 1 connect by prior a = b where f(c) > 1 order by a",
                "SELECT A FROM T WHERE F(C) > 1 START WITH B = 1 CONNECT BY PRIOR (A) = B ORDER BY A",
            ),
            (
                "select [1]::array(int)::map(varchar, int), cast(a as vector(int, 2)) from t as map(a, b)",
                "SELECT [1]::\"ARRAY(NUMBER(38,0))\"::\"MAP(VARCHAR(16777216), NUMBER(38,0))\" \
                 AS \"[1]::ARRAY(INT)::MAP(VARCHAR, INT)\", \
                 CAST(A AS \"VECTOR(INT, 2)\") AS \"CAST(A AS VECTOR(INT, 2))\" FROM T AS MAP (A, B)",
            ),
        ] {
            assert_eq!(query(sql).expect(sql).to_string(), expected);
        }
    }
}
