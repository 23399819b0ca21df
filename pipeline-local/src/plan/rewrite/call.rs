//! Calls of functions.

use datafusion::sql::sqlparser::ast::{
    CaseWhen, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArguments, Ident,
    Value as Literal,
};

use super::super::ast::{arguments, call, literal, name_of, quoted_name, unnamed};
use super::super::{context_functions, count, functions, like, user_function, window};
use super::Rewriter;
use super::expression::unprotect;
use crate::error::{Result, SqlError};
use crate::exec::Value;
use crate::parse::Name;

impl Rewriter<'_, '_, '_> {
    pub(super) fn function(&mut self, mut function: Function) -> Result<Expr> {
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
        if (written.parts.len() > 1 || !user_function::built_in(&name))
            && let Some((key, arguments)) = self.provider.user_function(&written, &function)?
        {
            return Ok(call(&key, arguments));
        }
        let name = match name.as_str() {
            "IF" => "IFF".to_owned(),
            "LEN" => "LENGTH".to_owned(),
            "GROUPING_ID" => "GROUPING".to_owned(),
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
                conditions: vec![CaseWhen {
                    condition: {
                        let mut condition = condition.clone();
                        super::expression::condition(&mut condition);
                        condition
                    },
                    result: yes.clone(),
                }],
                else_result: Some(Box::new(no.clone())),
            });
        }
        date_part_argument(&name, &mut function);
        if !functions::exists(&name) {
            if functions::refused(&written.to_string().to_ascii_uppercase()) {
                return Err(SqlError::unsupported(format_args!("function {written}")));
            }
            return Err(SqlError::compilation(2140, "42601", format_args!("Unknown function {written}.")));
        }
        window::check(&name, &function)?;
        let given = match &function.args {
            FunctionArguments::List(list) => list.args.len(),
            _ => 0,
        };
        let fewest = functions::fewest_arguments(&name);
        if given < fewest {
            let what = format!("not enough arguments for function [{name}], expected {fewest}, got {given}");
            return Err(SqlError::compilation(938, "22023", what));
        }
        let mut name = window::several(name, &function);
        if name == "COUNT" {
            count::several(&mut function)?;
        }
        if function.over.is_some() && !function.within_group.is_empty() {
            name = window::within_group(&name, &mut function)?;
        }
        if matches!(name.as_str(), "CONDITIONAL_TRUE_EVENT" | "CONDITIONAL_CHANGE_EVENT") {
            window::up_to_row(&name, &mut function)?;
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
    pub(super) fn constant_parameter(&self, argument: &Expr) -> Result<Value> {
        if let Expr::Value(value) = argument
            && let Literal::Placeholder(placeholder) = &value.value
            && let Some(value) = placeholder[1..].parse::<usize>().ok().and_then(|index| self.parameters.get(index - 1))
        {
            return Ok(value.clone());
        }
        self.constant(argument)
    }
}

/// A date part may be written as a bare word.
fn date_part_argument(name: &str, function: &mut Function) {
    let position = match name {
        "DATEADD" | "TIMEADD" | "TIMESTAMPADD" | "DATEDIFF" | "TIMEDIFF" | "TIMESTAMPDIFF" | "DATE_PART"
        | "DATE_TRUNC" => 0,
        "TRUNC" | "LAST_DAY" => 1,
        "TIME_SLICE" => 2,
        _ => return,
    };
    if let FunctionArguments::List(list) = &mut function.args {
        for (index, argument) in list.args.iter_mut().enumerate() {
            if let FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) = argument
                && index == position
                && let Expr::Identifier(ident) = expression
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
