//! Queries and DML as sqlparser reads them in Snowflake's dialect, and the columns of named objects in them.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;

use sqlparser::ast::{
    AssignmentTarget, Expr, FromTable, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectName,
    Query, Select, SelectItem, SetExpr, Statement, TableFactor, TableObject, TableWithJoins, Visit, Visitor,
};
use sqlparser::dialect::SnowflakeDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::Span;

use super::Piece;
use crate::errors::rule;

/// What stands for the object with a number while a statement is parsed.
const OBJECT: &str = "__OBJECT_";

/// A statement that begins with this comment is not parsed: for what Snowflake takes and sqlparser does not.
pub(super) const UNPARSED: &str = "/* unparsed */";

/// Names of columns by the place of the object among the pieces.
pub(super) type Columns = BTreeMap<usize, Vec<String>>;

/// The statement with placeholders for objects.
fn with_placeholders(pieces: &[Piece]) -> String {
    let text = |(place, piece): (usize, &Piece)| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Object(_) => format!("{OBJECT}{place}"),
    };
    pieces.iter().enumerate().map(text).collect()
}

/// The names of the columns that a query gives; nothing if one of them is not certain, as with `*`.
pub(super) fn select_list(pieces: &[Piece]) -> Option<Vec<String>> {
    let statements = Parser::parse_sql(&SnowflakeDialect {}, &with_placeholders(pieces)).ok()?;
    let [Statement::Query(query)] = &statements[..] else { return None };
    let mut body = &*query.body;
    let select = loop {
        match body {
            SetExpr::Select(select) => break select,
            SetExpr::Query(inner) => body = &inner.body,
            // The first query names the columns.
            SetExpr::SetOperation { left, .. } => body = left,
            _ => return None,
        }
    };
    let name = |item: &SelectItem| match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(sql_name(alias)),
        SelectItem::UnnamedExpr(Expr::Identifier(ident)) => Some(sql_name(ident)),
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(parts)) => parts.last().map(sql_name),
        _ => None,
    };
    select.projection.iter().map(name).collect()
}

/// Parses the statement if it is a query or writes rows: what else there is, sqlparser knows only in parts.
pub(super) fn columns(pieces: &[Piece]) -> Result<Columns, String> {
    let sql = with_placeholders(pieces);
    if !is_parsed(&sql) {
        return Ok(Columns::new());
    }
    let statements = Parser::parse_sql(&SnowflakeDialect {}, &sql).map_err(|error| message(&error, &sql, pieces))?;
    let mut resolver = Resolver::default();
    for statement in &statements {
        let _ = statement.visit(&mut resolver);
    }
    Ok(resolver.finish())
}

fn is_parsed(sql: &str) -> bool {
    const FIRST: &[&str] = &["SELECT", "WITH", "VALUES", "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE"];
    let code = without_comments(sql);
    let word: String = code.chars().take_while(|character| character.is_ascii_alphabetic()).collect();
    code.starts_with('(') || FIRST.iter().any(|first| word.eq_ignore_ascii_case(first))
}

fn without_comments(mut sql: &str) -> &str {
    loop {
        sql = sql.trim_start();
        let end = if sql.starts_with("--") {
            sql.find('\n')
        } else if sql.starts_with("/*") {
            sql.find("*/").map(|end| end + 1)
        } else {
            return sql;
        };
        sql = end.map_or("", |end| &sql[end + 1..]);
    }
}

/// The parser's message with the place as a piece of the text.
fn message(error: &ParserError, sql: &str, pieces: &[Piece]) -> String {
    let (ParserError::TokenizerError(text) | ParserError::ParserError(text)) = error else {
        return refused("this SQL statement is nested too deeply");
    };
    let (what, place) = match text.split_once(" at Line: ") {
        Some((what, place)) => (what, place.split_once(", Column: ")),
        None => (text.as_str(), None),
    };
    let place = place.and_then(|(line, column)| Some((line.parse::<usize>().ok()?, column.parse::<usize>().ok()?)));
    let near = place.and_then(|(line, column)| {
        let rest: String = sql.lines().nth(line.checked_sub(1)?)?.chars().skip(column.checked_sub(1)?).collect();
        let short: String = with_names(rest.trim(), pieces).chars().take(30).collect();
        (!short.is_empty()).then(|| format!(", near `{short}`"))
    });
    let what = with_names(what, pieces);
    let what = what.replacen("Expected: ", "expected ", 1).replacen("Expected ", "expected ", 1);
    refused(&format!("this SQL does not parse: {what}{}", near.unwrap_or_default()))
}

fn refused(message: &str) -> String {
    rule(message, "sql-statement", &format!("if Snowflake takes it nevertheless, begin it with `{UNPARSED}`"))
}

/// The text with the objects as the program names them.
fn with_names(text: &str, pieces: &[Piece]) -> String {
    let mut text = text.to_owned();
    for (place, piece) in pieces.iter().enumerate().rev() {
        if let Piece::Object(path) = piece {
            let name = quote::ToTokens::to_token_stream(path).to_string().replace(' ', "");
            text = text.replace(&format!("{OBJECT}{place}"), &format!("{{{name}}}"));
        }
    }
    text
}

/// The object that a name with one part stands for.
fn object(name: &ObjectName) -> Option<usize> {
    match &name.0[..] {
        [part] => part.as_ident().and_then(placeholder),
        _ => None,
    }
}

fn placeholder(ident: &Ident) -> Option<usize> {
    ident.value.strip_prefix(OBJECT)?.parse().ok()
}

fn sql_name(ident: &Ident) -> String {
    if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_ascii_uppercase() }
}

/// Finds out which object a column belongs to, where that is certain.
#[derive(Default)]
struct Resolver {
    found: Vec<(usize, String)>,
    /// Names of sources; those that stand for several are no one's.
    aliases: BTreeMap<String, Option<usize>>,
    /// Columns behind the name of a source.
    qualified: Vec<(String, String)>,
    /// The statements around, the innermost last.
    scopes: Vec<Scope>,
    /// Words that are no columns, such as the `day` of DATEADD.
    words: HashSet<Span>,
}

/// A SELECT, UPDATE or DELETE.
#[derive(Default)]
struct Scope {
    /// Its only source.
    sole: Option<usize>,
    /// Names that it gives to values.
    aliases: HashSet<String>,
    names: Vec<(Span, String)>,
}

impl Resolver {
    fn close(&mut self) {
        let Some(scope) = self.scopes.pop() else { return };
        // Within another statement, a name may be one of its columns.
        let Some(sole) = scope.sole.filter(|_| self.scopes.is_empty()) else { return };
        for (span, name) in scope.names {
            if !scope.aliases.contains(&name) && !self.words.contains(&span) {
                self.found.push((sole, name));
            }
        }
    }

    fn finish(self) -> Columns {
        let mut columns = Columns::new();
        let qualified = self
            .qualified
            .into_iter()
            .filter_map(|(source, name)| Some((self.aliases.get(&source).copied().flatten()?, name)));
        for (object, name) in self.found.into_iter().chain(qualified) {
            let names: &mut Vec<String> = columns.entry(object).or_default();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        columns
    }

    fn targets<'n>(&mut self, object: Option<usize>, names: impl Iterator<Item = &'n ObjectName>) {
        if let Some(object) = object {
            let names = names.filter_map(|name| name.0.last()?.as_ident().map(sql_name));
            self.found.extend(names.map(|name| (object, name)));
        }
    }
}

/// The object of a table without joins.
fn sole(tables: &[TableWithJoins]) -> Option<usize> {
    match tables {
        [TableWithJoins { relation: TableFactor::Table { name, args: None, .. }, joins }] if joins.is_empty() => {
            object(name)
        }
        _ => None,
    }
}

impl Visitor for Resolver {
    type Break = ();

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        match statement {
            Statement::Insert(insert) => {
                let target = match &insert.table {
                    TableObject::TableName(name) => object(name),
                    _ => None,
                };
                self.targets(target, insert.columns.iter());
            }
            Statement::Update(update) => {
                let target = sole(std::slice::from_ref(&update.table));
                let names = update.assignments.iter().flat_map(|assignment| match &assignment.target {
                    AssignmentTarget::ColumnName(name) => std::slice::from_ref(name),
                    AssignmentTarget::Tuple(names) => names,
                });
                self.targets(target, names);
                let sole = target.filter(|_| update.from.is_none());
                self.scopes.push(Scope { sole, ..Scope::default() });
            }
            Statement::Delete(delete) => {
                let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
                let sole = sole(from).filter(|_| delete.using.is_none());
                self.scopes.push(Scope { sole, ..Scope::default() });
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn post_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        if matches!(statement, Statement::Update(_) | Statement::Delete(_)) {
            self.close();
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, _query: &Query) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        let aliases = select.projection.iter().filter_map(|item| match item {
            SelectItem::ExprWithAlias { alias, .. } => Some(sql_name(alias)),
            _ => None,
        });
        self.scopes.push(Scope { sole: sole(&select.from), aliases: aliases.collect(), names: vec![] });
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, _select: &Select) -> ControlFlow<()> {
        self.close();
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        let (alias, object) = match factor {
            TableFactor::Table { name, alias, args: None, .. } => (alias, object(name)),
            TableFactor::Table { alias, .. }
            | TableFactor::Derived { alias, .. }
            | TableFactor::TableFunction { alias, .. }
            | TableFactor::Function { alias, .. } => (alias, None),
            _ => return ControlFlow::Continue(()),
        };
        if let Some(alias) = alias {
            let object = object.filter(|_| alias.columns.is_empty());
            let known = self.aliases.entry(sql_name(&alias.name)).or_insert(object);
            if *known != object {
                *known = None;
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Function(function) => self.words.extend(date_part(function)),
            // What a lambda calls its arguments looks like a column.
            Expr::Lambda(_) => self.scopes.iter_mut().for_each(|scope| scope.sole = None),
            Expr::Identifier(ident) if !ident.value.starts_with(['$', '@']) && placeholder(ident).is_none() => {
                if let Some(scope) = self.scopes.last_mut() {
                    scope.names.push((ident.span, sql_name(ident)));
                }
            }
            Expr::CompoundIdentifier(parts) => {
                if let [source, column, ..] = &parts[..] {
                    match placeholder(source) {
                        Some(object) => self.found.push((object, sql_name(column))),
                        None => self.qualified.push((sql_name(source), sql_name(column))),
                    }
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

/// The first argument of a function such as DATEADD, if it is a word.
fn date_part(function: &Function) -> Option<Span> {
    const FUNCTIONS: &[&str] = &[
        "DATEADD",
        "DATEDIFF",
        "DATE_PART",
        "DATE_TRUNC",
        "TIMEADD",
        "TIMEDIFF",
        "TIMESTAMPADD",
        "TIMESTAMPDIFF",
        "TRUNC",
        "LAST_DAY",
        "TIME_SLICE",
        "NEXT_DAY",
        "PREVIOUS_DAY",
    ];
    let name = function.name.0.last()?.as_ident()?;
    let FunctionArguments::List(list) = &function.args else { return None };
    let part = list.args.iter().find_map(|argument| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Identifier(ident))) if is_date_part(ident) => Some(ident.span),
        _ => None,
    });
    part.filter(|_| FUNCTIONS.iter().any(|known| name.value.eq_ignore_ascii_case(known)))
}

fn is_date_part(ident: &Ident) -> bool {
    const PARTS: &[&str] = &[
        "YEAR",
        "QUARTER",
        "MONTH",
        "WEEK",
        "WEEKISO",
        "DAY",
        "DAYOFWEEK",
        "DAYOFWEEKISO",
        "DAYOFYEAR",
        "HOUR",
        "MINUTE",
        "SECOND",
        "MILLISECOND",
        "MICROSECOND",
        "NANOSECOND",
        "EPOCH_SECOND",
        "EPOCH_MILLISECOND",
        "YEAROFWEEK",
        "YEAROFWEEKISO",
        "YY",
        "YYYY",
        "MM",
        "MON",
        "DD",
        "D",
        "HH",
        "MI",
        "SS",
        "MS",
        "US",
        "NS",
    ];
    let value = ident.value.to_ascii_uppercase();
    PARTS.iter().any(|part| value == *part || value.strip_suffix('S') == Some(*part))
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    fn show(sql: &str) -> Result<String, String> {
        let pieces = super::super::pieces(sql, Span::call_site())?;
        let found = columns(&pieces)?;
        let name = |place: usize| match &pieces[place] {
            Piece::Object(path) => quote::ToTokens::to_token_stream(path).to_string(),
            Piece::Text(text) => text.clone(),
        };
        Ok(found.into_iter().map(|(place, names)| format!("{}({}) ", name(place), names.join(" "))).collect())
    }

    #[test]
    fn columns_belong_to_objects() {
        for (sql, expected) in [
            ("SELECT id, \"order day\" AS d FROM {A} WHERE amount > 1 ORDER BY d", "A(ID order day AMOUNT) "),
            ("SELECT a.x, b.y, z FROM {A} AS a JOIN {B} b ON a.id = b.id", "A(X ID) B(Y ID) "),
            ("SELECT a.x FROM {A} a, LATERAL FLATTEN(INPUT => a.tags) f WHERE f.value = 1", "A(X TAGS) "),
            ("SELECT COUNT(*), DATE_TRUNC(month, at), DATEADD(day, 1, day) FROM {A}", "A(AT DAY) "),
            ("SELECT v:a.b::VARCHAR, METADATA$ACTION, $1 FROM {A}", "A(V METADATA$ACTION) "),
            ("INSERT INTO {A} (x, y) SELECT p, q + 1 AS r FROM {B} WHERE r > 1", "A(X Y) B(P Q) "),
            ("INSERT OVERWRITE INTO {A} (x) VALUES (1)", "A(X) "),
            ("UPDATE {A} SET x = y + 1 WHERE z = (SELECT MIN(w) FROM {B})", "A(X Y Z) "),
            ("UPDATE {A} SET x = s.y FROM {B} s WHERE {A}.id = s.id", "A(X) B(Y ID) A(ID) "),
            ("DELETE FROM {A} WHERE x IN (1, 2)", "A(X) "),
            ("DELETE FROM {A} USING {B}", ""),
            (
                "MERGE INTO {A} t USING (SELECT id FROM {B}) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET t.x = 1",
                "A(ID) B(ID) ",
            ),
            ("WITH c AS (SELECT x FROM {A}) SELECT y FROM c", "A(X) "),
            ("SELECT x FROM {A} QUALIFY ROW_NUMBER() OVER (PARTITION BY y ORDER BY z) = 1", "A(X Y Z) "),
            ("EXECUTE TASK {A}", ""),
            ("-- first\n CALL SYSTEM$WAIT(10)", ""),
        ] {
            assert_eq!(show(sql).as_deref(), Ok(expected), "{sql}");
        }
    }

    #[test]
    fn queries_say_which_columns_they_give() {
        for (sql, expected) in [
            ("SELECT id, a.\"order day\", x + 1 AS y FROM {A} a", Some("ID order day Y")),
            ("WITH c AS (SELECT 1 AS one) (SELECT one AS two FROM c) UNION ALL SELECT z FROM {A}", Some("TWO")),
            ("SELECT * FROM {A}", None),
            ("SELECT id, COUNT(*) FROM {A} GROUP BY id", None),
        ] {
            let pieces = super::super::pieces(sql, Span::call_site()).expect(sql);
            assert_eq!(select_list(&pieces).map(|names| names.join(" ")).as_deref(), expected, "{sql}");
        }
    }

    #[test]
    fn what_does_not_parse_is_shown() {
        for (sql, part) in [
            ("SELECT id FROM {A} WERE id = 1", "near `id = 1`"),
            ("SELECT FROM {A} GROUP", "does not parse: expected"),
            ("UPDATE {some::A} SET x = (SELECT 1 FROM {some::B} WHERE )", "found: )"),
        ] {
            let message = show(sql).expect_err(sql);
            assert!(message.contains(part) && message.contains(UNPARSED), "{sql}: {message}");
        }
    }
}
