//! Rewriting a parsed query into what DataFusion's planner understands in Snowflake's sense: every clause is claimed or
//! refused by name, operators and special syntax become function calls, binds become typed parameters.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    AccessExpr, BinaryOperator, CaseWhen, CastKind, CeilFloorKind, DataType, DuplicateTreatment, Expr, Function,
    FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArgumentList, FunctionArguments, GroupByExpr, Ident,
    JsonPathElem, LimitClause, ObjectName, ObjectNamePart, OrderByKind, Query, Select, SelectItem, SetExpr, Subscript,
    TableAlias, TableAliasColumnDef, TableFactor, TableSample, TableSampleKind, TableVersion, TimezoneInfo,
    TopQuantity, TrimWhereField, UnaryOperator, Value as Literal, VisitMut, VisitorMut, With, visit_expressions_mut,
    visit_relations,
};

use super::context_functions;
use super::count;
use super::functions;
use super::interval;
use super::lateral;
use super::like::{self, Like};
use super::provider::Provider;
use super::reshape;
use super::subquery;
use crate::error::{Result, SqlError};
use crate::exec::{Binds, Value};
use crate::parse::{self, Name};
use crate::types::SqlType;
use datafusion::common::ScalarValue;

/// Rewrites one query; collects the parameters that replace binds and constants.
pub(super) struct Rewriter<'r, 'p, 'a> {
    pub(super) provider: &'r Provider<'p, 'a>,
    pub(super) binds: &'r Binds,
    /// The values of `$1`, `$2`, ... in the rewritten query.
    pub(super) parameters: Vec<Value>,
    /// The WITH clauses around the place that is rewritten, as they were written.
    pub(super) withs: Vec<Option<With>>,
    depth: usize,
}

/// A text that never occurs in a name, before the number that makes a repeated column name unique.
pub(super) const REPEATED: char = '\u{1}';

impl<'r, 'p, 'a> Rewriter<'r, 'p, 'a> {
    pub(super) fn new(provider: &'r Provider<'p, 'a>, binds: &'r Binds) -> Self {
        Self { provider, binds, parameters: Vec::new(), withs: Vec::new(), depth: 0 }
    }

    pub(super) fn rewrite(&mut self, node: &mut impl VisitMut) -> Result<()> {
        match node.visit(self) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(error) => Err(error),
        }
    }

    /// A parameter with this value.
    fn parameter(&mut self, value: Value) -> Expr {
        let index = match self.parameters.iter().position(|known| *known == value) {
            Some(index) => index,
            None => {
                self.parameters.push(value);
                self.parameters.len() - 1
            }
        };
        literal(Literal::Placeholder(format!("${}", index + 1)))
    }

    /// The value of `?`, `:1`, `:name`, `$name`.
    fn bound(&mut self, placeholder: &str) -> Result<Option<Value>> {
        if let Some(index) = placeholder.strip_prefix('?') {
            // The parser has numbered them.
            let index = index.parse::<usize>().unwrap_or(1);
            let value = self.binds.positional.get(index - 1).cloned();
            return value.map(Some).ok_or_else(|| SqlError::compilation(2049, "42601", "Bind variable ? not set."));
        }
        if let Some(name) = placeholder.strip_prefix(':') {
            let value = match name.parse::<usize>() {
                Ok(index) => self.binds.positional.get(index.wrapping_sub(1)),
                Err(_) => self.binds.named.get(&name.to_ascii_uppercase()).or_else(|| self.binds.named.get(name)),
            };
            return value.cloned().map(Some).ok_or_else(|| {
                SqlError::compilation(2049, "42601", format_args!("Bind variable {placeholder} not set."))
            });
        }
        let name = placeholder.trim_start_matches('$');
        if name.parse::<usize>().is_ok() {
            return Ok(None);
        }
        let value = self.provider.cx.borrow().session.variables.get(&name.to_ascii_uppercase()).cloned();
        value.map(Some).ok_or_else(|| {
            SqlError::compilation(
                2211,
                "02000",
                format_args!("Session variable '${}' does not exist", name.to_ascii_uppercase()),
            )
        })
    }

    fn select(&mut self, select: &mut Select) -> Result<()> {
        for (clause, present) in [
            ("SELECT ... INTO", select.into.is_some()),
            ("LATERAL VIEW", !select.lateral_views.is_empty()),
            ("PREWHERE", select.prewhere.is_some()),
            ("CONNECT BY", !select.connect_by.is_empty()),
            ("CLUSTER BY", !select.cluster_by.is_empty()),
            ("DISTRIBUTE BY", !select.distribute_by.is_empty()),
            ("SORT BY", !select.sort_by.is_empty()),
            ("SELECT AS STRUCT", select.value_table_mode.is_some()),
        ] {
            if present {
                return Err(SqlError::unsupported(clause));
            }
        }
        subquery::check(self.provider, select)?;
        lateral::join_functions(select);
        self.expand_stars(select)?;
        name_columns(select);
        for item in &mut select.projection {
            if let SelectItem::ExprWithAlias { expr, .. } | SelectItem::UnnamedExpr(expr) = item {
                count_instead_of_exists(expr);
            }
        }
        if let GroupByExpr::Expressions(expressions, modifiers) = &mut select.group_by {
            if !modifiers.is_empty() {
                return Err(SqlError::unsupported("GROUP BY ... WITH"));
            }
            expressions.iter_mut().for_each(protect);
        }
        Ok(())
    }

    fn query(&mut self, query: &mut Query) -> Result<()> {
        for (clause, present) in [
            ("FOR UPDATE", !query.locks.is_empty()),
            ("FOR XML/JSON", query.for_clause.is_some()),
            ("SETTINGS", query.settings.is_some()),
            ("FORMAT", query.format_clause.is_some()),
            ("|>", !query.pipe_operators.is_empty()),
        ] {
            if present {
                return Err(SqlError::unsupported(clause));
            }
        }
        if let Some(with) = &mut query.with {
            for cte in &mut with.cte_tables {
                let name = cte.alias.name.value.clone();
                if let SetExpr::SetOperation { left, right, .. } = cte.query.body.as_mut()
                    && reads(right, &name)
                {
                    widen(left);
                    widen(right);
                    // The word RECURSIVE may be left out.
                    with.recursive = true;
                }
            }
        }
        if let Some(order_by) = &mut query.order_by
            && let OrderByKind::Expressions(expressions) = &mut order_by.kind
        {
            expressions.iter_mut().for_each(|expression| protect(&mut expression.expr));
        }
        if let SetExpr::Select(select) = query.body.as_mut()
            && let Some(top) = select.top.take()
        {
            let limit = match top.quantity {
                Some(TopQuantity::Constant(count)) => literal(Literal::Number(count.to_string(), true)),
                Some(TopQuantity::Expr(expression)) => expression,
                None => return Err(SqlError::unsupported("TOP without a number")),
            };
            query.limit_clause =
                Some(LimitClause::LimitOffset { limit: Some(limit), offset: None, limit_by: Vec::new() });
        }
        if let Some(fetch) = query.fetch.take() {
            let limit = fetch.quantity;
            match &mut query.limit_clause {
                Some(LimitClause::LimitOffset { limit: slot @ None, .. }) => *slot = limit,
                None => {
                    query.limit_clause = Some(LimitClause::LimitOffset { limit, offset: None, limit_by: Vec::new() });
                }
                _ => return Err(SqlError::unsupported("FETCH together with LIMIT")),
            }
        }
        match &mut query.limit_clause {
            Some(LimitClause::LimitOffset { limit, offset, limit_by }) => {
                if !limit_by.is_empty() {
                    return Err(SqlError::unsupported("LIMIT ... BY"));
                }
                for expression in limit.iter_mut().chain(offset.iter_mut().map(|offset| &mut offset.value)) {
                    self.count(expression)?;
                }
            }
            Some(LimitClause::OffsetCommaLimit { .. }) => return Err(SqlError::unsupported("LIMIT offset, count")),
            None => {}
        }
        Ok(())
    }

    /// LIMIT and OFFSET take whole numbers, also from binds.
    fn count(&mut self, expression: &mut Expr) -> Result<()> {
        if let Expr::Value(value) = expression
            && let Literal::Placeholder(placeholder) = &value.value
            && let Some(bound) = self.bound(&placeholder.clone())?
        {
            *expression = match super::integer_of(&bound) {
                Some(count) => literal(Literal::Number(count.to_string(), true)),
                None if bound.is_null() => literal(Literal::Null),
                None => {
                    return Err(SqlError::compilation(1003, "42000", "LIMIT and OFFSET take whole numbers."));
                }
            };
        }
        protect(expression);
        Ok(())
    }

    fn table_factor(&mut self, factor: &mut TableFactor) -> Result<()> {
        if let Some(lateral) = self.provider.lateral_function(self, factor)? {
            *factor = lateral;
            return Ok(());
        }
        if let Some(function) = lateral::relation(self, factor)? {
            *factor = function;
            return Ok(());
        }
        self.reshape(factor)?;
        match factor {
            TableFactor::Table {
                name,
                alias,
                args,
                with_hints,
                version,
                with_ordinality,
                partitions,
                json_path,
                sample: _,
                index_hints,
            } => {
                for (clause, present) in [
                    ("table hints", !with_hints.is_empty() || !index_hints.is_empty()),
                    ("WITH ORDINALITY", *with_ordinality),
                    ("PARTITION", !partitions.is_empty()),
                    ("a path after a table name", json_path.is_some()),
                ] {
                    if present {
                        return Err(SqlError::unsupported(clause));
                    }
                }
                self.relation_name(name)?;
                if let Some(version) = version.take() {
                    let table = name_of(name)?;
                    let relation = match version {
                        TableVersion::Changes { changes, at, end } => {
                            self.provider.changes(self, &table, [Some(changes), Some(at), end])?
                        }
                        version => self.provider.at_version(&table, self.provider.version(self, version)?)?,
                    };
                    *name = quoted_name(&relation);
                    alias.get_or_insert_with(|| table_alias(table.object()));
                }
                if let Some(arguments) = args.take() {
                    let function = name_of(name)?;
                    let (table, default) = self.provider.table_function(self, &function, &arguments.args)?;
                    *name = quoted_name(&table);
                    alias.get_or_insert_with(|| table_alias(&default));
                }
            }
            TableFactor::TableFunction { expr, alias } => {
                let (table, default) = match expr {
                    Expr::Function(function) => {
                        let name = name_of(&function.name)?;
                        let arguments = match &function.args {
                            FunctionArguments::List(list) => list.args.clone(),
                            FunctionArguments::None => Vec::new(),
                            FunctionArguments::Subquery(_) => {
                                return Err(SqlError::unsupported("TABLE(f(SELECT ...))"));
                            }
                        };
                        self.provider.table_function(self, &name, &arguments)?
                    }
                    other => {
                        let text = self.provider.constant_text(self, other)?;
                        let name = Name::parse(&text).ok_or_else(|| {
                            SqlError::compilation(
                                1003,
                                "42000",
                                format_args!("Invalid identifier '{text}' in TABLE()."),
                            )
                        })?;
                        let default = name.object().to_owned();
                        *factor = plain_table(
                            ObjectName(
                                name.parts
                                    .iter()
                                    .map(|part| ObjectNamePart::Identifier(Ident::with_quote('"', part)))
                                    .collect(),
                            ),
                            alias.take(),
                        );
                        let _ = default;
                        return Ok(());
                    }
                };
                let alias = alias.take().unwrap_or_else(|| table_alias(&default));
                *factor = plain_table(quoted_name(&table), Some(alias));
            }
            TableFactor::Function { lateral, name, args, with_ordinality, alias } => {
                if *with_ordinality {
                    return Err(SqlError::unsupported("WITH ORDINALITY"));
                }
                let function = name_of(name)?;
                if *lateral {
                    return Err(SqlError::unsupported(format_args!("LATERAL {function}")));
                }
                let (table, default) = self.provider.table_function(self, &function, args)?;
                let alias = alias.take().unwrap_or_else(|| table_alias(&default));
                *factor = plain_table(quoted_name(&table), Some(alias));
            }
            TableFactor::Derived { subquery, alias, .. } => {
                if let SetExpr::Values(values) = subquery.body.as_ref() {
                    let width = values.rows.first().map_or(0, |row| row.len());
                    let alias = alias.get_or_insert_with(|| table_alias("VALUES"));
                    if alias.columns.is_empty() {
                        alias.columns = (1..=width)
                            .map(|index| TableAliasColumnDef {
                                name: Ident::with_quote('"', format!("COLUMN{index}")),
                                data_type: None,
                            })
                            .collect();
                    }
                }
            }
            TableFactor::NestedJoin { .. } => {}
            TableFactor::UNNEST { .. } => return Err(SqlError::unsupported("UNNEST")),
            TableFactor::Pivot { .. } | TableFactor::Unpivot { .. } => {
                return Err(SqlError::internal("PIVOT was not taken apart"));
            }
            TableFactor::MatchRecognize { .. } => return Err(SqlError::unsupported("MATCH_RECOGNIZE")),
            TableFactor::SemanticView { .. } => return Err(SqlError::unsupported("SEMANTIC_VIEW")),
            TableFactor::JsonTable { .. } | TableFactor::OpenJsonTable { .. } | TableFactor::XmlTable { .. } => {
                return Err(SqlError::unsupported("JSON_TABLE, OPENJSON, XMLTABLE"));
            }
        }
        Ok(())
    }

    /// Turns PIVOT, UNPIVOT and SAMPLE into selects.
    fn reshape(&mut self, factor: &mut TableFactor) -> Result<()> {
        match factor {
            TableFactor::Pivot { .. } => *factor = reshape::pivot(self, factor.clone())?,
            TableFactor::Unpivot { .. } => *factor = reshape::unpivot(self, factor.clone())?,
            TableFactor::Table { name, alias, sample: sample @ Some(_), .. } => {
                let alias = match alias.take() {
                    Some(alias) => alias,
                    None => table_alias(name_of(name)?.object()),
                };
                if let Some(taken) = sample.take() {
                    *factor = reshape::sample(factor.clone(), table_sample(taken), Some(alias))?;
                }
            }
            TableFactor::Derived { alias, sample: sample @ Some(_), .. } => {
                let alias = alias.take();
                if let Some(taken) = sample.take() {
                    *factor = reshape::sample(factor.clone(), table_sample(taken), alias)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// `IDENTIFIER(...)` as a table's name.
    fn relation_name(&mut self, name: &mut ObjectName) -> Result<()> {
        if let [ObjectNamePart::Function(function)] = name.0.as_slice() {
            let text = match function.args.as_slice() {
                [FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))] if function.name.value == "IDENTIFIER" => {
                    self.provider.constant_text(self, &argument.clone())?
                }
                _ => return Err(SqlError::unsupported(format_args!("{}(...) as a table", function.name))),
            };
            let parsed = Name::parse(&text).ok_or_else(|| {
                SqlError::compilation(1003, "42000", format_args!("Invalid identifier '{text}' in IDENTIFIER()."))
            })?;
            *name = ObjectName(
                parsed.parts.iter().map(|part| ObjectNamePart::Identifier(Ident::with_quote('"', part))).collect(),
            );
        }
        Ok(())
    }

    /// A copy for evaluating a constant in the middle of a rewrite.
    pub(super) fn constant(&self, expression: &Expr) -> Result<Value> {
        self.provider.constant(expression, self.binds)
    }

    fn expression(&mut self, expression: &mut Expr) -> Result<()> {
        let taken = std::mem::replace(expression, literal(Literal::Null));
        *expression = match taken {
            Expr::Value(value) => match value.value {
                Literal::Number(text, false) => number(self, &text)?,
                Literal::DollarQuotedString(text) => literal(Literal::SingleQuotedString(text.value)),
                Literal::Placeholder(placeholder) => match self.bound(&placeholder)? {
                    Some(bound) => self.parameter(bound),
                    None => Expr::Identifier(Ident::with_quote(
                        '"',
                        format!("COLUMN{}", placeholder.trim_start_matches('$')),
                    )),
                },
                other => literal(other),
            },
            Expr::Identifier(ident) => self.identifier(ident)?,
            Expr::CompoundIdentifier(parts) => self.compound(parts)?,
            Expr::BinaryOp { left, op: BinaryOperator::StringConcat, right } => call("CONCAT", vec![*left, *right]),
            Expr::Between { expr, negated, low, high } => {
                let (first, second, join) = if negated {
                    (BinaryOperator::Lt, BinaryOperator::Gt, BinaryOperator::Or)
                } else {
                    (BinaryOperator::GtEq, BinaryOperator::LtEq, BinaryOperator::And)
                };
                nested(binary(binary((*expr).clone(), first, *low), join, binary(*expr, second, *high)))
            }
            Expr::InList { expr, list, negated } if list.len() <= 16 && !matches!(*expr, Expr::Tuple(_)) => {
                let (op, join) = if negated {
                    (BinaryOperator::NotEq, BinaryOperator::And)
                } else {
                    (BinaryOperator::Eq, BinaryOperator::Or)
                };
                let mut tests = list.into_iter().map(|item| binary((*expr).clone(), op.clone(), item));
                let first = tests.next().ok_or_else(|| SqlError::syntax("an empty IN list"))?;
                nested(tests.fold(first, |all, test| binary(all, join.clone(), test)))
            }
            Expr::Like { negated, any, expr, pattern, escape_char } => {
                Like { negated, any, insensitive: false, subject: *expr, pattern: *pattern, escape: escape_char }
                    .rewritten()?
            }
            Expr::ILike { negated, any, expr, pattern, escape_char } => {
                Like { negated, any, insensitive: true, subject: *expr, pattern: *pattern, escape: escape_char }
                    .rewritten()?
            }
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } if !matches!(*expr, Expr::Value(_)) => {
                call("SF_NEGATE", vec![*expr])
            }
            Expr::UnaryOp { op: UnaryOperator::Plus, expr } => *expr,
            Expr::BinaryOp { left, op: op @ (BinaryOperator::Plus | BinaryOperator::Minus), right }
                if matches!(*right, Expr::Interval(_)) =>
            {
                let Expr::Interval(interval) = *right else { return Ok(()) };
                interval::moved(*left, interval, op == BinaryOperator::Minus)?
            }
            Expr::BinaryOp { left, op: BinaryOperator::Plus, right } if matches!(*left, Expr::Interval(_)) => {
                let Expr::Interval(interval) = *left else { return Ok(()) };
                interval::moved(*right, interval, false)?
            }
            Expr::RLike { negated, expr, pattern, .. } => {
                let test = call("REGEXP_LIKE", vec![*expr, *pattern]);
                if negated { not(test) } else { test }
            }
            Expr::Case { case_token, end_token, operand: Some(operand), conditions, else_result } => Expr::Case {
                case_token,
                end_token,
                operand: None,
                conditions: conditions
                    .into_iter()
                    .map(|when| CaseWhen {
                        condition: binary((*operand).clone(), BinaryOperator::Eq, when.condition),
                        result: when.result,
                    })
                    .collect(),
                else_result,
            },
            Expr::Cast { kind, expr, data_type, format, .. } => {
                if format.is_some() {
                    return Err(SqlError::unsupported("CAST ... FORMAT"));
                }
                let to = self.data_type(&data_type)?;
                let name = match kind {
                    CastKind::TryCast | CastKind::SafeCast => format!("TRY_CAST:{to}"),
                    CastKind::Cast | CastKind::DoubleColon => format!("CAST:{to}"),
                };
                call(&name, vec![*expr])
            }
            Expr::TypedString(typed) => {
                let to = self.data_type(&typed.data_type)?;
                call(&format!("CAST:{to}"), vec![literal(typed.value.value)])
            }
            Expr::Extract { field, expr, .. } => {
                call("DATE_PART", vec![literal(Literal::SingleQuotedString(field.to_string())), *expr])
            }
            Expr::Ceil { expr, field } => rounding("CEIL", *expr, field),
            Expr::Floor { expr, field } => rounding("FLOOR", *expr, field),
            Expr::Position { expr, r#in } => call("POSITION", vec![*expr, *r#in]),
            Expr::Substring { expr, substring_from, substring_for, .. } => {
                let from = substring_from.map_or_else(|| literal(Literal::Number("1".into(), true)), |from| *from);
                let mut arguments = vec![*expr, from];
                arguments.extend(substring_for.map(|count| *count));
                call("SUBSTR", arguments)
            }
            Expr::Trim { trim_where, trim_what, expr, trim_characters } => {
                let name = match trim_where {
                    Some(TrimWhereField::Leading) => "LTRIM",
                    Some(TrimWhereField::Trailing) => "RTRIM",
                    _ => "TRIM",
                };
                let mut arguments = vec![*expr];
                arguments.extend(trim_what.map(|what| *what));
                arguments.extend(trim_characters.into_iter().flatten());
                call(name, arguments)
            }
            Expr::JsonAccess { value, path } => {
                let mut result = *value;
                for element in path.path {
                    let key = match element {
                        JsonPathElem::Dot { key, .. } => literal(Literal::SingleQuotedString(key)),
                        JsonPathElem::Bracket { key } | JsonPathElem::ColonBracket { key } => key,
                    };
                    result = call("GET", vec![result, key]);
                }
                result
            }
            Expr::CompoundFieldAccess { root, access_chain } => {
                let mut result = *root;
                for access in access_chain {
                    let key = match access {
                        AccessExpr::Subscript(Subscript::Index { index }) => index,
                        AccessExpr::Subscript(Subscript::Slice { .. }) => {
                            return Err(SqlError::unsupported("array slices"));
                        }
                        AccessExpr::Dot(Expr::Identifier(ident)) => literal(Literal::SingleQuotedString(ident.value)),
                        AccessExpr::Dot(other) => return Err(SqlError::unsupported(format_args!(".{other}"))),
                    };
                    result = call("GET", vec![result, key]);
                }
                result
            }
            Expr::Dictionary(fields) => {
                let mut arguments = Vec::new();
                for field in fields {
                    arguments.push(literal(Literal::SingleQuotedString(field.key.value)));
                    arguments.push(*field.value);
                }
                call("OBJECT_CONSTRUCT", arguments)
            }
            Expr::Array(array) => call("ARRAY_CONSTRUCT", array.elem),
            Expr::Function(function) => self.function(function)?,
            Expr::Subquery(mut query) => {
                subquery::single(&mut query);
                Expr::Subquery(query)
            }
            Expr::Interval(interval) => Expr::Interval(interval),
            Expr::AtTimeZone { .. } => return Err(SqlError::unsupported("AT TIME ZONE")),
            Expr::Collate { .. } => return Err(SqlError::unsupported("COLLATE")),
            Expr::Lambda(_) => return Err(SqlError::unsupported("lambda expressions")),
            Expr::OuterJoin(_) => return Err(SqlError::unsupported("(+)")),
            Expr::Prior(_) => return Err(SqlError::unsupported("PRIOR")),
            other => other,
        };
        Ok(())
    }

    /// The type that TIMESTAMP means in this session.
    fn timestamp(&self) -> String {
        self.provider.cx.borrow().session.parameters.text("TIMESTAMP_TYPE_MAPPING").to_ascii_uppercase()
    }

    fn data_type(&self, data_type: &DataType) -> Result<SqlType> {
        match data_type {
            DataType::Timestamp(None, TimezoneInfo::None) => parse::data_type(&self.timestamp()),
            DataType::Timestamp(Some(digits), TimezoneInfo::None) => {
                parse::data_type(&format!("{}({digits})", self.timestamp()))
            }
            other => parse::data_type(&other.to_string()),
        }
    }

    fn identifier(&mut self, ident: Ident) -> Result<Expr> {
        if self.binds.bare_names
            && self.depth == 0
            && let Some(value) = self.binds.named.get(&ident.value)
        {
            let value = value.clone();
            return Ok(self.parameter(value));
        }
        if ident.quote_style.is_none()
            && matches!(
                ident.value.as_str(),
                "CURRENT_DATE" | "CURRENT_TIME" | "CURRENT_TIMESTAMP" | "CURRENT_USER" | "LOCALTIME" | "LOCALTIMESTAMP"
            )
            && let Some(value) = context_functions::value(&self.provider.cx.borrow(), &ident.value, &[])?
        {
            return Ok(self.parameter(value));
        }
        Ok(Expr::Identifier(ident))
    }

    fn compound(&mut self, parts: Vec<Ident>) -> Result<Expr> {
        if self.binds.bare_names && self.depth == 0 {
            let joined = parts.iter().map(|part| part.value.as_str()).collect::<Vec<_>>().join(".");
            if let Some(value) = self.binds.named.get(&joined) {
                let value = value.clone();
                return Ok(self.parameter(value));
            }
        }
        if let [sequence @ .., last] = parts.as_slice()
            && last.value == "NEXTVAL"
            && last.quote_style.is_none()
        {
            let name = Name { parts: sequence.iter().map(|part| part.value.clone()).collect() };
            let function = self.provider.sequence(&name)?;
            return Ok(call(&function, Vec::new()));
        }
        Ok(Expr::CompoundIdentifier(parts))
    }

    fn function(&mut self, mut function: Function) -> Result<Expr> {
        let written = name_of(&function.name)?;
        let name = written.object().to_ascii_uppercase();
        if function.filter.is_some() {
            return Err(SqlError::unsupported("FILTER (WHERE ...)"));
        }
        if let FunctionArguments::Subquery(_) = function.args {
            return Err(SqlError::unsupported(format_args!("{name}(SELECT ...)")));
        }
        if self.provider.made.borrow().contains_key(written.object()) {
            return Ok(Expr::Function(function));
        }
        if (written.parts.len() > 1 || !super::user_function::built_in(&name))
            && let Some((key, arguments)) = self.provider.user_function(&written, &function)?
        {
            return Ok(call(&key, arguments));
        }
        let name = match name.as_str() {
            "IF" => "IFF".to_owned(),
            "LEN" => "LENGTH".to_owned(),
            "SUBSTRING" => "SUBSTR".to_owned(),
            "TO_TIMESTAMP" | "TRY_TO_TIMESTAMP" => format!("{}{}", name, &self.timestamp()["TIMESTAMP".len()..]),
            _ => name,
        };
        if name == "ALL" && like::is_all(&function) {
            // The list of LIKE ALL, which is taken apart together with its LIKE.
            return Ok(Expr::Function(function));
        }
        if name == "RATIO_TO_REPORT" {
            return count::ratio_to_report(function);
        }
        if name == "IDENTIFIER" {
            let [argument] = unnamed(&function)?[..] else {
                return Err(SqlError::compilation(939, "22023", "IDENTIFIER takes one argument."));
            };
            let text = self.provider.constant_text(self, argument)?;
            let parsed = Name::parse(&text)
                .ok_or_else(|| SqlError::compilation(1003, "42000", format_args!("Invalid identifier '{text}'.")))?;
            let mut parts: Vec<_> = parsed.parts.iter().map(|part| Ident::with_quote('"', part)).collect();
            return Ok(if parts.len() == 1 {
                Expr::Identifier(parts.remove(0))
            } else {
                Expr::CompoundIdentifier(parts)
            });
        }
        if context_functions::is_one(&name) {
            let mut values = Vec::new();
            for argument in unnamed(&function)? {
                values.push(self.constant_parameter(argument)?);
            }
            let value = context_functions::value(&self.provider.cx.borrow(), &name, &values)?;
            let value = value.ok_or_else(|| SqlError::internal(format_args!("{name} has no value")))?;
            return Ok(self.parameter(value));
        }
        if name == "IFF" {
            let arguments = unnamed(&function)?;
            let [condition, yes, no] = arguments[..] else {
                return Err(SqlError::compilation(
                    939,
                    "22023",
                    "error: not enough or too many arguments for function [IFF], expected 3",
                ));
            };
            return Ok(Expr::Case {
                case_token: datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken::empty(),
                end_token: datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken::empty(),
                operand: None,
                conditions: vec![CaseWhen { condition: condition.clone(), result: yes.clone() }],
                else_result: Some(Box::new(no.clone())),
            });
        }
        date_part_argument(&name, &mut function);
        if !functions::exists(&name) {
            return Err(SqlError::compilation(2140, "42601", format_args!("Unknown function {written}.")));
        }
        if name == "COUNT" {
            count::several(&mut function)?;
        }
        if let FunctionArguments::List(list) = &mut function.args {
            if name == "COUNT" && matches!(list.args.as_slice(), [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)]) {
                list.args =
                    vec![FunctionArg::Unnamed(FunctionArgExpr::Expr(literal(Literal::Number("1".into(), true))))];
            }
            if !function.within_group.is_empty() {
                let order = std::mem::take(&mut function.within_group);
                list.clauses.push(FunctionArgumentClause::OrderBy(order));
            }
            if function.over.is_some() && matches!(name.as_str(), "LAG" | "LEAD" | "NTILE" | "NTH_VALUE") {
                // These take DataFusion's own integers.
                for argument in list.args.iter_mut().skip(usize::from(name != "NTILE")).take(1) {
                    if let FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) = argument {
                        unprotect(expression);
                    }
                }
            }
        }
        plain_frame(&mut function);
        if matches!(function.args, FunctionArguments::None) {
            function.args = arguments(Vec::new());
        }
        if matches!(name.as_str(), "FIRST_VALUE" | "LAST_VALUE" | "NTH_VALUE") {
            whole_partition(&mut function);
        }
        if name == "ROW_NUMBER" {
            without_row_order(&mut function);
        }
        function.name = quoted_name(&name);
        Ok(Expr::Function(function))
    }

    /// The value of an argument that was rewritten already: a parameter or a constant.
    fn constant_parameter(&self, argument: &Expr) -> Result<Value> {
        if let Expr::Value(value) = argument
            && let Literal::Placeholder(placeholder) = &value.value
            && let Some(value) = placeholder[1..].parse::<usize>().ok().and_then(|index| self.parameters.get(index - 1))
        {
            return Ok(value.clone());
        }
        self.constant(argument)
    }
}

impl VisitorMut for Rewriter<'_, '_, '_> {
    type Break = SqlError;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<SqlError> {
        self.depth += 1;
        self.withs.push(query.with.clone());
        flow(self.query(query))
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<SqlError> {
        self.depth -= 1;
        self.withs.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<SqlError> {
        flow(self.select(select))
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<SqlError> {
        flow(self.table_factor(factor))
    }

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<SqlError> {
        flow(self.expression(expression))
    }
}

fn flow(result: Result<()>) -> ControlFlow<SqlError> {
    match result {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => ControlFlow::Break(error),
    }
}

/// Gives unnamed expressions of the select list the name Snowflake shows, and makes repeated names unique.
fn name_columns(select: &mut Select) {
    let mut seen = std::collections::HashMap::new();
    for item in &mut select.projection {
        if let SelectItem::UnnamedExpr(expression) = item {
            bare_column(expression);
        }
        match item {
            SelectItem::UnnamedExpr(expression)
                if !matches!(expression, Expr::Identifier(_) | Expr::CompoundIdentifier(_))
                    || is_call_like(expression) =>
            {
                let name = shown(expression);
                let expr = std::mem::replace(expression, literal(Literal::Null));
                *item = SelectItem::ExprWithAlias { expr, alias: Ident::with_quote('"', name) };
            }
            _ => {}
        }
        if let SelectItem::ExprWithAlias { alias, .. } = item {
            let count: &mut usize = seen.entry(alias.value.clone()).or_default();
            *count += 1;
            if *count > 1 {
                alias.value = format!("{}{REPEATED}{count}", alias.value);
            }
        }
    }
}

/// The name of an unnamed column: its text in upper case.
pub(super) fn shown(expression: &Expr) -> String {
    expression.to_string().to_uppercase()
}

/// Identifiers that are really function calls.
fn is_call_like(expression: &Expr) -> bool {
    match expression {
        Expr::Identifier(ident) => ident.quote_style.is_none() && ident.value.starts_with("CURRENT_"),
        Expr::CompoundIdentifier(parts) => parts.last().is_some_and(|last| last.value == "NEXTVAL"),
        _ => false,
    }
}

/// Gives the columns of both sides of a recursion the widest type of their family, so that they agree.
fn widen(body: &mut SetExpr) {
    match body {
        SetExpr::Select(select) => {
            name_columns(select);
            for item in &mut select.projection {
                if let SelectItem::ExprWithAlias { expr, .. } | SelectItem::UnnamedExpr(expr) = item {
                    let name = shown(expr);
                    let inner = std::mem::replace(expr, literal(Literal::Null));
                    let wide = call("WIDEN", vec![inner]);
                    match item {
                        SelectItem::ExprWithAlias { expr, .. } => *expr = wide,
                        other => *other = SelectItem::ExprWithAlias { expr: wide, alias: Ident::with_quote('"', name) },
                    }
                }
            }
        }
        SetExpr::SetOperation { left, right, .. } => {
            widen(left);
            widen(right);
        }
        _ => {}
    }
}

/// EXISTS as a value, which DataFusion has only as a condition: `(SELECT COUNT(*) ...) > 0`.
fn count_instead_of_exists(expression: &mut Expr) {
    let _ = visit_expressions_mut(expression, |node| {
        if let Expr::Exists { subquery, negated } = node {
            let mut counted = (**subquery).clone();
            let plain = match counted.body.as_mut() {
                SetExpr::Select(select)
                    if select.distinct.is_none() && select.having.is_none() && select.qualify.is_none() =>
                {
                    let ungrouped = matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty());
                    if ungrouped && counted.limit_clause.is_none() {
                        counted.order_by = None;
                        let count = call("COUNT", vec![literal(Literal::Number("1".into(), true))]);
                        select.projection = vec![SelectItem::UnnamedExpr(count)];
                        true
                    } else {
                        false
                    }
                }
                _ => false,
            };
            if plain {
                let op = if *negated { BinaryOperator::Eq } else { BinaryOperator::Gt };
                *node = binary(Expr::Subquery(Box::new(counted)), op, literal(Literal::Number("0".into(), true)));
            }
        }
        ControlFlow::<()>::Continue(())
    });
}

/// Takes the parentheses off a column: `(a)` is called A.
fn bare_column(expression: &mut Expr) {
    let mut innermost = &*expression;
    while let Expr::Nested(inner) = innermost {
        innermost = inner;
    }
    if matches!(innermost, Expr::Identifier(_) | Expr::CompoundIdentifier(_)) {
        *expression = innermost.clone();
    }
}

/// Whether a query reads a relation of this name.
fn reads(body: &SetExpr, name: &str) -> bool {
    visit_relations(body, |relation| {
        let matches = matches!(relation.0.as_slice(), [ObjectNamePart::Identifier(ident)] if ident.value == name);
        if matches { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .is_break()
}

fn table_sample(kind: TableSampleKind) -> TableSample {
    match kind {
        TableSampleKind::BeforeTableAlias(sample) | TableSampleKind::AfterTableAlias(sample) => *sample,
    }
}

/// Keeps an integer literal an integer where the planner needs one: positions in ORDER BY and GROUP BY, LIMIT.
fn protect(expression: &mut Expr) {
    if let Expr::Value(value) = expression
        && let Literal::Number(_, long) = &mut value.value
    {
        *long = true;
    }
}

/// Turns `5e0` back into the integer it was.
fn unprotect(expression: &mut Expr) {
    if let Expr::Value(value) = expression
        && let Literal::Number(text, _) = &mut value.value
        && let Some(digits) = text.strip_suffix("e0")
    {
        *text = digits.to_owned();
    }
}

fn number(rewriter: &mut Rewriter<'_, '_, '_>, text: &str) -> Result<Expr> {
    if text.contains(['e', 'E']) {
        let value: f64 = text.parse().map_err(|_| SqlError::syntax(format_args!("invalid number {text}")))?;
        return Ok(rewriter.parameter(Value { sql_type: SqlType::Float, scalar: ScalarValue::Float64(Some(value)) }));
    }
    // With an exponent DataFusion reads it as a decimal, which is what a NUMBER is.
    Ok(literal(Literal::Number(if text.contains('.') { text.to_owned() } else { format!("{text}e0") }, true)))
}

/// A date part may be written as a bare word.
fn date_part_argument(name: &str, function: &mut Function) {
    let position = match name {
        "DATEADD" | "TIMEADD" | "TIMESTAMPADD" | "DATEDIFF" | "TIMEDIFF" | "TIMESTAMPDIFF" | "DATE_PART" => 0,
        "DATE_TRUNC" | "TRUNC" | "LAST_DAY" | "NEXT_DAY" | "PREVIOUS_DAY" => usize::MAX,
        "TIME_SLICE" => 2,
        _ => return,
    };
    if let FunctionArguments::List(list) = &mut function.args {
        for (index, argument) in list.args.iter_mut().enumerate() {
            if let FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) = argument
                && (index == position || position == usize::MAX)
                && let Expr::Identifier(ident) = expression
                && ident.quote_style.is_none()
                && crate::function::time::Part::parse(&ident.value).is_some()
            {
                *expression = literal(Literal::SingleQuotedString(ident.value.to_ascii_lowercase()));
            }
        }
    }
}

/// Rows come in their order: `ROW_NUMBER() OVER (ORDER BY SEQ4())` need not sort them by it.
fn without_row_order(function: &mut Function) {
    use datafusion::sql::sqlparser::ast::WindowType;
    if let Some(WindowType::WindowSpec(window)) = &mut function.over
        && window.partition_by.is_empty()
        && let [order] = window.order_by.as_slice()
        && order.options.asc != Some(false)
        && let Expr::Function(inner) = &order.expr
        && matches!(inner.name.to_string().trim_matches('"'), "SEQ1" | "SEQ2" | "SEQ4" | "SEQ8")
    {
        window.order_by.clear();
    }
}

/// The bounds of a frame (`ROWS 2 PRECEDING`) are DataFusion's own integers.
fn plain_frame(function: &mut Function) {
    use datafusion::sql::sqlparser::ast::{WindowFrameBound, WindowType};
    if let Some(WindowType::WindowSpec(window)) = &mut function.over
        && let Some(frame) = &mut window.window_frame
    {
        for bound in [Some(&mut frame.start_bound), frame.end_bound.as_mut()].into_iter().flatten() {
            if let WindowFrameBound::Preceding(Some(count)) | WindowFrameBound::Following(Some(count)) = bound {
                unprotect(count);
                if let Expr::Value(value) = count.as_mut()
                    && let Literal::Number(_, long) = &mut value.value
                {
                    *long = false;
                }
            }
        }
    }
}

/// Without a frame of its own the frame is the whole partition.
fn whole_partition(function: &mut Function) {
    use datafusion::sql::sqlparser::ast::{WindowFrame, WindowFrameBound, WindowFrameUnits, WindowType};
    if let Some(WindowType::WindowSpec(window)) = &mut function.over
        && window.window_frame.is_none()
    {
        window.window_frame = Some(WindowFrame {
            units: WindowFrameUnits::Rows,
            start_bound: WindowFrameBound::Preceding(None),
            end_bound: Some(WindowFrameBound::Following(None)),
        });
    }
}

fn rounding(name: &str, expression: Expr, field: CeilFloorKind) -> Expr {
    let mut arguments = vec![expression];
    if let CeilFloorKind::Scale(scale) = field {
        arguments.push(literal(scale.value));
    }
    call(name, arguments)
}

/// The positional arguments of a call.
pub(super) fn unnamed(function: &Function) -> Result<Vec<&Expr>> {
    match &function.args {
        FunctionArguments::List(list) => list
            .args
            .iter()
            .map(|argument| match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => Ok(expression),
                other => Err(SqlError::unsupported(format_args!("argument {other} of {}", function.name))),
            })
            .collect(),
        FunctionArguments::None => Ok(Vec::new()),
        FunctionArguments::Subquery(_) => Err(SqlError::unsupported(format_args!("{}(SELECT ...)", function.name))),
    }
}

fn arguments(expressions: Vec<Expr>) -> FunctionArguments {
    FunctionArguments::List(FunctionArgumentList {
        duplicate_treatment: None::<DuplicateTreatment>,
        args: expressions
            .into_iter()
            .map(|expression| FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)))
            .collect(),
        clauses: Vec::new(),
    })
}

/// A function call.
pub(crate) fn call(name: &str, expressions: Vec<Expr>) -> Expr {
    Expr::Function(Function {
        name: quoted_name(name),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: arguments(expressions),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

/// An expression as text.
pub(super) fn text(expression: Expr) -> Expr {
    if matches!(&expression, Expr::Value(value) if matches!(value.value, Literal::SingleQuotedString(_))) {
        return expression;
    }
    call(&format!("CAST:{}", SqlType::Varchar(parse_length())), vec![expression])
}

fn parse_length() -> u32 {
    crate::types::MAX_VARCHAR_LENGTH
}

/// `NOT expression`.
pub(super) fn not(expression: Expr) -> Expr {
    Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(nested(expression)) }
}

/// `(expression)`.
pub(super) fn nested(expression: Expr) -> Expr {
    Expr::Nested(Box::new(expression))
}

/// `left op right`.
pub(crate) fn binary(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    Expr::BinaryOp { left: Box::new(nested(left)), op, right: Box::new(nested(right)) }
}

/// A literal.
pub(crate) fn literal(value: Literal) -> Expr {
    Expr::Value(value.with_empty_span())
}

/// A name of one part that is taken as it is.
pub(crate) fn quoted_name(name: &str) -> ObjectName {
    ObjectName(vec![ObjectNamePart::Identifier(Ident::with_quote('"', name))])
}

/// An alias for a relation.
pub(crate) fn table_alias(name: &str) -> TableAlias {
    TableAlias { explicit: true, name: Ident::with_quote('"', name), columns: Vec::new(), at: None }
}

/// A relation by name.
pub(crate) fn plain_table(name: ObjectName, alias: Option<TableAlias>) -> TableFactor {
    TableFactor::Table {
        name,
        alias,
        args: None,
        with_hints: Vec::new(),
        version: None,
        with_ordinality: false,
        partitions: Vec::new(),
        json_path: None,
        sample: None,
        index_hints: Vec::new(),
    }
}

/// An object name whose identifiers were folded by the tokeniser.
pub(crate) fn name_of(name: &ObjectName) -> Result<Name> {
    let parts = name
        .0
        .iter()
        .map(|part| match part {
            ObjectNamePart::Identifier(ident) => Ok(ident.value.clone()),
            ObjectNamePart::Function(function) => {
                Err(SqlError::unsupported(format_args!("{}(...) as a name", function.name)))
            }
        })
        .collect::<Result<Vec<_>>>()?;
    if parts.is_empty() || parts.len() > 3 {
        return Err(SqlError::syntax(format_args!("object name {name} has {} parts", parts.len())));
    }
    Ok(Name { parts })
}
