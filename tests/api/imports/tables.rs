//! Tables as people have them: published files, other line ends, blank rows and columns, and other kinds of file.

use serde_json::json;

use super::{CHERWOLD, HEADER, import, import_bytes, import_text, total};
use crate::support::TestApp;

/// Some lines of the table that was put together for this registry from mySociety's, the ONS's and GOV.UK's data.
const PUT_TOGETHER: &str = include_str!("uk_local_authorities.csv");
/// Some lines of "UK local authority names and codes" by mySociety (CC BY 4.0), under the headers that it is published
/// with.
const PUBLISHED: &str = include_str!("mysociety.csv");

/// The header and Cherwold's row, without its county, which is not in the registry of these tests.
fn cherwold() -> String {
    format!("{HEADER}\n{}\n", CHERWOLD.replace(",OXF,", ",,"))
}

#[tokio::test(flavor = "multi_thread")]
async fn published_headers_are_read_as_they_are() {
    let app = TestApp::empty().await;
    let told = import_text(&app, PUT_TOGETHER, true).await.unwrap();
    assert!(told.contains("7 councils in ") && told.contains("New: 7\n"), "{told}");
    assert!(
        told.contains("Columns ignored: type, tier, strategic_authority_code, population_mid2020, area_km2"),
        "{told}"
    );

    let told = import_text(&app, PUBLISHED, true).await.unwrap();
    assert!(told.contains("3 councils in ") && told.contains("New: 2\n") && told.contains("Changed: 1\n"), "{told}");
    assert!(told.contains("No longer exist, passed over: 1\n"), "{told}");
    let barnsley = app.anonymous().get("/v1/councils/barnsley").await.expect(200).json;
    for (member, value) in [
        ("name", json!("Barnsley Metropolitan Borough Council")),
        ("short_name", json!("Barnsley")),
        ("gss_code", json!("E08000016")),
        ("code", json!("BNS")),
        ("council_type", json!("metropolitan_district")),
        ("nation", json!("england")),
        ("region", json!("yorkshire_and_the_humber")),
        ("population", json!(248_071)),
        ("population_year", json!(2020)),
        ("location", json!({ "latitude": 53.535_870_544_281_714, "longitude": -1.532_574_583_347_583_7 })),
    ] {
        assert_eq!(barnsley[member], value, "{member}");
    }
    app.anonymous().get("/v1/councils/aylesbury-vale").await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_file_whose_coordinates_are_swapped_says_swapped() {
    // mySociety's file had its columns in this order for some time, and its numbers in the other one.
    let app = TestApp::empty().await;
    let swapped = PUBLISHED.replace(",x,y,lat,long,", ",x,y,long,lat,");
    let refused = import_text(&app, &swapped, true).await.unwrap_err().to_string();
    assert!(refused.contains("line 2, line 3, line 5: latitude and longitude are swapped"), "{refused}");
    assert!(refused.contains("has 3 faults:"), "no other fault is told of the same numbers: {refused}");
    let metres = cherwold().replace("51.75,-1.25", "221000,445000");
    let refused = import_text(&app, &metres, true).await.unwrap_err().to_string();
    assert!(
        refused.contains("line 2: latitude and longitude are in metres, such as those of the British"),
        "{refused}"
    );
    assert_eq!(total(&app).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_name_the_line_whatever_ends_the_lines() {
    let app = TestApp::empty().await;
    // A name on two lines, in quotes; a blank line; a line with spaces; a row without content.
    let wrong =
        |code: &str| format!("{code},,Somewhere Council,Somewhere,,{},NMD,England,,,,,,,,,", code.to_lowercase());
    let two_lines = "E07000170,,\"Two\nlines Council\",Two,,two,NMD,England,,,,,,,,,";
    let lines = [HEADER, &wrong("X1"), two_lines, "", "   ", ",,,,,,,,,,,,,,,,", &wrong("X2"), &wrong("X3")];
    for end in ["\n", "\r\n", "\r"] {
        let text = lines.join("\n").replace('\n', end) + end;
        for text in [text.clone(), format!("\u{feff}{text}"), text.trim_end().to_owned()] {
            let refused = import_text(&app, &text, false).await.unwrap_err().to_string();
            for told in [
                "line 2, line 8, line 9: gss_code does not have the form",
                "line 3: official_name contains the control",
            ] {
                assert!(refused.contains(told), "{end:?}: {told}\n{refused}");
            }
        }
    }
    // Lines before the header.
    let refused = import_text(&app, &format!("\r\n\r\n{}", lines.join("\r\n")), false).await.unwrap_err().to_string();
    assert!(refused.contains("line 4, line 10, line 11: gss_code"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn blank_rows_and_columns_are_passed_over() {
    let app = TestApp::empty().await;
    let row = CHERWOLD.replace(",OXF,", ",,");
    let blank = ",".repeat(20);
    // Blank columns in front and behind, as a table has that does not begin in the first column.
    let text = format!("{blank}\r\n,{HEADER},,\r\n{blank}\r\n,{row},,\r\n  \r\n\r\n{blank}\r\n,,,\r\n");
    let told = import_text(&app, &text, true).await.unwrap();
    assert!(told.contains("1 council in ") && told.contains("New: 1\n"), "{told}");
    assert!(told.contains("Columns ignored: population_mid2020, area_km2\n"), "{told}");
    // A column without a name that has content is told.
    let noted = format!("{HEADER},\n{row},a note\n");
    let told = import_text(&app, &noted, false).await.unwrap();
    assert!(told.contains("population_mid2020, area_km2, column 18 (without a name)"), "{told}");
    let refused = import_text(&app, &format!("{HEADER}\n{row},a note\n"), false).await.unwrap_err().to_string();
    assert!(refused.contains("line 2: has 18 cells; the header has 17"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_are_known_in_any_case_with_spaces_or_hyphens() {
    let app = TestApp::empty().await;
    let row = CHERWOLD.replace(",OXF,", ",,").replace(",NMD,England,South East,", ",nmd,ENGLAND,SOUTH EAST,");
    for header in [
        HEADER.to_uppercase(),
        HEADER.replace('_', " "),
        HEADER.replace("gss_code", "GSS Code").replace("official_name", " Official-Name "),
    ] {
        let told = import_text(&app, &format!("{header}\n{row}\n"), false).await.unwrap();
        assert!(told.contains("New: 1\n  E07000977  Cherwold District Council"), "{header}: {told}");
    }
    let twice = format!("{HEADER},GSS Code\n{row},E07000977\n");
    let refused = import_text(&app, &twice, false).await.unwrap_err().to_string();
    assert!(refused.contains("has the column GSS Code twice (also as gss_code)"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_column_is_one_fault() {
    let app = TestApp::empty().await;
    let rows = [CHERWOLD; 3].join("\n");
    for (column, told) in [
        ("nation", "has no column nation"),
        ("short_name", "has no column short_name"),
        // Each row would miss its other half.
        ("longitude", "has no column longitude"),
        ("latitude", "has no column latitude"),
    ] {
        let text = format!("{}\n{rows}\n", HEADER.replace(column, "unknown_9"));
        let refused = import_text(&app, &text, false).await.unwrap_err().to_string();
        assert!(refused.contains(told) && !refused.contains("line "), "{refused}");
        assert_eq!(refused.lines().count(), 1, "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_kinds_of_file_are_named_with_what_to_do() {
    let app = TestApp::empty().await;
    let remedy = "in Excel, choose Save As and the type \"CSV UTF-8 (Comma delimited)\"";
    let text = cherwold().replace("Cherwold District", "Ch\u{e9}rwold District");
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let utf_16 = |to_bytes: fn(u16) -> [u8; 2], mark: bool| -> Vec<u8> {
        let marked = if mark { format!("\u{feff}{text}") } else { text.clone() };
        marked.encode_utf16().flat_map(to_bytes).collect()
    };
    let workbook = {
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().write_string(0, 0, "gss_code").unwrap();
        book.save_to_buffer().unwrap()
    };
    let old = [&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..], &[0; 512]].concat();
    let open = b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK".to_vec();
    for (bytes, told) in [
        (text.replace(',', ";").into_bytes(), "has semicolons between its cells, where it needs commas"),
        (text.replace(',', "\t").into_bytes(), "has tabs between its cells"),
        (format!("sep=;\r\n{}", text.replace(',', ";")).into_bytes(), "has semicolons between its cells"),
        (utf_16(u16::to_le_bytes, true), "is text in UTF-16"),
        (utf_16(u16::to_be_bytes, true), "is text in UTF-16"),
        (utf_16(u16::to_le_bytes, false), "is text in UTF-16"),
        (utf_16(u16::to_be_bytes, false), "is text in UTF-16"),
        (latin, "is not in UTF-8, but probably in Windows-1252 (Latin-1): line 2 has the byte 0xE9 (\u{e9})"),
        (workbook, "is an Excel workbook"),
        (old, "is an Excel workbook of the old kind (.xls)"),
        (open, "is an OpenDocument spreadsheet"),
        (Vec::new(), "is empty"),
        (b"\xef\xbb\xbf\r\n \r\n".to_vec(), "is empty"),
        (b",,,,\r\n,,,,\r\n".to_vec(), "is empty"),
    ] {
        for apply in [false, true] {
            let refused = import_bytes(&app, &bytes, apply).await.expect_err(told).to_string();
            assert!(refused.contains(told) && refused.contains(remedy), "{told}: {refused}");
        }
    }
    let refused = import_text(&app, &format!("sep=,\r\n{text}"), false).await.unwrap_err().to_string();
    assert!(refused.contains("begins with \"sep=\", a line for Excel alone"), "{refused}");
    assert_eq!(total(&app).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn angle_brackets_in_a_name_are_refused_and_nothing_is_imported_in_part() {
    let app = TestApp::with_sample().await;
    let before = total(&app).await;
    let rows = [
        CHERWOLD.replace(",OXF,", ",,"),
        "E07000178,OXO,<b>Oxford</b> City Council,Oxford,,oxford,NMD,England,,,,,,,,,".to_owned(),
        "E07000179,SOX,South Oxfordshire District Council,South > Oxfordshire,De<,south-oxon,NMD,England,,,,,,,,,"
            .to_owned(),
    ];
    let lines: Vec<&str> = rows.iter().map(String::as_str).collect();
    let refused = import(&app, &lines, true).await.unwrap_err().to_string();
    for told in [
        "line 3: official_name contains <, an angle bracket; write the name as plain text",
        "line 4: short_name contains >, an angle bracket",
        "line 4: welsh_name contains <, an angle bracket",
    ] {
        assert!(refused.contains(told), "{told}\n{refused}");
    }
    assert_eq!(total(&app).await, before);
    app.anonymous().get("/v1/councils/cherwold").await.expect(404);
    // The API has the same rule, for aliases too.
    let council = json!({ "name": "<i>New</i> Council", "short_name": "New", "aliases": ["New >"],
        "council_type": "district", "nation": "england" });
    let refused = app.admin().await.post("/v1/councils", &council).await.expect_problem(422, "invalid");
    let places: Vec<String> = refused.faults().into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["/name", "/aliases/0"]);
    assert!(refused.text.contains("contains <, an angle bracket"), "{}", refused.text);
}
