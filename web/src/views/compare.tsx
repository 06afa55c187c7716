import type { ComponentChildren } from "preact";

import { Refusal, type Schema } from "../api/client";
import { findInitiative } from "../api/registry";
import { claimed, claimedWhen, period, pounds } from "../format";
import { Back } from "../parts/back";
import { Evidence } from "../parts/evidence";
import { Heading } from "../parts/heading";
import { Lead } from "../parts/lead";
import { Failed, Loading } from "../parts/states";
import { Status } from "../parts/status";
import { MOST_PICKS } from "../state/picks";
import { preload, useResource } from "../state/resource";
import { CLAIM_GROUPS, KINDS, OUTCOME_KINDS } from "../words";

type Initiative = Schema<"Initiative">;

/** The initiatives in an address, each once. */
function asked(query: URLSearchParams): string[] {
  return [...new Set(query.getAll("initiative").filter((slug) => slug !== ""))].slice(0, MOST_PICKS);
}

/** The initiatives with these slugs. One that is not public is left out. */
async function load(slugs: string[], stop: AbortSignal): Promise<Initiative[]> {
  const missing = (error: unknown) => {
    if (error instanceof Refusal && error.status === 404) return null;
    throw error;
  };
  const found = await Promise.all(slugs.map((slug) => findInitiative(slug, stop).catch(missing)));
  return found.filter((one) => one !== null);
}

/** Loads the initiatives in the address. */
export async function prepareCompare(query: URLSearchParams): Promise<void> {
  const slugs = asked(query);
  await preload(`comparison ${slugs}`, (stop) => load(slugs, stop));
}

/** Up to four initiatives side by side. */
export function Compare({ query }: { query: URLSearchParams }) {
  const slugs = asked(query);
  const { data, error, again } = useResource(`comparison ${slugs}`, (stop) => load(slugs, stop));
  return (
    <div class="wide comparison">
      <Back to="/" name="All initiatives" />
      <Heading title="Comparison">Initiatives side by side</Heading>
      {error && <Failed error={error} again={again} />}
      {!data && !error && <Loading what="the initiatives" />}
      {data && data.length < 2 && (
        <p class="notice">
          <span>
            Select two to four initiatives with “Compare” in <a href="/">the list</a>.
          </span>
        </p>
      )}
      {data && data.length > 1 && <Table records={data} />}
    </div>
  );
}

function Table({ records }: { records: Initiative[] }) {
  return (
    <div class="scroll" role="region" aria-label="Comparison" tabIndex={0}>
      <table class={`compare of-${records.length}`}>
        <thead>
          <tr>
            <td />
            {records.map(({ slug, title }) => (
              <th key={slug} scope="col">
                <a href={`/initiatives/${slug}`}>{title}</a>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Row name="Led by" records={records} cell={(record) => <Lead of={record} />} />
          <Row name="Type" records={records} cell={({ kind }) => KINDS[kind]} />
          <Row name="Stage" records={records} cell={(record) => <Status of={record} />} />
          <Row name="Dates" records={records} cell={({ started_on: from, ended_on: to }) => period(from, to)} />
          <Row name="Themes" records={records} cell={({ themes }) => themes.map((theme) => theme.label).join(", ")} />
          <Row name="Summary" records={records} cell={({ summary }) => summary} />
          <Row name="The challenge" records={records} cell={({ html }) => prose(html.challenge)} />
          <Row name="The approach" records={records} cell={({ html }) => prose(html.approach)} />
          {CLAIM_GROUPS.map(({ title, kinds }) => (
            <Row key={title} name={title} records={records} cell={({ outcomes }) => claims(outcomes.filter(({ kind }) => kinds.includes(kind)))} />
          ))}
          <Row name="What it cost" records={records} cell={({ costs }) => costs.length > 0 && <ul>{costs.map((cost, index) => <li key={index}>{`${BOUNDS[cost.bound ?? "exact"]}${pounds(cost.amount_pence)}: ${cost.description}`}</li>)}</ul>} />
          <Row name="What worked" records={records} cell={({ html }) => prose(html.what_worked)} />
          <Row name="What did not work" records={records} cell={({ html }) => prose(html.what_did_not)} />
          <Row name="What another council needs" records={records} cell={({ html }) => prose(html.transfer_conditions)} />
        </tbody>
      </table>
    </div>
  );
}

const BOUNDS = { exact: "", at_least: "at least ", at_most: "up to ", about: "about " } as const;

/** A row, unless no initiative has anything in it. */
function Row({ name, records, cell }: { name: string; records: Initiative[]; cell: (record: Initiative) => ComponentChildren }) {
  const cells = records.map((record) => cell(record));
  if (!cells.some((one) => one)) return null;
  return (
    <tr>
      <th scope="row">{name}</th>
      {cells.map((one, index) => (
        <td key={records[index]?.slug}>{one || <span class="note">Not recorded</span>}</td>
      ))}
    </tr>
  );
}

/** A text of a record. The service has sanitised its HTML. */
function prose(html: string | null) {
  return html ? <div class="prose" dangerouslySetInnerHTML={{ __html: html }} /> : null;
}

function claims(outcomes: Initiative["outcomes"]) {
  if (outcomes.length === 0) return null;
  return (
    <ul class="claims-in-cell">
      {outcomes.map((claim, index) => {
        const { before, value } = claimed(claim);
        const facts = [OUTCOME_KINDS[claim.kind], ...claimedWhen(claim)];
        return (
          <li key={index}>
            {value && <b>{[before, value].filter(Boolean).join(" ")}</b>}
            <p>
              {claim.measure} ({facts.join(", ")})
            </p>
            <p class="note">
              <Evidence level={claim.evidence_level} />
            </p>
            {claim.caveat && (
              <p class="claim-note caveat">
                <b>Caveat:</b> {claim.caveat}
              </p>
            )}
          </li>
        );
      })}
    </ul>
  );
}
