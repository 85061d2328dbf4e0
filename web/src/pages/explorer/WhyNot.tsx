import { post, type Shapes } from "../../api/client";
import { ErrorBox } from "../../parts/ErrorBox";
import { ItemPicker } from "../../parts/ItemPicker";
import { Loading } from "../../parts/Loading";
import { digits, whole } from "../../parts/numbers";
import { useParam } from "../../state/address";
import { useAnswer } from "../../state/answer";
import { whoAsks, type Asking } from "./asking";

type Told = Shapes["WhyNot"];

const REASONS: Record<Told["reason"], string> = {
  recommended: "It is in the list",
  seen: "It was chosen before",
  excluded: "It was excluded",
  filtered: "The filter keeps it out",
  "no-codes": "The model cannot write it",
  ranked: "Others suit better",
  left: "It left the catalogue",
  unknown: "Nobody knows it",
};

/** Why an item is not in the list, and what would bring it there. */
export function WhyNot({ asking }: { asking: Asking }) {
  const [item, setItem] = useParam("why");
  const asks = asking.user !== "" || asking.history.length > 0;
  const body = { ...whoAsks(asking), item_id: item, k: asking.k };
  const { value, problem, again } = useAnswer(
    item && asks ? (signal) => post("/v1/why-not", { body, signal }) : null,
    body,
  );
  return (
    <div className="why-not">
      <ItemPicker label="An item that you miss" pick={(found) => setItem(found.id)} />
      {!asks && <p className="fine">Choose a person or a history first.</p>}
      {problem && <ErrorBox problem={problem} again={again} />}
      {item && asks && !value && !problem && <Loading label="the reason" />}
      {value && <Reason told={value} />}
    </div>
  );
}

function Reason({ told }: { told: Told }) {
  return (
    <div className="stack tight" aria-live="polite">
      <p>
        <strong>{told.title}</strong>{" "}
        <span className={`chip ${told.reason === "recommended" ? "good" : "evidence"}`}>
          {REASONS[told.reason]}
        </span>
      </p>
      <p>{sentence(told.told)}</p>
      {told.rank !== null && told.open_items !== null && (
        <Place rank={told.rank} of={told.open_items} />
      )}
      {told.clauses.map((clause) => (
        <p key={clause.clause}>
          <code>{clause.clause}</code> does not hold: it has{" "}
          {Object.entries(clause.values).map(([name, value]) => (
            <code key={name}>
              {name} = {JSON.stringify(value)}{" "}
            </code>
          ))}
        </p>
      ))}
      {told.change.length > 0 && (
        <div>
          <h3>What would bring it, each by itself</h3>
          <ul className="dots">
            {told.change.map((one) => (
              <li key={one}>{sentence(one)}</li>
            ))}
          </ul>
        </div>
      )}
      {told.score !== null && told.needed !== null && (
        <p className="fine">
          Score {digits(told.score)}, and {digits(told.needed)} was needed.
        </p>
      )}
    </div>
  );
}

/** Where it stands among all open items, on a line from the first to the last. */
function Place({ rank, of }: { rank: number; of: number }) {
  const share = of > 1 ? (rank - 1) / (of - 1) : 0;
  return (
    <div className="place">
      <span className="place-line" aria-hidden="true">
        <span className="place-mark" style={{ left: `${100 * share}%` }} />
      </span>
      <span className="fine">
        Rank {whole(rank)} of {whole(of)} open items
      </span>
    </div>
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
