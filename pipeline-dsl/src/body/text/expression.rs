//! Expressions as SQL text.

use super::{carry, query};
use crate::body::Variable;
use crate::expr::ast::{Ast, Literal, Node, Operator, OrderTerm};
use crate::ident;

/// Longest expression that is kept on one line.
const WIDTH: usize = 100;

/// Where an expression stands: variables are written differently.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a SQL statement, where a bare name is a column: `:name`.
    Sql,
    /// In an expression of Snowflake Scripting: `name`.
    Scripting,
    /// In a SQL statement that JavaScript sends: a mark that the renderer replaces by `?`.
    JavaScript,
}

/// Writes expressions of one body.
#[derive(Clone, Copy)]
pub(in crate::body) struct Expressions<'a> {
    variables: &'a [Variable],
    place: Place,
}

impl<'a> Expressions<'a> {
    /// For expressions in SQL statements.
    pub(in crate::body) fn sql(variables: &'a [Variable]) -> Self {
        Self { variables, place: Place::Sql }
    }

    /// For expressions in Snowflake Scripting.
    pub(in crate::body) fn scripting(variables: &'a [Variable]) -> Self {
        Self { variables, place: Place::Scripting }
    }

    /// For expressions in SQL statements that JavaScript sends.
    pub(in crate::body) fn javascript(variables: &'a [Variable]) -> Self {
        Self { variables, place: Place::JavaScript }
    }

    pub(in crate::body) fn write(&self, node: &Node) -> String {
        self.at(node, 0)
    }

    fn list(&self, nodes: &[Node]) -> String {
        nodes.iter().map(|node| self.write(node)).collect::<Vec<_>>().join(", ")
    }

    /// The expression as an operand of an operator that binds as tightly as `least`.
    fn at(&self, node: &Node, least: u8) -> String {
        let text = self.bare(node);
        if precedence(node) < least { format!("({text})") } else { text }
    }

    fn bare(&self, node: &Node) -> String {
        match &**node {
            Ast::Literal(literal) => self::literal(literal),
            Ast::Column { alias: Some(alias), name } => {
                format!("{}.{}", query::alias_name(alias), ident::quote(name))
            }
            Ast::Column { alias: None, name } => ident::quote(name),
            Ast::Variable(id) => {
                let Variable { name, data_type, argument, .. } = &self.variables[id.0];
                match self.place {
                    Place::JavaScript => carry::placeholder(*id, *data_type, *argument),
                    Place::Sql => format!(":{name}"),
                    Place::Scripting => name.clone(),
                }
            }
            Ast::Call { name, arguments } => self.call(name, arguments),
            Ast::CountAll => "COUNT(*)".to_owned(),
            Ast::AllColumns => "*".to_owned(),
            Ast::Distinct { name, arguments } => format!("{name}(DISTINCT {})", self.list(arguments)),
            Ast::WithinGroup { function, order } => {
                format!("{} WITHIN GROUP (ORDER BY {})", self.write(function), self.order(order))
            }
            Ast::Not(operand) => format!("NOT {}", self.at(operand, ATOM)),
            Ast::Negative(operand) => format!("-{}", self.at(operand, ATOM)),
            Ast::Binary { operator, left, right } => self.binary(*operator, left, right),
            Ast::IsNull { operand, negated } => {
                let not = if *negated { "NOT " } else { "" };
                format!("{} IS {not}NULL", self.at(operand, COMPARISON + 1))
            }
            Ast::In { operand, list } => format!("{} IN ({})", self.at(operand, COMPARISON + 1), self.list(list)),
            Ast::Between { operand, low, high } => format!(
                "{} BETWEEN {} AND {}",
                self.at(operand, COMPARISON + 1),
                self.at(low, COMPARISON + 1),
                self.at(high, COMPARISON + 1)
            ),
            Ast::Cast { operand, data_type, lenient } => {
                let name = if *lenient { "TRY_CAST" } else { "CAST" };
                format!("{name}({} AS {data_type})", self.write(operand))
            }
            Ast::Window { function, ignore_nulls, partition, order, frame } => {
                let mut over = vec![];
                if !partition.is_empty() {
                    over.push(format!("PARTITION BY {}", self.list(partition)));
                }
                if !order.is_empty() {
                    over.push(format!("ORDER BY {}", self.order(order)));
                }
                over.extend(frame.map(|frame| frame.to_string()));
                let nulls = if *ignore_nulls { " IGNORE NULLS" } else { "" };
                let (function, line) = (self.write(function) + nulls, over.join(" "));
                if line.len() > WIDTH {
                    format!("{function} OVER (\n{}\n)", super::indent(&over.join("\n"), 1))
                } else {
                    format!("{function} OVER ({line})")
                }
            }
            Ast::InRows { operand, select } => {
                self.subquery(&format!("{} IN ", self.at(operand, COMPARISON + 1)), select)
            }
            Ast::Subquery(select) => self.subquery("", select),
            Ast::Exists(select) => self.subquery("EXISTS ", select),
        }
    }

    fn binary(&self, operator: Operator, left: &Node, right: &Node) -> String {
        let level = operator.precedence();
        let comparison = level == COMPARISON;
        // Comparisons do not chain, and `a - (b - c)` is not `(a - b) - c`; AND, OR and || may be regrouped.
        let regroups = matches!(operator, Operator::And | Operator::Or | Operator::Concat);
        let left = self.at(left, if comparison { level + 1 } else { level });
        let right = self.at(right, if regroups { level } else { level + 1 });
        format!("{left} {} {right}", operator.sql())
    }

    fn call(&self, name: &str, arguments: &[Node]) -> String {
        // Names and values of an object belong together.
        let per_line = if name == "OBJECT_CONSTRUCT" { 2 } else { 1 };
        self.call_of(name, arguments.chunks(per_line).map(|chunk| self.list(chunk)).collect())
    }

    /// `name(arguments)`, over several lines if it is long.
    pub(super) fn call_of(&self, name: &str, arguments: Vec<String>) -> String {
        let line = format!("{name}({})", arguments.join(", "));
        if line.len() <= WIDTH && !line.contains('\n') {
            return line;
        }
        format!("{name}(\n{}\n)", super::indent(&arguments.join(",\n"), 1))
    }

    fn subquery(&self, prefix: &str, select: &crate::query::Select) -> String {
        let place = if self.place == Place::JavaScript { Place::JavaScript } else { Place::Sql };
        let text = query::nested(&Self { place, ..*self }, select);
        let line = text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        if line.len() <= WIDTH {
            format!("{prefix}({line})")
        } else {
            format!("{prefix}(\n{}\n)", super::indent(&text, 1))
        }
    }

    /// The terms of ORDER BY.
    pub(super) fn order(&self, terms: &[OrderTerm]) -> String {
        terms.iter().map(|term| self.order_term(term)).collect::<Vec<_>>().join(", ")
    }

    fn order_term(&self, term: &OrderTerm) -> String {
        let value = self.write(&term.value);
        match (term.descending, term.nulls_last) {
            // NULLs come last in ascending order anyway.
            (false, true) => value,
            (false, false) => format!("{value} NULLS FIRST"),
            (true, true) => format!("{value} DESC NULLS LAST"),
            (true, false) => format!("{value} DESC"),
        }
    }
}

const NOT: u8 = 3;
const COMPARISON: u8 = 4;
const ATOM: u8 = 9;

fn precedence(ast: &Ast) -> u8 {
    match ast {
        Ast::Binary { operator, .. } => operator.precedence(),
        Ast::Not(_) => NOT,
        Ast::IsNull { .. } | Ast::In { .. } | Ast::InRows { .. } | Ast::Between { .. } => COMPARISON,
        Ast::Negative(_) => 8,
        Ast::Literal(Literal::Number(digits)) if digits.starts_with('-') => 8,
        _ => ATOM,
    }
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Null => "NULL".to_owned(),
        Literal::Number(digits) => digits.clone(),
        Literal::Text(text) => self::text(text),
        Literal::Boolean(true) => "TRUE".to_owned(),
        Literal::Boolean(false) => "FALSE".to_owned(),
        Literal::Typed { keyword, text } => format!("{keyword} {}", ident::literal(text)),
    }
}

/// A string literal without `$$`, which would end the body that it stands in.
pub(in crate::body) fn text(text: &str) -> String {
    if !text.contains("$$") {
        return ident::literal(text);
    }
    let mut parts = vec![];
    let mut part = String::new();
    for character in text.chars() {
        if character == '$' && part.ends_with('$') {
            parts.push(ident::literal(&part));
            part.clear();
        }
        part.push(character);
    }
    parts.push(ident::literal(&part));
    format!("CONCAT({})", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::expr::Expr;
    use crate::expr::arena;
    use crate::expr::literal::{boolean, int, number};
    use crate::expr::operator::{add, and, div, eq, mul, neg, not, or, sub};
    use crate::types::Boolean;

    fn sql<T>(build: impl FnOnce() -> Expr<T>) -> String {
        arena::scope(|| Expressions::sql(&[]).write(&build().node()))
    }

    #[test]
    fn parentheses_stand_where_they_are_needed() {
        let yes = || boolean(true);
        for (written, expected) in [
            (sql(|| sub(int(1), sub(int(2), int(3)))), "1 - (2 - 3)"),
            (sql(|| sub(sub(int(1), int(2)), int(3))), "1 - 2 - 3"),
            (sql(|| mul(add(int(1), int(2)), int(3))), "(1 + 2) * 3"),
            (sql(|| add(int(1), mul(int(2), int(3)))), "1 + 2 * 3"),
            (sql(|| div(int(1), div(int(2), int(3)))), "1 / (2 / 3)"),
            (sql(|| neg(neg(int(-3)))), "-(-(-3))"),
            (sql(|| sub(int(1), int(-2))), "1 - -2"),
            (sql(|| and(or(yes(), yes()), yes())), "(TRUE OR TRUE) AND TRUE"),
            (sql(|| or(yes(), and(yes(), yes()))), "TRUE OR TRUE AND TRUE"),
            (sql(|| eq(eq(int(1), int(2)), yes())), "(1 = 2) = TRUE"),
            (sql(|| not(not(yes()))), "NOT (NOT TRUE)"),
            (sql(|| not(eq(number::<3, 2>("1.50"), int(2)))), "NOT (1.50 = 2)"),
        ] {
            assert_eq!(written, expected);
        }
    }

    /// What Snowflake reads from `'..'`.
    fn unquote(literal: &str) -> String {
        let inner = literal.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).expect("quotes");
        let mut out = String::new();
        let mut characters = inner.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => out.push(match characters.next().expect("something after a backslash") {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    '0' => '\0',
                    other => other,
                }),
                '\'' => {
                    assert_eq!(characters.next(), Some('\''), "a single quote ends the literal early");
                    out.push('\'');
                }
                other => out.push(other),
            }
        }
        out
    }

    /// What Snowflake reads from a literal, or from several that are joined.
    fn read(sql: &str) -> String {
        let Some(parts) = sql.strip_prefix("CONCAT(").and_then(|rest| rest.strip_suffix(')')) else {
            return unquote(sql);
        };
        // A quote that is not doubled ends a part.
        let mut out = String::new();
        let mut rest = parts;
        while !rest.is_empty() {
            let bytes = rest.as_bytes();
            let mut end = 1;
            loop {
                match (bytes[end], bytes.get(end + 1)) {
                    (b'\\', _) | (b'\'', Some(b'\'')) => end += 2,
                    (b'\'', _) => break,
                    _ => end += 1,
                }
            }
            out.push_str(&unquote(&rest[..=end]));
            rest = rest[end + 1..].trim_start_matches(", ");
        }
        out
    }

    proptest! {
        #[test]
        fn text_round_trips(value in r#"([a-c'"$\\\n\t\r\x00é%{}]|\$\$)*"#) {
            let written = text(&value);
            prop_assert!(!written.contains("$$"));
            prop_assert!(!written.contains('\n'));
            prop_assert_eq!(read(&written), value);
        }

        #[test]
        fn identifiers_round_trip(name in r#"[a-cA-Z_$"' .0-9]{1,8}|SELECT|ROWS"#) {
            let written = ident::quote(&name);
            let read = match written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
                Some(quoted) => {
                    prop_assert!(!quoted.replace("\"\"", "").contains('"'));
                    quoted.replace("\"\"", "\"")
                }
                None => {
                    prop_assert!(!written.contains(|c: char| c.is_whitespace() || "'\".".contains(c)));
                    written.to_ascii_uppercase()
                }
            };
            prop_assert_eq!(read, name);
        }

        /// The text of a random expression, read back with the usual precedences, has the same value.
        #[test]
        fn logic_keeps_its_meaning(ops in prop::collection::vec(0..4_u8, 1..12)) {
            let mut value = true;
            let written = sql(|| {
                let mut out: Expr<Boolean> = boolean(true);
                for op in &ops {
                    out = match op {
                        0 => { value = !value; not(out) }
                        1 => and(out, boolean(true)),
                        2 => { value = true; or(out, boolean(true)) }
                        _ => { value = false; and(boolean(false), out) }
                    };
                }
                out
            });
            prop_assert_eq!(Logic { rest: &written }.or(), value, "{}", written);
        }
    }

    /// A reader of TRUE, FALSE, NOT, AND, OR and parentheses.
    struct Logic<'a> {
        rest: &'a str,
    }

    impl Logic<'_> {
        fn eat(&mut self, word: &str) -> bool {
            let rest = self.rest.trim_start();
            let found = rest.strip_prefix(word);
            self.rest = found.unwrap_or(rest);
            found.is_some()
        }

        fn or(&mut self) -> bool {
            let mut value = self.and();
            while self.eat("OR") {
                value |= self.and();
            }
            value
        }

        fn and(&mut self) -> bool {
            let mut value = self.not();
            while self.eat("AND") {
                value &= self.not();
            }
            value
        }

        fn not(&mut self) -> bool {
            if self.eat("NOT") {
                return !self.not();
            }
            if self.eat("(") {
                let value = self.or();
                assert!(self.eat(")"), "a closing parenthesis in {}", self.rest);
                return value;
            }
            let value = self.eat("TRUE");
            assert!(value || self.eat("FALSE"), "a truth value in {}", self.rest);
            value
        }
    }
}
