import { leftAt } from "../state/router";

/** Back to a list, as it was left if somebody has come from there. */
export function Back({ to, name }: { to: string; name: string }) {
  const address = leftAt(to);
  return (
    <p class="back">
      <a href={address}>{address === to ? name : "Back to the list"}</a>
    </p>
  );
}
