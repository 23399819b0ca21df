//! JSON, arrays and objects.

use super::{call, node};
use crate::expr::fits::{IsAny, IsArray, IsInteger, IsNumber, IsObject, IsSemiStructured, IsText, IsVariant};
use crate::expr::{Base, Expr, IntoExpr, Nullability, Typed};
use crate::types::{Array, Boolean, Float, Integer, ObjectValue, Varchar, Variant};

functions! {
    /// Text in JSON as a VARIANT; NULL where it is not JSON. Snowflake: `TRY_PARSE_JSON`.
    fn try_parse_json(A text: IsText) -> nullable Variant = "TRY_PARSE_JSON";

    /// What is wrong with text in JSON; NULL if nothing is. Snowflake: `CHECK_JSON`.
    fn check_json(A text: IsText) -> nullable Varchar = "CHECK_JSON";

    /// A semi-structured value as text in JSON. Snowflake: `TO_JSON`.
    fn to_json(A value: IsSemiStructured) -> strict Varchar = "TO_JSON";

    /// A value as an array; one that is none becomes its only element. Snowflake: `TO_ARRAY`.
    fn to_array(A value: IsAny) -> converted Array = "TO_ARRAY";

    /// A VARIANT as an object; an error where it is none. Snowflake: `TO_OBJECT`.
    fn to_object(A value: IsObject) -> converted ObjectValue = "TO_OBJECT";

    /// The number of elements; NULL where the value is no array. Snowflake: `ARRAY_SIZE`.
    fn array_size(A array: IsArray) -> nullable Integer = "ARRAY_SIZE";

    /// With one more element at the end. Snowflake: `ARRAY_APPEND`.
    fn array_append(A array: IsArray, B element: IsAny) -> strict Array = "ARRAY_APPEND";

    /// With one more element at the start. Snowflake: `ARRAY_PREPEND`.
    fn array_prepend(A array: IsArray, B element: IsAny) -> strict Array = "ARRAY_PREPEND";

    /// Both arrays, one after the other. Snowflake: `ARRAY_CAT`.
    fn array_cat(A first: IsArray, B second: IsArray) -> strict Array = "ARRAY_CAT";

    /// Without its NULLs. Snowflake: `ARRAY_COMPACT`.
    fn array_compact(A array: IsArray) -> strict Array = "ARRAY_COMPACT";

    /// Each element once. Snowflake: `ARRAY_DISTINCT`.
    fn array_distinct(A array: IsArray) -> strict Array = "ARRAY_DISTINCT";

    /// The elements that are not in the other array. Snowflake: `ARRAY_EXCEPT`.
    fn array_except(A array: IsArray, B other: IsArray) -> strict Array = "ARRAY_EXCEPT";

    /// The elements that both arrays have. Snowflake: `ARRAY_INTERSECTION`.
    fn array_intersection(A first: IsArray, B second: IsArray) -> strict Array = "ARRAY_INTERSECTION";

    /// The elements from one position to before another, counted from 0. Snowflake: `ARRAY_SLICE`.
    fn array_slice(A array: IsArray, B from: IsNumber, C to: IsNumber) -> strict Array = "ARRAY_SLICE";

    /// The elements in order. Snowflake: `ARRAY_SORT`.
    fn array_sort(A array: IsArray) -> strict Array = "ARRAY_SORT";

    /// The elements from the last to the first. Snowflake: `ARRAY_REVERSE`.
    fn array_reverse(A array: IsArray) -> strict Array = "ARRAY_REVERSE";

    /// The greatest element. Snowflake: `ARRAY_MAX`.
    fn array_max(A array: IsArray) -> nullable Variant = "ARRAY_MAX";

    /// The least element. Snowflake: `ARRAY_MIN`.
    fn array_min(A array: IsArray) -> nullable Variant = "ARRAY_MIN";

    /// The elements as text with a separator between them. Snowflake: `ARRAY_TO_STRING`.
    fn array_to_string(A array: IsArray, B separator: IsText) -> strict Varchar = "ARRAY_TO_STRING";

    /// Whether the arrays have an element in common. Snowflake: `ARRAYS_OVERLAP`.
    fn arrays_overlap(A first: IsArray, B second: IsArray) -> strict Boolean = "ARRAYS_OVERLAP";

    /// The whole numbers from `from` to before `to`. Snowflake: `ARRAY_GENERATE_RANGE`.
    fn array_generate_range(A from: IsInteger, B to: IsInteger) -> strict Array = "ARRAY_GENERATE_RANGE";

    /// With an entry added; an error where the name is there already. Snowflake: `OBJECT_INSERT`.
    fn object_insert(A object: IsObject, B name: IsText, C value: IsAny) -> strict ObjectValue = "OBJECT_INSERT";

    /// Without an entry. Snowflake: `OBJECT_DELETE`.
    fn object_delete(A object: IsObject, B name: IsText) -> strict ObjectValue = "OBJECT_DELETE";

    /// With only one of its entries. Snowflake: `OBJECT_PICK`.
    fn object_pick(A object: IsObject, B name: IsText) -> strict ObjectValue = "OBJECT_PICK";

    /// The names of the entries. Snowflake: `OBJECT_KEYS`.
    fn object_keys(A object: IsObject) -> strict Array = "OBJECT_KEYS";

    /// The entry with this name, in its letters' case; NULL if there is none. Snowflake: `GET`.
    fn get(A value: IsObject, B name: IsText) -> nullable Variant = "GET";

    /// The element at this position, counted from 0; NULL if there is none. Snowflake: `GET`.
    fn get_index(A value: IsArray, B index: IsInteger) -> nullable Variant = "GET";

    /// The entry with this name, in any case; NULL if there is none. Snowflake: `GET_IGNORE_CASE`.
    fn get_ignore_case(A value: IsObject, B name: IsText) -> nullable Variant = "GET_IGNORE_CASE";

    /// What lies at a path such as `a.b[0]`; NULL if nothing does. Snowflake: `GET_PATH , :`.
    fn get_path(A value: IsSemiStructured, B path: IsText) -> nullable Variant = "GET_PATH";

    /// What kind of value it is, such as `INTEGER` or `ARRAY`. Snowflake: `TYPEOF`.
    fn type_of(A value: IsVariant) -> strict Varchar = "TYPEOF";

    /// Whether it is the null of JSON; NULL where it is NULL. Snowflake: `IS_NULL_VALUE`.
    fn is_null_value(A value: IsVariant) -> strict Boolean = "IS_NULL_VALUE";

    /// Whether it is an array. Snowflake: `IS_ARRAY`.
    fn is_array(A value: IsVariant) -> strict Boolean = "IS_ARRAY";

    /// Whether it is an object. Snowflake: `IS_OBJECT`.
    fn is_object(A value: IsVariant) -> strict Boolean = "IS_OBJECT";

    /// Whether it is a whole number. Snowflake: `IS_INTEGER`.
    fn is_integer(A value: IsVariant) -> strict Boolean = "IS_INTEGER";

    /// Whether it is text. Snowflake: `IS_CHAR , IS_VARCHAR`.
    fn is_varchar(A value: IsVariant) -> strict Boolean = "IS_VARCHAR";

    /// Whether it is a truth value. Snowflake: `IS_BOOLEAN`.
    fn is_boolean(A value: IsVariant) -> strict Boolean = "IS_BOOLEAN";

    /// The text in it; NULL where it is none. Snowflake: `AS_CHAR , AS_VARCHAR`.
    fn as_varchar(A value: IsVariant) -> nullable Varchar = "AS_VARCHAR";

    /// The whole number in it; NULL where it is none. Snowflake: `AS_INTEGER`.
    fn as_integer(A value: IsVariant) -> nullable Integer = "AS_INTEGER";

    /// The array in it; NULL where it is none. Snowflake: `AS_ARRAY`.
    fn as_array(A value: IsVariant) -> nullable Array = "AS_ARRAY";

    /// The object in it; NULL where it is none. Snowflake: `AS_OBJECT`.
    fn as_object(A value: IsVariant) -> nullable ObjectValue = "AS_OBJECT";

    /// NULL where it is the null of JSON. Snowflake: `STRIP_NULL_VALUE`.
    fn strip_null_value(A value: IsVariant) -> nullable Variant = "STRIP_NULL_VALUE";

    /// With an element put in at a position, counted from 0. Snowflake: `ARRAY_INSERT`.
    fn array_insert(A array: IsArray, B index: IsInteger, C element: IsAny) -> strict Array = "ARRAY_INSERT";

    /// An array of arrays as one array. Snowflake: `ARRAY_FLATTEN`.
    fn array_flatten(A array: IsArray) -> nullable Array = "ARRAY_FLATTEN";

    /// Without the element at a position, counted from 0. Snowflake: `ARRAY_REMOVE_AT`.
    fn array_remove_at(A array: IsArray, B index: IsInteger) -> strict Array = "ARRAY_REMOVE_AT";

    /// The truth value in it; NULL where it is none. Snowflake: `AS_BOOLEAN`.
    fn as_boolean(A value: IsVariant) -> nullable Boolean = "AS_BOOLEAN";

    /// The number in it; NULL where it is none. Snowflake: `AS_DOUBLE , AS_REAL`.
    fn as_double(A value: IsVariant) -> nullable Float = "AS_DOUBLE";

    /// Whether it is a fixed-point number. Snowflake: `IS_DECIMAL`.
    fn is_decimal(A value: IsVariant) -> strict Boolean = "IS_DECIMAL";

    /// Whether it is a number. Snowflake: `IS_DOUBLE , IS_REAL`.
    fn is_double(A value: IsVariant) -> strict Boolean = "IS_DOUBLE";
}
