//! CONFIG of a graph.

use crate::{Result, SqlError};

/// CONFIG is the text of a JSON object.
pub(super) fn check_config(text: &str) -> Result<serde_json::Value> {
    match serde_json::from_str(text) {
        Ok(value @ serde_json::Value::Object(_)) => Ok(value),
        _ => Err(SqlError::compilation(
            1008,
            "22023",
            "Invalid config. Must be a string representation of a valid JSON Object.",
        )),
    }
}

/// CONFIG of EXECUTE TASK over that of the root, key by key.
pub(super) fn merged_config(default: Option<&str>, given: Option<&str>) -> Result<Option<String>> {
    fn merge(into: &mut serde_json::Value, from: serde_json::Value) {
        match (into, from) {
            (serde_json::Value::Object(into), serde_json::Value::Object(from)) => {
                for (key, value) in from {
                    merge(into.entry(key).or_insert(serde_json::Value::Null), value);
                }
            }
            (into, from) => *into = from,
        }
    }
    let Some(given) = given else { return Ok(default.map(str::to_owned)) };
    let mut config = default.map_or(Ok(serde_json::json!({})), check_config)?;
    merge(&mut config, check_config(given)?);
    Ok(Some(config.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations_are_merged_deeply() {
        let merged =
            merged_config(Some(r#"{"a": 1, "b": {"c": 2, "d": 3}}"#), Some(r#"{"b": {"c": 5}, "e": []}"#)).unwrap();
        let merged: serde_json::Value = serde_json::from_str(&merged.unwrap()).unwrap();
        assert_eq!(merged, serde_json::json!({"a": 1, "b": {"c": 5, "d": 3}, "e": []}));
        assert_eq!(merged_config(Some("{}"), None).unwrap().as_deref(), Some("{}"));
        assert!(merged_config(None, Some("[1]")).is_err());
    }
}
