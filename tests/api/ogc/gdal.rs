//! What GDAL makes of it, where its `ogrinfo` is on the machine (Debian: `gdal-bin`). Elsewhere this says that it was left out.

use std::process::Command;

use super::slugs;
use crate::support::TestApp;

/// What `ogrinfo` prints; `None` where there is none.
async fn ogrinfo(url: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("ogrinfo");
    command.args(["-ro", "--config", "GDAL_HTTP_PROXY", ""]).arg(format!("OAPIF:{url}/ogc")).args(arguments);
    for proxy in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"] {
        command.env_remove(proxy);
    }
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("a thread").ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !errors.contains("ERROR"), "{arguments:?}: {errors}\n{text}");
    Some(text)
}

/// The slugs among the features that were printed.
fn printed(text: &str) -> Vec<String> {
    text.lines().filter_map(|line| line.trim().strip_prefix("slug (String) = ")).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn gdal_reads_filters_and_pages() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let Some(layers) = ogrinfo(&app.url, &["-al", "-so"]).await else {
        println!("left out: there is no ogrinfo on this machine (Debian: apt-get install gdal-bin)");
        return;
    };
    for expected in ["Layer name: councils", "Layer name: initiatives", "Geometry: Point", "population: Integer"] {
        assert!(layers.contains(expected), "{expected}: {layers}");
    }
    assert!(
        !layers.contains("DateTime") && !layers.contains("Date ("),
        "a date would be taken for the period:\n{layers}"
    );
    for (arguments, query) in [
        (vec!["councils"], "councils/items"),
        (vec!["initiatives", "-oo", "PAGE_SIZE=10"], "initiatives/items"),
        (vec!["initiatives", "-spat", "-2.6", "53.3", "-1.9", "53.8"], "initiatives/items?bbox=-2.6,53.3,-1.9,53.8"),
        (vec!["initiatives", "-where", "kind = 'policy_lab'"], "initiatives/items?kind=policy_lab"),
        (
            vec!["initiatives", "-where", "region = 'north_west' AND kind = 'case_study'", "-oo", "PAGE_SIZE=3"],
            "initiatives/items?region=north_west&kind=case_study",
        ),
        (vec!["initiatives", "-where", "lead_council = 'oldham' OR region = 'london'"], ""),
        (
            vec!["councils", "-where", "membership = 'full'", "-spat", "-4", "50", "2", "52"],
            "councils/items?membership=full&bbox=-4,50,2,52",
        ),
    ] {
        let found = printed(&ogrinfo(&app.url, &arguments).await.unwrap());
        assert!(!found.is_empty(), "{arguments:?}");
        if query.is_empty() {
            // Looked at by GDAL itself.
            let mut expected = slugs(&client, "/ogc/collections/initiatives/items?region=london").await;
            let all = super::all(&client, "/ogc/collections/initiatives/items").await;
            let led = all.iter().filter(|one| one["properties"]["lead_council"] == "oldham");
            expected.extend(led.map(|one| one["properties"]["slug"].as_str().unwrap().to_owned()));
            expected.sort();
            let mut found = found;
            found.sort();
            assert_eq!(found, expected);
        } else {
            assert_eq!(found, slugs(&client, &format!("/ogc/collections/{query}")).await, "{arguments:?}");
        }
    }
}
