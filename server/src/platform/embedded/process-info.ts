import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whether a process with this id exists (a zombie counts as ended). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return readStat(pid)?.state !== 'Z'
}

/**
 * A text that stays the same for the life of a process and differs for a later process with the same id.
 * Undefined when there is no such process, or only its zombie.
 */
export function processStart(pid: number): string | undefined {
  const stat = readStat(pid)
  if (stat) return stat.state === 'Z' ? undefined : stat.start
  if (process.platform === 'linux') return undefined
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined
  }
}

/** The folder a process works in, or undefined when it has ended or the system does not tell. */
export function workingFolderOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`)
    const lines = execFileSync('lsof', ['-a', '-p', String(pid), '-d', 'cwd', '-Fn'], { encoding: 'utf8' }).split('\n')
    return lines.find((line) => line.startsWith('n'))?.slice(1)
  } catch {
    return undefined
  }
}

/**
 * Ends a process that is not our child: sends each signal in turn and waits up to its time.
 * @returns whether it has ended
 */
export async function endProcess(pid: number, signals: readonly [NodeJS.Signals, number][]): Promise<boolean> {
  for (const [signal, waitMs] of signals) {
    try {
      process.kill(pid, signal)
    } catch {
      return !isAlive(pid)
    }
    const until = Date.now() + waitMs
    while (Date.now() < until) {
      if (!isAlive(pid)) return true
      await sleep(20)
    }
  }
  return !isAlive(pid)
}

// proc(5): the second field is in brackets and may hold spaces, so fields are counted behind the last bracket;
// field 3 is the state, field 22 the start in clock ticks since boot.
function readStat(pid: number): { state: string; start: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', start: fields[19] ?? '' }
  } catch {
    return undefined
  }
}
