//! CALL of a system function.

use super::arguments::{Given, arguments, value_of};
use crate::exec::{self, Binds, Context, QueryResult, StatementType, Value};
use crate::parse::Cursor;
use crate::scripting::{self, Returned};
use crate::{Result, SqlError, notification};

/// `CALL SYSTEM$FUNCTION(..)`.
pub(super) async fn system_function(
    cx: &mut Context<'_>,
    name: &str,
    given: &[Given],
    binds: &Binds,
) -> Result<QueryResult> {
    let mut values = Vec::with_capacity(given.len());
    for argument in given {
        let built =
            if name == "SYSTEM$SEND_SNOWFLAKE_NOTIFICATION" { built_message(cx, argument, binds).await? } else { None };
        values.push(match built {
            Some(value) => value,
            None => value_of(cx, argument, binds).await?,
        });
    }
    let value = match (name, values.as_slice()) {
        ("SYSTEM$SEND_SNOWFLAKE_NOTIFICATION", [message, integration]) => {
            Value::text(notification::send(cx, message, integration)?)
        }
        ("SYSTEM$SEND_SNOWFLAKE_NOTIFICATION", values) => {
            let wrong = if values.len() < 2 { "not enough" } else { "too many" };
            return Err(SqlError::compilation(
                938,
                "22023",
                format_args!("{wrong} arguments for function [{name}] expected 2, got {}", values.len()),
            ));
        }
        ("SYSTEM$SEND_EMAIL", values) => Value::boolean(notification::send_email(cx, values)?),
        _ => {
            let names: Vec<_> = (0..values.len()).map(|index| format!(":ARGUMENT{index}")).collect();
            let named =
                values.into_iter().enumerate().map(|(index, value)| (format!("ARGUMENT{index}"), value)).collect();
            let binds = Binds { named, ..Binds::default() };
            exec::evaluate(cx, &format!("{name}({})", names.join(", ")), &binds).await?
        }
    };
    scripting::result_of(Returned::Value(value), name, StatementType::Call)
}

/// An argument that is a call of a function in SNOWFLAKE.NOTIFICATION.
async fn built_message(cx: &mut Context<'_>, argument: &Given, binds: &Binds) -> Result<Option<Value>> {
    let mut cursor = Cursor::new(&argument.text)?;
    let parts = match cursor.object_name() {
        Ok(name) if name.parts.len() == 3 => name.parts,
        _ => return Ok(None),
    };
    if parts[0] != "SNOWFLAKE" || parts[1] != "NOTIFICATION" {
        return Ok(None);
    }
    let inner = arguments(&mut cursor)?;
    cursor.expect_end()?;
    let mut values = Vec::with_capacity(inner.len());
    for argument in &inner {
        values.push(value_of(cx, argument, binds).await?);
    }
    notification::helper(&parts[2], &values).map(Some)
}
