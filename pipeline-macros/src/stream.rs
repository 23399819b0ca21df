//! `#[stream(on = ..)]`

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use crate::columns::expand_readable;
use crate::errors::{Errors, rule};
use crate::node::{Node, impl_span, option};
use crate::options::{Options, Value, joined_span, mistake};
use crate::unit::Unit;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut unit = match Unit::parse("stream", args, item) {
        Ok(unit) => unit,
        Err(tokens) => return tokens,
    };
    let Unit { options, errors, .. } = &mut unit;
    let source = options.required_path("on", "write `#[stream(on = SomeTable)]`", errors);
    // A view without typed columns of its own: its rows are read as those of a table.
    let columns_of = options.path("columns_of", errors);
    let schema = options.path("schema", errors);
    let append_only = options.flag("append_only", errors).unwrap_or(false);
    let show_initial_rows = options.flag("show_initial_rows", errors).unwrap_or(false);
    let start = Start::read(options, errors);
    let ident = &unit.item.ident;
    let generated = source.map(|source| {
        let (node, parent) = match &columns_of {
            Some(_) => {
                let view = quote!(::pipeline_dsl::__private::view_node::<#source>());
                (view.clone(), quote!(#view.get().parent))
            }
            None => (
                quote!(::pipeline_dsl::__private::source_node::<#ident>()),
                quote!(::pipeline_dsl::__private::source_schema::<#ident>()),
            ),
        };
        let rows = columns_of.as_ref().unwrap_or(&source);
        let started = option(start.as_ref().map(|start| start.tokens.clone()));
        let definition = quote! {
            ::pipeline_dsl::object::Definition::Stream(::pipeline_dsl::object::StreamDef {
                source: #node,
                append_only: #append_only,
                show_initial_rows: #show_initial_rows,
                start: #started,
            })
        };
        let object = Node {
            ident,
            kind: "Stream",
            name: &unit.name,
            parent: match schema {
                Some(schema) => option(Some(quote!(::pipeline_dsl::__private::schema_node::<#schema>()))),
                None => parent,
            },
            comment: &unit.comment,
            external: unit.external,
            definition,
        };
        let object = object.expand(&unit.more);
        let stream = quote_spanned! {impl_span(ident)=>
            #[automatically_derived]
            impl ::pipeline_dsl::node::Stream for #ident {
                type Source = #rows;
            }
        };
        let readable = expand_readable(ident);
        let all_changes = (!append_only).then(|| {
            quote_spanned! {impl_span(ident)=>
                #[automatically_derived]
                impl ::pipeline_dsl::node::AllChanges for #ident {}
            }
        });
        let node_of = |path: TokenStream| quote!(<#path as ::pipeline_dsl::node::Object>::NODE);
        let own = node_of(quote!(#ident));
        let mut checks = TokenStream::new();
        let span = joined_span(&source);
        let view = match &columns_of {
            Some(_) => node_of(quote!(#source)),
            None => quote!(::pipeline_dsl::__private::source_node::<#ident>()),
        };
        checks.extend(quote_spanned! {span=>
            const VIEW: () = ::pipeline_dsl::object::check_view(#own, #view);
        });
        if let Some(Start { stream: Some(other), .. }) = &start {
            let span = joined_span(other);
            let other = node_of(quote!(#other));
            checks.extend(quote_spanned! {span=>
                const POINT: () = ::pipeline_dsl::object::check_point(#own, #other);
            });
        }
        let of_interest = ["StreamNoRetention", "StreamViewVolatile"].into_iter().filter(|_| !unit.external);
        let warnings: TokenStream = of_interest.map(|marker| unit.more.warn(marker, ident, span)).collect();
        quote!(#object #stream #readable #all_changes #[allow(dead_code)] const _: () = { #checks }; #warnings)
    });
    unit.finish("stream", generated.unwrap_or_default())
}

/// `at(..)` or `before(..)`.
struct Start {
    tokens: TokenStream,
    /// The stream whose place is taken over.
    stream: Option<Path>,
}

impl Start {
    fn read(options: &mut Options, errors: &mut Errors) -> Option<Self> {
        let at = options.take("at");
        let before = options.take("before");
        if let (Some(_), Some(before)) = (&at, &before) {
            let message = "a stream starts `at` or `before` one point, not both";
            errors.at(&before.key, rule(message, "stream-one-point", "remove one of them"));
            return None;
        }
        let is_before = before.is_some();
        let entry = at.or(before)?;
        let Value::List(list) = entry.value else {
            errors.at(&entry, mistake("expected a point: `at(offset = \"1 hour\")`"));
            return None;
        };
        let mut inner = Options::parse(list, entry.key.span(), errors);
        let mut points = Vec::new();
        let mut other = None;
        let mut point = |span: Span, variant: TokenStream| {
            points.push((span, quote!(::pipeline_dsl::object::StreamPoint::#variant)));
        };
        if let Some(text) = inner.text("timestamp", errors) {
            let checked = quote_spanned!(text.span()=> ::pipeline_dsl::__private::check_timestamp(#text));
            point(text.span(), quote!(Timestamp(#checked)));
        }
        if let Some(text) = inner.text("offset", errors) {
            let days90 = 90_u64 * 24 * 3600;
            let checked = quote_spanned!(text.span()=>
                ::pipeline_dsl::__private::check_seconds_from("offset", #text, 1, #days90) as u32);
            point(text.span(), quote!(SecondsAgo(#checked)));
        }
        if let Some(text) = inner.text("statement", errors) {
            let checked = quote_spanned!(text.span()=> ::pipeline_dsl::__private::check_query_id(#text));
            point(text.span(), quote!(Statement(#checked)));
        }
        if let Some(stream) = inner.path("stream", errors) {
            point(joined_span(&stream), quote!(Stream(::pipeline_dsl::__private::stream_node::<#stream>())));
            other = Some(stream);
        }
        inner.finish("stream(at(..))", errors);
        let help = "write one of `timestamp`, `offset`, `statement` and `stream`";
        match &points[..] {
            [(_, point)] => {
                let tokens = quote!(::pipeline_dsl::object::StreamStart { before: #is_before, point: #point });
                Some(Self { tokens, stream: other })
            }
            [] => {
                errors.at(&entry.key, rule("the point is missing", "stream-one-point", help));
                None
            }
            [_, (span, _), ..] => {
                errors.span(*span, rule("a stream starts at one point", "stream-one-point", help));
                None
            }
        }
    }
}
