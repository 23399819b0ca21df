use pipeline_dsl::prelude::*;

pub const CLEAN: Fragment = sql!("DELETE FROM {Orders}; DELETE FROM {Mart}");

fn main() {}
// It compiles without `; DELETE FROM {Mart}`.
