import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { ask } from '../../api/queries.ts'
import { Page } from '../../ui/page.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { Builder } from './builder/builder.tsx'
import { fromCondition } from './builder/tree.ts'

/** The builder with a segment in it. What a colleague publishes meanwhile does not change what is being edited. */
export function EditSegment() {
  const { id } = useParams({ from: '/app/segments/$id/edit' })
  const segments = useQuery({ ...ask('segments', {}), staleTime: 0 })
  const segment = segments.data?.items.find((one) => one.id === id)
  if (segment === undefined)
    return (
      <Page title="Edit a segment">
        <Loaded query={segments} what="segments">
          {() => (
            <Empty title={`There is no segment “${id}”`} action={<Link to="/segments">All segments</Link>}>
              It may have another id by now.
            </Empty>
          )}
        </Loaded>
      </Page>
    )
  const { name, description = '', where } = segment.definition
  return <Builder key={id} begin={{ name, description, root: fromCondition(where) }} id={id} taken={[]} />
}
