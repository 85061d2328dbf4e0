import { EmptyState } from "../../parts/EmptyState";
import { ErrorBox } from "../../parts/ErrorBox";
import { Loading } from "../../parts/Loading";
import { PageHead, Section } from "../../parts/Page";
import { Tabs } from "../../parts/Tabs";
import { useParam } from "../../state/address";
import { useAnswer } from "../../state/answer";
import { isReady, recommend, useAsking, type Asking, type Listed } from "./asking";
import { Asked } from "./Asked";
import { Knobs } from "./Knobs";
import { Moves } from "./Moves";
import { Ranking } from "./Ranking";
import { Who } from "./Who";
import { WhyNot } from "./WhyNot";
import "./explorer.css";

export default function Explorer() {
  const asking = useAsking();
  const ready = isReady(asking);
  const answer = useAnswer(ready ? (signal) => recommend(asking, signal) : null, asking);
  const [chosen, choose] = useParam("item");
  const evidence = answer.value?.items.find((one) => one.item_id === chosen)?.evidence ?? [];
  return (
    <>
      <PageHead title="Explorer">
        Choose a person or put a history together, and see what is recommended and what speaks for it.
      </PageHead>
      <div className="explorer">
        <Who asking={asking} evidence={evidence} />
        <div className="stack">
          <Knobs asking={asking} />
          {answer.problem && <ErrorBox problem={answer.problem} again={answer.again} />}
          {!ready && <Nobody />}
          {ready && !answer.value && !answer.problem && <Loading label="recommendations" lines={10} />}
          {answer.value && (
            <Answers
              asking={asking}
              answer={answer.value}
              stale={answer.loading}
              chosen={chosen}
              choose={choose}
            />
          )}
        </div>
      </div>
    </>
  );
}

function Nobody() {
  return (
    <EmptyState title="Nobody is chosen yet">
      Look up a person on the left, or add a few items as if somebody had chosen them. The list appears
      here and follows every change.
    </EmptyState>
  );
}

function Answers(given: {
  asking: Asking;
  answer: Listed;
  stale: boolean;
  chosen: string;
  choose: (item: string) => void;
}) {
  const { asking, answer, stale } = given;
  const [tab, setTab] = useParam("tab", "list");
  const tabs = [
    {
      name: "list",
      title: "Recommended",
      note: String(answer.items.length),
      content: () => <Ranking {...given} />,
    },
    {
      name: "moves",
      title: "Before and after",
      content: () => <Moves asking={asking} answer={answer} />,
    },
    {
      name: "asked",
      title: "Prompt and reply",
      ...(answer.calls?.length ? { note: String(answer.calls.length) } : {}),
      content: () => <Asked answer={answer} />,
    },
    { name: "why-not", title: "Why not this item?", content: () => <WhyNot asking={asking} /> },
  ];
  return (
    <Section
      title={titleOf(asking)}
      note={
        <>
          {answer.model}, {answer.took_ms < 1 ? "< 1" : Math.round(answer.took_ms)} ms
          {answer.degraded && <span className="chip bad spaced">from the standby</span>}
        </>
      }
      className={stale ? "stale" : ""}
    >
      {answer.understood && (
        <p className="fine">
          Read as a search for <q>{answer.understood.query}</q>
          {answer.understood.where && (
            <>
              {" "}
              where <code>{answer.understood.where}</code>
            </>
          )}
        </p>
      )}
      {answer.notes.map((note) => (
        <p key={note} className="fine">
          {note}
        </p>
      ))}
      <Tabs label="What is shown of the answer" tabs={tabs} chosen={tab} choose={setTab} />
    </Section>
  );
}

function titleOf({ user, history }: Asking): string {
  if (user) return `For ${user}`;
  return history.length ? "For this history" : "For these words";
}
