//! Who leads: a council, an organisation or the network where a source says so, and else nobody knows.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Sample, each, text};

/// Records that an organisation leads, with its name and the council where the work happens.
const BY_ORGANISATIONS: [(&str, &str, Option<&str>); 7] = [
    ("achieving-social-outcomes", "Peopletoo", None),
    ("co-production-of-day-opportunities", "RedQuadrant", Some("birmingham")),
    ("empowering-communities-through-co-operation", "Co-operatives UK", None),
    ("mapping-the-co-operative-economy-in-plymouth", "Co-operatives UK", Some("plymouth")),
    ("putting-co-operative-values-into-practice", "Branding.coop", None),
    ("share-shacks-in-birmingham", "The Active Wellbeing Society", Some("birmingham")),
    ("youth-co-operative-action", "Co-operative College", None),
];

/// Records of which nothing says who leads.
const UNKNOWN: [&str; 10] = [
    "armed-forces-covenant",
    "co-operative-performance-framework",
    "community-covid-response",
    "cooperative-approaches-to-reaching-net-zero",
    "cooperative-difference-in-care",
    "from-co-op-councils-to-co-op-places",
    "grow-for-the-future",
    "place-based-intelligence",
    "right-to-the-streets",
    "tackling-poverty-and-inequalities-through-system-convening",
];

/// What the network does itself.
const BY_THE_NETWORK: [&str; 5] = [
    "action-learning-set-co-operation-through-covid-19",
    "network-bulk-energy-purchase",
    "network-publications",
    "study-visit-to-emilia-romagna",
    "study-visit-to-mondragon",
];

fn kind(record: &Value) -> &str {
    text(&record["lead"], "kind")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_lead_is_what_its_source_names() {
    let sample = Sample::read().await;
    let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (slug, record) in &sample.0 {
        kinds.entry(kind(record)).or_default().push(slug);
        assert_eq!(kind(record) == "council", record["lead_council"].is_object(), "{slug}");
    }
    assert_eq!(kinds["unknown"], UNKNOWN);
    assert_eq!(kinds["network"], BY_THE_NETWORK);
    assert_eq!(kinds["organisation"], BY_ORGANISATIONS.map(|(slug, ..)| slug));
    assert_eq!(kinds["council"].len(), sample.0.len() - UNKNOWN.len() - BY_THE_NETWORK.len() - BY_ORGANISATIONS.len());
    for (slug, name, place) in BY_ORGANISATIONS {
        let record = sample.record(slug);
        assert_eq!(record["lead"]["name"], name);
        assert_eq!(record["place_of"]["slug"].as_str(), place, "{slug}");
        // The lead is not a partner of itself; the council of the place takes part.
        assert!(each(record, "partners").all(|one| one["name"] != name), "{slug}");
        let mut councils = each(record, "participants").map(|one| one["council"]["slug"].as_str());
        assert!(place.is_none() || councils.any(|council| council == place), "{slug}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_called_the_network_because_the_lead_is_not_known() {
    let sample = Sample::read().await;
    for (slug, record) in &sample.0 {
        let words = format!("{} {}", super::prose(record), text(record, "provenance_note"));
        assert!(!words.contains("entered under the network"), "{slug}");
        assert_eq!(words.contains("does not show who leads"), kind(record) == "unknown", "{slug}");
    }
}
