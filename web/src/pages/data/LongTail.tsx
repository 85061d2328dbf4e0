import type { Shapes } from "../../api/client";
import { Lines } from "../../charts";
import { digits, whole } from "../../parts/numbers";

type Tail = Shapes["TailPoint"][];

const percent = (value: number) => `${digits(value, 3)} %`;

/** The share of events that the most chosen items have; even would be the dashed line. */
export function LongTail({ tail }: { tail: Tail }) {
  const half = tail.find((point) => point.share_of_events >= 0.5);
  const points = tail.map((one) => ({ x: 100 * one.share_of_items, y: 100 * one.share_of_events }));
  const told = half
    ? `${whole(half.items)} items, ${percent(100 * half.share_of_items)} of all, have half of all events.`
    : "";
  return (
    <>
      {told && <p className="fine">{told}</p>}
      <Lines
        label={`Share of events over share of items, the most chosen first. ${told}`}
        x={{ title: "share of items, the most chosen first", format: percent }}
        y={{ title: "share of events", format: percent }}
        zero
        lines={[
          { name: "these data", tone: 0, points: [{ x: 0, y: 0 }, ...points] },
          { name: "all alike", tone: 7, dashed: true, points: [{ x: 0, y: 0 }, { x: 100, y: 100 }] },
        ]}
        height={260}
      />
    </>
  );
}
