//! SQL texts in a form in which equal ones compare equal.

/// Folds case and blanks outside of quotes and drops a final semicolon.
pub(crate) fn squash(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut quote = None;
    let mut blank = false;
    for character in sql.trim().trim_end_matches(';').trim_end().chars() {
        if let Some(open) = quote {
            out.push(character);
            if character == open {
                quote = None;
            }
            continue;
        }
        if character.is_whitespace() {
            blank = true;
            continue;
        }
        let tight = |c: char| matches!(c, '(' | ')' | ',' | '=' | ';' | '<' | '>');
        if blank && !tight(character) && !out.ends_with(tight) && !out.is_empty() {
            out.push(' ');
        }
        blank = false;
        if matches!(character, '\'' | '"') {
            quote = Some(character);
        }
        out.extend(character.to_uppercase());
    }
    out
}

/// A name of one to three parts without the quotes that SHOW may or may not write: `DB.S."LEFT"` is `DB.S.LEFT`.
pub(crate) fn name(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quoted = false;
    for character in text.trim().chars() {
        match character {
            '"' => quoted = !quoted,
            _ if quoted => out.push(character),
            _ => out.extend(character.to_uppercase()),
        }
    }
    out
}

/// A procedure body: line ends and blanks at line ends do not count, everything else does.
pub(crate) fn body(text: &str) -> String {
    let lines: Vec<&str> = text.trim_matches(['\r', '\n', ' ', '\t']).lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// Whether the stored text of a view, which begins with CREATE, ends with this query.
pub(super) fn is_same_view(query: &str, stored: &str) -> bool {
    let (query, stored) = (squash(query), squash(stored));
    stored == query
        || stored.strip_suffix(&query).is_some_and(|head| head.starts_with("CREATE") && head.trim_end().ends_with("AS"))
}

/// `null` and nothing are the same in SHOW.
pub(super) fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty() && !text.eq_ignore_ascii_case("null"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_mean_the_same_squash_alike() {
        for (left, right) in [
            ("call  sp( 1 , 'a  b' );", "CALL SP(1,'a  b')"),
            ("SELECT a\n  FROM t\nWHERE x = 1", "select A from T where X=1"),
            ("\"Mixed case\"", "\"Mixed case\""),
        ] {
            assert_eq!(squash(left), squash(right));
        }
        for (left, right) in [("CALL SP('a')", "CALL SP('A')"), ("\"x\"", "\"X\""), ("SELECT AB", "SELECT A B")] {
            assert_ne!(squash(left), squash(right));
        }
    }

    #[test]
    fn names_compare_without_their_quotes() {
        for (left, right) in [("db.s.t", "DB.S.T"), ("DB.S.\"LEFT\"", "DB.S.LEFT"), ("\"odd one\".S", "\"odd one\".s")]
        {
            assert_eq!(name(left), name(right));
        }
        assert_ne!(name("\"t\""), name("T"));
    }

    #[test]
    fn views_compare_by_their_query() {
        let query = "SELECT ID\nFROM D.S.T";
        assert!(is_same_view(
            query,
            "CREATE OR REPLACE VIEW D.S.V\nCOPY GRANTS\nCOMMENT = 'x'\nAS\nSELECT ID\nFROM D.S.T"
        ));
        assert!(is_same_view(query, "create or replace view d.s.v as select id from d.s.t;"));
        assert!(!is_same_view(query, "CREATE OR REPLACE VIEW D.S.V AS SELECT ID, NAME FROM D.S.T"));
        assert!(!is_same_view("SELECT 1", "CREATE VIEW V AS SELECT 2 UNION ALL SELECT 1"));
    }

    #[test]
    fn bodies_differ_only_by_what_matters() {
        assert_eq!(body("\nBEGIN\r\n    RETURN 1;  \r\nEND\n"), "BEGIN\n    RETURN 1;\nEND");
        assert_ne!(body("RETURN 'A';"), body("RETURN 'a';"));
    }
}
