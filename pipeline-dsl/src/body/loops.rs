//! Loops.

use std::rc::Rc;

use super::bind::{Name, Var};
use super::{Statement, VariableId, builder};
use crate::expr::ast::{Ast, Literal, Node, Operator};
use crate::expr::fits::{IsCondition, IsInteger};
use crate::expr::literal::int;
use crate::expr::{Base, IntoExpr};
use crate::query::{LoopSource, RowValues};
use crate::types::{Integer, SqlType};

/// A loop whose body is being written.
#[doc(hidden)]
#[must_use]
pub struct Loop {
    kind: Kind,
    label: Option<String>,
}

enum Kind {
    While(Option<Node>),
    Range { variable: VariableId, from: Node, to: Node, reverse: bool },
    Rows { names: [String; 2], query: Box<crate::query::Select>, variables: Vec<VariableId> },
}

fn open(kind: Kind) -> Loop {
    builder::with(|builder| builder.open());
    Loop { kind, label: None }
}

/// `while condition {`
#[doc(hidden)]
pub fn begin_while<C: IntoExpr>(condition: C) -> Loop
where
    Base<C::Ty>: IsCondition,
{
    open(Kind::While(Some(condition.into_expr().node())))
}

/// `loop {`
#[doc(hidden)]
pub fn begin_loop() -> Loop {
    open(Kind::While(None))
}

/// How a loop goes through a range of numbers.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Steps {
    /// From each number to the next; at least 1.
    pub by: i64,
    /// The steps start at the last number.
    pub from_end: bool,
    /// What is counted so is gone through in reverse.
    pub reverse: bool,
}

/// `for name in from..=to {`
#[doc(hidden)]
pub fn begin_for<A: IntoExpr, B: IntoExpr>(name: Name, from: A, to: B, steps: Steps) -> (Loop, Var<Integer>)
where
    Base<A::Ty>: IsInteger,
    Base<B::Ty>: IsInteger,
{
    let (from, to) = (from.into_expr().node(), to.into_expr().node());
    let declare = |text| builder::with(|builder| builder.declare(Some(text), Integer::DATA_TYPE, false));
    if steps.by == 1 {
        let variable = declare(name.text);
        return (open(Kind::Range { variable, from, to, reverse: steps.reverse }), Var::new(variable));
    }
    // Snowflake counts by one: the steps are counted, and the number computed from that.
    let (from, to) = (once("first", from), once("last", to));
    let (number, step) = (declare(name.text), declare("step"));
    let last = last_step(&from, &to, steps.by);
    let begun = open(Kind::Range { variable: step, from: int(0).node(), to: last, reverse: steps.reverse });
    let way = binary(Operator::Multiply, Rc::new(Ast::Variable(step)), int(steps.by.into()).node());
    let value = match (steps.from_end, plain_number(&from)) {
        (true, _) => binary(Operator::Subtract, to, way),
        (false, Some(0)) => way,
        (false, _) => binary(Operator::Add, from, way),
    };
    builder::with(|builder| builder.push(Statement::Assign { variable: number, value, converts: false }));
    (begun, Var::new(number))
}

fn binary(operator: Operator, left: Node, right: Node) -> Node {
    Rc::new(Ast::Binary { operator, left, right })
}

fn plain_number(node: &Node) -> Option<i64> {
    match &**node {
        Ast::Literal(Literal::Number(digits)) => digits.parse().ok(),
        _ => None,
    }
}

/// A bound of a range, which must stay what it is while the loop runs.
fn once(name: &str, bound: Node) -> Node {
    builder::with(|builder| match &*bound {
        Ast::Literal(_) => bound,
        Ast::Variable(id) if !builder.is_mutable(*id) => bound,
        _ => {
            let variable = builder.declare(Some(name), Integer::DATA_TYPE, false);
            builder.push(Statement::Assign { variable, value: bound, converts: false });
            Rc::new(Ast::Variable(variable))
        }
    })
}

/// The number of the last step, from 0; less if there is none.
fn last_step(from: &Node, to: &Node, by: i64) -> Node {
    let way = match (plain_number(from), plain_number(to)) {
        (Some(from), Some(to)) => return int(to.saturating_sub(from).div_euclid(by).into()).node(),
        (Some(0), _) => to.clone(),
        _ => binary(Operator::Subtract, to.clone(), from.clone()),
    };
    let steps = binary(Operator::Divide, way, int(by.into()).node());
    Rc::new(Ast::Call { name: "FLOOR", arguments: vec![steps] })
}

/// `for (names, ..) in query {`
#[doc(hidden)]
pub fn begin_rows<S: LoopSource>(names: &[Name], source: S) -> (Loop, <S::Row as RowValues>::Variables) {
    let mut query = source.select();
    let variables: Vec<_> = builder::with(|builder| {
        let types = S::Row::types();
        let declare = |(name, data_type): (&Name, _)| builder.declare(Some(name.text), data_type, name.mutable);
        names.iter().zip(types).map(declare).collect()
    });
    let mut seen = vec![];
    for (item, alias) in query.items.iter_mut().zip(VALUES) {
        match &*item.value {
            Ast::Column { name, .. } if !seen.contains(name) => seen.push(name),
            _ => item.alias = Some(alias),
        }
    }
    let names = builder::with(|builder| ["found", "current_row"].map(|name| builder.take_name(name)));
    let bound = S::Row::variables(&variables);
    (open(Kind::Rows { names, query: Box::new(query), variables }), bound)
}

/// What values are called that have no name of their own.
const VALUES: [&str; 8] = ["VALUE_1", "VALUE_2", "VALUE_3", "VALUE_4", "VALUE_5", "VALUE_6", "VALUE_7", "VALUE_8"];

impl Loop {
    /// `'label: ..`
    pub fn labelled(mut self, label: &'static str) -> Self {
        self.label = Some(builder::with(|builder| builder.open_label(label)));
        self
    }

    /// `}`
    pub fn end(self) {
        let label = self.label;
        builder::with(|builder| {
            let body = builder.close();
            if label.is_some() {
                builder.close_label();
            }
            builder.push(match self.kind {
                Kind::While(condition) => Statement::Loop { label, condition, body },
                Kind::Range { variable, from, to, reverse } => {
                    Statement::ForRange { label, reverse, variable, from, to, body }
                }
                Kind::Rows { names, query, variables } => {
                    Statement::ForRows { label, names, query: *query, variables, body }
                }
            });
        });
    }
}

/// `break 'label;`
#[doc(hidden)]
pub fn break_loop(label: Option<&'static str>) {
    builder::with(|builder| {
        let label = label.map(|label| builder.label(label));
        builder.push(Statement::Break(label));
    });
}

/// `continue 'label;`
#[doc(hidden)]
pub fn continue_loop(label: Option<&'static str>) {
    builder::with(|builder| {
        let label = label.map(|label| builder.label(label));
        builder.push(Statement::Continue(label));
    });
}
