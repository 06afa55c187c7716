//! What is answered about a search: marks, pages, totals, other orders, filters, suggestions.

use serde_json::{Value, json};

use super::{address, found, slugs};
use crate::support::practice::{practice, publish, with};
use crate::support::{Answer, Client, TestApp};

/// Every hit of a list, a page at a time, and the last page.
async fn paged(client: &Client, first: &str) -> (Vec<String>, Answer) {
    let mut page = client.get(first).await.expect(200);
    let mut all = slugs(&page);
    while let Some(next) = page.json["page"]["next"].as_str() {
        page = client.get(&next[next.find("/v1/").unwrap()..]).await.expect(200);
        assert!(!page.json["data"].as_array().unwrap().is_empty());
        all.extend(slugs(&page));
    }
    (all, page)
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_hold_every_hit_once_forwards_and_backwards() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for (path, parameters, limit) in [
        ("/v1/initiatives", &[("q", "co-operative")][..], "7"),
        ("/v1/initiatives", &[("q", "council"), ("sort", "title")], "10"),
        ("/v1/initiatives", &[("q", "council"), ("sort", "-started_on"), ("highlight", "true")], "9"),
        ("/v1/initiatives", &[("q", "plymuth")], "5"),
        ("/v1/councils", &[("q", "city council")], "6"),
        ("/v1/councils", &[("q", "city"), ("sort", "-name")], "4"),
        ("/v1/search", &[("q", "oldham")], "3"),
        ("/v1/search", &[("q", "city or community")], "8"),
        ("/v1/councils/oldham/initiatives", &[("q", "work")], "2"),
        ("/v1/themes/housing/initiatives", &[("q", "community or tenants")], "1"),
    ] {
        let of = |limit| [parameters, &[("limit", limit)][..]].concat();
        let whole = client.get(&address(path, &of("200"))).await.expect(200);
        let wanted = slugs(&whole);
        assert!(wanted.len() > 2 * limit.parse::<usize>().unwrap(), "{path} {parameters:?}: {wanted:?}");
        assert_eq!(whole.json["total"], wanted.len());
        assert_eq!(whole.json["search"]["relaxed"], false);

        let (all, mut page) = paged(&client, &address(path, &of(limit))).await;
        assert_eq!(all, wanted, "{path} {parameters:?}");
        assert_eq!(page.json["total"], wanted.len());
        let mut back = slugs(&page);
        while let Some(prev) = page.json["page"]["prev"].as_str() {
            page = client.get(&prev[prev.find("/v1/").unwrap()..]).await.expect(200);
            back.splice(0..0, slugs(&page));
        }
        assert_eq!(back, wanted, "{path} {parameters:?} backwards");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_takes_other_orders_filters_and_fields() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let hits = found(&client, "/v1/initiatives", "co-operative").await;
    let titles =
        |page: &Answer| page.each("title").iter().map(|title| title.as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let by_title = client.get("/v1/initiatives?q=co-operative&sort=title&limit=200").await.expect(200);
    let in_full = client.get("/v1/initiatives?sort=title&limit=200").await.expect(200);
    let found_titles = titles(&hits);
    let wanted: Vec<String> = titles(&in_full).into_iter().filter(|title| found_titles.contains(title)).collect();
    assert_eq!(titles(&by_title), wanted);
    assert_ne!(found_titles, wanted, "relevance is another order");
    let relevance = client.get("/v1/initiatives?q=co-operative&sort=relevance&limit=200").await.expect(200);
    assert_eq!(relevance.json["data"], hits.json["data"]);

    // With a filter: the same hits in the same order, less those that the filter leaves out.
    for filter in ["council=york", "kind=case_study", "theme=housing&theme=new-delivery-models", "has_outcomes=true"] {
        let filtered = client.get(&format!("/v1/initiatives?{filter}&limit=200")).await.expect(200);
        let both = client.get(&format!("/v1/initiatives?q=co-operative&{filter}&limit=200")).await.expect(200);
        let among = slugs(&filtered);
        let wanted: Vec<String> = slugs(&hits).into_iter().filter(|slug| among.contains(slug)).collect();
        assert!(!wanted.is_empty() && wanted.len() < hits.json["total"].as_u64().unwrap() as usize, "{filter}");
        assert_eq!((slugs(&both), &both.json["total"]), (wanted.clone(), &json!(wanted.len())), "{filter}");
    }
    let picked = client.get("/v1/initiatives?q=dementia&fields=slug,title").await.expect(200);
    let members = |record: &Value| record.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert!(picked.json["data"].as_array().unwrap().iter().all(|one| members(one) == ["slug", "title"]));
    assert_eq!(picked.each("slug")[0], "york-young-people-dementia-awareness");
    // Without words nothing is said about a search.
    assert!(in_full.json.get("search").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_belongs_to_its_search() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for (path, others) in [
        (
            "/v1/initiatives?q=council&limit=3",
            &["q=community", "q=council&sort=title", "q=council&kind=case_study", ""][..],
        ),
        ("/v1/councils?q=council&limit=3", &["q=city", "q=council&sort=name", ""]),
        ("/v1/search?q=council&limit=3", &["q=city"]),
    ] {
        let page = client.get(path).await.expect(200);
        let next = page.json["page"]["next"].as_str().unwrap();
        let cursor = &next[next.find("cursor=").unwrap()..];
        let list = &path[..path.find('?').unwrap()];
        client.get(&format!("{path}&{cursor}")).await.expect(200);
        for other in others {
            let refused = client.get(&format!("{list}?{other}&{cursor}")).await;
            let refused = refused.expect(400);
            assert_eq!(refused.faults(), [("cursor".to_owned(), "bad_cursor".to_owned())], "{list}?{other}");
        }
        let forged = format!("{path}&{}", cursor.replace("cursor=", "cursor=AAAA"));
        assert_eq!(client.get(&forged).await.expect(400).faults()[0].1, "bad_cursor");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_show_the_words_and_escape_the_rest() {
    let app = TestApp::with_sample().await;
    let (editor, moderator, client) = (app.editor("oldham").await, app.moderator().await, app.anonymous());
    let unsafe_texts = json!({
        "title": "Quokkas & <b>co-ops</b>",
        "summary": "A quokka's <script>alert(\"quokkas\")</script> & more.",
        "body": format!("{} The **quokka** <img src=x onerror=alert(1)> & its friends. {}", "Padding. ".repeat(60), "More. ".repeat(60)),
    });
    let entered = editor.post("/v1/initiatives", &with(practice("Q", "oldham"), unsafe_texts)).await.expect(201);
    publish(&moderator, &entered).await;
    for path in ["/v1/initiatives", "/v1/search"] {
        let page = client.get(&address(path, &[("q", "quokka"), ("highlight", "true")])).await.expect(200);
        assert_eq!(page.json["total"], 1);
        let shown = &page.json["data"][0]["highlight"];
        assert_eq!(shown["title"], "<mark>Quokkas</mark> &amp; &lt;b&gt;co-ops&lt;/b&gt;");
        assert_eq!(
            shown["summary"],
            "A <mark>quokka&#39;s</mark> &lt;script&gt;alert(&quot;<mark>quokkas</mark>&quot;)&lt;/script&gt; &amp; more."
        );
        let text = shown["text"].as_str().unwrap();
        assert!(text.contains("The <mark>quokka</mark>") && text.contains("&amp; its friends."), "{text}");
        assert!(!text.replace("<mark>", "").replace("</mark>", "").contains(['<', '>']), "{text}");
        assert!(text.len() < 400, "a fragment, not the whole: {text}");
        // Only when asked for.
        let plain = client.get(&address(path, &[("q", "quokka")])).await.expect(200);
        assert!(plain.json["data"][0].get("highlight").is_none());
    }
    // Every spelling is marked as it stands; a phrase by its words; what is excluded is not marked.
    let title = async |q: &str| {
        let page = client.get(&address("/v1/initiatives", &[("q", q), ("highlight", "true")])).await.expect(200);
        page.json["data"][0]["highlight"]["title"].clone()
    };
    assert_eq!(title("quokka cooperative").await, "<mark>Quokkas</mark> &amp; &lt;b&gt;<mark>co-ops</mark>&lt;/b&gt;");
    assert_eq!(
        title("\"loan sharks\"").await,
        "Driving out <mark>loan</mark> <mark>sharks</mark> with new credit unions in Glasgow"
    );
    assert_eq!(title("dementai").await, "<mark>Dementia</mark> awareness by young people in York");
    let council = client.get("/v1/councils?q=abertawe%20or%20swansea&highlight=true").await.expect(200);
    assert_eq!(council.json["data"][0]["highlight"]["title"], "City and County of <mark>Swansea</mark> Council");
    // A highlight that was asked for stays beside chosen fields, as what was embedded does.
    let picked = client.get("/v1/initiatives?q=quokka&highlight=true&fields=slug").await.expect(200);
    let members: Vec<&String> = picked.json["data"][0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["slug", "highlight"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn suggestions_begin_with_the_first_letter() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let suggested = async |q: &str, limit: &str| {
        let answer = client.get(&address("/v1/suggest", &[("q", q), ("limit", limit)])).await.expect(200);
        let one =
            |one: &Value| (one["resource"].as_str().unwrap().to_owned(), one["slug"].as_str().unwrap().to_owned());
        answer.json["data"].as_array().unwrap().iter().map(one).collect::<Vec<_>>()
    };
    let is = |one: &(String, String), resource: &str, slug: &str| one.0 == resource && one.1 == slug;
    for (q, resource, slug) in [
        ("y", "council", "york"),
        ("Y", "council", "york"),
        ("cyc", "council", "york"),
        ("newc", "council", "newcastle-upon-tyne"),
        ("aberta", "council", "swansea"),
        ("house", "theme", ""),
        ("hous", "theme", "housing"),
        ("living", "theme", "cost-of-living"),
        ("co-ops uk", "organisation", "co-operatives-uk"),
        ("2020 pub", "organisation", "rsa-2020-public-services-hub"),
        ("get oldham w", "initiative", "get-oldham-working"),
        ("wardens", "initiative", "york-snow-wardens"),
        ("coop housing in", "initiative", "york-co-operative-housing-idea"),
        ("co-operative housing in", "initiative", "york-co-operative-housing-idea"),
    ] {
        let found = suggested(q, "8").await;
        let there = found.iter().any(|one| is(one, resource, slug));
        assert_eq!(there, !slug.is_empty(), "{q}: {found:?}");
    }
    // Every suggestion has a word that begins with the letter; councils, then themes, organisations and initiatives.
    let order = ["council", "theme", "organisation", "initiative"];
    for letter in 'a'..='z' {
        for limit in [1, 5, 20] {
            let found = suggested(&letter.to_string(), &limit.to_string()).await;
            assert!(found.len() <= limit, "{letter}");
            let kinds: Vec<_> = found.iter().map(|one| order.iter().position(|kind| *kind == one.0)).collect();
            assert!(kinds.is_sorted(), "{letter}: {found:?}");
        }
    }
    assert_eq!(suggested("n", "4").await.len(), 4);
    assert_eq!(
        suggested("newcastle", "20").await[..2].iter().map(|one| &*one.1).collect::<Vec<_>>(),
        ["newcastle-upon-tyne", "newcastle-under-lyme"]
    );
    assert!(suggested("c", "1000").await.len() <= 20, "more is clamped");
    assert!(suggested("xqzv", "8").await.is_empty());
    for shown in suggested("plym", "20").await {
        client.get(&format!("/v1/{}s/{}", shown.0, shown.1)).await.expect(200);
    }
}
