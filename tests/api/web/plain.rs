//! What the pages say to readers without scripts, search engines and link previews.

use ccin_registry::formats::web::assets;
use serde_json::json;

use super::browse;
use crate::support::practice::{path, practice, publish, with};
use crate::support::{Client, TestApp};

/// What a page shows between its head and its foot.
fn shown(text: &str) -> &str {
    let main = text.split_once("<main").and_then(|(_, rest)| rest.split_once("</main>"));
    main.map(|(shown, _)| shown).unwrap_or_else(|| panic!("no main: {text}"))
}

async fn main_of(client: &Client, path: &str) -> String {
    shown(&browse(client, path).await.expect(200).text).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_read_without_scripts_with_every_claim_and_its_bound() {
    if assets::shell().is_err() {
        return;
    }
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let record = client.get("/v1/initiatives/get-oldham-working").await.expect(200).json;
    let html = main_of(&client, "/initiatives/get-oldham-working").await;
    let escaped = |value: &serde_json::Value| value.as_str().unwrap_or_default().replace('&', "&amp;");
    assert!(html.contains(&format!("<h1 tabindex=\"-1\">{}</h1>", escaped(&record["title"]))), "{html}");
    let outcomes = record["outcomes"].as_array().expect("outcomes");
    assert!(!outcomes.is_empty());
    for outcome in outcomes {
        assert!(html.contains(&escaped(&outcome["measure"])), "{outcome}");
    }
    let [results, targets] = ["<h3>Results</h3>", "<h3>Targets and projections</h3>"].map(|title| html.find(title));
    assert!(results.is_some() && targets > results, "targets stand apart from results");
    for words in ["between ", "as at ", "The approach", "Not yet confirmed", "Open Government Licence v3.0"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let cited = client.get("/v1/initiatives/get-oldham-working/citation?format=text").await.expect(200);
    assert_eq!(cited.header("content-type"), "text/plain; charset=utf-8");
    assert!(html.contains(&cited.text.replace('&', "&amp;")), "{}", cited.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_is_text_in_a_page() {
    if assets::shell().is_err() {
        return;
    }
    let app = TestApp::with_sample().await;
    let (client, editor, moderator) = (app.anonymous(), app.editor("oldham").await, app.moderator().await);
    let attack = "<script>alert(1)</script> & \"quotes\" <!--head--> <!--content-->";
    let body = with(
        practice("A & B: <i>bold</i>", "oldham"),
        json!({
            "summary": attack,
            "challenge": "**Strong** <script>alert(2)</script>",
            "partners": [{ "name": "<b>P</b>", "role": "funder", "url": "https://example.org/?a=1&b=\"2\"" }],
            "outcomes": [{ "measure": attack, "kind": "target", "bound": "at_least", "value": 3, "unit": "jobs", "caveat": attack, "evidence_level": 0 }],
        }),
    );
    let record = publish(&moderator, &editor.post("/v1/initiatives", &body).await.expect(201)).await;
    let page = path(&record).replace("/v1", "");
    for path in [
        page.as_str(),
        "/",
        "/councils/oldham",
        "/?council=oldham",
        &format!(
            "/compare?initiative={}&initiative=get-oldham-working",
            record.json["slug"].as_str().unwrap_or_default()
        ),
    ] {
        let answer = browse(&client, path).await.expect(200);
        assert!(!answer.text.contains("<script>"), "{path}: {}", answer.text);
        let html = shown(&answer.text);
        assert!(!html.contains("<i>bold") && !html.contains("<!--"), "{path}: {html}");
    }
    let html = main_of(&client, &page).await;
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot;"), "{html}");
    assert!(html.contains("<strong>Strong</strong>") && html.contains("&lt;b&gt;P&lt;/b&gt;"), "{html}");
    // The words of a search come back as text too.
    let answer = browse(&client, "/?q=%22%3E%3Cscript%3Ealert(3)%3C%2Fscript%3E").await.expect(200);
    assert!(!answer.text.contains("<script>") && answer.text.contains("&lt;script&gt;alert(3)"), "{}", answer.text);
}

/// An abolished council says so, with its successors, and its initiatives say who looks after them.
#[tokio::test(flavor = "multi_thread")]
async fn the_history_of_a_council_is_told_and_who_looks_after_its_initiatives() {
    if assets::shell().is_err() {
        return;
    }
    let app = TestApp::with_sample().await;
    let (client, admin) = (app.anonymous(), app.admin().await);
    let former = main_of(&client, "/councils/east-dorset").await;
    assert!(former.contains("Abolished on 1 April 2019"), "{former}");
    assert!(
        former.contains("1 April 2019: Merged into <a href=\"/councils/dorset\">Dorset Council</a> with "),
        "{former}"
    );
    let heir = main_of(&client, "/councils/dorset").await;
    assert!(heir.contains("1 April 2019: Merged from <a href=\"/councils/east-dorset\">"), "{heir}");
    let living = main_of(&client, "/councils/oldham").await;
    assert!(!living.contains("<dt>History</dt>") && !living.contains("Abolished"), "{living}");

    let body = practice("A market of the former council", "east-dorset");
    let record = publish(&admin, &admin.post("/v1/initiatives", &body).await.expect(201)).await;
    let html = main_of(&client, &path(&record).replace("/v1", "")).await;
    assert!(
        html.contains("<dt>Looked after by</dt><dd><a href=\"/councils/dorset\">Dorset Council</a></dd>"),
        "{html}"
    );
    let html = main_of(&client, "/initiatives/get-oldham-working").await;
    assert!(!html.contains("Looked after by"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_read_without_scripts_and_have_what_the_api_has() {
    if assets::shell().is_err() {
        return;
    }
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for query in [
        "",
        "theme=housing&nation=england",
        "q=credit+union",
        "council=oldham&sort=-started_on",
        "near=53.5,-2.1&radius_km=30&sort=distance",
    ] {
        let found = client.get(&format!("/v1/initiatives?{query}")).await.expect(200).json;
        let html = main_of(&client, &format!("/?{query}&utm_source=letter")).await;
        let titles: Vec<&str> =
            found["data"].as_array().expect("data").iter().filter_map(|one| one["slug"].as_str()).collect();
        let listed: Vec<&str> =
            html.split("<h3><a href=\"/initiatives/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(listed, titles, "{query}");
    }
    let councils = client.get("/v1/councils?limit=200").await.expect(200).json;
    let html = main_of(&client, "/councils?show=all").await;
    assert_eq!(html.matches("<h3><a href=\"/councils/").count() as i64, councils["total"].as_i64().expect("a total"));
    assert_eq!(
        main_of(&client, "/councils?where=wales&show=all").await.matches("<h3>").count(),
        client.get("/v1/councils?nation=wales&limit=200").await.expect(200).each("id").len()
    );
    for theme in client.get("/v1/themes?limit=200").await.expect(200).json["data"].as_array().expect("data") {
        let path = format!("/themes/{}", theme["slug"].as_str().expect("a slug"));
        let listed = client.get(&format!("/v1{path}/initiatives")).await.expect(200).json;
        let html = main_of(&client, &path).await;
        let total = listed["total"].as_i64().expect("a total");
        let words = if total == 1 { "1 initiative<".to_owned() } else { format!("{total} initiatives<") };
        assert!(html.contains(&words), "{path}: {html}");
    }
    // A filter that is not valid says so with the API's status, and stays out of search engines.
    for (query, status) in [("kind=nonsense", 400), ("theme=zzyzx", 404), ("near=1,2,3", 400)] {
        client.get(&format!("/v1/initiatives?{query}")).await.expect(status);
        let answer = browse(&client, &format!("/?{query}")).await.expect(status);
        assert!(
            answer.text.contains("Results could not be loaded") && answer.text.contains("noindex"),
            "{}",
            answer.text
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_record_says_so_and_a_hidden_one_does_not_exist() {
    let app = TestApp::with_sample().await;
    let (client, editor, moderator) = (app.anonymous(), app.editor("oldham").await, app.moderator().await);
    let record =
        publish(&moderator, &editor.post("/v1/initiatives", &practice("Soon gone", "oldham")).await.expect(201)).await;
    let page = path(&record).replace("/v1", "");
    moderator.delete(&format!("{}?reason=Entered+twice", path(&record)), record.etag()).await.expect(204);
    let answer = browse(&client, &page).await.expect(404);
    for words in ["Withdrawn", "Initiative withdrawn", "Entered twice"] {
        assert!(answer.text.contains(words) || assets::shell().is_err(), "{words}: {}", answer.text);
    }
    let hidden = with(practice("Only for members", "oldham"), json!({ "visibility": "members" }));
    let hidden = publish(&moderator, &editor.post("/v1/initiatives", &hidden).await.expect(201)).await;
    let draft = editor.post("/v1/initiatives", &practice("Only a draft", "oldham")).await.expect(201);
    for record in [&hidden, &draft] {
        let slug = record.json["slug"].as_str().expect("a slug");
        let answer = browse(&client, &format!("/initiatives/{slug}")).await.expect(404);
        let nothing = browse(&client, "/initiatives/never-was").await.expect(404);
        assert_eq!(answer.text, nothing.text);
        for path in [
            "/?council=oldham&shown=500",
            "/councils/oldham",
            "/sitemap.xml",
            &format!("/compare?initiative={slug}&initiative=get-oldham-working"),
        ] {
            let answer = browse(&client, path).await.expect(200);
            assert!(!answer.text.contains("Only for members") && !answer.text.contains("Only a draft"), "{path}");
            assert!(
                !answer.text.contains(&format!("/{slug}\"")) && !answer.text.contains(&format!("/{slug}<")),
                "{path}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn crawlers_find_every_page_once_and_feeds_beside_it() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let robots = client.get("/robots.txt").await.expect(200);
    assert_eq!(robots.header("content-type"), "text/plain; charset=utf-8");
    assert!(robots.text.contains(&format!("Sitemap: {}/sitemap.xml", app.url)), "{}", robots.text);
    let map = client.get("/sitemap.xml").await.expect(200);
    assert_eq!(map.header("content-type"), "application/xml; charset=utf-8");
    let places: Vec<&str> = map.text.split("<loc>").skip(1).filter_map(|rest| rest.split("</loc>").next()).collect();
    let total =
        |path: &'static str| async { client.get(path).await.expect(200).json["total"].as_i64().expect("a total") };
    let records = total("/v1/initiatives?limit=1").await
        + total("/v1/councils?limit=1&status=living&status=shadow&status=proposed&status=abolished").await
        + total("/v1/themes?limit=1&status=active").await
        + total("/v1/organisations?limit=1").await;
    assert_eq!(places.len() as i64, records + 5);
    client.get("/sitemap.xml?part=2").await.expect_problem(404, "not_found");
    // Each address is the canonical one of its page.
    for place in places.iter().step_by(11) {
        let path = place.strip_prefix(app.url.as_str()).expect("an address of this service");
        let answer = browse(&client, path).await.expect(200);
        if assets::shell().is_ok() {
            assert!(answer.text.contains(&format!("<link rel=\"canonical\" href=\"{place}\">")), "{path}");
            assert!(!answer.text.contains("noindex"), "{path}");
            let feeds: Vec<&str> = answer
                .text
                .split("type=\"application/atom+xml\" href=\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
                .collect();
            assert!(!feeds.is_empty(), "{path}");
            for feed in feeds {
                assert_eq!(
                    client.get(feed).await.expect(200).header("content-type"),
                    "application/atom+xml",
                    "{path}: {feed}"
                );
            }
        }
    }
    if assets::shell().is_ok() {
        // A search is not for search engines; a page of one filter has its own address.
        assert!(browse(&client, "/?q=housing").await.expect(200).text.contains("noindex"));
        let answer = browse(&client, "/?utm_source=x&theme=housing").await.expect(200);
        assert!(
            answer.text.contains(&format!("<link rel=\"canonical\" href=\"{}/?theme=housing\">", app.url)),
            "{}",
            answer.text
        );
        assert!(answer.text.contains("<title>Housing – CCIN registry</title>"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_has_its_claims_in_numbers_and_says_what_is_left_out() {
    if assets::shell().is_err() {
        return;
    }
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for theme in ["housing", "local-economy-wealth-building"] {
        let summary = client.get(&format!("/v1/outcomes/summary?theme={theme}")).await.expect(200).json;
        let html = main_of(&client, &format!("/themes/{theme}")).await;
        let table = html.split_once("<table class=\"figures\">").and_then(|(_, rest)| rest.split_once("</table>"));
        let (table, after) = table.expect("a table");
        let rows: Vec<&str> = table.split("<tr>").skip(2).collect();
        let groups = summary["groups"].as_array().expect("groups");
        assert!(groups.len() > 1, "{summary}");
        assert_eq!(rows.len(), groups.len(), "a row for each kind, unit and bound");
        for (row, group) in rows.iter().zip(groups) {
            let claims = group["outcomes"].as_u64().expect("a number");
            let noun = if claims == 1 { "claim" } else { "claims" };
            assert!(row.contains(&format!(">{claims} {noun} of ")), "{row}: {group}");
            // A middle only where figures are comparable.
            assert_eq!(row.contains("<td>–</td>"), group["median"].is_null(), "{row}: {group}");
            // The link leads to the same claims.
            let (_, link) = row.split_once("href=\"").expect("a link");
            let link = link.split_once('"').expect("an end").0.replace("&amp;", "&");
            assert_eq!(client.get(&link).await.expect(200).json["total"], claims, "{link}");
        }
        let left_out = summary["left_out"].as_array().expect("left out");
        let note = after.split_once("</section>").expect("an end").0;
        assert_eq!(note.contains("Left out: "), !left_out.is_empty(), "{note}");
        for one in left_out {
            assert!(note.contains(&format!("{} ", one["outcomes"])), "{note}: {one}");
        }
    }
}
