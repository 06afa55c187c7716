import { EVIDENCE } from "../words";

/** Strength of the evidence: a word, and a bar with the level. */
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
