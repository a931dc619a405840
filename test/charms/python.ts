/** Python's `repr` of a string. */
export function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\t', String.raw`\t`)
    .replaceAll('\r', String.raw`\r`)
  return quote + (quote === "'" ? escaped.replaceAll("'", String.raw`\'`) : escaped) + quote
}

/** Python's `str` of a list of strings, as charms put it into their messages. */
export function pythonList(items: readonly string[]): string {
  return `[${items.map(pythonString).join(', ')}]`
}

/** Python's `str` of a JSON value that is a boolean, a number, null or a string. */
export function pythonValue(value: unknown): string {
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (value === null || value === undefined) return 'None'
  return String(value as string | number)
}
