import type { Json, JsonObject, PersonHistory } from '@throughline/contracts'

interface Told {
  readonly timestamp: number
  readonly context: JsonObject
}

const MOST = 20

/**
 * Devices by what calls say of them: Segment's `context.userAgent` of browsers, `context.device`, `os` and `app` of apps.
 * @param events newest first
 */
export function describeDevices(events: readonly Told[]): PersonHistory['devices'] {
  const devices = new Map<string, PersonHistory['devices'][number]>()
  for (const { timestamp, context } of events) {
    const userAgent = textOf(context['userAgent'])
    const described = describe(userAgent, context)
    if (described === null) continue
    const key = `${described.platform}\n${described.client}`
    const known = devices.get(key)
    devices.set(key, {
      ...described,
      userAgent: known?.userAgent ?? userAgent,
      firstAt: Math.min(timestamp, known?.firstAt ?? timestamp),
      lastAt: Math.max(timestamp, known?.lastAt ?? timestamp),
      events: (known?.events ?? 0) + 1,
    })
  }
  return [...devices.values()].sort((a, b) => b.lastAt - a.lastAt).slice(0, MOST)
}

function describe(userAgent: string | null, context: JsonObject): { platform: string; client: string } | null {
  const [device, os, app] = [objectOf(context['device']), objectOf(context['os']), objectOf(context['app'])]
  const model = [textOf(device['manufacturer']), textOf(device['model']) ?? textOf(device['name'])]
    .filter((part) => part !== null)
    .join(' ')
  const system = [textOf(os['name']), textOf(os['version'])].filter((part) => part !== null).join(' ')
  const program = [textOf(app['name']), textOf(app['version'])].filter((part) => part !== null).join(' ')
  if (model !== '' || (system !== '' && program !== ''))
    return { platform: [model, system].filter(Boolean).join(', '), client: program || 'app' }
  return userAgent === null ? null : { platform: platformOf(userAgent), client: browserOf(userAgent) }
}

// Order matters: what names several is what it names most specifically (Android also says Linux, iPads also say Mac OS X).
const platforms: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/CrOS/, 'ChromeOS'],
  [/Macintosh|Mac OS X/, 'Mac'],
  [/Linux/, 'Linux'],
]
const browsers: readonly (readonly [RegExp, string])[] = [
  [/EdgA?(?:iOS)?\/(\d+)/, 'Edge'],
  [/OPR\/(\d+)/, 'Opera'],
  [/SamsungBrowser\/(\d+)/, 'Samsung Internet'],
  [/(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/(?:Chrome|CriOS)\/(\d+)/, 'Chrome'],
  [/Version\/(\d+)[\d.]* .*Safari/, 'Safari'],
]

function platformOf(userAgent: string): string {
  return platforms.find(([pattern]) => pattern.test(userAgent))?.[1] ?? 'Unknown system'
}

function browserOf(userAgent: string): string {
  for (const [pattern, name] of browsers) {
    const version = pattern.exec(userAgent)?.[1]
    if (version !== undefined) return `${name} ${version}`
  }
  return userAgent.split(/[\s/]/)[0]?.slice(0, 40) || 'Unknown client'
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
