import { Heading } from "../parts/heading";

/** The page for an unknown address. */
export function Missing({ what, detail }: { what: "page" | "initiative" | "council"; detail?: string | undefined }) {
  const [list, name] = what === "council" ? ["/councils", "All councils"] : ["/", "All initiatives"];
  return (
    <div class="wide narrow missing">
      <Heading title="Not found">{what === "page" ? "Page not found" : `${what === "council" ? "Council" : "Initiative"} not found`}</Heading>
      <p>{detail ?? "Check the address. The page may have moved, or the record may no longer be public."}</p>
      <p>
        <a class="button" href={list}>
          {name}
        </a>
      </p>
    </div>
  );
}
