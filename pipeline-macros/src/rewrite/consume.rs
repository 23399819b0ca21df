//! Which statements consume a stream: two of them see different changes, unless one transaction holds both.

use proc_macro2::{Span, TokenStream, TokenTree};

/// The statements seen so far, and where the rewriter is.
#[derive(Default)]
pub(super) struct Consumed {
    statements: Vec<Statement>,
    /// The branches around: which `if`, and which part of it.
    branches: Vec<(usize, bool)>,
    ifs: usize,
    transaction: Option<usize>,
    transactions: usize,
}

struct Statement {
    source: String,
    span: Span,
    branches: Vec<(usize, bool)>,
    transaction: Option<usize>,
}

impl Consumed {
    /// A statement that writes; its arguments may name any of `parameters`.
    pub(super) fn statement<'a>(
        &mut self,
        parameters: impl Iterator<Item = &'a String>,
        arguments: &TokenStream,
        span: Span,
    ) {
        for source in parameters.filter(|name| mentions(arguments.clone(), name)) {
            self.statements.push(Statement {
                source: source.clone(),
                span,
                branches: self.branches.clone(),
                transaction: self.transaction,
            });
        }
    }

    pub(super) fn begin_transaction(&mut self) {
        self.transactions += 1;
        self.transaction = Some(self.transactions);
    }

    pub(super) fn end_transaction(&mut self) {
        self.transaction = None;
    }

    /// Enters an `if`, in its first branch. Returns its number.
    pub(super) fn begin_if(&mut self) -> usize {
        self.ifs += 1;
        self.branches.push((self.ifs, true));
        self.ifs
    }

    /// Goes on to the other branch.
    pub(super) fn otherwise(&mut self, number: usize) {
        self.branches.pop();
        self.branches.push((number, false));
    }

    pub(super) fn end_if(&mut self) {
        self.branches.pop();
    }

    /// The sources that one run may consume in two statements outside of one transaction, each with the second statement.
    pub(super) fn twice(&self) -> Vec<(String, Span)> {
        let mut found: Vec<(String, Span)> = vec![];
        for (index, second) in self.statements.iter().enumerate() {
            let apart = |first: &Statement| {
                let same_transaction = first.transaction.is_some() && first.transaction == second.transaction;
                let exclusive =
                    first.branches.iter().any(|(number, branch)| second.branches.contains(&(*number, !branch)));
                first.source == second.source && !same_transaction && !exclusive
            };
            if self.statements[..index].iter().any(apart) && found.iter().all(|(source, _)| *source != second.source) {
                found.push((second.source.clone(), second.span));
            }
        }
        found
    }
}

fn mentions(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_statements_need_one_transaction() {
        let name = String::from("changes");
        let consume = |consumed: &mut Consumed| {
            consumed.statement([&name].into_iter(), &quote::quote!(changes.select(f)), Span::call_site());
        };
        let mut one = Consumed::default();
        consume(&mut one);
        one.statement([&name].into_iter(), &quote::quote!(other), Span::call_site());
        assert!(one.twice().is_empty());
        consume(&mut one);
        assert_eq!(one.twice().len(), 1);

        let mut together = Consumed::default();
        together.begin_transaction();
        consume(&mut together);
        consume(&mut together);
        together.end_transaction();
        assert!(together.twice().is_empty());
        together.begin_transaction();
        consume(&mut together);
        assert_eq!(together.twice().len(), 1);

        let mut exclusive = Consumed::default();
        let number = exclusive.begin_if();
        consume(&mut exclusive);
        exclusive.otherwise(number);
        consume(&mut exclusive);
        assert!(exclusive.twice().is_empty());
        exclusive.end_if();
        consume(&mut exclusive);
        assert_eq!(exclusive.twice().len(), 1);
    }
}
