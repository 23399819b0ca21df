//! What aggregate functions need to run over windows.

use datafusion::arrow::compute::SortOptions;
use datafusion::sql::sqlparser::ast::{
    Function, FunctionArg, FunctionArgExpr, FunctionArguments, WindowFrame, WindowFrameBound, WindowFrameUnits,
    WindowType,
};

use crate::error::{Result, SqlError};
use crate::function;

/// What stands between the name of a function and the order of its rows.
const ORDERED: &str = ":ORDERED:";

/// Moves WITHIN GROUP into the arguments and the order into the name, which is given back: windows have no such clause.
pub(super) fn within_group(name: &str, function: &mut Function) -> Result<String> {
    let order = std::mem::take(&mut function.within_group);
    let FunctionArguments::List(list) = &mut function.args else { return Ok(name.to_owned()) };
    let mut directions = String::new();
    let mut keys = Vec::new();
    for key in order {
        let descending = key.options.asc == Some(false);
        directions.push(match (descending, key.options.nulls_first.unwrap_or(descending)) {
            (false, false) => 'a',
            (false, true) => 'A',
            (true, false) => 'd',
            (true, true) => 'D',
        });
        keys.push(FunctionArg::Unnamed(FunctionArgExpr::Expr(key.expr)));
    }
    if function::needs_group(name) {
        if keys.len() != 1 {
            return Err(SqlError::compilation(
                939,
                "22023",
                format_args!("{name} takes one expression in WITHIN GROUP (ORDER BY ...)."),
            ));
        }
        list.args.splice(0..0, keys);
    } else {
        list.args.extend(keys);
    }
    Ok(format!("{name}{ORDERED}{directions}"))
}

/// The function and the order that such a name stands for.
pub(super) fn ordered(name: &str) -> Option<(&str, Vec<SortOptions>)> {
    let (name, directions) = name.split_once(ORDERED)?;
    let options = |direction: char| SortOptions {
        descending: direction.eq_ignore_ascii_case(&'d'),
        nulls_first: direction.is_ascii_uppercase(),
    };
    Some((name, directions.chars().map(options).collect()))
}

/// Window functions need OVER, and those that count or look along the rows ORDER BY in it.
pub(super) fn check(name: &str, function: &Function) -> Result<()> {
    if super::functions::window(name).is_none() {
        return Ok(());
    }
    let refusal = |text: String| Err(SqlError::compilation(2303, "42601", text));
    match &function.over {
        None => Err(without_over(name)),
        Some(WindowType::WindowSpec(window))
            if window.order_by.is_empty() && !matches!(name, "FIRST_VALUE" | "LAST_VALUE" | "NTH_VALUE") =>
        {
            refusal(format!("Window function type [{name}] requires ORDER BY in window specification"))
        }
        Some(_) => Ok(()),
    }
}

/// The error of a window function without OVER.
pub(super) fn without_over(name: &str) -> SqlError {
    SqlError::compilation(
        2303,
        "42601",
        format_args!("Window function type requires OVER clause to be specified: {name}"),
    )
}

/// Functions that number events look at all rows up to the current one.
pub(super) fn up_to_row(name: &str, function: &mut Function) -> Result<()> {
    let Some(WindowType::WindowSpec(window)) = &mut function.over else {
        return Err(without_over(name));
    };
    if window.order_by.is_empty() {
        return Err(SqlError::compilation(
            2303,
            "42601",
            format_args!("Window function type [{name}] requires ORDER BY in window specification"),
        ));
    }
    window.window_frame = Some(WindowFrame {
        units: WindowFrameUnits::Rows,
        start_bound: WindowFrameBound::Preceding(None),
        end_bound: Some(WindowFrameBound::CurrentRow),
    });
    Ok(())
}

/// `MAX_BY(x, y, n)` is a function of its own, which gives an array.
pub(super) fn several(name: String, function: &Function) -> String {
    match &function.args {
        FunctionArguments::List(list) if list.args.len() == 3 && matches!(name.as_str(), "MAX_BY" | "MIN_BY") => {
            format!("{name}:N")
        }
        _ => name,
    }
}
