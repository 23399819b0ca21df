use crate::expr::ast::{Ast, Node};
use crate::node::NodeRef;
use crate::query::Select;
use crate::types::DataType;

/// The statements of a procedure, ready to be rendered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// Arguments and variables; a [`VariableId`] is an index into it.
    pub variables: Vec<Variable>,
    /// What is done, in order.
    pub statements: Vec<Statement>,
    /// What is done after an error, before it is raised again.
    pub on_error: Option<ErrorHandler>,
}

/// Which of the variables of a [`Body`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VariableId(pub usize);

/// A variable or an argument.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// The name in Snowflake Scripting; unique in the body. Row counts that nobody reads have none.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// The value it is declared with.
    pub initial: Option<Node>,
    /// Whether it is an argument of the procedure, and so needs no declaration.
    pub argument: bool,
}

/// Statements that run after an error.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorHandler {
    /// Takes the error's code.
    pub code: VariableId,
    /// Takes the error's message.
    pub message: VariableId,
    /// Takes the error's SQL state.
    pub state: VariableId,
    /// What is done, outside of the transaction that was rolled back.
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// `variable := value;`
    Assign {
        /// What is assigned to.
        variable: VariableId,
        /// The new value.
        value: Node,
    },
    /// `SELECT .. INTO :a, :b FROM ..;`
    SelectInto {
        /// A query that gives one row.
        query: Select,
        /// The variables for its columns.
        variables: Vec<VariableId>,
    },
    /// `IF (condition) THEN .. ELSE .. END IF;`
    If {
        /// The condition.
        condition: Node,
        /// What is done if it is true.
        then: Vec<Statement>,
        /// What is done if not.
        otherwise: Vec<Statement>,
    },
    /// `RETURN value;`
    Return(Node),
    /// `BEGIN TRANSACTION; .. COMMIT;`
    Transaction(Vec<Statement>),
    /// `INSERT [OVERWRITE] INTO target (columns) SELECT ..;`
    Insert {
        /// The table.
        target: NodeRef,
        /// Whether the rows replace those that are there.
        overwrite: bool,
        /// The columns that get a value.
        columns: Vec<&'static str>,
        /// The rows.
        source: Select,
        /// Takes the number of rows.
        count: Option<VariableId>,
    },
    /// `UPDATE target SET .. WHERE ..;`
    Update {
        /// The table.
        target: NodeRef,
        /// Columns and their new values.
        set: Vec<(&'static str, Node)>,
        /// Which rows.
        filter: Option<Node>,
        /// Takes the number of rows.
        count: Option<VariableId>,
    },
    /// `DELETE FROM target WHERE ..;`
    Delete {
        /// The table.
        target: NodeRef,
        /// Which rows.
        filter: Option<Node>,
        /// Takes the number of rows.
        count: Option<VariableId>,
    },
    /// `MERGE INTO target USING (source) ON .. WHEN ..;`
    Merge {
        /// The table.
        target: NodeRef,
        /// Its alias.
        target_alias: &'static str,
        /// The rows that are merged into it.
        source: Select,
        /// Their alias.
        source_alias: &'static str,
        /// Which rows match.
        on: Node,
        /// What is done with them.
        clauses: Vec<MergeClause>,
        /// Takes the number of rows.
        count: Option<VariableId>,
    },
}

impl Statement {
    /// Visits all expressions in the statement.
    pub fn walk(&self, visit: &mut dyn FnMut(&Ast)) {
        match self {
            Self::Assign { value, .. } | Self::Return(value) => value.walk(visit),
            Self::SelectInto { query, .. } => query.walk(visit),
            Self::If { condition, then, otherwise } => {
                condition.walk(visit);
                then.iter().chain(otherwise).for_each(|statement| statement.walk(visit));
            }
            Self::Transaction(statements) => statements.iter().for_each(|statement| statement.walk(visit)),
            Self::Insert { source, .. } => source.walk(visit),
            Self::Update { set, filter, .. } => {
                set.iter().map(|(_, value)| value).chain(filter).for_each(|node| node.walk(visit));
            }
            Self::Delete { filter, .. } => filter.iter().for_each(|filter| filter.walk(visit)),
            Self::Merge { source, on, clauses, .. } => {
                source.walk(visit);
                on.walk(visit);
                for clause in clauses {
                    clause.condition.iter().chain(clause.action.values()).for_each(|node| node.walk(visit));
                }
            }
        }
    }

    pub(super) fn count_mut(&mut self) -> Option<&mut Option<VariableId>> {
        match self {
            Self::Insert { count, .. }
            | Self::Update { count, .. }
            | Self::Delete { count, .. }
            | Self::Merge { count, .. } => Some(count),
            Self::Assign { .. }
            | Self::SelectInto { .. }
            | Self::If { .. }
            | Self::Return(_)
            | Self::Transaction(_) => None,
        }
    }
}

/// A clause of MERGE.
#[derive(Clone, Debug, PartialEq)]
pub struct MergeClause {
    /// `WHEN MATCHED` or `WHEN NOT MATCHED`.
    pub matched: bool,
    /// `AND condition`.
    pub condition: Option<Node>,
    /// What is done.
    pub action: MergeAction,
}

/// What a clause of MERGE does.
#[derive(Clone, Debug, PartialEq)]
pub enum MergeAction {
    /// `UPDATE SET ..`
    Update(Vec<(&'static str, Node)>),
    /// `DELETE`
    Delete,
    /// `INSERT (..) VALUES (..)`
    Insert(Vec<(&'static str, Node)>),
}

impl MergeAction {
    pub(crate) fn values(&self) -> impl Iterator<Item = &Node> {
        let values: &[_] = match self {
            Self::Update(values) | Self::Insert(values) => values,
            Self::Delete => &[],
        };
        values.iter().map(|(_, value)| value)
    }
}
