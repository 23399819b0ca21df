//! `#[table(schema = ..)]` with `#[column(..)]` on its fields.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Field, Fields, Ident, ItemStruct, Lit, Meta, Type, Visibility};

use crate::database::{retention_check, retention_of, retention_span};
use crate::errors::{Errors, rule};
use crate::more::More;
use crate::names::{doc_comment, sql_name};
use crate::node::{Node, impl_span, option};
use crate::options::{Options, Value, as_call, as_literal, choice, joined_span, mistake};
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

    let columns = parse_columns(&mut item, &mut errors);
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
                columns: <#ident as ::pipeline_dsl::node::Table>::COLUMNS,
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

/// A field and what its attribute says.
struct ColumnField {
    ident: Ident,
    vis: Visibility,
    ty: Type,
    kind: ColumnKind,
    docs: Vec<Attribute>,
}

enum ColumnKind {
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
fn parse_columns(item: &mut ItemStruct, errors: &mut Errors) -> Vec<ColumnField> {
    let Fields::Named(fields) = &mut item.fields else {
        let message = "a table needs a struct with a field for each column";
        errors.at(&item.ident, rule(message, "item-shape", "write `struct Name { id: Integer, .. }`"));
        return Vec::new();
    };
    if fields.named.is_empty() {
        let help = "add a field such as `id: Integer`";
        errors.at(&item.ident, rule("a table needs at least one column", "table-columns", help));
    }
    let mut columns: Vec<ColumnField> = Vec::new();
    for field in &mut fields.named {
        let Some(column) = parse_column(field, errors) else { continue };
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

fn parse_column(field: &mut Field, errors: &mut Errors) -> Option<ColumnField> {
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
            parse_default(value, errors)
        });
        let autoincrement = options.take("autoincrement").and_then(|entry| {
            checked = checked.or(Some(entry.key.span()));
            if default.is_some() {
                let message = "a column has either `default` or `autoincrement`";
                errors.at(&entry.key, rule(message, "column-default-and-autoincrement", ""));
            }
            parse_autoincrement(&entry.value, &entry, errors)
        });
        ColumnKind::Column { name, default, autoincrement, comment: doc_comment(&docs), checked }
    };
    options.finish("column", errors);
    Some(ColumnField { ident, vis: field.vis.clone(), ty: field.ty.clone(), kind, docs })
}

fn parse_default(value: &Expr, errors: &mut Errors) -> Option<TokenStream> {
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

fn parse_autoincrement(value: &Value, entry: &impl ToTokens, errors: &mut Errors) -> Option<TokenStream> {
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

/// Something of the table that is flattened. All at the place of the type: what is said twice there, the compiler says once.
fn of_table(ty: &syn::Type, what: &str, arguments: &TokenStream) -> TokenStream {
    let span = joined_span(ty);
    let what = Ident::new(what, span);
    quote_spanned!(span=> <#ty as ::pipeline_dsl::node::Table>::#what #arguments)
}

/// The struct of column handles and the implementation of `Table`.
fn expand_table(item: &ItemStruct, columns: &[ColumnField]) -> TokenStream {
    let ident = &item.ident;
    let vis = &item.vis;
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
        impl ::pipeline_dsl::node::Table for #ident {
            const COLUMNS: &'static [::pipeline_dsl::object::Column] = #list;
            #field_counts

            type Columns = #handles;

            fn columns_from(#source: ::pipeline_dsl::expr::Source, #first: usize) -> #handles {
                #unused
                #handles { #(#values,)* }
            }
        }

        #[automatically_derived]
        impl ::pipeline_dsl::query::Readable for #ident {
            type Row = ::pipeline_dsl::query::TableRow<Self>;
        }

        #[automatically_derived]
        impl ::pipeline_dsl::query::Writable for #ident {
            type Handle = ::pipeline_dsl::query::Writing<Self>;

            const TARGET: ::pipeline_dsl::node::NodeRef = <Self as ::pipeline_dsl::node::Object>::NODE;

            fn handle() -> Self::Handle {
                ::pipeline_dsl::query::writing()
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
fn expand_checks(ident: &Ident, columns: &[ColumnField]) -> TokenStream {
    let list = quote!(<#ident as ::pipeline_dsl::node::Table>::COLUMNS);
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
