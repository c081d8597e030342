import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { RouteResponse } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Pill } from '../../ui/pill.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import styles from './computed-traits.module.css'

type Trait = RouteResponse<'computedTraits'>['items'][number]

/** All computed traits: what each says, and what uses it. */
export function ComputedTraits() {
  const traits = useQuery({
    ...ask('computedTraits', {}),
    refetchInterval: ({ state }) => (state.data?.items.some(({ filling }) => filling) === true ? 5_000 : 30_000),
  })
  return (
    <Page
      title="Computed traits"
      lead="Figures about each person, worked out of what they did and always up to date: for segments, messages and exports."
      actions={<Make />}
    >
      <Panel flush>
        <Loaded query={traits} what="computed traits">
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="No computed traits yet" action={<Make />}>
                What somebody has spent, their favourite category, when they last ordered. A computed trait can also be a file that{' '}
                <code className="mono">npx throughline apply</code> publishes.
              </Empty>
            ) : (
              <ul>
                {items.map((trait) => (
                  <Row key={trait.id} trait={trait} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </Panel>
    </Page>
  )
}

function Make() {
  return (
    <Button component={Link} to="/segments/_traits/_new" leftSection={<IconPlus size={16} aria-hidden />}>
      New computed trait
    </Button>
  )
}

function Row({ trait }: { readonly trait: Trait }) {
  return (
    <li className={styles.row}>
      <h2 className={styles.name}>
        <Link to="/segments/_traits/$id" params={{ id: trait.id }} className={styles.link}>
          {trait.name}
        </Link>{' '}
        {trait.filling ? <Pill tone="wait">history is being read</Pill> : null}
      </h2>
      {trait.definition.description === undefined ? null : <p className="dim">{trait.definition.description}</p>}
      <p className={styles.sentence}>{trait.sentence}</p>
      <p className="dim">
        In messages <code className="mono">{`{{ profile.${trait.id} }}`}</code>
        {trait.usedIn.length === 0 ? null : ` · used in ${trait.usedIn.map(({ name }) => name).join(', ')}`}
      </p>
    </li>
  )
}
