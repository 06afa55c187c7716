import createClient from "openapi-fetch";

import type { components, operations, paths } from "./schema";

/** A schema of the document by its name. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

type Content<Name extends keyof operations> = operations[Name] extends { responses: { 200: { content: infer All } } } ? All : never;

/** What an operation answers in plain JSON, or else as GeoJSON. */
export type Json<Name extends keyof operations> =
  Content<Name> extends { "application/json": infer Body } ? Body : Content<Name> extends { "application/geo+json": infer Body } ? Body : never;

/** Lists of members are joined by commas, filters are repeated: the document says so of each, and these two are the lists. */
const JOINED = new Set(["fields", "include"]);

export const client = createClient<paths>({ baseUrl: window.location.origin, querySerializer: serialise });

function serialise(query: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null) continue;
    const values = Array.isArray(value) ? value.map(String) : [String(value)];
    for (const one of JOINED.has(name) ? [values.join(",")] : values) parameters.append(name, one);
  }
  return parameters.toString();
}

/** A refusal of the service, or no answer at all. */
export class Refusal extends Error {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** What the service says about it, for people. */
  readonly detail: string;
  /** Seconds after which to ask again, if the service says so. */
  readonly retryAfter: number | undefined;

  constructor(status: number, title: string, detail: string, retryAfter?: number) {
    super(title);
    this.status = status;
    this.detail = detail;
    this.retryAfter = retryAfter;
  }
}

interface Answer {
  data?: unknown;
  error?: unknown;
  response: Response;
}

/** What an operation answers; a Refusal is thrown for everything else. */
export async function data<Name extends keyof operations>(asked: Promise<Answer>): Promise<Json<Name>> {
  const { data: found, error, response } = await asked.catch(unanswered);
  if (found !== undefined && response.ok) return found as Json<Name>;
  throw refusal(response, error);
}

/** What the service says in a problem document. */
export function refusal(response: Response, problem: unknown): Refusal {
  const { title, detail, errors } = (problem ?? {}) as Partial<Schema<"Problem">>;
  const faults = errors?.map((fault) => [fault.parameter, fault.detail].filter(Boolean).join(": ")) ?? [];
  const said = faults.length > 0 ? faults.join(". ") : (detail ?? `The answer was ${response.status}.`);
  const after = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return new Refusal(response.status, title ?? "The registry could not answer", said, Number.isFinite(after) ? after : undefined);
}

function unanswered(error: unknown): never {
  if (error instanceof DOMException && error.name === "AbortError") throw error;
  throw new Refusal(0, "The registry cannot be reached", "Check your connection, then try again.");
}
