use crate::check::Msg;
use crate::expr::ast::{Ast, Node};
use crate::node::NodeRef;
use crate::query::{JoinSource, Select};
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
    /// The exceptions that statements raise, with the names that they are declared by.
    pub exceptions: Vec<(String, Exception)>,
}

impl Body {
    /// All statements at the outermost level: those of the procedure, and those of its error handler.
    pub fn outermost(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().chain(self.on_error.iter().flat_map(|handler| &handler.statements))
    }
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

/// An error that a procedure raises itself. Snowflake: "Handling exceptions".
///
/// ```
/// use pipeline_dsl::prelude::*;
///
/// const EMPTY_BATCH: Exception = Exception::new("empty_batch", -20001, "there is nothing to load");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exception {
    /// Its name in Snowflake Scripting.
    pub name: &'static str,
    /// Its number: SQLCODE where it is handled.
    pub number: i32,
    /// Its text: SQLERRM where it is handled.
    pub message: &'static str,
}

impl Exception {
    /// An exception with a name in small letters, a number from -20999 to -20000 and a text.
    ///
    /// # Panics
    /// If the number is out of bounds, the name is no word in small letters, or the text contains `"` or `$$`. In a constant,
    /// that is a compile error.
    #[track_caller]
    pub const fn new(name: &'static str, number: i32, message: &'static str) -> Self {
        if number < -20999 || number > -20000 {
            let mut text: Msg = Msg::new();
            text.push("the number of an exception lies between -20999 and -20000");
            text.rule("exception-number", "choose one in that range, such as -20001");
            panic!("{}", text.as_str());
        }
        let bytes = name.as_bytes();
        let mut at = 0;
        let mut plain = !bytes.is_empty() && bytes[0].is_ascii_lowercase();
        while at < bytes.len() {
            plain &= bytes[at].is_ascii_lowercase() || bytes[at].is_ascii_digit() || bytes[at] == b'_';
            at += 1;
        }
        if !plain {
            let mut text: Msg = Msg::new();
            text.push("exception name ").name(name).push(" is not a word in small letters, digits and `_`");
            text.rule("exception-name", "call it something like `empty_batch`");
            panic!("{}", text.as_str());
        }
        let bytes = message.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let dollars = bytes[at] == b'$' && at + 1 < bytes.len() && bytes[at + 1] == b'$';
            if bytes[at] == b'"' || dollars {
                let mut text: Msg = Msg::new();
                text.push("the text of exception ")
                    .name(name)
                    .push(" contains `\"` or `$$`, which Snowflake does not take");
                text.rule("exception-message", "leave it out");
                panic!("{}", text.as_str());
            }
            at += 1;
        }
        Self { name, number, message }
    }
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
        /// Whether its type is not that of the variable.
        converts: bool,
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
    /// `WHILE (condition) DO .. END WHILE;`, or without a condition `LOOP .. END LOOP;`
    Loop {
        /// What `break` and `continue` in it may call it.
        label: Option<String>,
        /// As long as what is done.
        condition: Option<Node>,
        /// What is repeated.
        body: Vec<Statement>,
    },
    /// `FOR variable IN [REVERSE] from TO to DO .. END FOR;`
    ForRange {
        /// What `break` and `continue` in it may call it.
        label: Option<String>,
        /// From the last number to the first.
        reverse: bool,
        /// Takes the numbers.
        variable: VariableId,
        /// The first number.
        from: Node,
        /// The last number.
        to: Node,
        /// What is repeated.
        body: Vec<Statement>,
    },
    /// `FOR row IN rows DO .. END FOR;`
    ForRows {
        /// What `break` and `continue` in it may call it.
        label: Option<String>,
        /// A name for the rows, and one for the current row.
        names: [String; 2],
        /// The query.
        query: Select,
        /// The variables for its columns.
        variables: Vec<VariableId>,
        /// What is repeated.
        body: Vec<Statement>,
    },
    /// `BREAK label;`: the innermost loop, or that with the label.
    Break(Option<String>),
    /// `CONTINUE label;`
    Continue(Option<String>),
    /// `RAISE exception;` of one of the body's exceptions.
    Raise(usize),
    /// `BEGIN .. EXCEPTION WHEN OTHER THEN .. END;`: the error is dealt with.
    Attempt {
        /// What is tried.
        body: Vec<Statement>,
        /// What is done if it fails.
        handler: ErrorHandler,
    },
    /// `TRUNCATE TABLE target;`
    Truncate(NodeRef),
    /// `EXECUTE IMMEDIATE text USING (binds);`
    Execute {
        /// The statement's text.
        text: Node,
        /// Values for its placeholders.
        binds: Vec<VariableId>,
    },
    /// `CALL procedure(arguments) INTO :result;`
    Call {
        /// What is called.
        procedure: NodeRef,
        /// Its arguments.
        arguments: Vec<Node>,
        /// Takes what it returns.
        result: Option<VariableId>,
    },
    /// `CALL SYSTEM$SET_RETURN_VALUE(value);`
    SetReturnValue(Node),
    /// `SYSTEM$LOG('level', message);`
    Log {
        /// `trace`, `debug`, `info`, `warn`, `error` or `fatal`.
        level: &'static str,
        /// What is logged.
        message: Node,
    },
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
    /// `INSERT ALL WHEN condition THEN INTO target (columns) VALUES (..) .. SELECT ..;`
    InsertSeveral {
        /// Whether a row goes only into the first table whose condition it meets.
        first: bool,
        /// The tables.
        branches: Vec<InsertBranch>,
        /// The rows.
        source: Select,
        /// Takes the number of rows in all tables.
        count: Option<VariableId>,
    },
    /// `CREATE OR REPLACE TEMPORARY TABLE target (..) AS SELECT ..;`
    CreateTemporary {
        /// The table.
        target: NodeRef,
        /// The columns that get a value.
        columns: Vec<&'static str>,
        /// The rows.
        source: Select,
    },
    /// `UPDATE target SET .. [FROM (source)] WHERE ..;`
    Update {
        /// The table.
        target: NodeRef,
        /// Columns and their new values.
        set: Vec<(&'static str, Node)>,
        /// Rows whose values it takes, and their alias.
        from: Option<(Select, &'static str)>,
        /// Which rows.
        filter: Option<Node>,
        /// Takes the number of rows.
        count: Option<VariableId>,
    },
    /// `DELETE FROM target [USING source] WHERE ..;`
    Delete {
        /// The table.
        target: NodeRef,
        /// Rows of another table that the condition may name, and what the statement calls them.
        using: Option<(JoinSource, &'static str)>,
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
        /// Take the numbers of rows by what was done.
        counts: MergeCounts,
    },
}

impl Statement {
    /// Visits all expressions in the statement.
    pub fn walk(&self, visit: &mut dyn FnMut(&Ast)) {
        match self {
            Self::Assign { value, .. } | Self::Return(value) | Self::SetReturnValue(value) => value.walk(visit),
            Self::SelectInto { query, .. } | Self::ForRows { query, .. } => query.walk(visit),
            Self::If { condition, .. } => condition.walk(visit),
            Self::Loop { condition, .. } => condition.iter().for_each(|condition| condition.walk(visit)),
            Self::ForRange { from, to, .. } => {
                from.walk(visit);
                to.walk(visit);
            }
            Self::Execute { text, binds } => {
                text.walk(visit);
                binds.iter().for_each(|id| visit(&Ast::Variable(*id)));
            }
            Self::Call { arguments, .. } => arguments.iter().for_each(|argument| argument.walk(visit)),
            Self::Log { message, .. } => message.walk(visit),
            Self::Transaction(_)
            | Self::Break(_)
            | Self::Continue(_)
            | Self::Raise(_)
            | Self::Attempt { .. }
            | Self::Truncate(_) => {}
            Self::Insert { source, .. } | Self::CreateTemporary { source, .. } => source.walk(visit),
            Self::InsertSeveral { branches, source, .. } => {
                for branch in branches {
                    if let InsertWhen::Condition(condition) = &branch.when {
                        condition.walk(visit);
                    }
                }
                source.walk(visit);
            }
            Self::Update { set, from, filter, .. } => {
                from.iter().for_each(|(source, _)| source.walk(visit));
                set.iter().map(|(_, value)| value).chain(filter).for_each(|node| node.walk(visit));
            }
            Self::Delete { using, filter, .. } => {
                if let Some((JoinSource::Query { select, .. }, _)) = using {
                    select.walk(visit);
                }
                filter.iter().for_each(|filter| filter.walk(visit));
            }
            Self::Merge { source, on, clauses, .. } => {
                source.walk(visit);
                on.walk(visit);
                for clause in clauses {
                    clause.condition.iter().chain(clause.action.values()).for_each(|node| node.walk(visit));
                }
            }
        }
        self.blocks().into_iter().flatten().for_each(|statement| statement.walk(visit));
    }

    /// The blocks of statements in it.
    pub fn blocks(&self) -> Vec<&[Statement]> {
        match self {
            Self::If { then, otherwise, .. } => vec![then, otherwise],
            Self::Transaction(body)
            | Self::Loop { body, .. }
            | Self::ForRange { body, .. }
            | Self::ForRows { body, .. } => vec![body],
            Self::Attempt { body, handler } => vec![body, &handler.statements],
            _ => vec![],
        }
    }

    fn blocks_mut(&mut self) -> Vec<&mut Vec<Statement>> {
        match self {
            Self::If { then, otherwise, .. } => vec![then, otherwise],
            Self::Transaction(body)
            | Self::Loop { body, .. }
            | Self::ForRange { body, .. }
            | Self::ForRows { body, .. } => vec![body],
            Self::Attempt { body, handler } => vec![body, &mut handler.statements],
            _ => vec![],
        }
    }

    /// Visits the statement and those in it.
    pub(super) fn each(&self, visit: &mut dyn FnMut(&Statement)) {
        visit(self);
        self.blocks().into_iter().flatten().for_each(|statement| statement.each(visit));
    }

    /// Visits the statement and those in it, to change them.
    pub(super) fn each_mut(&mut self, visit: &mut dyn FnMut(&mut Statement)) {
        visit(self);
        self.blocks_mut().into_iter().flatten().for_each(|statement| statement.each_mut(visit));
    }

    /// The variables for what the statement tells about what it did.
    pub(super) fn results_mut(&mut self) -> Vec<&mut Option<VariableId>> {
        match self {
            Self::Insert { count, .. }
            | Self::InsertSeveral { count, .. }
            | Self::Update { count, .. }
            | Self::Delete { count, .. } => vec![count],
            Self::Merge { count, counts: MergeCounts { inserted, updated, deleted, .. }, .. } => {
                vec![count, inserted, updated, deleted]
            }
            Self::Call { result, .. } => vec![result],
            _ => vec![],
        }
    }
}

/// The variables for what a MERGE has done.
#[derive(Clone, Debug, PartialEq)]
pub struct MergeCounts {
    /// A name for what identifies the statement.
    pub id: String,
    /// Takes the number of rows that were inserted.
    pub inserted: Option<VariableId>,
    /// Takes the number of rows that were updated.
    pub updated: Option<VariableId>,
    /// Takes the number of rows that were deleted.
    pub deleted: Option<VariableId>,
}

impl MergeCounts {
    /// The variables that are used, each with what its rows are: `inserted`, `updated` or `deleted`.
    pub(super) fn used(&self) -> Vec<(&'static str, VariableId)> {
        let all = [("inserted", self.inserted), ("updated", self.updated), ("deleted", self.deleted)];
        all.into_iter().filter_map(|(what, variable)| Some((what, variable?))).collect()
    }
}

/// One of the tables that rows are inserted into.
#[derive(Clone, Debug, PartialEq)]
pub struct InsertBranch {
    /// Which rows.
    pub when: InsertWhen,
    /// The table.
    pub target: NodeRef,
    /// The columns that get a value.
    pub columns: Vec<&'static str>,
    /// Names of columns of the query, or nothing for NULL.
    pub values: Vec<Option<&'static str>>,
}

/// Which rows are inserted into one of several tables.
#[derive(Clone, Debug, PartialEq)]
pub enum InsertWhen {
    /// All.
    Always,
    /// Those for which the condition is true.
    Condition(Node),
    /// Those that meet no condition.
    Otherwise,
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

/// Whether one of the statements is a transaction.
pub(super) fn has_transaction(statements: &[Statement]) -> bool {
    let mut found = false;
    for statement in statements {
        statement.each(&mut |statement| found |= matches!(statement, Statement::Transaction(_)));
    }
    found
}
