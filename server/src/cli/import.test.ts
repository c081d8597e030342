import { describe, expect, test } from 'vitest'
import { makeProgress } from './import.ts'

function watch(terminal: boolean): { show: ReturnType<typeof makeProgress>; lines: string[] } {
  const lines: string[] = []
  const show = makeProgress({ isTTY: terminal, columns: 100, write: (text: string | Uint8Array) => lines.push(String(text)) > 0 })
  return { show, lines }
}
const importing = (lines: number) => ({ kind: 'importing', lines, total: 1_000, events: lines / 10 }) as const

describe('the progress of an import', () => {
  test('is a bar on a terminal, drawn over itself, full at the end and then taken away', () => {
    const { show, lines } = watch(true)
    show.progress(importing(250))
    expect(lines.join('')).toMatch(/^\r█+░+ 25 % {2}250 of 1,000 lines, 25 events/)
    show.progress(importing(251))
    expect(lines).toHaveLength(1)
    show.progress(importing(1_000))
    expect(lines.at(-1)).toMatch(/^\r█+ 100 %/)
    show.end()
    expect(lines.at(-1)).toBe('\r\u001b[K')
  })

  test('is a line for each tenth where the output is kept', () => {
    const { show, lines } = watch(false)
    for (let line = 0; line <= 1_000; line += 5) show.progress(importing(line))
    expect(lines).toHaveLength(10)
    expect(lines[1]).toBe('20 %: 200 of 1,000 lines, 20 events\n')
  })

  test('says once that the server is away', () => {
    const { show, lines } = watch(false)
    for (let n = 0; n < 3; n++) show.progress({ kind: 'waiting', reason: 'it does not answer' })
    expect(lines).toEqual(['Waiting for the server: it does not answer\n'])
  })
})
