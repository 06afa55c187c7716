//! The letter about a webhook that was switched off.

use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::events::Letters;
use super::keepers::keepers;
use super::store::write;
use super::text::{Part, Text};
use crate::access::role::Role;
use crate::error::ApiError;

impl Letters {
    /// Tells those who look after a webhook that the service switched it off: the editors of its council, or network
    /// admins with `None`.
    pub async fn webhook_off(
        &self,
        conn: &mut AsyncPgConnection,
        council: Option<Uuid>,
        url: &str,
        error: &str,
    ) -> Result<(), ApiError> {
        let recipients = keepers(conn, council, &[Role::CouncilEditor], &[Role::NetworkAdmin], None).await?;
        if recipients.is_empty() {
            return Ok(());
        }
        let parts = vec![
            Part::Says("A webhook does not work, so it is switched off. It leads to:".into()),
            Part::Code(url.to_owned()),
            Part::Says("The last error:".into()),
            Part::Quotes(error.to_owned()),
            Part::Says("When the address works again, switch the webhook on: set is_active at".into()),
            Part::Link(self.address("/v1/webhooks")),
        ];
        write(conn, &recipients, &Text::new("A webhook is switched off", parts), None).await
    }
}
