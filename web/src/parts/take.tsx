import type { ComponentChildren } from "preact";

import { date } from "../format";
import { Copy } from "./copy";

/** Address of a page below this service, in full. */
export function full(address: string): string {
  return new URL(address, window.location.origin).href;
}

/** Forms in which a list can be downloaded: the ending of its address, the name, and what its query needs. */
const FORMS = [
  ["xlsx", "Excel", ""],
  // Excel reads a CSV as UTF-8 only if it begins with a byte order mark.
  ["csv", "CSV", "bom=true"],
  ["geojson", "GeoJSON", ""],
  ["ndjson", "NDJSON", ""],
] as const;

interface Props {
  /** Address of the list without ending, and its query. */
  list: string;
  query?: string;
  /** Address of the feed of changes. */
  feed: string;
  /** Address of this page. */
  page: string;
  /** What the reference names. */
  name: string;
}

/** Downloads, feed, share and a plain reference, for above the results. */
export function Take({ list, query = "", feed, page, name }: Props) {
  const at = (address: string, more: string) => {
    const asked = [query, more].filter(Boolean).join("&");
    return asked ? `${address}?${asked}` : address;
  };
  return (
    <div class="take">
      <p>
        Download results:{" "}
        {FORMS.map(([ending, form, more]) => (
          <>
            <a key={ending} href={at(`${list}.${ending}`, more)}>
              {form}
            </a>{" "}
          </>
        ))}
        <a href={at(list, "")}>JSON</a>
      </p>
      <p>
        <a href={feed}>Feed of changes</a>
      </p>
      <Share page={page} />
      <Reference text={reference(name, page)} />
    </div>
  );
}

/** Copies the address of a page. */
export function Share({ page }: { page: string }) {
  return <Copy label="Copy link" text={() => Promise.resolve(full(page))} class="plain" />;
}

/** A reference to read and copy. */
export function Reference({ text, children }: { text: string; children?: ComponentChildren }) {
  return (
    <details class="reference">
      <summary>Reference</summary>
      <p>{text}</p>
      <Copy label="Copy the reference" text={() => Promise.resolve(text)} />
      {children}
    </details>
  );
}

/** A list or a council's page as a reference: a list changes, so it needs the date on which it was read. */
function reference(name: string, page: string): string {
  return `CCIN registry: ${name}. ${full(page)} (read ${date(new Date().toISOString())}).`;
}
