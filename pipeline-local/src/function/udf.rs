//! The common frame of scalar functions: arguments as [`Datum`]s of the types a function asks for, Snowflake's result
//! types, NULL rules and argument errors.

use std::fmt::{self, Write};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, new_null_array};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::error::Result as DfResult;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::cast::cast_datum;
use super::datum::{self, Datum};
use super::{Settings, error};
use crate::error::{Result, SqlError};
use crate::types::SqlType;

/// What a function asks of an argument; other types are converted where Snowflake does so implicitly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Param {
    /// As it comes.
    Any,
    /// VARCHAR.
    Text,
    /// VARCHAR or BINARY.
    TextOrBinary,
    /// NUMBER or FLOAT.
    Number,
    /// NUMBER without fraction.
    Integer,
    /// FLOAT.
    Float,
    /// BOOLEAN.
    Boolean,
    /// DATE or a timestamp.
    Moment,
    /// DATE, TIME or a timestamp.
    Temporal,
    /// VARIANT, OBJECT or ARRAY, and what coerces to VARIANT: not VARCHAR.
    Variant,
    /// Anything, as VARIANT.
    Value,
    /// ARRAY, or a VARIANT that may hold one.
    Array,
    /// OBJECT, or a VARIANT that may hold one.
    Object,
    /// MAP.
    Map,
    /// VECTOR.
    Vector,
}

impl Param {
    /// The type that an argument is converted to (`None`: stays), or an error if it cannot be.
    pub(super) fn conversion(self, from: SqlType) -> std::result::Result<Option<SqlType>, ()> {
        use SqlType as T;
        let number = matches!(from, T::Number { .. });
        let timestamp = matches!(from, T::TimestampNtz(_) | T::TimestampLtz(_) | T::TimestampTz(_));
        let text = matches!(from, T::Varchar(_));
        let loose = text || from == T::Variant;
        let to = match self {
            Self::Any => return Ok(None),
            Self::Text if text => return Ok(None),
            Self::Map if from.family() == "MAP" => return Ok(None),
            Self::Vector if matches!(from, T::Vector(..)) => return Ok(None),
            Self::Map | Self::Vector => return Err(()),
            // A structured type is what the semi-structured one is, a VECTOR an array where any value does.
            _ if matches!(from, T::Structured(_)) => {
                return if self == Self::Any { Ok(None) } else { self.conversion(from.loose()) };
            }
            Self::Value if matches!(from, T::Vector(..)) => T::Array,
            _ if self != Self::Any && matches!(from, T::Vector(..)) => return Err(()),
            Self::Text if !matches!(from, T::Binary(_) | T::Object | T::Array) => T::TEXT,
            Self::TextOrBinary if text || matches!(from, T::Binary(_)) => return Ok(None),
            Self::TextOrBinary if !matches!(from, T::Object | T::Array) => T::TEXT,
            Self::Number if number || from == T::Float => return Ok(None),
            Self::Number if text => T::Number { precision: 18, scale: 5 },
            Self::Number if from == T::Variant => T::Float,
            Self::Integer if number || from == T::Float || loose => T::INTEGER,
            Self::Float if from == T::Float => return Ok(None),
            Self::Float if number || loose => T::Float,
            Self::Boolean if from == T::Boolean => return Ok(None),
            Self::Boolean if number || from == T::Float || loose => T::Boolean,
            Self::Moment if timestamp || from == T::Date => return Ok(None),
            Self::Moment if loose => T::TimestampNtz(9),
            Self::Temporal if timestamp || matches!(from, T::Date | T::Time(_)) => return Ok(None),
            Self::Temporal if loose => T::TimestampNtz(9),
            Self::Variant | Self::Value if from.is_semi_structured() => return Ok(None),
            Self::Variant if number || matches!(from, T::Float | T::Boolean) => T::Variant,
            Self::Value => T::Variant,
            Self::Array if matches!(from, T::Array | T::Variant) => return Ok(None),
            Self::Object if matches!(from, T::Object | T::Variant) => return Ok(None),
            _ => return Err(()),
        };
        Ok(Some(to))
    }
}

/// The types of a call's arguments after conversion, and those arguments that are constants.
pub(super) struct Types<'a> {
    /// The function.
    pub(super) name: &'static str,
    /// `None` for a NULL literal.
    pub(super) types: Vec<Option<SqlType>>,
    constants: &'a [Option<&'a ScalarValue>],
}

impl Types<'static> {
    /// The types of arguments that are no constants.
    pub(super) fn of(name: &'static str, types: Vec<Option<SqlType>>) -> Self {
        Self { name, types, constants: &[] }
    }
}

impl Types<'_> {
    /// The type of an argument, text for NULL and missing ones.
    pub(super) fn get(&self, index: usize) -> SqlType {
        self.types.get(index).copied().flatten().unwrap_or(SqlType::TEXT)
    }

    /// An argument that is a constant, as a datum.
    pub(super) fn constant(&self, index: usize) -> Option<Datum> {
        let scalar = self.constants.get(index).copied().flatten()?;
        let array = scalar.to_array().ok()?;
        datum::read(&array, 0).ok()
    }

    /// An argument that is a constant whole number.
    pub(super) fn constant_integer(&self, index: usize) -> Option<i64> {
        match self.constant(index)? {
            Datum::Number(value, scale) => super::decimal::rescale(value, scale, 0)?.try_into().ok(),
            Datum::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// An argument that is a constant text.
    pub(super) fn constant_text(&self, index: usize) -> Option<String> {
        match self.constant(index)? {
            Datum::Text(text) => Some(text),
            _ => None,
        }
    }

    /// 001044: the arguments do not fit the function.
    pub(super) fn invalid(&self) -> SqlError {
        invalid_arguments(self.name, &self.types)
    }
}

/// 001044: the arguments do not fit the function.
pub(super) fn invalid_arguments(name: &str, types: &[Option<SqlType>]) -> SqlError {
    let list: Vec<String> =
        types.iter().map(|given| given.map_or_else(|| "NULL".to_owned(), |given| given.to_string())).collect();
    let what = format!("Invalid argument types for function '{name}': ({})", list.join(", "));
    SqlError::compilation(1044, "42P13", what)
}

/// A function's result type.
#[derive(Clone, Copy)]
pub(super) enum Returns {
    /// Always this.
    Type(SqlType),
    /// The type of the argument at this position.
    Like(usize),
    /// Computed.
    By(fn(&Types<'_>) -> Result<SqlType>),
}

/// What a function's body may look at beside its arguments.
pub(super) struct Env<'a> {
    /// The session's parameters.
    pub(super) settings: &'a Settings,
    /// The types of the arguments after conversion, `None` for a NULL literal.
    pub(super) types: &'a [Option<SqlType>],
    /// The result type.
    pub(super) returns: SqlType,
    /// Which call in the statement this is.
    call: usize,
}

impl Env<'_> {
    /// How many rows this call of the function was evaluated for so far.
    pub(super) fn count(&self) -> u64 {
        self.settings.count(self.call)
    }

    /// The type of an argument, text for NULL and missing ones.
    pub(super) fn type_of(&self, index: usize) -> SqlType {
        self.types.get(index).copied().flatten().unwrap_or(SqlType::TEXT)
    }
}

/// The type of each argument; none for NULL, which has no type of its own.
type ArgumentTypes = Vec<Option<SqlType>>;

type Body = fn(&[Datum], &Env<'_>) -> Result<Datum>;

/// A scalar function.
#[derive(Clone)]
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) aliases: &'static [&'static str],
    params: &'static [Param],
    required: usize,
    /// How many parameters at the end repeat.
    repeated: usize,
    returns: Returns,
    strict: bool,
    /// Whether a result is NULL only when an argument is.
    total: bool,
    volatility: Volatility,
    body: Body,
}

/// A function of these parameters, all required, that is NULL if any argument is.
pub(super) fn function(name: &'static str, params: &'static [Param], returns: Returns, body: Body) -> Function {
    Function {
        name,
        aliases: &[],
        params,
        required: params.len(),
        repeated: 0,
        returns,
        strict: true,
        total: false,
        volatility: Volatility::Immutable,
        body,
    }
}

impl Function {
    /// The last `count` parameters may be left out.
    pub(super) fn optional(mut self, count: usize) -> Self {
        self.required -= count;
        self
    }

    /// The last `count` parameters may be given any number of times, or not at all.
    pub(super) fn repeat(mut self, count: usize) -> Self {
        self.required -= count;
        self.repeated = count;
        self
    }

    /// The body sees NULL arguments.
    pub(super) fn sees_null(mut self) -> Self {
        self.strict = false;
        self
    }

    /// It gives NULL only where an argument is NULL; clients are told so.
    pub(super) fn total(mut self) -> Self {
        self.total = true;
        self
    }

    /// Each row gets a value of its own.
    pub(super) fn volatile(mut self) -> Self {
        self.volatility = Volatility::Volatile;
        self
    }

    /// The result depends on the session.
    pub(super) fn stable(mut self) -> Self {
        self.volatility = Volatility::Stable;
        self
    }

    /// Further names.
    pub(super) fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// One UDF per name.
    pub(super) fn udfs(self) -> Vec<(&'static str, Arc<ScalarUDF>)> {
        let names: Vec<&'static str> = [self.name].into_iter().chain(self.aliases.iter().copied()).collect();
        let udf = |name| (name, Arc::new(ScalarUDF::new_from_impl(Udf::new(Self { name, ..self.clone() }))));
        names.into_iter().map(udf).collect()
    }

    fn param(&self, index: usize) -> Param {
        if index < self.params.len() {
            return self.params[index];
        }
        let fixed = self.params.len() - self.repeated;
        self.params[fixed + (index - fixed) % self.repeated.max(1)]
    }

    fn check_count(&self, count: usize) -> Result<()> {
        let wrong = |code, what: &str, expected| {
            let text = format!("{what} arguments for function [{}], expected {expected}, got {count}", self.name);
            Err(SqlError::compilation(code, "22023", text))
        };
        if count < self.required {
            return wrong(938, "not enough", self.required);
        }
        if self.repeated == 0 && count > self.params.len() {
            return wrong(939, "too many", self.params.len());
        }
        let fixed = self.params.len() - self.repeated;
        if self.repeated > 1 && count > fixed && !(count - fixed).is_multiple_of(self.repeated) {
            return wrong(938, "not enough", count + 1);
        }
        Ok(())
    }

    /// The conversions of the arguments, and their types after these.
    fn resolve(&self, given: &[Option<SqlType>]) -> Result<(ArgumentTypes, ArgumentTypes)> {
        self.check_count(given.len())?;
        let mut conversions = Vec::with_capacity(given.len());
        let mut types = Vec::with_capacity(given.len());
        for (index, from) in given.iter().enumerate() {
            let conversion = match from {
                None => None,
                Some(from) => self.param(index).conversion(*from).map_err(|()| invalid_arguments(self.name, given))?,
            };
            conversions.push(conversion);
            types.push(conversion.or(*from));
        }
        Ok((conversions, types))
    }
}

/// The type of an argument field, `None` for a NULL literal.
pub(super) fn type_of_field(field: &Field) -> Option<SqlType> {
    (!field.data_type().is_null()).then(|| SqlType::of(field))
}

/// An argument of a call.
enum Input {
    One(Datum),
    Many(ArrayRef, Option<SqlType>),
}

struct Udf {
    function: Function,
    signature: Signature,
}

impl Udf {
    fn new(function: Function) -> Self {
        let signature = Signature::user_defined(function.volatility);
        Self { function, signature }
    }

    fn run(&self, call: &ScalarFunctionArgs) -> Result<ColumnarValue> {
        let settings = Settings::from_config(&call.config_options);
        let given: Vec<Option<SqlType>> = call.arg_fields.iter().map(|field| type_of_field(field)).collect();
        let (conversions, types) = self.function.resolve(&given)?;
        let returns = SqlType::of(&call.return_field);
        let mut inputs = Vec::with_capacity(call.args.len());
        let mut all_constant = self.function.volatility != Volatility::Volatile;
        for (argument, conversion) in call.args.iter().zip(&conversions) {
            inputs.push(match argument {
                ColumnarValue::Scalar(scalar) => {
                    let array = scalar.to_array().map_err(SqlError::internal)?;
                    Input::One(convert(datum::read(&array, 0)?, *conversion, &settings)?)
                }
                ColumnarValue::Array(array) => {
                    all_constant = false;
                    Input::Many(Arc::clone(array), *conversion)
                }
            });
        }
        let rows = if all_constant { 1 } else { call.number_rows };
        if self.function.strict && inputs.iter().any(|input| matches!(input, Input::One(Datum::Null))) {
            return Ok(ColumnarValue::Array(new_null_array(&returns.arrow(), call.number_rows)));
        }
        let mut results = Vec::with_capacity(rows);
        let mut values: Vec<Datum> = inputs
            .iter()
            .map(|input| match input {
                Input::One(value) => value.clone(),
                Input::Many(..) => Datum::Null,
            })
            .collect();
        // The field is made once for each call of a plan.
        let place = Arc::as_ptr(&call.return_field) as usize;
        let env = Env { settings: &settings, types: &types, returns, call: place };
        for row in 0..rows {
            for (value, input) in values.iter_mut().zip(&inputs) {
                if let Input::Many(array, conversion) = input {
                    *value = convert(datum::read(array, row)?, *conversion, &settings)?;
                }
            }
            if self.function.strict && values.iter().any(Datum::is_null) {
                results.push(Datum::Null);
                continue;
            }
            results.push((self.function.body)(&values, &env)?);
        }
        let array = datum::build(returns, results)?;
        if all_constant {
            let scalar = ScalarValue::try_from_array(&array, 0).map_err(SqlError::internal)?;
            return Ok(ColumnarValue::Scalar(scalar));
        }
        Ok(ColumnarValue::Array(array))
    }
}

fn convert(value: Datum, to: Option<SqlType>, settings: &Settings) -> Result<Datum> {
    match to {
        Some(to) if !value.is_null() => cast_datum(value, to, settings),
        _ => Ok(value),
    }
}

impl fmt::Debug for Udf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.function.name)
    }
}

impl PartialEq for Udf {
    fn eq(&self, other: &Self) -> bool {
        self.function.name == other.function.name
    }
}

impl Eq for Udf {}

impl Hash for Udf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.name.hash(state);
    }
}

/// From this length on the name of a column is cut.
const LONG_NAME: usize = 200;

/// What a call is named as a column inside of a plan: different calls have different names. Each level of a plan names
/// all levels below it, so that long names have to be short.
pub(super) fn column_name(function: &str, args: &[Expr]) -> String {
    let mut name = format!("{function}(");
    for (index, arg) in args.iter().enumerate() {
        if index > 0 {
            name.push(',');
        }
        let _ = write!(name, "{}", arg.schema_name());
    }
    name.push(')');
    if name.len() <= LONG_NAME {
        return name;
    }
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    let start: String = name.chars().take(LONG_NAME / 4).collect();
    format!("{start}..{:016x})", hasher.finish())
}

impl ScalarUDFImpl for Udf {
    fn name(&self) -> &str {
        self.function.name
    }

    fn schema_name(&self, args: &[Expr]) -> DfResult<String> {
        Ok(column_name(self.name(), args))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> DfResult<DataType> {
        Err(error(SqlError::internal("the result type needs the argument fields")))
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> DfResult<FieldRef> {
        let given: Vec<Option<SqlType>> = args.arg_fields.iter().map(|field| type_of_field(field)).collect();
        let (_, types) = self.function.resolve(&given).map_err(error)?;
        let types = Types { name: self.function.name, types, constants: args.scalar_arguments };
        let returns = match self.function.returns {
            Returns::Type(sql_type) => sql_type,
            Returns::Like(index) => types.get(index),
            Returns::By(compute) => compute(&types).map_err(error)?,
        };
        let nullable = !self.function.total || args.arg_fields.iter().any(|field| field.is_nullable());
        Ok(returns.field_ref(self.function.name, nullable))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> DfResult<ColumnarValue> {
        self.run(&args).map_err(error)
    }

    fn coerce_types(&self, types: &[DataType]) -> DfResult<Vec<DataType>> {
        Ok(types.to_vec())
    }
}
