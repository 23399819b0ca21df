//! Structs with a field per column: those of tables, of views, and of the rows of queries.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Attribute, Field, Fields, Ident, ItemStruct, Meta, Type, Visibility};

use crate::errors::{Errors, rule};
use crate::names::{doc_comment, lower_snake, sql_name};
use crate::node::{impl_span, option};
use crate::options::{Options, Value, joined_span, mistake};
use crate::table;

/// A field and what its attribute says.
pub(crate) struct ColumnField {
    pub(crate) ident: Ident,
    vis: Visibility,
    ty: Type,
    pub(crate) kind: ColumnKind,
    docs: Vec<Attribute>,
}

pub(crate) enum ColumnKind {
    /// All columns of another table.
    Flatten,
    Column {
        name: String,
        default: Option<TokenStream>,
        autoincrement: Option<TokenStream>,
        comment: String,
        /// Where its default or numbering is reported as wrong.
        checked: Option<Span>,
    },
}

/// Reads the fields and takes the `#[column]` attributes off them.
pub(crate) fn parse_columns(noun: &str, item: &mut ItemStruct, errors: &mut Errors) -> Vec<ColumnField> {
    let Fields::Named(fields) = &mut item.fields else {
        let message = format!("a {noun} needs a struct with a field for each column");
        errors.at(&item.ident, rule(&message, "item-shape", "write `struct Name { id: Integer, .. }`"));
        return Vec::new();
    };
    if fields.named.is_empty() {
        let help = "add a field such as `id: Integer`";
        errors.at(&item.ident, rule(&format!("a {noun} needs at least one column"), "table-columns", help));
    }
    let mut columns: Vec<ColumnField> = Vec::new();
    for field in &mut fields.named {
        let Some(column) = parse_column(noun, field, errors) else { continue };
        if let ColumnKind::Column { name, .. } = &column.kind {
            let same =
                |other: &&ColumnField| matches!(&other.kind, ColumnKind::Column { name: known, .. } if known == name);
            if let Some(other) = columns.iter().find(same) {
                let message =
                    format!("two columns are called `{name}`: the fields `{}` and `{}`", other.ident, column.ident);
                errors.at(&column.ident, rule(&message, "column-name", ""));
            }
        }
        columns.push(column);
    }
    columns
}

fn parse_column(noun: &str, field: &mut Field, errors: &mut Errors) -> Option<ColumnField> {
    let ident = field.ident.clone()?;
    let mut args = TokenStream::new();
    field.attrs.retain(|attr| {
        if !attr.path().is_ident("column") {
            return true;
        }
        match &attr.meta {
            Meta::List(list) => args.extend(list.tokens.clone().into_iter().chain(quote!(,))),
            _ => {
                let message = "`#[column]` has its options in parentheses";
                errors.at(attr, rule(message, "option-value", "write `#[column(autoincrement)]`"));
            }
        }
        false
    });
    let mut options = Options::parse(args, ident.span(), errors);
    if noun != "table" {
        for option in ["default", "autoincrement"] {
            if let Some(entry) = options.take(option) {
                let message = format!("a column of a {noun} has no `{option}`: its value comes from the query");
                errors.at(&entry.key, rule(&message, "column-of-a-query", "leave it out"));
            }
        }
    }
    let docs: Vec<_> = field.attrs.iter().filter(|attr| attr.path().is_ident("doc")).cloned().collect();
    let flatten = options.flag("flatten", errors).unwrap_or(false);
    let kind = if flatten {
        ColumnKind::Flatten
    } else {
        let given = options.text("name", errors);
        let name = sql_name(&ident, given.as_ref(), errors);
        let mut checked = None;
        let default = options.take("default").and_then(|entry| {
            let Value::Expr(value) = &entry.value else {
                errors
                    .at(&entry, mistake("expected a value: `default = \"ACTIVE\"` or `default = current_timestamp()`"));
                return None;
            };
            checked = Some(joined_span(value));
            table::parse_default(value, errors)
        });
        let autoincrement = options.take("autoincrement").and_then(|entry| {
            checked = checked.or(Some(entry.key.span()));
            if default.is_some() {
                let message = "a column has either `default` or `autoincrement`";
                errors.at(&entry.key, rule(message, "column-default-and-autoincrement", ""));
            }
            table::parse_autoincrement(&entry.value, &entry, errors)
        });
        ColumnKind::Column { name, default, autoincrement, comment: doc_comment(&docs), checked }
    };
    options.finish("column", errors);
    Some(ColumnField { ident, vis: field.vis.clone(), ty: field.ty.clone(), kind, docs })
}

/// Something of the table that is flattened. All at the place of the type: what is said twice there, the compiler says once.
fn of_table(ty: &syn::Type, what: &str, arguments: &TokenStream) -> TokenStream {
    let span = joined_span(ty);
    let what = Ident::new(what, span);
    quote_spanned!(span=> <#ty as ::pipeline_dsl::node::Relation>::#what #arguments)
}

/// The struct of column handles, and the implementations of what all types with columns are. `defaults` says that a new row may
/// leave columns out.
pub(crate) fn expand_relation(item: &ItemStruct, columns: &[ColumnField], defaults: bool) -> TokenStream {
    let ident = &item.ident;
    let vis = &item.vis;
    let name = ident.unraw().to_string();
    let alias = lower_snake(&name);
    let handles = format_ident!("{}Columns", ident.unraw(), span = ident.span());
    let fields = columns.iter().map(|column| {
        let ColumnField { ident, vis, ty, kind, docs } = column;
        match kind {
            ColumnKind::Flatten => {
                let default = docs.is_empty().then(|| format!(" The columns of `{}`.", ty.to_token_stream()));
                let default = default.map(|text| quote!(#[doc = #text]));
                let columns = of_table(ty, "Columns", &TokenStream::new());
                quote!(#(#docs)* #default #vis #ident: #columns)
            }
            ColumnKind::Column { name, .. } => {
                let default = docs.is_empty().then(|| format!(" Column `{name}`."));
                let default = default.map(|text| quote!(#[doc = #text]));
                quote!(#(#docs)* #default #vis #ident: ::pipeline_dsl::expr::Col<#ty>)
            }
        }
    });
    let doc = format!(" The columns of [`{ident}`] in an expression.");

    // Each field starts where the one before ends; flattened structs have as many columns as they have.
    let source = Ident::new("source", Span::mixed_site());
    let first = Ident::new("first", Span::mixed_site());
    let mut before = quote!(#first);
    let values = columns.iter().map(|column| {
        let ColumnField { ident, ty, kind, .. } = column;
        let at = before.clone();
        match kind {
            ColumnKind::Flatten => {
                let count = of_table(ty, "COLUMNS", &quote!(.len()));
                before = quote!(#at + #count);
                let span = joined_span(ty);
                let columns = of_table(ty, "columns_from", &quote_spanned!(span=> (#source, #at)));
                let mut field = ident.clone();
                field.set_span(span);
                quote!(#field: #columns)
            }
            ColumnKind::Column { name, .. } => {
                before = quote!(#at + 1);
                quote!(#ident: ::pipeline_dsl::expr::Col::new(#source, #name, #at))
            }
        }
    });
    let values: Vec<_> = values.collect();
    let list = expand_list(columns);
    let field_counts = columns.iter().map(|ColumnField { ident, ty, kind, .. }| {
        let name = ident.unraw().to_string();
        match kind {
            ColumnKind::Flatten => {
                let count = of_table(ty, "COLUMNS", &quote!(.len()));
                quote!((#name, #count))
            }
            ColumnKind::Column { .. } => quote!((#name, 1)),
        }
    });
    let flattens = columns.iter().any(|column| matches!(column.kind, ColumnKind::Flatten));
    let field_counts =
        flattens.then(|| quote!(const FIELDS: &'static [(&'static str, usize)] = &[#(#field_counts),*];));
    // Not derived: a derive speaks of every field.
    let place = columns.iter().find(|column| matches!(column.kind, ColumnKind::Flatten));
    let place = place.map_or_else(|| impl_span(ident), |column| joined_span(&column.ty));
    let copied = Ident::new(&handles.to_string(), place);
    let copies = quote_spanned! {place=>
        #[automatically_derived]
        impl ::core::clone::Clone for #copied {
            fn clone(&self) -> Self {
                *self
            }
        }
        #[automatically_derived]
        impl ::core::marker::Copy for #copied {}
    };
    let unused = columns.is_empty().then(|| quote!(let _ = (#source, #first);));
    quote_spanned! {impl_span(ident)=>
        #[doc = #doc]
        #vis struct #handles {
            #(#fields,)*
        }

        #copies

        #[automatically_derived]
        impl ::pipeline_dsl::node::Relation for #ident {
            const NAME: &'static str = #name;
            const ALIAS: &'static str = #alias;
            const DEFAULTS: bool = #defaults;
            const COLUMNS: &'static [::pipeline_dsl::object::Column] = #list;
            #field_counts

            type Columns = #handles;

            fn columns_from(#source: ::pipeline_dsl::expr::Source, #first: usize) -> #handles {
                #unused
                #handles { #(#values,)* }
            }
        }

        #[automatically_derived]
        impl ::pipeline_dsl::query::RowSource for #ident {
            type Row = ::pipeline_dsl::query::TableRow<Self>;
        }
    }
}

/// What makes a type with columns one that procedures, views and streams can read.
pub(crate) fn expand_source(ident: &Ident) -> TokenStream {
    let readable = expand_readable(ident);
    let source = quote_spanned! {impl_span(ident)=>
        #[automatically_derived]
        impl ::pipeline_dsl::node::StreamSource for #ident {}
    };
    quote!(#readable #source)
}

/// What makes a type one that procedures and views can read.
pub(crate) fn expand_readable(ident: &Ident) -> TokenStream {
    quote_spanned! {impl_span(ident)=>
        #[automatically_derived]
        impl ::pipeline_dsl::query::Readable for #ident {
            type Handle = ::pipeline_dsl::query::Reading<Self>;

            const SOURCE: ::pipeline_dsl::node::NodeRef = <Self as ::pipeline_dsl::node::Object>::NODE;

            fn handle() -> Self::Handle {
                ::pipeline_dsl::query::reading()
            }
        }
    }
}

fn expand_list(columns: &[ColumnField]) -> TokenStream {
    let parts: Vec<_> = columns
        .iter()
        .map(|column| {
            let ty = &column.ty;
            match &column.kind {
                ColumnKind::Flatten => {
                    let columns = of_table(ty, "COLUMNS", &TokenStream::new());
                    quote!((true, #columns))
                }
                ColumnKind::Column { name, default, autoincrement, comment, .. } => {
                    let rust_name = column.ident.unraw().to_string();
                    let default = option(default.clone());
                    let autoincrement = option(autoincrement.clone());
                    quote! {
                        (false, &[::pipeline_dsl::__private::column::<#ty>(
                            #name, #rust_name, #default, #autoincrement, #comment,
                        )])
                    }
                }
            }
        })
        .collect();
    quote! {{
        const PARTS: &[(bool, &[::pipeline_dsl::object::Column])] = &[#(#parts),*];
        const ALL: [::pipeline_dsl::object::Column; ::pipeline_dsl::object::count_columns(PARTS)] =
            ::pipeline_dsl::object::concat_columns(PARTS);
        &ALL
    }}
}

/// One constant per default or numbering, and one for names that flattening may repeat.
pub(crate) fn expand_checks(ident: &Ident, columns: &[ColumnField]) -> TokenStream {
    let list = quote!(<#ident as ::pipeline_dsl::node::Relation>::COLUMNS);
    let table = ident.unraw().to_string();
    let checks = columns.iter().filter_map(|column| {
        let rust_name = column.ident.unraw().to_string();
        match &column.kind {
            ColumnKind::Column { checked: Some(span), .. } => {
                let constant = format_ident!("DEFAULT_OF_{}", crate::names::upper_snake(&rust_name), span = *span);
                Some(quote_spanned! {*span=>
                    const #constant: () = ::pipeline_dsl::object::check_default(#table, #rust_name, #list);
                })
            }
            _ => None,
        }
    });
    // Only a type with parameters can be out of bounds.
    let types = columns.iter().filter(|column| matches!(column.kind, ColumnKind::Column { .. })).filter_map(|column| {
        let text = column.ty.to_token_stream().to_string();
        let rust_name = column.ident.unraw().to_string();
        let span = joined_span(&column.ty);
        let constant = format_ident!("TYPE_OF_{}", crate::names::upper_snake(&rust_name), span = span);
        text.contains(|letter: char| letter.is_ascii_digit()).then(|| {
            quote_spanned! {span=>
                const #constant: () = ::pipeline_dsl::object::check_type(#rust_name, #list);
            }
        })
    });
    let flattened = columns.iter().find(|column| matches!(column.kind, ColumnKind::Flatten));
    let names = flattened.map(|column| {
        quote_spanned! {column.ident.span()=>
            const COLUMN_NAMES: () = ::pipeline_dsl::object::check_column_names(#table, #list);
        }
    });
    quote!(#[allow(dead_code)]
        const _: () = { #(#checks)* #(#types)* #names };)
}
