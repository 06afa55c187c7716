import type { Schema } from "../api/client";
import { leadName } from "../format";

type Led = Pick<Schema<"Initiative">, "lead" | "lead_council">;

/** The lead, linked if it is a council. */
export function Lead({ of }: { of: Led }) {
  const name = leadName(of);
  return of.lead_council ? <a href={`/councils/${of.lead_council.slug}`}>{name}</a> : <>{name}</>;
}
