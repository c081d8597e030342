import { readFileSync } from 'node:fs'

// The package's own file lies two folders up from the sources and one up from the bundle.
function readVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as { name: string; version: string }
      if (name === '@throughline/server') return version
    } catch {
      continue
    }
  }
  return '0.0.0'
}

/** The version of this program, as in its package. */
export const version: string = readVersion()
