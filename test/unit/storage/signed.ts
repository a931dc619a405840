import {createHash} from 'node:crypto'

/**
 * The text of one of pgBackRest's files with the checksum of its content at its end, computed in another way than the
 * product does: section by section from the whole text.
 */
export function signed(text: string): string {
  const [body = ''] = text.split('\n[backrest]\nbackrest-checksum=')
  const sections = body
    .trim()
    .split(/\n+(?=\[)/)
    .map(section => {
      const [head = '', ...lines] = section.split('\n')
      return `${JSON.stringify(head.slice(1, -1))}:{${lines.map(asMember).join(',')}}`
    })
  const checksum = createHash('sha1')
    .update(`{${sections.join(',')}}`)
    .digest('hex')
  return `${body.trimEnd()}\n\n[backrest]\nbackrest-checksum="${checksum}"\n`
}

function asMember(line: string): string {
  const at = line.indexOf('=')
  return `${JSON.stringify(line.slice(0, at))}:${line.slice(at + 1)}`
}
