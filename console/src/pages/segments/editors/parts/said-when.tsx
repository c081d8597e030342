import { saysTime } from '@throughline/contracts'
import type { EverFields } from '@throughline/contracts'
import { Pick } from './fields.tsx'
import { WindowField, withWindow } from './window.tsx'

/** The condition with another time, and with no trace of the one before. */
export function withSaidWhen<C extends EverFields>(condition: C, when: EverFields): C {
  const { ever: _, ...rest } = condition
  return { ...withWindow(rest as C, when), ...(when.ever === true && { ever: true }) }
}

interface SaidWhenProps {
  readonly value: EverFields
  readonly isWrong: (field: string) => boolean
  readonly onChange: (when: EverFields) => void
}

/** Whether it is about what was said last, or about anything that was ever said, or said in a window. */
export function SaidWhenField({ value, isWrong, onChange }: SaidWhenProps) {
  const { within, calendarDays, between, since } = value
  const any = saysTime(value)
  return (
    <>
      <Pick
        label="Last or ever"
        value={any ? 'any' : 'last'}
        options={[
          ['last', 'most recently'],
          ['any', 'at any time'],
        ]}
        onChange={(next) => onChange(next === 'any' ? { ever: true } : {})}
      />
      {any ? (
        <WindowField
          value={{ within, calendarDays, between, since }}
          isWrong={isWrong}
          onChange={(window) => onChange(Object.keys(window).length === 0 ? { ever: true } : window)}
        />
      ) : null}
    </>
  )
}
