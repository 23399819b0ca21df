//! What a procedure does with its parameters, statement by statement: which statements write, what they read for it, and in which
//! transaction. Rules about bodies need no more than that; whether a parameter is a stream, the types tell.

mod chain;
mod control;
mod doubt;
mod group;
mod text;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Span, TokenStream};
use syn::{Block, Type};

use crate::errors::{Errors, rule};
use crate::function::{Parameter, Role};

pub(crate) use self::doubt::Doubt;
pub(crate) use self::group::check as check_groups;

/// What is known about a body.
pub(crate) struct Flow {
    /// The parameters that a statement which writes may read.
    pub(crate) consumes: BTreeSet<String>,
    /// What is probably wrong.
    pub(crate) doubts: Vec<Doubt>,
    /// The parameters that one run may read in two statements that write, outside of one transaction, each with the place of
    /// the second.
    pub(crate) twice: Vec<(String, Span)>,
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
    /// The parameters that are written.
    targets: Vec<String>,
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
    let twice = twice(&walk);
    if errors.is_empty() {
        group::check(block, errors);
    }
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
    Flow { consumes, doubts, twice, transactional: walk.transactions > 0, mistaken }
}

/// See [`Flow::twice`].
fn twice(walk: &walk::Walk) -> Vec<(String, Span)> {
    let mut found: Vec<(String, Span)> = vec![];
    let reads = |write: &Write, parameter: &str| write.sources.iter().any(|source| source.parameter == *parameter);
    for parameter in &walk.parameters {
        let consumers: Vec<_> = walk.writes.iter().filter(|write| reads(write, parameter)).collect();
        let again = consumers.iter().enumerate().find(|(index, second)| {
            consumers[..*index].iter().any(|first| {
                let together = first.place.transaction.is_some() && first.place.transaction == second.place.transaction;
                // What a transaction had taken, the handler of its error finds again.
                let undone = first.place.transaction.is_some() && second.place.handler && !first.place.handler;
                !together && !undone && !first.place.excludes(&second.place)
            })
        });
        found.extend(again.map(|(_, second)| (parameter.clone(), second.span)));
    }
    found
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

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(body: &str) -> (Flow, String) {
        let text =
            format!("fn f(a: &A, b: &B, t: &mut T, u: &mut U, name: Varchar, day: Date) -> Integer {{ {body} }}");
        let function: syn::ItemFn = syn::parse_str(&text).unwrap();
        let mut errors = Errors::default();
        let parameters = crate::function::parameters("procedure", &function.sig, &mut errors);
        let flow = read(&function.block, &parameters, true, &mut errors);
        (flow, errors.into_tokens().to_string())
    }

    /// What is consumed, and the rules that are broken, or may be: that depends on the types.
    fn found(body: &str) -> (Vec<String>, Vec<String>) {
        let (flow, mistakes) = flow(body);
        let mut rules: Vec<_> = flow.doubts.iter().map(|doubt| doubt.rule.to_owned()).collect();
        rules.extend(mistakes.split("= rule: ").skip(1).filter_map(|part| part.split('\\').next()).map(str::to_owned));
        rules.sort();
        rules.dedup();
        (flow.consumes.into_iter().collect(), rules)
    }

    #[test]
    fn what_a_body_consumes_and_gets_wrong() {
        for (body, consumes, rules) in [
            ("a.count()", &[] as &[&str], &[] as &[&str]),
            ("t.insert(a.select(|a| T { id: a.id }))", &["a"], &[]),
            // Through a name, in a join, in a condition of a row.
            ("let some = a.filter(|a| a.is_inserted()); t.insert(some.select(|a| T { id: a.id }))", &["a"], &[]),
            ("t.insert(b.full_join(a, |b, a| b.id == a.id).select(|b, a| T { id: a.id }))", &["a", "b"], &[]),
            ("t.filter(|t| is_in_rows(t.id, a.values(|a| a.id))).delete()", &["a"], &[]),
            // A number that was read before consumes nothing.
            ("let rows = a.count(); t.insert(T { id: rows })", &[], &[]),
            ("for id in a.values(|a| a.id) { t.insert(T { id: id }); } 0", &[], &[]),
            ("helper(a); 0", &["a"], &[]),
            ("execute_immediate(\"DELETE FROM X\", ()); 0", &["a", "b", "t", "u"], &[]),
            // Rows that are left out.
            ("t.insert(a.filter(|a| a.id > 1).select(|a| T { id: a.id }))", &["a"], &["stream-rows-dropped"]),
            (
                "transaction(|| { t.insert(a.filter(|a| a.id > 1).select(f)); u.insert(a.filter(|a| a.id < 2).select(f)); }); 0",
                &["a"],
                &["stream-source-written"],
            ),
            // Work after a stream was consumed.
            ("t.insert(a.select(f)); u.delete_all(); 0", &["a"], &["stream-transaction"]),
            ("if x { t.insert(a.select(f)); } else { u.delete_all(); } 0", &["a"], &[]),
            ("transaction(|| { t.insert(a.select(f)); u.delete_all(); }); 0", &["a"], &[]),
            ("on_error(|_| { u.delete_all(); }); t.insert(a.select(f))", &["a"], &[]),
            // The source is written first.
            ("transaction(|| { u.delete_all(); t.insert(a.select(f)); }); 0", &["a"], &["stream-source-written"]),
            ("loop { if x { break; } } 0", &[], &[]),
            ("loop { loop { break; } } 0", &[], &["loop-endless"]),
            ("loop { for i in 1..=2 { raise(E); } } 0", &[], &[]),
            (
                "let text = concat((\"DROP \", name)); execute_immediate(text, ()); 0",
                &["a", "b", "t", "u"],
                &["execute-injection"],
            ),
            ("execute_immediate(\"BEGIN LET X := 1; END\", ()); 0", &["a", "b", "t", "u"], &[]),
            (
                "transaction(|| { execute_immediate(\"-- x\\nalter table y\", ()); }); 0",
                &["a", "b", "t", "u"],
                &["execute-transaction"],
            ),
            ("t.insert(a.filter(|a| \"UPDATE\" == a.action()).select(f))", &["a"], &["stream-action"]),
            // Rows that find no partner in a join.
            ("t.insert(a.join(b, f).select(g))", &["a", "b"], &["stream-rows-dropped"]),
            ("t.insert(a.left_join(b, f).select(g))", &["a", "b"], &["stream-rows-dropped"]),
            ("t.insert(b.full_join(a, f).select(g))", &["a", "b"], &[]),
            // Into several tables at once.
            ("a.insert_all().when(f, t, g).always(u, g).run()", &["a"], &[]),
            ("a.insert_first().when(f, t, g).run(); u.delete_all(); 0", &["a"], &["stream-transaction"]),
            ("t.update_from(a.latest_by(f, g)).on(h).set(i)", &["a"], &[]),
            ("t.insert(a.group_by(|o| o.x).select(|o| T { x: o.x, y: o.y }))", &["a"], &["group-columns"]),
            ("t.merge(a.latest_by(f, g)).on(h).delete_removed().insert(i).run()", &["a"], &[]),
            ("t.merge(a.latest_by(f, g)).on(h).run()", &["a"], &["merge-clauses"]),
            ("t.insert(a.latest_by(|a| a.id, |a| a.number.desc()).select(f))", &["a"], &["autoincrement-order"]),
            ("attempt(|| { t.delete_all(); }, |_| {}); 0", &[], &["error-swallowed"]),
            ("transaction(|| { t.delete_all(); call(p, ()); }); 0", &[], &["call-deadlock"]),
        ] {
            let (consumed, broken) = found(body);
            assert_eq!(
                (&consumed[..], &broken[..]),
                (
                    &consumes.iter().map(ToString::to_string).collect::<Vec<_>>()[..],
                    &rules.iter().map(ToString::to_string).collect::<Vec<_>>()[..]
                ),
                "{body}"
            );
        }
    }

    #[test]
    fn two_statements_need_one_transaction() {
        for (body, twice) in [
            ("t.insert(a.select(f)); u.insert(b.select(f)); 0", &[] as &[&str]),
            ("t.insert(a.select(f)); u.insert(a.select(f)); 0", &["a"]),
            ("t.insert(a.select(f)); a.insert_all().always(u, f).run(); 0", &["a"]),
            ("t.insert(a.select(f)); t.update_from(a.latest_by(f, g)).on(h).set(i); 0", &["a"]),
            ("let some = a.filter(f); t.insert(some.select(f)); u.insert(b.join(some, f).select(g)); 0", &["a"]),
            ("transaction(|| { t.insert(a.select(f)); u.insert(a.select(f)); }); 0", &[]),
            ("transaction(|| { t.insert(a.select(f)); }); transaction(|| { u.insert(a.select(f)); }); 0", &["a"]),
            ("if x { t.insert(a.select(f)); } else { u.insert(a.select(f)); } 0", &[]),
            ("match x { 1 => { t.insert(a.select(f)); } _ => { u.insert(a.select(f)); } } 0", &[]),
            ("if x { t.insert(a.select(f)); } u.insert(a.select(f)); 0", &["a"]),
            ("on_error(|_| { u.insert(a.select(f)); }); transaction(|| { t.insert(a.select(f)); }); 0", &["a"]),
            ("attempt(|| { transaction(|| { t.insert(a.select(f)); }); }, |_| { u.insert(a.select(f)); }); 0", &[]),
            ("t.insert(a.select(f)); let n = a.count(); n", &[]),
        ] {
            let flow = flow(body).0;
            let found: Vec<_> = flow.twice.iter().map(|(parameter, _)| parameter.as_str()).collect();
            assert_eq!(found, twice, "{body}");
        }
    }
}
