//! Files of councils that are at fault: all of it is told, nothing is written.

use super::{CARDIFF, CHERWOLD, HEADER, import, import_text, total};
use crate::cli::Place;
use crate::support::TestApp;
use crate::support::database::Template;
use crate::support::program::Program;
use crate::support::records::council;

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_told_at_once_with_its_line_and_nothing_is_written() {
    let app = TestApp::with_sample().await;
    let before = total(&app).await;
    let lines = [
        CHERWOLD,
        "E0700017,oxo,,Ox\u{7}ford,,,XYZ,Englnd,,,95,east,many,,,ftp://x,",
        "E07000977,OX,Cherwold again,Cherwold,,cherwold,NMD,England,,ZZZ,,,,,,,",
        "E07000179,OLD,Newtown Council,Newtown,,newtown,NMD,England,,,,,,,,,",
        "E07000180,NEW,Newtown Council,Newtown",
        "E07000181,NEX,Region Council,Region,,region,NMD,England,Mercia,,,,,,,,",
    ];
    for apply in [false, true] {
        let refused = import(&app, &lines, apply).await.unwrap_err().to_string();
        for told in [
            "nothing was imported: ",
            "line 3: gss_code ",
            "line 3, line 4: local_authority_code does not have the form",
            "line 3: official_name is required",
            "line 3: short_name contains the control character U+0007",
            "line 3: type_code is not one of county",
            "line 3: nation is not one of england",
            "line 3: latitude is too large",
            "line 3: longitude is text; it must be a number",
            "line 3: population_mid… is text; it must be null or a whole number",
            "line 3: website is not a web address",
            "line 4: gss_code E07000977 is already in line 2",
            "line 4: slug cherwold is already in line 2",
            "line 4: no council has county_code ZZZ as its code",
            "line 5: local_authority_code: this code belongs to another record",
            "line 6: has 4 cells; the header has 17",
            "line 7: region is not one of",
        ] {
            assert!(refused.contains(told), "{told}\n{refused}");
        }
        assert_eq!(total(&app).await, before);
        app.anonymous().get("/v1/councils/cherwold").await.expect(404);
    }
    assert_eq!(app.admin().await.get("/v1/audit?resource=council").await.expect(200).json["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slug_that_another_record_has_or_had_is_told() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    let gone = admin.post("/v1/councils", &council("Cherwold")).await.expect(201);
    admin.delete("/v1/councils/cherwold", gone.etag()).await.expect(204);
    let refused = import(&app, &[&CHERWOLD.replace(",OXF,", ",,")], true).await.unwrap_err().to_string();
    assert!(refused.contains("line 2: slug: this slug (present or former) belongs to another record"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_lines_that_mean_one_council_are_told() {
    let app = TestApp::with_sample().await;
    let one = "E08000004,,Oldham Council,Oldham,,,MD,England,,,,,,,,,";
    let other = "E08000077,,Oldham Council,Oldham,,,MD,England,,,,,,,,,E08000004";
    let refused = import(&app, &[one, other], false).await.unwrap_err().to_string();
    assert!(refused.contains("line 3: refers to the same council as line 2: oldham"), "{refused}");
    let several = "E08000077,,Oldham Council,Oldham,,,MD,England,,,,,,,,,E08000004 E08000005";
    let refused = import(&app, &[several], false).await.unwrap_err().to_string();
    assert!(refused.contains("line 2: former_gss_codes belong to several councils"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_something_else_says_so() {
    let app = TestApp::empty().await;
    for (text, told) in [
        (String::new(), "is empty"),
        ("name,code\nOldham,OLD\n".into(), "has no column gss_code, official_name, short_name, type_code, nation"),
        (HEADER.into(), "has no rows"),
        (HEADER.replace("official_name", "offical_name"), "has no column official_name (it has offical_name instead)"),
        (format!("{HEADER},slug\n"), "has the column slug twice"),
        ("{\"type\": \"FeatureCollection\"}".into(), "has no column gss_code"),
        ("PK\u{3}\u{4}".into(), "is a zip archive"),
        ("x".repeat(1_000_001), "the limit is 1 MB"),
    ] {
        let refused = import_text(&app, &text, false).await.unwrap_err().to_string();
        assert!(refused.contains(told), "{told}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_applies_only_when_told_to() {
    let place = Place::new("councils", Template::Empty).await;
    let file = place.scratch.path().join("councils.csv");
    std::fs::write(&file, format!("\u{feff}{HEADER}\r\n{CARDIFF}\r\n")).unwrap();
    let run = |more: &[&str]| {
        let arguments: Vec<&str> = ["import", "councils", file.to_str().unwrap()].iter().chain(more).copied().collect();
        Program::run(&place.folder(), &arguments, &place.variables(), "").expect(0).stdout
    };
    assert!(run(&[]).ends_with("Nothing was written. To write the changes, run the command again with --apply.\n"));
    assert!(run(&["--apply"]).ends_with("All changes are written.\n"));
    assert!(run(&["--apply"]).ends_with("There is nothing to write.\n"));
    Program::run(&place.folder(), &["audit", "verify"], &place.variables(), "").expect(0);
}
