//! The program of the CBA example, so that tests can run it as users do.

fn main() -> std::process::ExitCode {
    pipeline_examples::cba::app().main()
}
