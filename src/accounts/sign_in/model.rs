//! Models for signing in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::role::Role;
use crate::http::input::{Check, Faults};
use crate::registry::councils::model::CouncilRef;

/// E-mail address and password.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Credentials {
    /// E-mail address of the account, in upper or lower case.
    #[schema(
        required,
        min_length = 3,
        max_length = 254,
        pattern = r"^[^\x00-\x1f\x7f]+$",
        example = "editor@oldham.example"
    )]
    pub email: String,
    /// Password of the account.
    #[schema(required, min_length = 1, max_length = 200, format = Password, example = "correct horse battery staple")]
    pub password: String,
}

impl Check for Credentials {}

/// A refresh token, to exchange for new tokens or to end the session.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RefreshRequest {
    /// Token from `POST /v1/auth/login` or from your last refresh. It works once.
    #[schema(
        required,
        min_length = 1,
        max_length = 200,
        example = "ccin_rt_Qm9sZGx5LWdvLXdoZXJlLW5vLXRva2VuLWhhcy1nb25lLWI"
    )]
    pub refresh_token: String,
}

impl Check for RefreshRequest {}

/// Tokens of a session.
#[derive(Serialize, ToSchema)]
pub struct Tokens {
    /// Access token. Send it as `Authorization: Bearer …`.
    #[schema(example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9.e30.c2ln")]
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds until the access token expires.
    #[schema(example = 600)]
    pub expires_in: u32,
    /// Refresh token. Exchange it at `POST /v1/auth/refresh`. It works once.
    #[schema(example = "ccin_rt_Qm9sZGx5LWdvLXdoZXJlLW5vLXRva2VuLWhhcy1nb25lLWI")]
    pub refresh_token: String,
}

/// The user who has signed in.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// Id of the user.
    pub id: Uuid,
    /// E-mail address. Null for an API key, because the key may be in a public web page.
    #[schema(required, example = "editor@oldham.example")]
    pub email: Option<String>,
    /// Display name.
    #[schema(required)]
    pub name: Option<String>,
    /// Role of the user.
    pub role: Role,
    /// Council whose records the user maintains.
    #[schema(required)]
    pub council: Option<CouncilRef>,
}

/// A change of your own password.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordChange {
    /// Current password.
    #[schema(required, min_length = 1, max_length = 200, format = Password, example = "correct horse battery staple")]
    pub current_password: String,
    /// New password: 12 to 200 characters of any kind.
    #[schema(required, min_length = 12, max_length = 200, format = Password, example = "three words are a start")]
    pub new_password: String,
}

impl Check for PasswordChange {
    fn check(&self, faults: &mut Faults) {
        if !self.new_password.is_empty() && self.new_password == self.current_password {
            faults.add("/new_password", "unchanged", "is your current password; choose another");
        }
    }
}
