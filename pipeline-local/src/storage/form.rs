//! The forms in which the columns of a partition are written: in fewer bytes, where their values allow it.
//!
//! What is written has to be synced before a commit, and that is what large statements wait for. A form is an Arrow type
//! and metadata of the column's field, so that a partition is an Arrow stream whatever its columns' forms; a column
//! without a form is written as it is.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Int32Array, Int64Array, NullArray, PrimitiveArray, RunArray, UInt32Array,
};
use datafusion::arrow::compute::{CastOptions, cast, cast_with_options, partition, take};
use datafusion::arrow::datatypes::{
    ArrowPrimitiveType, DataType, Decimal128Type, Field, Int32Type, Int64Type, Schema, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};

use crate::error::{Result, SqlError};
use crate::types::SqlType;

/// Columns with fewer rows are written as they are: the metadata would be longer than what it saves.
const WORTH_IT: usize = 1024;
/// So many rows for every run, at least, make a column one of runs.
const RUN: usize = 32;

/// The form of a column, in the metadata of its field.
const FORM: &str = "form";
/// The value of [`SEQUENCE`]'s first row, and of the code 0 of [`OFFSETS`].
const BASE: &str = "base";
/// What a code of [`OFFSETS`] is multiplied with; the difference between neighbours of a [`SEQUENCE`].
const STEP: &str = "step";
/// Set where NULL is not allowed.
const REQUIRED: &str = "required";

/// Numbers one after the other, no rows at all.
const SEQUENCE: &str = "sequence";
/// Numbers as multiples of a step above the smallest.
const OFFSETS: &str = "offsets";
/// Values that follow one another unchanged.
const RUNS: &str = "runs";
/// Values by their number among the different ones.
const DICTIONARY: &str = "dictionary";

/// A column in its form.
struct Formed {
    form: &'static str,
    array: ArrayRef,
    metadata: Vec<(&'static str, String)>,
}

/// A batch with its columns in their forms.
pub(super) fn compact(batch: &RecordBatch) -> Result<RecordBatch> {
    if batch.num_rows() < WORTH_IT {
        return Ok(batch.clone());
    }
    let schema = batch.schema();
    let mut fields = Vec::with_capacity(schema.fields().len());
    let mut arrays = Vec::with_capacity(schema.fields().len());
    for (field, array) in schema.fields().iter().zip(batch.columns()) {
        match formed(array)? {
            None => {
                fields.push(field.clone());
                arrays.push(array.clone());
            }
            Some(formed) => {
                let mut metadata: HashMap<String, String> = field.metadata().clone();
                metadata.insert(FORM.to_owned(), formed.form.to_owned());
                metadata.extend(formed.metadata.into_iter().map(|(key, value)| (key.to_owned(), value)));
                if !field.is_nullable() {
                    metadata.insert(REQUIRED.to_owned(), String::new());
                }
                let data_type = formed.array.data_type().clone();
                fields.push(Arc::new(Field::new(field.name(), data_type, true).with_metadata(metadata)));
                arrays.push(formed.array);
            }
        }
    }
    with_rows(Schema::new(fields), arrays, batch.num_rows())
}

/// What [`compact`] made a batch from.
pub(super) fn expand(batch: RecordBatch) -> Result<RecordBatch> {
    let schema = batch.schema();
    if schema.fields().iter().all(|field| !field.metadata().contains_key(FORM)) {
        return Ok(batch);
    }
    let mut fields = Vec::with_capacity(schema.fields().len());
    let mut arrays = Vec::with_capacity(schema.fields().len());
    for (field, array) in schema.fields().iter().zip(batch.columns()) {
        let Some(form) = field.metadata().get(FORM) else {
            fields.push(field.clone());
            arrays.push(array.clone());
            continue;
        };
        let mut metadata = field.metadata().clone();
        metadata.retain(|key, _| ![FORM, BASE, STEP, REQUIRED].contains(&key.as_str()));
        let nullable = !field.metadata().contains_key(REQUIRED);
        let array = unformed(form, field, array)?;
        fields.push(Arc::new(Field::new(field.name(), array.data_type().clone(), nullable).with_metadata(metadata)));
        arrays.push(array);
    }
    with_rows(Schema::new(fields), arrays, batch.num_rows())
}

fn with_rows(schema: Schema, arrays: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(Arc::new(schema), arrays, &options)?)
}

/// The best form of a column; none when it is best as it is.
fn formed(array: &ArrayRef) -> Result<Option<Formed>> {
    let numbers = numbers_of(array);
    if let Some(formed) = numbers.as_ref().and_then(sequence) {
        return Ok(Some(formed));
    }
    if let Some(formed) = runs(array)? {
        return Ok(Some(formed));
    }
    if let Some(numbers) = numbers {
        return Ok(offsets(&numbers, array.data_type().primitive_width().unwrap_or(size_of::<i64>())));
    }
    Ok(match array.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Binary => dictionary(array),
        _ => None,
    })
}

fn unformed(form: &str, field: &Field, array: &ArrayRef) -> Result<ArrayRef> {
    // Row identities are the only column without a type of SQL.
    let plain = match field.metadata().contains_key(crate::types::SQL_TYPE_KEY) {
        true => SqlType::declared(field).ok_or_else(|| broken(field, "its type is not known"))?.arrow(),
        false => DataType::UInt64,
    };
    let number = |key: &str| -> Result<i64> {
        let text = field.metadata().get(key).and_then(|text| text.parse().ok());
        text.ok_or_else(|| broken(field, format_args!("its {key} is missing")))
    };
    match form {
        SEQUENCE => {
            let (base, step) = (number(BASE)?, number(STEP)?);
            let values = (0..array.len() as i64).map(|row| base.wrapping_add(step.wrapping_mul(row)));
            numbers_as(PrimitiveArray::from_iter_values(values), &plain)
        }
        OFFSETS => {
            let (base, step) = (number(BASE)?, number(STEP)?);
            let numbers = match array.data_type() {
                DataType::UInt8 => above::<UInt8Type>(array, base, step),
                DataType::UInt16 => above::<UInt16Type>(array, base, step),
                DataType::UInt32 => above::<UInt32Type>(array, base, step),
                DataType::UInt64 => above::<UInt64Type>(array, base, step),
                other => return Err(broken(field, format_args!("offsets of {other}"))),
            };
            numbers_as(numbers, &plain)
        }
        RUNS => {
            let runs = array.as_any().downcast_ref::<RunArray<Int32Type>>();
            let runs = runs.ok_or_else(|| broken(field, "no runs"))?;
            let mut places = Vec::with_capacity(array.len());
            for (place, end) in runs.run_ends().values().iter().enumerate() {
                places.resize((*end as usize).min(array.len()), place as u32);
            }
            Ok(take(runs.values(), &UInt32Array::from(places), None)?)
        }
        DICTIONARY => Ok(cast(array, &plain)?),
        other => Err(broken(field, format_args!("it has the form '{other}', of a newer version of the engine"))),
    }
}

fn broken(field: &Field, what: impl std::fmt::Display) -> SqlError {
    SqlError::internal(format_args!("column '{}' of a partition cannot be read: {what}", field.name()))
}

/// The values of a column of whole numbers of any kind, where all of them have 64 bits.
fn numbers_of(array: &ArrayRef) -> Option<Int64Array> {
    match array.data_type() {
        DataType::Decimal128(..) => {
            array.as_primitive::<Decimal128Type>().try_unary(|value| i64::try_from(value).map_err(|_| ())).ok()
        }
        DataType::Timestamp(..) | DataType::Time64(_) => {
            Some(cast(array, &DataType::Int64).ok()?.as_primitive::<Int64Type>().clone())
        }
        DataType::Date32 => {
            let days = cast(array, &DataType::Int32).ok()?;
            Some(cast(&days, &DataType::Int64).ok()?.as_primitive::<Int64Type>().clone())
        }
        DataType::UInt64 => {
            let options = CastOptions { safe: false, ..CastOptions::default() };
            let numbers = cast_with_options(array, &DataType::Int64, &options).ok()?;
            Some(numbers.as_primitive::<Int64Type>().clone())
        }
        _ => None,
    }
}

/// The other way round.
fn numbers_as(numbers: Int64Array, to: &DataType) -> Result<ArrayRef> {
    let numbers: ArrayRef = match to {
        DataType::Decimal128(precision, scale) => {
            let decimals = numbers.unary::<_, Decimal128Type>(i128::from);
            return Ok(Arc::new(decimals.with_precision_and_scale(*precision, *scale)?));
        }
        DataType::Date32 => cast(&numbers, &DataType::Int32)?,
        _ => Arc::new(numbers),
    };
    Ok(cast(&numbers, to)?)
}

fn sequence(numbers: &Int64Array) -> Option<Formed> {
    let [first, second, ..] = **numbers.values() else { return None };
    let step = second.wrapping_sub(first);
    let regular =
        numbers.null_count() == 0 && numbers.values().windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step);
    regular.then(|| Formed {
        form: SEQUENCE,
        array: Arc::new(NullArray::new(numbers.len())),
        metadata: vec![(BASE, first.to_string()), (STEP, step.to_string())],
    })
}

fn offsets(numbers: &Int64Array, width: usize) -> Option<Formed> {
    let values = filled(numbers)?;
    let (low, high) = (*values.iter().min()?, *values.iter().max()?);
    let above = |value: i64| value.wrapping_sub(low) as u64;
    let mut step = u64::from(above(high) <= u64::from(u8::MAX));
    for value in values.iter() {
        if step == 1 {
            break;
        }
        if step == 0 || !above(*value).is_multiple_of(step) {
            step = common_divisor(step, above(*value));
        }
    }
    let step = step.max(1);
    let codes = || values.iter().map(|value| if step == 1 { above(*value) } else { above(*value) / step });
    let nulls = numbers.nulls().cloned();
    let array: ArrayRef = match above(high) / step {
        0..=0xff => Arc::new(PrimitiveArray::<UInt8Type>::new(codes().map(|code| code as u8).collect(), nulls)),
        0x100..=0xffff => Arc::new(PrimitiveArray::<UInt16Type>::new(codes().map(|code| code as u16).collect(), nulls)),
        0x1_0000..=0xffff_ffff => {
            Arc::new(PrimitiveArray::<UInt32Type>::new(codes().map(|code| code as u32).collect(), nulls))
        }
        _ => Arc::new(PrimitiveArray::<UInt64Type>::new(codes().collect(), nulls)),
    };
    let narrower = array.data_type().primitive_width().is_some_and(|coded| coded < width);
    narrower.then(|| Formed {
        form: OFFSETS,
        array,
        // A step may have all 64 bits.
        metadata: vec![(BASE, low.to_string()), (STEP, (step as i64).to_string())],
    })
}

/// The values, with one of them where there is none.
fn filled(numbers: &Int64Array) -> Option<Cow<'_, [i64]>> {
    let Some(nulls) = numbers.nulls().filter(|nulls| nulls.null_count() > 0) else {
        return Some(Cow::Borrowed(numbers.values()));
    };
    let some = numbers.value(nulls.valid_indices().next()?);
    Some(numbers.iter().map(|value| value.unwrap_or(some)).collect())
}

/// The numbers that these are the codes of.
fn above<T: ArrowPrimitiveType>(codes: &ArrayRef, base: i64, step: i64) -> Int64Array
where
    T::Native: Into<u64>,
{
    codes.as_primitive::<T>().unary(|code| base.wrapping_add(step.wrapping_mul(code.into() as i64)))
}

fn common_divisor(mut one: u64, mut other: u64) -> u64 {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

fn runs(array: &ArrayRef) -> Result<Option<Formed>> {
    if array.data_type().is_nested() {
        return Ok(None);
    }
    // Most columns change all the time, and a look at the first values tells.
    let most = |rows: usize| rows / RUN + 1;
    if partition(&[array.slice(0, WORTH_IT)])?.len() > most(WORTH_IT) {
        return Ok(None);
    }
    let partitions = partition(std::slice::from_ref(array))?;
    if partitions.len() > most(array.len()) {
        return Ok(None);
    }
    let ranges = partitions.ranges();
    let ends: Int32Array = ranges.iter().map(|range| range.end as i32).collect();
    let firsts: UInt32Array = ranges.iter().map(|range| range.start as u32).collect();
    let values = take(array, &firsts, None)?;
    let array: ArrayRef = Arc::new(RunArray::<Int32Type>::try_new(&ends, values.as_ref())?);
    Ok(Some(Formed { form: RUNS, array, metadata: Vec::new() }))
}

fn dictionary(array: &ArrayRef) -> Option<Formed> {
    let of = |array: &ArrayRef, key: DataType| {
        let to = DataType::Dictionary(Box::new(key), Box::new(array.data_type().clone()));
        cast(array, &to).ok()
    };
    let different = |dictionary: &ArrayRef| dictionary.as_any_dictionary_opt().map(|found| found.values().len());
    // Where few of the first values occur twice, few others do.
    let sample = of(&array.slice(0, WORTH_IT), DataType::UInt16)?;
    if different(&sample)? > WORTH_IT / 2 {
        return None;
    }
    // There is none when there are more different values than keys.
    let wide = of(array, DataType::UInt16)?;
    let count = different(&wide)?;
    if count > array.len() / 4 {
        return None;
    }
    let array = if count <= usize::from(u8::MAX) { of_keys(&wide, DataType::UInt8)? } else { wide };
    Some(Formed { form: DICTIONARY, array, metadata: Vec::new() })
}

/// A dictionary with other keys.
fn of_keys(dictionary: &ArrayRef, key: DataType) -> Option<ArrayRef> {
    let DataType::Dictionary(_, values) = dictionary.data_type() else { return None };
    cast(dictionary, &DataType::Dictionary(Box::new(key), values.clone())).ok()
}

#[cfg(test)]
mod tests;
