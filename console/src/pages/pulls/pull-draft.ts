import type { ImportKind, Pull, PullPlace, PullSchedule } from '@throughline/contracts'

/** A pull as it stands in its form. */
export interface PullDraft {
  readonly name: string
  readonly kind: ImportKind
  readonly from: PullPlace['kind']
  readonly url: string
  readonly auth: 'none' | 'basic' | 'header'
  readonly user: string
  readonly header: string
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly take: 'prefix' | 'object'
  readonly path: string
  readonly pathStyle: boolean
  readonly accessKeyId: string
  readonly secret: string
  readonly schedule: PullSchedule['kind']
  readonly minutes: string
  readonly at: string
}

export const newPull: PullDraft = {
  name: '',
  kind: 'people',
  from: 'url',
  url: '',
  auth: 'none',
  user: '',
  header: 'Authorization',
  endpoint: '',
  region: 'us-east-1',
  bucket: '',
  take: 'prefix',
  path: '',
  pathStyle: false,
  accessKeyId: '',
  secret: '',
  schedule: 'daily',
  minutes: '60',
  at: '06:00',
}

export function draftOf({ name, kind, place, schedule }: Pull): PullDraft {
  const base = { ...newPull, name, kind, from: place.kind }
  const timed =
    schedule.kind === 'daily'
      ? { schedule: schedule.kind, at: schedule.at }
      : { schedule: schedule.kind, minutes: String(schedule.minutes) }
  if (place.kind === 's3') return { ...base, ...timed, ...place, from: 's3', kind, endpoint: place.endpoint ?? '' }
  const { url, auth } = place
  return {
    ...base,
    ...timed,
    url,
    auth: auth.kind,
    ...(auth.kind === 'basic' && { user: auth.user }),
    ...(auth.kind === 'header' && { header: auth.name }),
  }
}

export function scheduleOf({ schedule, at, minutes }: PullDraft): PullSchedule {
  return schedule === 'daily' ? { kind: 'daily', at } : { kind: 'every', minutes: Number(minutes) }
}

export function placeOf(draft: PullDraft): PullPlace {
  const { url, user, header, endpoint, region, bucket, take, path, pathStyle, accessKeyId } = draft
  if (draft.from === 's3')
    return { kind: 's3', endpoint: endpoint.trim() === '' ? null : endpoint.trim(), region, bucket, take, path, pathStyle, accessKeyId }
  const auth =
    draft.auth === 'basic'
      ? ({ kind: 'basic', user } as const)
      : draft.auth === 'header'
        ? ({ kind: 'header', name: header } as const)
        : ({ kind: 'none' } as const)
  return { kind: 'url', url: url.trim(), auth }
}

/** Whether something secret belongs to it. */
export const asksSecret = ({ from, auth }: PullDraft): boolean => from === 's3' || auth !== 'none'

/** Why it cannot be saved yet. @param kept whether there is a secret that stays when none is typed */
export function findBlock(draft: PullDraft, kept: boolean): string | undefined {
  const { name, from, url, bucket, accessKeyId, take, path, auth, user, header, secret, schedule, minutes, at } = draft
  if (name.trim() === '') return 'Give it a name first.'
  if (from === 'url' && !/^https?:\/\/./i.test(url.trim())) return 'Enter an address that begins with https:// or http://.'
  if (from === 'url' && auth === 'basic' && user === '') return 'Enter the user name.'
  if (from === 'url' && auth === 'header' && header === '') return 'Enter the name of the header.'
  if (from === 's3' && bucket === '') return 'Enter the name of the bucket.'
  if (from === 's3' && accessKeyId === '') return 'Enter the access key.'
  if (from === 's3' && take === 'object' && path === '') return 'Enter the name of the object.'
  if (asksSecret(draft) && secret === '' && !kept) return 'Enter the secret.'
  if (schedule === 'every' && !(Number(minutes) >= 5 && Number(minutes) <= 43_200)) return 'Enter 5 to 43,200 minutes (30 days).'
  if (schedule === 'daily' && !/^([01]\d|2[0-3]):[0-5]\d$/.test(at)) return 'Enter a time such as 06:30.'
  return undefined
}
