import { download, toCsv } from "../../parts/csv";
import { aligned, digits } from "../../parts/numbers";
import { useAnswer } from "../../state/answer";
import { COPIED, setHistory, type Asking, type Listed, type Recommended } from "./asking";
import { historyOf, rememberTitle } from "./past";

interface Given {
  asking: Asking;
  answer: Listed;
  chosen: string;
  choose: (item: string) => void;
}

const REASONS = 3;

/** The list, each item with its score and what speaks for it. */
export function Ranking({ asking, answer, chosen, choose }: Given) {
  const { items, tells } = answer;
  const add = useAddToHistory(asking);
  const share = shares(items);
  const shown = aligned(items.map((item) => item.score));
  if (!items.length)
    return <p className="fine">Nothing is open: the filter lets none through, or all were chosen.</p>;
  return (
    <>
      <div className="row between ranking-head">
        <p className="fine">
          {tells
            ? "Choose an item: what speaks for it lights up in the history."
            : `${answer.model} cannot tell which past items speak for an item; covisit and ease can.`}
        </p>
        <button type="button" className="quiet" onClick={() => save(items)}>
          Export CSV
        </button>
      </div>
      <ol className="ranking">
        {items.map((item, place) => (
          <li key={item.item_id} className={`ranked ${item.item_id === chosen ? "chosen" : ""}`}>
            <span className="ranked-rank number">{item.rank}</span>
            <button
              type="button"
              className="ranked-title"
              aria-pressed={item.item_id === chosen}
              onClick={() => choose(item.item_id === chosen ? "" : item.item_id)}
            >
              {item.title}
            </button>
            <span className="ranked-score">
              <span className="ranked-bar" aria-hidden="true">
                <span style={{ width: `${100 * (share[place] ?? 0)}%` }} />
              </span>
              <span className="number">{shown(item.score)}</span>
            </span>
            <button
              type="button"
              className="quiet ranked-add"
              aria-label={`And if they chose ${item.title}?`}
              title="Add it to the history"
              onClick={() => void add(item)}
            >
              +
            </button>
            {item.evidence && item.evidence.length > 0 && (
              <Reasons evidence={item.evidence} />
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

function Reasons({ evidence }: { evidence: NonNullable<Recommended["evidence"]> }) {
  const rest = evidence.length - REASONS;
  return (
    <p className="ranked-reasons">
      <span className="unseen">because of </span>
      {evidence.slice(0, REASONS).map((one) => (
        <span key={one.item_id} className="chip evidence" title={digits(one.contribution, 3)}>
          {one.title}
        </span>
      ))}
      {rest > 0 && <span className="fine">and {rest} more</span>}
    </p>
  );
}

/** Lengths of bars: of the best score where all are positive, else between worst and best. */
function shares(items: readonly Recommended[]): number[] {
  const scores = items.map((item) => item.score);
  const best = Math.max(...scores);
  const worst = Math.min(...scores);
  if (worst >= 0 && best > 0) return scores.map((score) => score / best);
  const span = best - worst;
  return scores.map((score) => (span > 0 ? 0.08 + (0.92 * (score - worst)) / span : 1));
}

/** Goes on from the history at hand, as if the item had been chosen, too. */
function useAddToHistory({ user, history }: Asking) {
  const past = useAnswer(user ? (signal) => historyOf(user, signal) : null, user);
  return (item: Recommended) => {
    rememberTitle(item.item_id, item.title);
    const known = (past.value?.items ?? []).slice(0, COPIED).map((one) => one.id);
    setHistory([...(user ? known.reverse() : history), item.item_id]);
  };
}

function save(items: readonly Recommended[]): void {
  const rows = items.map((item) => [
    String(item.rank),
    item.item_id,
    item.title,
    String(item.score),
    (item.evidence ?? []).map((one) => one.item_id).join(" "),
  ]);
  download("recommended.csv", toCsv(["rank", "item_id", "title", "score", "because_of"], rows));
}
