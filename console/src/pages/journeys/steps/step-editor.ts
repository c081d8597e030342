import type { FunctionComponent, ReactNode } from 'react'
import type { Step } from '@throughline/contracts'

/** The shelves of the list from which a step is chosen, in this order. */
export const shelves = ['Say something', 'Wait', 'Decide', 'Do something'] as const
export type Shelf = (typeof shelves)[number]

/** Which way out of a step. */
export type Port = 'next' | 'otherwise' | number

export interface Way {
  readonly port: Port
  /** The step it leads to; `undefined` ends the journey. */
  readonly to: string | undefined
  /** On what it is taken; empty where there is only one. */
  readonly when: string
}

/** What ids stand for, as far as it is known. */
export interface Names {
  template(id: string): string
  segment(id: string): string
  journey(id: string): string
  /** The title of a step of the journey that is spoken of. */
  step(id: string): string
}

/** Every id as it is. */
export const plainNames: Names = { template: (id) => id, segment: (id) => id, journey: (id) => id, step: (id) => id }

export interface StepFieldsProps<S extends Step> {
  readonly step: S
  readonly onChange: (next: S) => void
  /** Whether something is wrong with the field of this path, such as `any.0.on.event`. */
  readonly isWrong: (field: string) => boolean
  /** Where a way leads, as a field; stands beside what decides about the way. */
  readonly way: (port: Port) => ReactNode
}

/** What the console knows of one kind of step: how it is chosen, said, drawn and edited. */
export interface StepEditor<S extends Step> {
  readonly shelf: Shelf
  readonly title: string
  /** One line under the title, mostly an example. */
  readonly hint: string
  /** Other words by which somebody may look for it. */
  readonly also?: string
  readonly Icon: FunctionComponent<{ size?: number | string; stroke?: number | string; 'aria-hidden'?: boolean }>
  /** Its colour in the drawing. */
  readonly tone: 'message' | 'wait' | 'decide' | 'do'
  /** A new one, with what is still to say left empty. */
  make(): S
  ways(step: S): readonly Way[]
  /** The step with a way that leads elsewhere. */
  lead(step: S, port: Port, to: string | undefined): S
  /** The step with the ids of other steps that it asks about replaced; left out by those that ask about none. */
  rename?(step: S, idOf: (id: string) => string): S
  /** What it does, as a sentence without its stop: `Waits 1 day`. Also of a step that is not finished. */
  sentence(step: S, names: Names): string
  readonly Fields: FunctionComponent<StepFieldsProps<S>>
}
