import type { components, operations } from "../src/api/schema";

type Query = NonNullable<operations["list_initiatives"]["parameters"]["query"]>;
type Initiative = components["schemas"]["Initiative"];

/** Attributes that take several values, with spaces or commas between them: any of them. */
const SEVERAL = ["council", "participant", "theme", "principle", "kind", "region", "nation"] as const satisfies readonly (keyof Query)[];
/** Attributes that take one. */
const SINGLE = ["q", "sort"] as const satisfies readonly (keyof Query)[];
/** How many are shown when nothing is said. */
const LIMIT = "5";

/** What is shown of an initiative. */
const SHOWN = ["slug", "title", "summary", "kind", "delivery_status", "started_on", "ended_on", "lead_council"] as const satisfies readonly (keyof Initiative)[];
/** What is shown of one that stands alone. */
const SHOWN_ALONE = [...SHOWN, "outcomes"] as const;

export type Shown = Pick<Initiative, (typeof SHOWN)[number]> & Partial<Pick<Initiative, "outcomes">>;

export interface Answer {
  data: Shown[];
  total: number;
}

/** What an element asks for. */
export interface Asked {
  /** The one initiative that it is about. */
  initiative: string;
  /** Filters, words and order, as parameters. */
  filters: URLSearchParams;
  limit: string;
  /** Where the registry's own page shows the same, relative to its root. */
  page: string;
}

/** What the attributes of an element ask for, in the API's own names and words. */
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
/** The attributes by which it asks. */
asked.names = ["initiative", ...SEVERAL, ...SINGLE, "limit"];

/** The initiatives that match, or the one. */
export async function findList(service: string, { initiative, filters, limit }: Asked, stop: AbortSignal): Promise<Answer> {
  if (initiative) {
    const record = await get<Shown>(`${service}v1/initiatives/${encodeURIComponent(initiative)}?fields=${SHOWN_ALONE}`, stop);
    return { data: [record], total: 1 };
  }
  const query = new URLSearchParams([...filters, ["limit", limit], ["fields", SHOWN.join()]]);
  return get<Answer>(`${service}v1/initiatives?${query}`, stop);
}

/** What an address answers. An Error says in the service's own words why it does not. */
export async function get<Body>(address: string, stop: AbortSignal): Promise<Body> {
  const response = await fetch(address, { signal: stop, credentials: "omit" });
  if (response.ok) return (await response.json()) as Body;
  const problem = (await response.json().catch(() => ({}))) as Partial<components["schemas"]["Problem"]>;
  const faults = problem.errors?.map((fault) => `${fault.parameter ?? ""} ${fault.detail}`.trim()).join("; ");
  throw new Error(faults ?? problem.detail ?? `the answer was ${response.status}`);
}
