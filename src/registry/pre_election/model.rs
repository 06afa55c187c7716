//! Models of pre-election periods.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::http::input::{Check, Faults};
use crate::http::response::Versioned;
use crate::registry::councils::model::{CouncilRef, Nation};
use crate::text::{Line, Reference};

/// Longest period, in days. The customary ones last five to six weeks.
const LONGEST: i64 = 100;

/// What happens to publications in a pre-election period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PublicationRule {
    /// Nothing is published before the period has ended, unless a network officer says why.
    #[default]
    Hold,
    /// Network officers are reminded, and decide.
    Warn,
}

/// The weeks before an election in which councils take special care with publicity: section 2 of the Local Government Act
/// 1986 forbids them to publish what is designed to affect support for a party, and section 4 gives the codes on publicity.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PreElectionPeriod {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// The election.
    #[schema(example = "Local elections, May 2027")]
    pub election: String,
    /// Nation whose councils it is for. Null: the councils of all nations, or that of `council`.
    #[schema(required)]
    pub nation: Option<Nation>,
    /// Council that it is for. Null: all councils of `nation`.
    #[schema(required)]
    pub council: Option<CouncilRef>,
    /// First day.
    #[schema(example = "2027-03-26")]
    pub starts_on: NaiveDate,
    /// Day of the poll, the last day of the period.
    #[schema(example = "2027-05-06")]
    pub polling_on: NaiveDate,
    /// What happens to publications.
    pub rule: PublicationRule,
    /// Notice for readers in the network's own words.
    #[schema(required)]
    pub notice: Option<String>,
    /// Notice for readers, for websites to show in the period: `notice`, or a customary one.
    #[schema(
        example = "Local elections, May 2027: until 6 May 2027, councils take special care with what they publish."
    )]
    pub notice_text: String,
    /// Version number. Increases by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When the record was created.
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for PreElectionPeriod {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

impl PreElectionPeriod {
    /// True on the days of the period.
    pub fn includes(&self, day: NaiveDate) -> bool {
        (self.starts_on..=self.polling_on).contains(&day)
    }

    /// True if it is for this council, or with `None` for the network, which only periods of all councils concern.
    pub fn is_for(&self, council: Option<(Uuid, Nation)>) -> bool {
        match (&self.council, self.nation) {
            (Some(one), _) => council.is_some_and(|(id, _)| id == one.id),
            (None, Some(nation)) => council.is_some_and(|(_, of)| of == nation),
            (None, None) => true,
        }
    }
}

/// The notice that readers see if the network has no words of its own.
pub fn customary_notice(election: &str, polling_on: NaiveDate) -> String {
    let until = polling_on.format("%-d %B %Y");
    format!("{election}: until {until}, councils take special care with what they publish.")
}

/// A pre-election period, as another record names it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PeriodRef {
    /// Id.
    pub id: Uuid,
    /// The election.
    #[schema(example = "Local elections, May 2027")]
    pub election: String,
    /// Day of the poll, the last day of the period.
    #[schema(example = "2027-05-06")]
    pub polling_on: NaiveDate,
    /// What happens to publications.
    pub rule: PublicationRule,
}

impl From<&PreElectionPeriod> for PeriodRef {
    fn from(period: &PreElectionPeriod) -> Self {
        let PreElectionPeriod { id, polling_on, rule, .. } = *period;
        Self { id, election: period.election.clone(), polling_on, rule }
    }
}

/// A pre-election period to record, or the new content of an existing one.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewPreElectionPeriod {
    /// The election.
    #[schema(required, example = "Local elections, May 2027")]
    pub election: Line<200>,
    /// Nation whose councils it is for. Leave it out for the councils of all nations, or if you name a council.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nation: Option<Nation>,
    /// The one council that it is for: slug, id or GSS code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "oldham")]
    pub council: Option<Reference>,
    /// First day. In England, the notice of election is published at the latest 25 working days before the poll.
    #[schema(required, example = "2027-03-26")]
    pub starts_on: NaiveDate,
    /// Day of the poll, the last day of the period. At most 100 days after the first.
    #[schema(required, example = "2027-05-06")]
    pub polling_on: NaiveDate,
    /// What happens to publications. Default: `hold`.
    pub rule: PublicationRule,
    /// Notice for readers. Default: a customary one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<Line<500>>,
}

impl Check for NewPreElectionPeriod {
    fn check(&self, faults: &mut Faults) {
        let are_known = !faults.know("/starts_on") && !faults.know("/polling_on");
        match (self.polling_on - self.starts_on).num_days() {
            days if are_known && days < 0 => faults.add("/polling_on", "before_start", "is before `starts_on`"),
            days if are_known && days > LONGEST => {
                faults.add("/polling_on", "too_late", format!("is more than {LONGEST} days after `starts_on`"));
            }
            _ => {}
        }
        if self.nation.is_some() && self.council.is_some() {
            faults.add("/nation", "not_allowed", "is not allowed with `council`; leave one of them out");
        }
    }
}

impl From<&PreElectionPeriod> for NewPreElectionPeriod {
    fn from(period: &PreElectionPeriod) -> Self {
        Self {
            election: period.election.as_str().into(),
            nation: period.nation,
            council: period.council.as_ref().map(|council| council.id.to_string().as_str().into()),
            starts_on: period.starts_on,
            polling_on: period.polling_on,
            rule: period.rule,
            notice: period.notice.as_deref().map(Into::into),
        }
    }
}

/// Filters of the list of pre-election periods.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PreElectionPeriodsQuery {
    /// Only periods that are for one of these councils: slug, id or GSS code.
    #[serde(default)]
    #[param(inline, example = json!(["oldham"]))]
    pub council: Vec<Reference>,
    /// Only periods that include this day.
    #[param(example = "2027-04-15")]
    pub on: Option<NaiveDate>,
    /// Periods per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}
