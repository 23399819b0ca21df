//! Running, watching and removing what is deployed.

mod destroy;
mod history;
mod run;
mod state;
mod status;
#[cfg(test)]
mod tests;

pub(crate) use self::{
    destroy::destroy,
    history::{Run, history},
    run::{Participants, call, ended, run},
    state::{resume, suspend},
    status::{Health, status},
};

use crate::{connection::Connection, error::Error, model::Model};

/// Makes the session that of the pipeline's role.
pub(crate) async fn become_pipeline_role(connection: &Connection, model: &Model) -> Result<(), Error> {
    for sql in model.become_pipeline_role() {
        connection.execute(&sql).await?;
    }
    Ok(())
}
