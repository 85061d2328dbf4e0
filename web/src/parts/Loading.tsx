/** Grey lines where an answer will be; they appear late, so that quick answers do not flicker. */
export function Loading({ label, lines = 4 }: { label: string; lines?: number }) {
  return (
    <div className="loading" role="status">
      <span className="unseen">Loading {label}</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className={`loading-line loading-line-${line % 4}`} aria-hidden="true" />
      ))}
    </div>
  );
}
