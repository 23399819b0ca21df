use pipeline_dsl::prelude::*;

#[role]
pub struct Reader {
    name: String,
}

fn main() {}
