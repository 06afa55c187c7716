import type { Schema } from "../api/client";
import { STATUSES } from "../words";

/** How far an initiative has come. */
export function Status({ status }: { status: Schema<"DeliveryStatus"> }) {
  return <span class={`status ${status}`}>{STATUSES[status]}</span>;
}
