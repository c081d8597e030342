import type { Port, Way } from './step-editor.ts'

/** The object with a key set, or without it. */
export function withKey<T extends object, K extends keyof T>(of: T, key: K, value: T[K] | undefined): T {
  const { [key]: _, ...rest } = of
  return (value === undefined ? rest : { ...rest, [key]: value }) as T
}

/** Of a step with one way out. */
export const oneWay = <S extends { readonly next?: string | undefined }>(step: S): readonly Way[] => [
  { port: 'next', to: step.next, when: '' },
]

/** Sets `next`, whatever the port: a step with one way has no other. */
export const leadNext = <S extends { readonly next?: string | undefined }>(step: S, _: Port, to: string | undefined): S =>
  withKey(step, 'next', to as S['next'])

/** The list with the `next` of one of its elements set. */
export function leadAt<T extends { readonly next?: string | undefined }>(paths: readonly T[], at: number, to: string | undefined): T[] {
  return paths.map((path, index) => (index === at ? withKey(path, 'next', to as T['next']) : path))
}
