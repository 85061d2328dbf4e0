import { Section } from "../../parts/Page";
import { Table, type Column } from "../../parts/Table";
import { digits } from "../../parts/numbers";
import { rankOverlap, type Listed } from "./asking";

interface Both {
  a: string;
  b: string;
  shared: number;
  of: number;
  overlap: number;
}

const COLUMNS: Column<Both>[] = [
  { name: "a", title: "Model", text: (row) => row.a },
  { name: "b", title: "and", text: (row) => row.b },
  { name: "shared", title: "Items in both", text: (row) => row.shared, number: true },
  {
    name: "overlap",
    title: "Rank-biased overlap",
    text: (row) => row.overlap,
    cell: (row) => digits(row.overlap, 3),
    number: true,
  },
];

/** How much each two lists agree. */
export function Overlap({ lists }: { lists: readonly Listed[] }) {
  const rows = lists.flatMap((a, place) => lists.slice(place + 1).map((b) => pair(a, b)));
  if (!rows.length) return null;
  return (
    <Section
      title="How much they agree"
      note="1: the same items in the same order, 0: nothing shared"
    >
      <Table
        caption="Each two models"
        captionUnseen
        columns={COLUMNS}
        rows={rows}
        rowKey={(row) => `${row.a} ${row.b}`}
        csv="overlap"
      />
    </Section>
  );
}

function pair(a: Listed, b: Listed): Both {
  const [of_a, of_b] = [a, b].map((list) => list.items.map((item) => item.item_id));
  const [ids, others] = [of_a ?? [], of_b ?? []];
  const shared = ids.filter((id) => others.includes(id)).length;
  const of = Math.min(ids.length, others.length);
  return { a: a.model, b: b.model, shared, of, overlap: rankOverlap(ids, others) };
}
