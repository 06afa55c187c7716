/** Client of the CCIN registry: openapi-fetch with the types of the registry's OpenAPI document. */
import createFetchClient, { type Client } from "openapi-fetch";
import type { paths } from "./schema.js";

export type { components, operations, paths } from "./schema.js";

/** Credentials of the caller: an access token, an API key, or none. */
export interface Credentials {
  token?: string;
  apiKey?: string;
}

/** Media type that selects the types of answers: with another `Accept`, the same addresses answer in other formats. */
type Json = "application/json" | "application/problem+json";

/** A client of the registry at this address. */
export function createClient(baseUrl: string, { token, apiKey }: Credentials = {}): Client<paths, Json> {
  const headers: Record<string, string> = {};
  if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
  if (apiKey !== undefined) headers["X-API-Key"] = apiKey;
  return createFetchClient<paths, Json>({ baseUrl, headers });
}

/** A page of a list: its records, and the address of the next page. */
interface Page<Item> {
  data: Item[];
  page: { next?: string | null };
}

/** All records of a list, page by page, from its first page. Requests for further pages send the same credentials. */
export async function* everything<Item>(first: Page<Item>, credentials: Credentials = {}): AsyncGenerator<Item> {
  let page = first;
  for (;;) {
    yield* page.data;
    if (!page.page.next) return;
    const headers = new Headers();
    if (credentials.token !== undefined) headers.set("Authorization", `Bearer ${credentials.token}`);
    if (credentials.apiKey !== undefined) headers.set("X-API-Key", credentials.apiKey);
    const answer = await fetch(page.page.next, { headers });
    if (!answer.ok) throw new Error(`${page.page.next}: ${answer.status}`);
    page = (await answer.json()) as Page<Item>;
  }
}
