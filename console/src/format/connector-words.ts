import type { HookState, PullOutcome, PullPlace, PullSchedule, PullState } from '@throughline/contracts'
import type { Tone } from './message-words.ts'

export const pullStateWords: Record<PullState, { readonly name: string; readonly tone: Tone | 'info' }> = {
  working: { name: 'fetching', tone: 'info' },
  'to-map': { name: 'waits for its mapping', tone: 'wait' },
  importing: { name: 'importing', tone: 'info' },
  waiting: { name: 'on schedule', tone: 'good' },
  failing: { name: 'failing', tone: 'bad' },
  paused: { name: 'paused', tone: 'wait' },
}

export const pullOutcomeWords: Record<PullOutcome, { readonly name: string; readonly tone: Tone | 'info' }> = {
  imported: { name: 'imported', tone: 'good' },
  'to-map': { name: 'fetched to be mapped', tone: 'info' },
  unchanged: { name: 'nothing new', tone: 'plain' },
  empty: { name: 'an empty file', tone: 'plain' },
  failed: { name: 'failed', tone: 'bad' },
}

export const hookStateWords: Record<HookState, { readonly name: string; readonly tone: Tone | 'info' }> = {
  listening: { name: 'listening', tone: 'info' },
  on: { name: 'on', tone: 'good' },
  paused: { name: 'paused', tone: 'wait' },
}

/** Where a pull takes its file from, in a few words. */
export function placeWords(place: PullPlace): string {
  if (place.kind === 'url') return place.url
  const path = place.take === 'object' ? place.path : `${place.path}…`
  return `${place.bucket}/${path}`
}

/** When a pull runs. */
export function scheduleWords(schedule: PullSchedule): string {
  if (schedule.kind === 'daily') return `daily at ${schedule.at}, shop time`
  const { minutes } = schedule
  if (minutes % 1_440 === 0) return minutes === 1_440 ? 'every day' : `every ${minutes / 1_440} days`
  if (minutes % 60 === 0) return minutes === 60 ? 'every hour' : `every ${minutes / 60} hours`
  return `every ${minutes} minutes`
}
