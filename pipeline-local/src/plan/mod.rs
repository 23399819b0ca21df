//! Queries: from a parsed query to a DataFusion plan with Snowflake's names, types and operators.

mod alias;
mod asof;
mod ast;
mod coerce;
mod context_functions;
mod correlated;
mod count;
mod error;
mod flatten;
mod functions;
mod hierarchy;
mod interval;
mod joins;
mod lambda;
mod lateral;
mod like;
mod made;
mod operators;
mod per_row;
mod positions;
mod provider;
mod quantified;
mod recursion;
mod reshape;
mod rewrite;
mod run;
mod sequence;
mod sequential;
mod star;
pub(crate) mod stream;
mod subquery;
mod tracked;
mod user_function;
mod variant;
mod view_stream;
mod widen;
mod window;

use std::collections::HashMap;
use std::sync::Arc;

use chrono_tz::Tz;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::TableSource;
use datafusion::sql::sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr, ObjectName, ObjectNamePart, Query};

pub(crate) use ast::{binary, call, literal, name_of, plain_table, quoted_name, table_alias};
pub(crate) use provider::{StreamRead, memory, rows, schema_of};
pub(crate) use run::Ready;
pub(crate) use user_function::{check_function, is_built_in};

use crate::error::{Result, SqlError};
use crate::exec::{Binds, Context, Value};
use crate::function::{cast, datum::Datum};
use crate::parse::Name;
use crate::types::SqlType;
pub(crate) use error::located;

use error::Failure;
use provider::Provider;

/// The scope of a transaction that lasts for one statement only.
pub(crate) const AUTOCOMMIT: u32 = u32::MAX;

/// Relations under names that no SQL can say.
pub(crate) type Special = HashMap<String, Arc<dyn TableSource>>;

/// Whether a name is that of an aggregate function.
pub(crate) fn is_aggregate(name: &str) -> bool {
    functions::aggregate(&name.trim_matches('"').to_ascii_uppercase()).is_some()
}

/// Whether a name is that of a function whose value depends on more than its arguments.
pub(crate) fn varies(name: &str) -> bool {
    let name = name.trim_matches('"').to_ascii_uppercase();
    context_functions::is_one(&name)
        || matches!(name.as_str(), "RANDOM" | "RANDSTR" | "UNIFORM" | "UUID_STRING" | "SEQ1" | "SEQ2" | "SEQ4" | "SEQ8")
}

/// A planned query and the streams it reads.
pub(crate) struct Planned {
    pub(crate) ready: Ready,
    pub(crate) streams: Vec<StreamRead>,
}

/// Plans a query in the statement's surroundings; privileges are checked on the way. `sql` is for the positions in errors.
pub(crate) fn plan(cx: &mut Context<'_>, query: &Query, sql: &str, binds: &Binds, special: Special) -> Result<Planned> {
    let provider = Provider::new(cx, special);
    let planned = provider.plan_with_aliases(query, binds);
    let streams = provider.into_streams();
    let explain = |failure| match failure {
        Failure::UnknownColumn(column) => error::unknown_column(sql, &column),
        Failure::Other(error) => error::located(sql, error),
    };
    let plan = planned.map_err(explain)?;
    let ready = run::ready(plan, cx).map_err(explain)?;
    Ok(Planned { ready, streams })
}

/// The value of a constant expression.
pub(crate) fn constant(cx: &mut Context<'_>, expression: &Expr, binds: &Binds) -> Result<Value> {
    Provider::new(cx, Special::new()).constant(expression, binds)
}

/// A name of a table in a statement, also `IDENTIFIER(...)`.
pub(crate) fn table_name(cx: &mut Context<'_>, name: &ObjectName, binds: &Binds) -> Result<Name> {
    if let [ObjectNamePart::Function(function)] = name.0.as_slice()
        && function.name.value == "IDENTIFIER"
        && let [FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))] = function.args.as_slice()
    {
        let provider = Provider::new(cx, Special::new());
        let value = provider.constant(argument, binds)?;
        let text = text_of(&value).unwrap_or_default();
        return Name::parse(&text).ok_or_else(|| {
            SqlError::compilation(1003, "42000", format_args!("Invalid identifier '{text}' in IDENTIFIER()."))
        });
    }
    name_of(name)
}

/// A value as a whole number, when it is one or a text of one.
pub(crate) fn integer_of(value: &Value) -> Option<i128> {
    let datum = datum_of(value)?;
    match cast::cast(datum, SqlType::INTEGER, Tz::UTC).ok()? {
        Datum::Number(value, 0) => Some(value),
        _ => None,
    }
}

/// A value as text; `None` for NULL.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match datum_of(value)? {
        Datum::Null => None,
        datum => Some(cast::text_of(&datum, Tz::UTC)),
    }
}

/// A value as an instant, microseconds since 1970.
pub(crate) fn instant_of(value: &Value, zone: Tz) -> Result<i64> {
    let datum = datum_of(value).ok_or_else(|| SqlError::internal("a value without an array type"))?;
    match cast::cast(datum, SqlType::TimestampLtz(9), zone)? {
        Datum::Ltz(instant) => Ok(instant),
        _ => Err(SqlError::compilation(1003, "42000", "A timestamp of time travel is NULL.")),
    }
}

/// The value that a scalar holds.
pub(crate) fn datum_of(value: &Value) -> Option<Datum> {
    match &value.scalar {
        ScalarValue::Null => Some(Datum::Null),
        scalar => {
            let array = scalar.to_array().ok()?;
            crate::function::datum::read(&array, 0).ok()
        }
    }
}
