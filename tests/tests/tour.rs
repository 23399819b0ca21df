//! The examples as a newcomer starts them: no account, no arguments.

use pipeline_tests::program::Program;

#[test]
fn cba_runs_twice_on_the_same_directory() {
    let home = tempfile::tempdir().unwrap();
    let program = Program::new(env!("CARGO_BIN_EXE_cba"));
    for _ in 0..2 {
        let said = program.run_in(home.path(), &[]).ended_with(0);
        assert_eq!(said.first_line(), "cba · embedded engine, data in .pipeline/");
        assert!(said.out.contains("started by its schedule, succeeded"), "{}", said.out);
        assert!(said.out.contains("CUST_TOUR"), "{}", said.out);
        assert!(said.out.contains("│ step"), "the time of every step is shown: {}", said.out);
    }
    assert!(home.path().join(".pipeline").is_dir());
    program.run_in(home.path(), &["status"]).ended_with(0);
}
