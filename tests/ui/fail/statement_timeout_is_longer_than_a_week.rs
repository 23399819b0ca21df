use pipeline_dsl::prelude::*;

#[warehouse(statement_timeout = "200 hours")]
pub struct BigWh;

fn main() {}
// It compiles with `168` instead of `200`.
