/** The filters of the list, as in the address. They have the names and values of the API's parameters. */

import type { operations } from "../api/schema";

type Query = NonNullable<operations["list_initiatives"]["parameters"]["query"]>;
type Parameter = keyof Query & string;

/** Filters that accept several values and match any of them. */
export const SEVERAL = ["theme", "principle", "council", "participant", "organisation", "region", "nation", "kind", "delivery_status", "freshness"] as const satisfies readonly Parameter[];
/** Filters that accept one value. */
export const SINGLE = ["year_from", "year_to", "min_evidence", "has_outcomes", "bbox", "near", "radius_km"] as const satisfies readonly Parameter[];
/** Search text and order, which are shown separately from the filters. */
const OTHERS = ["q", "sort"] as const satisfies readonly Parameter[];

export type Several = (typeof SEVERAL)[number];
export type Single = (typeof SINGLE)[number];
export type FilterName = Several | Single;
type Known = FilterName | (typeof OTHERS)[number];

const KNOWN: readonly string[] = [...SEVERAL, ...SINGLE, ...OTHERS];

/** Filters, search text and order. Values come from the address; only the API validates them. */
export class Filters {
  private readonly said: readonly (readonly [Known, string])[];

  private constructor(said: readonly (readonly [Known, string])[]) {
    this.said = said;
  }

  /** The filters in an address. Other parameters, such as those of newsletters, are ignored. */
  static of(query: URLSearchParams): Filters {
    const said = [...query].filter(([name, value]) => KNOWN.includes(name) && value !== "") as [Known, string][];
    return new Filters(said.sort(([one], [other]) => KNOWN.indexOf(one) - KNOWN.indexOf(other)));
  }

  all(name: Known): string[] {
    return this.said.filter(([one]) => one === name).map(([, value]) => value);
  }

  get(name: Known): string {
    return this.all(name)[0] ?? "";
  }

  has(name: Known, value: string): boolean {
    return this.said.some(([one, held]) => one === name && held === value);
  }

  /** Sets a filter to one value, or removes it if the value is empty. Also removes filters that depend on it. */
  set(name: Known, value: string): Filters {
    const around = name === "near" && value === "";
    const isFreed = ([one, held]: readonly [Known, string]) => around && (one === "radius_km" || (one === "sort" && held === "distance"));
    const others = this.said.filter((one) => one[0] !== name && !isFreed(one));
    return Filters.of(new URLSearchParams([...others, [name, value]].map(([one, held]) => [one ?? "", held ?? ""])));
  }

  /** Adds a value, or removes it if present. */
  toggle(name: Known, value: string): Filters {
    const without = this.said.filter(([one, held]) => !(one === name && held === value));
    const said = without.length === this.said.length ? [...this.said, [name, value] as const] : without;
    return Filters.of(new URLSearchParams(said.map(([one, held]) => [one, held])));
  }

  /** Search text and order, without filters. */
  cleared(): Filters {
    const others = this.set("near", "").said.filter(([name]) => (OTHERS as readonly string[]).includes(name));
    return new Filters(others);
  }

  /** The active filters without search text and order, in the order of the panel. */
  active(): { name: FilterName; value: string }[] {
    return this.said
      .filter(([name]) => !(OTHERS as readonly string[]).includes(name))
      .map(([name, value]) => ({ name: name as FilterName, value }));
  }

  /** The query string of an address. */
  toString(): string {
    return new URLSearchParams(this.said.map(([name, value]) => [name, value])).toString();
  }

  /** The parameters of a request. The API reports invalid values. */
  query(): Query {
    const query: Record<string, string | string[]> = {};
    for (const [name, value] of this.said) {
      query[name] = (SEVERAL as readonly string[]).includes(name) ? this.all(name) : value;
    }
    return query as Query;
  }

  /** The parameters without the order, which only lists have. */
  narrowing(): Omit<Query, "sort"> {
    const { sort: _, ...filters } = this.query();
    return filters;
  }
}
