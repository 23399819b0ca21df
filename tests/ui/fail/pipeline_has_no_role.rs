use pipeline_dsl::prelude::*;

pipeline! {
    pub Rolefree() [Mart]
}

fn main() {}
// It compiles with `Rolefree(role = ShopRole)` instead of `Rolefree()`.
