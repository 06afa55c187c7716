DROP TABLE webhook_progress, webhook_deliveries, webhooks;
