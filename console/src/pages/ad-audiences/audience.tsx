import { useState } from 'react'
import { Button, TextInput } from '@mantine/core'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { AdAudience, AdAudienceCounts, RouteResponse } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask } from '../../api/queries.ts'
import { useMayCall } from '../../api/access.ts'
import { counted } from '../../format/format.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { CopyIcon } from '../../ui/copy.tsx'
import { DeletedBar } from '../../ui/deleted-bar.tsx'
import { NameDialog } from '../../ui/name-dialog.tsx'
import { Page } from '../../ui/page.tsx'
import { PageWithout } from '../../ui/page-without.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Removal } from '../../ui/removal.tsx'
import { Failure } from '../../ui/states.tsx'
import { Sum } from '../../ui/sum.tsx'
import { toast } from '../../ui/toast.ts'
import { When } from '../../ui/when.tsx'
import { audienceIsBack, platformNames, refreshAudiences, restoreAudience } from './words.ts'

/** One ad audience: who is told, by what, and how a platform gets it. */
export function AdAudiencePage() {
  const { id } = useParams({ from: '/app/ad-audiences/$id' })
  const audience = useQuery(ask('adAudience', { params: { id } }))
  const [open, setOpen] = useState<'change' | 'delete' | null>(null)
  const mayExport = useMayCall('exportAdAudience')
  const count = useMutation({ mutationFn: () => call('countAdAudience', { params: { id } }), onSettled: refreshAudiences })
  if (audience.data === undefined) return <PageWithout title="Ad audience" query={audience} what="this ad audience" />
  const { name, platform, segment, list, topic, counts, countedAt, usedIn, deletedAt } = audience.data
  const gone = deletedAt === null ? undefined : 'The ad audience was deleted. Restore it first.'
  return (
    <Page
      title={name}
      lead={
        <span>
          {platformNames[platform]} ·{' '}
          {segment !== null ? (
            <>
              those of the segment{' '}
              <Link to="/segments/$id" params={{ id: segment }}>
                {segment}
              </Link>
            </>
          ) : (
            <>
              whom journeys, imports and hands put into{' '}
              <Link to="/lists/$id" params={{ id: list ?? '' }}>
                its list
              </Link>
            </>
          )}
          {topic === null ? '' : ` · agreed to ads and to “${topic}”`} <CopyIcon text={id} what="id" />
        </span>
      }
      actions={
        <>
          {mayExport.kind === 'yes' && gone === undefined ? (
            <Button component="a" href={`/api/ad-audiences/${encodeURIComponent(id)}/export`} download variant="default">
              Download its file
            </Button>
          ) : null}
          <Action route="setAdAudience" variant="default" blocked={gone} onClick={() => setOpen('change')}>
            Change
          </Action>
          <Action
            route="deleteAdAudience"
            variant="default"
            blocked={gone ?? (usedIn.length > 0 ? 'It is in use. Take it out of what uses it first.' : undefined)}
            onClick={() => setOpen('delete')}
          >
            Delete
          </Action>
        </>
      }
    >
      <DeletedBar
        what="ad audience"
        name={name}
        at={deletedAt}
        route="restoreAdAudience"
        restore={() => restoreAudience(id)}
        back={audienceIsBack}
        means="No platform can fetch it."
      />
      <Panel
        title="Who is told"
        aside={
          <Action
            route="countAdAudience"
            variant="default"
            size="compact-sm"
            blocked={gone}
            loading={count.isPending}
            onClick={() => count.mutate()}
          >
            Count now
          </Action>
        }
      >
        {count.error === null ? null : <Failure error={count.error} />}
        {counts === null || countedAt === null ? (
          <p className="soft">It was neither exported nor counted yet.</p>
        ) : (
          <Told counts={counts} at={countedAt} />
        )}
      </Panel>
      {gone === undefined ? <Address audience={audience.data} /> : null}
      {usedIn.length === 0 ? null : (
        <Panel title="Used in">
          <ul className="stack" style={{ gap: 4 }}>
            {usedIn.map((one) => (
              <li key={one.id}>
                <Link to="/journeys/$id" params={{ id: one.id }}>
                  {one.name}
                </Link>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {open === 'change' ? <Change audience={audience.data} close={() => setOpen(null)} /> : null}
      {open === 'delete' ? <Delete audience={audience.data} close={() => setOpen(null)} /> : null}
    </Page>
  )
}

function Told({ counts, at }: { readonly counts: AdAudienceCounts; readonly at: number }) {
  const format = useFormat()
  const { people, withoutConsent, withoutKey, rows, email, phone, name } = counts
  const share = (n: number): string => (rows === 0 ? '' : ` (${Math.round((n / rows) * 100)} %)`)
  return (
    <>
      <Sum
        parts={[
          ['are in it', format.number(people), ''],
          ['have not agreed to ads', format.number(withoutConsent), 'left out'],
          ['have neither e-mail address nor phone number', format.number(withoutKey), 'left out'],
          ['are told', format.number(rows), 'hashed'],
        ]}
      />
      <p className="soft" style={{ marginTop: 12 }}>
        Known by: e-mail address {format.number(email)}
        {share(email)}, phone number {format.number(phone)}
        {share(phone)}, first and last name {format.number(name)}
        {share(name)}. Counted <When at={at} />.
      </p>
    </>
  )
}

function Address({ audience: { id, linkedAt, fetchedAt } }: { readonly audience: AdAudience }) {
  const [link, setLink] = useState<RouteResponse<'linkAdAudience'> | null>(null)
  const make = useMutation({
    mutationFn: () => call('linkAdAudience', { params: { id } }),
    onSuccess: async (made) => {
      setLink(made)
      await refreshAudiences()
    },
  })
  const end = useMutation({
    mutationFn: () => call('unlinkAdAudience', { params: { id } }),
    onSuccess: async () => {
      setLink(null)
      await refreshAudiences()
      toast('Nobody can fetch it any more.')
    },
  })
  const error = make.error ?? end.error
  return (
    <Panel title="Fetched by the platform">
      <div className="stack">
        <p className="soft">
          {linkedAt === null
            ? 'There is no address yet from which a platform could fetch it by itself.'
            : 'There is an address from which the platform fetches it by itself.'}{' '}
          {linkedAt === null ? null : (
            <>
              Made <When at={linkedAt} />,{' '}
              {fetchedAt === null ? (
                'never fetched.'
              ) : (
                <>
                  last fetched <When at={fetchedAt} />.
                </>
              )}
            </>
          )}
        </p>
        {link === null ? null : (
          <p style={{ overflowWrap: 'anywhere' }}>
            <code className="mono">{link.url}</code> <CopyIcon text={link.url} what="address" />
            <br />
            <span className="soft">It is shown this once. Whoever has it can fetch the audience.</span>
          </p>
        )}
        {error === null ? null : <Failure error={error} />}
        <div className="row">
          <Action route="linkAdAudience" variant="default" loading={make.isPending} onClick={() => make.mutate()}>
            {linkedAt === null ? 'Make an address' : 'Make another address, and end this one'}
          </Action>
          {linkedAt === null ? null : (
            <Action route="unlinkAdAudience" variant="default" loading={end.isPending} onClick={() => end.mutate()}>
              End the address
            </Action>
          )}
        </div>
      </div>
    </Panel>
  )
}

interface DialogProps {
  readonly audience: AdAudience
  readonly close: () => void
}

function Change({ audience, close }: DialogProps) {
  const [topic, setTopic] = useState(audience.topic ?? '')
  return (
    <NameDialog
      title={`Change “${audience.name}”`}
      route="setAdAudience"
      action="Change the ad audience"
      initial={audience.name}
      close={close}
      save={async (name) => {
        await call('setAdAudience', { params: { id: audience.id }, body: { name, topic: topic.trim() === '' ? null : topic.trim() } })
        await refreshAudiences()
        close()
        toast('The ad audience is changed.')
      }}
    >
      <TextInput
        label="Topic"
        description="To which its people must have agreed, besides to ads. May be left empty."
        maxLength={100}
        value={topic}
        onChange={(event) => setTopic(event.currentTarget.value)}
      />
    </NameDialog>
  )
}

function Delete({ audience, close }: DialogProps) {
  const format = useFormat()
  const navigate = useNavigate()
  return (
    <Removal
      title={`Delete “${audience.name}”`}
      action="Delete the ad audience"
      remove={async () => {
        await call('deleteAdAudience', { params: { id: audience.id } })
        await navigate({ to: '/ad-audiences' })
        await refreshAudiences()
        toast(`“${audience.name}” is deleted. It can be restored below.`)
      }}
      close={close}
    >
      Its address ends, for good; the ad audience itself can be restored. What the platform has of it stays there: empty it there too.
      {audience.counts === null ? '' : ` The latest export told ${counted(format, audience.counts.rows, 'person', 'people')}.`}
      {audience.list === null ? '' : ' The list of its members stays.'}
    </Removal>
  )
}
