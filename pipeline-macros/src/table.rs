//! `#[table(schema = ..)]` with `#[column(..)]` on its fields.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{Expr, ItemStruct, Lit};

use crate::columns::{ColumnField, ColumnKind, expand_checks, expand_relation, expand_source, parse_columns};
use crate::database::{retention_check, retention_of, retention_span};
use crate::errors::{Errors, rule};
use crate::more::More;
use crate::names::{doc_comment, sql_name};
use crate::node::{Node, impl_span, option};
use crate::options::{Options, Value, as_call, as_literal, choice, mistake};
use crate::unit::{check_generics, parse_struct};

/// Functions of Snowflake without arguments that a default may call.
const DEFAULT_FUNCTIONS: &[&str] = &[
    "current_timestamp",
    "systimestamp",
    "localtimestamp",
    "sysdate",
    "current_date",
    "current_time",
    "current_user",
    "current_role",
    "current_warehouse",
    "current_account",
    "uuid_string",
];

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut item = match parse_struct("table", item) {
        Ok(item) => item,
        Err(tokens) => return tokens,
    };
    let mut errors = Errors::default();
    check_generics("table", &item, &mut errors);
    let mut options = Options::parse(args, item.ident.span(), &mut errors);
    let given = options.text("name", &mut errors);
    let name = sql_name(&item.ident, given.as_ref(), &mut errors);
    let external = options.flag("external", &mut errors).unwrap_or(false);
    let help = "write `#[table(schema = SomeSchema)]`";
    let schema = options.required_path("schema", help, &mut errors);
    let temporary = options.flag("temporary", &mut errors).unwrap_or(false);
    let transient = options.flag("transient", &mut errors).unwrap_or(false);
    let change_tracking = options.flag("change_tracking", &mut errors).unwrap_or(false);
    let span = retention_span(&options);
    let days = retention_of(&mut options, &mut errors);
    let cluster_by = options.paths("cluster_by", &mut errors);
    let more = More::read("table", &mut options, &mut errors);
    options.finish("table", &mut errors);

    let columns = parse_columns("table", &mut item, &mut errors);
    let cluster_by = clustering(&cluster_by, &columns, &mut errors);
    let ident = &item.ident;
    let comment = doc_comment(&item.attrs);
    let node = Node {
        ident,
        kind: "Table",
        name: &name,
        parent: option(schema.map(|schema| quote!(::pipeline_dsl::__private::schema_node::<#schema>()))),
        comment: &comment,
        external,
        definition: quote! {
            ::pipeline_dsl::object::Definition::Table(::pipeline_dsl::object::TableDef {
                columns: <#ident as ::pipeline_dsl::node::Relation>::COLUMNS,
                temporary: #temporary,
                transient: #transient,
                #days
                cluster_by: &[#(#cluster_by),*],
                change_tracking: #change_tracking,
            })
        },
    };
    let object = node.expand(&more);
    let retention = retention_check(ident, span);
    let quoted = more.warn_name(given.as_ref(), external, ident);
    let table = expand_table(&item, &columns);
    let checks = expand_checks(ident, &columns);
    let errors = errors.into_tokens();
    if !item.generics.params.is_empty() {
        return quote!(#item #errors);
    }
    quote!(#item #errors #object #table #checks #retention #quoted)
}

/// What a table is beside an object.
fn expand_table(item: &ItemStruct, columns: &[ColumnField]) -> TokenStream {
    let ident = &item.ident;
    let relation = expand_relation(item, columns, true);
    let readable = expand_source(ident);
    let table = quote_spanned! {impl_span(ident)=>
        #[automatically_derived]
        impl ::pipeline_dsl::node::Table for #ident {}

        #[automatically_derived]
        impl ::pipeline_dsl::query::Writable for #ident {
            type Handle = ::pipeline_dsl::query::Writing<Self>;

            const TARGET: ::pipeline_dsl::node::NodeRef = <Self as ::pipeline_dsl::node::Object>::NODE;

            fn handle() -> Self::Handle {
                ::pipeline_dsl::query::writing()
            }
        }
    };
    quote!(#relation #readable #table)
}

/// The SQL names of the columns of `cluster_by`.
fn clustering(paths: &[syn::Path], columns: &[ColumnField], errors: &mut Errors) -> Vec<String> {
    let mut names = Vec::new();
    for path in paths {
        let field = path.get_ident();
        let column = columns.iter().find(|column| field.is_some_and(|field| column.ident == *field));
        match column.map(|column| &column.kind) {
            Some(ColumnKind::Column { name, .. }) => names.push(name.clone()),
            _ => {
                let known: Vec<_> = columns.iter().map(|column| column.ident.unraw().to_string()).collect();
                let known: Vec<_> = known.iter().map(String::as_str).collect();
                let found = path.to_token_stream().to_string();
                let message = format!("the table has no column `{found}`");
                errors.at(path, rule(&message, "cluster-by-column", &choice(&found, &known)));
            }
        }
    }
    names
}

pub(crate) fn parse_default(value: &Expr, errors: &mut Errors) -> Option<TokenStream> {
    let variant = |tokens: TokenStream| Some(quote!(::pipeline_dsl::object::DefaultValue::#tokens));
    if let Some((negative, literal)) = as_literal(value) {
        let number = |digits: &str| format!("{}{digits}", if negative { "-" } else { "" });
        match literal {
            Lit::Str(text) if !negative => return variant(quote!(Text(#text))),
            Lit::Bool(value) if !negative => return variant(quote!(Boolean(#value))),
            Lit::Int(literal) if literal.suffix().is_empty() => {
                let number = number(literal.base10_digits());
                return variant(quote!(Number(#number)));
            }
            Lit::Float(literal) if literal.suffix().is_empty() => {
                let number = number(literal.base10_digits());
                return variant(quote!(Number(#number)));
            }
            _ => {}
        }
    }
    if let Some((path, arguments)) = as_call(value)
        && let Some(function) = path.get_ident()
        && arguments.is_empty()
    {
        if DEFAULT_FUNCTIONS.iter().any(|known| function == known) {
            let name = function.to_string().to_ascii_uppercase();
            return variant(quote!(Function(#name)));
        }
        let help = choice(&function.to_string(), DEFAULT_FUNCTIONS);
        errors.at(function, rule(&format!("`{function}` cannot be a default"), "default-function", &help));
        return None;
    }
    let message = "a default is text, a number, `true`, `false` or a function such as `current_timestamp()`";
    errors.at(value, rule(message, "default-form", ""));
    None
}

pub(crate) fn parse_autoincrement(value: &Value, entry: &impl ToTokens, errors: &mut Errors) -> Option<TokenStream> {
    let (mut start, mut step) = (1_i64, 1_i64);
    match value {
        Value::None => {}
        Value::List(list) => {
            let mut read = |meta: syn::meta::ParseNestedMeta<'_>| {
                let target = if meta.path.is_ident("start") {
                    &mut start
                } else if meta.path.is_ident("step") {
                    &mut step
                } else {
                    return Err(meta.error("expected `start` or `step`"));
                };
                let value: Expr = meta.value()?.parse()?;
                let number = match as_literal(&value) {
                    Some((negative, Lit::Int(number))) => {
                        number.base10_parse::<i64>().ok().map(|number| if negative { -number } else { number })
                    }
                    _ => None,
                };
                *target = number.ok_or_else(|| syn::Error::new(value.span(), "expected a whole number"))?;
                Ok(())
            };
            errors.handle(syn::meta::parser(&mut read).parse2(list.clone()));
            if step == 0 {
                errors.at(entry, rule("the step of `autoincrement` cannot be 0", "column-autoincrement-step", ""));
            }
        }
        Value::Expr(_) => {
            errors.at(entry, mistake("write `autoincrement` or `autoincrement(start = 1, step = 1)`"));
            return None;
        }
    }
    Some(quote!(::pipeline_dsl::object::Autoincrement { start: #start, step: #step }))
}
