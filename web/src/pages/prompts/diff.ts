export interface DiffLine {
  kind: "same" | "out" | "in";
  text: string;
}

/** Lines that went and came, by the longest common subsequence. */
export function diffOf(before: string, after: string): DiffLine[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  const length = common(a, b);
  const found: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      found.push({ kind: "same", text: a[i] ?? "" });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && at(length, i + 1, j) >= at(length, i, j + 1))) {
      found.push({ kind: "out", text: a[i] ?? "" });
      i += 1;
    } else {
      found.push({ kind: "in", text: b[j] ?? "" });
      j += 1;
    }
  }
  return found;
}

function common(a: readonly string[], b: readonly string[]): number[][] {
  const length = Array.from({ length: a.length + 1 }, () =>
    new Array<number>(b.length + 1).fill(0),
  );
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = length[i];
      if (!row) continue;
      row[j] =
        a[i] === b[j]
          ? at(length, i + 1, j + 1) + 1
          : Math.max(at(length, i + 1, j), at(length, i, j + 1));
    }
  return length;
}

function at(length: readonly (readonly number[])[], i: number, j: number): number {
  return length[i]?.[j] ?? 0;
}
