//! Excel workbooks: what another reader finds in them, what explains their columns, and how they are sent.

use std::io::{Cursor, Read};

use calamine::{Data, Range, Reader, Xlsx};
use chrono::{DateTime, NaiveDate};
use reqwest::Method;
use serde_json::{Value, json};

use super::Csv;
use crate::support::client::send;
use crate::support::practice::{practice, publish, with};
use crate::support::records::{whole_council, whole_initiative};
use crate::support::{Client, TestApp};

const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Every list that has a CSV, and the name of its sheet.
const LISTS: [(&str, &str); 9] = [
    ("initiatives", "Initiatives"),
    ("outcomes", "Outcomes"),
    ("councils", "Councils"),
    ("themes", "Themes"),
    ("memberships", "Memberships"),
    ("organisations", "Organisations"),
    ("council-changes", "Changes of councils"),
    ("councils/oldham/initiatives", "Initiatives"),
    ("themes/housing/initiatives", "Initiatives"),
];

struct Workbook {
    bytes: Vec<u8>,
    reader: Xlsx<Cursor<Vec<u8>>>,
}

impl Workbook {
    async fn of(client: &Client, path: &str) -> Self {
        Self::accepted(client, path, "*/*").await
    }

    async fn accepted(client: &Client, path: &str, accept: &str) -> Self {
        let answer = client.request(Method::GET, path).header("Accept", accept).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.headers()["content-type"], MEDIA_TYPE, "{path}");
        let bytes = answer.bytes().await.expect("a whole file").to_vec();
        let reader = Xlsx::new(Cursor::new(bytes.clone())).expect("a workbook");
        Self { bytes, reader }
    }

    fn sheet(&mut self, name: &str) -> Range<Data> {
        self.reader.worksheet_range(name).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The XML of a part.
    fn part(&self, name: &str) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(&self.bytes)).expect("a zip archive");
        let mut text = String::new();
        archive.by_name(name).expect(name).read_to_string(&mut text).unwrap();
        text
    }

    /// The rows of a sheet as texts.
    fn texts(&mut self, name: &str) -> Vec<Vec<String>> {
        self.sheet(name).rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
    }
}

/// Days since 1899-12-30, as Excel counts.
fn serial(moment: chrono::NaiveDateTime) -> f64 {
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap().and_hms_opt(0, 0, 0).unwrap();
    (moment - epoch).num_milliseconds() as f64 / 86_400_000.0
}

/// What is wrong with a cell of a workbook, by the type of its column and the cell of the CSV.
fn fault(kind: &str, cell: &Data, csv: &str) -> Option<String> {
    let close = |found: f64, wanted: f64| (found - wanted).abs() < 1e-7;
    let fits = match (kind, cell) {
        (_, Data::Empty) => csv.is_empty(),
        ("string", Data::String(text)) => text == csv || csv.strip_prefix('\'') == Some(text.as_str()),
        ("integer" | "number", Data::Float(number)) => csv.parse().is_ok_and(|wanted| close(*number, wanted)),
        ("integer" | "number", Data::Int(number)) => csv.parse::<i64>() == Ok(*number),
        ("date", Data::DateTime(day)) => {
            csv.parse().is_ok_and(|wanted: NaiveDate| close(day.as_f64(), serial(wanted.into())))
        }
        ("datetime", Data::DateTime(moment)) => {
            DateTime::parse_from_rfc3339(csv).is_ok_and(|wanted| close(moment.as_f64(), serial(wanted.naive_utc())))
        }
        _ => false,
    };
    (!fits).then(|| format!("{cell:?} for {kind} {csv:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_with_a_csv_has_a_workbook_of_the_same_cells_in_excels_types() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    admin.post("/v1/councils", &whole_council()).await.expect(201);
    admin.post("/v1/initiatives", &whole_initiative()).await.expect(201);
    for client in [app.anonymous(), admin] {
        let package = client.get("/v1/datapackage.json").await.expect(200).json;
        for (list, title) in LISTS {
            let csv = Csv::of(&client.get(&format!("/v1/{list}.csv")).await.expect(200));
            let mut book = Workbook::of(&client, &format!("/v1/{list}.xlsx")).await;
            assert_eq!(book.reader.sheet_names(), [title, "Columns", "About"], "{list}");
            let sheet = book.sheet(title);
            let resources = package["resources"].as_array().unwrap();
            let table = resources.iter().find(|one| one["title"] == title).unwrap();
            let fields = table["schema"]["fields"].as_array().unwrap();
            assert_eq!(sheet.get_size(), (csv.rows.len() + 1, csv.head.len()), "{list}");
            let head: Vec<String> = sheet.rows().next().unwrap().iter().map(ToString::to_string).collect();
            assert_eq!(head, csv.head, "{list}");
            for (row, cells) in sheet.rows().skip(1).zip(&csv.rows) {
                for ((field, cell), csv) in fields.iter().zip(row).zip(cells) {
                    let fault = fault(field["type"].as_str().unwrap(), cell, csv);
                    assert_eq!(fault, None, "{list}.{}", field["name"]);
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_has_a_frozen_head_a_filter_widths_and_no_formula() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let texts = ["=cmd|' /C calc'!A1", "+1 more", "-2 fewer", "@SUM(3)", "_x003D_1+1"];
    for text in texts {
        let record = with(practice(text, "oldham"), json!({ "summary": format!("{text} in a summary") }));
        admin.post("/v1/initiatives", &record).await.expect(201);
    }
    let mut book = Workbook::of(&admin, "/v1/initiatives.xlsx").await;
    let sheet = book.texts("Initiatives");
    let title = sheet[0].iter().position(|name| name == "title").unwrap();
    for text in texts {
        assert!(sheet.iter().any(|row| row[title] == text), "{text} is not there as it was written");
    }
    for name in ["Initiatives", "Columns", "About"] {
        let formulas = book.reader.worksheet_formula(name).expect(name);
        assert!(formulas.rows().flatten().all(String::is_empty), "a formula in {name}");
    }
    let (rows, columns) = (book.part("xl/worksheets/sheet1.xml"), book.part("xl/worksheets/sheet2.xml"));
    for xml in [&rows, &columns] {
        assert!(xml.contains("<pane ySplit=\"1\"") && xml.contains("state=\"frozen\""), "{}", &xml[..600]);
        assert!(xml.contains("<cols><col "), "{}", &xml[..600]);
        assert!(!xml.contains("<f>") && !xml.contains("<hyperlink"));
    }
    assert!(rows.contains("<autoFilter "));
    // Excel takes a text with this mark for a text even after somebody has edited the cell.
    assert!(book.part("xl/styles.xml").contains("quotePrefix=\"1\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_sheet_explains_each_column_and_word_as_the_codebook_does() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let package = client.get("/v1/datapackage.json").await.expect(200).json;
    let mut words = 0;
    for resource in package["resources"].as_array().unwrap() {
        let (name, title) = (resource["name"].as_str().unwrap(), resource["title"].as_str().unwrap());
        let mut book = Workbook::of(&client, &format!("/v1/{name}.xlsx")).await;
        let lines = book.texts("Columns");
        assert_eq!(lines[0], ["column", "word", "type", "meaning"]);
        for field in resource["schema"]["fields"].as_array().unwrap() {
            let (column, meaning) = (field["name"].as_str().unwrap(), field["description"].as_str().unwrap());
            let line = lines.iter().find(|line| line[0] == column && line[1].is_empty());
            assert_eq!(line.unwrap_or_else(|| panic!("{name}.{column}"))[3], meaning, "{name}.{column}");
            for category in field["categories"].as_array().into_iter().flatten() {
                let (word, label) = (category["value"].as_str().unwrap(), category["label"].as_str().unwrap());
                let line = lines.iter().find(|line| line[0] == column && line[1] == word);
                assert_eq!(line.unwrap_or_else(|| panic!("{name}.{column}: {word}"))[3], label);
                words += 1;
            }
        }
        let about = book.texts("About");
        assert_eq!(about[0], ["Title".to_owned(), format!("CCIN registry: {}", title.to_lowercase())]);
        assert!(about.iter().any(|line| line[0] == "Licence" && line[1].contains("Open Government Licence")));
    }
    assert!(words > 80, "only {words} words");
    // A column of several values has words too.
    let lines = Workbook::of(&client, "/v1/initiatives.xlsx?fields=participants").await.texts("Columns");
    assert!(lines.iter().any(|line| line[0] == "participant_roles" && line[1] == "co_lead"));
    assert!(lines[1..].iter().all(|line| line[0].starts_with("participant")), "columns that are not in the file");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_is_asked_for_by_address_or_accept_with_the_filters_and_fields_of_the_list() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for (list, title) in LISTS {
        let found = Workbook::accepted(&client, &format!("/v1/{list}"), MEDIA_TYPE).await.texts(title);
        assert!(found == Workbook::of(&client, &format!("/v1/{list}.xlsx")).await.texts(title), "{list}");
        let liked = format!("application/json;q=0.4, {MEDIA_TYPE}");
        Workbook::accepted(&client, &format!("/v1/{list}"), &liked).await;
    }
    let path = "/v1/initiatives.xlsx?region=north_west&fields=slug,lead_council&sort=-title";
    let found = Workbook::of(&client, path).await.texts("Initiatives");
    let csv = Csv::of(&client.get(&path.replace("xlsx", "csv")).await.expect(200));
    assert_eq!((&found[0], found.len()), (&csv.head, csv.rows.len() + 1));
    assert!(found[1..].iter().eq(&csv.rows));
    let nothing = Workbook::of(&client, "/v1/initiatives.xlsx?year_from=2190").await.texts("Initiatives");
    assert_eq!(nothing.len(), 1, "the head alone");
    let head = send(client.request(Method::HEAD, "/v1/initiatives.xlsx")).await.expect(200);
    assert_eq!(head.header("content-type"), MEDIA_TYPE);
    let today = chrono::Utc::now().format("%Y-%m-%d");
    assert_eq!(head.header("content-disposition"), format!("attachment; filename=\"initiatives-{today}.xlsx\""));
    client.get("/v1/initiatives.xlsx?limit=5").await.expect_problem(400, "bad_query");
}

#[tokio::test(flavor = "multi_thread")]
async fn hidden_records_are_in_no_cell_for_those_who_do_not_see_them() {
    let app = TestApp::with_sample().await;
    let (admin, moderator) = (app.admin().await, app.moderator().await);
    let secret = with(practice("Secret workbook", "oldham"), json!({ "visibility": "private" }));
    publish(&moderator, &admin.post("/v1/initiatives", &secret).await).await;
    let (anonymous, own) = (app.anonymous(), app.editor("oldham").await);
    for (client, is_seen) in [(&anonymous, false), (&own, true)] {
        let cells = Workbook::of(client, "/v1/councils/oldham/initiatives.xlsx").await.texts("Initiatives");
        assert_eq!(cells.iter().flatten().any(|cell| cell == "Secret workbook"), is_seen);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_too_long_for_excel_is_cut_and_says_so() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let made = admin.post("/v1/initiatives", &practice("A long one", "oldham")).await.expect(201);
    let id = made.json["id"].as_str().unwrap();
    // Without triggers, and so without a word to the read model: it reads everything again.
    app.sql(&format!(
        "SET session_replication_role = replica;
         INSERT INTO initiative_narratives (initiative_id, body) VALUES ('{id}', repeat('long', 10000))
         ON CONFLICT (initiative_id) DO UPDATE SET body = excluded.body"
    ))
    .await;
    app.reload().await;
    let cells = Workbook::of(&admin, "/v1/initiatives.xlsx?fields=title,body").await.texts("Initiatives");
    let body = &cells.iter().find(|row| row[0] == "A long one").expect("the long one")[1];
    assert_eq!(body.encode_utf16().count(), 32_767);
    assert!(
        body.starts_with("longlong") && body.ends_with("(cut off here: too long for Excel; the CSV has all of it)")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_csv_begins_with_a_byte_order_mark_where_it_is_asked_for() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let marked = async |path: &str, accept: &str| {
        let asked = client.request(Method::GET, path).header("Accept", accept);
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.bytes().await.unwrap().to_vec()
    };
    for (list, _) in LISTS {
        let plain = marked(&format!("/v1/{list}.csv"), "*/*").await;
        assert!(!plain.starts_with(b"\xef\xbb\xbf") && !plain.is_empty(), "{list}");
        assert_eq!(marked(&format!("/v1/{list}.csv?bom=false"), "*/*").await, plain, "{list}");
        let expected = [b"\xef\xbb\xbf".as_slice(), &plain].concat();
        assert_eq!(marked(&format!("/v1/{list}.csv?bom=true"), "*/*").await, expected, "{list}");
        assert_eq!(marked(&format!("/v1/{list}?bom=true"), "text/csv").await, expected, "{list}");
        for ending in ["ndjson", "xlsx"] {
            let refused = client.get(&format!("/v1/{list}.{ending}?bom=true&limit=3")).await;
            let places: Vec<String> =
                refused.expect_problem(400, "bad_query").faults().into_iter().map(|(place, _)| place).collect();
            assert_eq!(places, ["limit", "bom"], "{list}.{ending}");
        }
        // A page is JSON, which has no such mark.
        client.get(&format!("/v1/{list}?bom=true")).await.expect_problem(400, "bad_query");
    }
    client.get("/v1/themes.csv?bom=yes").await.expect_problem(400, "bad_query");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lead_councils_name_nation_and_region_stand_beside_its_slug() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let councils = super::whole_list(&client, "/v1/councils").await;
    let mut regions = 0;
    for list in ["initiatives", "outcomes", "councils/oldham/initiatives", "themes/housing/initiatives"] {
        let csv = Csv::of(&client.get(&format!("/v1/{list}.csv")).await.expect(200));
        let column = |name: &str| csv.column(&format!("lead_council{name}"));
        let facts = column("_name").into_iter().zip(column("_nation")).zip(column("_region"));
        for (slug, ((name, nation), region)) in column("").into_iter().zip(facts) {
            let council = councils.iter().find(|council| council["slug"] == slug);
            let text = |member: &str| council.and_then(|council| council[member].as_str()).unwrap_or_default();
            assert_eq!((name, nation, region), (text("name"), text("nation"), text("region")), "{slug}");
            regions += usize::from(!region.is_empty());
        }
    }
    assert!(regions > 100, "{regions}");
    let csv = Csv::of(&client.get("/v1/initiatives.csv").await.expect(200));
    for (slugs, names) in csv.column("participants").into_iter().zip(csv.column("participant_names")) {
        let expected: Vec<&str> = slugs
            .split(';')
            .filter_map(|slug| councils.iter().find(|council| council["slug"] == slug)?["name"].as_str())
            .collect();
        assert_eq!(names, expected.join(";"), "{slugs}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_word_of_the_codebook_is_explained() {
    let app = TestApp::empty().await;
    let package = app.anonymous().get("/v1/datapackage.json").await.expect(200).json;
    let mut count = 0;
    for resource in package["resources"].as_array().unwrap() {
        for field in resource["schema"]["fields"].as_array().unwrap() {
            let Some(words) = field["constraints"]["enum"].as_array() else { continue };
            let categories = field["categories"].as_array().unwrap_or_else(|| panic!("{}", field["name"]));
            assert!(categories.iter().map(|one| &one["value"]).eq(words), "{}: other words", field["name"]);
            for one in categories {
                let label = one["label"].as_str().unwrap_or_default();
                assert!(label.len() > 3 && label.ends_with('.'), "{}: {one}", field["name"]);
            }
            count += 1;
        }
    }
    assert!(count >= 17, "{count}");
}

#[tokio::test(flavor = "multi_thread")]
async fn line_separators_do_not_split_a_line_of_ndjson_and_are_refused_in_titles() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let breaks = ["\u{2028}", "\u{2029}", "\u{85}"];
    for (member, most) in [("title", "a line"), ("summary", "a line")] {
        for end in breaks {
            let mut record = practice("Separated", "oldham");
            record[member] = json!(format!("One{end}two {most}"));
            let refused = admin.post("/v1/initiatives", &record).await.expect_problem(422, "invalid");
            let code = format!("U+{:04X}", u32::from(end.chars().next().unwrap()));
            assert!(refused.text.contains(&code), "{member}: {}", refused.text);
        }
    }
    let mut record = practice("Separated", "oldham");
    record["body"] = json!("One\u{2028}two\u{2029}three, and \\u2028 as text");
    let made = admin.post("/v1/initiatives", &record).await.expect(201);
    let id = made.json["id"].as_str().unwrap();
    let answer = admin.get("/v1/initiatives.ndjson").await.expect(200);
    assert!(!answer.text.contains(['\u{2028}', '\u{2029}', '\u{85}']));
    // As Python's `splitlines` and others split.
    let lines: Vec<&str> =
        answer.text.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']).collect();
    let records: Vec<Value> = lines
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let found = records.iter().find(|one| one["id"] == id).expect("the record");
    assert_eq!(found["body"], record["body"]);
}
