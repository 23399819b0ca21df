use crate::body::Body;
use crate::ident;
use crate::node::{Node, NodeRef};
use crate::types::DataType;

/// A stored procedure.
#[derive(Clone, Copy, Debug)]
pub struct ProcedureDef {
    /// Its arguments in order.
    pub arguments: &'static [Argument],
    /// The type of what it returns.
    pub returns: DataType,
    /// The tables and streams it reads.
    pub reads: &'static [NodeRef],
    /// The tables it writes, with the privileges that takes.
    pub writes: &'static [Access],
    /// The procedures it calls.
    pub calls: &'static [NodeRef],
    /// Those of [`reads`](Self::reads) that a statement which writes reads: of streams, the ones it consumes.
    pub consumes: &'static [NodeRef],
    /// What may be wrong with its statements.
    pub doubts: &'static [Doubt],
    /// Whether it begins transactions.
    pub transactional: bool,
    /// The text of its body, where that comes from a file.
    pub file: Option<&'static str>,
    /// Builds its statements, unless they come from a file.
    pub body: fn() -> Body,
    /// What its body is written in.
    pub language: Language,
    /// With whose rights it runs.
    pub execute_as: ExecuteAs,
}

/// Something that is probably wrong with the statements of a procedure; see [`crate::rule::warning`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The name of the rule.
    pub rule: &'static str,
    /// Whether it is about the procedure at all, which depends on the types of its parameters.
    pub applies: bool,
}

/// An argument of a procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argument {
    /// The SQL name, without quotes.
    pub name: &'static str,
    /// Its type.
    pub data_type: DataType,
}

/// What the body of a procedure is written in; it does the same in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Snowflake Scripting.
    Sql,
    /// JavaScript. Numbers, dates and times are given to it, and returned by it, as text.
    JavaScript,
}

impl Language {
    /// The word after LANGUAGE.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Sql => "SQL",
            Self::JavaScript => "JAVASCRIPT",
        }
    }
}

/// With whose rights a procedure runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecuteAs {
    /// Those of the role that owns it.
    Owner,
    /// Those of the role that calls it.
    Caller,
}

/// What may be done with an object.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    /// The object.
    pub object: NodeRef,
    /// What is done with it.
    pub privileges: &'static [Privilege],
}

/// A privilege on a table or stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "Snowflake's names of its privileges")]
pub enum Privilege {
    Select,
    Insert,
    Update,
    Delete,
    Truncate,
}

impl Privilege {
    /// The privilege as GRANT writes it.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Truncate => "TRUNCATE",
        }
    }
}

impl ProcedureDef {
    /// The argument types in parentheses, as GRANT and DROP name a procedure.
    pub fn signature(&self) -> String {
        let types: Vec<_> = self.arguments.iter().map(|argument| self.argument_type(argument).name()).collect();
        format!("({})", types.join(", "))
    }

    /// The type that the procedure declares for an argument, which depends on the language.
    pub fn argument_type(&self, argument: &Argument) -> DataType {
        match self.language {
            Language::Sql => argument.data_type,
            Language::JavaScript => crate::body::argument_type(argument.data_type),
        }
    }

    /// The type that the procedure declares for what it returns, which depends on the language.
    pub fn returned_type(&self) -> DataType {
        match self.language {
            Language::Sql => self.returns,
            Language::JavaScript => crate::body::return_type(self.returns),
        }
    }

    /// The body in its language, without the `$$` around it.
    pub fn text(&self) -> String {
        if let Some(text) = self.file {
            return text.trim_matches(['\r', '\n']).to_owned();
        }
        let body = (self.body)();
        match self.language {
            Language::Sql => crate::body::to_sql(&body),
            Language::JavaScript => crate::body::to_js(&body, self.returns),
        }
    }

    pub(super) fn create(&self, node: &Node) -> String {
        let arguments: Vec<_> = self
            .arguments
            .iter()
            .map(|argument| format!("{} {}", ident::quote(argument.name), self.argument_type(argument)))
            .collect();
        let mut sql = format!("CREATE OR REPLACE PROCEDURE {}({})", node.qualified_name(), arguments.join(", "));
        sql.push_str("\nCOPY GRANTS");
        sql.push_str(&format!("\nRETURNS {}\nLANGUAGE {}", self.returned_type(), self.language.sql()));
        if !node.comment.is_empty() {
            sql.push_str(&format!("\nCOMMENT = {}", ident::literal(node.comment)));
        }
        sql.push_str(match self.execute_as {
            ExecuteAs::Owner => "\nEXECUTE AS OWNER",
            ExecuteAs::Caller => "\nEXECUTE AS CALLER",
        });
        format!("{sql}\nAS\n$$\n{}\n$$", self.text().trim_end())
    }
}
