import type { Schema } from "./api/client";
import { COUNCIL_STAGES, OTHER_LEADS, REGISTERS, TIERS, UNITS } from "./words";

const NUMBER = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 4 });
const ORDINAL = new Intl.PluralRules("en-GB", { type: "ordinal" });
const ENDINGS: Record<Intl.LDMLPluralRule, string> = { zero: "th", one: "st", two: "nd", few: "rd", many: "th", other: "th" };

/** 1,234. */
export function number(value: number): string {
  return NUMBER.format(value);
}

/** "1 initiative", "12 initiatives". */
export function count(value: number, one: string, several = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : several}`;
}

/** A date with its own precision: "2013", "May 2013", "10 May 2013". Invalid text is returned unchanged. */
export function date(partial: string): string {
  const [year, month, day] = partial.slice(0, 10).split("-").map(Number);
  if (!year || !month) return partial;
  const shown: Intl.DateTimeFormatOptions = { year: "numeric", month: "long", timeZone: "UTC" };
  if (day) shown.day = "numeric";
  return new Intl.DateTimeFormat("en-GB", shown).format(new Date(Date.UTC(year, month - 1, day || 1)));
}

/** "May 2013 to 2015", "from May 2013", "until 2015"; empty without both. */
export function period(from: string | null | undefined, to: string | null | undefined): string {
  if (from && to) return from === to ? date(from) : `${date(from)} to ${date(to)}`;
  return from ? `from ${date(from)}` : to ? `until ${date(to)}` : "";
}

/** Pounds, with pence if not zero. */
export function pounds(pence: number): string {
  const digits = pence % 100 === 0 ? 0 : 2;
  const shown = { style: "currency", currency: "GBP", minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat("en-GB", shown).format(pence / 100);
}

/** A value with its unit: "399 people", "£1,000", "5.3%", "1st". */
export function quantity(value: number, unit: Schema<"Unit"> | null | undefined): string {
  switch (unit) {
    case "percent":
      return `${number(value)}%`;
    case "gbp":
      return pounds(Math.round(value * 100));
    case "rank":
      return `${number(value)}${ENDINGS[ORDINAL.select(value)]}`;
    case "count":
    case null:
    case undefined:
      return number(value);
    default:
      return count(value, ...UNITS[unit]);
  }
}

/** The stage of a council with its date: "Proposed, from 1 April 2028". Empty for a living council that has no last day. */
export function stage({ status, established_on: from, abolished_on: to }: Schema<"Council">): string {
  const said = COUNCIL_STAGES[status];
  if (status === "abolished") return to ? `${said} on ${date(to)}` : said;
  if (status === "living") return to ? `Until ${date(to)}` : "";
  return from ? `${said}, from ${date(from)}` : said;
}

/** What is known of a membership. */
interface Standing {
  tier: Schema<"MembershipTier">;
  status?: Schema<"MembershipSummary">["status"];
  as_at?: string | null | undefined;
  ended_on?: string | null | undefined;
}

/** A membership: what is known, and as of when. "Full member in October 2024", "Member in December 2013; not known since". */
export function membership({ tier, status, as_at: asAt, ended_on: ended }: Standing): string {
  switch (status) {
    case "current":
      return asAt ? `${TIERS[tier]} in ${date(asAt)}` : TIERS[tier];
    case "ended":
      return ended ? `Former member, until ${date(ended)}` : "Former member";
    case "not_known_since":
      return asAt ? `Member in ${date(asAt)}; not known since` : "Member at some time; no source has a date";
    default:
      return TIERS.none;
  }
}

/** A claim, without its source: of one initiative or of many. */
type Claim = Omit<Schema<"Outcome">, "source">;

/** The value of a claim in words, with its bound: "at least 399 people", "10 to 15 years", "went down". */
export function claimed(claim: Claim): { before: string; value: string } {
  const { bound, value, value_high: high, unit, direction } = claim;
  if (bound === "direction" || (value === null || value === undefined)) {
    const ways = { up: "Went up", down: "Went down", flat: "Stayed the same" } as const;
    return { before: "", value: direction ? ways[direction] : claim.kind === "award" ? "Awarded" : "" };
  }
  if (bound === "range" && high !== null && high !== undefined) {
    const low = unit === "gbp" || unit === "percent" || unit === "rank" ? quantity(value, unit) : number(value);
    return { before: "between", value: `${low} and ${quantity(high, unit)}` };
  }
  const befores = { exact: "", at_least: "at least", at_most: "up to", about: "about", range: "" } as const;
  return { before: befores[bound], value: quantity(value, unit) };
}

/** Dates of a claim: "by 2015", "May 2013 to 2015", "as at December 2013". */
export function claimedWhen(claim: Claim): string[] {
  const { period_from: from, period_to: to, as_at: at } = claim;
  const aimed = claim.kind === "target" || claim.kind === "projection";
  const span = aimed && to && !from ? `by ${date(to)}` : period(from, to);
  return [span, at ? `as at ${date(at)}` : ""].filter((part) => part !== "");
}

/** Host name of a URL, such as "example.org". */
export function site(url: string): string {
  try {
    return new URL(url).hostname.replace(/^www\./, "");
  } catch {
    return url;
  }
}

/** The register of an identifier (org-id.guide), and the page of the organisation in it. `undefined` for a register without pages. */
export function register(orgId: string): { name: string; page: string } | undefined {
  for (const [code, { name, page, without }] of Object.entries(REGISTERS)) {
    if (!orgId.startsWith(`${code}-`)) continue;
    const id = orgId.slice(code.length + 1);
    return { name, page: page.replace("{id}", id.startsWith(without) ? id.slice(without.length) : id) };
  }
  return undefined;
}

/** A readable name for a slug or word without a known label: "health-social-care" → "Health social care". */
export function label(word: string): string {
  const spaced = word.replaceAll(/[-_]/g, " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** Name of the lead: a council, another organisation or the network. An unknown lead is said, and is not the network. */
export function leadName({ lead, lead_council: council }: Pick<Schema<"Initiative">, "lead" | "lead_council">): string {
  if (council) return council.name;
  return lead.name ?? OTHER_LEADS[lead.kind === "network" ? "network" : "unknown"];
}
