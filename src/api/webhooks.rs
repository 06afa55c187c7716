//! Webhooks: create, list, change and delete them, and what became of their messages. Council editors look after those
//! of their council, network admins after all.

use actix_web::{HttpResponse, delete, get, patch, post, web};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::writes::{Edit, Editable};
use crate::access::account::Account;
use crate::access::extractors::WebhookKeeper;
use crate::access::keys::Keys;
use crate::access::scope::ManageKeys;
use crate::audit::action::Action;
use crate::audit::subject::Subject;
use crate::audit::trail::Trail;
use crate::config::ServeSettings;
use crate::db::{Db, lock};
use crate::error::ApiError;
use crate::http::input::{Body, Draft, Edited, IfMatch, NoParams, Patch, Query};
use crate::http::page::{Listing, Page, Pages};
use crate::http::response::{Cacheable, Record, Written, issued};
use crate::registry::references;
use crate::webhooks::model::{
    DELIVERIES_NEWEST_FIRST, DeliveryQuery, IssuedWebhook, NewWebhook, WEBHOOKS_NEWEST_FIRST, Webhook, WebhookDelivery,
    WebhookQuery,
};
use crate::webhooks::target::Targets;
use crate::webhooks::{deliveries, store};

/// Maximum number of webhooks of a council, and of the network.
const MOST: i64 = 10;

/// List webhooks
///
/// Council editors see those of their council. Network admins see all. The answer never includes secrets.
#[utoipa::path(tag = "webhooks", extensions(("x-price" = json!({ "units": 2 }))), params(WebhookQuery), responses(Cacheable, (status = 200, description = "Webhooks", body = Page<Webhook>)), security(("bearer" = []), ("api_key" = [])))]
#[get("/webhooks")]
pub async fn list_webhooks(
    db: web::Data<Db>,
    caller: WebhookKeeper<ManageKeys>,
    pages: Pages,
    query: Query<WebhookQuery>,
) -> Result<Listing<Webhook>, ApiError> {
    let window = pages.window(query.limit, query.cursor.as_deref(), WEBHOOKS_NEWEST_FIRST)?;
    let slice = store::list(&mut *db.get().await?, caller.0.bound_to(), &window).await?;
    Ok(pages.listing(slice, window.limit, None))
}

/// Create a webhook
///
/// For council editors and network admins. The service posts a short message to its address when something changes in
/// public: `type`, `timestamp`, and in `data` the id and the address of the record. Then ask for the record. Messages are
/// signed (Standard Webhooks 1.0) with the secret, which the answer shows only once.
///
/// Answer with a 2xx status within ten seconds. Otherwise the message is sent again, after longer and longer delays, for
/// about three days. A message can arrive twice, and later than another: compare `webhook-id`. A webhook that takes
/// nothing for three days, or answers with 410, is switched off.
#[utoipa::path(tag = "webhooks", request_body = NewWebhook, responses((status = 201, description = "The new webhook, with its secret", body = IssuedWebhook), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/webhooks")]
pub async fn create_webhook(
    db: web::Data<Db>,
    keys: web::Data<Keys>,
    settings: web::Data<ServeSettings>,
    caller: WebhookKeeper<ManageKeys>,
    trail: Trail,
    body: Body<NewWebhook>,
) -> Result<HttpResponse, ApiError> {
    let mut draft = body.draft;
    Targets::new(&settings).check(&draft.value.url, &mut draft.faults);
    let answer = db
        .transaction(async |conn| {
            let council = council_of(conn, &caller.0, &mut draft).await?;
            let new = draft.checked()?;
            // Of two that are created at once, the second counts the first.
            lock(conn, "webhooks").await?;
            if store::count(conn, council).await? >= MOST {
                return Err(ApiError::conflict(format!(
                    "There are {MOST} webhooks already. Delete one that is not in use."
                )));
            }
            let made = store::create(conn, &keys, council, &new).await?;
            trail.record(conn, &caller.0, Action::WebhookCreate, Subject::entered(&made.webhook)).await?;
            Ok(made)
        })
        .await?;
    issued(&answer, Some(format!("/v1/webhooks/{}", answer.webhook.id)))
}

/// Get a webhook
///
/// The secret is not shown again.
#[utoipa::path(tag = "webhooks", params(("id" = Uuid, Path, description = "Id of the webhook")), responses(Cacheable, (status = 200, description = "The webhook", body = Webhook)), security(("bearer" = []), ("api_key" = [])))]
#[get("/webhooks/{id}")]
pub async fn find_webhook(
    db: web::Data<Db>,
    caller: WebhookKeeper<ManageKeys>,
    id: web::Path<String>,
    _: Query<NoParams>,
) -> Result<Record<Webhook>, ApiError> {
    Ok(Record::whole(Webhook::locate(&mut *db.get().await?, &caller.0, &id).await?))
}

/// Change a webhook
///
/// Send a merge patch (RFC 7396). To switch it off and on, set `is_active`. A change forgets earlier failures.
#[utoipa::path(tag = "webhooks", params(("id" = Uuid, Path, description = "Id of the webhook"), IfMatch), request_body(content = NewWebhook, content_type = "application/merge-patch+json"), responses((status = 200, description = "The updated webhook", body = Webhook)), security(("bearer" = []), ("api_key" = [])))]
#[patch("/webhooks/{id}")]
pub async fn update_webhook(
    edit: Edit<WebhookKeeper<ManageKeys>>,
    settings: web::Data<ServeSettings>,
    patch: Patch<NewWebhook>,
) -> Result<Written, ApiError> {
    edit.change(async |conn, current: &Webhook| {
        let mut draft = patch.draft(current.into())?;
        Targets::new(&settings).check(&draft.value.url, &mut draft.faults);
        let council = council_of(conn, &edit.account, &mut draft).await?;
        let update = draft.checked()?;
        Ok(store::update(conn, current, council, &update).await?.then_some(Action::WebhookUpdate))
    })
    .await
}

/// Delete a webhook
///
/// Its deliveries are deleted too.
#[utoipa::path(tag = "webhooks", params(("id" = Uuid, Path, description = "Id of the webhook"), IfMatch), responses((status = 204, description = "Deleted")), security(("bearer" = []), ("api_key" = [])))]
#[delete("/webhooks/{id}")]
pub async fn delete_webhook(
    edit: Edit<WebhookKeeper<ManageKeys>>,
    _: Query<NoParams>,
) -> Result<HttpResponse, ApiError> {
    edit.withdraw(async |conn, current: &Webhook| {
        Ok(store::delete(conn, current).await?.then_some(Action::WebhookDelete))
    })
    .await
}

/// Rotate the secret of a webhook
///
/// Gives the webhook a new secret. The answer shows it only once. The old secret signs nothing any more: messages that
/// your program refuses until it knows the new one are sent again.
#[utoipa::path(tag = "webhooks", params(("id" = Uuid, Path, description = "Id of the webhook")), responses((status = 200, description = "The webhook, with its new secret", body = IssuedWebhook)), security(("bearer" = []), ("api_key" = [])))]
#[post("/webhooks/{id}/rotate")]
pub async fn rotate_webhook(
    db: web::Data<Db>,
    keys: web::Data<Keys>,
    caller: WebhookKeeper<ManageKeys>,
    trail: Trail,
    id: web::Path<String>,
    _: Query<NoParams>,
) -> Result<HttpResponse, ApiError> {
    let answer = db
        .transaction(async |conn| {
            let current = Webhook::locate(conn, &caller.0, &id).await?;
            let rotated = store::rotate(conn, &keys, current.id).await?;
            let subject = Subject::changed(&current, &rotated.webhook);
            trail.record(conn, &caller.0, Action::WebhookRotate, subject).await?;
            Ok(rotated)
        })
        .await?;
    issued(&answer, None)
}

/// Test a webhook
///
/// Sends it a message of the type `webhook.test`, without a record. It leaves within seconds. The answer is its delivery:
/// see in the list of deliveries how it goes.
#[utoipa::path(tag = "webhooks", params(("id" = Uuid, Path, description = "Id of the webhook")), responses((status = 200, description = "The delivery", body = WebhookDelivery), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/webhooks/{id}/test")]
pub async fn test_webhook(
    db: web::Data<Db>,
    caller: WebhookKeeper<ManageKeys>,
    trail: Trail,
    id: web::Path<String>,
    _: Query<NoParams>,
) -> Result<Written, ApiError> {
    let step = async |conn: &mut AsyncPgConnection, webhook| deliveries::test(conn, webhook).await;
    send(&db, &caller.0, &trail, &id, Action::WebhookTest, step).await
}

/// List the deliveries of a webhook
///
/// Its messages of the last 30 days, newest first, and how each went.
#[utoipa::path(tag = "webhooks", extensions(("x-price" = json!({ "units": 2 }))), params(("id" = Uuid, Path, description = "Id of the webhook"), DeliveryQuery), responses(Cacheable, (status = 200, description = "Deliveries", body = Page<WebhookDelivery>)), security(("bearer" = []), ("api_key" = [])))]
#[get("/webhooks/{id}/deliveries")]
pub async fn list_webhook_deliveries(
    db: web::Data<Db>,
    caller: WebhookKeeper<ManageKeys>,
    pages: Pages,
    id: web::Path<String>,
    query: Query<DeliveryQuery>,
) -> Result<Listing<WebhookDelivery>, ApiError> {
    let window = pages.window(query.limit, query.cursor.as_deref(), DELIVERIES_NEWEST_FIRST)?;
    let mut conn = db.get().await?;
    let webhook = Webhook::locate(&mut conn, &caller.0, &id).await?;
    let slice = deliveries::list(&mut conn, webhook.id, &query, &window).await?;
    Ok(pages.listing(slice, window.limit, None))
}

/// Replay a delivery
///
/// Sends a message again that was delivered, failed or was dropped, with the same `webhook-id`. It leaves within seconds.
#[utoipa::path(tag = "webhooks", params(("id" = Uuid, Path, description = "Id of the webhook"), ("delivery" = Uuid, Path, description = "Id of the delivery")), responses((status = 200, description = "The delivery", body = WebhookDelivery), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/webhooks/{id}/deliveries/{delivery}/replay")]
pub async fn replay_webhook_delivery(
    db: web::Data<Db>,
    caller: WebhookKeeper<ManageKeys>,
    trail: Trail,
    address: web::Path<(String, String)>,
    _: Query<NoParams>,
) -> Result<Written, ApiError> {
    let delivery = references::id(&address.1, "delivery")?;
    let step = async |conn: &mut AsyncPgConnection, webhook| deliveries::replay(conn, webhook, delivery).await;
    send(&db, &caller.0, &trail, &address.0, Action::WebhookReplay, step).await
}

/// Lets `step` leave a message for a webhook that is switched on.
async fn send(
    db: &Db,
    account: &Account,
    trail: &Trail,
    id: &str,
    action: Action,
    step: impl AsyncFnOnce(&mut AsyncPgConnection, Uuid) -> Result<WebhookDelivery, ApiError>,
) -> Result<Written, ApiError> {
    db.transaction(async |conn| {
        let webhook = Webhook::locate(conn, account, id).await?;
        if !webhook.is_active {
            return Err(ApiError::conflict("This webhook is switched off. Set is_active first."));
        }
        let left = step(conn, webhook.id).await?;
        trail.record(conn, account, action, Subject::read(&webhook)).await?;
        Written::changed(&left)
    })
    .await
}

/// Id of the council whose editors look after a webhook: the one that the body names, or the caller's own.
async fn council_of(
    conn: &mut AsyncPgConnection,
    account: &Account,
    draft: &mut Draft<NewWebhook>,
) -> Result<Option<Uuid>, ApiError> {
    let own = account.bound_to();
    if own.is_some_and(|own| own.is_nil()) {
        return Err(ApiError::forbidden("Your account belongs to no council."));
    }
    let Some(named) = &draft.value.council else { return Ok(own) };
    let named = references::council(conn, account.reach(), named, "/council", &mut draft.faults).await?;
    if own.is_some() && named.is_some() && named != own {
        draft.faults.add("/council", "not_yours", "is not your council");
    }
    Ok(named)
}

impl Editable for Webhook {
    async fn locate(conn: &mut AsyncPgConnection, account: &Account, segment: &str) -> Result<Self, ApiError> {
        store::find(conn, account.bound_to(), references::id(segment, "webhook")?).await
    }

    async fn reload(&self, conn: &mut AsyncPgConnection, account: &Account) -> Result<Self, ApiError> {
        store::find(conn, account.bound_to(), self.id).await
    }
}
