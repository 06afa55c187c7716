//! Codes of the past in files of councils: kept, and never taken for the present ones.

use serde_json::json;

use super::{HEADER, import, import_text, line_of};
use crate::support::TestApp;

const MENDIP: &str = "E07000187,MEN,Mendip District Council,Mendip,,mendip,NMD,England,South West,,,,,,,,";

#[tokio::test(flavor = "multi_thread")]
async fn a_former_code_of_a_file_leads_to_its_council() {
    let app = TestApp::with_sample().await;
    let recoded = line_of(&app, "rochdale").await.replace("E08000005", "E08000099") + "E08000098;E08000005";
    import(&app, &[&recoded], true).await.unwrap();
    for code in ["E08000005", "E08000098", "E08000099"] {
        assert_eq!(
            app.anonymous().get(&format!("/v1/councils/{code}")).await.expect(200).json["slug"],
            "rochdale",
            "{code}"
        );
    }
    // Once more, and nothing is new.
    let again = import(&app, &[&recoded], true).await.unwrap();
    assert!(again.contains("Unchanged: 1\n"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_code_asks_for_its_date() {
    let app = TestApp::with_sample().await;
    let glasgow =
        line_of(&app, "glasgow").await.replace("S12000049", "S12000046").replace("MD,England", "SCO,Scotland");
    let refused = import(&app, &[&glasgow], true).await.unwrap_err().to_string();
    assert!(
        refused.contains("line 2: gss_code S12000046 is a former code of Glasgow City Council (S12000049)")
            && refused.contains("give its abolished_on"),
        "{refused}"
    );
    assert_eq!(app.anonymous().get("/v1/councils/glasgow").await.expect(200).json["gss_code"], "S12000049");

    // A registry that does not know the council yet.
    let app = TestApp::empty().await;
    let refused = import(&app, &[MENDIP], true).await.unwrap_err().to_string();
    let told = "line 2: gss_code E07000187 is of Mendip District Council, which was abolished on 2023-04-01: \
                give its abolished_on";
    assert!(refused.contains(told), "{refused}");
    let dated = |day: &str| format!("{HEADER},abolished_on\n{MENDIP},{day}\n");
    let refused = import_text(&app, &dated("1 April"), true).await.unwrap_err().to_string();
    assert!(refused.contains("line 2: abolished_on is not a"), "{refused}");
    import_text(&app, &dated("2023-04-01"), true).await.unwrap();
    let mendip = app.anonymous().get("/v1/councils/mendip").await.expect(200).json;
    assert_eq!((&mendip["status"], &mendip["abolished_on"]), (&json!("abolished"), &json!("2023-04-01")));
    let refused =
        import_text(&app, &format!("{HEADER},status\n{},abolished\n", MENDIP.replace("E07000187", "")), true).await;
    assert!(refused.is_ok(), "the registry has the day already");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_another_nation_is_told() {
    let app = TestApp::empty().await;
    let refused = import(&app, &[&MENDIP.replace("E07000187", "W07000187")], true).await.unwrap_err().to_string();
    assert!(refused.contains("line 2: gss_code is not a code of this nation, whose codes begin with E"), "{refused}");
    let former = format!("{}S12000046", MENDIP.replace("E07000187", "E07999999"));
    let refused = import(&app, &[&former], true).await.unwrap_err().to_string();
    assert!(refused.contains("is not a code of this nation"), "{refused}");
}
