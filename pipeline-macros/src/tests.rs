//! What the attributes expand to. The input stands in the head of each snapshot.

use proc_macro2::TokenStream;
use quote::quote;

fn expand(name: &str, attribute: fn(TokenStream, TokenStream) -> TokenStream, args: TokenStream, item: TokenStream) {
    let input = format!("#[{}({args})] {item}", name.split("__").next().unwrap_or(name));
    let file = syn::parse2(attribute(args, item)).expect("the expansion is a file");
    insta::with_settings!({ description => input, omit_expression => true }, {
        insta::assert_snapshot!(name, prettyplease::unparse(&file));
    });
}

#[test]
fn table() {
    expand(
        "table",
        crate::table::expand,
        quote!(schema = Processed, transient),
        quote! {
            /// All of A's columns and two more.
            #[derive(Clone)]
            pub struct TableB {
                #[column(flatten)]
                pub source: TableA,
                /// When it was copied.
                #[column(default = current_timestamp())]
                pub processed_at: Option<TimestampNtz>,
                #[column(name = "batch", default = "none")]
                batch_id: Option<Varchar<50>>,
            }
        },
    );
}

#[test]
fn stream() {
    expand(
        "stream",
        crate::stream::expand,
        quote!(on = TableA, append_only),
        quote!(
            pub struct StreamA;
        ),
    );
}

#[test]
fn task() {
    expand(
        "task",
        crate::task::expand,
        quote! {
            schema = Processed, warehouse = Wh, schedule = "2 minutes", when = has_data(StreamA) || !has_data(StreamB),
            call = load(1, "it's"), error_integration = Errors, timeout = "1 hour"
        },
        quote!(
            pub struct TaskA;
        ),
    );
}

#[test]
fn schema() {
    expand(
        "schema",
        crate::schema::expand,
        quote!(database = Raw, name = "odd one"),
        quote!(
            pub struct Odd;
        ),
    );
}

#[test]
fn pipeline() {
    expand(
        "pipeline",
        |_, input| crate::pipeline::expand(input),
        quote!(),
        quote! {
            /// Customer behaviour.
            pub Cba(role = Loader, samples = SAMPLES) [TaskA, views::Monitoring]
        },
    );
}

/// All mistakes of one attribute, in the order in which they are found.
fn mistakes(
    attribute: fn(TokenStream, TokenStream) -> TokenStream,
    args: TokenStream,
    item: TokenStream,
) -> Vec<String> {
    let file: syn::File = syn::parse2(attribute(args, item)).expect("the expansion is a file");
    let macros = file.items.into_iter().filter_map(|item| match item {
        syn::Item::Macro(item) if item.mac.path.segments.last().is_some_and(|last| last.ident == "compile_error") => {
            item.mac.parse_body::<syn::LitStr>().ok()
        }
        _ => None,
    });
    macros.map(|text| text.value().lines().next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn mistakes_are_reported_together_and_the_item_stays() {
    let unit = || {
        quote!(
            pub struct X;
        )
    };
    for (attribute, args, item, expected) in [
        (
            crate::database::expand as fn(TokenStream, TokenStream) -> TokenStream,
            quote!(nmae = "X", transient = 3, data_retention_days = 91),
            unit(),
            vec![
                "expected `true` or `false`, or `transient` alone",
                "`data_retention_days` is a whole number from 0 to 90",
                "`#[database]` has no option `nmae`",
            ],
        ),
        (crate::database::expand, quote!(external, external), unit(), vec!["option `external` is given twice"]),
        (
            crate::database::expand,
            quote!(name = ""),
            unit(),
            vec!["a name must have 1 to 255 characters, this one has 0"],
        ),
        (crate::schema::expand, quote!(), unit(), vec!["option `database` is missing"]),
        (
            crate::stream::expand,
            quote!(on = , append_only),
            unit(),
            vec!["option `on` has no value after `=`", "option `on` is missing"],
        ),
        (
            crate::task::expand,
            quote!(schema = S, warehouse = W, serverless, schedule = "1 minute", after(A), sql = "SELECT 1", call = p),
            unit(),
            vec![
                "a task runs on a warehouse or serverless, not both",
                "a task has one body: `call` or `sql`, not both",
                "a task that runs after others has no schedule of its own",
            ],
        ),
        (
            crate::task::expand,
            quote!(schema = S, serverless, when = has_data(A), finalize = R, after(B), retries = 31),
            unit(),
            vec![
                "a task needs something to do",
                "a finalizer follows no single task, but the whole graph: remove `after(..)`",
                "`retries` has no meaning for a finalizer",
                "`retries` is a whole number from 0 to 30",
            ],
        ),
        (
            crate::table::expand,
            quote!(schema = S),
            quote! {
                pub struct T {
                    #[column(default = now(), autoincrement = 1)]
                    a: Integer,
                    #[column(name = "A")]
                    b: Integer,
                }
            },
            vec![
                "`now` cannot be a default",
                "write `autoincrement` or `autoincrement(start = 1, step = 1)`",
                "two columns are called `A`: the fields `a` and `b`",
            ],
        ),
        (
            crate::notification_integration::expand,
            quote!(aws_sns(topic = "x")),
            unit(),
            vec![
                "option `topic_arn` is missing",
                "option `role_arn` is missing",
                "`#[notification_integration(aws_sns(..))]` has no option `topic`",
            ],
        ),
    ] {
        assert_eq!(mistakes(attribute, args.clone(), item.clone()), expected, "{args}");
        let expanded = attribute(args, item).to_string();
        assert!(expanded.starts_with("pub struct"), "{expanded}");
    }
}

#[test]
fn procedure() {
    expand(
        "procedure",
        crate::procedure::expand,
        quote!(schema = Processed, execute_as = caller),
        quote! {
            /// Loads what is new.
            pub fn load(changes: &StreamA, target: &mut TableB, day: Date) -> Variant {
                let mut rows = transaction(|| {
                    target.insert(changes.filter(|c| c.day == day && !c.is_update()).select(|c| TableB {
                        source: c.row(),
                        note: None,
                        ..default()
                    }))
                });
                if rows > 10 {
                    rows += 1;
                    return object! { "rows": rows };
                }
                object! { "few": if rows < 2 { -1.50 } else { rows } }
            }
        },
    );
}

#[test]
fn procedure_with_mistakes() {
    expand(
        "procedure__with_mistakes",
        crate::procedure::expand,
        quote!(schema = Processed, language = python),
        quote! {
            fn load(source: &TableA, target: &mut TableB) -> Variant {
                let first = source.count() as i64;
                let second = first + 1;
                let third = 3u8;
                for row in source {}
                source.count();
                on_error(|_| { return 1; });
                transaction(|| { on_error(|_| {}); });
                println!("{second}");
            }
        },
    );
}

#[test]
fn view() {
    expand(
        "view",
        crate::view::expand,
        quote!(schema = Processed, sql = "SELECT ID FROM {TableA} JOIN {other::TableB} USING (ID)"),
        quote!(
            pub struct VNew;
        ),
    );
}

/// An object with a mistake still is one: what names it is not reported too.
#[test]
fn an_object_with_a_mistake_is_declared() {
    type Attribute = fn(TokenStream, TokenStream) -> TokenStream;
    let cases: [(Attribute, TokenStream, TokenStream, &str); 7] = [
        (
            crate::procedure::expand,
            quote!(schema = S),
            quote!(
                fn p(a: &A, b: &mut B) {
                    b.insert(a);
                }
            ),
            "Procedure",
        ),
        (
            crate::procedure::expand,
            quote!(),
            quote!(
                fn p() -> Integer {
                    1
                }
            ),
            "Procedure",
        ),
        (
            crate::procedure::expand,
            quote!(schema = S, from = A),
            quote!(
                struct p;
            ),
            "Procedure",
        ),
        (
            crate::view::expand,
            quote!(schema = S),
            quote!(
                fn p(a: &A) {
                    a.columns(|a| a.id)
                }
            ),
            "View",
        ),
        (
            crate::view::expand,
            quote!(schema = S),
            quote!(
                struct p;
            ),
            "View",
        ),
        (
            crate::notification_integration::expand,
            quote!(aws_sns(topic = "x")),
            quote!(
                struct p;
            ),
            "NotificationIntegration",
        ),
        (
            crate::task::expand,
            quote!(sql = 1),
            quote!(
                struct p;
            ),
            "Task",
        ),
    ];
    for (attribute, args, item, marker) in cases {
        let text = attribute(args, item).to_string();
        assert!(text.contains("compile_error"), "{text}");
        assert!(text.contains(&format!(":: {marker} for p")), "{text}");
    }
}
