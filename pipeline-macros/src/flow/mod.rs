//! What a procedure does with its parameters, statement by statement: which statements write, what they read for it, and in which
//! transaction. Rules about bodies need no more than that; whether a parameter is a stream, the types tell.

mod chain;
mod control;
mod doubt;
mod text;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Span, TokenStream};
use syn::{Block, Type};

use crate::errors::{Errors, rule};
use crate::function::{Parameter, Role};

pub(crate) use self::doubt::Doubt;

/// What is known about a body.
pub(crate) struct Flow {
    /// The parameters that a statement which writes may read.
    pub(crate) consumes: BTreeSet<String>,
    /// What is probably wrong.
    pub(crate) doubts: Vec<Doubt>,
    /// Whether it begins transactions.
    pub(crate) transactional: bool,
    /// Whether there are mistakes, which have been reported.
    pub(crate) mistaken: bool,
}

/// Where a statement stands.
#[derive(Clone, Default)]
struct Place {
    /// The branches around: of which `if` or `match`, and which of its parts.
    branches: Vec<(usize, usize)>,
    transaction: Option<usize>,
    /// In what runs after an error.
    handler: bool,
}

impl Place {
    fn excludes(&self, other: &Self) -> bool {
        let apart = |(number, part): &(usize, usize)| {
            other.branches.iter().any(|(known, others)| known == number && others != part)
        };
        self.branches.iter().any(apart)
    }
}

/// A parameter, and what a statement takes of its rows.
#[derive(Clone)]
struct Source {
    parameter: String,
    /// Methods that leave rows out for good, with their places.
    dropping: Option<Span>,
    span: Span,
}

/// A statement that writes.
struct Write {
    /// The parameter that is written.
    target: String,
    sources: Vec<Source>,
    place: Place,
    span: Span,
    /// How many statements were begun before.
    order: usize,
}

/// A statement that only reads.
struct Read {
    source: Source,
    place: Place,
    order: usize,
}

/// Reads the body of a procedure. Mistakes are only reported if there are none yet: they may be what is behind them.
pub(crate) fn read(block: &Block, parameters: &[Parameter<'_>], owner: bool, errors: &mut Errors) -> Flow {
    let mut walk = walk::Walk::new(parameters, owner);
    walk.block(block);
    let mistaken = errors.is_empty() && !walk.mistakes.is_empty();
    if mistaken {
        for (span, mistake) in walk.mistakes.drain(..) {
            errors.span(span, mistake);
        }
    }
    let consumed = walk.writes.iter().flat_map(|write| &write.sources).map(|source| source.parameter.clone());
    let mut consumes: BTreeSet<String> = consumed.chain(walk.escaped.iter().cloned()).collect();
    if walk.dynamic {
        consumes.extend(walk.parameters.iter().cloned());
    }
    let doubts = doubt::doubts(&walk, &types(parameters));
    Flow { consumes, doubts, transactional: walk.transactions > 0, mistaken }
}

fn types<'a>(parameters: &[Parameter<'a>]) -> BTreeMap<String, &'a Type> {
    let ty = |parameter: &Parameter<'a>| match parameter.role {
        Role::Read(ty) | Role::Write(ty) | Role::Argument(ty) => (parameter.name.to_string(), ty),
    };
    parameters.iter().map(ty).collect()
}

/// A mistake with its rule.
fn mistake(mistakes: &mut Vec<(Span, String)>, span: Span, message: &str, name: &str, help: &str) {
    mistakes.push((span, rule(message, name, help)));
}

/// Whether any of the names stands in the tokens.
fn mentions(tokens: TokenStream, names: &BTreeSet<String>) -> bool {
    tokens.into_iter().any(|token| match token {
        proc_macro2::TokenTree::Ident(ident) => names.contains(&ident.to_string()),
        proc_macro2::TokenTree::Group(group) => mentions(group.stream(), names),
        _ => false,
    })
}
