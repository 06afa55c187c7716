import { Heading } from "../parts/heading";

/** There is nothing at this address. */
export function Missing({ what, detail }: { what: "page" | "initiative" | "council"; detail?: string | undefined }) {
  const [list, name] = what === "council" ? ["/councils", "All councils"] : ["/", "All initiatives"];
  return (
    <div class="wide narrow missing">
      <Heading title="Not found">{what === "page" ? "There is no such page" : `There is no such ${what}`}</Heading>
      <p>{detail ?? "The address may be mistyped, or what was here is not public any more."}</p>
      <p>
        <a class="button" href={list}>
          {name}
        </a>
      </p>
    </div>
  );
}
