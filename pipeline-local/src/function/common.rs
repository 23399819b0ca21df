//! The type that several values have in common, as in the branches of CASE, in COALESCE or the rows of VALUES.

use crate::types::SqlType;

/// The type that both convert to implicitly, `None` where there is none.
pub fn common_type(a: SqlType, b: SqlType) -> Option<SqlType> {
    use SqlType as T;
    if a == b {
        return Some(a);
    }
    Some(match (a, b) {
        (T::Structured(_), _) | (_, T::Structured(_)) => return common_type(a.loose(), b.loose()),
        (T::Vector(..), _) | (_, T::Vector(..)) => return None,
        (T::Variant, _) | (_, T::Variant) => T::Variant,
        (T::Number { precision: p1, scale: s1 }, T::Number { precision: p2, scale: s2 }) => {
            let scale = s1.max(s2);
            T::Number { precision: ((p1 - s1.min(p1)).max(p2 - s2.min(p2)) + scale).clamp(1, 38), scale }
        }
        (T::Float, T::Number { .. }) | (T::Number { .. }, T::Float) => T::Float,
        (T::Varchar(a), T::Varchar(b)) => T::Varchar(a.max(b)),
        (T::Binary(a), T::Binary(b)) => T::Binary(a.max(b)),
        (T::Time(a), T::Time(b)) => T::Time(a.max(b)),
        (T::TimestampNtz(a), T::TimestampNtz(b)) => T::TimestampNtz(a.max(b)),
        (T::TimestampLtz(a), T::TimestampLtz(b)) => T::TimestampLtz(a.max(b)),
        (T::TimestampTz(a), T::TimestampTz(b)) => T::TimestampTz(a.max(b)),
        (T::Date, stamp @ (T::TimestampNtz(_) | T::TimestampLtz(_) | T::TimestampTz(_)))
        | (stamp @ (T::TimestampNtz(_) | T::TimestampLtz(_) | T::TimestampTz(_)), T::Date) => stamp,
        (tz @ T::TimestampTz(_), T::TimestampNtz(_) | T::TimestampLtz(_))
        | (T::TimestampNtz(_) | T::TimestampLtz(_), tz @ T::TimestampTz(_)) => tz,
        (ltz @ T::TimestampLtz(_), T::TimestampNtz(_)) | (T::TimestampNtz(_), ltz @ T::TimestampLtz(_)) => ltz,
        // A text gives way to what it stands beside; numbers keep five digits of its fraction.
        (T::Varchar(_), T::Number { precision, scale }) | (T::Number { precision, scale }, T::Varchar(_)) => {
            common_type(T::Number { precision: 18, scale: 5 }, T::Number { precision, scale })?
        }
        (T::Varchar(_), other) | (other, T::Varchar(_)) => match other {
            T::Object | T::Array | T::Binary(_) => return None,
            other => other,
        },
        (T::Boolean, T::Number { .. } | T::Float) | (T::Number { .. } | T::Float, T::Boolean) => T::Boolean,
        _ => return None,
    })
}

/// The type that all of them convert to; NULL literals (`None`) do not count. The inner `None` is for NULLs only.
pub fn common_type_of(types: impl IntoIterator<Item = Option<SqlType>>) -> Option<Option<SqlType>> {
    let mut known = types.into_iter().flatten();
    match known.next() {
        None => Some(None),
        Some(first) => known.try_fold(first, common_type).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs() {
        for (a, b, expected) in [
            ("NUMBER(10,2)", "NUMBER(5,4)", Some("NUMBER(12,4)")),
            ("NUMBER(38,0)", "NUMBER(38,10)", Some("NUMBER(38,10)")),
            ("NUMBER(10,2)", "FLOAT", Some("FLOAT")),
            ("VARCHAR(3)", "VARCHAR(5)", Some("VARCHAR(5)")),
            ("DATE", "TIMESTAMP_NTZ(9)", Some("TIMESTAMP_NTZ(9)")),
            ("VARCHAR(3)", "DATE", Some("DATE")),
            ("VARCHAR(3)", "NUMBER(38,0)", Some("NUMBER(38,5)")),
            ("VARIANT", "NUMBER(38,0)", Some("VARIANT")),
            ("DATE", "NUMBER(38,0)", None),
            ("BOOLEAN", "TIME(9)", None),
        ] {
            let [left, right] = [a, b].map(|text| SqlType::parse_ddl(text).unwrap());
            let expected = expected.map(str::to_owned);
            assert_eq!(common_type(left, right).map(|found| found.to_string()), expected, "{a} {b}");
            assert_eq!(common_type(right, left).map(|found| found.to_string()), expected, "{b} {a}");
        }
    }
}
