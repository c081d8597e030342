import type { Json } from '@throughline/contracts'
import { calendarOf, type Calendar } from '../../calendar/index.ts'
import type { Compiler, View } from '../behaviour.ts'
import { fieldReaders } from './fields.ts'
import { compileLatestSaid } from './said.ts'

/** The trait in which a person's time zone may stand; what somebody says of themselves goes before what their devices say. */
const TRAIT = 'timezone'
const MOST_NAMES = 5_000

/**
 * The clocks by which a person lives: of the trait `timezone`, or of the zone that their latest event came from, or else the
 * workspace's. Null while their history is still being read.
 */
export function compileClocks(compiler: Compiler): (view: View) => Calendar | null {
  const { word } = compileLatestSaid({ key: ['timezone'], read: fieldReaders.timezone.read }, compiler)
  return (view) => {
    const own = calendarNamed(view.traits[TRAIT]?.[0])
    if (own !== undefined) return own
    const said = word(view)
    return said === null ? null : (calendarNamed(said) ?? compiler.context.calendar)
  }
}

const named = new Map<string, Calendar | undefined>()

/** The calendar of a zone that somebody named, however it is written; `undefined` for what is no zone. */
function calendarNamed(name: Json | undefined): Calendar | undefined {
  if (typeof name !== 'string' || name === '' || name.length > 64) return undefined
  if (named.has(name)) return named.get(name)
  if (named.size >= MOST_NAMES) named.clear()
  let calendar: Calendar | undefined
  try {
    calendar = calendarOf(new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone)
  } catch {
    calendar = undefined
  }
  named.set(name, calendar)
  return calendar
}
