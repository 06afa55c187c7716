//! Bodies with a member at fault: each gets its problem, with the place and the nearest valid name, and changes nothing.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::records::{council, theme, whole_council};
use crate::support::{Client, TestApp};

/// A place in a body, what is put there (JSON as text), the code of the fault, and what the detail says; or, where it is
/// another member that does not go with it any more, the place of that.
pub type Case = (&'static str, &'static str, &'static str, &'static str);

/// The code of a body that is no JSON at all: 400 instead of 422.
const UNREADABLE: &str = "unreadable";

/// Send `body` with `text` at `place`, to be entered and in place of a record: each refusal names that place alone.
async fn refused(client: &Client, list: &str, record: Option<&str>, body: &Value, (place, text, code, says): Case) {
    let mut marked = body.clone();
    let (object, name) = place.rsplit_once('/').unwrap();
    match marked.pointer_mut(object).unwrap() {
        Value::Object(members) => drop(members.insert(name.into(), json!("@@"))),
        items => items[name.parse::<usize>().unwrap()] = json!("@@"),
    }
    let text = marked.to_string().replace("\"@@\"", text);
    let mut requests = vec![client.request(Method::POST, list)];
    if let Some(record) = record {
        requests.push(client.request(Method::PUT, record).header("If-Match", client.get(record).await.etag()));
    }
    for request in requests {
        let answer = send(request.header("Content-Type", "application/json").body(text.clone())).await;
        let shown = format!("{list} {place} {code}: {}", answer.text);
        if code == UNREADABLE {
            assert_eq!(answer.status, 400, "{shown}");
            assert_eq!(answer.expect_problem(400, UNREADABLE).faults(), []);
            continue;
        }
        let (status, problem) = answer_to(code);
        assert_eq!(answer.status, status, "{shown}");
        let answer = answer.expect_problem(status, problem);
        let (place, says) = if says.starts_with('/') { (says, "") } else { (place, says) };
        assert_eq!(answer.faults(), [(place.into(), code.into())], "{shown}");
        assert!(answer.text.contains(says), "{says}: {shown}");
    }
}

/// Status and code of the answer to a body with just this fault: what no schema can rule out is a conflict.
pub fn answer_to(fault: &str) -> (u16, &'static str) {
    match fault {
        "unknown_reference" | "unknown_source" | "repeated" | "circular" | "too_deep" | "deprecated" => {
            (409, "conflict")
        }
        _ => (422, "invalid"),
    }
}

/// The ETag of the whole list, to see that nothing was changed.
async fn state(client: &Client, list: &str) -> String {
    client.get(&format!("{list}?limit=200")).await.expect(200).etag().to_owned()
}

/// Every case is refused as it says, and the list is what it was before.
pub async fn table(client: &Client, list: &str, record: Option<&str>, body: &Value, cases: &[Case]) {
    let before = state(client, list).await;
    for case in cases {
        refused(client, list, record, body, *case).await;
    }
    assert_eq!(state(client, list).await, before, "{list} was changed");
}

/// What no line of text may be: too long, too short, control characters, blanks at its ends, another type.
pub fn line(place: &'static str, too_long: &'static str) -> Vec<Case> {
    vec![
        (place, too_long, "too_long", "characters; at most"),
        (place, r#""""#, "too_short", "at least"),
        (place, "5", "wrong_type", "is a number; it must be text"),
        (place, "[]", "wrong_type", "is an array"),
        (place, r#""a long enough text \u0000 with NUL""#, "malformed", "U+0000"),
        (place, r#""a long enough text \u001b[31m with red""#, "malformed", "U+001B"),
        (place, r#""a long enough text \u0085 with a C1""#, "malformed", "U+0085"),
        (place, r#""a long enough text\nof two lines""#, "malformed", "U+000A"),
        (place, r#"" a long enough text, blank before""#, "malformed", "ends with a space"),
        (place, r#""a long enough text, blank behind\u00a0""#, "malformed", "ends with a space"),
        (place, r#""a long enough text, half \ud800 a pair""#, UNREADABLE, ""),
        (place, r#""a long enough text, half \udc00\ud800 a pair""#, UNREADABLE, ""),
    ]
}

/// A JSON string of so many letters, the first of them outside the basic plane: lengths are in characters.
pub fn letters(count: usize) -> &'static str {
    format!("\"𝔸{}\"", "x".repeat(count - 1)).leak()
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_a_council() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let mut cases = line("/name", letters(121));
    cases.extend(line("/short_name", letters(61)));
    cases.extend(line("/welsh_name", letters(121)));
    cases.extend(line("/aliases/1", letters(121)));
    cases.extend::<[Case; 38]>([
        ("/slug", "\"Old ham\"", "malformed", "is not a slug"),
        ("/slug", "\"-oldham\"", "malformed", ""),
        ("/slug", "\"old--ham\"", "malformed", ""),
        ("/slug", "\"öldham\"", "malformed", ""),
        ("/slug", "\"network\"", "reserved", ""),
        ("/slug", format!("\"{}\"", "x".repeat(101)).leak(), "too_long", ""),
        ("/gss_code", "\"X08000004\"", "malformed", ""),
        ("/gss_code", "8", "wrong_type", ""),
        ("/code", "\"old\"", "malformed", ""),
        ("/council_type", "\"distrikt\"", "not_allowed", "did you mean district?"),
        ("/council_type", "null", "wrong_type", ""),
        ("/nation", "\"scottland\"", "not_allowed", "did you mean scotland?"),
        ("/nation", "\"wales\"", "not_allowed", "/region"),
        ("/region", "\"north west\"", "not_allowed", "did you mean north_west?"),
        ("/location/latitude", "61", "too_large", "60.9"),
        ("/location/latitude", "49.7", "too_small", "49.8"),
        ("/location/longitude", "-8.71", "too_small", ""),
        ("/location/longitude", "\"2\"", "wrong_type", "it must be a number"),
        ("/location/longitude", "1e400", UNREADABLE, ""),
        ("/location", "[53.5, -2.1]", "wrong_type", "it must be an object"),
        ("/location", "{\"latitude\": 53}", "required", "/location/longitude"),
        ("/location/altitude", "3", "unknown_member", "did you mean latitude?"),
        ("/population", "-1", "too_small", ""),
        ("/population", "1000000000000000000000000000000", "too_large", ""),
        ("/population", "1e30", "too_large", ""),
        ("/population", "12.5", "wrong_type", "a whole number"),
        ("/population", "\"12\"", "wrong_type", ""),
        ("/population_year", "1800", "too_small", ""),
        ("/website", "\"ftp://oldham.gov.uk/\"", "malformed", "http:// or https://"),
        ("/website", "\"https://user:pass@oldham.gov.uk/\"", "malformed", ""),
        ("/website", "\"javascript:alert(1)//http://x\"", "malformed", ""),
        ("/website", "\"https://oldham.gov.uk/a b\"", "malformed", ""),
        ("/description", "\"a\\u0000b\"", "malformed", "U+0000"),
        ("/description", letters(5001), "too_long", "5001 characters"),
        ("/aliases", "\"OMBC\"", "wrong_type", "it must be an array"),
        ("/membership", "{\"tier\": \"full\", \"status\": \"active\"}", "read_only", "write those at /v1/memberships"),
        ("/Name", "\"x\"", "unknown_member", "did you mean name?"),
        ("/id", "\"0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60\"", "read_only", "leave it out"),
    ]);
    table(&admin, "/v1/councils", Some("/v1/councils/oldham"), &whole_council(), &cases).await;
    // Nor does a name of the markup of pointers hide itself, and there is no nearest name to nonsense.
    let odd: [Case; 2] =
        [("/a~b", "1", "unknown_member", "/a~0b"), ("/qqqq", "1", "unknown_member", "is not a member of this body\"")];
    table(&admin, "/v1/councils", None, &council("Newtown"), &odd).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_a_theme() {
    let app = TestApp::with_sample().await;
    let moderator = app.moderator().await;
    let mut body = theme("Newness");
    body["scope_note"] = json!("A note.");
    let mut cases = line("/label", letters(81));
    cases.extend(line("/definition", letters(1001)));
    cases.extend::<[Case; 13]>([
        ("/scope_note", letters(1001), "too_long", ""),
        ("/scope_note", "\"\"", "too_short", ""),
        ("/slug", "\"NEW\"", "malformed", ""),
        ("/broader", "\"houzing\"", "unknown_reference", "did you mean housing?"),
        ("/broader", "\"zzzzzz\"", "unknown_reference", "in the registry\""),
        ("/broader", "\"hou sing\"", "malformed", ""),
        ("/broader", "{\"slug\": \"housing\"}", "wrong_type", ""),
        ("/status", "\"depreciated\"", "not_allowed", "did you mean deprecated?"),
        ("/replaced_by", "\"housing\"", "not_allowed", ""),
        ("/narrower", "[]", "unknown_member", ""),
        ("/version", "1", "read_only", ""),
        ("/updated_at", "null", "read_only", ""),
        ("/scopenote", "\"x\"", "unknown_member", "did you mean scope_note?"),
    ]);
    table(&moderator, "/v1/themes", Some("/v1/themes/housing"), &body, &cases).await;
    let merge: [Case; 5] = [
        ("/into", "\"houzing\"", "unknown_reference", "did you mean housing?"),
        ("/into", "3", "wrong_type", ""),
        ("/into", "\"\"", "too_short", ""),
        ("/int", "\"housing\"", "unknown_member", "did you mean into?"),
        ("/into", "\"co-production\"", "circular", ""),
    ];
    let before = state(&moderator, "/v1/themes").await;
    for case in merge {
        refused(&moderator, "/v1/themes/co-production/merge", None, &json!({ "into": "housing" }), case).await;
    }
    assert_eq!(state(&moderator, "/v1/themes").await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_a_user() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let body = json!({
        "email": "someone@tests.example", "name": "Some One", "role": "council_editor", "council": "oldham",
        "initial_password": "three words are a start"
    });
    let mut cases = line("/name", letters(121));
    cases.extend::<[Case; 22]>([
        ("/email", "\"someone\"", "malformed", ""),
        ("/email", "\"some one@tests.example\"", "malformed", ""),
        ("/email", "\"someone@tests.example\\u0000\"", "malformed", "U+0000"),
        ("/email", "\"someone@-tests.example\"", "malformed", ""),
        ("/email", format!("\"{}@tests.example\"", "x".repeat(250)).leak(), "too_long", ""),
        ("/email", "\"söme@tests.example\"", "malformed", ""),
        ("/email", "null", "wrong_type", ""),
        ("/role", "\"administrator\"", "not_allowed", "network_admin"),
        ("/role", "\"council_editer\"", "not_allowed", "did you mean council_editor?"),
        ("/role", "\"moderator\"", "not_allowed", "/council"),
        ("/role", "[\"moderator\"]", "wrong_type", ""),
        ("/council", "\"oldam\"", "unknown_reference", "did you mean oldham?"),
        ("/council", "\"\"", "too_short", ""),
        ("/council", "\"%\"", "malformed", ""),
        ("/initial_password", "\"short\"", "too_short", "at least 12"),
        ("/initial_password", letters(201), "too_long", "at most 200"),
        ("/initial_password", "123456789012", "wrong_type", ""),
        ("/password_hash", "\"$argon2id$\"", "unknown_member", ""),
        ("/id", "\"x\"", "read_only", ""),
        ("/last_signed_in_at", "null", "read_only", ""),
        ("/created_at", "\"2026-01-01T00:00:00Z\"", "read_only", ""),
        ("/status", "\"active\"", "unknown_member", ""),
    ]);
    table(&admin, "/v1/users", None, &body, &cases).await;
    let made = admin.post("/v1/users", &body).await.expect(201);
    let path = made.header("location");
    let patches = [
        (json!({ "council": null }), "/council", "required"),
        (json!({ "role": "network_admin" }), "/council", "not_allowed"),
        (json!({ "status": "asleep" }), "/status", "not_allowed"),
        (json!({ "initial_password": "three words are a start" }), "/initial_password", "unknown_member"),
        (json!({ "email": null }), "/email", "required"),
    ];
    for (patch, place, code) in patches {
        let refused = admin.patch(path, made.etag(), &patch).await.expect_problem(422, "invalid");
        assert_eq!(refused.faults(), [(place.into(), code.into())], "{patch}");
    }
    assert_eq!(admin.get(path).await.json, made.json);
}
