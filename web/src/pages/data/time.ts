const DAY_US = 86_400_000_000;

/** Beginnings of days, months or years between two times, about so many; microseconds, UTC. */
export function timeTicks(from: number, to: number, about: number): number[] {
  const days = (to - from) / DAY_US / Math.max(1, about);
  if (days < 20) return evenDays(from, to, Math.max(1, Math.round(days)));
  const months = [1, 2, 3, 6, 12, 24, 60, 120].find((one) => one * 30.4 >= days) ?? 240;
  return evenMonths(from, to, months);
}

function evenDays(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / DAY_US);
  const count = Math.max(0, Math.floor(to / DAY_US) - first + 1);
  return Array.from({ length: Math.ceil(count / step) }, (_, n) => (first + n * step) * DAY_US);
}

function evenMonths(from: number, to: number, step: number): number[] {
  const begin = new Date(from / 1_000);
  const year = begin.getUTCFullYear();
  const ticks = [];
  for (let month = 0; ; month += step) {
    const at = Date.UTC(year, month) * 1_000;
    if (at > to) return ticks;
    if (at >= from) ticks.push(at);
  }
}

/** 2023, 2023-06 or 2023-06-15: as much of a day as tells it apart. */
export function shortDay(microseconds: number): string {
  const told = new Date(microseconds / 1_000).toISOString().slice(0, 10);
  if (told.endsWith("-01-01")) return told.slice(0, 4);
  return told.endsWith("-01") ? told.slice(0, 7) : told;
}
