import { get, type Shapes } from "../../api/client";
import { Bars } from "../../charts";
import { Choose } from "../../parts/Choose";
import { Command, EmptyState } from "../../parts/EmptyState";
import { ErrorBox } from "../../parts/ErrorBox";
import { Link } from "../../parts/Link";
import { Loading } from "../../parts/Loading";
import { Section, Stat } from "../../parts/Page";
import { Table, type Column } from "../../parts/Table";
import { digits, short, whole } from "../../parts/numbers";
import { useParam } from "../../state/address";
import { useAnswer } from "../../state/answer";

type Sum = Shapes["Sum"];

const DRAWN = new Map<string, { title: string; of: (sum: Sum) => number }>([
  ["tokens", { title: "tokens", of: (sum) => sum.prompt_tokens + sum.completion_tokens }],
  ["calls", { title: "calls", of: (sum) => sum.calls }],
  ["cost", { title: "cost, in the currency of the prices", of: (sum) => sum.cost }],
  ["seconds", { title: "seconds", of: (sum) => sum.seconds }],
]);

function figure(name: Exclude<keyof Sum, "name">, title: string, told = whole): Column<Sum> {
  return { name, title, text: (row) => row[name], cell: (row) => told(row[name]), number: true };
}

function columnsOf(first: string): Column<Sum>[] {
  return [
    { name: "name", title: first, text: (row) => row.name || "–", cell: (row) => named(row.name) },
    figure("calls", "Calls"),
    figure("failed", "Failed"),
    figure("kept", "Kept"),
    figure("prompt_tokens", "Tokens in"),
    figure("completion_tokens", "Tokens out"),
    figure("seconds", "Seconds", (value) =>
      value < 0.01 && value > 0 ? "< 0.01" : digits(value, 3),
    ),
    figure("cost", "Cost", digits),
  ];
}

/** A prompt leads to its text; its checksum is cut short. */
function named(name: string) {
  const [, prompt, sum] = /^([a-z0-9-]+@\d+)(#[0-9a-f]+)?$/i.exec(name) ?? [];
  if (!prompt) return name || "–";
  return (
    <>
      <Link href={`/prompts?tab=prompts&prompt=${encodeURIComponent(prompt)}`}>{prompt}</Link>{" "}
      <span className="fine">{sum?.slice(0, 9)}</span>
    </>
  );
}

/** What language models were asked, by day, model, prompt and verb, and what it took. */
export function Spending() {
  const [measure, setMeasure] = useParam("measure", "tokens");
  const answer = useAnswer((signal) => get("/v1/spend", { signal }), "spend");
  if (answer.problem) return <ErrorBox problem={answer.problem} again={answer.again} />;
  if (!answer.value) return <Loading label="the accounts" />;
  const spend = answer.value;
  if (!spend.total.calls) return <Nothing spend={spend} />;
  const drawn = DRAWN.get(measure) ?? { title: "calls", of: (sum: Sum) => sum.calls };
  const tables = [
    ["Model", spend.by_model],
    ["Prompt", spend.by_prompt],
    ["Verb", spend.by_verb],
  ] as const;
  return (
    <div className="stack">
      <Section title="In all">
        <Totals spend={spend} />
      </Section>
      <Section
        title="By day"
        actions={
          <Choose label="Drawn" options={[...DRAWN.keys()]} value={measure} choose={setMeasure} />
        }
      >
        <Bars
          label={`${drawn.title} by day: ${spend.by_day.map((day) => `${day.name} ${short(drawn.of(day))}`).join(", ")}`}
          title="day"
          y={{ title: drawn.title }}
          bars={spend.by_day.map((day) => ({
            name: day.name,
            value: drawn.of(day),
            text: (
              <>
                <strong>{day.name}</strong>
                <span>
                  {whole(day.calls)} calls, {short(day.prompt_tokens + day.completion_tokens)}{" "}
                  tokens
                </span>
                <span>cost {digits(day.cost)}</span>
              </>
            ),
          }))}
        />
      </Section>
      {tables.map(([title, rows]) => (
        <Section key={title} title={`By ${title.toLowerCase()}`}>
          <Table
            caption={`Calls by ${title.toLowerCase()}`}
            captionUnseen
            columns={columnsOf(title)}
            rows={rows}
            rowKey={(row) => row.name}
            csv={`spend-by-${title.toLowerCase()}`}
          />
        </Section>
      ))}
    </div>
  );
}

function Totals({ spend }: { spend: Shapes["Spend"] }) {
  const { calls, failed, kept, prompt_tokens, completion_tokens, seconds, cost } = spend.total;
  const kinds = Object.entries(spend.failures).map(([kind, n]) => `${kind} ${whole(n)}`);
  return (
    <dl className="stats">
      <Stat name="Calls" value={whole(calls)} note={`${whole(kept)} answers kept`} />
      <Stat name="Failed" value={whole(failed)} note={kinds.join(", ") || "none"} />
      <Stat name="Tokens in" value={short(prompt_tokens)} />
      <Stat name="Tokens out" value={short(completion_tokens)} />
      <Stat
        name="Waited"
        value={`${short(seconds)} s`}
        note={calls > 0 && `${digits(seconds / calls, 2)} s a call`}
      />
      <Stat name="Cost" value={digits(cost)} note="in the currency of the prices" />
    </dl>
  );
}

function Nothing({ spend }: { spend: Shapes["Spend"] }) {
  return spend.kept ? (
    <EmptyState title="No call yet">{spend.next}</EmptyState>
  ) : (
    <EmptyState title="No accounts are kept">
      <p>Calls of language models are written down once the service has a file for them.</p>
      <Command text="penchant serve MODEL --lm LM --books books.sqlite" />
    </EmptyState>
  );
}
