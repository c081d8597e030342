import type { UseQueryResult } from '@tanstack/react-query'
import { Page } from './page.tsx'
import { Loaded } from './states.tsx'

interface PageWithoutProps {
  readonly title: string
  readonly query: UseQueryResult
  /** What it is about, as in "the pool": for the skeleton's name and the error's sentence. */
  readonly what: string
}

/** A page while nothing is known of what it is about: a skeleton, or why it cannot be had. */
export function PageWithout({ title, query, what }: PageWithoutProps) {
  return (
    <Page title={title}>
      <Loaded query={query} what={what}>
        {() => null}
      </Loaded>
    </Page>
  )
}
