//! API keys for tests, created without the API.

use ccin_registry::access::scope::Scope;
use ccin_registry::accounts::api_keys::model::{IssuedKey, NewApiKey};
use ccin_registry::accounts::api_keys::store;
use uuid::Uuid;

use super::TestApp;

impl TestApp {
    /// A key with these scopes, for this user.
    pub async fn key(&self, owner: Uuid, scopes: &[Scope]) -> IssuedKey {
        self.key_like(owner, NewApiKey { scopes: scopes.to_vec(), ..NewApiKey::default() }).await
    }

    /// A key with this description, for this user.
    pub async fn key_like(&self, owner: Uuid, mut new: NewApiKey) -> IssuedKey {
        new.name = "A key of the tests".into();
        let mut conn = self.db.get().await.expect("a connection");
        let id = store::create(&mut conn, owner, &new).await.expect("a key");
        store::issue(&mut conn, &self.keys, id, None).await.expect("a secret")
    }
}
