//! What a task runs on.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Path};

use crate::errors::{Errors, rule};
use crate::node::option;
use crate::options::{Options, Value, mistake};
use crate::warehouse::SIZES;

/// `warehouse = ..`, `serverless` or `serverless(initial_size = ..)`.
pub(super) fn parse_compute(
    options: &mut Options,
    ident: &Ident,
    errors: &mut Errors,
) -> (TokenStream, Option<Path>, bool) {
    let serverless = options.take("serverless");
    let warehouse = options.path("warehouse", errors);
    if let (Some(entry), Some(_)) = (&serverless, &warehouse) {
        errors.at(
            &entry.key,
            rule("a task runs on a warehouse or serverless, not both", "task-serverless-and-warehouse", ""),
        );
    }
    let is_serverless = serverless.is_some();
    let compute = match (&warehouse, serverless) {
        (Some(warehouse), _) => quote!(Warehouse(::pipeline_dsl::__private::warehouse_node::<#warehouse>())),
        (None, Some(entry)) => {
            let sizes = match entry.value {
                Value::List(list) => {
                    let mut inner = Options::parse(list, entry.key.span(), errors);
                    let keys = ["initial_size", "min_size", "max_size"];
                    let sizes = keys.map(|key| inner.word(key, &SIZES[..6], errors));
                    inner.finish("task(serverless(..))", errors);
                    check_sizes(&sizes, errors);
                    sizes
                }
                Value::None => [None, None, None],
                Value::Expr(value) => {
                    errors.at(value, mistake("write `serverless` or `serverless(initial_size = Medium)`"));
                    [None, None, None]
                }
            };
            let [initial, min, max] =
                sizes.map(|size| option(size.map(|size| quote!(::pipeline_dsl::object::WarehouseSize::#size))));
            let sizes = quote!(::pipeline_dsl::object::ServerlessSizes { initial: #initial, min: #min, max: #max });
            quote!(Serverless(#sizes))
        }
        (None, None) => {
            let help = "add `warehouse = SomeWarehouse` or `serverless`";
            errors.at(ident, rule("a task needs something to run on", "task-compute", help));
            quote!(Serverless(::pipeline_dsl::object::ServerlessSizes {
                initial: ::core::option::Option::None,
                min: ::core::option::Option::None,
                max: ::core::option::Option::None,
            }))
        }
    };
    (quote!(::pipeline_dsl::object::Compute::#compute), warehouse, is_serverless)
}

/// Rule `task-serverless-sizes`: from the smallest to the largest, with the initial size between them.
fn check_sizes([initial, min, max]: &[Option<Ident>; 3], errors: &mut Errors) {
    let place = |size: &Option<Ident>| size.as_ref().and_then(|size| SIZES.iter().position(|known| size == known));
    let mut ordered = |small: &Option<Ident>, large: &Option<Ident>, at: &Option<Ident>, what: &str| {
        if let (Some(low), Some(high)) = (place(small), place(large))
            && low > high
        {
            errors.at(at, rule(what, "task-serverless-sizes", ""));
        }
    };
    ordered(min, max, max, "`max_size` is below `min_size`");
    ordered(min, initial, initial, "`initial_size` is below `min_size`");
    ordered(initial, max, initial, "`initial_size` is above `max_size`");
}
