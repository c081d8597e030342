/**
 * The child process in which the embedded ClickHouse runs. It is told by its parent what to do, answers HTTP until it
 * is sent SIGTERM, and ends itself when the parent is gone.
 */
import type { ChildOptions } from '../embedded.ts'
import { openEngine } from './engine.ts'
import { serveHttp } from './http.ts'

// Ctrl-C is the parent's business: it stops us when nothing needs us any more.
process.on('SIGINT', () => undefined)

process.once('message', (message) => {
  const options = message as ChildOptions
  const engine = openEngine(options)
  const server = serveHttp(options, engine)
  let ending = false
  const end = async (): Promise<void> => {
    if (ending) return
    ending = true
    // Whatever hangs: the files are safe at every moment, so a hard end after the grace is no loss.
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 6_000).unref()
    await server.close()
    await engine.close()
    process.exit(0)
  }
  process.on('SIGTERM', () => void end())
  process.on('disconnect', () => void end())
  if (!process.connected) void end()
})
