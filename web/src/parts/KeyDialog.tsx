import { useEffect, useRef, useState, type FormEvent } from "react";
import { giveKey, useKey } from "../api/key";

/** Asks for a key when the service wants one. */
export function KeyDialog() {
  const { wanted, key } = useKey();
  const [typed, setTyped] = useState("");
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (wanted) dialog.current?.showModal();
    else dialog.current?.close();
  }, [wanted]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    giveKey(typed.trim());
    setTyped("");
  };
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="key-title">
      <form onSubmit={submit}>
        <h2 id="key-title">A key is needed</h2>
        <p>
          {key
            ? "The service refused the key that was sent. Give another one."
            : "This service answers only those who have a key."}{" "}
          It is kept in this tab and forgotten when the tab is closed.
        </p>
        <label className="field">
          <span>Key</span>
          <input
            type="password"
            autoComplete="off"
            required
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        <div className="row end">
          <button type="submit" className="primary">
            Use this key
          </button>
        </div>
      </form>
    </dialog>
  );
}
