import { useEffect, useRef, useState, type FormEvent } from "react";
import { ApiProblem, remove, type ProblemShape } from "../../api/client";
import { EmptyState } from "../../parts/EmptyState";
import { ErrorBox } from "../../parts/ErrorBox";
import { PageHead } from "../../parts/Page";
import { PersonPicker } from "../../parts/PersonPicker";
import { setParams, useParam } from "../../state/address";
import { problemOf } from "../../state/answer";
import { ask, begin, recall, type Said } from "./talk";
import { Turn } from "./Turn";
import "./chat.css";

const EXAMPLES = ["Something light, please", "What should I read next?", "More like the last one"];

export default function Chat() {
  const [conversation] = useParam("conversation");
  const [user] = useParam("user");
  const [shows, setShows] = useState(false);
  const talk = useTalk(conversation, user, shows);
  const fresh = () => {
    talk.clear();
    setParams({ conversation: "" }, false);
  };
  const forget = () => {
    const path = { conversation_id: conversation };
    remove("/v1/conversations/{conversation_id}", { path }).then(fresh, talk.fail);
  };
  return (
    <div className="chat">
      <PageHead
        title="Conversation"
        actions={
          talk.said.length > 0 && (
            <>
              <button type="button" onClick={fresh}>
                New conversation
              </button>
              {conversation && (
                <button type="button" onClick={forget}>
                  Forget this one
                </button>
              )}
            </>
          )
        }
      >
        Ask in words. An answer can only speak of items that were found in the catalogue for it.
      </PageHead>
      <div className="chat-who row">
        <PersonPicker
          label="Whose taste counts"
          pick={(person) => {
            talk.clear();
            setParams({ user: person.id, conversation: "" }, false);
          }}
        />
        {user && <span className="chip accent">{user}</span>}
        <label className="check">
          <input
            type="checkbox"
            checked={shows}
            onChange={(event) => setShows(event.target.checked)}
          />
          Show what the language model is asked
        </label>
      </div>
      {talk.problem && <ErrorBox problem={talk.problem} />}
      {talk.said.length ? (
        <ol className="chat-turns" role="log" aria-label="Conversation">
          {talk.said.map((said, place) => (
            <Turn key={place} said={said} before={talk.said[place - 1]?.text ?? ""} />
          ))}
        </ol>
      ) : (
        <EmptyState title="Nothing was said yet">
          <p>Try one of these, or write your own below.</p>
          <div className="row chat-examples">
            {EXAMPLES.map((words) => (
              <button key={words} type="button" onClick={() => talk.say(words)}>
                {words}
              </button>
            ))}
          </div>
        </EmptyState>
      )}
      <Composer say={talk.say} stop={talk.stop} busy={talk.busy} />
    </div>
  );
}

function Composer(given: { say: (words: string) => void; stop: () => void; busy: boolean }) {
  const [words, setWords] = useState("");
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    if (given.busy || !words.trim()) return;
    given.say(words.trim());
    setWords("");
  };
  return (
    <form className="chat-composer" onSubmit={send}>
      <label className="unseen" htmlFor="chat-words">
        Your message
      </label>
      <textarea
        id="chat-words"
        rows={2}
        maxLength={8_000}
        value={words}
        placeholder="Something like … but …"
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            send();
          }
        }}
      />
      {given.busy ? (
        <button type="button" onClick={given.stop}>
          Stop
        </button>
      ) : (
        <button type="submit" className="primary" disabled={!words.trim()}>
          Send
        </button>
      )}
    </form>
  );
}

function useTalk(conversation: string, user: string, shows: boolean) {
  const [said, setSaid] = useState<readonly Said[]>([]);
  const [problem, setProblem] = useState<ProblemShape>();
  const [busy, setBusy] = useState(false);
  const control = useRef<AbortController | null>(null);
  /** The conversation that is on the page already, so that its address asks for nothing. */
  const here = useRef("");
  const fail = (error: unknown) => setProblem(problemOf(error));
  useEffect(() => {
    if (!conversation || conversation === here.current) return;
    const asked = new AbortController();
    here.current = conversation;
    recall(conversation, asked.signal).then(
      (told) => {
        setSaid(told.said);
        if (told.user) setParams({ user: told.user });
      },
      (error: unknown) => {
        here.current = "";
        if (!asked.signal.aborted) fail(error);
      },
    );
  }, [conversation]);
  useEffect(() => () => control.current?.abort(), []);
  const clear = () => {
    control.current?.abort();
    here.current = "";
    setSaid([]);
    setProblem(undefined);
    setBusy(false);
  };
  const say = async (words: string) => {
    const mine = new AbortController();
    control.current = mine;
    setBusy(true);
    setProblem(undefined);
    const before = said;
    const answered = (answer: Said) => {
      if (control.current === mine) setSaid([...before, { role: "user", text: words }, answer]);
    };
    answered({ role: "assistant", text: "", open: true });
    try {
      const id = conversation || (await begun(user, before));
      if (id && id !== conversation && control.current === mine) {
        here.current = id;
        setParams({ conversation: id });
      }
      const asked = { conversation: id, user, history: before, words, show_prompts: shows };
      await ask(asked, mine.signal, answered);
    } catch (error) {
      if (!mine.signal.aborted)
        answered({ role: "assistant", text: "", problem: problemOf(error) });
      else answered({ role: "assistant", text: "Stopped." });
    }
    if (control.current === mine) setBusy(false);
  };
  const stop = () => control.current?.abort();
  return { said, problem, busy, say: (words: string) => void say(words), stop, clear, fail };
}

/** A conversation that the service keeps; none where the key may only read. */
async function begun(user: string, before: readonly Said[]): Promise<string> {
  if (before.length) return "";
  try {
    return await begin(user);
  } catch (error) {
    if (error instanceof ApiProblem && error.document.status === 403) return "";
    throw error;
  }
}
