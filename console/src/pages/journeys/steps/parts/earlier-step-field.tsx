import { createContext, use } from 'react'
import { NamedField } from '../../../segments/editors/parts/named-field.tsx'
import type { Port } from '../step-editor.ts'

/** A step from which a way leads to the one that is edited. */
export interface EarlierStep {
  readonly id: string
  readonly name: string
  /** Whether it says a message. */
  readonly says: boolean
  /** Whether it is answered something. */
  readonly answers: boolean
  /** Its ways out, in words. */
  readonly ways: readonly (readonly [port: Port, words: string])[]
}

export const EarlierStepsContext = createContext<readonly EarlierStep[]>([])

interface EarlierProps {
  readonly label: string
  readonly value: string
  /** Only those that say a message. */
  readonly saying?: true
  readonly onChange: (id: string) => void
}

/** One of the steps that come before. */
export function EarlierStepField({ label, value, saying, onChange }: EarlierProps) {
  const steps = use(EarlierStepsContext).filter(({ says }) => says || saying === undefined)
  return (
    <NamedField
      label={label}
      what={saying === true ? 'message before it' : 'step before it'}
      value={value}
      items={steps}
      onChange={onChange}
    />
  )
}
