//! Statements below each other, in either language.

use crate::body::Statement;

/// What writes the statements of a body.
pub(in crate::body) trait WriteStatements {
    /// What was written so far.
    fn written(&mut self) -> &mut String;

    /// Writes one.
    fn write(&mut self, statement: &Statement);

    /// Writes all of them, with an empty line around each that takes several.
    fn statements(&mut self, statements: &[Statement]) {
        let mut was_long = false;
        for (index, statement) in statements.iter().enumerate() {
            let start = self.written().len();
            self.write(statement);
            let is_long = self.written()[start..].lines().count() > 2;
            if index > 0 && (is_long || was_long) {
                self.written().insert(start, '\n');
            }
            was_long = is_long;
        }
    }
}
