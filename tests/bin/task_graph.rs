//! The program of the task_graph example, so that tests can run it as users do.

fn main() -> std::process::ExitCode {
    pipeline_examples::task_graph::app().main()
}
