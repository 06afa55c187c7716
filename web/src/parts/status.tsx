import type { Schema } from "../api/client";
import { STATUSES } from "../words";

/** Stage of an initiative. */
export function Status({ status }: { status: Schema<"DeliveryStatus"> }) {
  return <span class={`status ${status}`}>{STATUSES[status]}</span>;
}
