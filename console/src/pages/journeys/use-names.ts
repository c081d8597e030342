import { useMemo } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { Definition } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import type { Names } from './steps/step-editor.ts'

const none: readonly Definition[] = []

/** Everything that is published, to refer to and to be checked against; `undefined` until it is known. */
export function usePublished(): readonly Definition[] | undefined {
  const definitions = useQuery({ ...ask('definitions', {}), staleTime: 30_000 })
  return useMemo(() => definitions.data?.items.map(({ definition }) => definition), [definitions.data])
}

/** What ids stand for: the names of what is published, and ids of which nothing is known as they are. */
export function useNames(): Names {
  const published = usePublished() ?? none
  return useMemo(() => {
    const names = new Map(published.map(({ kind, id, name }) => [`${kind} ${id}`, name]))
    const nameOf = (kind: Definition['kind']) => (id: string) => names.get(`${kind} ${id}`) ?? id
    return { template: nameOf('template'), segment: nameOf('segment'), journey: nameOf('journey'), step: (id) => id }
  }, [published])
}
