//! oEmbed, as WordPress and others ask for it.

use serde_json::{Value, json};

use crate::support::practice::{path, practice, publish, with};
use crate::support::{Client, TestApp};

/// The answer for an address of a page, with the address escaped as clients escape it.
async fn ask(client: &Client, page: &str, more: &str) -> crate::support::Answer {
    let url: String = form_urlencoded::byte_serialize(page.as_bytes()).collect();
    client.get(&format!("/oembed?url={url}{more}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn equivalent_addresses_have_the_same_frame() {
    let app = TestApp::with_flags(&["--public-url", "https://registry.example.org"]).await;
    let client = app.anonymous();
    let expected = ask(&client, "https://registry.example.org/initiatives/get-oldham-working", "").await.expect(200);
    for page in [
        "http://registry.example.org/initiatives/get-oldham-working",
        "HTTPS://Registry.Example.ORG/initiatives/get-oldham-working",
        "https://registry.example.org:443/initiatives/get-oldham-working",
        "http://registry.example.org:80/initiatives/get-oldham-working/",
        "https://registry.example.org./initiatives/get-oldham-working",
        "https://registry.example.org/%69nitiatives/get%2Doldham%2Dworking",
        "https://registry.example.org/initiatives/get-oldham-working?utm_source=news&fbclid=x#outcomes",
        "//registry.example.org/initiatives/get-oldham-working",
        "/initiatives/get-oldham-working",
    ] {
        assert_eq!(ask(&client, page, "").await.expect(200).json, expected.json, "{page}");
    }
    for page in [
        "https://registry.example.org:8443/initiatives/get-oldham-working",
        "https://registry.example.org.evil.example/initiatives/get-oldham-working",
        "https://registry.example.org@evil.example/initiatives/get-oldham-working",
        "https://evil.example/registry.example.org/initiatives/get-oldham-working",
        "https://registry.example.org/initiatives/get-oldham-working%2F..",
        "javascript:alert(1)",
    ] {
        ask(&client, page, "").await.expect_problem(404, "not_found");
    }
}

/// What WordPress makes of the HTML of a site that it does not know (`wp_filter_oembed_result` in
/// `wp-includes/embed.php`): attributes that are not on its list are dropped, and the quotation is what it falls back on.
fn filtered_by_wordpress(html: &str) -> Option<(String, String)> {
    let html = html.replace("<blockquote hidden>", "<blockquote>").replace(" loading=\"lazy\"", "");
    let (quotation, rest) = html.strip_prefix("<blockquote>")?.split_once("</blockquote>")?;
    let frame = rest.strip_prefix("<iframe src=\"")?;
    let frame = &frame[..frame.find("></iframe>")?];
    Some((quotation.to_owned(), frame.to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn wordpress_gets_a_frame_and_a_quotation_to_fall_back_on() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for (page, title, frame) in [
        ("/initiatives/get-oldham-working", "Get Oldham Working", "/embed/initiatives/get-oldham-working"),
        ("/councils/oldham", "Oldham Metropolitan Borough Council", "/embed/initiatives?council=oldham"),
    ] {
        // Word for word what WordPress sends.
        let answer = ask(&client, &format!("{}{page}", app.url), "&maxwidth=500&maxheight=750&dnt=1&format=json").await;
        let html = answer.expect(200).json["html"].as_str().unwrap().to_owned();
        let (quotation, attributes) = filtered_by_wordpress(&html).unwrap_or_else(|| panic!("{html}"));
        assert_eq!(quotation, format!("<a href=\"{}{page}\">{title}</a>", app.url));
        assert!(
            attributes.starts_with(&format!("{}{frame}\" title=\"{title}\" width=\"500\" ", app.url)),
            "{attributes}"
        );
        // Other sites show the frame alone.
        assert!(html.starts_with("<blockquote hidden>"), "{html}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_xml_is_well_formed_for_any_title() {
    let app = TestApp::with_sample().await;
    let (editor, moderator) = (app.editor("oldham").await, app.moderator().await);
    let title = "A <b>&amp; \"B\" 'C' ]]> \u{fffe}\u{ffff} é 𝔸 <!-- --> <?x?>";
    let entered = with(practice(title, "oldham"), json!({ "slug": "any-title" }));
    let published = publish(&moderator, &editor.post("/v1/initiatives", &entered).await.expect(201)).await;
    assert_eq!(published.json["title"], title);
    let page = path(&published).replace("/v1", "");
    let xml = ask(&app.anonymous(), &page, "&format=xml").await.expect(200).text;
    let shown = "A &lt;b&gt;&amp;amp; &quot;B&quot; &#39;C&#39; ]]&gt;  é 𝔸 &lt;!-- --&gt; &lt;?x?&gt;";
    assert!(xml.contains(&format!("<title>{shown}</title>")), "{xml}");
    assert_eq!(unwrapped(&xml)["title"], title.replace(['\u{fffe}', '\u{ffff}'], ""));
    // The title is escaped twice within the HTML, once for each language.
    assert!(unwrapped(&xml)["html"].as_str().unwrap().contains("title=\"A &lt;b&gt;&amp;amp; &quot;B&quot;"), "{xml}");
}

/// The members of a flat XML document, strictly read: declaration, one root, elements of text, the five entities that
/// XML knows, and none of the characters that it does not (XML 1.0, productions 2 and 14).
fn unwrapped(xml: &str) -> Value {
    let is_allowed = |c: char| matches!(c, '\n' | '\t' | '\r') || c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}');
    assert!(xml.chars().all(is_allowed), "{xml}");
    let rest = xml.strip_prefix("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<oembed>").expect(xml);
    let mut rest = rest.strip_suffix("</oembed>\n").expect(xml);
    let mut members = json!({});
    while let Some((name, after)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        let (text, after) = after.split_once(&format!("</{name}>")).expect(xml);
        assert!(!text.contains(['<', '>']), "{text}");
        let entity = |part: &str| {
            let (entity, text) = part.split_once(';').unwrap_or_else(|| panic!("a bare & before {part:?}"));
            let c = match entity {
                "lt" => "<",
                "gt" => ">",
                "amp" => "&",
                "quot" => "\"",
                "#39" => "'",
                other => panic!("&{other};"),
            };
            format!("{c}{text}")
        };
        let mut parts = text.split('&');
        let first = parts.next().unwrap_or_default().to_owned();
        members[name] = parts.fold(first, |text, part| text + &entity(part)).into();
        rest = after;
    }
    assert_eq!(rest, "", "{xml}");
    members
}
