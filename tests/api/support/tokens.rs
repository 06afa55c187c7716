//! Tokens that no sign-in would issue, and the response to them.

use ccin_registry::access::keys::Keys;
use jsonwebtoken::dangerous::insecure_decode;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::Answer;

/// A copy of this token, with the changes of `alter` to its header and claims, and a new signature.
pub fn altered(token: &str, key: &EncodingKey, alter: impl FnOnce(&mut Header, &mut Value)) -> String {
    let mut known = insecure_decode::<Value>(token).expect("a token");
    alter(&mut known.header, &mut known.claims);
    encode(&known.header, &known.claims, key).expect("a token")
}

/// Keys of another service that claim to be ours.
pub fn forged(ours: &Keys) -> Keys {
    let mut theirs = Keys::load(None, &super::database::scratch().join("another-service")).expect("keys");
    theirs.kid.clone_from(&ours.kid);
    theirs
}

/// Fails unless invalid credentials got the proper response.
#[track_caller]
pub fn assert_refused(answer: &Answer) {
    assert_eq!((answer.status.as_u16(), &answer.json["code"]), (401, &json!("bad_credentials")), "{}", answer.text);
    let challenge = answer.header("www-authenticate");
    assert_eq!(challenge, r#"Bearer realm="ccin-registry", error="invalid_token""#);
}
