/**
 * The registry's terms in plain English. They stand in `words.json`, which the server's pages read too. The compiler
 * checks that each table covers all values of the API.
 */

import type { Schema } from "./api/client";
import type { components } from "./api/schema";
import type { FilterName } from "./state/filters";
import * as words from "./words.json";

type Words<Name extends keyof components["schemas"]> = Record<Extract<Schema<Name>, string>, string>;

export const KINDS: Words<"InitiativeKind"> = words.kinds;

export const STATUSES: Words<"DeliveryStatus"> = words.statuses;

/** Lead of an initiative that no council leads. */
export const OTHER_LEADS = words.other_leads;

/** Whether somebody has confirmed a record, and whether that still counts. */
export const FRESHNESS: Words<"Freshness"> = words.freshness;

/** Said of a record that is archived. */
export const ARCHIVED: string = words.archived;

export const OUTCOME_KINDS: Words<"OutcomeKind"> = words.outcome_kinds;

/** How the figure of a claim relates to the true value. */
export const BOUNDS: Words<"Bound"> = words.bounds;

/** Singular and plural of claims that are in no group of figures, by reason. */
export const LEFT_OUT = words.left_out as unknown as Record<Extract<Schema<"LeftOutReason">, string>, [string, string]>;

export const ORGANISATION_KINDS: Words<"OrganisationKind"> = words.organisation_kinds;

/** Registers whose identifiers lead to a page, by the code of their list (org-id.guide). */
export const REGISTERS: Record<string, { name: string; page: string; without: string }> = words.registers;

export const NATIONS: Words<"Nation"> = words.nations;

export const REGIONS: Words<"Region"> = words.regions;

export const COUNCIL_TYPES: Words<"CouncilType"> = words.council_types;

export const COUNCIL_STAGES: Words<"CouncilStatus"> = words.council_stages;

export const COUNCIL_CHANGES: Words<"CouncilChangeKind"> = words.council_changes;

export const TIERS: Words<"MembershipTier"> = words.tiers;

export const PARTICIPANT_ROLES: Words<"ParticipantRole"> = words.participant_roles;

export const PARTNER_ROLES: Words<"PartnerRole"> = words.partner_roles;

export const SOURCE_KINDS: Words<"SourceKind"> = words.source_kinds;

export const COST_KINDS: Words<"CostKind"> = words.cost_kinds;

export const LICENCES: Record<Schema<"Licence">, { title: string; url: string }> = {
  "OGL-UK-3.0": {
    title: "Open Government Licence v3.0",
    url: "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
  },
  "CC-BY-4.0": { title: "Creative Commons Attribution 4.0", url: "https://creativecommons.org/licenses/by/4.0/" },
  "CC-BY-SA-4.0": {
    title: "Creative Commons Attribution-ShareAlike 4.0",
    url: "https://creativecommons.org/licenses/by-sa/4.0/",
  },
  "CC0-1.0": { title: "Creative Commons Zero v1.0", url: "https://creativecommons.org/publicdomain/zero/1.0/" },
};

/** Meaning of each level of evidence, from 0. */
export const EVIDENCE: readonly { name: string; means: string }[] = words.evidence;

/** Singular and plural of each unit. Units with another notation are not here. */
export const UNITS: Record<Exclude<Schema<"Unit">, "percent" | "gbp" | "rank" | "count">, [string, string]> = words.units as unknown as Record<keyof typeof words.units, [string, string]>;

/** Names of the filters. */
export const FILTERS: Record<FilterName, string> = words.filters;

/** Orders of the list. The default for a search is by relevance. */
export const ORDERS = Object.entries(words.orders);

/** Groups of claims, in the order of interest to readers. Different kinds are never added up. */
export const CLAIM_GROUPS = words.claim_groups as { title: string; kinds: Schema<"OutcomeKind">[]; note: string }[];
