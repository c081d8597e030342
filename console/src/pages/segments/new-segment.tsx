import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { ask } from '../../api/queries.ts'
import { Page } from '../../ui/page.tsx'
import { Loaded } from '../../ui/states.tsx'
import { Builder } from './builder/builder.tsx'
import { fromCondition, makeGroup } from './builder/tree.ts'
import { readBegin } from './rfm/begin.ts'
import { Gallery } from './templates/gallery.tsx'
import { templates } from './templates/templates.ts'

/** A new segment: first what it begins with, then the builder. */
export function NewSegment() {
  const { from } = useSearch({ from: '/app/segments/_new' })
  const segments = useQuery({ ...ask('segments', {}), enabled: from !== undefined })
  if (from === undefined) return <Gallery />
  if (segments.data === undefined)
    return (
      <Page title="New segment">
        <Loaded query={segments} what="segments">
          {() => null}
        </Loaded>
      </Page>
    )
  const template = templates.find((one) => one.id === from) ?? readBegin(from)
  const begin =
    template === undefined
      ? { name: '', description: '', root: makeGroup('all', []) }
      : { name: template.name, description: '', root: fromCondition(template.where) }
  return <Builder key={from} begin={begin} id={null} taken={[...segments.data.items, ...segments.data.archived].map(({ id }) => id)} />
}
