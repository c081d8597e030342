/** One log line as it was written: always `time`, `level`, `msg`, and whatever the caller added. */
export type LogLine = Readonly<Record<string, unknown>>

export interface LogRing {
  /** Parses and keeps one written line; answers the parsed line. */
  push(text: string): LogLine
  /** The newest lines first, at most `limit`; with `level` only lines of that level. */
  read(limit: number, level?: string): LogLine[]
}

/** Keeps the last `size` lines in memory and forgets older ones. */
export function makeLogRing(size: number): LogRing {
  const lines: LogLine[] = new Array(size)
  let written = 0
  return {
    push(text) {
      const line = parseLine(text)
      lines[written++ % size] = line
      return line
    },
    read(limit, level) {
      const found: LogLine[] = []
      for (let at = written - 1; at >= 0 && at >= written - size && found.length < limit; at--) {
        const line = lines[at % size]
        if (line && (!level || line.level === level)) found.push(line)
      }
      return found
    },
  }
}

function parseLine(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine
  } catch {
    return { level: 'info', msg: text.trimEnd() }
  }
}
