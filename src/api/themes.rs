//! Themes. Everyone can read them. Network officers maintain them.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put, web};
use diesel_async::AsyncPgConnection;

use super::writes::{Creation, Edit, Editable};
use crate::access::account::Account;
use crate::access::extractors::{Anyone, Moderator};
use crate::access::scope::WriteThemes;
use crate::audit::action::Action;
use crate::audit::subject::Subject;
use crate::audit::trail::Trail;
use crate::db::Db;
use crate::db::enum_text::picked;
use crate::error::ApiError;
use crate::formats::citation::form::Form;
use crate::formats::citation::linked;
use crate::formats::citation::linked::LinkedData;
use crate::http::idempotency::Idempotency;
use crate::http::input::{Body, Draft, Edited, IfMatch, Patch, Query};
use crate::http::page::{Page, Pages};
use crate::http::response::{Answer, Cacheable, Moves, Written, moved};
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::record_view::RecordView;
use crate::read_model::theme_list::ThemeFilter;
use crate::registry::references;
use crate::registry::themes::model::{NewTheme, Theme, ThemeMerge, ThemeQuery, ThemeStatus, ThemeView};
use crate::registry::themes::store;
use crate::registry::withdrawal::Withdrawal;

/// List themes
///
/// You can filter, sort and page the themes. The list includes deprecated themes, but not merged ones.
#[utoipa::path(tag = "themes", extensions(("x-price" = json!({ "units": 2, "whole": 10 }))), params(ThemeQuery), responses(Cacheable, (status = 200, description = "Themes", body = Page<Theme>)))]
#[get("/themes")]
pub async fn list_themes(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    _: Anyone,
    pages: Pages,
    query: Query<ThemeQuery>,
) -> Result<HttpResponse, ApiError> {
    let page = pages.page(query.limit, query.cursor.as_deref())?;
    let filter = ThemeFilter::new(&snapshot, &query)?;
    let (order, fields) = (query.sort.unwrap_or_default(), picked(query.0.fields.as_deref()));
    pages.records(&request, &page, None, |page| {
        snapshot.list_themes(&filter, order, page).try_map(|entry| Ok(RecordView::of(entry, fields.as_deref())))
    })
}

/// Get a theme
///
/// If the theme was merged into another, its address redirects there (308).
///
/// With `Accept` you can also get a SKOS concept (JSON-LD). `fields` works with plain JSON only.
#[utoipa::path(tag = "themes", params(("theme" = String, Path, description = "Slug or id", example = "housing"), ThemeView),
    responses(Cacheable, Moves, (status = 200, description = "The theme", content((Theme = "application/json"), (LinkedData = "application/ld+json")))))]
#[get("/themes/{theme}")]
pub async fn find_theme(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    _: Anyone,
    theme: web::Path<String>,
    view: Query<ThemeView>,
) -> Result<HttpResponse, ApiError> {
    let form = Form::wanted(&request, &[Form::Json, Form::LinkedData])?;
    form.allows(&[("fields", view.fields.is_some())])?;
    let entry = snapshot.locate_theme(&theme)?;
    let found = &entry.record;
    if references::is_former(&theme, &found.slug, found.id) {
        return Ok(moved(&request, &found.slug));
    }
    if form != Form::Json {
        return Form::linked(&request, found, linked::theme);
    }
    let fields = picked(view.fields.as_deref());
    Ok(Answer::json(&request).send_rendered(&RecordView::of(entry, fields.as_deref())))
}

/// Create a theme
///
/// For network officers. Themes have at most three levels. A theme cannot be broader than itself, directly or through
/// others.
#[utoipa::path(tag = "themes", params(Idempotency), request_body = NewTheme, responses((status = 201, description = "The new theme", body = Theme)), security(("bearer" = []), ("api_key" = [])))]
#[post("/themes")]
pub async fn create_theme(
    creation: Creation<Moderator<WriteThemes>>,
    body: Body<NewTheme>,
) -> Result<Written, ApiError> {
    let (draft, fingerprint) = body.into_parts();
    creation
        .create(&fingerprint, Action::ThemeCreate, "/v1/themes", async |conn| {
            store::lock_tree(conn).await?;
            let resolved = store::resolve(conn, draft, None).await?;
            let id = store::create(conn, &resolved).await?;
            store::find(conn, id).await
        })
        .await
}

/// Replace a theme
///
/// For network officers. Members that you leave out are cleared.
#[utoipa::path(tag = "themes", params(("theme" = String, Path, description = "Slug or id", example = "housing"), IfMatch), request_body = NewTheme, responses((status = 200, description = "The updated theme", body = Theme)), security(("bearer" = []), ("api_key" = [])))]
#[put("/themes/{theme}")]
pub async fn replace_theme(edit: Edit<Moderator<WriteThemes>>, body: Body<NewTheme>) -> Result<Written, ApiError> {
    change(edit, body).await
}

/// Change a theme
///
/// For network officers. Send a merge patch (RFC 7396). Null clears a member.
#[utoipa::path(tag = "themes", params(("theme" = String, Path, description = "Slug or id", example = "housing"), IfMatch), request_body(content = NewTheme, content_type = "application/merge-patch+json"), responses((status = 200, description = "The updated theme", body = Theme)), security(("bearer" = []), ("api_key" = [])))]
#[patch("/themes/{theme}")]
pub async fn update_theme(edit: Edit<Moderator<WriteThemes>>, patch: Patch<NewTheme>) -> Result<Written, ApiError> {
    change(edit, patch).await
}

/// Withdraw a theme
///
/// For network officers. You cannot withdraw a theme that is in use. Merge it into another theme instead. The address
/// of a withdrawn theme answers 404 with the reason.
#[utoipa::path(tag = "themes", params(("theme" = String, Path, description = "Slug or id", example = "housing"), Withdrawal, IfMatch), responses((status = 204, description = "Withdrawn")), security(("bearer" = []), ("api_key" = [])))]
#[delete("/themes/{theme}")]
pub async fn delete_theme(
    edit: Edit<Moderator<WriteThemes>>,
    withdrawal: Query<Withdrawal>,
) -> Result<HttpResponse, ApiError> {
    let reason = withdrawal.0.reason();
    edit.withdraw(async |conn, theme: &Theme| {
        let is_withdrawn = store::withdraw(conn, theme.id, theme.version, reason.as_deref()).await?;
        Ok(is_withdrawn.then_some(Action::ThemeWithdraw))
    })
    .await
}

/// Merge a theme into another
///
/// For network officers. Moves its initiatives and narrower themes to the other theme. Its address then redirects
/// there. The answer is the other theme.
#[utoipa::path(tag = "themes", params(("theme" = String, Path, description = "Slug or id of the theme to remove", example = "housing"), Idempotency), request_body = ThemeMerge, responses((status = 200, description = "The other theme, after the merge", body = Theme)), security(("bearer" = []), ("api_key" = [])))]
#[post("/themes/{theme}/merge")]
pub async fn merge_theme(
    db: web::Data<Db>,
    caller: Moderator<WriteThemes>,
    theme: web::Path<String>,
    key: Idempotency,
    trail: Trail,
    body: Body<ThemeMerge>,
) -> Result<Written, ApiError> {
    let (draft, fingerprint) = body.into_parts();
    db.transaction(async |conn| {
        if let Some(first) = key.first_answer(conn, caller.0.user_id, &fingerprint).await? {
            return Ok(first);
        }
        store::lock_tree(conn).await?;
        let from = store::locate(conn, &theme).await?;
        let Draft { value, mut faults } = draft;
        let known = references::theme_names(conn).await?;
        let into = references::merge_target(&known, &value.into, from.id, "theme", &mut faults);
        let into = store::find(conn, into.unwrap_or(from.id)).await?;
        if into.status == ThemeStatus::Deprecated && into.id != from.id {
            faults.add("/into", "deprecated", "is a deprecated theme; use the one that replaces it");
        }
        faults.finish()?;
        store::merge(conn, &from, &into).await?;
        let now = store::find(conn, into.id).await?;
        let written = Written::changed(&now)?;
        key.keep(conn, caller.0.user_id, &fingerprint, &written).await?;
        trail.record(conn, &caller.0, Action::ThemeMerge, Subject::gone(&from)).await?;
        trail.record(conn, &caller.0, Action::ThemeMerge, Subject::changed(&into, &now)).await?;
        trail.record_side_effects(conn, &caller.0, &[from.id, into.id]).await?;
        Ok(written)
    })
    .await
}

impl Editable for Theme {
    async fn locate(conn: &mut AsyncPgConnection, _: &Account, segment: &str) -> Result<Self, ApiError> {
        store::lock_tree(conn).await?;
        store::locate(conn, segment).await
    }

    async fn reload(&self, conn: &mut AsyncPgConnection, _: &Account) -> Result<Self, ApiError> {
        store::find(conn, self.id).await
    }
}

async fn change(edit: Edit<Moderator<WriteThemes>>, edited: impl Edited<NewTheme>) -> Result<Written, ApiError> {
    edit.change(async |conn, current: &Theme| {
        let resolved = store::resolve(conn, edited.draft(current.into())?, Some(current.id)).await?;
        Ok(store::update(conn, current, &resolved).await?.then_some(Action::ThemeUpdate))
    })
    .await
}
