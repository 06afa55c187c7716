/** Client of the CCIN registry: openapi-fetch with the types of the registry's OpenAPI document. */
import createFetchClient, { type Client } from "openapi-fetch";
import type { paths } from "./schema.js";

export type { components, operations, paths } from "./schema.js";

/** Who asks: an access token, an API key, or nobody. */
export interface Credentials {
  token?: string;
  apiKey?: string;
}

/** What answers are typed by: the same addresses answer with other forms where `Accept` asks for them. */
type Json = "application/json" | "application/problem+json";

/** A client of the registry at this address. */
export function createClient(baseUrl: string, { token, apiKey }: Credentials = {}): Client<paths, Json> {
  const headers: Record<string, string> = {};
  if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
  if (apiKey !== undefined) headers["X-API-Key"] = apiKey;
  return createFetchClient<paths, Json>({ baseUrl, headers });
}

/** A list: its records, and where the next page is. */
interface Page<Item> {
  data: Item[];
  page: { next?: string | null };
}

/** All records of a list, page after page, from its first page on. Pages that follow are asked for with the same headers. */
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
