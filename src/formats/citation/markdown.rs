//! A record as a Markdown document to paste into a council's own site: the story, the claims and their evidence, the
//! citation and the terms.

use std::fmt::Write;

use super::markdown_text::{line, target};
use super::nested_markdown::below;
use super::wording::{amount, claim, cost, evidence, when, word};
use super::work::Work;
use crate::access::visibility::Visibility;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::evidence::{Cost, Outcome, Source};
use crate::registry::initiatives::model::State;

/// RFC 7763.
pub const MEDIA_TYPE: &str = "text/markdown";

/// Writes the record as a document with one outline: title, then sections.
pub fn write(work: &Work) -> String {
    let record = work.record;
    let mut document = format!("# {}\n\n{}\n", line(&record.title), line(&record.summary));
    if work.is_draft() {
        document.push_str("\n**Draft: not published.**\n");
    }
    document.push('\n');
    for (name, value) in facts(work) {
        let _ = writeln!(document, "- **{name}:** {value}");
    }
    for (heading, text) in record.texts() {
        let _ = write!(document, "\n## {heading}\n\n{}\n", below(2, text));
    }
    outcomes(&mut document, record);
    costs(&mut document, record);
    sources(&mut document, record);
    terms(&mut document, work);
    document
}

fn facts(work: &Work) -> Vec<(&'static str, String)> {
    let record = work.record;
    let joined = |names: Vec<String>| (!names.is_empty()).then(|| names.join("; "));
    let councils = record.participants.iter().map(|one| format!("{} ({})", line(&one.council.name), word(&one.role)));
    let partners = record.partners.iter().map(|one| {
        let name = match &one.url {
            Some(url) => format!("[{}](<{}>)", line(&one.name), target(url)),
            None => line(&one.name),
        };
        format!("{name} ({})", word(&one.role))
    });
    let principles = record.principles.iter().map(|one| match &one.how {
        Some(how) => format!("{} ({})", line(&one.label), line(how)),
        None => line(&one.label),
    });
    let period = match (&record.started_on, &record.ended_on) {
        (Some(from), Some(to)) => Some(format!("{from} to {to}")),
        (Some(from), None) => Some(format!("from {from}")),
        (None, Some(to)) => Some(format!("until {to}")),
        (None, None) => None,
    };
    [
        ("Led by", Some(work.lead().map_or_else(|| "not known".to_owned(), line))),
        ("In", record.place_of.as_ref().map(|council| line(&council.name))),
        ("With", joined(councils.chain(partners).collect())),
        ("Kind", Some(work.kind())),
        ("Status", Some(line(&record.status_text))),
        ("For", record.who_for.as_deref().map(line)),
        ("Period", period),
        ("Themes", joined(record.themes.iter().map(|one| line(&one.theme.label)).collect())),
        ("Principles", joined(principles.collect())),
        ("Part of", record.parent.as_ref().map(|parent| line(&parent.title))),
        ("Web page", record.source_url.as_ref().map(|url| format!("<{}>", target(url)))),
    ]
    .into_iter()
    .filter_map(|(name, value)| value.map(|value| (name, value)))
    .collect()
}

fn outcomes(document: &mut String, record: &Initiative) {
    if record.outcomes.is_empty() {
        return;
    }
    document.push_str(
        "\n## Outcomes\n\nEach row is a claim. Claims of different kinds do not add up.\n\n\
         | What | Kind | Bound | Value | Unit | Date | Evidence | Source | Caveat |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for outcome in &record.outcomes {
        let cells = [
            line(&outcome.measure),
            word(&outcome.kind),
            word(&outcome.bound),
            value(outcome),
            outcome.unit.map(|unit| word(&unit)).unwrap_or_default(),
            when(outcome),
            if outcome.kind.is_context() { String::new() } else { evidence(outcome.evidence_level) },
            cited(outcome.source.as_deref(), &record.sources),
            notes(outcome),
        ];
        row(document, &cells);
    }
}

/// The value in words, with its bound, so that a number copied alone keeps its meaning.
fn value(outcome: &Outcome) -> String {
    line(&claim(outcome))
}

fn notes(outcome: &Outcome) -> String {
    let baseline = outcome.baseline.map(|baseline| format!("Before: {}.", amount(baseline, outcome.unit)));
    let definition = outcome.definition.as_ref().map(|text| format!("Measured: {}", line(text)));
    let caveat = outcome.caveat.as_ref().map(|text| line(text));
    let evaluated = outcome.independence.as_ref().map(|by| {
        let interest = by.declared_interest.as_ref().map(|interest| format!(" Declared interest: {}", line(interest)));
        format!("Evaluated by: {}.{}", line(&by.evaluator), interest.unwrap_or_default())
    });
    [caveat, definition, baseline, evaluated].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn costs(document: &mut String, record: &Initiative) {
    if record.costs.is_empty() {
        return;
    }
    document.push_str(
        "\n## What it cost\n\n| What | Kind | Amount | Paid by | Period | Source | Caveat |\n|---|---|---|---|---|---|---|\n",
    );
    for one in &record.costs {
        let cells = [
            line(&one.description),
            word(&one.kind),
            cost(one),
            one.payer.as_ref().map(|payer| line(payer)).unwrap_or_default(),
            paid_in(one),
            cited(one.source.as_deref(), &record.sources),
            one.caveat.as_ref().map(|caveat| line(caveat)).unwrap_or_default(),
        ];
        row(document, &cells);
    }
}

fn paid_in(cost: &Cost) -> String {
    let ends = [cost.period_from.as_deref(), cost.period_to.as_deref()];
    let mut ends: Vec<&str> = ends.into_iter().flatten().collect();
    ends.dedup();
    ends.join(" to ")
}

fn row(document: &mut String, cells: &[String]) {
    let _ = writeln!(document, "| {} |", cells.join(" | "));
}

/// The number of a source in the list of sources.
fn cited(key: Option<&str>, sources: &[Source]) -> String {
    let position = key.and_then(|key| sources.iter().position(|source| source.key == key));
    position.map(|position| format!("\\[{}\\]", position + 1)).unwrap_or_default()
}

fn sources(document: &mut String, record: &Initiative) {
    if record.sources.is_empty() {
        return;
    }
    document.push_str("\n## Sources\n\n");
    for (index, source) in record.sources.iter().enumerate() {
        let title = match &source.url {
            Some(url) => format!("[{}](<{}>)", line(&source.title), target(url)),
            None => line(&source.title),
        };
        let details = [
            source.publisher.as_ref().map(|publisher| line(publisher)),
            Some(word(&source.kind)),
            source.published_on.as_deref().map(str::to_owned),
            source.item_reference.as_ref().map(|item| line(item)),
            source.accessed_on.as_deref().map(|day| format!("read {day}")),
        ];
        let details: Vec<String> = details.into_iter().flatten().collect();
        let _ = writeln!(document, "{}. {title}. {}.", index + 1, details.join(", "));
    }
}

fn terms(document: &mut String, work: &Work) {
    let record = work.record;
    let _ = write!(document, "\n## How to cite\n\n{} <{}>\n", line(&work.line()), target(&work.permalink()));
    let licence = record.licence;
    let _ = write!(document, "\n## Terms\n\n- **Licence:** [{}](<{}>)\n", licence.title(), licence.url());
    let _ = writeln!(document, "- **Permalink:** <{}>", target(&work.permalink()));
    let _ = writeln!(document, "- **Version:** {}, of {}", record.version, record.updated_at.format("%-d %B %Y"));
    let _ = writeln!(document, "- **Checked:** {}", record.freshness_text);
    if record.state == State::Archived {
        let _ = writeln!(document, "- **Archived:** nobody keeps this record up any more");
    }
    let readers = match (record.state, record.visibility) {
        (State::Draft, _) => "its own council and network officers",
        (_, Visibility::Public) => return,
        (_, Visibility::Members) => "members who are signed in",
        (_, Visibility::Officers) => "contributors and editors of councils, and network officers",
        (_, Visibility::Private) => "its own council and network officers",
    };
    let _ = writeln!(document, "- **Not public:** for {readers}; ask before you pass it on");
}
