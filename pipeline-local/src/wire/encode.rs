//! The answer to a statement that succeeded.

use std::sync::Arc;

use serde_json::{Value, json};

use super::chunk::{ChunkStore, EncodedRows, Format, Inline};
use crate::Result;
use crate::session::Session;
use crate::statement::{QueryResult, ResultColumn, StatementType};
use crate::types::{SqlType, VectorElement};

/// The state of a session after a statement, which every answer tells.
#[derive(Debug, Clone)]
pub(super) struct SessionState {
    database: Option<String>,
    schema: Option<String>,
    warehouse: Option<String>,
    role: String,
    /// JSON text.
    parameters: Arc<str>,
    format: Format,
}

impl SessionState {
    pub(super) fn of(session: &Session) -> Self {
        Self {
            database: session.database.clone(),
            schema: session.schema.clone(),
            warehouse: session.warehouse.clone(),
            role: session.role.clone(),
            parameters: session.parameters.told_text(),
            format: Format::of(session),
        }
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
        // Whoever asks for Arrow gets it for queries; everything else is JSON always.
        let format = if result.statement_type == StatementType::Select { self.state.format } else { Format::Json };
        Ok(self.write(result, chunks.encode(result, format)?))
    }

    /// The JSON text of the answer to describeOnly: columns and no rows.
    pub(super) fn described(&self, result: &QueryResult) -> String {
        self.write(result, EncodedRows { inline: Inline::Json("[]".to_owned()), total: 0, chunks: None })
    }

    fn write(&self, result: &QueryResult, rows: EncodedRows) -> String {
        let format = match rows.inline {
            Inline::Json(_) => "json",
            Inline::Arrow(_) => "arrow",
        };
        let rowtype: Value = result.columns.iter().map(row_type).collect();
        let mut data = json!({
            "rowtype": rowtype, "total": rows.total, "returned": rows.total,
            "queryId": self.query_id, "databaseProvider": null,
            "finalDatabaseName": self.state.database, "finalSchemaName": self.state.schema,
            "finalWarehouseName": self.state.warehouse, "finalRoleName": self.state.role,
            "numberOfBinds": self.binds, "arrayBindSupported": result.statement_type.is_dml() && self.binds > 0,
            "statementTypeId": result.statement_type.id(), "version": 1,
            "sendResultTime": chrono::Utc::now().timestamp_millis(), "queryResultFormat": format,
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
        // The rows and the parameters are text already; they go in front of the other members.
        let rest = data.to_string();
        let rest = rest.strip_prefix('{').unwrap_or(&rest);
        let rows = match rows.inline {
            Inline::Json(rows) => format!(r#""rowset":{rows}"#),
            Inline::Arrow(stream) => format!(r#""rowsetBase64":"{stream}""#),
        };
        let parameters = &self.state.parameters;
        format!(
            r#"{{"data":{{{rows},"parameters":{parameters},{rest},"code":null,"message":null,"success":true,"headers":null}}"#
        )
    }
}

/// One entry of `rowtype`. Every key is always there.
pub(super) fn row_type(column: &ResultColumn) -> Value {
    let (kind, precision, scale) = match column.sql_type.loose() {
        SqlType::Number { precision, scale } => ("fixed", Some(precision), Some(scale)),
        SqlType::Float => ("real", None, None),
        SqlType::Varchar(_) => ("text", None, None),
        SqlType::Binary(_) => ("binary", None, None),
        SqlType::Boolean => ("boolean", None, None),
        SqlType::Date => ("date", None, None),
        SqlType::Time(scale) => ("time", Some(0), Some(scale)),
        SqlType::TimestampNtz(scale) => ("timestamp_ntz", Some(0), Some(scale)),
        SqlType::TimestampLtz(scale) => ("timestamp_ltz", Some(0), Some(scale)),
        SqlType::TimestampTz(scale) => ("timestamp_tz", Some(0), Some(scale)),
        SqlType::Variant => ("variant", None, None),
        SqlType::Object => ("object", None, None),
        // A structured type is sent as the semi-structured one, as to clients that have not asked for more.
        SqlType::Array | SqlType::Structured(_) => ("array", None, None),
        SqlType::Vector(..) => ("vector", None, None),
    };
    let (length, byte_length) = column.sql_type.lengths().unzip();
    let mut entry = json!({
        "name": column.name, "database": "", "schema": "", "table": "", "nullable": column.nullable, "type": kind,
        "length": length, "byteLength": byte_length, "precision": precision, "scale": scale, "collation": null,
    });
    if let SqlType::Vector(element, dimension) = column.sql_type {
        let element = if element == VectorElement::Float { "real" } else { "fixed" };
        entry["vectorDimension"] = dimension.into();
        entry["fields"] = json!([{ "name": "", "type": element, "nullable": false }]);
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::DmlStats;

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
        assert_eq!(data["parameters"], session.parameters.told());
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
