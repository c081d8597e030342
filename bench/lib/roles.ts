import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { stopAtEnd } from './ending.ts'

/** A second process of the same bench, started under a role; answers one message to each that it is sent. */
export interface Role {
  ask<Answer>(message: object): Promise<Answer>
  stop(): Promise<void>
}

/** The role this process was started in, or `main`. */
export function roleNow(): string {
  return process.env.BENCH_ROLE ?? 'main'
}

/** Starts this program once more, as a role. */
export function startRole(role: string): Role {
  const child: ChildProcess = fork(process.argv[1]!, [], {
    env: { ...process.env, BENCH_ROLE: role },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  return {
    ask<Answer>(message: object) {
      return new Promise<Answer>((resolve, reject) => {
        const onAnswer = (answer: unknown): void => {
          child.off('exit', onExit)
          resolve(answer as Answer)
        }
        const onExit = (code: number | null): void => {
          child.off('message', onAnswer)
          reject(new Error(`the ${role} process ended with ${code}`))
        }
        child.once('message', onAnswer)
        child.once('exit', onExit)
        child.send(message)
      })
    },
    stop: stopAtEnd(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      if (child.connected) child.disconnect()
      await Promise.race([once(child, 'exit'), new Promise((resolve) => setTimeout(resolve, 5_000))])
      child.kill('SIGKILL')
    }),
  }
}

/** Answers each message by what `answer` makes of it; ends when the main process does. */
export function playRole(answer: (message: never) => Promise<object>): void {
  // Ctrl-C reaches every process of the terminal; the main one ends us when it is done.
  process.on('SIGINT', () => undefined)
  process.on('message', (message) => {
    void answer(message as never).then(
      (value) => process.send!(value),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  })
}
