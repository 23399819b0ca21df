//! Operators and special syntax as function calls.

use datafusion::sql::sqlparser::ast::{
    AccessExpr, BinaryOperator, CaseWhen, CastKind, CeilFloorKind, DataType, Expr, Ident, JsonPathElem, ObjectNamePart,
    Subscript, TimezoneInfo, TrimWhereField, UnaryOperator, Value as Literal,
};

use super::super::ast::{binary, call, literal, nested, not};
use super::super::like::Like;
use super::super::{context_functions, interval, lambda, subquery};
use super::Rewriter;
use crate::error::{Result, SqlError};
use crate::exec::Value;
use crate::function::{cast, decimal};
use crate::parse::{self, Name};
use crate::types::SqlType;
use datafusion::common::ScalarValue;

impl Rewriter<'_, '_, '_> {
    pub(super) fn expression(&mut self, expression: &mut Expr) -> Result<()> {
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
            Expr::Case { case_token, end_token, operand: None, mut conditions, else_result } => {
                conditions.iter_mut().for_each(|when| condition(&mut when.condition));
                Expr::Case { case_token, end_token, operand: None, conditions, else_result }
            }
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
            Expr::Substring { substring_from: None, substring_for: None, .. } => {
                let what = "not enough arguments for function [SUBSTR], expected 2, got 1";
                return Err(SqlError::compilation(938, "22023", what));
            }
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
            Expr::Lambda(lambda) => {
                let types = lambda.params.iter().map(|parameter| parameter.data_type.as_ref());
                let types: Vec<_> =
                    types.map(|found| found.map(|found| self.data_type(found)).transpose()).collect::<Result<_>>()?;
                lambda::renamed(lambda, &types)
            }
            Expr::OuterJoin(_) => return Err(SqlError::unsupported("(+)")),
            Expr::Prior(_) => return Err(SqlError::unsupported("PRIOR")),
            other => other,
        };
        Ok(())
    }

    /// The type that TIMESTAMP means in this session.
    pub(super) fn timestamp(&self) -> String {
        self.provider.cx.borrow().session.parameters.text("TIMESTAMP_TYPE_MAPPING").to_ascii_uppercase()
    }

    fn data_type(&self, data_type: &DataType) -> Result<SqlType> {
        match data_type {
            DataType::Timestamp(None, TimezoneInfo::None) => parse::data_type(&self.timestamp()),
            DataType::Timestamp(Some(digits), TimezoneInfo::None) => {
                parse::data_type(&format!("{}({digits})", self.timestamp()))
            }
            DataType::Custom(name, _) => match name.0.as_slice() {
                [ObjectNamePart::Identifier(ident)] if ident.quote_style.is_some() => parse::data_type(&ident.value),
                _ => parse::data_type(&data_type.to_string()),
            },
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
}

/// Converts what a condition is to BOOLEAN, unless it is plain that it is one.
pub(super) fn condition(expression: &mut Expr) {
    let convertible = match expression {
        Expr::Nested(inner) => return condition(inner),
        Expr::Value(value) => !matches!(value.value, Literal::Boolean(_) | Literal::Null),
        Expr::Identifier(_)
        | Expr::CompoundIdentifier(_)
        | Expr::JsonAccess { .. }
        | Expr::CompoundFieldAccess { .. }
        | Expr::Subquery(_)
        | Expr::Case { .. } => true,
        Expr::Function(function) => function.over.is_none(),
        Expr::BinaryOp { op, .. } => matches!(
            op,
            BinaryOperator::Plus | BinaryOperator::Minus | BinaryOperator::Multiply | BinaryOperator::Divide
        ),
        _ => false,
    };
    if convertible {
        let inner = std::mem::replace(expression, literal(Literal::Null));
        *expression = call(&format!("CAST:{}", SqlType::Boolean), vec![inner]);
    }
}

/// Keeps an integer literal an integer where the planner needs one: positions in ORDER BY and GROUP BY, LIMIT.
pub(super) fn protect(expression: &mut Expr) {
    if let Expr::Value(value) = expression
        && let Literal::Number(_, long) = &mut value.value
    {
        *long = true;
    }
}

/// Turns `5e0` back into the integer it was.
pub(super) fn unprotect(expression: &mut Expr) {
    if let Expr::Value(value) = expression
        && let Literal::Number(text, _) = &mut value.value
        && let Some(digits) = text.strip_suffix("e0")
    {
        *text = digits.to_owned();
    }
}

fn number(rewriter: &mut Rewriter<'_, '_, '_>, text: &str) -> Result<Expr> {
    let whole = text.split('.').next().unwrap_or_default().trim_start_matches('0');
    // A NUMBER has 38 digits; what does not go into one is a double. `1e10` does.
    if text.contains(['e', 'E']) || whole.len() > 38 {
        if let Some((value, scale)) = cast::number_of_text(text)
            && value != 0
        {
            return number(rewriter, &decimal::text(value, scale));
        }
        let value: f64 = text.parse().map_err(|_| SqlError::syntax(format_args!("invalid number {text}")))?;
        return Ok(rewriter.parameter(Value { sql_type: SqlType::Float, scalar: ScalarValue::Float64(Some(value)) }));
    }
    // With an exponent DataFusion reads it as a decimal, which is what a NUMBER is.
    Ok(literal(Literal::Number(if text.contains('.') { shortened(text) } else { format!("{text}e0") }, true)))
}

/// A number with a fraction, which is rounded where there are more than 38 digits, the most that a NUMBER has.
fn shortened(text: &str) -> String {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let kept = 38_usize.saturating_sub(whole.trim_start_matches('0').len()).min(37);
    if fraction.len() <= kept {
        return text.to_owned();
    }
    let digits = format!("{whole}{}", &fraction[..kept]);
    let up = i128::from(fraction.as_bytes()[kept] >= b'5');
    match digits.parse::<i128>() {
        Ok(digits) => crate::function::decimal::text(digits + up, kept as u8),
        Err(_) => text.to_owned(),
    }
}

fn rounding(name: &str, expression: Expr, field: CeilFloorKind) -> Expr {
    let mut arguments = vec![expression];
    if let CeilFloorKind::Scale(scale) = field {
        arguments.push(literal(scale.value));
    }
    call(name, arguments)
}
