//! An initiative as a citable work. Every citation format is written from it.

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::wording::word;
use crate::registry::councils::model::CouncilRef;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::evidence::Source;
use crate::registry::initiatives::lead::{EnteredBy, LeadKind};
use crate::registry::initiatives::model::{ParticipantRole, PartnerRole, State};
use crate::text::dates::in_words;

/// Publisher of the registry.
pub const NETWORK_NAME: &str = "Co-operative Councils' Innovation Network";
/// Website of the network.
pub const NETWORK_SITE: &str = "https://www.councils.coop/";
/// Collection that the work is part of. Author of the records that no council has entered.
pub const REGISTRY: &str = "CCIN registry";
/// Language of the records (BCP 47).
pub const LANGUAGE: &str = "en-GB";

/// The permanent address of a record.
pub fn permalink(base: &str, id: Uuid) -> String {
    format!("{base}/id/{id}")
}

/// An initiative as a work.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// The record, as its caller sees it.
    pub record: &'a Initiative,
    /// Address of the registry, without a path.
    pub base: &'a str,
}

impl<'a> Work<'a> {
    /// Permalink of the record.
    pub fn permalink(&self) -> String {
        permalink(self.base, self.record.id)
    }

    /// Authors. If the lead council entered the record: this council, then the joint leads. Otherwise the registry, which
    /// wrote it after a source.
    pub fn authors(&self) -> Vec<&'a str> {
        match self.author_council() {
            Some(lead) => {
                let others = self.record.participants.iter().filter(|one| one.role == ParticipantRole::CoLead);
                std::iter::once(&lead.name).chain(others.map(|one| &one.council.name)).map(String::as_str).collect()
            }
            None => vec![REGISTRY],
        }
    }

    /// The lead council, if it entered the record.
    pub fn author_council(&self) -> Option<&'a CouncilRef> {
        self.record.lead_council.as_ref().filter(|_| self.record.entered_by == EnteredBy::Council)
    }

    /// The source that the registry wrote the record after: the first one. `None` for a record that its council entered.
    pub fn after(&self) -> Option<&'a Source> {
        self.record.sources.first().filter(|_| self.author_council().is_none())
    }

    /// That source in words, with its date: `After A paper, A publisher, December 2013.`
    pub fn after_line(&self) -> Option<String> {
        let source = self.after()?;
        let date = source.published_on.as_deref().map(in_words);
        let parts = [Some(source.title.to_string()), source.publisher.as_ref().map(|name| name.to_string()), date];
        Some(format!("After {}.", parts.into_iter().flatten().collect::<Vec<_>>().join(", ")))
    }

    /// Notes for formats without places of their own: the source, the status with its date, and the terms.
    pub fn notes(&self) -> String {
        let status = format!("Status: {}.", self.record.status_text);
        self.after_line().into_iter().chain([status, self.terms()]).collect::<Vec<_>>().join(" ")
    }

    /// Name of the lead: a council, another organisation or the network. `None` if it is not known.
    pub fn lead(&self) -> Option<&'a str> {
        match self.record.lead.kind {
            LeadKind::Council => self.record.lead_council.as_ref().map(|council| council.name.as_str()),
            LeadKind::Organisation => self.record.lead.name.as_deref(),
            LeadKind::Network => Some(NETWORK_NAME),
            LeadKind::Unknown => None,
        }
    }

    /// Funders without duplicates: partners that fund, and payers of costs.
    pub fn funders(&self) -> Vec<&'a str> {
        let partners = self.record.partners.iter().filter(|one| one.role == PartnerRole::Funder);
        let payers = self.record.costs.iter().filter_map(|cost| cost.payer.as_ref());
        let mut funders: Vec<&str> = Vec::new();
        for name in partners.map(|one| &*one.name).chain(payers.map(|payer| &**payer)) {
            if !funders.contains(&name) {
                funders.push(name);
            }
        }
        funders
    }

    /// Date of first publication (UTC). `None` if it was never published.
    pub fn issued(&self) -> Option<NaiveDate> {
        self.record.published_at.map(|at| at.date_naive())
    }

    /// Year for the citation: of the publication, or of the last change if it was never published.
    pub fn year(&self) -> i32 {
        self.issued().unwrap_or_else(|| self.record.updated_at.date_naive()).year()
    }

    /// Start and end of the practice, as precise as known: `2013-05/2014`, `2013/..` (ISO 8601-2, open intervals).
    pub fn period(&self) -> Option<String> {
        period(self.record.started_on.as_deref(), self.record.ended_on.as_deref())
    }

    /// Kind of record, in words.
    pub fn kind(&self) -> String {
        word(&self.record.kind)
    }

    /// Labels of its themes and principles.
    pub fn keywords(&self) -> impl Iterator<Item = &'a str> {
        let themes = self.record.themes.iter().map(|one| one.theme.label.as_str());
        themes.chain(self.record.principles.iter().map(|one| one.label.as_str()))
    }

    /// A sentence with the licence and the address of its terms.
    pub fn terms(&self) -> String {
        let licence = self.record.licence;
        format!("Licence: {} ({}), {}", licence.title(), crate::db::enum_text::text(&licence), licence.url())
    }

    /// True if the record is not public.
    pub fn is_draft(&self) -> bool {
        self.record.state == State::Draft
    }

    /// The citation as one line of text, with the permanent address.
    pub fn reference(&self) -> String {
        format!("{} {}", self.line(), self.permalink())
    }

    /// The citation as one line of text.
    pub fn line(&self) -> String {
        let when = match self.issued() {
            _ if self.is_draft() => "draft".to_owned(),
            Some(issued) => issued.year().to_string(),
            None => "no date".to_owned(),
        };
        format!(
            "{} ({when}): {}. {}Version {}. {REGISTRY}, {NETWORK_NAME}.",
            self.authors().join("; "),
            self.record.title,
            self.after_line().map(|after| after + " ").unwrap_or_default(),
            self.record.version
        )
    }
}

/// An interval from the known ends.
pub fn period(from: Option<&str>, to: Option<&str>) -> Option<String> {
    match (from, to) {
        (None, None) => None,
        (from, to) => Some(format!("{}/{}", from.unwrap_or(".."), to.unwrap_or(".."))),
    }
}
