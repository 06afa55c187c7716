import { listNotices } from "../api/registry";
import { preload, useResource } from "../state/resource";

/** Notices of today's pre-election periods for a council or, without one, for all councils. */
export function Notices({ council }: { council?: string | undefined }) {
  const { data } = useResource(key(council), (stop) => listNotices(council, stop));
  return (
    <>
      {data?.map((text) => (
        <p key={text} class="notice">
          {text}
        </p>
      ))}
    </>
  );
}

/** Loads the notices of a view. */
export function prepareNotices(council?: string): Promise<unknown> {
  return preload(key(council), (stop) => listNotices(council, stop));
}

function key(council = ""): string {
  return `notices ${council}`;
}
