import type { Schema } from "../api/client";
import { leadName } from "../format";

type Led = Pick<Schema<"Initiative">, "lead" | "lead_council" | "lead_organisation">;

/** The lead, linked if it is a council or has a record. */
export function Lead({ of }: { of: Led }) {
  const name = leadName(of);
  return of.lead_council ? <a href={`/councils/${of.lead_council.slug}`}>{name}</a> : <Organisation name={name} slug={of.lead_organisation?.slug} />;
}

/** An organisation by its name of the day, linked if it has a record. */
export function Organisation({ name, slug }: { name: string; slug: string | null | undefined }) {
  return slug ? <a href={`/organisations/${slug}`}>{name}</a> : <>{name}</>;
}
