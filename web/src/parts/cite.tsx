import { useState } from "preact/hooks";

import { textOf } from "../api/registry";
import { useResource } from "../state/resource";
import { Copy } from "./copy";
import { Failed } from "./states";

const FORMATS = [
  { name: "bibtex", label: "BibTeX", type: "application/x-bibtex", ending: "bib" },
  { name: "ris", label: "RIS (EndNote, Zotero)", type: "application/x-research-info-systems", ending: "ris" },
  { name: "csl", label: "CSL-JSON", type: "application/vnd.citationstyles.csl+json", ending: "json" },
  { name: "datacite", label: "DataCite", type: "application/vnd.datacite.datacite+json", ending: "json" },
] as const;

/** A record's citation, in the formats of reference managers. */
export function Cite({ slug }: { slug: string }) {
  const [chosen, setChosen] = useState<(typeof FORMATS)[number]>(FORMATS[0]);
  const address = `/v1/initiatives/${slug}/citation?format=${chosen.name}`;
  const { data, error, again } = useResource(address, async () => readable(await textOf(address, "*/*")));
  return (
    <div class="cite">
      <label>
        <span>Format</span>
        <select value={chosen.name} onChange={(event) => setChosen(FORMATS.find((one) => one.name === event.currentTarget.value) ?? FORMATS[0])}>
          {FORMATS.map((one) => (
            <option key={one.name} value={one.name}>
              {one.label}
            </option>
          ))}
        </select>
      </label>
      {error ? <Failed error={error} again={again} /> : <pre tabIndex={0} role="region" aria-label={`Citation in ${chosen.label}`}>{data ?? "…"}</pre>}
      <div class="actions">
        <Copy key={chosen.name} label="Copy the citation" text={() => (data ? Promise.resolve(data) : textOf(address, "*/*"))} />
        <a href={address} download={`${slug}.${chosen.ending}`}>
          Download
        </a>
      </div>
    </div>
  );
}

/** Formats JSON with line breaks. */
function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
