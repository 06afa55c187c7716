//! The filters of initiatives, each and together, against counts worked out here from the whole list.

use serde_json::{Value, json};

use crate::support::{Client, TestApp};

/// The whole list, and a caller to ask for parts of it.
struct Whole {
    client: Client,
    initiatives: Vec<Value>,
    councils: Vec<Value>,
}

impl Whole {
    async fn of(app: &TestApp) -> Self {
        let client = app.anonymous();
        let all = |page: crate::support::Answer| page.expect(200).json["data"].as_array().unwrap().clone();
        let initiatives = all(client.get("/v1/initiatives?limit=200").await);
        let (councils, _) = client.there_and_back("/v1/councils?limit=200", |_| {}).await;
        assert_eq!((initiatives.len(), councils.len()), (134, 386));
        Self { client, initiatives, councils }
    }

    /// A filter shows exactly the initiatives that it should, and their number: some, not all. Returns the number.
    async fn check(&self, filter: &str, wanted: impl Fn(&Value) -> bool) -> usize {
        let page = self.client.get(&format!("/v1/initiatives?limit=200&{filter}")).await.expect(200);
        let expected: Vec<&Value> = self.initiatives.iter().filter(|one| wanted(one)).collect();
        assert!((1..134).contains(&expected.len()), "{filter} tells nothing apart: {}", expected.len());
        assert_eq!(page.json["data"].as_array().unwrap().iter().collect::<Vec<_>>(), expected, "{filter}");
        assert_eq!(page.json["total"], expected.len(), "{filter}");
        expected.len()
    }

    /// A member of the record of the lead council, or of the council in whose area it happens.
    fn of_lead(&self, initiative: &Value, member: &str) -> Value {
        let own = ["lead_council", "place_of"].map(|member| &initiative[member]["slug"]);
        let lead = own.into_iter().find(|slug| slug.is_string()).unwrap_or(&Value::Null);
        self.councils
            .iter()
            .find(|council| &council["slug"] == lead)
            .map_or(Value::Null, |council| council[member].clone())
    }
}

fn each<'a>(initiative: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    initiative[list].as_array().unwrap().iter()
}

fn has_theme(initiative: &Value, slug: &str) -> bool {
    each(initiative, "themes").any(|theme| theme["slug"] == slug)
}

fn takes_part(initiative: &Value, slug: &str, roles: &[&str]) -> bool {
    initiative["lead_council"]["slug"] == slug
        || each(initiative, "participants")
            .any(|one| one["council"]["slug"] == slug && roles.iter().any(|role| one["role"] == *role))
}

fn leads(initiative: &Value, slug: &str) -> bool {
    takes_part(initiative, slug, &["lead", "co_lead"])
}

fn takes_any_part(initiative: &Value, slug: &str) -> bool {
    takes_part(initiative, slug, &["lead", "co_lead", "partner"])
}

fn year(initiative: &Value) -> Option<i32> {
    initiative["started_on"].as_str().map(|date| date[..4].parse().unwrap())
}

fn evidence(initiative: &Value) -> Option<i64> {
    each(initiative, "outcomes")
        .filter(|outcome| outcome["kind"] != "context")
        .map(|outcome| outcome["evidence_level"].as_i64().unwrap())
        .max()
}

#[tokio::test(flavor = "multi_thread")]
async fn by_council_participant_and_place() {
    let app = TestApp::with_sample().await;
    let whole = Whole::of(&app).await;
    // Sunderland and Oldham lead the arm's-length trading together: it is in both lists, and once in a list of both.
    let joint = |one: &Value| one["slug"] == "sunderland-oldham-social-care-trading";
    assert!(whole.initiatives.iter().any(|one| joint(one) && leads(one, "oldham") && leads(one, "sunderland")));
    let oldham = whole.check("council=oldham", |one| leads(one, "oldham")).await;
    let sunderland = whole.check("council=sunderland", |one| leads(one, "sunderland")).await;
    let both = |one: &Value| leads(one, "oldham") || leads(one, "sunderland");
    let together = whole.check("council=oldham&council=sunderland", both).await;
    assert_eq!(together, oldham + sunderland - 1);
    assert_eq!(oldham, 9 + 4 + 1);
    whole.check("council=E08000004", |one| leads(one, "oldham")).await;
    let network = whole.check("council=network", |one| one["lead"]["kind"] == "network").await;
    assert_eq!(network, 1 + 4);
    whole.check("council=network&council=york", |one| one["lead"]["kind"] == "network" || leads(one, "york")).await;
    whole.check("participant=oldham", |one| takes_any_part(one, "oldham")).await;
    let either = |one: &Value| takes_any_part(one, "glasgow") || takes_any_part(one, "york");
    whole.check("participant=glasgow&participant=york", either).await;
    whole
        .check("council=network&participant=oldham", |one| {
            one["lead"]["kind"] == "network" && takes_any_part(one, "oldham")
        })
        .await;
    let from = |one: &Value, regions: &[&str]| regions.iter().any(|region| whole.of_lead(one, "region") == *region);
    whole.check("region=london", |one| from(one, &["london"])).await;
    whole.check("region=london&region=south_west", |one| from(one, &["london", "south_west"])).await;
    whole.check("nation=scotland", |one| whole.of_lead(one, "nation") == "scotland").await;
    let british = |one: &Value| ["scotland", "england"].iter().any(|nation| whole.of_lead(one, "nation") == *nation);
    whole.check("nation=scotland&nation=england", british).await;
    let none = whole.client.get("/v1/initiatives?council=bassetlaw").await.expect(200);
    assert_eq!((&none.json["total"], &none.json["data"]), (&json!(0), &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn by_theme_with_the_narrower_ones_and_by_principle() {
    let app = TestApp::with_sample().await;
    let moderator = app.moderator().await;
    for (narrower, broader) in [("energy-climate", "cost-of-living"), ("housing", "energy-climate")] {
        let path = format!("/v1/themes/{narrower}");
        let read = moderator.get(&path).await.expect(200);
        moderator.patch(&path, read.etag(), &json!({ "broader": broader })).await.expect(200);
    }
    let whole = Whole::of(&app).await;
    let any = |one: &Value, themes: &[&str]| themes.iter().any(|slug| has_theme(one, slug));
    let three = ["cost-of-living", "energy-climate", "housing"];
    let narrow = whole.check("theme=housing", |one| any(one, &three[2..])).await;
    let middle = whole.check("theme=energy-climate", |one| any(one, &three[1..])).await;
    let broad = whole.check("theme=cost-of-living", |one| any(one, &three)).await;
    assert!(narrow < middle && middle < broad);
    whole.check("theme=housing&theme=co-production", |one| any(one, &["housing", "co-production"])).await;
    let lives_by = |one: &Value, slug: &str| each(one, "principles").any(|principle| principle["slug"] == slug);
    whole.check("principle=learning", |one| lives_by(one, "learning")).await;
    let either = |one: &Value| lives_by(one, "learning") || lives_by(one, "innovation");
    whole.check("principle=learning&principle=innovation", either).await;
    let both = |one: &Value| any(one, &three) && lives_by(one, "co-production");
    whole.check("theme=cost-of-living&principle=co-production", both).await;

    // The lists of one council and of one theme are the same filters by another address, and take filters too.
    for theme in ["housing", "cost-of-living"] {
        for filter in ["", "&kind=case_study&council=norwich", "&theme=financial-inclusion"] {
            let path = format!("/v1/themes/{theme}/initiatives?limit=200{filter}");
            let within = whole.client.get(&path).await.expect(200);
            let narrower = if theme == "housing" { &three[2..] } else { &three };
            let more = |one: &Value| match filter {
                "" => true,
                "&theme=financial-inclusion" => has_theme(one, "financial-inclusion"),
                _ => one["kind"] == "case_study" && leads(one, "norwich"),
            };
            let expected: Vec<&Value> =
                whole.initiatives.iter().filter(|one| any(one, narrower) && more(one)).collect();
            assert_eq!(within.json["data"].as_array().unwrap().iter().collect::<Vec<_>>(), expected, "{path}");
        }
    }
    for council in ["oldham", "norwich", "glasgow"] {
        for filter in ["", "&has_outcomes=true", "&participant=sunderland"] {
            let filtered = whole.client.get(&format!("/v1/initiatives?limit=200&participant={council}{filter}")).await;
            let within = whole.client.get(&format!("/v1/councils/{council}/initiatives?limit=200{filter}")).await;
            if filter == "&participant=sunderland" {
                let both = |one: &&Value| takes_any_part(one, council) && takes_any_part(one, "sunderland");
                assert_eq!(within.expect(200).json["total"], whole.initiatives.iter().filter(both).count());
            } else {
                assert_eq!(within.expect(200).json["data"], filtered.expect(200).json["data"]);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_kind_stage_time_and_evidence() {
    let app = TestApp::with_sample().await;
    let whole = Whole::of(&app).await;
    let is = |one: &Value, member: &str, words: &[&str]| words.iter().any(|word| one[member] == *word);
    whole.check("kind=policy_lab", |one| is(one, "kind", &["policy_lab"])).await;
    whole.check("kind=commission&kind=idea", |one| is(one, "kind", &["commission", "idea"])).await;
    whole.check("delivery_status=planned", |one| is(one, "delivery_status", &["planned"])).await;
    let ended = |one: &Value| is(one, "delivery_status", &["completed", "pilot"]);
    whole.check("delivery_status=completed&delivery_status=pilot", ended).await;
    whole.check("year_from=2013", |one| year(one) >= Some(2013)).await;
    whole.check("year_to=2013", |one| year(one).is_some_and(|year| year <= 2013)).await;
    let then = |one: &Value| year(one).is_some_and(|year| (2013..=2019).contains(&year));
    whole.check("year_from=2013&year_to=2019", then).await;
    whole.check("year_from=2019&year_to=2019", |one| year(one) == Some(2019)).await;
    let with = whole.check("has_outcomes=true", |one| evidence(one).is_some()).await;
    let without = whole.check("has_outcomes=false", |one| evidence(one).is_none()).await;
    assert_eq!(with + without, 134);
    assert_eq!(whole.check("min_evidence=0", |one| evidence(one) >= Some(0)).await, with);
    for level in 1..=4 {
        whole.check(&format!("min_evidence={level}"), |one| evidence(one) >= Some(level)).await;
    }
    assert_eq!(whole.client.get("/v1/initiatives?min_evidence=5").await.expect(200).json["total"], 0);
    let some_day = whole.initiatives[40]["updated_at"].as_str().unwrap();
    let since = |one: &Value| one["updated_at"].as_str().unwrap() >= some_day;
    whole.check(&format!("updated_since={some_day}"), since).await;
    let together = "kind=case_study&delivery_status=live&region=north_west&theme=cost-of-living&has_outcomes=false";
    let all = |one: &Value| {
        is(one, "kind", &["case_study"])
            && is(one, "delivery_status", &["live"])
            && whole.of_lead(one, "region") == "north_west"
            && has_theme(one, "cost-of-living")
            && evidence(one).is_none()
    };
    whole.check(together, all).await;
    let narrow = "council=oldham&year_from=2013&year_to=2013&min_evidence=2&nation=england&principle=co-production";
    assert_eq!(whole.check(narrow, |one| one["slug"] == "get-oldham-working").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_pick_members_and_include_embeds_whole_records() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let names = |record: &Value| record.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for fields in ["fields=title,slug", "fields=slug&fields=title", "fields=%20slug%20,title"] {
        let page = client.get(&format!("/v1/initiatives?limit=200&{fields}")).await.expect(200);
        assert!(page.json["data"].as_array().unwrap().iter().all(|one| names(one) == ["slug", "title"]));
    }
    let every = client.get("/v1/initiatives/get-oldham-working").await.expect(200);
    let chosen = format!("/v1/initiatives/get-oldham-working?fields={}", names(&every.json).join(","));
    assert_eq!(client.get(&chosen).await.expect(200).json, every.json);

    let all = "include=lead_council,participants,themes,parent,components";
    for slug in ["achieving-social-outcomes", "get-oldham-working", "oldham-social-value-framework"] {
        let one = client.get(&format!("/v1/initiatives/{slug}?{all}")).await.expect(200).json;
        let plain = client.get(&format!("/v1/initiatives/{slug}")).await.expect(200).json;
        let embedded = &one["embedded"];
        let read = async |of: &str, slug: &Value| {
            client.get(&format!("/v1/{of}/{}", slug.as_str().unwrap())).await.expect(200).json
        };
        if plain["lead_council"].is_object() {
            assert_eq!(embedded["lead_council"], read("councils", &plain["lead_council"]["slug"]).await);
        } else {
            assert!(embedded.get("lead_council").is_none());
        }
        if plain["parent"].is_object() {
            assert_eq!(embedded["parent"], read("initiatives", &plain["parent"]["slug"]).await);
        }
        for (list, of, slug) in [
            ("participants", "councils", "/council/slug"),
            ("themes", "themes", "/slug"),
            ("components", "initiatives", "/slug"),
        ] {
            assert_eq!(embedded[list].as_array().unwrap().len(), plain[list].as_array().unwrap().len());
            for (whole, short) in each(embedded, list).zip(each(&plain, list)) {
                assert_eq!(whole, &read(of, short.pointer(slug).unwrap()).await);
            }
        }
        // In a list it is the same, and beside chosen fields it stays.
        let listed = client.get(&format!("/v1/initiatives?limit=200&{all}&fields=slug")).await.expect(200);
        let listed = listed.json["data"].as_array().unwrap().iter().find(|one| one["slug"] == slug).unwrap().clone();
        assert_eq!(listed, json!({ "slug": slug, "embedded": embedded }));
    }
    assert!(every.json.get("embedded").is_none());
}
