//! The table of contents: every operation, in the order of its address. Routing and document come from this one place.

use actix_web::middleware::from_fn;
use actix_web::web::ServiceConfig;
use utoipa_actix_web::UtoipaApp;
use utoipa_actix_web::scope::scope;

use crate::limits::rate;
use crate::read_model::middleware::keep_in_step;
use crate::read_model::ready_answers::answer_again;
use crate::{
    api_keys, audit, auth, boundaries, changes, citation, councils, embeds, exports, facets, initiatives, key_requests,
    map, ogc, outcomes, problems, search, service, themes, tiles, transport, users, vocabularies,
};

/// Addresses of pages, which are no operations.
pub fn pages() -> impl Iterator<Item = &'static str> {
    crate::web::handlers::PAGES.into_iter().chain(embeds::handlers::FRAMES).chain(crate::guide::handlers::PAGES)
}

/// Mount the pages. In front of the operations: `/` is the page's when `Accept` asks for HTML.
pub fn mount_pages(config: &mut ServiceConfig) {
    crate::web::handlers::mount(config);
    embeds::handlers::mount(config);
    crate::guide::handlers::mount(config);
}

/// Mount every operation.
pub fn mount<T>(app: UtoipaApp<T>) -> UtoipaApp<T>
where
    T: actix_web::dev::ServiceFactory<
            actix_web::dev::ServiceRequest,
            Config = (),
            Error = actix_web::Error,
            InitError = (),
        >,
{
    app.service(service::find_service)
        .service(service::find_health)
        .service(service::find_liveness)
        .service(service::find_readiness)
        .service(problems::explain_problem)
        .service(auth::handlers::find_keys)
        .service(transport::find_security_txt)
        .service(citation::handlers::find_catalog)
        .service(embeds::handlers::find_frame)
        .service(
            // Of the same callers as below /v1, as what is below /ogc: a permalink leads those who may see the record.
            scope("/id")
                .service(citation::handlers::follow_permalink)
                .wrap(from_fn(keep_in_step))
                .wrap(from_fn(rate::limit))
                .wrap(from_fn(auth::identify::identify))
                .wrap(from_fn(rate::limit_bad_credentials)),
        )
        .service(
            scope("/ogc")
                .service(ogc::handlers::find_ogc_landing_page)
                .service(ogc::handlers::find_ogc_conformance)
                .service(ogc::handlers::find_ogc_document)
                .service(ogc::handlers::list_ogc_collections)
                .service(ogc::handlers::find_ogc_collection)
                .service(ogc::handlers::list_boundary_features)
                .service(ogc::handlers::find_boundary_feature)
                .service(ogc::handlers::list_council_features)
                .service(ogc::handlers::find_council_feature)
                .service(ogc::handlers::list_initiative_features)
                .service(ogc::handlers::find_initiative_feature)
                .wrap(from_fn(keep_in_step))
                .wrap(from_fn(rate::limit))
                .wrap(from_fn(auth::identify::identify))
                .wrap(from_fn(rate::limit_bad_credentials)),
        )
        .service(
            scope("/v1")
                .service(auth::handlers::log_in)
                .service(auth::handlers::refresh_tokens)
                .service(auth::handlers::log_out)
                .service(auth::handlers::find_me)
                .service(auth::handlers::change_password)
                // In front of the lists: an address of pages is theirs when `Accept` asks for the whole.
                .service(exports::handlers::export_councils)
                .service(exports::handlers::export_council_initiatives)
                .service(exports::handlers::export_initiatives)
                .service(exports::handlers::export_outcomes)
                .service(exports::handlers::export_theme_initiatives)
                .service(exports::handlers::export_themes)
                .service(exports::handlers::find_data_package)
                .service(councils::handlers::list_councils)
                .service(councils::handlers::create_council)
                .service(councils::handlers::find_council)
                .service(councils::handlers::replace_council)
                .service(councils::handlers::update_council)
                .service(councils::handlers::delete_council)
                .service(boundaries::handlers::find_boundary)
                .service(boundaries::handlers::map_boundaries)
                .service(initiatives::handlers::list_council_initiatives)
                .service(initiatives::handlers::list_initiatives)
                .service(facets::handlers::count_initiatives)
                .service(initiatives::handlers::create_initiative)
                .service(initiatives::handlers::find_initiative)
                .service(initiatives::handlers::replace_initiative)
                .service(initiatives::handlers::update_initiative)
                .service(initiatives::handlers::delete_initiative)
                .service(citation::handlers::cite_initiative)
                .service(initiatives::handlers::publish_initiative)
                .service(initiatives::handlers::unpublish_initiative)
                .service(outcomes::handlers::list_outcomes)
                .service(themes::handlers::list_themes)
                .service(themes::handlers::create_theme)
                .service(themes::handlers::find_theme)
                .service(themes::handlers::replace_theme)
                .service(themes::handlers::update_theme)
                .service(themes::handlers::delete_theme)
                .service(themes::handlers::merge_theme)
                .service(initiatives::handlers::list_theme_initiatives)
                .service(map::handlers::map_councils)
                .service(map::handlers::map_initiatives)
                .service(map::handlers::summarise_map)
                .service(tiles::handlers::describe_boundary_tiles)
                .service(tiles::handlers::describe_council_tiles)
                .service(tiles::handlers::describe_initiative_tiles)
                .service(tiles::handlers::find_boundary_tile)
                .service(tiles::handlers::find_council_tile)
                .service(tiles::handlers::find_initiative_tile)
                .service(search::handlers::search_registry)
                .service(search::handlers::suggest_records)
                .service(search::handlers::list_unanswered_searches)
                .service(changes::handlers::list_changes)
                .service(changes::handlers::feed_changes)
                .service(changes::handlers::feed_council_changes)
                .service(changes::handlers::feed_theme_changes)
                .service(vocabularies::list_principles)
                .service(vocabularies::list_values)
                .service(users::handlers::list_users)
                .service(users::handlers::create_user)
                .service(users::handlers::find_user)
                .service(users::handlers::replace_user)
                .service(users::handlers::update_user)
                .service(users::handlers::set_user_password)
                .service(key_requests::handlers::request_api_key)
                .service(key_requests::handlers::list_key_requests)
                .service(key_requests::handlers::find_key_request)
                .service(key_requests::handlers::grant_key_request)
                .service(key_requests::handlers::refuse_key_request)
                .service(key_requests::handlers::claim_api_key)
                .service(api_keys::handlers::list_api_keys)
                .service(api_keys::handlers::create_api_key)
                .service(api_keys::handlers::find_api_key)
                .service(api_keys::handlers::replace_api_key)
                .service(api_keys::handlers::update_api_key)
                .service(api_keys::handlers::revoke_api_key)
                .service(api_keys::handlers::rotate_api_key)
                .service(api_keys::handlers::find_api_key_usage)
                .service(audit::handlers::list_audit_events)
                // The last one is the first to see a request.
                .wrap(from_fn(answer_again))
                .wrap(from_fn(keep_in_step))
                .wrap(from_fn(rate::limit))
                .wrap(from_fn(auth::identify::identify))
                .wrap(from_fn(rate::limit_bad_credentials)),
        )
}
