//! Records as documents of the full-text index: their searchable texts, by field.

use chrono::Datelike;

use super::entry::Surroundings;
use super::text::{Document, Field, without_provenance};
use crate::db::enum_text::text;
use crate::registry::councils::model::Council;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::organisations::model::Organisation;
use crate::registry::themes::model::Theme;
use crate::text::dates::first_day;

/// Population with the highest prominence among councils of the same name.
const LARGE: f64 = 2_000_000.0;

/// Makes documents, with the names of related records.
pub struct Documents<'a, S>(pub &'a S);

impl<S: Surroundings> Documents<'_, S> {
    /// An initiative.
    pub fn initiative(&self, record: &Initiative) -> Document {
        let mut fields = vec![(Field::Title, record.title.clone()), (Field::Summary, record.summary.clone())];
        let mut name = |field, text: String| fields.push((field, text));
        for theme in record.themes.iter().flat_map(|used| self.0.theme_and_broader(used.theme.id)) {
            if let Some(label) = self.0.theme_label(theme) {
                name(Field::Names, label.to_owned());
            }
        }
        record.principles.iter().for_each(|used| name(Field::Names, used.label.clone()));
        record.partners.iter().for_each(|partner| name(Field::Names, partner.name.to_string()));
        let began = record.started_on.as_deref().and_then(first_day);
        began.iter().for_each(|day| name(Field::Names, day.year().to_string()));
        record.lead.name.iter().for_each(|lead| name(Field::Names, lead.to_string()));
        let lead = record.lead_council.iter().chain(&record.place_of).map(|council| council.id);
        for council in lead.chain(record.participants.iter().map(|one| one.council.id)) {
            let names = self.0.council(council).map(places).unwrap_or_default();
            names.into_iter().for_each(|place| name(Field::Places, place));
        }
        for claim in &record.outcomes {
            let said = [Some(&*claim.measure), claim.definition.as_deref(), claim.caveat.as_deref()];
            name(Field::Outcomes, said.into_iter().flatten().collect::<Vec<_>>().join(". "));
        }
        record.who_for.iter().for_each(|people| name(Field::Text, people.clone()));
        record.texts().for_each(|(_, markdown)| name(Field::Text, without_provenance(markdown)));
        let level = record.best_evidence().unwrap_or_default();
        let since = began.map_or(0, |day| day.year() - 1980).clamp(0, 100);
        // Evidence, detail and recency break ties between equally relevant hits.
        let prominence = 0.5 * f32::from(level) / 5.0
            + 0.2 * record.results().count().min(5) as f32 / 5.0
            + 0.1 * f32::from(u8::from(record.body.is_some()))
            + 0.2 * since as f32 / 100.0;
        Document { fields, prominence, exact_names: Vec::new() }
    }

    /// A council. Among councils of the same name, the larger is more prominent.
    pub fn council(&self, record: &Council) -> Document {
        let mut fields = vec![(Field::Title, record.name.clone()), (Field::Places, text(&record.nation))];
        fields.extend(record.region.map(|region| (Field::Places, text(&region).replace('_', " "))));
        fields.extend(record.description.clone().map(|description| (Field::Text, description)));
        let residents = f64::from(record.population.unwrap_or_default());
        let prominence = (residents / LARGE).min(1.0) as f32;
        Document { fields, prominence, exact_names: names(record) }
    }

    /// An organisation, by its name, its aliases and its description.
    pub fn organisation(&self, record: &Organisation) -> Document {
        let mut fields = vec![(Field::Title, record.name.clone())];
        fields.extend(record.aliases.iter().map(|alias| (Field::Names, alias.clone())));
        fields.extend(record.description.clone().map(|description| (Field::Text, description)));
        let names = [&record.name].into_iter().chain(&record.aliases).chain(&record.org_id);
        Document { fields, prominence: 0.0, exact_names: names.cloned().collect() }
    }

    /// A theme: only its label is searchable.
    pub fn theme(&self, record: &Theme) -> Document {
        Document { fields: vec![(Field::Title, record.label.clone())], ..Document::default() }
    }
}

/// Every name, code and alias of a council.
fn names(record: &Council) -> Vec<String> {
    let codes = record.codes.iter().map(|code| code.gss.clone());
    let known = [&record.welsh_name, &record.code].into_iter().flatten().cloned().chain(codes);
    let own = [record.name.clone(), record.short_name.clone()];
    own.into_iter().chain(known).chain(record.aliases.iter().cloned()).collect()
}

/// The names for finding a council's initiatives, with its nation and region.
fn places(record: &Council) -> Vec<String> {
    let region = record.region.map(|region| text(&region).replace('_', " "));
    names(record).into_iter().chain([text(&record.nation).replace('_', " ")]).chain(region).collect()
}
