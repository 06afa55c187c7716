//! Tokens: access tokens are JWTs (RFC 9068, RFC 8725), refresh tokens are opaque random text.

use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::keys::{Keys, new_secret};
use crate::error::ApiError;

/// Audience of the tokens.
const AUDIENCE: &str = "ccin-registry-api";
/// Media type of an access token (RFC 9068, section 2.1).
const TYPE: &str = "at+jwt";

/// Claims of an access token. They do not include role and council, which are read for every request.
#[derive(Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    /// Id of the user.
    pub sub: Uuid,
    /// Id of the session. The token is invalid once the session ends.
    pub sid: Uuid,
    client_id: String,
    jti: Uuid,
    iat: i64,
    exp: i64,
}

/// Signs an access token for a session.
pub fn issue(keys: &Keys, issuer: &str, user: Uuid, session: Uuid, lifetime: u32) -> Result<String, ApiError> {
    let now = chrono::Utc::now().timestamp();
    let claims = Claims {
        iss: issuer.into(),
        aud: AUDIENCE.into(),
        sub: user,
        sid: session,
        client_id: issuer.into(),
        jti: Uuid::now_v7(),
        iat: now,
        exp: now + i64::from(lifetime),
    };
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TYPE.into());
    header.kid = Some(keys.kid.clone());
    encode(&header, &claims, &keys.encoding).map_err(ApiError::internal)
}

/// Verifies one of our own tokens and returns its claims.
pub fn verify(keys: &Keys, issuer: &str, token: &str) -> Result<Claims, ApiError> {
    let refuse =
        || ApiError::bad_credentials("The access token is invalid or has expired. Sign in again or refresh it.");
    let header = decode_header(token).map_err(|_| refuse())?;
    let ours = header.alg == Algorithm::EdDSA
        && header.typ.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case(TYPE))
        && header.kid.as_deref() == Some(&keys.kid);
    if !ours {
        return Err(refuse());
    }
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // The same clock creates and checks the token.
    validation.leeway = 0;
    decode::<Claims>(token, &keys.decoding, &validation).map(|token| token.claims).map_err(|_| refuse())
}

/// Generates a refresh token.
pub fn refresh_token() -> String {
    new_secret("ccin_rt_")
}

/// The hash of a refresh token, for storage.
pub fn refresh_hash(keys: &Keys, token: &str) -> Vec<u8> {
    keys.mac("refresh", token.as_bytes())
}
