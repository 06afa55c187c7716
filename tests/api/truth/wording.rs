//! Words: what a record says that its source says, and what it no longer says.

use super::{Sample, each, prose, text};

/// Record, what it says, and what it must not say.
const WORDING: &[(&str, &[&str], &[&str])] = &[
    ("norwich-community-run-assets", &["help to run"], &["are run by communities", "Residents run"]),
    (
        "norwich-reducing-inequalities-social-capital",
        &["already reviewed social capital", "update on what had come of it"],
        &["informed by", "neighbourhood model"],
    ),
    ("norwich-neighbourhood-model", &["informed that work"], &["first hand"]),
    ("glasgow-future-savers", &["automatically given access"], &["receives", "100 percent"]),
    (
        "oldham-family-focused-support",
        &["CAF team", "being developed", "at that time training staff"],
        &["share one way of working", "are trained"],
    ),
    (
        "oldham-psr-pilot-st-marys-coldhurst",
        &["still to be developed", "in one of Oldham's communities"],
        &["joined with", "goes with"],
    ),
    ("southampton-municipal-energy", &["already power public buildings"], &["heat public buildings"]),
    (
        "norwich-social-welfare-advice-needs",
        &["partners and providers"],
        &["usually belongs to the commissioner", "commissioner alone"],
    ),
    ("lambeth-peer-support-programme", &["One of the supporters expects"], &["programme also claims"]),
    ("lipson-co-operative-academy", &["have already moved"], &["moving towards"]),
    // What nobody wrote but the sample did.
    ("norwich-collective-purchasing-and-switching", &["join together"], &["better deal"]),
    ("norwich-credit-unions-financial-inclusion", &["supports credit unions"], &["fair ways"]),
    ("norwich-commissioning-voluntary-organisations", &["consortia"], &["encourages"]),
    ("glasgow-credit-unions-against-loan-sharks", &["drive out loan sharks"], &["fair source", "need not turn"]),
    ("network-bulk-energy-purchase", &["in bulk"], &["little weight"]),
    ("lambeth-integrated-health-and-care-budget", &["not a trial"], &["own aims"]),
    // What was left out.
    ("york-community-equipment-store-and-telecare", &["keeps a part of the ownership"], &[]),
    ("norwich-transformation-programme", &["savings targets"], &["not only as people affected"]),
    ("york-co-operative-housing-idea", &["land", "prices", "rents", "Europe"], &[]),
    (
        "sunderland-community-leadership-programme",
        &["Decent, Proud and Together", "hub works for the network"],
        &["about four years"],
    ),
    ("oldham-enterprise-trust", &["create jobs", "contradict", "16 and 17", "18-year-olds"], &[]),
    (
        "get-oldham-working",
        &["traineeships", "employment offer in each neighbourhood", "work with businesses", "attracting investment"],
        &[],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_record_says_what_its_source_says_and_no_more() {
    let sample = Sample::read().await;
    for (slug, says, never) in WORDING {
        let prose = prose(sample.record(slug));
        for words in *says {
            assert!(prose.contains(words), "{slug} does not say {words:?}");
        }
        for words in *never {
            assert!(!prose.contains(words), "{slug} says {words:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pilot_that_is_to_be_developed_and_a_bid_are_planned() {
    let sample = Sample::read().await;
    for slug in
        ["oldham-psr-pilot-st-marys-coldhurst", "councils-cooperative-development-toolkit", "study-visit-to-mondragon"]
    {
        assert_eq!(sample.record(slug)["delivery_status"], "planned", "{slug}");
    }
    assert!(
        sample.0.values().all(|one| one["delivery_status"] != "pilot"),
        "no other source speaks of a running pilot"
    );
}

/// Records of which nothing but a title was read. The summary says so, and uses no noun that the title has not.
const BY_TITLE_ALONE: [&str; 14] = [
    "armed-forces-covenant",
    "co-operation-at-the-grassroots-in-sunderland",
    "co-producing-borough-wide-inclusion-in-bury",
    "community-covid-response",
    "community-led-housing-in-liverpool",
    "empowering-communities-through-co-operation",
    "grow-for-the-future",
    "high-street-headcount-survey-in-lewisham",
    "place-based-intelligence",
    "right-to-the-streets",
    "strategy-consultation-with-birmingham-city-council",
    "study-visit-to-emilia-romagna",
    "supporting-residents-in-financial-crisis",
    "tackling-inequalities-in-wigan",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_summary_says_no_more_than_the_title_where_only_the_title_was_read() {
    let sample = Sample::read().await;
    // Words of the frame, names of places by their addresses, and the little words.
    let frame = "a an the of on in by for with from as to its is at case study project named policy lab part known here title \
        alone network only and year are 2023 response visit about across";
    for slug in BY_TITLE_ALONE {
        let record = sample.record(slug);
        let summary = text(record, "summary");
        assert!(summary.contains("title"), "{slug}: {summary}");
        let title = format!("{} {frame} {}", text(record, "title"), slug.replace('-', " ")).to_lowercase();
        let lead = [&record["lead_council"], &record["lead"]].map(|one| text(one, "name").to_lowercase()).concat();
        let partners = each(record, "partners").map(|one| text(one, "name").to_lowercase()).collect::<String>();
        for word in summary.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 1) {
            let stem = &word[..word.len().min(5)];
            assert!(
                [&title, &lead, &partners].iter().any(|known| known.contains(stem)),
                "{slug}: {word} is not in its title"
            );
        }
    }
}
