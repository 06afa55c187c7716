//! The pages of organisations, without scripts: what they tell, what leads to them, and who may find them.

use ccin_registry::formats::web::assets;
use serde_json::{Value, json};

use super::{change, enter, merge, withdraw};
use crate::support::practice::{path, practice, publish, with};
use crate::support::records::whole_organisation;
use crate::support::{Client, TestApp};
use crate::web::browse;

/// The text of a page, or `None` in a build without pages.
async fn read(client: &Client, path: &str) -> Option<String> {
    let answer = browse(client, path).await.expect(200);
    assets::shell().is_ok().then_some(answer.text)
}

/// An initiative of Oldham in which an organisation is partner, evaluator and payer, by the names that it had then.
fn naming(title: &str, organisation: &str) -> Value {
    let evaluated = json!({ "evaluator": "The Wombat evaluators", "organisation": organisation });
    let members = json!({
        "partners": [
            { "name": "Wombats & Sons", "role": "funder", "organisation": organisation, "url": "https://sons.example/a" },
            { "name": "Somebody else", "role": "delivery", "url": "https://else.example/" },
            { "name": "Nobody", "role": "other" }
        ],
        "sources": [{ "key": "study", "title": "A study", "kind": "evaluation" }],
        "outcomes": [{ "measure": "Burrows", "kind": "output", "bound": "exact", "value": 3, "unit": "people",
                       "evidence_level": 4, "source": "study", "independence": evaluated }],
        "costs": [{ "description": "Digging", "amount_pence": 100, "kind": "grant", "payer": "Wombats who pay",
                    "payer_organisation": organisation, "programme": "A programme" }]
    });
    with(practice(title, "oldham"), members)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_leads_to_its_organisations_by_their_names_of_the_day() {
    let app = TestApp::with_sample().await;
    let (admin, client) = (app.admin().await, app.anonymous());
    enter(&admin, "Wombats").await;
    let made = publish(&admin, &admin.post("/v1/initiatives", &naming("Burrows", "wombats")).await.expect(201)).await;
    let mut led = practice("Led by wombats", "oldham");
    led.as_object_mut().unwrap().remove("lead_council");
    let lead = json!({ "lead": { "kind": "organisation", "ref": "wombats", "name": "Wombats of 2013" } });
    let led = publish(&admin, &admin.post("/v1/initiatives", &with(led, lead)).await.expect(201)).await;
    let Some(html) = read(&client, &path(&made).replace("/v1", "")).await else { return };
    let link = |name: &str| format!("<a href=\"/organisations/wombats\">{name}</a>");
    for part in [
        format!(
            "{} <small>funds</small> <small><a href=\"https://sons.example/a\">sons.example</a></small>",
            link("Wombats &amp; Sons")
        ),
        "<a href=\"https://else.example/\">Somebody else</a> <small>delivers</small>".into(),
        "<li>Nobody <small>partner</small>".into(),
        format!("<dt>Evaluated by</dt><dd>{}</dd>", link("The Wombat evaluators")),
        format!("Grant or gift, paid by {}, A programme", link("Wombats who pay")),
    ] {
        assert!(html.contains(&part), "{part}: {html}");
    }
    let html = read(&client, &path(&led).replace("/v1", "")).await.unwrap();
    assert_eq!(html.matches(&link("Wombats of 2013")).count(), 2, "at the head and among the facts: {html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_an_organisation_tells_what_is_known_of_it() {
    let app = TestApp::with_sample().await;
    let (admin, client) = (app.admin().await, app.anonymous());
    admin.post("/v1/organisations", &whole_organisation()).await.expect(201);
    let joined = json!({ "member": { "organisation_ref": "wombat-housing" }, "tier": "affiliate", "from": "2020-03", "to": "2021" });
    let joined = admin.post("/v1/memberships", &joined).await.expect(201);
    let shown =
        publish(&admin, &admin.post("/v1/initiatives", &naming("Burrows", "wombat-housing")).await.expect(201)).await;
    admin.post("/v1/initiatives", &naming("A draft of burrows", "wombat-housing")).await.expect(201);
    let hidden = with(naming("Burrows of members", "wombat-housing"), json!({ "visibility": "members" }));
    publish(&admin, &admin.post("/v1/initiatives", &hidden).await.expect(201)).await;

    let Some(html) = read(&client, "/organisations/wombat-housing").await else { return };
    let register = "https://find-and-update.company-information.service.gov.uk/company/01234567";
    for part in [
        "<title>Wombat Housing – CCIN registry</title>",
        "<span class=\"kind\">Company</span>",
        "<h1 tabindex=\"-1\">Wombat Housing</h1>",
        "Homes for <em>wombats</em>.",
        &format!(
            "<dt>Identifier</dt><dd><a href=\"{register}\">GB-COH-01234567</a> <small>Companies House</small></dd>"
        ),
        "<dt>Website</dt><dd><a href=\"https://wombat.example/\">wombat.example</a></dd>",
        "<dt>Owned by</dt><dd><a href=\"/councils/oldham\">Oldham Metropolitan Borough Council</a></dd>",
        "<dt>Membership of the network</dt><dd><ul><li>Former member, until 2021. Joined March 2020</li></ul></dd>",
        "<dt>Also called</dt><dd>Wombat Homes Ltd, WH</dd>",
        "<h2 id=\"initiatives\">1 initiative</h2>",
        &format!("<h3><a href=\"{}\">Burrows</a></h3>", path(&shown).replace("/v1", "")),
        "<a href=\"/?organisation=wombat-housing\">",
        "/v1/initiatives.xlsx?organisation=wombat-housing",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    for hidden in ["A draft of burrows", "Burrows of members"] {
        assert!(!html.contains(hidden), "{hidden}: {html}");
    }
    // The list that the page leads to names the filter as people do.
    let list = read(&client, "/?organisation=wombat-housing").await.unwrap();
    assert!(list.contains("Organisation involved: Wombat Housing") && list.contains(">1 initiative</h2>"), "{list}");
    // What is not known is left out, and an identifier of a register without pages is plain.
    admin
        .post("/v1/organisations", &json!({ "name": "Bare & Sons", "kind": "other", "org_id": "GB-UKPRN-10007774" }))
        .await
        .expect(201);
    let bare = read(&client, "/organisations/bare-sons").await.unwrap();
    assert!(bare.contains("<dt>Identifier</dt><dd>GB-UKPRN-10007774</dd>"), "{bare}");
    assert!(bare.contains("No public initiative names Bare &amp; Sons yet."), "{bare}");
    for absent in
        ["<dt>Website", "<dt>Owned by", "<dt>Membership", "<dt>Also called", "/?organisation=bare-sons\">Search"]
    {
        assert!(!bare.contains(absent), "{absent}: {bare}");
    }
    let all = read(&client, "/organisations").await.unwrap();
    let listed = client.get("/v1/organisations?limit=200").await.expect(200);
    assert_eq!(all.matches("<h2><a href=\"/organisations/").count() as u64, listed.json["total"].as_u64().unwrap());
    assert!(all.contains("<a href=\"/organisations/wombat-housing\">Wombat Housing</a></h2><p class=\"note\">Company, 1 initiative</p>"), "{all}");
    // A membership leads browsers to the page of its member.
    let id = joined.json["id"].as_str().unwrap();
    let answer = browse(&client, &format!("/id/{id}")).await.expect(303);
    assert_eq!(answer.header("location"), "/organisations/wombat-housing");
    assert_eq!(client.get(&format!("/id/{id}")).await.expect(303).header("location"), format!("/v1/memberships/{id}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_an_organisation_lasts_and_is_found() {
    let app = TestApp::with_sample().await;
    let (moderator, client) = (app.moderator().await, app.anonymous());
    let made = enter(&moderator, "Wombats").await;
    enter(&moderator, "Quokkas").await;
    let id = made.json["id"].as_str().unwrap();
    let permalink = format!("/id/{id}");
    assert_eq!(browse(&client, &permalink).await.expect(303).header("location"), "/organisations/wombats");
    assert_eq!(client.get(&permalink).await.expect(303).header("location"), "/v1/organisations/wombats");
    let sitemap = client.get("/sitemap.xml").await.expect(200).text;
    for page in ["/organisations</loc>", "/organisations/wombats</loc>"] {
        assert!(sitemap.contains(&format!("{}{page}", app.url)), "{page}: {sitemap}");
    }
    if let Some(html) = read(&client, "/organisations/wombats").await {
        let address = format!("{}/organisations/wombats", app.url);
        for part in [
            format!("<link rel=\"canonical\" href=\"{address}\">"),
            format!("<meta property=\"og:url\" content=\"{address}\">"),
            "<meta property=\"og:title\" content=\"Wombats\">".into(),
            "application/json+oembed".into(),
            format!("\"@id\":\"{}/id/{id}\"", app.url),
        ] {
            assert!(html.contains(&part), "{part}: {html}");
        }
    }
    let framed = client.get(&format!("/oembed?url={}/organisations/wombats", app.url)).await.expect(200);
    let frame = "/embed/initiatives?organisation=wombats";
    assert!(framed.json["html"].as_str().unwrap().contains(&format!("{}{frame}\"", app.url)), "{}", framed.text);
    let frame = client.get(frame).await.expect(200);
    assert!(frame.text.contains("organisation=\"wombats\""), "{}", frame.text);
    // Whatever becomes of it, its addresses say so.
    change(&moderator, "wombats", json!({ "slug": "wombat-trust" })).await.expect(200);
    let moved = browse(&client, "/organisations/wombats?x=1").await.expect(308);
    assert_eq!(moved.header("location"), "/organisations/wombat-trust?x=1");
    merge(&moderator, "wombat-trust", "quokkas").await.expect(200);
    let moved = browse(&client, "/organisations/wombat-trust").await.expect(308);
    assert_eq!(moved.header("location"), "/organisations/quokkas");
    withdraw(&moderator, "quokkas").await.expect(204);
    for gone in ["/organisations/wombats", "/organisations/quokkas"] {
        let answer = browse(&client, gone).await.expect(404);
        assert!(answer.text.contains("Organisation withdrawn") || assets::shell().is_err(), "{}", answer.text);
    }
    let nowhere = browse(&client, "/organisations/nowhere").await.expect(404);
    assert!(nowhere.text.contains("Organisation not found") || assets::shell().is_err(), "{}", nowhere.text);
    assert!(!client.get("/sitemap.xml").await.expect(200).text.contains("quokkas"));
}
