import type { Times } from '@throughline/contracts'
import { NumberField, Pick } from './fields.tsx'

interface Counting {
  readonly times: Times
  readonly count?: 'events' | 'days' | undefined
}

const often: readonly (readonly [Times['op'], string])[] = [
  ['at-least', 'at least'],
  ['at-most', 'at most'],
  ['exactly', 'exactly'],
]

/** Whether it says that something did not happen. */
export const isNever = ({ times }: Counting): boolean => times.op === 'exactly' && times.n === 0

interface CountingProps {
  readonly value: Counting
  readonly isWrong: (field: string) => boolean
  readonly onChange: (counting: Counting) => void
}

/** How often: times, or different days. Says nothing where it did not happen. */
export function CountingFields({ value, isWrong, onChange }: CountingProps) {
  const { times, count = 'events' } = value
  if (isNever(value)) return null
  const one = times.n === 1
  return (
    <>
      <Pick
        label="How often"
        value={times.op}
        options={often}
        onChange={(op) => onChange({ ...value, times: { op, n: op === 'at-least' ? Math.max(1, times.n) : times.n } })}
      />
      <NumberField
        label="Times"
        whole
        value={times.n}
        wrong={isWrong('times')}
        onChange={(n) => onChange({ ...value, times: { op: times.op, n } })}
      />
      <Pick
        label="What is counted"
        value={count}
        options={[
          ['events', one ? 'time' : 'times'],
          ['days', one ? 'day' : 'days'],
        ]}
        onChange={(next) => onChange({ times, count: next === 'days' ? 'days' : undefined })}
      />
    </>
  )
}

/** Did or did not; what did not happen is "exactly 0 times". */
export function DidField({
  value,
  did,
  didNot,
  onChange,
}: Omit<CountingProps, 'isWrong'> & { readonly did: string; readonly didNot: string }) {
  return (
    <Pick
      label="Did it or not"
      value={isNever(value) ? 'did-not' : 'did'}
      options={[
        ['did', did],
        ['did-not', didNot],
      ]}
      onChange={(said) => onChange({ times: said === 'did' ? { op: 'at-least', n: 1 } : { op: 'exactly', n: 0 } })}
    />
  )
}

/** The condition counted otherwise, and with no empty field left. */
export function withCounting<C extends Counting>(condition: C, { times, count }: Counting): C {
  const { count: _, ...rest } = condition
  return { ...rest, times, ...(count !== undefined && { count }) } as C
}
