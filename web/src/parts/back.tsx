import { leftAt } from "../state/router";

/** Link back to a list, in its last state if the user came from it. */
export function Back({ to, name }: { to: string; name: string }) {
  const address = leftAt(to);
  return (
    <p class="back">
      <a href={address}>{address === to ? name : "Back to the list"}</a>
    </p>
  );
}
