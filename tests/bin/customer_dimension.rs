//! The program of the customer_dimension example, so that tests can run it as users do.

fn main() -> std::process::ExitCode {
    pipeline_examples::customer_dimension::app().main()
}
