import type { Refusal } from "../api/client";
import { Heading } from "../parts/heading";

const LISTS = {
  page: ["/", "All initiatives"],
  initiative: ["/", "All initiatives"],
  council: ["/councils", "All councils"],
  theme: ["/themes", "All themes"],
  organisation: ["/organisations", "All organisations"],
} as const;

/** What can be missing. */
export type Kind = keyof typeof LISTS;

/** The page for an unknown address, or for a record that was withdrawn. */
export function Missing({ what, error }: { what: Kind; error?: Refusal }) {
  const [list, name] = LISTS[what];
  const noun = what.charAt(0).toUpperCase() + what.slice(1);
  const gone = error?.code === "withdrawn";
  return (
    <div class="wide narrow missing">
      <Heading title={gone ? "Withdrawn" : "Not found"}>{gone ? `${noun} withdrawn` : `${noun} not found`}</Heading>
      <p>{gone ? error?.detail : "Check the address. The page may have moved, or the record may no longer be public."}</p>
      <p>
        <a class="button" href={list}>
          {name}
        </a>
      </p>
    </div>
  );
}
