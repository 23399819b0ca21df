//! The local engine as a server.
fn main() {}
