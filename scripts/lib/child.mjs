import { spawn } from 'node:child_process'

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }

/**
 * Runs a program to its end; its output goes to standard error. Answers its exit code, or undefined when it could not run.
 * When this process is told to end meanwhile, the program is killed first, so that it does not work on as an orphan.
 */
export async function runChild(program, args, options) {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 2, 2] })
  let told
  const ended = new Promise((resolve) => {
    child.once('error', () => resolve(undefined))
    child.once('exit', (code) => resolve(code ?? undefined))
  })
  const listeners = Object.keys(SIGNALS).map((signal) => {
    const end = () => {
      told = signal
      child.kill('SIGKILL')
    }
    process.on(signal, end)
    return () => process.off(signal, end)
  })
  const code = await ended
  for (const stopListening of listeners) stopListening()
  if (told) process.exit(SIGNALS[told])
  return code
}
