//! The answer to a statement that succeeded.

use serde_json::{Value, json};

use super::chunk::{ChunkStore, EncodedRows};
use crate::Result;
use crate::session::Session;
use crate::statement::{QueryResult, ResultColumn};
use crate::types::{DEFAULT_VARCHAR_LENGTH, MAX_VARCHAR_LENGTH, SqlType};

/// The state of a session after a statement, which every answer tells.
#[derive(Debug, Clone)]
pub(super) struct SessionState {
    database: Option<String>,
    schema: Option<String>,
    warehouse: Option<String>,
    role: String,
    parameters: Value,
}

impl SessionState {
    pub(super) fn of(session: &Session) -> Self {
        let parameters = session.parameters.told();
        Self {
            database: session.database.clone(),
            schema: session.schema.clone(),
            warehouse: session.warehouse.clone(),
            role: session.role.clone(),
            parameters: parameters.into_iter().map(|(name, value)| json!({ "name": name, "value": value })).collect(),
        }
    }

    /// The `parameters` of an answer.
    pub(super) fn parameters(&self) -> &Value {
        &self.parameters
    }

    /// The `sessionInfo` of a login.
    pub(super) fn session_info(&self) -> Value {
        json!({
            "databaseName": self.database, "schemaName": self.schema, "warehouseName": self.warehouse,
            "roleName": self.role,
        })
    }
}

/// What the answer to a statement needs besides its result.
pub(super) struct Answer<'a> {
    pub(super) query_id: &'a str,
    pub(super) state: &'a SessionState,
    pub(super) base_url: &'a str,
    /// How many `?` the statement has, where that is known.
    pub(super) binds: usize,
    /// `resultIds` and `resultTypes` of the parent of several statements.
    pub(super) children: Option<(String, String)>,
}

impl Answer<'_> {
    /// The JSON text of the answer with all rows, in chunks where there are many.
    ///
    /// # Errors
    /// An internal error when the result's arrays do not fit its columns.
    pub(super) fn with_rows(&self, result: &QueryResult, chunks: &ChunkStore) -> Result<String> {
        Ok(self.write(result, chunks.encode(result)?))
    }

    /// The JSON text of the answer to describeOnly: columns and no rows.
    pub(super) fn described(&self, result: &QueryResult) -> String {
        self.write(result, EncodedRows { inline: "[]".to_owned(), total: 0, chunks: None })
    }

    fn write(&self, result: &QueryResult, rows: EncodedRows) -> String {
        let rowtype: Value = result.columns.iter().map(row_type).collect();
        let mut data = json!({
            "parameters": self.state.parameters, "rowtype": rowtype, "total": rows.total, "returned": rows.total,
            "queryId": self.query_id, "databaseProvider": null,
            "finalDatabaseName": self.state.database, "finalSchemaName": self.state.schema,
            "finalWarehouseName": self.state.warehouse, "finalRoleName": self.state.role,
            "numberOfBinds": self.binds, "arrayBindSupported": result.statement_type.is_dml() && self.binds > 0,
            "statementTypeId": result.statement_type.id(), "version": 1,
            "sendResultTime": chrono::Utc::now().timestamp_millis(), "queryResultFormat": "json",
        });
        if self.binds > 0 {
            data["metaDataOfBinds"] =
                (0..self.binds).map(|_| row_type(&ResultColumn::new("", SqlType::TEXT))).collect();
        }
        if let Some(dml) = result.dml {
            data["stats"] = json!({
                "numRowsInserted": dml.inserted, "numRowsUpdated": dml.updated, "numRowsDeleted": dml.deleted,
                "numDmlDuplicates": dml.duplicates,
            });
        }
        if let Some(chunks) = &rows.chunks {
            data["chunks"] = chunks.describe(self.base_url);
            data["chunkHeaders"] = json!({ "x-pipeline-local": "1" });
        }
        if let Some((ids, types)) = &self.children {
            data["resultIds"] = ids.as_str().into();
            data["resultTypes"] = types.as_str().into();
        }
        // The rows are text already; they go in front of the other members.
        let rest = data.to_string();
        let rest = rest.strip_prefix('{').unwrap_or(&rest);
        let rows = rows.inline;
        format!(r#"{{"data":{{"rowset":{rows},{rest},"code":null,"message":null,"success":true,"headers":null}}"#)
    }
}

/// One entry of `rowtype`. Every key is always there.
fn row_type(column: &ResultColumn) -> Value {
    let (kind, precision, scale, length, byte_length) = match column.sql_type {
        SqlType::Number { precision, scale } => ("fixed", Some(precision), Some(scale), None, None),
        SqlType::Float => ("real", None, None, None, None),
        SqlType::Varchar(length) => {
            let bytes = if length == DEFAULT_VARCHAR_LENGTH {
                length
            } else {
                length.saturating_mul(4).min(MAX_VARCHAR_LENGTH)
            };
            ("text", None, None, Some(length), Some(bytes))
        }
        SqlType::Binary(length) => ("binary", None, None, Some(length), Some(length)),
        SqlType::Boolean => ("boolean", None, None, None, None),
        SqlType::Date => ("date", None, None, None, None),
        SqlType::Time(scale) => ("time", Some(0), Some(scale), None, None),
        SqlType::TimestampNtz(scale) => ("timestamp_ntz", Some(0), Some(scale), None, None),
        SqlType::TimestampLtz(scale) => ("timestamp_ltz", Some(0), Some(scale), None, None),
        SqlType::TimestampTz(scale) => ("timestamp_tz", Some(0), Some(scale), None, None),
        SqlType::Variant => ("variant", None, None, None, None),
        SqlType::Object => ("object", None, None, None, None),
        SqlType::Array => ("array", None, None, None, None),
    };
    json!({
        "name": column.name, "database": "", "schema": "", "table": "", "nullable": column.nullable, "type": kind,
        "length": length, "byteLength": byte_length, "precision": precision, "scale": scale, "collation": null,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::{DmlStats, StatementType};

    #[test]
    fn an_answer_has_everything_that_clients_read() {
        let session = Session { database: Some("DB".to_owned()), ..Session::new(1, "ADMIN", "ACCOUNTADMIN") };
        let stats = DmlStats { inserted: 3, ..DmlStats::default() };
        let result = QueryResult::counts(StatementType::Insert, &[("number of rows inserted", 3)], stats);
        let state = SessionState::of(&session);
        let answer = Answer { query_id: "q", state: &state, base_url: "http://h", binds: 0, children: None };
        let text = answer.with_rows(&result, &ChunkStore::default()).unwrap();
        let json: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["success"], true);
        let data = &json["data"];
        assert_eq!(data["rowset"], json!([["3"]]));
        assert_eq!((&data["total"], &data["returned"]), (&json!(1), &json!(1)));
        assert_eq!(data["stats"]["numRowsInserted"], 3);
        assert_eq!(data["statementTypeId"], 12544);
        assert_eq!((&data["finalDatabaseName"], &data["finalSchemaName"]), (&json!("DB"), &Value::Null));
        assert_eq!(
            data["rowtype"][0],
            json!({
                "name": "number of rows inserted", "database": "", "schema": "", "table": "", "nullable": false,
                "type": "fixed", "length": null, "byteLength": null, "precision": 19, "scale": 0, "collation": null,
            })
        );
    }

    #[test]
    fn lengths_follow_the_type() {
        let cases = [
            (SqlType::Varchar(10), "text", json!([10, 40])),
            (SqlType::TEXT, "text", json!([16_777_216, 16_777_216])),
            (SqlType::Varchar(134_217_728), "text", json!([134_217_728, 134_217_728])),
            (SqlType::Binary(8), "binary", json!([8, 8])),
            (SqlType::Boolean, "boolean", json!([null, null])),
        ];
        for (sql_type, kind, lengths) in cases {
            let entry = row_type(&ResultColumn::new("C", sql_type));
            assert_eq!(entry["type"], kind);
            assert_eq!(json!([entry["length"], entry["byteLength"]]), lengths, "{sql_type}");
        }
    }
}
