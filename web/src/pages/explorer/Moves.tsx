import { EmptyState } from "../../parts/EmptyState";
import { ErrorBox } from "../../parts/ErrorBox";
import { Loading } from "../../parts/Loading";
import { useAnswer } from "../../state/answer";
import { isReordered, MOST, proposed, type Answered, type Asking, type Listed } from "./asking";

const ROW = 34;
const GAP = 120;

interface Move {
  id: string;
  title: string;
  rank: number;
  /** `null`: it was not among those looked at. */
  before: number | null;
}

/** The list as the model gave it beside the one that came out, with an arrow for each item. */
export function Moves({ asking, answer }: { asking: Asking; answer: Listed }) {
  const reordered = isReordered(asking);
  const { value, problem, again } = useAnswer(
    reordered ? (signal) => proposed(asking, signal) : null,
    { ...asking, k: 0, diversity: 0, atMost: null, rerank: "" },
  );
  if (!reordered)
    return (
      <EmptyState title="Nothing changes the order of the model">
        Turn diversity up, bound a kind, or choose a re-ranking: what moved, and how far, shows here.
      </EmptyState>
    );
  if (problem) return <ErrorBox problem={problem} again={again} />;
  if (!value) return <Loading label="the order of the model" lines={8} />;
  return <Drawn before={value} moves={movesOf(answer, value)} />;
}

function movesOf(answer: Listed, before: Answered): Move[] {
  const ranks = new Map(before.items.map((item) => [item.item_id, item.rank]));
  return answer.items.map((item) => ({
    id: item.item_id,
    title: item.title,
    rank: item.rank,
    before: ranks.get(item.item_id) ?? null,
  }));
}

function Drawn({ before, moves }: { before: Answered; moves: Move[] }) {
  const shown = before.items.slice(0, moves.length);
  const kept = new Set(moves.map((move) => move.id));
  const height = ROW * moves.length;
  return (
    <div className="moves">
      <h3>As the model gave it</h3>
      <span />
      <h3>As it came out</h3>
      <ol className="moves-list">
        {shown.map((item) => (
          <li key={item.item_id} className={kept.has(item.item_id) ? "" : "gone"}>
            <span className="number">{item.rank}</span>
            <span className="moves-title">{item.title}</span>
            {!kept.has(item.item_id) && <span className="unseen">is no longer in the list</span>}
          </li>
        ))}
      </ol>
      <svg width={GAP} height={height} aria-hidden="true" className="moves-arrows">
        {moves.map((move) => (
          <Arrow key={move.id} move={move} rows={moves.length} />
        ))}
      </svg>
      <ol className="moves-list">
        {moves.map((move) => (
          <li key={move.id}>
            <span className="number">{move.rank}</span>
            <span className="moves-title">{move.title}</span>
            <Step move={move} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function Arrow({ move, rows }: { move: Move; rows: number }) {
  const from = move.before === null ? rows + 1 : Math.min(move.before, rows + 1);
  const start = (from - 0.5) * ROW;
  const end = (move.rank - 0.5) * ROW;
  const bend = GAP / 2;
  const kind = from === move.rank ? "same" : from > move.rank ? "up" : "down";
  return (
    <g className={`arrow ${kind}`}>
      <path d={`M2,${start}C${bend},${start} ${bend},${end} ${GAP - 9},${end}`} />
      <path className="head" d={`M${GAP - 9},${end - 4}L${GAP - 2},${end}L${GAP - 9},${end + 4}Z`} />
    </g>
  );
}

function Step({ move }: { move: Move }) {
  if (move.before === null) return <span className="chip good">from beyond {MOST}</span>;
  const by = move.before - move.rank;
  if (by === 0) return <span className="fine">same</span>;
  return (
    <span className={`chip ${by > 0 ? "good" : "bad"}`}>
      {by > 0 ? "↑" : "↓"} {Math.abs(by)}
    </span>
  );
}
