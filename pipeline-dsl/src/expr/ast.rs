//! Untyped expression trees, as the renderers see them.

use std::rc::Rc;

use crate::body::VariableId;
use crate::query::Select;
use crate::types::DataType;

/// A node of an expression tree, shared between the expressions that contain it.
pub type Node = Rc<Ast>;

/// One SQL expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Ast {
    /// A constant.
    Literal(Literal),
    /// A column of a source of the statement.
    Column {
        /// Alias of the source, if the statement has several.
        alias: Option<&'static str>,
        /// SQL name, unquoted.
        name: &'static str,
    },
    /// A variable or argument of the procedure.
    Variable(VariableId),
    /// `NAME(arguments)`.
    Call {
        /// SQL name of the function.
        name: &'static str,
        /// Arguments in order.
        arguments: Vec<Node>,
    },
    /// `COUNT(*)`.
    CountAll,
    /// `*`: all columns of a query's source.
    AllColumns,
    /// `NAME(DISTINCT arguments)`.
    Distinct {
        /// SQL name of the aggregate function.
        name: &'static str,
        /// What is aggregated.
        arguments: Vec<Node>,
    },
    /// `function WITHIN GROUP (ORDER BY ..)`.
    WithinGroup {
        /// The aggregate function.
        function: Node,
        /// `ORDER BY`.
        order: Vec<OrderTerm>,
    },
    /// `NOT operand`.
    Not(Node),
    /// `-operand`.
    Negative(Node),
    /// `left operator right`.
    Binary {
        /// What is done to the operands.
        operator: Operator,
        /// Left operand.
        left: Node,
        /// Right operand.
        right: Node,
    },
    /// `operand IS [NOT] NULL`.
    IsNull {
        /// What is tested.
        operand: Node,
        /// `IS NOT NULL`.
        negated: bool,
    },
    /// `operand [NOT] IN (list)`.
    In {
        /// What is looked for.
        operand: Node,
        /// Where it is looked for; never empty.
        list: Vec<Node>,
    },
    /// `operand IN (SELECT ..)`.
    InRows {
        /// What is looked for.
        operand: Node,
        /// A query with one column.
        select: Rc<Select>,
    },
    /// `operand BETWEEN low AND high`.
    Between {
        /// What is tested.
        operand: Node,
        /// Lower bound, included.
        low: Node,
        /// Upper bound, included.
        high: Node,
    },
    /// `CAST(operand AS type)` or `TRY_CAST(..)`.
    Cast {
        /// What is converted.
        operand: Node,
        /// To what.
        data_type: DataType,
        /// Whether a value that does not convert gives NULL rather than an error.
        lenient: bool,
    },
    /// `function [IGNORE NULLS] OVER (PARTITION BY .. ORDER BY .. ROWS BETWEEN ..)`.
    Window {
        /// The window function.
        function: Node,
        /// Whether it skips the rows in which its value is NULL.
        ignore_nulls: bool,
        /// `PARTITION BY`.
        partition: Vec<Node>,
        /// `ORDER BY`.
        order: Vec<OrderTerm>,
        /// The rows around a row that the function takes, if not those that it takes by itself.
        frame: Option<Frame>,
    },
    /// `(SELECT ..)` with one row and one column.
    Subquery(Rc<Select>),
    /// `EXISTS (SELECT ..)`.
    Exists(Rc<Select>),
}

impl Ast {
    /// Whether it is a call of an aggregate function.
    pub(crate) fn is_aggregate(&self) -> bool {
        match self {
            Self::CountAll | Self::Distinct { .. } | Self::WithinGroup { .. } => true,
            Self::Call { name, .. } => AGGREGATES.contains(name),
            _ => false,
        }
    }

    /// Visits this expression and those in it.
    pub fn walk(&self, visit: &mut dyn FnMut(&Ast)) {
        visit(self);
        let mut all = |nodes: &[Node]| nodes.iter().for_each(|node| node.walk(visit));
        match self {
            Self::Literal(_) | Self::Column { .. } | Self::Variable(_) | Self::CountAll | Self::AllColumns => {}
            Self::Subquery(select) | Self::Exists(select) => select.walk(visit),
            Self::Call { arguments, .. } | Self::Distinct { arguments, .. } => all(arguments),
            Self::WithinGroup { function, order } => {
                order.iter().for_each(|term| term.value.walk(visit));
                function.walk(visit);
            }
            Self::Not(operand)
            | Self::Negative(operand)
            | Self::IsNull { operand, .. }
            | Self::Cast { operand, .. } => operand.walk(visit),
            Self::Binary { left, right, .. } => all(&[left.clone(), right.clone()]),
            Self::In { operand, list } => {
                all(list);
                operand.walk(visit);
            }
            Self::InRows { operand, select } => {
                operand.walk(visit);
                select.walk(visit);
            }
            Self::Between { operand, low, high } => all(&[operand.clone(), low.clone(), high.clone()]),
            Self::Window { function, partition, order, .. } => {
                all(partition);
                order.iter().for_each(|term| term.value.walk(visit));
                function.walk(visit);
            }
        }
    }
}

/// Functions that compute one value from many rows.
pub(crate) const AGGREGATES: &[&str] = &[
    "ANY_VALUE",
    "APPROX_COUNT_DISTINCT",
    "APPROX_PERCENTILE",
    "APPROX_TOP_K",
    "ARRAY_AGG",
    "ARRAY_UNION_AGG",
    "ARRAY_UNIQUE_AGG",
    "AVG",
    "BITAND_AGG",
    "BITOR_AGG",
    "BITXOR_AGG",
    "BOOLAND_AGG",
    "BOOLOR_AGG",
    "BOOLXOR_AGG",
    "CORR",
    "COUNT",
    "COUNT_IF",
    "COVAR_POP",
    "COVAR_SAMP",
    "HASH_AGG",
    "KURTOSIS",
    "LISTAGG",
    "MAX",
    "MAX_BY",
    "MEDIAN",
    "MIN",
    "MIN_BY",
    "MODE",
    "OBJECT_AGG",
    "REGR_COUNT",
    "REGR_INTERCEPT",
    "REGR_R2",
    "REGR_SLOPE",
    "SKEW",
    "STDDEV",
    "STDDEV_POP",
    "SUM",
    "VARIANCE",
    "VARIANCE_POP",
];

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `NULL`.
    Null,
    /// A number, written as it is given.
    Number(String),
    /// A text, not yet quoted.
    Text(String),
    /// `TRUE` or `FALSE`.
    Boolean(bool),
    /// A constant with its type in front, such as `DATE '2026-01-31'`.
    Typed {
        /// The type's keyword.
        keyword: &'static str,
        /// The text in the quotes.
        text: String,
    },
}

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `OR`
    Or,
    /// `AND`
    And,
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `LIKE`
    Like,
    /// `ILIKE`
    Ilike,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `||`
    Concat,
}

impl Operator {
    /// The operator in SQL.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Or => "OR",
            Self::And => "AND",
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Like => "LIKE",
            Self::Ilike => "ILIKE",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Concat => "||",
        }
    }

    /// How tightly it binds: operands of a looser operator need parentheses.
    pub const fn precedence(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal
            | Self::NotEqual
            | Self::Less
            | Self::LessOrEqual
            | Self::Greater
            | Self::GreaterOrEqual
            | Self::Like
            | Self::Ilike => 4,
            Self::Concat => 5,
            Self::Add | Self::Subtract => 6,
            Self::Multiply | Self::Divide | Self::Remainder => 7,
        }
    }
}

/// One term of `ORDER BY`.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderTerm {
    /// What is sorted by.
    pub value: Node,
    /// `DESC`.
    pub descending: bool,
    /// NULLs after all values, whatever the direction.
    pub nulls_last: bool,
}

/// `ROWS BETWEEN .. AND ..`: the first and last row that a window function takes, counted from the row, negative before it; none
/// for the first or last of the partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The first row.
    pub first: Option<i64>,
    /// The last row.
    pub last: Option<i64>,
}

impl std::fmt::Display for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bound = |row: Option<i64>, unbounded: &str| match row {
            None => format!("UNBOUNDED {unbounded}"),
            Some(0) => "CURRENT ROW".to_owned(),
            Some(row) if row < 0 => format!("{} PRECEDING", row.unsigned_abs()),
            Some(row) => format!("{row} FOLLOWING"),
        };
        write!(f, "ROWS BETWEEN {} AND {}", bound(self.first, "PRECEDING"), bound(self.last, "FOLLOWING"))
    }
}

#[cfg(test)]
mod tests {
    use super::AGGREGATES;

    #[test]
    fn all_aggregates_are_known() {
        let text = include_str!("function/group.rs");
        let names =
            text.lines().filter_map(|line| line.trim_end().strip_suffix("\";")?.rsplit_once('"').map(|(_, name)| name));
        let unknown: Vec<_> = names.filter(|name| !AGGREGATES.contains(name)).collect();
        assert!(unknown.is_empty(), "add {unknown:?} to the list");
    }
}
