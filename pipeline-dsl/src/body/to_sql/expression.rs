//! Expressions as SQL text.

use super::query;
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
}

/// Writes expressions of one body.
#[derive(Clone, Copy)]
pub(super) struct Expressions<'a> {
    variables: &'a [Variable],
    place: Place,
}

impl<'a> Expressions<'a> {
    /// For expressions in SQL statements.
    pub(super) fn sql(variables: &'a [Variable]) -> Self {
        Self { variables, place: Place::Sql }
    }

    /// For expressions in Snowflake Scripting.
    pub(super) fn scripting(variables: &'a [Variable]) -> Self {
        Self { variables, place: Place::Scripting }
    }

    pub(super) fn write(&self, node: &Node) -> String {
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
            Ast::Column { alias: Some(alias), name } => format!("{alias}.{}", ident::quote(name)),
            Ast::Column { alias: None, name } => ident::quote(name),
            Ast::Variable(id) => {
                let name = &self.variables[id.0].name;
                match self.place {
                    Place::Sql => format!(":{name}"),
                    Place::Scripting => name.clone(),
                }
            }
            Ast::Keyword(word) => (*word).to_owned(),
            Ast::Call { name, arguments } => self.call(name, arguments),
            Ast::CountAll => "COUNT(*)".to_owned(),
            Ast::Distinct { name, argument } => format!("{name}(DISTINCT {})", self.write(argument)),
            Ast::Not(operand) => format!("NOT {}", self.at(operand, NOT)),
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
            Ast::Window { function, partition, order } => {
                let mut over = vec![];
                if !partition.is_empty() {
                    over.push(format!("PARTITION BY {}", self.list(partition)));
                }
                if !order.is_empty() {
                    let terms: Vec<_> = order.iter().map(|term| self.order_term(term)).collect();
                    over.push(format!("ORDER BY {}", terms.join(", ")));
                }
                let (function, line) = (self.write(function), over.join(" "));
                if line.len() > WIDTH {
                    format!("{function} OVER (\n{}\n)", super::indent(&over.join("\n"), 1))
                } else {
                    format!("{function} OVER ({line})")
                }
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
        let line = format!("{name}({})", self.list(arguments));
        if line.len() <= WIDTH && !line.contains('\n') {
            return line;
        }
        // Names and values of an object belong together.
        let per_line = if name == "OBJECT_CONSTRUCT" { 2 } else { 1 };
        let lines: Vec<_> = arguments.chunks(per_line).map(|chunk| self.list(chunk)).collect();
        format!("{name}(\n{}\n)", super::indent(&lines.join(",\n"), 1))
    }

    fn subquery(&self, prefix: &str, select: &crate::query::Select) -> String {
        let text = query::select(&Self { place: Place::Sql, ..*self }, select, None);
        let line = text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        if line.len() <= WIDTH {
            format!("{prefix}({line})")
        } else {
            format!("{prefix}(\n{}\n)", super::indent(&text, 1))
        }
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
        Ast::IsNull { .. } | Ast::In { .. } | Ast::Between { .. } => COMPARISON,
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
pub(super) fn text(text: &str) -> String {
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
