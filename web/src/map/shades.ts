/** Lowest number of each shade of a map that is shaded by council, from the lightest. 0 is not shaded. */
export const SHADES = [1, 3, 6, 12] as const;

/** The shade of a number; -1 for none. */
export function shadeOf(number: number): number {
  return SHADES.filter((least) => number >= least).length - 1;
}

/** The shades in words: "1 to 2", "12 or more". */
export function shadeNames(): string[] {
  return SHADES.map((least, index) => {
    const next = SHADES[index + 1];
    return next === undefined ? `${least} or more` : next - 1 === least ? String(least) : `${least} to ${next - 1}`;
  });
}
