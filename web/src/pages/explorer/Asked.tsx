import { EmptyState } from "../../parts/EmptyState";
import { digits, whole } from "../../parts/numbers";
import { Stat } from "../../parts/Page";
import type { Listed } from "./asking";

/** What language models were asked for this list, word for word, and what they said. */
export function Asked({ answer }: { answer: Listed }) {
  const { calls, usage } = answer;
  if (!calls?.length)
    return (
      <EmptyState
        title="No language model was asked"
        command="penchant serve MODEL --lm NAME"
      >
        Choose a re-ranking above: the prompt and the reply stand here then. The service needs a language
        model for it.
      </EmptyState>
    );
  return (
    <div className="stack">
      {usage && (
        <dl className="stats">
          <Stat name="Calls" value={whole(usage.calls ?? 0)} note={`${usage.cached ?? 0} from the books`} />
          <Stat name="Tokens asked" value={whole(usage.prompt_tokens ?? 0)} />
          <Stat name="Tokens answered" value={whole(usage.completion_tokens ?? 0)} />
          <Stat name="Cost" value={digits(usage.cost ?? 0, 3)} note="in the currency of its prices" />
        </dl>
      )}
      {calls.map((call, place) => (
        <article key={place} className="call">
          <h3>
            Call {place + 1} <span className="fine">{call.template.split("#")[0] || answer.prompt}</span>
          </h3>
          <h4>Asked</h4>
          <pre tabIndex={0}>{call.prompt}</pre>
          <h4>Said</h4>
          {call.failure ? <p className="chip bad">{call.failure}</p> : <pre tabIndex={0}>{call.reply}</pre>}
        </article>
      ))}
    </div>
  );
}
