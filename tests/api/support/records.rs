//! Records as a caller sends them, minimal and complete. Converts responses to bodies that can be sent again.

use serde_json::{Map, Value, json};

/// A minimal council.
pub fn council(short_name: &str) -> Value {
    json!({
        "name": format!("{short_name} Borough Council"), "short_name": short_name,
        "council_type": "district", "nation": "england"
    })
}

/// A council with every member.
pub fn whole_council() -> Value {
    json!({
        "name": "Newtown Metropolitan Borough Council", "short_name": "Newtown", "welsh_name": "Y Drenewydd",
        "slug": "newtown", "gss_code": "E08999999", "code": "NWT", "council_type": "metropolitan_district",
        "nation": "england", "region": "north_west", "location": { "latitude": 53.5, "longitude": -2.25 },
        "population": 123_456, "population_year": 2022, "website": "https://www.newtown.gov.uk/",
        "description": "A *new* town.\n\nWith two paragraphs.", "aliases": ["Newtown MBC", "Drenewydd"]
    })
}

/// A membership with the public members and the terms, of a council of the sample that has none.
pub fn whole_membership() -> Value {
    json!({
        "member": { "council": "swansea" }, "tier": "associate", "from": "2013-02", "to": "2020",
        "end_reason": "The council did not renew it.",
        "observations": [
            { "on": "2013-12", "kind": "listed", "source": "A list of members", "url": "https://list.example/" },
            { "on": "2016", "kind": "absent_from_list", "source": "Another list" }
        ],
        "renewal_on": "2019-04", "review_on": "2019", "fee": { "amount_pence": 790_000, "year": 2019, "source": "A paper" },
        "decision": { "body": "Cabinet", "on": "2013-02-13", "item": "Item 16", "url": "https://paper.example/" }
    })
}

/// A minimal theme.
pub fn theme(label: &str) -> Value {
    json!({ "label": label, "definition": format!("What belongs to {label}.") })
}

/// A minimal organisation.
pub fn organisation(name: &str) -> Value {
    json!({ "name": name, "kind": "charity" })
}

/// An organisation with every member; for a registry with the sample.
pub fn whole_organisation() -> Value {
    json!({
        "name": "Wombat Housing", "slug": "wombat-housing", "aliases": ["Wombat Homes Ltd", "WH"], "kind": "company",
        "org_id": "GB-COH-01234567", "website": "https://wombat.example/", "description": "Homes for *wombats*.",
        "council": "oldham"
    })
}

/// A pre-election period of all councils that begins on a day of March.
pub fn period(starts_on: &str) -> Value {
    let polling_on = starts_on.replace("-03-26", "-05-06");
    json!({ "election": "Local elections", "starts_on": starts_on, "polling_on": polling_on, "rule": "warn" })
}

/// A suggestion to say for whom an initiative is.
pub fn suggestion(initiative: &str) -> Value {
    let operations = json!([{ "op": "add", "path": "/who_for", "value": "Everybody who lives there." }]);
    json!({ "initiative": initiative, "reason": "The report says so.", "operations": operations })
}

/// A minimal initiative.
pub fn initiative(title: &str, lead_council: &str) -> Value {
    json!({
        "title": title, "summary": "What it is, in two or three sentences.", "kind": "case_study",
        "delivery_status": "live", "lead_council": lead_council, "themes": ["housing"]
    })
}

/// An initiative with every member and several of each child; for a registry with the sample.
pub fn whole_initiative() -> Value {
    serde_json::from_str(WHOLE_INITIATIVE).expect("JSON")
}

const WHOLE_INITIATIVE: &str = r##"{
    "title": "A whole initiative", "slug": "a-whole-initiative",
    "summary": "Everything that an initiative can have, in a sentence or two.",
    "body": "# The story\n\nIn *markdown*.", "kind": "policy_prototype", "delivery_status": "completed",
    "status_as_at": "2026-10", "who_for": "Everybody over 16", "provenance_note": "Made for the tests.",
    "started_on": "2013-05-10", "ended_on": "2014", "lead_council": "oldham",
    "participants": [{ "council": "york", "role": "co_lead" }, { "council": "bury", "role": "partner" }],
    "partners": [
        { "name": "A trust", "role": "funder", "url": "https://trust.example/" },
        { "name": "A university", "role": "evaluator" }
    ],
    "parent": "get-oldham-working", "themes": ["housing", "co-production", "energy-climate"],
    "principles": [{ "principle": "learning", "how": "By telling others." }, { "principle": "innovation" }],
    "location": { "latitude": 53.541, "longitude": -2.117 },
    "challenge": "What was the matter.", "approach": "What was done.", "what_worked": "- This\n- That",
    "what_did_not": "The rest.", "transfer_conditions": "Patience.", "licence": "CC-BY-4.0",
    "visibility": "public", "review_due_on": "2027-04-01", "source_url": "https://oldham.example/whole?a=b",
    "sources": [
        {
            "key": "paper", "title": "A committee paper", "publisher": "Oldham Council", "kind": "committee_paper",
            "published_on": "2013-05", "item_reference": "Item 7", "url": "https://oldham.example/paper.pdf",
            "accessed_on": "2026-11-22"
        },
        { "key": "study", "title": "A study", "kind": "evaluation" }
    ],
    "outcomes": [
        {
            "measure": "People who took part", "kind": "output", "bound": "range", "value": 12.5,
            "value_high": 99999999.9999, "unit": "people", "baseline": -3, "period_from": "2013-05-10",
            "period_to": "2013-06", "as_at": "2014", "definition": "By headcount.", "caveat": "Of those asked.",
            "evidence_level": 4, "source": "study",
            "independence": { "evaluator": "A university", "declared_interest": "It is a partner." }
        },
        { "measure": "Calls", "kind": "outcome", "bound": "direction", "direction": "down", "evidence_level": 1 },
        { "measure": "A prize", "kind": "award", "bound": "exact", "evidence_level": 0 },
        {
            "measure": "Saved", "kind": "saving", "bound": "at_least", "value": 0.0001, "unit": "gbp",
            "evidence_level": 2, "source": "paper"
        }
    ],
    "costs": [
        {
            "description": "Building", "amount_pence": 1000000000000000, "currency": "GBP", "bound": "about",
            "kind": "capital", "payer": "A trust", "period_from": "2013", "period_to": "2014-03-31",
            "programme": "Community Fund", "round": "2", "caveat": "Before tax.", "source": "paper"
        },
        { "description": "Time", "amount_pence": 0, "currency": "GBP", "bound": "exact", "kind": "in_kind" }
    ]
}"##;

/// A body that would create the council in a response.
pub fn council_body(record: &Value) -> Value {
    keep(
        record,
        &[
            "name",
            "short_name",
            "welsh_name",
            "slug",
            "gss_code",
            "code",
            "council_type",
            "nation",
            "region",
            "location",
            "population",
            "population_year",
            "website",
            "description",
            "aliases",
        ],
    )
}

/// A body that would create the theme in a response.
pub fn theme_body(record: &Value) -> Value {
    let mut body = keep(record, &["slug", "label", "definition", "scope_note", "broader", "status", "replaced_by"]);
    for name in ["broader", "replaced_by"] {
        if body[name].is_object() {
            body[name] = record[name]["slug"].clone();
        }
    }
    body
}

/// A body that would create the initiative in a response.
pub fn initiative_body(record: &Value) -> Value {
    let mut body = keep(
        record,
        &[
            "title",
            "slug",
            "summary",
            "body",
            "kind",
            "delivery_status",
            "status_as_at",
            "started_on",
            "ended_on",
            "partners",
            "challenge",
            "approach",
            "what_worked",
            "what_did_not",
            "transfer_conditions",
            "who_for",
            "provenance_note",
            "licence",
            "visibility",
            "review_due_on",
            "source_url",
            "sources",
            "outcomes",
            "costs",
        ],
    );
    let each = |name: &str, make: &dyn Fn(&Value) -> Value| -> Value {
        record[name].as_array().into_iter().flatten().map(make).collect()
    };
    match record["lead"]["kind"].as_str() {
        Some("council") => body["lead_council"] = record["lead_council"]["slug"].clone(),
        Some("network") => body["lead_council"] = json!("network"),
        _ => body["lead"] = record["lead"].clone(),
    }
    if record["place_of"].is_object() {
        body["place_of"] = record["place_of"]["slug"].clone();
    }
    body["participants"] =
        each("participants", &|one| json!({ "council": one["council"]["slug"], "role": one["role"] }));
    body["themes"] = each("themes", &|one| one["slug"].clone());
    body["principles"] = each("principles", &|one| match &one["how"] {
        Value::Null => json!({ "principle": one["slug"] }),
        how => json!({ "principle": one["slug"], "how": how }),
    });
    if record["parent"].is_object() {
        body["parent"] = record["parent"]["slug"].clone();
    }
    if record["location"]["of"] == "initiative" {
        body["location"] = keep(&record["location"], &["latitude", "longitude"]);
    }
    body
}

/// A record without the members that change with every write.
pub fn unversioned(record: &Value) -> Value {
    let mut rest = record.clone();
    for name in ["version", "updated_at"] {
        rest.as_object_mut().and_then(|members| members.remove(name)).expect("a version and a date");
    }
    rest
}

/// Some members of a record, except those that are null.
fn keep(record: &Value, members: &[&str]) -> Value {
    let kept = members.iter().filter(|name| !record[**name].is_null());
    Value::Object(kept.map(|name| ((*name).to_owned(), record[*name].clone())).collect::<Map<_, _>>())
}
