//! A reader who keeps a copy by the client's rule, and what the copy has to be in the end.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::support::{Answer, Client, TestApp};

/// Records by resource and id.
pub type Copy = BTreeMap<(String, String), Value>;

/// A reader who follows the feed a page at a time.
#[derive(Clone)]
pub struct Reader {
    pub client: Client,
    pub copy: Copy,
    base: String,
    since: Option<String>,
}

impl Reader {
    /// One with an empty copy, at the beginning.
    pub fn new(app: &TestApp, client: Client) -> Self {
        Self { client, copy: Copy::new(), base: app.url.clone(), since: None }
    }

    /// Read a page of at most `limit` changes. True when there are more.
    pub async fn step(&mut self, limit: usize) -> bool {
        let cursor = self.since.as_ref().map(|since| format!("&since={since}")).unwrap_or_default();
        let page = patient(&self.client, &format!("/v1/changes?limit={limit}{cursor}")).await;
        let changes = page.json["data"].as_array().unwrap();
        assert!(changes.len() <= limit, "{} changes on a page of {limit}", changes.len());
        for change in changes {
            let text = |member: &str| change[member].as_str().unwrap().to_owned();
            let key = (text("resource"), text("id"));
            match &*text("change") {
                "upsert" => {
                    assert_eq!(change["record"]["id"], change["id"]);
                    self.copy.insert(key, change["record"].clone());
                }
                "delete" => {
                    assert!(change.get("record").is_none(), "{change}");
                    self.copy.remove(&key);
                }
                other => panic!("{other}"),
            }
        }
        let next = page.json["page"]["next"].as_str().unwrap();
        assert!(next.starts_with(&self.base), "{next}");
        self.since = Some(next.rsplit_once("since=").unwrap().1.to_owned());
        page.json["page"]["more"].as_bool().unwrap()
    }

    /// What the next page would be, as text.
    pub async fn peek(&self) -> String {
        let since = self.since.as_ref().expect("a page before");
        self.client.get(&format!("/v1/changes?since={since}")).await.expect(200).text
    }

    /// Read to the end.
    pub async fn finish(&mut self) {
        while self.step(200).await {}
    }
}

/// An answer, also of a service that has more to do than it can at the moment.
async fn patient(client: &Client, path: &str) -> Answer {
    loop {
        let answer = client.get(path).await;
        if answer.status.as_u16() != 503 {
            return answer.expect(200);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// What a fresh reading of all lists shows a caller.
pub async fn fresh(client: &Client) -> Copy {
    let mut copy = Copy::new();
    // The list of councils has those in office, unless it is asked for all.
    let every_council = "councils?status=proposed&status=shadow&status=living&status=abolished&";
    for (resource, list) in [
        ("council", every_council),
        ("council_change", "council-changes?"),
        ("theme", "themes?"),
        ("initiative", "initiatives?"),
        ("membership", "memberships?"),
        ("organisation", "organisations?"),
    ] {
        let mut path = Some(format!("/v1/{list}limit=200"));
        while let Some(at) = path.take() {
            let page = patient(client, &at).await;
            for record in page.json["data"].as_array().unwrap() {
                let mut record = record.clone();
                // The feed leaves it out: it is of the initiatives, which a copy has.
                record.as_object_mut().unwrap().remove("initiative_count");
                copy.insert((resource.into(), record["id"].as_str().unwrap().into()), record);
            }
            let next = page.json["page"]["next"].as_str();
            path = next.map(|next| next[next.find("/v1/").unwrap()..].to_owned());
        }
    }
    copy
}

/// Fails and says where when a copy is not what a fresh reading shows.
#[track_caller]
pub fn assert_same(copy: &Copy, fresh: &Copy, what: &str) {
    for (key, record) in fresh {
        match copy.get(key) {
            None => panic!("{what}: the copy lacks {key:?}: {record}"),
            Some(held) => assert_eq!(held, record, "{what}: {key:?} is out of date"),
        }
    }
    let left = copy.iter().find(|(key, _)| !fresh.contains_key(*key));
    assert_eq!(left, None, "{what}: the copy has what is gone");
}
