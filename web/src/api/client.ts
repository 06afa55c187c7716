import createClient from "openapi-fetch";

import type { components, operations, paths } from "./schema";

/** A schema of the OpenAPI document, by its name. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

type Content<Name extends keyof operations> = operations[Name] extends { responses: { 200: { content: infer All } } } ? All : never;

/** Response of an operation as plain JSON, or otherwise as GeoJSON. */
export type Json<Name extends keyof operations> =
  Content<Name> extends { "application/json": infer Body } ? Body : Content<Name> extends { "application/geo+json": infer Body } ? Body : never;

/** Parameters whose values are joined by commas. All others are repeated. The OpenAPI document states this for each. */
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

/** An error response of the service, or no response. */
export class Refusal extends Error {
  /** HTTP status; 0 without a response. */
  readonly status: number;
  /** Code of the kind of error, such as `withdrawn`; empty without one. */
  readonly code: string;
  /** Explanation from the service, for people. */
  readonly detail: string;
  /** Seconds to wait before another attempt, if the service states them. */
  readonly retryAfter: number | undefined;

  constructor(status: number, title: string, detail: string, retryAfter?: number, code = "") {
    super(title);
    this.status = status;
    this.detail = detail;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

interface Answer {
  data?: unknown;
  error?: unknown;
  response: Response;
}

/** The successful response of an operation. Throws a Refusal for any other. */
export async function data<Name extends keyof operations>(asked: Promise<Answer>): Promise<Json<Name>> {
  const { data: found, error, response } = await asked.catch(unanswered);
  if (found !== undefined && response.ok) return found as Json<Name>;
  throw refusal(response, error);
}

/** The content of a problem document. */
export function refusal(response: Response, problem: unknown): Refusal {
  const { title, detail, errors, code } = (problem ?? {}) as Partial<Schema<"Problem">>;
  const faults = errors?.map((fault) => [fault.parameter, fault.detail].filter(Boolean).join(": ")) ?? [];
  const said = faults.length > 0 ? faults.join(". ") : (detail ?? `The status was ${response.status}.`);
  const after = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return new Refusal(response.status, title ?? "Something went wrong", said, Number.isFinite(after) ? after : undefined, code);
}

function unanswered(error: unknown): never {
  if (error instanceof DOMException && error.name === "AbortError") throw error;
  throw new Refusal(0, "The registry cannot be reached", "Check your connection. This page tries again by itself.");
}
