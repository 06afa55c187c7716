//! User models for requests and responses. None contains the password hash.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::access::role::Role;
use crate::audit::action::RecordKind;
use crate::audit::subject::{Audited, Subject};
use crate::http::input::{Check, Faults};
use crate::http::page::Order;
use crate::http::response::Versioned;
use crate::registry::councils::model::CouncilRef;
use crate::text::{Line, Reference};

/// Whether the user can sign in. Disabling a user ends every session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// Can sign in.
    #[default]
    Active,
    /// Cannot sign in; every session has ended.
    Disabled,
}

/// Identity of a user at another issuer of tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Identity {
    /// Exact value of `iss` in the issuer's tokens.
    #[schema(
        required,
        min_length = 1,
        max_length = 500,
        pattern = r"^[\x21-\x7e]+$",
        example = "https://login.microsoftonline.com/5f3c9a50-77c4-4c0e-9d6b-0d7f1f1c2a11/v2.0"
    )]
    pub issuer: String,
    /// Value of `sub` in the issuer's tokens, or of `oid` if the registry is configured to use that.
    #[schema(
        required,
        min_length = 1,
        max_length = 255,
        pattern = r"^[\x21-\x7e]+$",
        example = "9a1b6c1e-2f43-4f0e-8a53-c1a3f4d2e7b0"
    )]
    pub subject: String,
}

/// A user.
#[derive(Serialize, ToSchema)]
pub struct User {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// E-mail address, in lower case.
    #[schema(example = "editor@oldham.example")]
    pub email: String,
    /// Display name.
    #[schema(required)]
    pub name: Option<String>,
    /// Role of the user.
    pub role: Role,
    /// Council that the user is bound to.
    #[schema(required)]
    pub council: Option<CouncilRef>,
    /// Whether the user can sign in.
    pub status: UserStatus,
    /// Identities at other issuers. The user can call the API with tokens of these.
    pub identities: Vec<Identity>,
    /// Version number. Increases by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When the user was created.
    pub created_at: DateTime<Utc>,
    /// When the user was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for User {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// An e-mail address, in the format of HTML's `input type=email`.
#[derive(ToSchema)]
#[schema(value_type = String, min_length = 3, max_length = 254, example = "editor@oldham.example",
    pattern = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$")]
pub struct EmailAddress(#[expect(dead_code, reason = "only its schema is used")] String);

/// The properties of a user that an admin can set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UserUpdate {
    /// E-mail address. The user signs in with it.
    #[schema(required, value_type = EmailAddress)]
    pub email: String,
    /// Display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Line<120>>,
    /// Role of the user.
    #[schema(required)]
    pub role: Role,
    /// Council that the user is bound to. Required for contributors and council editors. Not allowed for network
    /// officers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub council: Option<Reference>,
    /// Whether the user can sign in.
    pub status: UserStatus,
    /// Identities at other issuers. Each identity can belong to one user only.
    #[schema(max_items = 10)]
    pub identities: Vec<Identity>,
}

impl Check for UserUpdate {
    fn check(&self, faults: &mut Faults) {
        check_identities(&self.identities, faults);
    }
}

fn check_identities(identities: &[Identity], faults: &mut Faults) {
    for (index, identity) in identities.iter().enumerate().filter(|(index, one)| identities[..*index].contains(one)) {
        let detail = format!("{} is listed twice", identity.subject);
        faults.add(format!("/identities/{index}"), "repeated", detail);
    }
}

impl From<&User> for UserUpdate {
    fn from(user: &User) -> Self {
        Self {
            email: user.email.clone(),
            name: user.name.as_deref().map(Line::from),
            role: user.role,
            council: user.council.as_ref().map(|council| council.slug.as_str().into()),
            status: user.status,
            identities: user.identities.clone(),
        }
    }
}

/// A user to create, with a first password.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewUser {
    /// E-mail address. The user signs in with it.
    #[schema(required, value_type = EmailAddress)]
    pub email: String,
    /// Display name.
    pub name: Option<Line<120>>,
    /// Role of the user.
    #[schema(required)]
    pub role: Role,
    /// Council that the user is bound to. Required for contributors and council editors. Not allowed for network
    /// officers.
    pub council: Option<Reference>,
    /// Identities at other issuers. Each identity can belong to one user only.
    #[schema(max_items = 10)]
    pub identities: Vec<Identity>,
    /// First password: 12 to 200 characters of any kind. Ask the user to change it.
    #[schema(required, min_length = 12, max_length = 200, format = Password, example = "three words are a start")]
    pub initial_password: String,
}

impl NewUser {
    /// All properties except the password.
    pub fn update(&self) -> UserUpdate {
        UserUpdate {
            email: self.email.clone(),
            name: self.name.clone(),
            role: self.role,
            council: self.council.clone(),
            status: UserStatus::Active,
            identities: self.identities.clone(),
        }
    }
}

impl Check for NewUser {
    fn check(&self, faults: &mut Faults) {
        check_identities(&self.identities, faults);
    }
}

/// A new password for a user, set by an admin.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewPassword {
    /// New password: 12 to 200 characters of any kind.
    #[schema(required, min_length = 12, max_length = 200, format = Password, example = "three words are a start")]
    pub password: String,
}

impl Check for NewPassword {}

/// The council that takes over the users of another.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UserMove {
    /// Council that the users are bound to from now on: slug, id or GSS code.
    #[schema(required, example = "cumberland")]
    pub to: Reference,
}

impl Check for UserMove {}

/// Users who were moved to another council.
#[derive(Serialize, ToSchema)]
pub struct MovedUsers {
    /// The users as they are now, by e-mail address.
    pub users: Vec<User>,
}

/// Sort orders of the list of users.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub enum UserSort {
    /// By e-mail address, A to Z.
    #[serde(rename = "email")]
    Email,
    /// By e-mail address, Z to A.
    #[serde(rename = "-email")]
    EmailDescending,
}

impl UserSort {
    /// The order in SQL.
    pub fn order(self) -> Order {
        Order::new("users.email", "text", matches!(self, Self::EmailDescending))
    }
}

/// Filters of the list of users.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// Only users with one of these roles.
    #[serde(default)]
    #[param(inline)]
    pub role: Vec<Role>,
    /// Only users with this status.
    #[param(inline)]
    pub status: Option<UserStatus>,
    /// Only users bound to one of these councils: slug, id or GSS code.
    #[serde(default)]
    #[param(inline, example = json!(["oldham"]))]
    pub council: Vec<Reference>,
    /// Sort order. A minus sign sorts in descending order. Default: `email`.
    #[param(inline)]
    pub sort: Option<UserSort>,
    /// Users per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}

impl Audited for User {
    fn subject(&self) -> Subject<'_> {
        // No name: the audit trail identifies people by id, so that an event contains no contact details.
        let council = self.council.as_ref().map(|council| council.id);
        Subject { council, ..Subject::of(RecordKind::User, self.id, self.version) }
    }
}
