//! The list of every operation. Routing and the OpenAPI document both come from it.

use std::sync::{Arc, LazyLock};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::web::ServiceConfig;
use actix_web::{App, Error};
use utoipa_actix_web::scope::{Scope, scope};
use utoipa_actix_web::{AppExt, UtoipaApp};

use super::{
    api_keys, audit, boundaries, changes, checks, citation, council_changes, councils, due_letters, embeds, exports,
    facets, guide, initiatives, key_requests, letters, map, memberships, moderation, ogc, organisations, outcomes,
    pre_election, problems, publication, recruitment, releases, review, revisions, search, service, sign_in, stewards,
    still_true, still_true_page, suggestions, themes, tiles, users, verification, vocabularies, web, webhooks,
};
use crate::accounts::identify::identify;
use crate::http::input::Schemas;
use crate::http::limits::rate;
use crate::http::security_headers;
use crate::openapi::Document;
use crate::read_model::middleware::read_your_writes;
use crate::read_model::response_cache::serve_cached;

/// Tags of the operations, with their descriptions.
const TAGS: &[(&str, &str)] = &[
    ("councils", "Local authorities as legal bodies, and their membership of the network."),
    ("memberships", "Who was a member of the network, when, and what says so."),
    ("organisations", "Bodies other than councils that lead, pay, evaluate or take part. Never people."),
    ("recruitment", "Who may join the network. For network officers."),
    ("initiatives", "Co-operative practice, with outcomes, costs, sources and partners."),
    ("review", "Revisions of initiatives, and their way from the authors through the network officers to the readers."),
    ("themes", "Areas of practice, based on SKOS concepts."),
    ("map", "Records with a place, as points and vector tiles, counts by region and nation, and boundaries."),
    ("search", "Search of all records, and suggestions as you type."),
    ("changes", "Changes of records, to keep a copy in sync, and as Atom feeds."),
    ("releases", "Frozen copies of the whole public registry, to cite."),
    ("outcomes", "Results of initiatives: claims with their evidence, across all initiatives."),
    ("exports", "Whole lists as CSV, Excel workbook, NDJSON and GeoJSON, and their codebook."),
    ("OGC", "Councils and initiatives for geographic information systems: OGC API – Features 1.0."),
    ("vocabularies", "Principles and values, each in its named scheme."),
    ("sign in", "Sign in, sign out and manage your own account."),
    ("API keys", "Keys for programs, and requests for keys."),
    ("users", "Accounts of people who sign in. For network officers."),
    ("webhooks", "Addresses of programs that hear of public changes. For council editors and network admins."),
    ("letters", "Letters to people about their requests, revisions, suggestions and due records. For network admins."),
    ("audit", "The audit trail. For network admins, and for council editors about their own council."),
    ("service", "The service itself: health, documents, permalinks and the catalogue."),
];

/// Routes of pages, which are not operations.
pub fn pages() -> impl Iterator<Item = &'static str> {
    web::PAGES.into_iter().chain(embeds::FRAMES).chain(guide::PAGES)
}

/// Mounts the pages. Must come before the operations: with `Accept` for HTML, `/` is a page.
pub fn mount_pages(config: &mut ServiceConfig) {
    web::mount(config);
    embeds::mount(config);
    guide::mount(config);
    still_true_page::mount(config);
}

/// The OpenAPI document of every operation, made once in a process.
pub fn document() -> Arc<Document> {
    static DOCUMENT: LazyLock<Arc<Document>> = LazyLock::new(|| {
        let collect = |base| mount(App::new().into_utoipa_app().openapi(base)).split_for_parts().1;
        Arc::new(Document::new(TAGS, collect))
    });
    Arc::clone(&DOCUMENT)
}

/// The schemas of the document's bodies and queries, each compiled when it is first needed.
pub fn schemas() -> Arc<Schemas> {
    static SCHEMAS: LazyLock<Arc<Schemas>> = LazyLock::new(|| Arc::new(Schemas::new(&document().value)));
    Arc::clone(&SCHEMAS)
}

/// Identifies the caller, applies rate limits, and waits until reads include the caller's last write. The last `wrap`
/// sees a request first.
fn with_callers<T, B>(
    scope: Scope<T>,
) -> Scope<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()>,
>
where
    T: ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<B>, Error = Error, InitError = ()>
        + 'static,
    B: MessageBody + 'static,
{
    scope
        .wrap(from_fn(read_your_writes))
        .wrap(from_fn(rate::limit))
        .wrap(from_fn(identify))
        .wrap(from_fn(rate::limit_bad_credentials))
}

/// Mounts every operation.
pub fn mount<T>(app: UtoipaApp<T>) -> UtoipaApp<T>
where
    T: ServiceFactory<ServiceRequest, Config = (), Error = Error, InitError = ()>,
{
    app.service(service::find_service)
        .service(service::find_health)
        .service(service::find_liveness)
        .service(service::find_readiness)
        .service(problems::explain_problem)
        .service(sign_in::find_keys)
        .service(security_headers::find_security_txt)
        .service(citation::find_catalog)
        .service(embeds::find_frame)
        // A permalink works only for callers who can see the record, so it identifies them too.
        .service(with_callers(scope("/id").service(citation::follow_permalink)))
        .service(with_callers(
            scope("/ogc")
                .service(ogc::find_ogc_landing_page)
                .service(ogc::find_ogc_conformance)
                .service(ogc::find_ogc_document)
                .service(ogc::list_ogc_collections)
                .service(ogc::find_ogc_collection)
                .service(ogc::list_boundary_features)
                .service(ogc::find_boundary_feature)
                .service(ogc::list_council_features)
                .service(ogc::find_council_feature)
                .service(ogc::list_initiative_features)
                .service(ogc::find_initiative_feature),
        ))
        .service(with_callers(
            scope("/v1")
                .service(sign_in::log_in)
                .service(sign_in::refresh_tokens)
                .service(sign_in::log_out)
                .service(sign_in::find_me)
                .service(sign_in::change_password)
                // Exports come before lists: with `Accept` for an export, the address of a list is an export.
                .service(exports::export_councils)
                .service(exports::export_council_initiatives)
                .service(exports::export_initiatives)
                .service(exports::export_council_changes)
                .service(exports::export_memberships)
                .service(exports::export_organisations)
                .service(exports::export_outcomes)
                .service(exports::export_theme_initiatives)
                .service(exports::export_themes)
                .service(exports::find_data_package)
                .service(councils::list_councils)
                .service(councils::create_council)
                .service(councils::find_council)
                .service(councils::replace_council)
                .service(councils::update_council)
                .service(councils::delete_council)
                .service(council_changes::list_council_changes)
                .service(council_changes::create_council_change)
                .service(council_changes::find_council_change)
                .service(council_changes::delete_council_change)
                .service(pre_election::list_pre_election_periods)
                .service(pre_election::create_pre_election_period)
                .service(pre_election::find_pre_election_period)
                .service(pre_election::update_pre_election_period)
                .service(pre_election::delete_pre_election_period)
                .service(memberships::list_memberships)
                .service(memberships::create_membership)
                .service(memberships::find_membership)
                .service(memberships::update_membership)
                .service(memberships::delete_membership)
                .service(recruitment::list_recruitment)
                .service(recruitment::create_recruitment)
                .service(recruitment::find_recruitment)
                .service(recruitment::update_recruitment)
                .service(recruitment::delete_recruitment)
                .service(releases::list_releases)
                .service(releases::create_release)
                .service(releases::find_release)
                .service(releases::delete_release)
                .service(releases::download_release)
                .service(releases::cite_release)
                .service(boundaries::find_boundary)
                .service(boundaries::map_boundaries)
                .service(initiatives::list_council_initiatives)
                .service(initiatives::list_initiatives)
                .service(facets::count_initiatives)
                .service(initiatives::create_initiative)
                .service(initiatives::find_initiative)
                .service(initiatives::replace_initiative)
                .service(initiatives::update_initiative)
                .service(initiatives::delete_initiative)
                .service(citation::cite_initiative)
                .service(checks::check_text)
                .service(checks::check_initiative)
                .service(publication::publish_initiative)
                .service(publication::unpublish_initiative)
                .service(publication::archive_initiative)
                .service(publication::restore_initiative)
                .service(revisions::list_revisions)
                .service(revisions::create_revision)
                .service(revisions::find_revision)
                .service(revisions::compare_revisions)
                .service(revisions::replace_revision)
                .service(revisions::update_revision)
                .service(revisions::discard_revision)
                .service(revisions::comment_on_revision)
                .service(revisions::resolve_comment)
                .service(review::submit_revision)
                .service(review::withdraw_revision)
                .service(review::claim_revision)
                .service(review::request_changes)
                .service(review::approve_revision)
                .service(review::reject_revision)
                .service(suggestions::list_suggestions)
                .service(suggestions::create_suggestion)
                .service(suggestions::find_suggestion)
                .service(suggestions::accept_suggestion)
                .service(suggestions::decline_suggestion)
                .service(suggestions::withdraw_suggestion)
                .service(moderation::list_queue)
                .service(moderation::list_my_submissions)
                .service(stewards::choose_steward)
                .service(verification::verify_initiative)
                .service(verification::list_due_initiatives)
                .service(due_letters::write_due_letters)
                .service(still_true::open_due_link)
                .service(still_true::answer_due_link)
                .service(organisations::list_organisations)
                .service(organisations::create_organisation)
                .service(organisations::find_organisation)
                .service(organisations::replace_organisation)
                .service(organisations::update_organisation)
                .service(organisations::delete_organisation)
                .service(organisations::merge_organisation)
                .service(organisations::accept_organisation)
                .service(outcomes::list_outcomes)
                .service(outcomes::summarise_outcomes)
                .service(themes::list_themes)
                .service(themes::create_theme)
                .service(themes::find_theme)
                .service(themes::replace_theme)
                .service(themes::update_theme)
                .service(themes::delete_theme)
                .service(themes::merge_theme)
                .service(initiatives::list_theme_initiatives)
                .service(map::map_councils)
                .service(map::map_initiatives)
                .service(map::summarise_map)
                .service(tiles::describe_boundary_tiles)
                .service(tiles::describe_council_tiles)
                .service(tiles::describe_initiative_tiles)
                .service(tiles::find_boundary_tile)
                .service(tiles::find_council_tile)
                .service(tiles::find_initiative_tile)
                .service(search::search_registry)
                .service(search::suggest_records)
                .service(search::list_unanswered_searches)
                .service(changes::list_changes)
                .service(changes::feed_changes)
                .service(changes::feed_council_changes)
                .service(changes::feed_theme_changes)
                .service(vocabularies::list_principles)
                .service(vocabularies::list_values)
                .service(users::list_users)
                .service(users::create_user)
                .service(users::find_user)
                .service(users::replace_user)
                .service(users::update_user)
                .service(users::set_user_password)
                .service(users::move_users)
                .service(key_requests::request_api_key)
                .service(key_requests::list_key_requests)
                .service(key_requests::find_key_request)
                .service(key_requests::grant_key_request)
                .service(key_requests::refuse_key_request)
                .service(key_requests::claim_api_key)
                .service(api_keys::list_api_keys)
                .service(api_keys::create_api_key)
                .service(api_keys::find_api_key)
                .service(api_keys::replace_api_key)
                .service(api_keys::update_api_key)
                .service(api_keys::revoke_api_key)
                .service(api_keys::rotate_api_key)
                .service(api_keys::find_api_key_usage)
                .service(webhooks::list_webhooks)
                .service(webhooks::create_webhook)
                .service(webhooks::find_webhook)
                .service(webhooks::update_webhook)
                .service(webhooks::delete_webhook)
                .service(webhooks::rotate_webhook)
                .service(webhooks::test_webhook)
                .service(webhooks::list_webhook_deliveries)
                .service(webhooks::replay_webhook_delivery)
                .service(letters::list_letters)
                .service(letters::retry_letter)
                .service(audit::list_audit_events)
                .wrap(from_fn(serve_cached)),
        ))
}
