//! Generates a large registry: councils, themes and any number of initiatives, as uneven as real ones. The result is
//! always the same for a seed. Figures, names and sentences have no meaning.
//!
//! COPY inserts rows without triggers. [`AFTER_LOAD`] then inserts what the triggers would have written.

#[path = "tables.rs"]
pub mod tables;
#[path = "words.rs"]
pub mod words;

use chrono::DateTime;
use tables::{Failure, Tables};
use tokio_postgres::Client;
use uuid::Uuid;
use words::{Chance, Known, Words};

/// Inserts the change of each record for the feed of changes, as the triggers would have done.
const AFTER_LOAD: &[&str] = &[
    "INSERT INTO changes (resource, record_id, audience) SELECT 'theme', id, audience_of(t) FROM themes t
     WHERE withdrawn_at IS NULL AND NOT merged",
    "INSERT INTO changes (resource, record_id, audience) SELECT 'council', id, audience_of(c) FROM councils c
     WHERE withdrawn_at IS NULL",
    "INSERT INTO changes (resource, record_id, audience, councils)
     SELECT 'initiative', id, audience_of(i), array_remove(ARRAY[lead_council_id], NULL) FROM initiatives i
     WHERE withdrawn_at IS NULL",
];

/// Number of initiatives per flush.
const BATCH: usize = 5_000;
const COUNCILS: usize = 400;
/// Slug, label, and the slug of the broader theme, if any.
const THEMES: [(&str, &str, &str); 24] = [
    ("housing", "Housing", ""),
    ("health-social-care", "Health and social care", ""),
    ("energy-climate", "Energy and climate", ""),
    ("economy-work", "Economy and work", ""),
    ("democracy", "Democracy", ""),
    ("neighbourhoods", "Neighbourhoods", ""),
    ("social-value", "Social value", ""),
    ("co-production", "Co-production", ""),
    ("young-people", "Young people", ""),
    ("food", "Food", ""),
    ("culture-leisure", "Culture and leisure", ""),
    ("transport", "Transport", ""),
    ("digital", "Digital services", ""),
    ("safety", "Community safety", ""),
    ("finance", "Finance and inclusion", ""),
    ("volunteering", "Volunteering", ""),
    ("housing-co-operatives", "Housing co-operatives", "housing"),
    ("homelessness", "Homelessness", "housing"),
    ("tenant-management", "Tenant management", "housing"),
    ("mental-health", "Mental health", "health-social-care"),
    ("home-care", "Home care", "health-social-care"),
    ("community-energy", "Community energy", "energy-climate"),
    ("worker-co-operatives", "Worker co-operatives", "economy-work"),
    ("credit-unions", "Credit unions", "finance"),
];
const VISIBILITIES: [&str; 4] = ["public", "members", "officers", "private"];
const KINDS: [&str; 6] = ["case_study", "idea", "policy_lab", "policy_prototype", "commission", "challenge"];
const STATUSES: [&str; 7] = ["live", "completed", "scaled", "pilot", "planned", "stopped", "idea"];
const REGIONS: [&str; 9] = [
    "north_west",
    "london",
    "yorkshire_and_the_humber",
    "south_east",
    "west_midlands",
    "south_west",
    "east_midlands",
    "east_of_england",
    "north_east",
];
/// Units of measures.
const UNITS: [&str; 8] = ["people", "households", "homes", "jobs", "organisations", "percent", "gbp", "count"];
/// Unix times, in seconds: the first of January 2014 and the first of November 2026.
const TIMES: (usize, usize) = (1_388_534_400, 1_793_491_200);

/// Fill a migrated registry that has no councils, themes or initiatives.
pub async fn fill(client: &Client, initiatives: usize, seed: u64) -> Result<Known, Failure> {
    let mut chance = Chance::new(seed);
    let words = Words::new(&mut chance);
    let rows = client.query("SELECT id::text FROM principles ORDER BY scheme, position", &[]).await?;
    let principles = rows.iter().map(|row| row.get(0)).collect();
    client.batch_execute("SET statement_timeout = 0; SET session_replication_role = replica").await?;
    let mut generator = Generator { chance, words, principles, count: initiatives, parent: 0, tables: Tables::new() };
    generator.councils();
    generator.themes();
    for record in 0..initiatives {
        generator.initiative(record);
        if (record + 1) % BATCH == 0 {
            generator.tables.flush(client).await?;
        }
    }
    generator.tables.flush(client).await?;
    client.batch_execute("SET session_replication_role = DEFAULT").await?;
    for statement in AFTER_LOAD {
        client.batch_execute(statement).await?;
    }
    client.batch_execute("VACUUM (ANALYZE)").await?;
    Ok(generator.words.known(initiatives))
}

struct Generator {
    chance: Chance,
    words: Words,
    principles: Vec<String>,
    count: usize,
    /// Visibility of the last record that may have components: an index into [`VISIBILITIES`].
    parent: usize,
    tables: Tables,
}

/// A UUIDv7 (RFC 9562) with the time and the kind of a record.
fn id(kind: u64, number: usize, seconds: usize) -> String {
    let milliseconds = seconds as u128 * 1000;
    let rest = (u128::from(kind) << 48) | number as u128;
    Uuid::from_u128((milliseconds << 80) | (7 << 76) | (2 << 62) | rest).to_string()
}

fn council(number: usize) -> String {
    id(1, number, TIMES.0)
}

fn theme(number: usize) -> String {
    id(2, number, TIMES.0)
}

fn initiative(number: usize, count: usize) -> (String, usize) {
    let seconds = TIMES.0 + number * (TIMES.1 - TIMES.0) / count;
    (id(3, number, seconds), seconds)
}

fn time(seconds: usize) -> String {
    DateTime::from_timestamp(seconds.cast_signed() as i64, 0).unwrap_or_default().to_rfc3339()
}

impl Generator {
    fn councils(&mut self) {
        for number in 0..COUNCILS {
            let place = self.words.place(number).to_owned();
            let (id, slug) = (council(number), place.to_lowercase());
            let nation = ["england", "england", "england", "scotland", "wales"][number % 5];
            let (region, letter, kind) = match nation {
                "england" => (self.chance.of(&REGIONS), "E06", "unitary"),
                "scotland" => ("", "S12", "scottish_unitary"),
                _ => ("", "W06", "welsh_unitary"),
            };
            let name = format!("{place} {}", ["Borough Council", "City Council", "Council"][number % 3]);
            let aliases = if number % 7 == 0 {
                format!("{{\"{} of {place}\"}}", ["City", "Town"][number % 2])
            } else {
                "{}".into()
            };
            let (latitude, longitude) = self.point();
            let population = self.chance.between(30_000, 900_000).to_string();
            let created = time(TIMES.0 + number);
            let (code, website) = (format!("{letter}{number:06}"), format!("https://www.{slug}.example"));
            self.tables.councils.row([
                &id,
                &slug,
                &name,
                &place,
                &code,
                kind,
                nation,
                region,
                &latitude,
                &longitude,
                &population,
                "2024",
                &website,
                &aliases,
                &created,
                &created,
            ]);
            self.tables.slugs.row(["council", &slug, &id]);
        }
    }

    fn themes(&mut self) {
        for (number, (slug, label, broader)) in THEMES.into_iter().enumerate() {
            let broader = THEMES.iter().position(|(slug, ..)| *slug == broader).map(theme).unwrap_or_default();
            let definition = format!("Generated practice about {}.", label.to_lowercase());
            let created = time(TIMES.0 + number);
            self.tables.themes.row([&theme(number), slug, label, &definition, &broader, &created, &created]);
            self.tables.slugs.row(["theme", slug, &theme(number)]);
        }
    }

    fn initiative(&mut self, number: usize) {
        let (id, created) = initiative(number, self.count);
        let mut title = self.title(number);
        if let Some(name) = self.words.name(&mut self.chance, self.count) {
            title.push(' ');
            title.push_str(name);
        }
        let summary = self.text(number, 20, 60, 370);
        let slug = title.to_lowercase().replace(' ', "-");
        let slug = format!("{}-{number}", slug[..slug.len().min(80)].trim_end_matches('-'));
        let (started, ended, status) = self.dates();
        let lead = if self.chance.is(0.01) { COUNCILS } else { self.chance.skewed(COUNCILS) };
        let lead_id = if lead == COUNCILS { String::new() } else { council(lead) };

        let place = self.chance.unit();
        let (visibility, state) = match place {
            _ if place < 0.97 => (0, "published"),
            _ if place < 0.98 => (1, "published"),
            _ if place < 0.985 => (2, "published"),
            _ if place < 0.99 => (3, "published"),
            _ if place < 0.995 => (0, "draft"),
            _ => (0, "withdrawn"),
        };
        // The first of each fifty is a bundle of the next two.
        let is_component = matches!(number % 50, 1 | 2);
        let parent = if is_component { initiative(number - number % 50, self.count).0 } else { String::new() };
        let own = if state == "draft" { 3 } else { visibility };
        let effective = if is_component { own.max(self.parent) } else { own };
        if !is_component {
            self.parent = effective;
        }
        let updated = created + (self.chance.unit().powi(3) * (TIMES.1 - created) as f64) as usize;
        let (created, updated) = (time(created), time(updated));
        let is_withdrawn = state == "withdrawn";
        let (withdrawn, reason) = if is_withdrawn { (updated.as_str(), "Entered twice") } else { ("", "") };
        let (latitude, longitude) = if self.chance.is(0.3) { self.point() } else { Default::default() };
        let kind = KINDS[if self.chance.is(0.8) { 0 } else { self.chance.skewed(KINDS.len()) }];
        let (state, published) = if state == "draft" { ("draft", "") } else { ("published", created.as_str()) };
        self.tables.initiatives.row([
            &id,
            &slug,
            &title,
            &summary,
            kind,
            status,
            &started,
            &ended,
            &lead_id,
            &parent,
            &latitude,
            &longitude,
            VISIBILITIES[visibility],
            state,
            VISIBILITIES[effective],
            published,
            &created,
            &updated,
            withdrawn,
            reason,
        ]);
        self.tables.slugs.row(["initiative", &slug, &id]);
        self.narrative(number, &id);
        if lead_id.is_empty() {
            self.tables.leads.row([&id, "network"]);
        }
        self.relations(number, &id, lead);
        self.evidence(number, &id);
    }

    fn narrative(&mut self, number: usize, id: &str) {
        let mut body = String::new();
        let mut left = self.chance.between(100, 600);
        while left > 0 {
            let words = left.min(80);
            self.words.write(&mut body, &mut self.chance, number, words, usize::MAX);
            left -= words;
            if left > 0 {
                body.push_str("\n\n");
            }
        }
        let [challenge, approach, what_worked] = [0.5, 0.5, 0.3].map(|share| match self.chance.is(share) {
            true => self.text(number, 30, 80, usize::MAX),
            false => String::new(),
        });
        self.tables.narratives.row([id, &body, &challenge, &approach, &what_worked]);
    }

    fn relations(&mut self, number: usize, id: &str, lead: usize) {
        let mut others = vec![lead];
        for position in 0..self.chance.skewed(5) {
            let other = self.chance.skewed(COUNCILS);
            if !others.contains(&other) {
                others.push(other);
                // In the sample, one in 79 participating councils is a joint lead.
                let role = if self.chance.is(0.025) { "co_lead" } else { "partner" };
                self.tables.participants.row([id, &council(other), role, &position.to_string()]);
            }
        }
        for position in 0..self.chance.skewed(4) {
            let name = self.title(number);
            let role = self.chance.of(&["delivery", "funder", "evaluator", "academic", "other"]);
            self.tables.partners.row([id, &position.to_string(), &name, role]);
        }
        let mut themes = Vec::new();
        for position in 0..self.chance.between(1, 3) {
            let chosen = self.chance.skewed(THEMES.len());
            if !themes.contains(&chosen) {
                themes.push(chosen);
                self.tables.of_themes.row([id, &theme(chosen), &position.to_string()]);
            }
        }
        let mut principles = Vec::new();
        for position in 0..self.chance.between(0, 4) {
            let chosen = self.chance.skewed(self.principles.len());
            if !principles.contains(&chosen) {
                principles.push(chosen);
                self.tables.of_principles.row([id, &self.principles[chosen], &position.to_string(), ""]);
            }
        }
    }

    fn evidence(&mut self, number: usize, id: &str) {
        let sources = self.chance.skewed(4);
        for position in 0..sources {
            let (key, title) = (format!("s{position}"), self.title(number));
            let kind = self.chance.of(&["committee_paper", "report", "evaluation", "web", "press"]);
            let (year, url) = (self.chance.between(2012, 2026), format!("https://reports.example/{number}/{position}"));
            let row = [id, &key, &position.to_string(), &title, "A publisher", kind, &year.to_string(), &url];
            self.tables.sources.row(row);
        }
        for position in 0..self.chance.skewed(7) {
            let measure = self.title(number);
            let kind = self.chance.of(&["outcome", "output", "activity", "target", "saving", "projection", "cost"]);
            let bound = self.chance.of(&["exact", "exact", "about", "at_least", "range", "direction"]);
            let value = self.chance.skewed(100_000) + 1;
            let high = if bound == "range" { (value * 2).to_string() } else { String::new() };
            let (value, direction) = if bound == "direction" { (String::new(), "up") } else { (value.to_string(), "") };
            let level = if sources == 0 { self.chance.between(0, 1) } else { self.chance.skewed(6) };
            let source = if sources > 0 { format!("s{}", position % sources) } else { String::new() };
            let unit = self.chance.of(&UNITS);
            let (year, level) = (self.chance.between(2012, 2026).to_string(), level.to_string());
            let position = position.to_string();
            self.tables
                .outcomes
                .row([id, &position, &measure, kind, bound, &value, &high, direction, unit, &year, &level, &source]);
        }
        if self.chance.is(0.3) {
            let amount = (self.chance.skewed(100_000) * 1000).to_string();
            self.tables.costs.row([id, "0", "The work of a year", &amount, "revenue", "The council"]);
        }
    }

    /// A title of three to nine words.
    fn title(&mut self, number: usize) -> String {
        let mut title = String::new();
        let words = self.chance.between(3, 9);
        self.words.write(&mut title, &mut self.chance, number, words, 110);
        title.trim_end_matches('.').replace(". ", " ")
    }

    fn text(&mut self, number: usize, least: usize, most: usize, bytes: usize) -> String {
        let mut text = String::new();
        let words = self.chance.between(least, most);
        self.words.write(&mut text, &mut self.chance, number, words, bytes);
        text
    }

    /// Start and end as partial dates, and the delivery status that fits them.
    fn dates(&mut self) -> (String, String, &'static str) {
        let status = STATUSES[self.chance.skewed(STATUSES.len())];
        let year = 2025 - self.chance.skewed(31);
        let (month, day) = (self.chance.between(1, 12), self.chance.between(1, 28));
        let started = match self.chance.between(0, 9) {
            0 => String::new(),
            1..=4 => year.to_string(),
            5..=7 => format!("{year}-{month:02}"),
            _ => format!("{year}-{month:02}-{day:02}"),
        };
        let has_ended = matches!(status, "completed" | "stopped");
        let ended = if has_ended { (year + 1).to_string() } else { String::new() };
        (started, ended, status)
    }

    /// A random point in Great Britain.
    fn point(&mut self) -> (String, String) {
        let (latitude, longitude) = (50.5 + 7.0 * self.chance.unit(), -4.0 + 4.5 * self.chance.unit());
        (format!("{latitude:.5}"), format!("{longitude:.5}"))
    }
}
