//! The commands in the pages and the README that only read do what the pages say.

use reqwest::Method;

use super::{pages, read};
use crate::support::TestApp;
use crate::support::client::send;

/// Where the examples expect the service.
const HERE: &str = "http://127.0.0.1:8080";
/// Parts of addresses that are refused on purpose, or that need what the sample does not have.
const OTHERS: [(&str, u16); 3] = [("kind=case_studdy", 400), ("/boundary?", 404), ("/repair-cafe-", 404)];

/// An address below the service, and the header that goes with it.
struct Command {
    path: String,
    header: Option<(String, String)>,
}

/// The commands of a page that read without an account: `curl` with at most one header.
fn commands(text: &str) -> Vec<Command> {
    let blocks = text.split("```sh\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0));
    let lines = blocks.flat_map(|block| block.replace("\\\n", " ").lines().map(str::to_owned).collect::<Vec<_>>());
    lines.filter_map(|line| command(&line)).collect()
}

fn command(line: &str) -> Option<Command> {
    let is_read = line.starts_with("curl ") && ![" -d ", " -X ", "$"].iter().any(|part| line.contains(part));
    let (_, rest) = line.split_once(HERE).filter(|_| is_read)?;
    let end = rest.find(['\'', ' ']).unwrap_or(rest.len());
    let header = line.split_once("-H '").and_then(|(_, rest)| rest.split_once('\''));
    let header = header.and_then(|(header, _)| header.split_once(": "));
    Some(Command { path: rest[..end].to_owned(), header: header.map(|(name, value)| (name.into(), value.into())) })
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_read_work_with_the_sample() {
    let app = TestApp::with_flags(&["--limit-anonymous", "100000"]).await;
    let client = app.anonymous();
    let mut faults = Vec::new();
    let mut count = 0;
    for (page, text) in pages().into_iter().chain([read("README.md".into())]) {
        for Command { path, header } in commands(&text) {
            let mut request = client.request(Method::GET, &path);
            if let Some((name, value)) = &header {
                request = request.header(name, value);
            }
            let expected = OTHERS.iter().find(|(part, _)| path.contains(part)).map_or(200, |(_, status)| *status);
            let answer = send(request).await;
            if answer.status != expected {
                faults.push(format!("{page}: {path} answered {}: {}", answer.status, answer.text));
            }
            count += 1;
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(count > 40, "only {count} commands were found");
}
