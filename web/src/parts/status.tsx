import type { Schema } from "../api/client";

type Shown = Pick<Schema<"Initiative">, "delivery_status" | "status_confirmation" | "status_text">;

/** Stage of an initiative, with its date. A stage that nobody has confirmed of late does not look like a fact of today. */
export function Status({ of }: { of: Shown }) {
  const [said, since] = of.status_text.split("; ");
  return (
    <span class={`status ${of.delivery_status} ${of.status_confirmation}`}>
      {said}
      {since && <small>({since})</small>}
    </span>
  );
}
