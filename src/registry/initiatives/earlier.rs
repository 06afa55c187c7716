//! Earlier texts of initiatives as records.
//!
//! A text names councils, themes, principles and organisations by the slugs of its time. The record has what these lead
//! to today, by today's names; what was withdrawn since is left out. What is not part of a text is that of today.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::answer::{Participant, PrincipleUse, ThemeUse};
use super::children::{Children, OtherLead};
use super::lead::{Lead, LeadKind, lead_organisation, led_by};
use super::model::NewInitiative;
use super::names::{councils as councils_of, organisations as organisations_of};
use super::relatives::Related;
use super::rows::{InitiativeRow, Narrative};
use super::store::{Keeper, Rows};
use crate::db::schema::{councils, initiatives, organisations, principles, slugs, themes};
use crate::error::ApiError;
use crate::registry::councils::model::CouncilRef;
use crate::registry::organisations::model::OrganisationRef;
use crate::registry::references::Resource;
use crate::registry::themes::model::ThemeRef;
use crate::text::Reference;

/// An earlier text of an initiative.
pub struct EarlierText {
    /// The text.
    pub text: NewInitiative,
    /// Initiative that it is a component of.
    pub parent: Option<Uuid>,
}

/// What the slugs in some texts lead to today.
struct Today {
    councils: HashMap<String, Keeper>,
    themes: HashMap<String, ThemeRef>,
    principles: HashMap<String, (Uuid, String)>,
    organisations: HashMap<String, OrganisationRef>,
}

impl Rows {
    /// Reads the initiatives that a query selects, with these texts in place of their present ones, ordered by title.
    /// Confirmations that are later than `at` are left out.
    pub async fn load_earlier(
        conn: &mut AsyncPgConnection,
        query: initiatives::BoxedQuery<'static, Pg>,
        texts: HashMap<Uuid, EarlierText>,
        at: DateTime<Utc>,
    ) -> Result<Self, ApiError> {
        let today = Today::of(conn, texts.values().map(|earlier| &earlier.text)).await?;
        let mut rows: Vec<InitiativeRow> = query.select(InitiativeRow::as_select()).load(conn).await?;
        for row in &mut rows {
            row.forget_confirmation(at);
            if let Some(EarlierText { text, parent }) = texts.get(&row.id) {
                row.set_text(text, today.lead_council(text), *parent);
            }
        }
        let mut loaded = Self::of(conn, rows).await?;
        for (id, EarlierText { text, .. }) in texts {
            today.set_children(&mut loaded.children, id, text);
        }
        Ok(loaded)
    }

    /// The same with these relatives: parents by id, and components by the id of the parent.
    pub fn with_relatives(mut self, parents: HashMap<Uuid, Related>, components: HashMap<Uuid, Vec<Related>>) -> Self {
        (self.children.parents, self.children.components) = (parents, components);
        self
    }
}

/// The slugs among some references, each once.
fn slugs_of<'a>(references: impl Iterator<Item = &'a Reference>) -> Vec<&'a str> {
    references.map(|reference| &**reference).collect::<HashSet<&str>>().into_iter().collect()
}

impl Today {
    async fn of(
        conn: &mut AsyncPgConnection,
        texts: impl Iterator<Item = &NewInitiative> + Clone,
    ) -> Result<Self, ApiError> {
        let named = |resource: Resource, names: Vec<&str>| {
            let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
            slugs::table.filter(slugs::resource.eq(resource.word())).filter(slugs::slug.eq_any(names))
        };
        let councils: Vec<(String, Keeper)> = named(Resource::Council, slugs_of(texts.clone().flat_map(councils_of)))
            .inner_join(councils::table.on(councils::id.eq(slugs::record_id)))
            .filter(councils::withdrawn_at.is_null())
            .select((slugs::slug, (CouncilRef::as_select(), councils::latitude, councils::longitude)))
            .load(conn)
            .await?;
        let themes: Vec<(String, ThemeRef)> =
            named(Resource::Theme, slugs_of(texts.clone().flat_map(|text| &text.themes)))
                .inner_join(themes::table.on(themes::id.eq(slugs::record_id)))
                .filter(themes::withdrawn_at.is_null())
                .select((slugs::slug, ThemeRef::as_select()))
                .load(conn)
                .await?;
        let references = texts.clone().flat_map(organisations_of).map(|(_, reference)| reference);
        let organisations: Vec<(String, OrganisationRef)> = named(Resource::Organisation, slugs_of(references))
            .inner_join(organisations::table.on(organisations::id.eq(slugs::record_id)))
            .filter(organisations::withdrawn_at.is_null())
            .select((slugs::slug, OrganisationRef::as_select()))
            .load(conn)
            .await?;
        let names = slugs_of(texts.flat_map(|text| &text.principles).map(|used| &used.principle));
        let principles: Vec<(String, Uuid, String)> = principles::table
            .filter(principles::scheme.eq("ccin"))
            .filter(principles::slug.eq_any(names))
            .select((principles::slug, principles::id, principles::label))
            .load(conn)
            .await?;
        Ok(Self {
            councils: councils.into_iter().collect(),
            themes: themes.into_iter().collect(),
            principles: principles.into_iter().map(|(slug, id, label)| (slug, (id, label))).collect(),
            organisations: organisations.into_iter().collect(),
        })
    }

    fn lead_council(&self, text: &NewInitiative) -> Option<Uuid> {
        let (_, lead) = led_by(text.lead.as_ref(), text.lead_council.as_ref());
        self.councils.get(&**lead?).map(|(council, ..)| council.id)
    }

    /// Replaces the children of an initiative by those of a text.
    fn set_children(&self, children: &mut Children, id: Uuid, text: NewInitiative) {
        children.leads.insert(id, self.other_lead(&text));
        children.narratives.insert(id, Narrative::of(id, &text));
        let participants = text.participants.iter().filter_map(|one| {
            let (council, ..) = self.councils.get(&*one.council)?;
            Some(Participant { council: council.clone(), role: one.role })
        });
        children.participants.insert(id, participants.collect());
        let mut themes: Vec<ThemeUse> = Vec::new();
        for theme in text.themes.iter().filter_map(|slug| self.themes.get(&**slug)) {
            // Two themes of then can be one today.
            if !themes.iter().any(|other| other.theme.id == theme.id) {
                themes.push(ThemeUse { theme: theme.clone(), primary: themes.is_empty() });
            }
        }
        children.themes.insert(id, themes);
        let principles = text.principles.iter().filter_map(|used| {
            let (id, label) = self.principles.get(&*used.principle)?.clone();
            let how = used.how.as_deref().map(str::to_owned);
            Some(PrincipleUse { id, slug: used.principle.to_string(), label, how })
        });
        children.principles.insert(id, principles.collect());
        let NewInitiative { mut partners, mut outcomes, mut costs, sources, .. } = text;
        for organisation in partners.iter_mut().map(|one| &mut one.organisation) {
            self.rename(organisation);
        }
        for organisation in outcomes.iter_mut().filter_map(|one| Some(&mut one.independence.as_mut()?.organisation)) {
            self.rename(organisation);
        }
        for organisation in costs.iter_mut().map(|one| &mut one.payer_organisation) {
            self.rename(organisation);
        }
        children.partners.insert(id, partners);
        children.outcomes.insert(id, outcomes);
        children.costs.insert(id, costs);
        children.sources.insert(id, sources);
    }

    /// The lead that is not a council, and the place.
    fn other_lead(&self, text: &NewInitiative) -> OtherLead {
        let organisation = lead_organisation(text.lead.as_ref(), text.lead_council.as_ref());
        let organisation = organisation.and_then(|slug| self.organisations.get(&**slug));
        let place_of = text.place_of.as_ref().and_then(|slug| self.councils.get(&**slug));
        let lead = match led_by(text.lead.as_ref(), text.lead_council.as_ref()).0 {
            // The council was withdrawn, or else the record has it.
            LeadKind::Council => Lead::default(),
            kind => Lead {
                name: text.lead.as_ref().and_then(|lead| lead.name.clone()),
                reference: organisation.map(|one| one.slug.as_str().into()),
                ..Lead::of(kind)
            },
        };
        OtherLead {
            lead,
            organisation: organisation.cloned(),
            place_of: place_of.map(|(council, ..)| council.clone()),
            place: place_of.and_then(|(_, latitude, longitude)| latitude.zip(*longitude)),
        }
    }

    /// The present slug of an organisation; none if it was withdrawn.
    fn rename(&self, reference: &mut Option<Reference>) {
        *reference = reference
            .take()
            .and_then(|slug| self.organisations.get(&*slug))
            .map(|organisation| organisation.slug.as_str().into());
    }
}
