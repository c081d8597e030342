import { Button } from '@mantine/core'
import { IconInbox, IconMail } from '@tabler/icons-react'
import { Link, useParams } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import type { PersonDetail } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import { personTitle } from '../../format/person-words.ts'
import { CopyIcon } from '../../ui/copy.tsx'
import { Page } from '../../ui/page.tsx'
import { PersonMark } from '../../ui/person.tsx'
import { Loaded, Pending } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { PersonActions } from './actions.tsx'
import { Consents } from './consents.tsx'
import { Country } from './country.tsx'
import { Merges } from './merges.tsx'
import { Orders } from './orders.tsx'
import { PersonRfm } from './person-rfm.tsx'
import { PersonLists } from './person-lists.tsx'
import { ComputedTraits, Identifiers, Memberships, Runs, Traits } from './parts.tsx'
import { Timeline } from './timeline.tsx'
import styles from './people.module.css'

/** One person: all that is known, and all that happened. */
export function PersonPage() {
  const { id } = useParams({ from: '/app/people/$id' })
  const person = useQuery({ ...ask('person', { params: { id } }), refetchInterval: 10_000 })
  const history = useQuery({ ...ask('personHistory', { params: { id } }), refetchInterval: 30_000 })
  if (person.data === undefined) {
    return (
      <Page title="Person">
        <Loaded query={person} what="this person" pending={<Pending what="this person" rows={8} />}>
          {() => null}
        </Loaded>
      </Page>
    )
  }
  return (
    <Page
      key={id}
      title={personTitle(person.data)}
      heading={<Heading person={person.data} />}
      lead={<Lead person={person.data} />}
      actions={<Ways person={person.data} />}
    >
      <Loaded query={person} what="this person">
        {(data) => (
          <>
            <p className="narrow-only">
              <a href="#timeline" className="link">
                Go to the timeline
              </a>
            </p>
            <div className={styles.grid}>
              <div id="timeline">
                <Timeline id={id} />
              </div>
              <div className={styles.side}>
                <Runs runs={data.runs} past={history.data?.pastJourneys ?? []} />
                <Orders history={history} />
                <PersonRfm id={id} />
                <Traits traits={data.traits} sources={history.data?.traits ?? []} />
                <ComputedTraits computed={data.computed} />
                <Consents person={data} />
                <Memberships segments={data.segments} />
                <PersonLists person={data} />
                <Identifiers identifiers={data.identifiers} devices={history.data?.devices ?? []} />
                <Merges person={data} />
              </div>
            </div>
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Heading({ person }: { readonly person: PersonDetail }) {
  return (
    <span className={styles.head}>
      <PersonMark title={personTitle(person)} anonymous={person.anonymous} size={40} />
      <span>{personTitle(person)}</span>
    </span>
  )
}

function Lead({ person }: { readonly person: PersonDetail }) {
  return (
    <span>
      {person.anonymous ? 'A visitor who has not said who they are' : (person.email ?? `User ${person.userId ?? ''}`)}
      {person.country === null ? null : (
        <>
          {' '}
          · <Country code={person.country} />
        </>
      )}
      {' · '}
      {person.lastSeenAt === null ? (
        'never seen'
      ) : (
        <>
          last seen <When at={person.lastSeenAt} />
        </>
      )}{' '}
      · first seen <When at={person.firstSeenAt} as="date" /> <CopyIcon text={person.id} what="profile id" />
    </span>
  )
}

function Ways({ person }: { readonly person: PersonDetail }) {
  const { id } = person
  return (
    <>
      <Button
        component={Link}
        to={`/people/${encodeURIComponent(id)}/inbox`}
        variant="default"
        leftSection={<IconInbox size={15} aria-hidden />}
      >
        Their inbox
      </Button>
      <Button
        component={Link}
        to={`/messages?person=${encodeURIComponent(id)}`}
        variant="default"
        leftSection={<IconMail size={15} aria-hidden />}
      >
        Their messages
      </Button>
      <PersonActions person={person} />
    </>
  )
}
