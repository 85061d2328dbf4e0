const TONES = 8;

/** The class that gives the marks of a series their colour; it begins again after eight. */
export function toneOf(place: number): string {
  return `tone-${(((place % TONES) + TONES) % TONES) + 1}`;
}
