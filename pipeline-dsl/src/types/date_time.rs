use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::{DataType, base_type};

macro_rules! wrapper {
    ($(#[$doc:meta])* $name:ident($inner:ty), $data_type:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        base_type!([] $name, DataType::$data_type);

        impl From<$inner> for $name {
            fn from(value: $inner) -> Self {
                Self(value)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

wrapper! {
    /// `DATE`.
    Date(NaiveDate), Date
}
wrapper! {
    /// `TIME`, with nanoseconds.
    Time(NaiveTime), Time
}
wrapper! {
    /// `TIMESTAMP_NTZ`: wall clock time without a zone.
    TimestampNtz(NaiveDateTime), TimestampNtz
}
wrapper! {
    /// `TIMESTAMP_LTZ`: an instant, shown in the session's zone.
    TimestampLtz(DateTime<Utc>), TimestampLtz
}
wrapper! {
    /// `TIMESTAMP_TZ`: an instant with an offset from UTC (not a zone).
    TimestampTz(DateTime<FixedOffset>), TimestampTz
}
