//! The common frame of aggregate functions.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::error::Result as DfResult;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};

use super::super::datum::Datum;
use super::super::udf::{Param, Returns, Types, invalid_arguments, type_of_field};
use super::super::{Settings, error};
use super::accumulator::{Collecting, Folding};
use crate::error::{Result, SqlError};
use crate::types::SqlType;

/// What an aggregate may look at beside the rows.
#[derive(Debug, Clone)]
pub(super) struct Env {
    /// The types of the arguments after conversion.
    pub(super) types: Vec<SqlType>,
    /// The result type.
    pub(super) returns: SqlType,
    /// Whether the first ORDER BY is descending.
    pub(super) descending: bool,
    /// Output formats and the like; a session's own do not reach aggregates.
    pub(super) settings: Arc<Settings>,
}

type Step = fn(&mut [Datum], &[Datum], &Env) -> Result<()>;

/// An aggregate that keeps a few values.
#[derive(Clone, Copy)]
pub(super) struct Fold {
    /// The types of what is kept.
    pub(super) state: fn(&Env) -> Vec<SqlType>,
    /// What is kept before the first row.
    pub(super) start: fn(&Env) -> Vec<Datum>,
    /// Takes in a row.
    pub(super) step: Step,
    /// Takes in what was kept for other rows.
    pub(super) merge: Step,
    /// The result.
    pub(super) finish: fn(&[Datum], &Env) -> Result<Datum>,
}

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Fold(Fold),
    /// Needs all rows: each holds the arguments.
    Collect(fn(&[Vec<Datum>], &Env) -> Result<Datum>),
}

/// An aggregate function.
#[derive(Clone)]
pub(super) struct Aggregate {
    pub(super) name: &'static str,
    pub(super) aliases: &'static [&'static str],
    pub(super) params: &'static [Param],
    pub(super) required: usize,
    pub(super) repeats: bool,
    pub(super) returns: Returns,
    /// Whether rows count whose first argument is NULL.
    pub(super) sees_null: bool,
    /// Whether it is written `f(p) WITHIN GROUP (ORDER BY x)` with `x` as its first argument.
    pub(super) within_group: bool,
    /// Whether repeated rows count once even without DISTINCT.
    pub(super) distinct: bool,
    pub(super) kind: Kind,
}

/// An aggregate of these parameters, all required, that skips rows whose first argument is NULL.
pub(super) fn aggregate(name: &'static str, params: &'static [Param], returns: Returns, kind: Kind) -> Aggregate {
    let required = params.len();
    Aggregate {
        name,
        aliases: &[],
        params,
        required,
        repeats: false,
        returns,
        sees_null: false,
        within_group: false,
        distinct: false,
        kind,
    }
}

/// Conversions of arguments, and the types after these.
pub(super) struct Resolved {
    pub(super) conversions: Vec<Option<SqlType>>,
    pub(super) types: Vec<SqlType>,
}

impl Aggregate {
    /// The last `count` parameters may be left out.
    pub(super) fn optional(mut self, count: usize) -> Self {
        self.required -= count;
        self
    }

    /// The last parameter may be given several times.
    pub(super) fn repeat(mut self) -> Self {
        self.repeats = true;
        self
    }

    /// Rows count whose first argument is NULL.
    pub(super) fn sees_null(mut self) -> Self {
        self.sees_null = true;
        self
    }

    /// Written with WITHIN GROUP.
    pub(super) fn within_group(mut self) -> Self {
        self.within_group = true;
        self
    }

    /// Repeated rows count once.
    pub(super) fn distinct(mut self) -> Self {
        self.distinct = true;
        self
    }

    /// Further names.
    pub(super) fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// One UDAF per name.
    pub(super) fn udafs(self) -> Vec<(&'static str, Arc<AggregateUDF>)> {
        let names: Vec<&'static str> = [self.name].into_iter().chain(self.aliases.iter().copied()).collect();
        names.into_iter().map(|name| (name, Self { name, ..self.clone() }.udaf(None))).collect()
    }

    /// This function as a UDAF; with an order, what its rows are ordered by are further arguments. This is how it is
    /// used as a window function, where DataFusion knows no WITHIN GROUP. Those that need WITHIN GROUP take what it
    /// names as first argument anyway.
    pub(super) fn udaf(self, order: Option<Vec<SortOptions>>) -> Arc<AggregateUDF> {
        let signature = Signature::user_defined(Volatility::Immutable);
        let shown = match &order {
            None => self.name.to_owned(),
            // Functions of different orders differ by their names.
            Some(order) => format!("{}:{order:?}", self.name),
        };
        Arc::new(AggregateUDF::new_from_impl(Udaf { aggregate: self, shown, order, signature }))
    }

    fn resolve(&self, given: &[Option<SqlType>]) -> Result<Resolved> {
        let count = given.len();
        let most = if self.repeats { usize::MAX } else { self.params.len() };
        if count < self.required || count > most {
            let (code, what, expected) =
                if count < self.required { (938, "not enough", self.required) } else { (939, "too many", most) };
            let text = format!("{what} arguments for function [{}], expected {expected}, got {count}", self.name);
            return Err(SqlError::compilation(code, "22023", text));
        }
        let mut resolved = Resolved { conversions: Vec::new(), types: Vec::new() };
        for (index, from) in given.iter().enumerate() {
            let param = self.params[index.min(self.params.len() - 1)];
            let conversion = match from {
                None => None,
                Some(from) => param.conversion(*from).map_err(|()| invalid_arguments(self.name, given))?,
            };
            resolved.conversions.push(conversion);
            resolved.types.push(conversion.or(*from).unwrap_or(match param {
                Param::Number | Param::Integer => SqlType::INTEGER,
                Param::Float => SqlType::Float,
                Param::Boolean => SqlType::Boolean,
                Param::Value | Param::Variant => SqlType::Variant,
                Param::Array => SqlType::Array,
                Param::Object => SqlType::Object,
                _ => SqlType::TEXT,
            }));
        }
        Ok(resolved)
    }

    fn result_type(&self, types: &[SqlType]) -> Result<SqlType> {
        let types = Types::of(self.name, types.iter().copied().map(Some).collect());
        match self.returns {
            Returns::Type(sql_type) => Ok(sql_type),
            Returns::Like(index) => Ok(types.get(index)),
            Returns::By(compute) => compute(&types),
        }
    }

    /// Whether all rows are kept: for DISTINCT too.
    fn collects(&self, distinct: bool) -> bool {
        distinct || self.distinct || matches!(self.kind, Kind::Collect(_))
    }
}

struct Udaf {
    aggregate: Aggregate,
    shown: String,
    order: Option<Vec<SortOptions>>,
    signature: Signature,
}

impl fmt::Debug for Udaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.aggregate.name)
    }
}

impl PartialEq for Udaf {
    fn eq(&self, other: &Self) -> bool {
        self.shown == other.shown
    }
}

impl Eq for Udaf {}

impl Hash for Udaf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.shown.hash(state);
    }
}

fn given(fields: &[FieldRef]) -> Vec<Option<SqlType>> {
    fields.iter().map(|field| type_of_field(field)).collect()
}

impl Udaf {
    /// How many arguments at the end rows are ordered by.
    fn keys(&self) -> usize {
        if self.aggregate.within_group { 0 } else { self.order.as_ref().map_or(0, Vec::len) }
    }

    fn resolve(&self, fields: &[FieldRef]) -> DfResult<Resolved> {
        let arguments = &fields[..fields.len().saturating_sub(self.keys())];
        self.aggregate.resolve(&given(arguments)).map_err(error)
    }

    fn environment(&self, args: &AccumulatorArgs<'_>) -> DfResult<(Resolved, Env)> {
        let resolved = self.resolve(args.expr_fields)?;
        let first = match &self.order {
            Some(order) => order.first().copied(),
            None => args.order_bys.first().map(|order| order.options),
        };
        let env = Env {
            types: resolved.types.clone(),
            returns: SqlType::of(&args.return_field),
            descending: first.is_some_and(|options| options.descending),
            settings: Arc::new(Settings::default()),
        };
        Ok((resolved, env))
    }

    fn collecting(&self, args: &AccumulatorArgs<'_>) -> DfResult<Box<dyn Accumulator>> {
        let (resolved, env) = self.environment(args)?;
        let mut order = Vec::new();
        let mut order_types = Vec::new();
        if let Some(given) = self.order.as_ref().filter(|_| self.keys() > 0) {
            order.clone_from(given);
            let keys = args.expr_fields.iter().skip(resolved.conversions.len());
            order_types.extend(keys.map(|field| SqlType::of_arrow(field.data_type())));
        } else if !self.aggregate.within_group {
            for key in args.order_bys {
                order.push(key.options);
                order_types.push(SqlType::of_arrow(&key.expr.data_type(args.schema)?));
            }
        }
        Ok(Box::new(Collecting {
            kind: self.aggregate.kind,
            sees_null: self.aggregate.sees_null,
            distinct: args.is_distinct || self.aggregate.distinct,
            conversions: resolved.conversions,
            order,
            order_types,
            env,
            rows: Default::default(),
        }))
    }
}

impl AggregateUDFImpl for Udaf {
    fn name(&self) -> &str {
        &self.shown
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> DfResult<DataType> {
        Err(error(SqlError::internal("the result type needs the argument fields")))
    }

    fn return_field(&self, fields: &[FieldRef]) -> DfResult<FieldRef> {
        let resolved = self.resolve(fields)?;
        Ok(self.aggregate.result_type(&resolved.types).map_err(error)?.field_ref(self.aggregate.name, true))
    }

    fn coerce_types(&self, types: &[DataType]) -> DfResult<Vec<DataType>> {
        Ok(types.to_vec())
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> DfResult<Box<dyn Accumulator>> {
        match self.aggregate.kind {
            Kind::Fold(fold) if self.keys() == 0 && !self.aggregate.collects(args.is_distinct) => {
                let (resolved, env) = self.environment(&args)?;
                Ok(Box::new(Folding {
                    fold,
                    sees_null: self.aggregate.sees_null,
                    conversions: resolved.conversions,
                    state: (fold.start)(&env),
                    env,
                }))
            }
            _ => self.collecting(&args),
        }
    }

    /// The value over no rows, which correlated subqueries have where nothing joins.
    fn default_value(&self, data_type: &DataType) -> DfResult<ScalarValue> {
        match self.aggregate.name {
            "LISTAGG" => ScalarValue::from("").cast_to(data_type),
            "ARRAY_AGG" | "ARRAY_UNIQUE_AGG" => ScalarValue::from("[]").cast_to(data_type),
            "OBJECT_AGG" => ScalarValue::from("{}").cast_to(data_type),
            "COUNT_IF" | "APPROX_COUNT_DISTINCT" => ScalarValue::from(0_i64).cast_to(data_type),
            _ => ScalarValue::try_from(data_type),
        }
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs<'_>) -> DfResult<Box<dyn Accumulator>> {
        self.collecting(&args)
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> DfResult<Vec<FieldRef>> {
        let resolved = self.resolve(args.input_fields)?;
        let field = |index: usize, data_type: DataType| {
            Arc::new(Field::new(format!("{}[{index}]", args.name), data_type, true))
        };
        if let Kind::Fold(fold) = self.aggregate.kind
            && self.keys() == 0
            && !self.aggregate.collects(args.is_distinct)
        {
            let env = Env {
                types: resolved.types,
                returns: SqlType::of(&args.return_field),
                descending: false,
                settings: Arc::new(Settings::default()),
            };
            let types = (fold.state)(&env);
            return Ok(types.into_iter().enumerate().map(|(index, found)| field(index, found.arrow())).collect());
        }
        let ordering: &[FieldRef] = match self.keys() {
            _ if self.aggregate.within_group => &[],
            0 => args.ordering_fields,
            keys => &args.input_fields[args.input_fields.len() - keys..],
        };
        let order_types = ordering.iter().map(|field| SqlType::of_arrow(field.data_type()));
        let lists = resolved.types.iter().copied().chain(order_types).enumerate();
        Ok(lists.map(|(index, found)| field(index, DataType::new_list(found.arrow(), true))).collect())
    }

    fn with_beneficial_ordering(self: Arc<Self>, _ordered: bool) -> DfResult<Option<Arc<dyn AggregateUDFImpl>>> {
        Ok(Some(self))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        // Rows are put in order at the end.
        AggregateOrderSensitivity::SoftRequirement
    }

    fn supports_within_group_clause(&self) -> bool {
        self.aggregate.within_group && self.order.is_none()
    }
}
