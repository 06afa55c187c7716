//! Writers who change the registry at random, through the API and by SQL.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use ccin_registry::db;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use super::reader::fresh;
use crate::support::practice::{practice, with};
use crate::support::records::{council, theme};
use crate::support::{Answer, Client, TestApp};

const LEADS: [&str; 4] = ["oldham", "rochdale", "york", "network"];
const VISIBILITIES: [&str; 4] = ["public", "members", "officers", "private"];

/// What writers share: the records that there have been.
pub struct World {
    admin: Client,
    database: String,
    initiatives: Mutex<Vec<String>>,
    themes: Mutex<Vec<String>>,
    councils: Mutex<Vec<String>>,
    /// Entered by writers; no initiative of the sample names them.
    newcomers: Mutex<Vec<String>>,
    made: AtomicUsize,
    tried: AtomicUsize,
}

/// One writer.
pub struct Writer {
    world: Arc<World>,
    rng: StdRng,
    sql: AsyncPgConnection,
}

impl World {
    /// With the records that are there.
    pub async fn new(app: &TestApp) -> Self {
        let admin = app.admin().await;
        let all = fresh(&admin).await;
        // A few of the many, so that writers meet.
        let of = |resource: &str, most: usize| {
            Mutex::new(all.keys().filter(|(of, _)| of == resource).map(|(_, id)| id.clone()).take(most).collect())
        };
        let led = ["oldham", "rochdale", "york"];
        let is_led = |record: &Value| led.iter().any(|slug| record["slug"] == **slug);
        let councils = all.iter().filter(|((of, _), record)| of == "council" && is_led(record));
        let councils = Mutex::new(councils.map(|((_, id), _)| id.clone()).collect());
        Self {
            admin,
            database: app.database.url.clone(),
            initiatives: of("initiative", 8),
            themes: of("theme", 9),
            councils,
            newcomers: Mutex::default(),
            made: AtomicUsize::default(),
            tried: AtomicUsize::default(),
        }
    }

    /// How many changes were made, of those that were tried.
    pub fn tally(&self) -> (usize, usize) {
        (self.made.load(Ordering::Relaxed), self.tried.load(Ordering::Relaxed))
    }
}

impl Writer {
    /// One who decides by this seed.
    pub async fn new(world: Arc<World>, seed: u64) -> Self {
        let sql = db::establish(world.database.clone()).await.expect("a connection");
        Self { world, rng: StdRng::seed_from_u64(seed), sql }
    }

    /// Change something. What is refused, since another writer was quicker or a rule forbids it, changes nothing.
    pub async fn change(&mut self) {
        let done = match self.rng.random_range(0..100) {
            0..16 => self.enter_initiative().await,
            16..30 => self.set_state().await,
            30..60 => self.patch_initiative().await,
            60..66 => self.withdraw("initiatives").await,
            66..72 => self.patch_council().await,
            72..76 => self.enter_council().await,
            76..79 => self.flip_newcomer().await,
            79..81 => self.withdraw("councils").await,
            81..84 => self.enter_theme().await,
            84..89 => self.patch_theme().await,
            89..91 => self.withdraw("themes").await,
            91..93 => self.merge_themes().await,
            _ => self.by_sql().await,
        };
        self.world.tried.fetch_add(1, Ordering::Relaxed);
        if done {
            self.world.made.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn one(&mut self, of: &[&str]) -> String {
        of[self.rng.random_range(0..of.len())].to_owned()
    }

    fn known(&mut self, of: fn(&World) -> &Mutex<Vec<String>>) -> Option<String> {
        let known = of(&self.world).lock().unwrap();
        if known.is_empty() { None } else { Some(known[self.rng.random_range(0..known.len())].clone()) }
    }

    fn title(&mut self, what: &str) -> String {
        format!("{what} {}", self.rng.random_range(0..100_000))
    }

    fn some_themes(&mut self) -> Vec<String> {
        let mut themes: Vec<String> =
            (0..self.rng.random_range(1..=3)).filter_map(|_| self.known(|w| &w.themes)).collect();
        themes.sort();
        themes.dedup();
        themes
    }

    async fn enter_initiative(&mut self) -> bool {
        let title = self.title("Practice");
        let (lead, visibility) = (self.one(&LEADS), self.one(&VISIBILITIES));
        let mut members = json!({ "visibility": visibility, "themes": self.some_themes() });
        if self.rng.random_ratio(1, 2) {
            members["parent"] = json!(self.known(|w| &w.initiatives));
        }
        if self.rng.random_ratio(1, 3) {
            members["participants"] = json!([{ "council": self.known(|w| &w.councils), "role": "partner" }]);
        }
        let entered = self.world.admin.post("/v1/initiatives", &with(practice(&title, &lead), members)).await;
        let Some(id) = entered_as(&entered) else { return false };
        self.world.initiatives.lock().unwrap().push(id.clone());
        let path = format!("/v1/initiatives/{id}");
        self.rng.random_ratio(1, 4) || taken(&self.world.admin.publish(&path, entered.etag()).await)
    }

    async fn set_state(&mut self) -> bool {
        let Some(id) = self.known(|w| &w.initiatives) else { return false };
        let path = format!("/v1/initiatives/{id}");
        let Some(found) = self.find(&path).await else { return false };
        let admin = &self.world.admin;
        taken(&match found.json["state"] == "draft" {
            true => admin.publish(&path, found.etag()).await,
            false => admin.post_if_match(&format!("{path}/unpublish"), found.etag()).await,
        })
    }

    async fn patch_initiative(&mut self) -> bool {
        let Some(id) = self.known(|w| &w.initiatives) else { return false };
        let patch = match self.rng.random_range(0..10) {
            0 => json!({ "title": self.title("Practice") }),
            1 => json!({ "themes": self.some_themes() }),
            2 | 3 => json!({ "visibility": self.one(&VISIBILITIES) }),
            4 | 5 => json!({ "lead_council": self.one(&LEADS) }),
            6 => json!({ "parent": self.known(|w| &w.initiatives) }),
            7 => json!({ "parent": null }),
            8 => json!({ "participants": [{ "council": self.known(|w| &w.newcomers), "role": "co_lead" }] }),
            _ => {
                json!({ "body": self.title("A story"), "slug": format!("practice-{}", self.rng.random_range(0..9999)) })
            }
        };
        self.patch(&format!("/v1/initiatives/{id}"), &patch).await
    }

    async fn patch_council(&mut self) -> bool {
        let Some(id) = self.known(|w| &w.councils) else { return false };
        let patch = match self.rng.random_range(0..3) {
            0 => json!({ "name": self.title("Council") }),
            1 => json!({ "location": { "latitude": self.rng.random_range(51.0..55.0), "longitude": -1.5 } }),
            _ => json!({ "description": self.title("About") }),
        };
        self.patch(&format!("/v1/councils/{id}"), &patch).await
    }

    async fn enter_council(&mut self) -> bool {
        let body = council(&self.title("Town"));
        let entered = entered_as(&self.world.admin.post("/v1/councils", &body).await);
        self.world.newcomers.lock().unwrap().extend(entered.clone());
        entered.is_some()
    }

    /// A newcomer gets a membership, or its membership changes.
    async fn flip_newcomer(&mut self) -> bool {
        let Some(id) = self.known(|w| &w.newcomers) else { return false };
        let tier = if self.rng.random_ratio(1, 2) { "full" } else { "associate" };
        let body = json!({ "member": { "council": id }, "tier": tier, "from": "2013" });
        if entered_as(&self.world.admin.post("/v1/memberships", &body).await).is_some() {
            return true;
        }
        let found = self.world.admin.get(&format!("/v1/memberships?council={id}")).await.json;
        let Some(membership) = found["data"][0]["id"].as_str() else { return false };
        let terms = json!({ "renewal_on": "2027", "tier": tier });
        self.patch(&format!("/v1/memberships/{membership}"), &terms).await
    }

    async fn enter_theme(&mut self) -> bool {
        let mut body = theme(&self.title("Theme"));
        if self.rng.random_ratio(1, 2) {
            body["broader"] = json!(self.known(|w| &w.themes));
        }
        let entered = entered_as(&self.world.admin.post("/v1/themes", &body).await);
        self.world.themes.lock().unwrap().extend(entered.clone());
        entered.is_some()
    }

    async fn patch_theme(&mut self) -> bool {
        let Some(id) = self.known(|w| &w.themes) else { return false };
        let patch = match self.rng.random_range(0..4) {
            0 | 1 => json!({ "label": self.title("Theme") }),
            2 => json!({ "broader": self.known(|w| &w.themes) }),
            _ => json!({ "status": "deprecated", "replaced_by": self.known(|w| &w.themes) }),
        };
        self.patch(&format!("/v1/themes/{id}"), &patch).await
    }

    async fn merge_themes(&mut self) -> bool {
        let (Some(from), Some(into)) = (self.known(|w| &w.themes), self.known(|w| &w.themes)) else { return false };
        taken(&self.world.admin.post(&format!("/v1/themes/{from}/merge"), &json!({ "into": into })).await)
    }

    async fn withdraw(&mut self, list: &str) -> bool {
        let known = match list {
            "initiatives" => self.known(|w| &w.initiatives),
            "councils" => self.known(|w| &w.newcomers),
            _ => self.known(|w| &w.themes),
        };
        let Some(id) = known else { return false };
        let path = format!("/v1/{list}/{id}");
        let Some(found) = self.find(&path).await else { return false };
        taken(&self.world.admin.delete(&path, found.etag()).await)
    }

    /// A transaction by hand: slow, of several changes, sometimes rolled back.
    async fn by_sql(&mut self) -> bool {
        let mut ids: Vec<String> = (0..2).filter_map(|_| self.known(|w| &w.initiatives)).collect();
        ids.sort();
        let (visibility, lead) = (self.one(&VISIBILITIES), self.one(&["oldham", "york"]));
        let mut statements = String::from("BEGIN;");
        for id in ids {
            let set = match self.rng.random_range(0..3) {
                0 => format!("title = '{}'", self.title("By hand")),
                1 => format!("visibility = '{visibility}'"),
                _ => format!("lead_council_id = (SELECT id FROM councils WHERE slug = '{lead}')"),
            };
            statements += &format!("UPDATE initiatives SET {set} WHERE id = '{id}'; SELECT pg_sleep(0.03);");
        }
        if self.rng.random_ratio(1, 4) {
            statements += "SET CONSTRAINTS ALL IMMEDIATE; SELECT pg_sleep(0.03);";
        }
        statements += if self.rng.random_ratio(1, 4) { "ROLLBACK" } else { "COMMIT" };
        let done = self.sql.batch_execute(&statements).await;
        if done.is_err() {
            // Two who wait for each other: one of them is told to give up.
            self.sql.batch_execute("ROLLBACK").await.expect("the connection goes on");
        }
        done.is_ok()
    }

    async fn find(&self, path: &str) -> Option<Answer> {
        Some(self.world.admin.get(path).await).filter(taken)
    }

    async fn patch(&self, path: &str, patch: &Value) -> bool {
        let Some(found) = self.find(path).await else { return false };
        taken(&self.world.admin.patch(path, found.etag(), patch).await)
    }
}

fn entered_as(answer: &Answer) -> Option<String> {
    taken(answer).then(|| answer.json["id"].as_str().expect("an id").to_owned())
}

/// True for a yes. A no is all right, a mistake of the service is not.
fn taken(answer: &Answer) -> bool {
    assert_ne!(answer.status.as_u16(), 500, "{}", answer.text);
    answer.status.is_success()
}
