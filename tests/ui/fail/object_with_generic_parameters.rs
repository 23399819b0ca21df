use pipeline_dsl::prelude::*;

#[table(schema = Raw)]
pub struct Pair<T> {
    pub id: T,
}

fn main() {}
// It compiles with `Pair` instead of `Pair<T>`.
// It compiles with `id: Integer` instead of `id: T`.
