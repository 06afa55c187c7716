//! What the network's site showed later: every item is a record, or a source of one.

use serde_json::json;

use super::{Sample, each, has, text};

/// Projects and visits that were not in.
const RECORDS: [(&str, &str, &str); 4] = [
    ("co-operative-performance-framework", "/project/co-operative-performance-framework/", "unknown"),
    ("from-co-op-councils-to-co-op-places", "/project/from-coop-councils-to-coop-places", "unknown"),
    ("personalised-commissioning-event", "/project/personalised-commissioning-event/", "council"),
    ("study-visit-to-mondragon", "/funded-projects", "network"),
];

#[tokio::test(flavor = "multi_thread")]
async fn projects_and_study_visits_are_records() {
    let sample = Sample::read().await;
    for (slug, address, lead) in RECORDS {
        let record = sample.record(slug);
        assert!(text(record, "source_url").ends_with(address), "{slug}");
        assert_eq!(record["lead"]["kind"], lead, "{slug}");
        assert!(each(record, "sources").any(|one| one["url"] == record["source_url"]), "{slug}");
    }
    assert_eq!(sample.record("personalised-commissioning-event")["lead_council"]["slug"], "kirklees");
    let visit = sample.record("study-visit-to-mondragon");
    assert_eq!((&visit["delivery_status"], &visit["status_as_at"]), (&json!("planned"), &json!("2021")));
}

/// Publications, with the record whose source they are.
const PUBLICATIONS: [(&str, &str, &str); 9] = [
    ("Democratising Policy Solutions", "2023-10-26", "network-publications"),
    ("Beyond Asset Transfer", "2021", "network-publications"),
    ("Co-operatives Unleashed – Toolkit Policy", "2023-05-03", "network-publications"),
    ("Co-operatives Unleashed – Toolkit Policy", "2023-05-03", "ambassador-programme-co-operative-glasgow"),
    ("Co-operatives Unleashed – Toolkit Policy", "2023-05-03", "co-operatives-unleashed-as-seen-from-the-grassroots"),
    ("2024 Case Studies Pack", "2024-05", "network-publications"),
    ("Co-operative Case Studies 2020", "2020", "network-publications"),
    ("Co-operative Case Studies Winter 2018/19", "2018", "network-publications"),
    ("Co-operative Case Studies Winter 2017/8", "2017", "network-publications"),
];

#[tokio::test(flavor = "multi_thread")]
async fn publications_are_sources_of_what_they_are_about() {
    let sample = Sample::read().await;
    for (title, published_on, slug) in PUBLICATIONS {
        let found = each(sample.record(slug), "sources").find(|one| one["title"] == title);
        let source = found.unwrap_or_else(|| panic!("{slug} does not cite {title}"));
        assert_eq!(source["published_on"], published_on, "{title}");
        assert!(text(source, "url").starts_with("https://"), "{title}");
    }
    let publications = sample.record("network-publications");
    for words in
        ["Beyond Asset Transfer", "Democratising Policy Solutions", "toolkit of Co-operatives Unleashed", "May 2024"]
    {
        assert!(has(publications, "body", words), "{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_who_took_part_is_there_and_a_start_has_its_source() {
    let sample = Sample::read().await;
    let learning = sample.record("action-learning-set-co-operation-through-covid-19");
    let groups: Vec<&str> = each(learning, "partners").map(|one| text(one, "name")).collect();
    let expected = [
        "Hillingdon Labour and Co-op Group",
        "North Warwickshire Labour Group",
        "Staffordshire Labour and Co-op Group",
    ];
    assert_eq!(groups, expected);
    assert_eq!(each(learning, "participants").count(), 19);

    // The page of the commission is of 2018; that it began in 2016 is from the notice of its launch.
    let commission = sample.record("community-led-housing-commission");
    assert_eq!((&commission["started_on"], &commission["status_as_at"]), (&json!("2016"), &json!("2018")));
    let published: Vec<&str> = each(commission, "sources").map(|one| text(one, "published_on")).collect();
    assert_eq!(published, ["2018", "2016"]);
    assert!(has(commission, "provenance_note", "inferred"));
}

#[tokio::test(flavor = "multi_thread")]
async fn ages_and_other_conditions_stand_in_their_own_place() {
    let sample = Sample::read().await;
    for (slug, words) in [
        ("oldham-enterprise-trust", "aged 16 and 17 in the paper of 2015, 18-year-olds in the submission of 2013"),
        ("plymouth-school-of-creative-arts", "aged 4 to 16"),
        ("youth-co-operative-action", "aged 12 to 20"),
        ("glasgow-future-savers", "given age"),
    ] {
        assert!(has(sample.record(slug), "who_for", words), "{slug}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_claims_to_have_changed_is_context() {
    let sample = Sample::read().await;
    let context: Vec<(&str, &str)> = sample
        .claims()
        .filter(|(_, claim)| claim["kind"] == "context")
        .map(|(slug, claim)| (slug, text(claim, "measure")))
        .collect();
    let expected = [
        ("get-oldham-working", "Fall in the manufacturing and engineering base over a decade"),
        ("oldham-family-focused-support", "Key workers for each family of the CAF team"),
        ("sunderland-community-leadership-programme", "Population of the city covered"),
        ("sunderland-community-leadership-programme", "Time the programme had been running"),
        ("sunderland-responsive-local-services", "Time since the changes were introduced"),
    ];
    assert_eq!(context, expected);
}
