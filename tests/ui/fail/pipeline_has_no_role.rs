use pipeline_dsl::prelude::*;

pipeline! {
    pub Rolefree() [Mart]
}

fn main() {}
