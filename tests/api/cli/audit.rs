//! What the command line does leaves events, and `audit verify` follows the chain.

use super::Place;
use crate::support::database::Template;
use crate::support::program::{Ended, Program};
use crate::support::scratch::connect;

#[tokio::test(flavor = "multi_thread")]
async fn what_an_operator_does_is_recorded_and_can_be_verified() {
    let place = Place::new("audit", Template::Blank).await;
    let run = |arguments: &[&str], input: &str| -> Ended {
        Program::run(&place.folder(), arguments, &place.variables(), input)
    };
    let email = ["--email", "admin@ccin.example"];
    let user = |arguments: &[&str], input: &str| {
        let arguments: Vec<&str> = ["user"].iter().chain(arguments).chain(&email).copied().collect();
        run(&arguments, input)
    };
    let empty = run(&["audit", "verify"], "").expect(0);
    assert!(empty.stdout.starts_with("0 events. The chain is intact."), "{}", empty.stdout);
    run(&["sample", "load"], "").expect(0);
    run(&["sample", "load"], "").expect(1);
    user(&["create", "--role", "network_admin", "--password-stdin"], "the first password\n").expect(0);
    user(&["create", "--role", "network_admin", "--password-stdin"], "the first password\n").expect(1);
    user(&["set-password", "--password-stdin"], "the second password\n").expect(0);
    user(&["disable"], "").expect(0);

    let client = connect(&place.database.url).await;
    let events = "SELECT concat_ws(' ', origin, action, resource, version_before, version_after) FROM audit_events
        WHERE actor_id IS NULL AND address IS NULL AND request_id IS NULL ORDER BY sequence";
    let events: Vec<String> = client.query(events, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(
        events,
        [
            "command_line sample.load registry",
            "command_line user.create user 1",
            "command_line user.set_password user 1 2",
            "command_line user.disable user 2 3",
        ]
    );

    let whole = run(&["audit", "verify"], "").expect(0).stdout;
    let (said, end) = whole.trim_end().rsplit_once(' ').unwrap();
    assert_eq!(said, "4 events. The chain is intact. Note its end elsewhere:");
    assert!(end.starts_with("4:") && end.len() == 66, "{end}");
    run(&["audit", "verify", "--anchor", end], "").expect(0);
    run(&["audit", "verify", "--anchor", "4:abc"], "").expect(2);
    let lost = run(&["audit", "verify", "--anchor", &end.replacen('4', "3", 1)], "").expect(1);
    assert!(lost.stderr.contains("event 3 is not the one that you gave as --anchor"), "{}", lost.stderr);

    client
        .batch_execute(
            "ALTER TABLE audit_events DISABLE TRIGGER ALL; DELETE FROM audit_events WHERE sequence = 2;
             UPDATE audit_events SET action = 'user.read' WHERE sequence = 3",
        )
        .await
        .unwrap();
    let broken = run(&["audit", "verify"], "").expect(1);
    assert_eq!(broken.stdout, "");
    for finding in ["event 2 is missing", "event 3 was altered"] {
        assert!(broken.stderr.contains(finding), "{}", broken.stderr);
    }
}
