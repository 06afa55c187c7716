/** The registry's terms in plain English. The compiler checks that each table covers all values of the API. */

import type { Schema } from "./api/client";
import type { components, operations } from "./api/schema";

type Words<Name extends keyof components["schemas"]> = Record<Extract<Schema<Name>, string>, string>;

type Freshness = NonNullable<NonNullable<operations["list_initiatives"]["parameters"]["query"]>["freshness"]>[number];

export const KINDS: Words<"InitiativeKind"> = {
  case_study: "Case study",
  policy_lab: "Policy lab",
  policy_prototype: "Policy prototype",
  commission: "Commission",
  challenge: "Challenge",
  idea: "Idea",
};

export const STATUSES: Words<"DeliveryStatus"> = {
  idea: "Idea",
  planned: "Planned",
  pilot: "Pilot",
  live: "Running",
  scaled: "Running in more places",
  completed: "Completed",
  stopped: "Stopped",
};

/** Whether a record has been confirmed as still true. */
export const FRESHNESS: Record<Freshness, string> = {
  verified: "Confirmed",
  due: "Due for review",
  unverified: "Not yet confirmed",
};

export const OUTCOME_KINDS: Words<"OutcomeKind"> = {
  target: "Target",
  projection: "Projection",
  activity: "Activity",
  output: "Output",
  outcome: "Outcome",
  saving: "Saving",
  cost: "Cost",
  award: "Award",
};

export const NATIONS: Words<"Nation"> = {
  england: "England",
  scotland: "Scotland",
  wales: "Wales",
  northern_ireland: "Northern Ireland",
};

export const REGIONS: Words<"Region"> = {
  north_east: "North East",
  north_west: "North West",
  yorkshire_and_the_humber: "Yorkshire and the Humber",
  east_midlands: "East Midlands",
  west_midlands: "West Midlands",
  east_of_england: "East of England",
  london: "London",
  south_east: "South East",
  south_west: "South West",
};

export const COUNCIL_TYPES: Words<"CouncilType"> = {
  county: "County council",
  district: "District council",
  unitary: "Unitary council",
  metropolitan_district: "Metropolitan district",
  london_borough: "London borough",
  scottish_unitary: "Scottish council",
  welsh_unitary: "Welsh council",
  ni_district: "Northern Ireland district",
  combined_authority: "Combined authority",
  town_or_parish: "Town or parish council",
};

export const TIERS: Words<"MembershipTier"> = {
  full: "Full member",
  associate: "Associate member",
  affiliate: "Affiliate",
  supporter: "Supporter",
  none: "Not a member",
};

export const PARTICIPANT_ROLES: Words<"ParticipantRole"> = {
  lead: "leads part of it",
  co_lead: "leads jointly",
  partner: "partner",
};

export const PARTNER_ROLES: Words<"PartnerRole"> = {
  delivery: "delivers",
  funder: "funds",
  evaluator: "evaluates",
  academic: "researches",
  other: "partner",
};

export const SOURCE_KINDS: Words<"SourceKind"> = {
  committee_paper: "Committee paper",
  report: "Report",
  evaluation: "Evaluation",
  web: "Web page",
  press: "Press",
};

export const COST_KINDS: Words<"CostKind"> = {
  capital: "Capital",
  revenue: "Revenue",
  in_kind: "In kind",
  grant: "Grant or gift",
};

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
export const EVIDENCE: readonly { name: string; means: string }[] = [
  { name: "aspiration", means: "A hope, a plan or a target. Nothing has been observed yet." },
  { name: "described", means: "Someone involved described it." },
  { name: "monitored", means: "It was counted or measured during the work, and a source reports it." },
  { name: "compared", means: "It was compared with an earlier time, another place or another group." },
  { name: "independently evaluated", means: "Someone independent of the work evaluated it." },
  { name: "replicated", means: "The same result was found elsewhere." },
];

/** Singular and plural of each unit. Units with another notation are not here. */
export const UNITS: Record<Exclude<Schema<"Unit">, "percent" | "gbp" | "rank" | "count">, [string, string]> = {
  people: ["person", "people"],
  households: ["household", "households"],
  homes: ["home", "homes"],
  jobs: ["job", "jobs"],
  opportunities: ["opportunity", "opportunities"],
  organisations: ["organisation", "organisations"],
  schools: ["school", "schools"],
  businesses: ["business", "businesses"],
  councils: ["council", "councils"],
  areas: ["area", "areas"],
  bags: ["bag", "bags"],
  weeks: ["week", "weeks"],
  months: ["month", "months"],
  years: ["year", "years"],
};
