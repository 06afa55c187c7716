//! Proven equal: while records are written at random through two instances, nobody reads older than their own last
//! write; and whenever it is quiet, both instances answer, byte for byte, what one answers that has read everything
//! anew.
//!
//! Runs for `CCIN_EQUAL_SECONDS` (2), with the seed of `CCIN_EQUAL_SEED` or one that it prints. After a change of the
//! follower, run it for minutes.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use ccin_registry::access::role::Role;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::support::practice::{practice, with};
use crate::support::{Client, Instance, TestApp};

/// What is compared, for every kind of caller.
const PATHS: [&str; 32] = [
    "/v1/initiatives?limit=200",
    "/v1/initiatives?sort=-title&limit=7",
    "/v1/initiatives?sort=started_on&limit=50&include=parent,components,lead_council,participants,themes",
    "/v1/initiatives?sort=-updated_at&limit=40",
    "/v1/initiatives?theme=housing&limit=200",
    "/v1/initiatives?council=oldham&kind=commission&limit=200",
    "/v1/initiatives?q=quokka+housing&limit=100",
    "/v1/initiatives?organisation=co-operatives-uk&organisation=locality&limit=200",
    "/v1/initiatives?q=oldham&highlight=true&limit=60",
    "/v1/initiatives?near=53.54,-2.11&radius_km=60&sort=distance&limit=40",
    "/v1/initiatives?freshness=unverified&region=north_west&fields=slug,components,parent",
    "/v1/initiatives/facets",
    "/v1/initiatives/facets?theme=housing&q=community",
    "/v1/councils?limit=200",
    "/v1/councils?q=borough+council&limit=60",
    "/v1/memberships?limit=200&sort=-updated_at",
    "/v1/memberships?as_at=2013-12&limit=200",
    "/v1/memberships.ndjson",
    "/v1/organisations?limit=200",
    "/v1/organisations.ndjson?q=co-operative",
    "/v1/themes?limit=200",
    "/v1/outcomes?limit=200&sort=-updated_at",
    "/v1/search?q=wombat+oldham&limit=60",
    "/v1/suggest?q=wo&limit=20",
    "/v1/suggest?q=o&limit=20",
    "/v1/map/initiatives?zoom=7",
    "/v1/map/councils",
    "/v1/map/summary?kind=commission",
    "/v1/initiatives.csv?kind=commission",
    "/v1/initiatives.ndjson?theme=housing&sort=-updated_at",
    "/v1/changes.atom",
    "/v1/councils/oldham/changes.atom",
];
const COUNCILS: [&str; 5] = ["oldham", "york", "rochdale", "norwich", "lambeth"];
const WORDS: [&str; 8] = ["Quokka", "Wombat", "Housing", "Oldham", "Community", "Energy", "Co-operative", "Numbat"];
/// Writers at a time, and how long they write between two quiet moments.
const WRITERS: u64 = 3;
const LEAST_WRITES: usize = 20;
const STRETCH: Duration = Duration::from_millis(2_500);

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_that_of_a_snapshot_read_anew() {
    let number =
        |name: &str, default: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let seconds = number("CCIN_EQUAL_SECONDS", 2);
    let seed = number("CCIN_EQUAL_SEED", rand::random::<u32>().into());
    println!("CCIN_EQUAL_SEED={seed} CCIN_EQUAL_SECONDS={seconds}");
    let flags = ["--public-url", "http://registry.example", "--export-rows", "1000000"];
    let app = TestApp::with_flags(&flags).await;
    let other = app.another_instance(&flags).await;
    let token = app.admin().await.token().to_owned();
    let member = app.signed_in(Role::MemberViewer, None).await.token().to_owned();
    let contributor = app.signed_in(Role::Contributor, Some("oldham")).await.token().to_owned();
    let callers = [None, Some(member), Some(contributor), Some(token.clone())];

    let until = Instant::now() + Duration::from_secs(seconds);
    let (mut stretch, mut written) = (0, 0);
    // On a slow machine longer: with few writes there is nothing to compare.
    while Instant::now() < until || written <= LEAST_WRITES {
        let writers = (0..WRITERS).map(|writer| {
            let url = if writer % 2 == 0 { &app.url } else { &other.url };
            let seed = seed.wrapping_add(stretch * WRITERS + writer);
            tokio::spawn(write(Client::new(url, Some(token.clone())), seed, stretch * WRITERS + writer))
        });
        let readers = callers
            .iter()
            .zip([&app.url, &other.url, &app.url, &other.url])
            .map(|(caller, url)| tokio::spawn(read(Client::new(url, caller.clone()), seed.wrapping_add(7 * stretch))));
        let (writers, readers): (Vec<_>, Vec<_>) = (writers.collect(), readers.collect());
        for writer in writers {
            written += writer.await.expect("a writer ends well");
        }
        for reader in readers {
            reader.await.expect("a reader ends well");
        }
        compare(&app, &other, &callers, seed).await;
        stretch += 1;
    }
    println!("{written} writes in {stretch} stretches");
}

/// Every kind of caller is told the same by both instances, and by one that has read everything anew.
async fn compare(app: &TestApp, other: &Instance, callers: &[Option<String>], seed: u64) {
    while !(app.read_model.settle().await && other.read_model.settle().await) {}
    let told = async |url: &str, caller: &Option<String>| {
        let client = Client::new(url, caller.clone());
        let mut told = Vec::new();
        for path in PATHS {
            let answer = client.get(path).await.expect(200);
            told.push((path, answer.header("etag").to_owned(), answer.text));
        }
        told
    };
    let mut followed = Vec::new();
    for caller in callers {
        followed.push(told(&app.url, caller).await);
        let on_other = told(&other.url, caller).await;
        for (one, other) in followed[followed.len() - 1].iter().zip(&on_other) {
            assert!(one == other, "seed {seed}: two instances differ:\n{one:.3000?}\n{other:.3000?}");
        }
    }
    app.reload().await;
    for (caller, followed) in callers.iter().zip(&followed) {
        for (followed, anew) in followed.iter().zip(&told(&app.url, caller).await) {
            let at = followed.2.bytes().zip(anew.2.bytes()).position(|(a, b)| a != b).unwrap_or_default();
            let around =
                |text: &str| text.get(at.saturating_sub(300)..).map(|text| text.chars().take(600).collect::<String>());
            assert!(
                followed == anew,
                "seed {seed}: {} differs when read anew:\n{:?}\n{:?}",
                followed.0,
                around(&followed.2),
                around(&anew.2)
            );
        }
    }
}

/// Read at random: nothing fails, and no record goes back to an older version.
async fn read(client: Client, seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut seen: HashMap<String, i64> = HashMap::new();
    let until = Instant::now() + STRETCH;
    while Instant::now() < until {
        let path = PATHS.choose(&mut chance).expect("a path");
        let page = client.get(path).await.expect(200);
        for record in page.json["data"].as_array().into_iter().flatten() {
            let (Some(id), Some(version)) = (record["id"].as_str(), record["version"].as_i64()) else { continue };
            let known = seen.entry(id.to_owned()).or_default();
            assert!(version >= *known, "{path}: {id} went back from version {known} to {version}");
            *known = version;
        }
    }
}

/// Write at random through one instance, and read each write there at once; the number of writes.
async fn write(client: Client, seed: u64, writer: u64) -> usize {
    let mut chance = StdRng::seed_from_u64(seed);
    let until = Instant::now() + STRETCH;
    let (mut tried, mut written) = (0, 0);
    while Instant::now() < until {
        // What was refused leaves records as well, so its number is not used again.
        tried += 1;
        let number = writer * 10_000 + tried;
        let own = match chance.random_range(0..11) {
            0..3 => create(&client, &mut chance, number).await,
            3..7 => change(&client, &mut chance).await,
            7 => rename_council(&client, &mut chance).await,
            8 => move_theme(&client, &mut chance).await,
            9 => move_organisation(&client, &mut chance, number).await,
            _ => merge_themes(&client, number).await,
        };
        written += usize::from(own.is_some());
        // What was answered is what is read, or something newer by another writer.
        if let Some((path, version)) = own {
            let now = client.get(&path).await;
            assert!(now.status == 404 || now.json["version"].as_i64() >= Some(version), "{path}: older than {version}");
        }
    }
    written
}

/// A write that was carried out: address and version.
type Written = Option<(String, i64)>;

fn done(path: &str, answer: crate::support::Answer) -> Written {
    assert!(answer.status.as_u16() < 500, "{path}: {}", answer.text);
    answer.status.is_success().then(|| (path.to_owned(), answer.json["version"].as_i64().unwrap_or_default()))
}

fn words(chance: &mut StdRng) -> String {
    (0..3).map(|_| *WORDS.choose(chance).expect("a word")).collect::<Vec<_>>().join(" ")
}

fn members(chance: &mut StdRng) -> Value {
    let visibility = ["public", "public", "public", "members", "officers", "private"].choose(chance).expect("one");
    let themes = ["housing", "energy-climate", "cost-of-living", "co-production"].choose(chance).expect("one");
    json!({
        "title": words(chance), "summary": format!("About {} and {}.", words(chance), words(chance)),
        "visibility": visibility, "themes": [themes], "started_on": format!("20{:02}", chance.random_range(0..25)),
        "outcomes": [{ "measure": words(chance), "kind": "output", "bound": "exact", "value": 7, "unit": "people", "evidence_level": 1 }]
    })
}

async fn create(client: &Client, chance: &mut StdRng, number: u64) -> Written {
    let lead = COUNCILS.choose(chance).expect("a council");
    let mut body = with(practice("Made at random", lead), members(chance));
    body["slug"] = format!("random-{number}").into();
    if chance.random_bool(0.3) {
        body["parent"] = "get-oldham-working".into();
    }
    let made = client.post("/v1/initiatives", &body).await;
    if made.status != 201 {
        return done("/v1/initiatives", made);
    }
    let path = format!("/v1/initiatives/random-{number}");
    if chance.random_bool(0.6) {
        return done(&path, client.publish(&path, made.etag()).await);
    }
    done(&path, made)
}

async fn change(client: &Client, chance: &mut StdRng) -> Written {
    let list =
        client.get("/v1/initiatives?kind=commission&sort=-updated_at&fields=slug,state&limit=30").await.expect(200);
    let record = list.json["data"].as_array()?.choose(chance)?.clone();
    let path = format!("/v1/initiatives/{}", record["slug"].as_str()?);
    let known = client.get(&path).await;
    if known.status != 200 {
        return None;
    }
    match chance.random_range(0..6) {
        0 => {
            let gone = client.delete(&path, known.etag()).await;
            if gone.status == 204 {
                client.get(&path).await.expect(404);
            }
            None
        }
        1 if record["state"] == "published" => {
            done(&path, client.post_if_match(&format!("{path}/unpublish"), known.etag()).await)
        }
        1 => done(&path, client.publish(&path, known.etag()).await),
        2 => {
            let lead = COUNCILS.choose(chance).expect("a council");
            done(&path, client.patch(&path, known.etag(), &json!({ "lead_council": lead, "participants": [] })).await)
        }
        _ => done(&path, client.patch(&path, known.etag(), &members(chance)).await),
    }
}

async fn rename_council(client: &Client, chance: &mut StdRng) -> Written {
    let path = format!("/v1/councils/{}", COUNCILS.choose(chance)?);
    let known = client.get(&path).await.expect(200);
    let patch = json!({ "name": format!("{} Council", words(chance)), "aliases": [words(chance)] });
    done(&path, client.patch(&path, known.etag(), &patch).await)
}

async fn move_theme(client: &Client, chance: &mut StdRng) -> Written {
    let path = "/v1/themes/energy-climate";
    let known = client.get(path).await.expect(200);
    let broader = [json!(null), json!("housing"), json!("cost-of-living")].choose(chance)?.clone();
    done(path, client.patch(path, known.etag(), &json!({ "broader": broader, "label": words(chance) })).await)
}

/// Rename an organisation of the sample, or merge one that an initiative and a membership name into it.
async fn move_organisation(client: &Client, chance: &mut StdRng, number: u64) -> Written {
    let path = "/v1/organisations/co-operatives-uk";
    if chance.random_bool(0.5) {
        let known = client.get(path).await.expect(200);
        return done(path, client.patch(path, known.etag(), &json!({ "name": words(chance) })).await);
    }
    let body = json!({ "name": format!("Passing body {number}"), "kind": "other" });
    let made = client.post("/v1/organisations", &body).await.expect(201);
    let slug = &made.json["slug"];
    let partners = json!({ "partners": [{ "name": "A body that goes", "role": "other", "organisation": slug }] });
    client.post("/v1/initiatives", &with(practice("With a body that goes", "york"), partners)).await.expect(201);
    let member =
        json!({ "member": { "organisation_ref": slug }, "tier": "affiliate", "from": "1950", "to": "1951-01-01" });
    client.post("/v1/memberships", &member).await.expect(201);
    let into = if chance.random_bool(0.5) { "locality" } else { "co-operatives-uk" };
    let merged = client.post(&format!("/v1/organisations/{}/merge", slug.as_str()?), &json!({ "into": into })).await;
    // Of two memberships of one time one had to go first.
    done(&format!("/v1/organisations/{into}"), merged)
}

async fn merge_themes(client: &Client, number: u64) -> Written {
    let theme = json!({ "label": format!("Passing theme {number}"), "definition": "There for a moment." });
    let made = client.post("/v1/themes", &theme).await.expect(201);
    let body = with(practice("On a theme that goes", "york"), json!({ "themes": [made.json["slug"]] }));
    client.post("/v1/initiatives", &body).await.expect(201);
    let path = format!("/v1/themes/{}/merge", made.json["slug"].as_str()?);
    let merged = client.post(&path, &json!({ "into": "housing" })).await;
    done("/v1/themes/housing", merged)
}
