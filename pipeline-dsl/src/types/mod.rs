//! SQL data types: one Rust type per Snowflake type, used both for columns and for the values in rows.

mod binary;
mod boolean;
mod data_type;
mod date_time;
mod float;
mod number;
mod semi_structured;
mod varchar;

pub use binary::Binary;
pub use boolean::Boolean;
pub use data_type::DataType;
pub use date_time::{Date, Time, TimestampLtz, TimestampNtz, TimestampTz};
pub use float::Float;
pub use number::{Integer, Number};
pub use semi_structured::{Array, ObjectValue, Variant};
pub use varchar::Varchar;

use crate::expr::Nullability;

/// A Rust type that stands for the type of a column or expression. `Option<T>` is the nullable form of `T`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a SQL type",
    label = "expected a type such as `Integer`, `Varchar<50>` or `Option<TimestampNtz>`",
    note = "the SQL types are in `pipeline_dsl::types`; wrap one in `Option` to allow NULL"
)]
pub trait SqlType {
    /// The type without nullability: `T` for both `T` and `Option<T>`.
    type Base: BaseType;
    /// The type as Snowflake names it.
    const DATA_TYPE: DataType;
    /// Whether NULL is allowed.
    const NULLABLE: bool;
}

/// What an argument of a procedure can be: a SQL type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the type of an argument",
    label = "expected a SQL type, or `&` before a table or stream that is read, `&mut` before a table that is written"
)]
pub trait ArgumentType: SqlType {}

#[diagnostic::do_not_recommend]
impl<T: SqlType> ArgumentType for T {}

/// A SQL type that is not wrapped in `Option`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a plain SQL type",
    label = "expected a SQL type that is not wrapped in `Option`"
)]
pub trait BaseType: SqlType<Base = Self> + Sized {
    /// The type of its kind that has the most room: that of a variable which is to take other values than its first.
    type Widest: BaseType<Widest = Self::Widest>;
    /// Whether a value that is not NULL may become NULL when it is converted to another type.
    type Converts: Nullability;
}

impl<T: BaseType> SqlType for Option<T> {
    type Base = T;
    const DATA_TYPE: DataType = T::DATA_TYPE;
    const NULLABLE: bool = true;
}

macro_rules! base_type {
    ([$($generics:tt)*] $type:ty, $data_type:expr) => {
        $crate::types::base_type!([$($generics)*] $type, $data_type, Self, $crate::expr::NotNull);
    };
    ([$($generics:tt)*] $type:ty, $data_type:expr, $widest:ty, $converts:ty) => {
        impl<$($generics)*> $crate::types::SqlType for $type {
            type Base = Self;
            const DATA_TYPE: $crate::types::DataType = $data_type;
            const NULLABLE: bool = false;
        }
        impl<$($generics)*> $crate::types::BaseType for $type {
            type Widest = $widest;
            type Converts = $converts;
        }
    };
}
pub(crate) use base_type;

/// A value does not fit its SQL type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueError {
    message: String,
}

impl ValueError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl std::fmt::Display for ValueError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ValueError {}
