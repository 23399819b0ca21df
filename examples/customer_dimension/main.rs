//! `cargo run --example customer_dimension -- --help`

fn main() -> std::process::ExitCode {
    pipeline_examples::customer_dimension::app().main()
}
