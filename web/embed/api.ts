import type { components, operations } from "../src/api/schema";
import { noticesOf, today } from "../src/notices";

type Query = NonNullable<operations["list_initiatives"]["parameters"]["query"]>;
type Initiative = components["schemas"]["Initiative"];

/** Attributes with several values, separated by spaces or commas. Any of them matches. */
const SEVERAL = ["council", "participant", "organisation", "theme", "principle", "kind", "region", "nation"] as const satisfies readonly (keyof Query)[];
/** Attributes with one value. */
const SINGLE = ["q", "sort"] as const satisfies readonly (keyof Query)[];
/** Default number of initiatives. */
const LIMIT = "5";

/** Members that are shown of an initiative in a list. */
const SHOWN = ["slug", "title", "summary", "kind", "status_text", "started_on", "ended_on", "lead_council", "lead"] as const satisfies readonly (keyof Initiative)[];
/** Members that are shown of a single initiative. */
const SHOWN_ALONE = [...SHOWN, "outcomes", "steward"] as const;

export type Shown = Pick<Initiative, (typeof SHOWN)[number]> & Partial<Pick<Initiative, "outcomes" | "steward">>;

export interface Answer {
  data: Shown[];
  total: number;
}

/** The request of an element. */
export interface Asked {
  /** The single initiative to show, if any. */
  initiative: string;
  /** Filters, search text and order, as parameters. */
  filters: URLSearchParams;
  limit: string;
  /** Address of the same content on the registry's page, relative to its root. */
  page: string;
}

/** The request in an element's attributes, which have the names and values of the API's parameters. */
export function asked(element: Element): Asked {
  const filters = new URLSearchParams();
  const values = (name: string) => element.getAttribute(name)?.trim() ?? "";
  for (const name of SEVERAL) for (const value of values(name).split(/[\s,]+/)) if (value) filters.append(name, value);
  for (const name of SINGLE) if (values(name)) filters.set(name, values(name));
  const initiative = values("initiative");
  const query = filters.toString();
  const page = initiative ? `initiatives/${encodeURIComponent(initiative)}` : query ? `?${query}` : "";
  return { initiative, filters, limit: values("limit") || LIMIT, page };
}
/** Attributes that change the request. */
asked.names = ["initiative", ...SEVERAL, ...SINGLE, "limit"];

/** The initiatives that match, or the single one. */
export async function findList(service: string, { initiative, filters, limit }: Asked, stop: AbortSignal): Promise<Answer> {
  if (initiative) {
    const record = await get<Shown>(`${service}v1/initiatives/${encodeURIComponent(initiative)}?fields=${SHOWN_ALONE}`, stop);
    return { data: [record], total: 1 };
  }
  const query = new URLSearchParams([...filters, ["limit", limit], ["fields", SHOWN.join()]]);
  return get<Answer>(`${service}v1/initiatives?${query}`, stop);
}

/**
 * Notices of today's pre-election periods: of the council that looks after a single initiative, of the councils that the
 * list is of, and of all councils.
 */
export async function findNotices(service: string, { filters }: Asked, { data: [first] }: Answer, stop: AbortSignal): Promise<string[]> {
  const alone = first?.steward?.council?.slug;
  const councils = alone ? [alone] : [...filters.getAll("council"), ...filters.getAll("participant")].filter((one) => one !== "network");
  const query = new URLSearchParams([["on", today()], ["limit", "200"], ...councils.map((one) => ["council", one])]);
  const { data: periods } = await get<{ data: components["schemas"]["PreElectionPeriod"][] }>(`${service}v1/pre-election-periods?${query}`, stop);
  return noticesOf(periods, councils.length > 0);
}

/** The response at an address. Otherwise throws an Error with the explanation of the service. */
export async function get<Body>(address: string, stop: AbortSignal): Promise<Body> {
  const response = await fetch(address, { signal: stop, credentials: "omit" });
  if (response.ok) return (await response.json()) as Body;
  const problem = (await response.json().catch(() => ({}))) as Partial<components["schemas"]["Problem"]>;
  const faults = problem.errors?.map((fault) => `${fault.parameter ?? ""} ${fault.detail}`.trim()).join("; ");
  throw new Error(faults ?? problem.detail ?? `the status was ${response.status}`);
}
