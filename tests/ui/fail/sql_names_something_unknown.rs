use pipeline_dsl::prelude::*;

pub const CLEAN: Fragment = sql!("DELETE FROM {Orderz}");

fn main() {}
// It compiles with `Orders` instead of `Orderz`.
