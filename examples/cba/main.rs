//! The CBA pipeline: `cargo run --example cba -- --help`.

fn main() -> std::process::ExitCode {
    pipeline_examples::cba::app().main()
}
