//! What is probably wrong with a body. Whether it is, the types tell: whether a parameter is a stream, for instance.

use std::collections::BTreeMap;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Ident, Type};

use super::Write;
use super::walk::Walk;

/// A warning about a body.
pub(crate) struct Doubt {
    /// The name of the rule.
    pub(crate) rule: &'static str,
    /// Its type in `pipeline_dsl::rule::warning`.
    marker: &'static str,
    span: Span,
    /// Whether it applies, as a constant expression.
    pub(crate) applies: TokenStream,
}

impl Doubt {
    /// A constant that the compiler warns about if the doubt applies.
    pub(crate) fn warn(&self) -> TokenStream {
        let (marker, applies) = (Ident::new(self.marker, self.span), &self.applies);
        let name = Ident::new(&crate::names::upper_snake(self.marker), self.span);
        quote_spanned! {self.span=>
            #[allow(dead_code)]
            const _: () = {
                const #name: () = ::pipeline_dsl::rule::warning::#marker::<{ #applies }>::CHECKED;
            };
        }
    }
}

pub(super) fn doubts(walk: &Walk, types: &BTreeMap<String, &Type>) -> Vec<Doubt> {
    let mut doubts = vec![];
    let is_stream = |name: &String| {
        let ty = types[name];
        quote!(::pipeline_dsl::query::is_stream::<#ty>())
    };
    for parameter in &walk.parameters {
        let reads = |write: &&Write| write.sources.iter().any(|source| source.parameter == *parameter);
        let consumers: Vec<_> = walk.writes.iter().filter(reads).collect();
        let [first, others @ ..] = &consumers[..] else { continue };
        if others.is_empty() {
            let sources = first.sources.iter().filter(|source| source.parameter == *parameter);
            let all_drop: Option<Vec<Span>> = sources.map(|source| source.dropping).collect();
            if let Some(&[span, ..]) = all_drop.as_deref() {
                let applies = is_stream(parameter);
                doubts.push(Doubt { rule: "stream-rows-dropped", marker: "StreamRowsDropped", span, applies });
            }
        }
        let later =
            |write: &&Write| write.order > first.order && !write.place.handler && !write.place.excludes(&first.place);
        if first.place.transaction.is_none()
            && !first.place.handler
            && others.is_empty()
            && walk.writes.iter().any(|write| later(&write))
        {
            let applies = is_stream(parameter);
            let span = first.span;
            doubts.push(Doubt { rule: "stream-transaction", marker: "StreamTransaction", span, applies });
        }
    }
    doubts.extend(written_sources(walk, types));
    for span in &walk.swallowed {
        doubts.push(Doubt { rule: "error-swallowed", marker: "ErrorSwallowed", span: *span, applies: quote!(true) });
    }
    for (span, argument) in &walk.injected {
        let ty = types[argument];
        let applies = quote!(::pipeline_dsl::query::is_text::<#ty>());
        doubts.push(Doubt { rule: "execute-injection", marker: "ExecuteInjection", span: *span, applies });
    }
    for (parameter, column, span) in &walk.decided {
        let ty = types[parameter];
        let applies = quote!(::pipeline_dsl::query::numbers_rows::<#ty>(#column));
        doubts.push(Doubt { rule: "autoincrement-order", marker: "AutoincrementOrder", span: *span, applies });
    }
    for (span, procedure, written) in &walk.nested {
        let tables: Vec<_> = written.iter().filter_map(|name| types.get(name)).collect();
        let applies = quote! {
            ::pipeline_dsl::query::would_wait::<#procedure>(&[#(<#tables as ::pipeline_dsl::node::Object>::NODE),*])
        };
        doubts.push(Doubt { rule: "call-deadlock", marker: "CallDeadlock", span: *span, applies });
    }
    doubts
}

/// A stream is read after its source was written in the same transaction.
fn written_sources(walk: &Walk, types: &BTreeMap<String, &Type>) -> Vec<Doubt> {
    let mut doubts: Vec<Doubt> = vec![];
    let by_reads = walk.reads.iter().map(|read| (&read.source, &read.place, read.order));
    let by_writes =
        walk.writes.iter().flat_map(|write| write.sources.iter().map(|source| (source, &write.place, write.order)));
    for (source, place, order) in by_reads.chain(by_writes) {
        let earlier = walk.writes.iter().find(|write| {
            write.order < order
                && write.place.transaction.is_some()
                && write.place.transaction == place.transaction
                && !write.place.excludes(place)
                && !write.targets.contains(&source.parameter)
        });
        let Some(earlier) = earlier else { continue };
        let Some(stream) = types.get(&source.parameter) else { continue };
        let tables = earlier.targets.iter().filter_map(|target| types.get(target));
        let applies = quote!(#(::pipeline_dsl::query::follows::<#stream, #tables>())||*);
        let span = source.span;
        doubts.push(Doubt { rule: "stream-source-written", marker: "StreamSourceWritten", span, applies });
    }
    doubts
}
