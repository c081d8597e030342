/*
 * What a bench starts has process groups of its own, or is a database: told to end (Ctrl-C, SIGTERM), the bench has to stop
 * it, or it would work on as an orphan.
 */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

const standing: (() => Promise<void>)[] = []
let ending = false

/**
 * Has `stop` run when this process is told to end, the latest first. To be called before what it stops is started, with a `stop`
 * that waits for the start.
 * @returns the same `stop`, which runs once whoever calls it; once the process is ending it never returns to its caller
 */
export function stopAtEnd(stop: () => Promise<void>): () => Promise<void> {
  if (standing.length === 0)
    for (const signal of Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[]) process.on(signal, () => void end(signal))
  let running: Promise<void> | undefined
  const once = (): Promise<void> => (running ??= stop())
  standing.push(once)
  return async () => {
    if (ending) await new Promise(() => undefined)
    await once()
  }
}

async function end(signal: keyof typeof EXIT_CODES): Promise<void> {
  if (ending) return
  ending = true
  console.error(`${signal}: stopping what this bench started …`)
  // What is being measured fails now, which must not end us before everything is stopped.
  process.on('uncaughtException', () => undefined)
  for (const stop of standing.reverse()) await stop().catch((error: unknown) => console.error(error))
  process.exit(EXIT_CODES[signal])
}
