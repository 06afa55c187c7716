//! How good the search is: queries of officers, councillors and researchers over the sample, with the records that answer them.
//!
//! `judged_queries.json` was judged by readers of the sample before the index was made, `held_out_queries.json` after it.
//! Recall at five is of at most five relevant records; precision at five is of those shown, and 0 where none is.

use serde::Deserialize;

use super::{address, slugs};
use crate::support::{Client, TestApp};

#[derive(Deserialize)]
struct Judged {
    queries: Vec<Judgement>,
}

#[derive(Deserialize)]
struct Judgement {
    query: String,
    relevant: Vec<String>,
}

/// Mean recall and precision at five.
async fn evaluate(client: &Client, file: &str) -> (f64, f64) {
    let judged: Judged = serde_json::from_str(file).expect("judged queries");
    let (mut recall, mut precision) = (0.0, 0.0);
    for Judgement { query, relevant } in &judged.queries {
        let page = client.get(&address("/v1/initiatives", &[("q", query), ("limit", "5")])).await.expect(200);
        let shown = slugs(&page);
        let right = shown.iter().filter(|slug| relevant.contains(slug)).count() as f64;
        recall += right / relevant.len().min(5) as f64;
        precision += if shown.is_empty() { 0.0 } else { right / shown.len() as f64 };
    }
    let queries = judged.queries.len() as f64;
    (recall / queries, precision / queries)
}

#[tokio::test(flavor = "multi_thread")]
async fn judged_queries_are_answered_well() {
    let app = TestApp::with_sample().await;
    for (name, file) in
        [("judged", include_str!("judged_queries.json")), ("held out", include_str!("held_out_queries.json"))]
    {
        let (recall, precision) = evaluate(&app.anonymous(), file).await;
        println!("{name}: recall at five {recall:.3}, precision at five {precision:.3}");
        assert!(recall >= 0.80 && precision >= 0.65, "{name}: recall {recall:.3}, precision {precision:.3}");
    }
}
