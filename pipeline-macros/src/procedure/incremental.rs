//! `#[procedure(schema = .., from = SomeStream, into = SomeTable, mode = ..)]` on a struct: the usual incremental body.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, Fields, Ident, ItemStruct, Path, Token};

use super::{Procedure, Settings, relation};
use crate::errors::Errors;
use crate::names::doc_comment;
use crate::options::{Options, Value, as_call, as_path, suggestion};
use crate::rewrite::Rewriter;
use crate::unit::{check_generics, parse_struct};

/// What happens to the rows that are in the table.
enum Mode {
    /// They are replaced by the changes.
    Overwrite,
    /// They stay.
    Append,
    /// Those with the same key are updated or deleted.
    Merge {
        key: Vec<Ident>,
        /// Which of several rows with one key wins.
        latest: Option<Ident>,
        /// What becomes of rows that are gone from the source, if they stay.
        removed: Vec<Set>,
    },
}

/// A column and its value.
struct Set {
    column: Ident,
    value: Expr,
}

pub(super) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let item = match parse_struct("procedure", item) {
        Ok(item) => item,
        Err(tokens) => return tokens,
    };
    let mut errors = Errors::default();
    check_generics("procedure", &item, &mut errors);
    if !matches!(item.fields, Fields::Unit) {
        let message = "`#[procedure]` needs a struct without fields, or a function\nhelp: give columns values with \
                       `set(column = value)`";
        errors.at(&item.fields, message);
    }
    let mut options = Options::parse(args, item.ident.span(), &mut errors);
    let settings = Settings::read(&item.ident, &mut options, &mut errors);
    let help = "write `#[procedure(schema = .., from = SomeStream, into = SomeTable, mode = overwrite)]`";
    let from = options.required_path("from", help, &mut errors);
    let into = options.required_path("into", help, &mut errors);
    let mut mode = read_mode(&mut options, &item, &mut errors);
    let set = read_set("set", &mut options, &mut errors);
    let place = options.entry("removed").map(|entry| entry.key.span());
    let gone = read_set("removed", &mut options, &mut errors);
    match (&mut mode, place) {
        (Some(Mode::Merge { removed, .. }), _) => *removed = gone,
        (Some(_), Some(span)) => {
            let message = "only a merge knows of rows that are gone\nhelp: write `mode = merge(key = ..)`, or leave `removed` out";
            errors.span(span, message);
        }
        _ => {}
    }
    options.finish("procedure", &mut errors);

    let generated = procedure(&item, &settings, from.as_ref(), into.as_ref(), mode.as_ref(), &set, &mut errors);
    let errors = errors.into_tokens();
    quote!(#item #errors #generated)
}

/// The procedure with as much as was said of it, so that the tasks that call it are not reported for what is missing.
fn procedure(
    item: &ItemStruct,
    settings: &Settings,
    from: Option<&Path>,
    into: Option<&Path>,
    mode: Option<&Mode>,
    set: &[Set],
    errors: &mut Errors,
) -> TokenStream {
    let ident = &item.ident;
    let (statements, privileges) = match (from, into, mode) {
        (Some(from), Some(into), Some(mode)) => body(from, into, mode, set, errors),
        _ => (quote!(::core::unreachable!("it does not compile")), &[][..]),
    };
    let privileges = privileges.iter().map(|privilege| format_ident!("{privilege}"));
    let written = into.map(|into| {
        quote! {
            ::pipeline_dsl::object::Access {
                object: ::pipeline_dsl::__private::table_node::<#into>(),
                privileges: &[#(::pipeline_dsl::object::Privilege::#privileges),*],
            }
        }
    });
    let reads = from.map(|from| quote!(::pipeline_dsl::__private::stream_node::<#from>()));
    let relations = from
        .map(|from| relation("Reads", ident, from))
        .into_iter()
        .chain(into.map(|into| relation("Writes", ident, into)));
    let procedure = Procedure {
        ident,
        comment: &doc_comment(&item.attrs),
        arguments: vec![],
        argument_types: vec![],
        returns: &syn::parse_quote!(::pipeline_dsl::types::Variant),
        reads: reads.into_iter().collect(),
        writes: written.into_iter().collect(),
        calls: vec![],
        consumes: from.map(|from| quote!(::pipeline_dsl::__private::stream_node::<#from>())).into_iter().collect(),
        doubts: vec![],
        transactional: true,
        relations: relations.collect(),
        file: None,
        sound: errors.is_empty(),
    };
    procedure.expand(settings, &statements)
}

/// The statements, and the privileges on the table that they need.
fn body(
    from: &Path,
    into: &Path,
    mode: &Mode,
    set: &[Set],
    errors: &mut Errors,
) -> (TokenStream, &'static [&'static str]) {
    let mut rewriter = Rewriter::new(&[], errors);
    let mut assign = |set: &[Set]| -> Vec<_> {
        let assign = |Set { column, value }: &Set| {
            let value = rewriter.column_value(value);
            quote!(__columns.#column.assign(#value))
        };
        set.iter().map(assign).collect()
    };
    let values = assign(set);
    let given: Vec<_> = set.iter().map(|set| set.column.unraw().to_string()).collect();
    let covers = quote_spanned! {into.span()=>
        const _: () = ::pipeline_dsl::query::matching_covers::<<#from as ::pipeline_dsl::node::Stream>::Source, #into>(
            &[#(#given),*],
        );
    };
    let row = |finish: TokenStream| {
        quote! {{
            #[allow(unused_imports)]
            use ::pipeline_dsl::query::AssignRow as _;
            let __row = ::pipeline_dsl::query::RowLiteral::<#into>::new();
            #[allow(unused_variables)]
            let __columns = __row.columns();
            __row.#finish
        }}
    };
    let new = row(quote!(insert_matching([#(#values),*], c)));
    let (statement, privileges): (_, &[&str]) = match mode {
        Mode::Overwrite => (quote!(target.insert_overwrite(changes.select(|c| #new))), &["Insert", "Delete"]),
        Mode::Append => {
            let there = quote!(changes.filter(|c| ::pipeline_dsl::expr::operator::eq(c.action(), "INSERT")));
            (quote!(target.insert(#there.select(|c| #new))), &["Insert"])
        }
        Mode::Merge { key, latest, removed } => {
            let names = key.iter().map(|key| key.unraw().to_string());
            let changed = row(quote!(change_matching([#(#values),*], c, &[#(#names),*])));
            let columns = |row: &str| {
                let row = format_ident!("{row}");
                match &key[..] {
                    [key] => quote!(#row.#key),
                    keys => quote!((#(#row.#keys),*)),
                }
            };
            let (source_key, target_key) = (columns("c"), columns("t"));
            let order = match latest {
                Some(latest) => quote!(::pipeline_dsl::expr::function::Sortable::desc(c.#latest)),
                None => quote!(c.row_id()),
            };
            let (gone, privileges): (_, &[&str]) = if removed.is_empty() {
                (quote!(delete_removed_if_any()), &["Select", "Insert", "Update", "Delete"])
            } else {
                let values = assign(removed);
                let marked = row(quote!(change([#(#values),*])));
                (quote!(update_removed(|_, c| #marked)), &["Select", "Insert", "Update"])
            };
            let merge = quote! {
                target
                    .merge(changes.latest_by(|c| #source_key, |c| #order))
                    .on(|t| #target_key)
                    .#gone
                    .update(|_, c| #changed)
                    .insert(|c| #new)
                    .run()
            };
            (merge, privileges)
        }
    };
    let name = |text: &str| quote!(::pipeline_dsl::body::Name { text: #text, mutable: false });
    let (batch_id, clock, inserts, updates, deletes, row_count) =
        (name("batch_id"), name("now"), name("inserts"), name("updates"), name("deletes"), name("row_count"));
    let body = quote! {
        #covers
        let changes = ::pipeline_dsl::query::reading::<#from>();
        let target = ::pipeline_dsl::query::writing::<#into>();
        let batch_id = ::pipeline_dsl::body::bind(&[#batch_id], ::pipeline_dsl::expr::function::uuid_string());
        #[allow(unused_variables)]
        let now = ::pipeline_dsl::body::bind(&[#clock], ::pipeline_dsl::expr::function::current_timestamp());
        let (inserts, updates, deletes, row_count) = ::pipeline_dsl::body::transaction(|| {
            let counts = changes.aggregate(|c| {
                (
                    ::pipeline_dsl::expr::function::count_if(c.is_inserted()),
                    ::pipeline_dsl::expr::function::count_if(c.new_half()),
                    ::pipeline_dsl::expr::function::count_if(c.gone()),
                )
            });
            let (inserts, updates, deletes) = ::pipeline_dsl::body::bind(&[#inserts, #updates, #deletes], counts);
            let row_count = ::pipeline_dsl::body::bind(&[#row_count], #statement);
            (inserts, updates, deletes, row_count)
        });
        ::pipeline_dsl::body::ret::<__Returns, _>(::pipeline_dsl::expr::function::object([
            ::pipeline_dsl::expr::function::pair("batch_id", batch_id),
            ::pipeline_dsl::expr::function::pair("rows", row_count),
            ::pipeline_dsl::expr::function::pair("inserts", inserts),
            ::pipeline_dsl::expr::function::pair("updates", updates),
            ::pipeline_dsl::expr::function::pair("deletes", deletes),
        ]))
    };
    (body, privileges)
}

fn read_mode(options: &mut Options, item: &ItemStruct, errors: &mut Errors) -> Option<Mode> {
    const MODES: &[&str] = &["overwrite", "append", "merge"];
    const MERGE: &str = "write `mode = merge(key = id)`, `mode = merge(key = (id, region), latest = updated_at)`";
    let Some(entry) = options.take("mode") else {
        let message = "option `mode` is missing\nhelp: write `mode = overwrite`, `append` or `merge(key = id)`";
        errors.at(&item.ident, message);
        return None;
    };
    let Value::Expr(value) = &entry.value else {
        errors.at(&entry, "expected a value: `mode = overwrite`");
        return None;
    };
    if let Some(word) = as_path(value).and_then(Path::get_ident) {
        match word.to_string().as_str() {
            "overwrite" => return Some(Mode::Overwrite),
            "append" => return Some(Mode::Append),
            "merge" => errors.at(word, format!("a merge needs a key\nhelp: {MERGE}")),
            other => errors.at(word, format!("`{other}` is not a value of `mode`{}", suggestion(other, MODES))),
        }
        return None;
    }
    let Some((path, arguments)) = as_call(value).filter(|(path, _)| path.is_ident("merge")) else {
        errors.at(value, format!("expected `overwrite`, `append` or `merge(key = ..)`\nhelp: {MERGE}"));
        return None;
    };
    let (mut key, mut latest) = (None, None);
    for argument in arguments {
        let Expr::Assign(assign) = argument else {
            errors.at(argument, format!("expected `key = ..` or `latest = ..`\nhelp: {MERGE}"));
            continue;
        };
        let name = as_path(&assign.left).and_then(Path::get_ident).map(Ident::to_string);
        let columns: Option<Vec<Ident>> = match &*assign.right {
            Expr::Tuple(tuple) => tuple.elems.iter().map(|column| as_path(column)?.get_ident().cloned()).collect(),
            single => as_path(single).and_then(Path::get_ident).map(|column| vec![column.clone()]),
        };
        match (name.as_deref(), columns) {
            (Some("key"), Some(columns)) if !columns.is_empty() => key = Some(columns),
            (Some("latest"), Some(mut columns)) if columns.len() == 1 => latest = columns.pop(),
            _ => errors.at(argument, format!("expected columns: `key = ..` or `latest = ..`\nhelp: {MERGE}")),
        }
    }
    if key.is_none() {
        errors.at(path, format!("a merge needs a key\nhelp: {MERGE}"));
    }
    Some(Mode::Merge { key: key?, latest, removed: vec![] })
}

/// `set(column = value, ..)` or `removed(..)`
fn read_set(option: &'static str, options: &mut Options, errors: &mut Errors) -> Vec<Set> {
    let Some(entry) = options.take(option) else { return vec![] };
    let Value::List(list) = &entry.value else {
        errors.at(&entry, format!("expected columns and values: `{option}(batch_id = batch_id, action = c.action())`"));
        return vec![];
    };
    let one = |input: ParseStream<'_>| {
        let column = input.call(Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        Ok(Set { column, value: input.parse()? })
    };
    let parser = |input: ParseStream<'_>| Punctuated::<Set, Token![,]>::parse_terminated_with(input, one);
    let list = errors.handle(parser.parse2(list.clone()));
    let mut values: Vec<Set> = vec![];
    for set in list.into_iter().flatten() {
        if values.iter().any(|known| known.column == set.column) {
            errors.at(&set.column, format!("column `{}` is given two values", set.column));
        } else {
            values.push(set);
        }
    }
    values
}
