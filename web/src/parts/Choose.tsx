/** One of a few names. */
export function Choose(given: {
  label: string;
  options: readonly string[];
  value: string;
  choose: (value: string) => void;
  titles?: ReadonlyMap<string, string>;
}) {
  const { label, options, value, choose, titles } = given;
  return (
    <label className="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => choose(event.target.value)}>
        {options.map((option) => (
          <option key={option} value={option}>
            {titles?.get(option) ?? option}
          </option>
        ))}
      </select>
    </label>
  );
}
