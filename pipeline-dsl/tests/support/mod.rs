//! What several of the tests read of a definition.

use pipeline_dsl::object::Definition;
use pipeline_dsl::prelude::*;

/// The SELECT of a view.
pub(crate) fn query<V: Object>() -> String {
    let Definition::View(view) = &V::NODE.get().definition else { panic!("{:?} is no view", V::NODE) };
    (view.query)()
}
