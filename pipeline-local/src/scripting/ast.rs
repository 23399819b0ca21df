//! The shape of a Snowflake Scripting block.
//!
//! <https://docs.snowflake.com/en/developer-guide/snowflake-scripting/index>

use crate::catalog::def::Returns;
use crate::types::SqlType;

/// A place in the text of a block: line from 1, position in the line from 0, as Snowflake's messages count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 0.
    pub column: u32,
}

/// `[DECLARE ..] BEGIN .. [EXCEPTION ..] END`.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// What DECLARE names, in order.
    pub declarations: Vec<Declaration>,
    /// The statements between BEGIN and EXCEPTION or END.
    pub body: Vec<Statement>,
    /// The WHEN clauses, in order.
    pub handlers: Vec<Handler>,
}

/// One entry of DECLARE, or a LET.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    /// Where the name stands.
    pub position: Position,
    /// The name, folded.
    pub name: String,
    /// What it is.
    pub kind: DeclarationKind,
}

/// What a declared name stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum DeclarationKind {
    /// A variable; without a type it takes that of its first value.
    Variable {
        /// The declared type.
        sql_type: Option<SqlType>,
        /// The value it starts with; NULL without.
        default: Option<Initializer>,
    },
    /// `CURSOR FOR query`.
    Cursor(CursorSource),
    /// `RESULTSET [DEFAULT (statement)]`.
    ResultSet(Option<Initializer>),
    /// `EXCEPTION [(number, 'message')]`.
    Exception {
        /// -20000 to -20999.
        number: i32,
        /// The text, empty without one.
        message: String,
    },
    /// `PROCEDURE (..) RETURNS .. AS block`.
    Procedure(Box<Nested>),
}

/// A procedure that a block declares.
///
/// <https://docs.snowflake.com/en/developer-guide/stored-procedure/stored-procedures-snowflake-scripting>
#[derive(Debug, Clone, PartialEq)]
pub struct Nested {
    /// Its arguments.
    pub arguments: Vec<(String, SqlType)>,
    /// What it returns.
    pub returns: Returns,
    /// Whether that is declared NOT NULL.
    pub returns_not_null: bool,
    /// What it does.
    pub body: Block,
}

/// Where a cursor's rows come from.
#[derive(Debug, Clone, PartialEq)]
pub enum CursorSource {
    /// A query, run at OPEN; may hold `?`.
    Query(Sql),
    /// A RESULTSET variable, folded.
    ResultSet(String),
}

/// The right side of an assignment.
#[derive(Debug, Clone, PartialEq)]
pub enum Initializer {
    /// Any scripting expression.
    Expression(Expression),
    /// `(statement)`: the rows for a RESULTSET, else its single value.
    Statement(Box<Statement>),
    /// `ASYNC (statement)`: a RESULTSET whose rows come later.
    Async(Box<Statement>),
}

/// SQL text that reads variables as `:name`.
#[derive(Debug, Clone, PartialEq)]
pub struct Sql {
    /// The text without its terminator.
    pub text: String,
    /// The variables it reads as `:name`.
    pub binds: Vec<NameRef>,
}

/// A scripting expression, where variables may stand bare.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    /// Where it begins.
    pub position: Position,
    /// The text.
    pub text: String,
    /// Names that may be variables, in order of their place.
    pub names: Vec<NameRef>,
    /// The expression where it is simple enough to be evaluated without the query engine.
    pub simple: Option<Box<Simple>>,
}

/// A name in an expression or a statement.
#[derive(Debug, Clone, PartialEq)]
pub struct NameRef {
    /// Where it stands in the block.
    pub position: Position,
    /// First byte in the text, the colon included.
    pub start: usize,
    /// Byte after it.
    pub end: usize,
    /// `V` or `ROW`, folded.
    pub name: String,
    /// As written, without the colon.
    pub written: String,
    /// The column of a row variable, folded.
    pub field: Option<String>,
    /// Whether it was written with a colon, and so must be a variable.
    pub bind: bool,
    /// Whether it stands for its elements: `** :array`, the stars included in its bytes.
    pub spread: bool,
}

/// An expression that needs no query engine.
#[derive(Debug, Clone, PartialEq)]
pub enum Simple {
    /// A number without exponent.
    Number {
        /// The digits without the point.
        unscaled: i128,
        /// Digits after the point.
        scale: u8,
    },
    /// A string.
    Text(String),
    /// TRUE or FALSE.
    Boolean(bool),
    /// NULL.
    Null,
    /// A variable; the index in [`Expression::names`].
    Name(usize),
    /// NOT.
    Not(Box<Simple>),
    /// `IS [NOT] NULL`; true when negated.
    IsNull(Box<Simple>, bool),
    /// Two operands.
    Binary(Box<Simple>, Operator, Box<Simple>),
}

/// An operator of [`Simple::Binary`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
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
    /// `AND`
    And,
    /// `OR`
    Or,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `||`
    Concat,
}

/// A statement with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Where its first word stands.
    pub position: Position,
    /// What it does.
    pub kind: StatementKind,
}

/// What a statement does.
#[derive(Debug, Clone, PartialEq)]
pub enum StatementKind {
    /// Any SQL statement.
    Sql(Sql),
    /// `SELECT .. INTO :a, :b FROM ..`.
    SelectInto {
        /// The query without its INTO.
        sql: Sql,
        /// The variables, folded.
        targets: Vec<Target>,
    },
    /// `CALL p(..) [INTO :v]`.
    Call {
        /// The call without its INTO.
        sql: Sql,
        /// The variable for the result.
        target: Option<Target>,
    },
    /// `EXECUTE IMMEDIATE text [USING (a, b)]`.
    ExecuteImmediate {
        /// The text of the statement.
        text: Expression,
        /// Values for its placeholders.
        using: Vec<Expression>,
    },
    /// `SYSTEM$LOG(level, message)`; `SYSTEM$LOG_INFO(message)` and the like have their level in the name.
    Log {
        /// The level where it is in the name, in lower case.
        named: Option<String>,
        /// What is in the parentheses.
        arguments: Vec<Expression>,
    },
    /// A block within the block.
    Block(Block),
    /// `NULL`.
    Null,
    /// `LET`.
    Let(Declaration),
    /// `name := value`.
    Assign {
        /// The variable.
        target: Target,
        /// The value.
        value: Initializer,
    },
    /// `IF .. ELSEIF .. ELSE .. END IF`.
    If {
        /// Conditions with their statements.
        branches: Vec<(Expression, Vec<Statement>)>,
        /// ELSE.
        otherwise: Vec<Statement>,
    },
    /// Both forms of CASE.
    Case {
        /// The operand of the simple form.
        operand: Option<Expression>,
        /// WHEN .. THEN.
        branches: Vec<(Expression, Vec<Statement>)>,
        /// ELSE.
        otherwise: Vec<Statement>,
    },
    /// Any loop.
    Loop {
        /// How it goes round.
        kind: LoopKind,
        /// What it repeats.
        body: Vec<Statement>,
        /// The label after its end, folded.
        label: Option<String>,
    },
    /// `BREAK [label]`.
    Break(Option<String>),
    /// `CONTINUE [label]`.
    Continue(Option<String>),
    /// `OPEN c [USING (a, b)]`.
    Open {
        /// The cursor.
        cursor: Target,
        /// Values for its placeholders.
        using: Vec<Expression>,
    },
    /// `FETCH c INTO a, b`.
    Fetch {
        /// The cursor.
        cursor: Target,
        /// The variables.
        targets: Vec<Target>,
    },
    /// `CLOSE c`.
    Close(Target),
    /// `RETURN [expression]`.
    Return(Option<Initializer>),
    /// `RETURN TABLE(rs)`.
    ReturnTable(TableSource),
    /// `RAISE [exception]`.
    Raise(Option<Target>),
    /// `ASYNC (statement)`: runs beside the block.
    Async(Box<Statement>),
    /// `AWAIT {resultset | ALL}`; none for ALL.
    Await(Option<Target>),
    /// `CANCEL resultset`.
    Cancel(Target),
}

/// What `RETURN TABLE` takes.
#[derive(Debug, Clone, PartialEq)]
pub enum TableSource {
    /// A RESULTSET variable.
    ResultSet(Target),
    /// `RESULTSET_FROM_CURSOR(c)`.
    Cursor(Target),
    /// A statement written in place.
    Statement(Box<Statement>),
}

/// A name that is assigned to or used as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Where it stands.
    pub position: Position,
    /// Folded.
    pub name: String,
}

/// The head of a loop.
#[derive(Debug, Clone, PartialEq)]
pub enum LoopKind {
    /// `FOR i IN [REVERSE] a TO b`.
    Range {
        /// The counter, folded.
        counter: String,
        /// From high to low.
        reverse: bool,
        /// First value.
        from: Expression,
        /// Last value.
        to: Expression,
    },
    /// `FOR row IN cursor_or_resultset`.
    Rows {
        /// The row variable, folded.
        row: String,
        /// The cursor or RESULTSET.
        source: Target,
    },
    /// `WHILE (condition)`.
    While(Expression),
    /// `REPEAT .. UNTIL (condition)`.
    Repeat(Expression),
    /// `LOOP`.
    Forever,
}

/// A WHEN clause of EXCEPTION.
#[derive(Debug, Clone, PartialEq)]
pub struct Handler {
    /// Where WHEN stands.
    pub position: Position,
    /// What it catches.
    pub names: Vec<Caught>,
    /// Whether execution goes on after the failed statement (CONTINUE) rather than leaving the block (EXIT).
    pub resumes: bool,
    /// What it does.
    pub body: Vec<Statement>,
}

/// What a handler catches.
#[derive(Debug, Clone, PartialEq)]
pub enum Caught {
    /// Everything.
    Other,
    /// Failed SQL statements.
    StatementError,
    /// Failed expressions and assignments.
    ExpressionError,
    /// A declared exception.
    Named(Target),
}
