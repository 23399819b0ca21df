use pipeline_dsl::prelude::*;

#[table(schema = Raw)]
pub struct Pair<T> {
    pub id: T,
}

fn main() {}
