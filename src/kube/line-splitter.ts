const newline = 0x0a

/**
 * Splits a byte stream at newlines and decodes each whole line, so that a character cut in two by the network stays whole.
 * Yields, per piece of the stream, the lines that it completed (none, if it completed none); a last line without newline
 * is dropped, for a cut-off event must not be believed.
 */
export async function* splitLines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  let rest: Buffer[] = []
  for await (const piece of pieces) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    const {lines, end} = completeLines(bytes, rest)
    if (end > 0) rest = []
    if (end < bytes.length) rest.push(bytes.subarray(end))
    yield lines
  }
}

function completeLines(bytes: Buffer, rest: readonly Buffer[]): {lines: string[]; end: number} {
  const lines: string[] = []
  let start = 0
  for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
    const line =
      start === 0 && rest.length > 0 ? Buffer.concat([...rest, bytes.subarray(0, end)]) : bytes.subarray(start, end)
    if (line.length > 0) lines.push(line.toString('utf8'))
    start = end + 1
  }
  return {lines, end: start}
}
