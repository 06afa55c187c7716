import { useState } from "preact/hooks";

import type { Json } from "../api/client";
import { number } from "../format";
import type { Filters, Several } from "../state/filters";
import { EVIDENCE, FILTERS } from "../words";
import { inWords } from "./chips";

type Counts = Json<"count_initiatives">["facets"];
type Value = Counts["theme"][number];

/** Facets in the order of the panel, each with its initial number of values. */
const ORDER = [
  ["theme", 7],
  ["council", 6],
  ["principle", 5],
  ["delivery_status", 7],
  ["kind", 6],
  ["nation", 4],
  ["region", 5],
  ["organisation", 5],
  ["freshness", 5],
] as const satisfies readonly (readonly [Several & keyof Counts, number])[];

interface Props {
  filters: Filters;
  counts: Counts | undefined;
  onChange: (filters: Filters) => void;
}

/** The filters, each value with its number of initiatives. */
export function Facets({ filters, counts, onChange }: Props) {
  return (
    <div class="facets">
      {ORDER.map(([name, most]) => (
        <Facet key={name} name={name} most={most} values={shown(name, filters, counts)} filters={filters} onChange={onChange} />
      ))}
      <Years filters={filters} years={counts?.year ?? []} onChange={onChange} />
      <Level filters={filters} levels={counts?.min_evidence ?? []} onChange={onChange} />
    </div>
  );
}

/** The values of a facet, including chosen ones that match nothing. */
function shown(name: (typeof ORDER)[number][0], filters: Filters, counts: Counts | undefined): Value[] {
  const counted = (counts?.[name] ?? []).map((one) => ({ ...one, label: inWords(name, one.value, counts) }));
  const missing = filters.all(name).filter((value) => !counted.some((one) => one.value === value));
  return [...missing.map((value) => ({ value, label: inWords(name, value, counts), initiatives: 0 })), ...counted];
}

interface FacetProps {
  name: Several;
  most: number;
  values: Value[];
  filters: Filters;
  onChange: (filters: Filters) => void;
}

function Facet({ name, most, values, filters, onChange }: FacetProps) {
  const [all, setAll] = useState(false);
  if (values.length === 0) return null;
  // Chosen values always show.
  const first = values.filter((one, index) => index < most || filters.has(name, one.value));
  const few = values.length - first.length <= 1;
  return (
    <fieldset class="facet">
      <legend>{FILTERS[name]}</legend>
      <ul>
        {(all || few ? values : first).map((one) => (
          <li key={one.value}>
            <label>
              <input type="checkbox" checked={filters.has(name, one.value)} onChange={() => onChange(filters.toggle(name, one.value))} />
              <span class="what">{one.label}</span>
              <span class="many">
                {number(one.initiatives)}
                <span class="unseen"> initiatives</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
      {!few && (
        <button type="button" class="plain" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show all ${values.length}`}
          <span class="unseen"> under {FILTERS[name]}</span>
        </button>
      )}
    </fieldset>
  );
}

function Years({ filters, years, onChange }: { filters: Filters; years: Value[]; onChange: (filters: Filters) => void }) {
  const chosen = [filters.get("year_from"), filters.get("year_to")].filter((year) => year !== "");
  const known = [...new Set([...years.map((one) => one.value), ...chosen])].sort();
  if (known.length === 0) return null;
  const choose = (name: "year_from" | "year_to", words: string, none: string) => (
    <label>
      <span>{words}</span>
      <select value={filters.get(name)} onChange={(event) => onChange(filters.set(name, event.currentTarget.value))}>
        <option value="">{none}</option>
        {known.map((year) => (
          <option key={year} value={year}>
            {year}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <fieldset class="facet years">
      <legend>Start year</legend>
      {choose("year_from", "From", "Any year")}
      {choose("year_to", "To", "Any year")}
    </fieldset>
  );
}

function Level({ filters, levels, onChange }: { filters: Filters; levels: Value[]; onChange: (filters: Filters) => void }) {
  const chosen = filters.get("min_evidence");
  const counted = new Map(levels.map((one) => [one.value, one.initiatives]));
  return (
    <fieldset class="facet">
      <legend>Strength of evidence</legend>
      <ul>
        <li>
          <label>
            <input type="radio" name="min_evidence" checked={chosen === ""} onChange={() => onChange(filters.set("min_evidence", ""))} />
            <span class="what">Any, or no outcomes yet</span>
          </label>
        </li>
        {EVIDENCE.map((level, index) => ({ ...level, value: String(index) }))
          .filter(({ value }) => counted.has(value) || chosen === value)
          .map(({ name, value, means }) => (
            <li key={value}>
              <label title={means}>
                <input type="radio" name="min_evidence" checked={chosen === value} onChange={() => onChange(filters.set("min_evidence", value))} />
                <span class="what">{value === "0" ? "Any level" : `At least ${name}`}</span>
                <span class="many">
                  {number(counted.get(value) ?? 0)}
                  <span class="unseen"> initiatives</span>
                </span>
              </label>
            </li>
          ))}
      </ul>
    </fieldset>
  );
}
