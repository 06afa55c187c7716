import { EVIDENCE } from "../words";

/** How well a claim is borne out: a word, and the level as a bar for the eye. */
export function Evidence({ level }: { level: number }) {
  const { name, means } = EVIDENCE[level] ?? { name: `level ${level}`, means: "" };
  return (
    <span class="evidence" title={means}>
      <span class="bar" data-level={level} aria-hidden="true">
        {[1, 2, 3, 4, 5].map((step) => (
          <i key={step} class={step <= level ? "on" : undefined} />
        ))}
      </span>
      <span>{name}</span>
    </span>
  );
}
