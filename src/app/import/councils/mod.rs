//! `ccin-registry import councils FILE.csv`.
//!
//! A dry run makes every change and rolls it back, so that it reports the same faults as a real import.

mod plan;
mod report;
pub mod rows;
mod table;

use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::arguments::CouncilsFile;
use super::file::{Failure, FileFaults, Wanted, read};
use crate::access::keys::Keys;
use crate::access::reach::Reach;
use crate::app::import::councils::plan::{Plan, PlannedChange};
use crate::app::import::councils::report::Report;
use crate::audit::action::{Action, RecordKind};
use crate::audit::store::record;
use crate::audit::subject::{Actor, Subject};
use crate::db::lock;
use crate::error::ApiError;
use crate::http::input::Schemas;
use crate::registry::boundaries::store as boundaries;
use crate::registry::councils::model::Council;
use crate::registry::councils::store as councils;

/// Reason for not committing the transaction.
enum Stop {
    /// Faults were found and noted.
    Faults,
    /// This was a dry run.
    DryRun,
    /// The store failed.
    Store(ApiError),
}

impl From<diesel::result::Error> for Stop {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<ApiError> for Stop {
    fn from(error: ApiError) -> Self {
        Self::Store(error)
    }
}

/// Reports what a file would change, or changes it with `--apply`.
pub async fn import(
    conn: &mut AsyncPgConnection,
    keys: &Keys,
    schemas: &Schemas,
    args: &CouncilsFile,
) -> Result<String, Failure> {
    let text = read(&args.file, args.max_megabytes, Wanted::Csv)?;
    let mut faults = FileFaults::default();
    let rows = rows::rows(&text, &mut faults)
        .map_err(|error| format!("nothing was imported: {} {error}", args.file.display()))?;
    let mut report = Report::new(args, &rows);
    let done = conn
        .transaction(async |conn| {
            lock(conn, "import councils").await?;
            let plan = Plan::new(conn, schemas, &rows, &mut faults).await?;
            let changed = carry_out(conn, &plan, &mut faults).await?;
            report.fill(&plan);
            if !faults.is_empty() {
                return Err(Stop::Faults);
            }
            if !args.apply {
                return Err(Stop::DryRun);
            }
            // The events come last: other writers wait for them until the transaction ends.
            for (before, after) in &changed {
                let (action, subject) = match before {
                    Some(before) => (Action::CouncilUpdate, Subject::changed(*before, after)),
                    None => (Action::CouncilCreate, Subject::entered(after)),
                };
                record(conn, keys, &Actor::COMMAND_LINE, action, subject).await?;
            }
            if !plan.is_idle() {
                let subject = Subject::all(RecordKind::Registry);
                record(conn, keys, &Actor::COMMAND_LINE, Action::CouncilImport, subject).await?;
            }
            Ok(())
        })
        .await;
    match done {
        Ok(()) | Err(Stop::DryRun) => Ok(report.render()),
        Err(Stop::Faults) => {
            faults.finish(&args.file)?;
            Ok(String::new())
        }
        Err(Stop::Store(error)) => Err(format!("nothing was imported: {error}").into()),
    }
}

/// Writes the plan and returns each changed council, before and after. Each council has its own savepoint, so that one
/// refusal does not hide the next.
async fn carry_out<'a>(
    conn: &mut AsyncPgConnection,
    plan: &'a Plan,
    faults: &mut FileFaults,
) -> Result<Vec<(Option<&'a Council>, Council)>, Stop> {
    let mut changed = Vec::new();
    for step in &plan.steps {
        let written = conn
            .transaction(async |conn| {
                let id = match &step.change {
                    PlannedChange::New => councils::create(conn, &step.council).await?,
                    PlannedChange::Changed(before, _) => {
                        if !councils::update(conn, before, &step.council).await? {
                            return Err(ApiError::conflict(
                                "Somebody changed it during the import. Run the import again.",
                            ));
                        }
                        before.id
                    }
                    PlannedChange::None(_) => return Ok(None),
                };
                councils::find(conn, Reach::ALL, id).await.map(Some)
            })
            .await;
        match written {
            Ok(Some(after)) => changed.push((step.before(), after)),
            Ok(None) => {}
            Err(error) if !error.faults().is_empty() => plan::refused(step.line, &error, faults),
            Err(error) => return Err(error.into()),
        }
    }
    for (district, county) in &plan.counties {
        boundaries::set_county(conn, district, county.as_deref()).await?;
    }
    Ok(changed)
}
