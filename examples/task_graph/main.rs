//! `cargo run --example task_graph -- --help`

fn main() -> std::process::ExitCode {
    pipeline_examples::task_graph::app().main()
}
