//! Whom each operation lets in: kinds of callers, and the table.

use ccin_registry::access::scope::Scope;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Anonymous,
    Garbage,
    OfAnotherKey,
    Expired,
    OfAnEndedSession,
    Disabled,
    MemberViewer,
    Contributor,
    CouncilEditor,
    EditorOfAnotherCouncil,
    Moderator,
    NetworkAdmin,
    /// By a token of a registered issuer.
    AdminByAnotherIssuer,
    /// A key of a network admin with this scope alone.
    Key(Scope),
    /// With every scope, of somebody who was an admin and is a viewer now.
    KeyOfADemotedOwner,
    KeyOfADisabledOwner,
    ExpiredKey,
    RevokedKey,
    KeyFromAWrongOrigin,
    KeyFromAWrongNetwork,
    KeyAndToken,
}
use Kind::*;

/// Every kind of caller: by hand, and with a key of each scope.
pub fn all() -> impl Iterator<Item = Kind> {
    ALL_BUT_SCOPES.iter().copied().chain(Scope::ALL.map(Key))
}

const ALL_BUT_SCOPES: &[Kind] = &[
    Anonymous,
    Garbage,
    OfAnotherKey,
    Expired,
    OfAnEndedSession,
    Disabled,
    MemberViewer,
    Contributor,
    CouncilEditor,
    EditorOfAnotherCouncil,
    Moderator,
    NetworkAdmin,
    AdminByAnotherIssuer,
    KeyOfADemotedOwner,
    KeyOfADisabledOwner,
    ExpiredKey,
    RevokedKey,
    KeyFromAWrongOrigin,
    KeyFromAWrongNetwork,
    KeyAndToken,
];
pub const BAD_CREDENTIALS: &[Kind] = &[
    Garbage,
    OfAnotherKey,
    Expired,
    OfAnEndedSession,
    Disabled,
    KeyOfADisabledOwner,
    ExpiredKey,
    RevokedKey,
    KeyFromAWrongOrigin,
    KeyFromAWrongNetwork,
];
const ANYBODY: &[Kind] =
    &[Anonymous, MemberViewer, Contributor, CouncilEditor, EditorOfAnotherCouncil, Moderator, NetworkAdmin];
const ACCOUNTS: &[Kind] = &[MemberViewer, Contributor, CouncilEditor, EditorOfAnotherCouncil, Moderator, NetworkAdmin];
const AUTHORS: &[Kind] = &[Contributor, CouncilEditor, EditorOfAnotherCouncil, Moderator, NetworkAdmin];
const AUTHORS_OF_THE_COUNCIL: &[Kind] = &[Contributor, CouncilEditor, Moderator, NetworkAdmin];
const KEEPERS_OF_THE_COUNCIL: &[Kind] = &[CouncilEditor, Moderator, NetworkAdmin];
const OFFICERS: &[Kind] = &[Moderator, NetworkAdmin];
const AUDITORS: &[Kind] = &[CouncilEditor, EditorOfAnotherCouncil, NetworkAdmin];
const ADMINS: &[Kind] = &[NetworkAdmin];
const READERS_OF_THE_KEY: &[Kind] = &[CouncilEditor, Moderator, NetworkAdmin];
const KEEPERS_OF_THE_KEY: &[Kind] = &[CouncilEditor, NetworkAdmin];

/// What a key needs besides its owner's role.
#[derive(Clone, Copy)]
pub enum Needs {
    /// Credentials are not looked at.
    Unread,
    /// No scope: what everybody may do, any key may.
    Nothing,
    /// This scope.
    OfScope(Scope),
    /// No key and no token of another issuer will do.
    InPerson,
}
use Needs::*;

/// Whom each operation lets in, on a draft of Oldham where it changes an initiative.
pub const TABLE: &[(&[Kind], Needs, &[&str])] = &[
    (
        ALL_BUT_SCOPES,
        Unread,
        &[
            "find_service",
            "find_health",
            "find_liveness",
            "find_readiness",
            "explain_problem",
            "find_keys",
            "find_security_txt",
            "find_catalog",
            "find_frame",
            "log_in",
            "refresh_tokens",
        ],
    ),
    (
        ANYBODY,
        Nothing,
        &[
            "list_councils",
            "find_council",
            "list_council_changes",
            "find_council_change",
            "list_memberships",
            "find_membership",
            "find_boundary",
            "map_boundaries",
            "list_council_initiatives",
            "list_due_initiatives",
            "list_initiatives",
            "count_initiatives",
            "map_councils",
            "map_initiatives",
            "summarise_map",
            "describe_boundary_tiles",
            "describe_council_tiles",
            "describe_initiative_tiles",
            "find_boundary_tile",
            "find_council_tile",
            "find_initiative_tile",
            "search_registry",
            "suggest_records",
            "find_initiative",
            "cite_initiative",
            "list_pre_election_periods",
            "find_pre_election_period",
            "list_revisions",
            "list_releases",
            "find_release",
            "download_release",
            "cite_release",
            "find_revision",
            "compare_revisions",
            "follow_permalink",
            "list_organisations",
            "find_organisation",
            "list_themes",
            "find_theme",
            "list_theme_initiatives",
            "list_changes",
            "feed_changes",
            "feed_council_changes",
            "feed_theme_changes",
            "list_outcomes",
            "summarise_outcomes",
            // The sample has fewer rows than callers without a key may take.
            "export_councils",
            "export_council_changes",
            "export_council_initiatives",
            "export_initiatives",
            "export_memberships",
            "export_organisations",
            "export_outcomes",
            "export_theme_initiatives",
            "export_themes",
            "find_data_package",
            "find_ogc_landing_page",
            "find_ogc_conformance",
            "find_ogc_document",
            "list_ogc_collections",
            "find_ogc_collection",
            "list_boundary_features",
            "find_boundary_feature",
            "list_council_features",
            "find_council_feature",
            "list_initiative_features",
            "find_initiative_feature",
            "list_principles",
            "list_values",
            "request_api_key",
            "claim_api_key",
            // The link is the credential.
            "open_due_link",
            "answer_due_link",
        ],
    ),
    (ACCOUNTS, InPerson, &["log_out", "change_password"]),
    (ACCOUNTS, Nothing, &["find_me"]),
    (
        AUTHORS,
        OfScope(Scope::WriteInitiatives),
        &["create_initiative", "check_text", "check_initiative", "list_my_submissions"],
    ),
    (
        AUTHORS_OF_THE_COUNCIL,
        OfScope(Scope::WriteInitiatives),
        &[
            "replace_initiative",
            "update_initiative",
            "delete_initiative",
            "create_revision",
            "replace_revision",
            "update_revision",
            "discard_revision",
            "submit_revision",
            "withdraw_revision",
            "comment_on_revision",
            "resolve_comment",
            // The suggestion of the walk is an admin's, for an initiative of Oldham.
            "find_suggestion",
            "accept_suggestion",
            "decline_suggestion",
        ],
    ),
    (ACCOUNTS, OfScope(Scope::WriteInitiatives), &["list_suggestions", "create_suggestion"]),
    // Only its author can.
    (ADMINS, OfScope(Scope::WriteInitiatives), &["withdraw_suggestion"]),
    (KEEPERS_OF_THE_COUNCIL, OfScope(Scope::WriteCouncils), &["replace_council", "update_council"]),
    (KEEPERS_OF_THE_COUNCIL, OfScope(Scope::WriteInitiatives), &["verify_initiative"]),
    (
        OFFICERS,
        OfScope(Scope::Moderate),
        &[
            "publish_initiative",
            "unpublish_initiative",
            "archive_initiative",
            "restore_initiative",
            "claim_revision",
            "request_changes",
            "approve_revision",
            "reject_revision",
            "list_queue",
            "list_unanswered_searches",
            "list_recruitment",
            "find_recruitment",
            "create_recruitment",
            "update_recruitment",
        ],
    ),
    (
        OFFICERS,
        OfScope(Scope::WriteThemes),
        &["create_theme", "replace_theme", "update_theme", "delete_theme", "merge_theme"],
    ),
    (
        OFFICERS,
        OfScope(Scope::WriteCouncils),
        &["replace_organisation", "update_organisation", "delete_organisation", "merge_organisation"],
    ),
    // Officers enter, authors propose. The key of an author needs write:initiatives for it.
    (AUTHORS, OfScope(Scope::WriteCouncils), &["create_organisation"]),
    (OFFICERS, OfScope(Scope::Moderate), &["accept_organisation"]),
    (OFFICERS, OfScope(Scope::ManageUsers), &["list_users", "find_user"]),
    (
        ADMINS,
        OfScope(Scope::WriteCouncils),
        &[
            "create_council",
            "delete_council",
            "create_council_change",
            "delete_council_change",
            "create_pre_election_period",
            "update_pre_election_period",
            "delete_pre_election_period",
            "create_membership",
            "update_membership",
            "delete_membership",
        ],
    ),
    (ADMINS, OfScope(Scope::Moderate), &["delete_recruitment", "choose_steward", "create_release", "delete_release"]),
    (
        ADMINS,
        OfScope(Scope::ManageUsers),
        &["create_user", "replace_user", "update_user", "set_user_password", "move_users"],
    ),
    (ADMINS, OfScope(Scope::ManageUsers), &["list_letters", "retry_letter", "write_due_letters"]),
    (AUDITORS, OfScope(Scope::AuditRead), &["list_audit_events"]),
    // Council editors and network admins, as for the trail.
    (AUDITORS, OfScope(Scope::ManageKeys), &["list_webhooks", "create_webhook"]),
    (
        KEEPERS_OF_THE_KEY,
        OfScope(Scope::ManageKeys),
        &[
            "find_webhook",
            "update_webhook",
            "delete_webhook",
            "rotate_webhook",
            "test_webhook",
            "list_webhook_deliveries",
            "replay_webhook_delivery",
        ],
    ),
    (ACCOUNTS, OfScope(Scope::ManageKeys), &["list_api_keys", "create_api_key"]),
    (READERS_OF_THE_KEY, OfScope(Scope::ManageKeys), &["find_api_key", "find_api_key_usage"]),
    (
        KEEPERS_OF_THE_KEY,
        OfScope(Scope::ManageKeys),
        &["replace_api_key", "update_api_key", "revoke_api_key", "rotate_api_key"],
    ),
    (
        OFFICERS,
        OfScope(Scope::ManageKeys),
        &["list_key_requests", "find_key_request", "grant_key_request", "refuse_key_request"],
    ),
];
