//! Data types as DDL and casts write them.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::cursor::Cursor;
use crate::error::{Result, SqlError};
use crate::types::{
    DEFAULT_BINARY_LENGTH, DEFAULT_VARCHAR_LENGTH, Held, MAX_VARCHAR_LENGTH, Shape, SqlType, Structured, VectorElement,
};

impl Cursor<'_> {
    /// Reads a data type with its arguments, by any of its names.
    ///
    /// # Errors
    /// A compilation error for an unknown type or arguments out of range; types that exist in Snowflake and not here are
    /// refused by name.
    pub fn data_type(&mut self) -> Result<SqlType> {
        let at = self.index();
        let Some(word) = self.peek_word() else { return Err(self.unexpected()) };
        self.next_token();
        Ok(match word.as_str() {
            "NUMBER" | "DECIMAL" | "DEC" | "NUMERIC" => {
                let arguments = self.type_arguments()?;
                let precision = arguments.first().copied().unwrap_or(38);
                let scale = arguments.get(1).copied().unwrap_or(0);
                if !(1..=38).contains(&precision) {
                    return Err(invalid(format_args!(
                        "Invalid precision {precision} for type NUMBER; it must be 1 to 38."
                    )));
                }
                if scale > precision || scale > 37 {
                    return Err(invalid(format_args!(
                        "Invalid scale {scale} for type NUMBER({precision}); it must be 0 to {}.",
                        precision.min(37)
                    )));
                }
                SqlType::Number { precision: precision as u8, scale: scale as u8 }
            }
            "INT" | "INTEGER" | "BIGINT" | "SMALLINT" | "TINYINT" | "BYTEINT" => SqlType::INTEGER,
            "FLOAT" | "FLOAT4" | "FLOAT8" | "REAL" => SqlType::Float,
            "DOUBLE" => {
                self.accept_keyword("PRECISION");
                SqlType::Float
            }
            "VARCHAR" | "STRING" | "TEXT" | "VARCHAR2" | "NVARCHAR" | "NVARCHAR2" => {
                self.varchar(DEFAULT_VARCHAR_LENGTH)?
            }
            "CHAR" | "CHARACTER" | "NCHAR" => {
                let default = if self.accept_keyword("VARYING") { DEFAULT_VARCHAR_LENGTH } else { 1 };
                self.varchar(default)?
            }
            "BINARY" | "VARBINARY" => {
                let length = self.type_arguments()?.first().copied().unwrap_or(DEFAULT_BINARY_LENGTH);
                if !(1..=67_108_864).contains(&length) {
                    return Err(invalid(format_args!(
                        "Invalid length {length} for type BINARY; it must be 1 to 67108864."
                    )));
                }
                SqlType::Binary(length)
            }
            "BOOLEAN" | "BOOL" => SqlType::Boolean,
            "DATE" => SqlType::Date,
            "TIME" => SqlType::Time(self.fraction()?),
            "DATETIME" | "TIMESTAMP_NTZ" | "TIMESTAMPNTZ" => SqlType::TimestampNtz(self.fraction()?),
            "TIMESTAMP_LTZ" | "TIMESTAMPLTZ" => SqlType::TimestampLtz(self.fraction()?),
            "TIMESTAMP_TZ" | "TIMESTAMPTZ" => SqlType::TimestampTz(self.fraction()?),
            "TIMESTAMP" => {
                let scale = self.fraction()?;
                if self.accept_keywords("WITH LOCAL TIME ZONE") {
                    SqlType::TimestampLtz(scale)
                } else if self.accept_keywords("WITH TIME ZONE") {
                    SqlType::TimestampTz(scale)
                } else {
                    self.accept_keywords("WITHOUT TIME ZONE");
                    SqlType::TimestampNtz(scale)
                }
            }
            "VARIANT" => SqlType::Variant,
            "OBJECT" | "ARRAY" | "MAP" | "VECTOR" if self.accept(&Token::LParen) => {
                let made = match word.as_str() {
                    "ARRAY" => SqlType::Structured(Structured::new(Shape::Array(self.held()?))),
                    "OBJECT" => self.structured_object()?,
                    "MAP" => self.map()?,
                    _ => self.vector()?,
                };
                self.expect(&Token::RParen)?;
                made
            }
            "MAP" => return Err(invalid("A MAP says what its keys and values are: MAP(VARCHAR, NUMBER).")),
            "VECTOR" => return Err(invalid("A VECTOR says what it holds and how many: VECTOR(FLOAT, 3).")),
            "OBJECT" => SqlType::Object,
            "ARRAY" => SqlType::Array,
            "DECFLOAT" | "GEOGRAPHY" | "GEOMETRY" | "UUID" | "INTERVAL" | "PERIOD" | "FILE" => {
                return Err(SqlError::unsupported(format_args!("data type {word}")));
            }
            _ => {
                self.rewind(at);
                return Err(SqlError::compilation(2040, "42601", format_args!("Unsupported data type '{word}'.")));
            }
        })
    }

    /// The type of an element, with NOT NULL.
    fn held(&mut self) -> Result<Held> {
        let sql_type = self.data_type()?;
        if matches!(sql_type, SqlType::Vector(..)) {
            return Err(SqlError::unsupported("VECTOR inside a structured type"));
        }
        Ok(Held { sql_type, nullable: !self.accept_keywords("NOT NULL") })
    }

    /// The members of `OBJECT(name type, ..)`; their names keep their case.
    fn structured_object(&mut self) -> Result<SqlType> {
        let mut members: Vec<(String, Held)> = Vec::new();
        loop {
            let Some(Token::Word(word)) = self.peek().cloned() else { return Err(self.unexpected()) };
            self.next_token();
            let held = self.held()?;
            if members.iter().any(|(name, _)| *name == word.value) {
                return Err(invalid(format_args!("Duplicate member '{}' in type OBJECT.", word.value)));
            }
            members.push((word.value, held));
            if !self.accept(&Token::Comma) {
                return Ok(SqlType::Structured(Structured::new(Shape::Object(members))));
            }
        }
    }

    fn map(&mut self) -> Result<SqlType> {
        let key = self.data_type()?;
        if !matches!(key, SqlType::Varchar(_) | SqlType::Number { scale: 0, .. }) {
            return Err(invalid(format_args!("Invalid key type {key} for MAP; it must be VARCHAR or an integer.")));
        }
        self.expect(&Token::Comma)?;
        Ok(SqlType::Structured(Structured::new(Shape::Map(key, self.held()?))))
    }

    fn vector(&mut self) -> Result<SqlType> {
        let element = match self.peek_word().as_deref() {
            Some("FLOAT" | "FLOAT4" | "FLOAT8") => VectorElement::Float,
            Some("INT" | "INTEGER") => VectorElement::Int,
            _ => return Err(invalid("The elements of a VECTOR must be FLOAT or INT.")),
        };
        self.next_token();
        self.expect(&Token::Comma)?;
        match self.integer()? {
            length @ 1..=4096 => Ok(SqlType::Vector(element, length as u16)),
            length => Err(invalid(format_args!("Invalid dimension {length} for type VECTOR; it must be 1 to 4096."))),
        }
    }

    fn varchar(&mut self, default: u32) -> Result<SqlType> {
        let length = self.type_arguments()?.first().copied().unwrap_or(default);
        if !(1..=MAX_VARCHAR_LENGTH).contains(&length) {
            return Err(invalid(format_args!(
                "Invalid length {length} for type VARCHAR; it must be 1 to {MAX_VARCHAR_LENGTH}."
            )));
        }
        Ok(SqlType::Varchar(length))
    }

    fn fraction(&mut self) -> Result<u8> {
        match self.type_arguments()?.first().copied() {
            None => Ok(9),
            Some(scale @ 0..=9) => Ok(scale as u8),
            Some(scale) => {
                Err(invalid(format_args!("Invalid fractional seconds precision {scale}; it must be 0 to 9.")))
            }
        }
    }

    fn type_arguments(&mut self) -> Result<Vec<u32>> {
        let mut arguments = Vec::new();
        if self.accept(&Token::LParen) {
            loop {
                let value = self.integer()?;
                arguments
                    .push(u32::try_from(value).map_err(|_| invalid(format_args!("Invalid type argument {value}.")))?);
                if !self.accept(&Token::Comma) {
                    break;
                }
            }
            self.expect(&Token::RParen)?;
        }
        Ok(arguments)
    }
}

fn invalid(what: impl std::fmt::Display) -> SqlError {
    SqlError::compilation(1003, "42000", what)
}

/// Reads a whole text as a data type.
///
/// # Errors
/// As [`Cursor::data_type`], and a syntax error when something follows.
pub fn data_type(text: &str) -> Result<SqlType> {
    let mut cursor = Cursor::new(text)?;
    let sql_type = cursor.data_type()?;
    cursor.expect_end()?;
    Ok(sql_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synonyms() {
        for (text, expected) in [
            ("int", "NUMBER(38,0)"),
            ("decimal(10)", "NUMBER(10,0)"),
            ("numeric(10, 2)", "NUMBER(10,2)"),
            ("string", "VARCHAR(16777216)"),
            ("char", "VARCHAR(1)"),
            ("nchar varying", "VARCHAR(16777216)"),
            ("double precision", "FLOAT"),
            ("timestamp", "TIMESTAMP_NTZ(9)"),
            ("timestamp with local time zone", "TIMESTAMP_LTZ(9)"),
            ("timestamp(3) with time zone", "TIMESTAMP_TZ(3)"),
            ("datetime", "TIMESTAMP_NTZ(9)"),
            ("varbinary", "BINARY(8388608)"),
            ("variant", "VARIANT"),
            ("array(int not null)", "ARRAY(NUMBER(38,0) NOT NULL)"),
            ("object(City string, \"a b\" int)", "OBJECT(City VARCHAR(16777216), \"a b\" NUMBER(38,0))"),
            ("map(varchar, array(float))", "MAP(VARCHAR(16777216), ARRAY(FLOAT))"),
            ("vector(float, 3)", "VECTOR(FLOAT, 3)"),
        ] {
            assert_eq!(data_type(text).unwrap().to_string(), expected, "{text}");
        }
        for text in [
            "number(39)",
            "number(10,11)",
            "varchar(0)",
            "time(10)",
            "nonsense",
            "map",
            "map(date, int)",
            "vector(text, 3)",
            "vector(int, 0)",
            "array()",
        ] {
            assert!(data_type(text).is_err(), "{text}");
        }
    }
}
