import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** CPU time that a program has taken so far, in milliseconds, by what its processes are. Linux only, else 0. */
export interface CpuTimes {
  readonly node: number
  readonly postgres: number
  readonly clickhouse: number
}

/** What the program of this process id and all processes under it have taken; those that have ended count with the one that waited for them. */
export function cpuTimesOf(pid: number): CpuTimes {
  const times = { node: 0, postgres: 0, clickhouse: 0 }
  if (!existsSync('/proc/self/stat')) return times
  const children = new Map<number, number[]>()
  const spent = new Map<number, { readonly name: string; readonly ms: number }>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const stat = readStat(entry)
    const [before, after] = stat === undefined ? [] : [stat.slice(0, stat.lastIndexOf(')')), stat.slice(stat.lastIndexOf(')') + 2)]
    if (before === undefined || after === undefined) continue
    const fields = after.split(' ')
    // The fields count from the state: parent 2, then user, system, and both of children that have ended, in hundredths of a second.
    const ms = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]) * 10, 0)
    spent.set(Number(entry), { name: before.slice(before.indexOf('(') + 1), ms })
    children.set(Number(fields[1]), [...(children.get(Number(fields[1])) ?? []), Number(entry)])
  }
  const add = (one: number): void => {
    const { name, ms } = spent.get(one) ?? { name: '', ms: 0 }
    times[one === pid ? 'node' : name.startsWith('postgres') ? 'postgres' : 'clickhouse'] += ms
    for (const child of children.get(one) ?? []) add(child)
  }
  add(pid)
  return times
}

function readStat(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
}
