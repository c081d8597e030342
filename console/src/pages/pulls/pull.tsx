import { useState } from 'react'
import { Button } from '@mantine/core'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import type { ImportCounts, Pull, PullRun } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask, askPages, queryClient } from '../../api/queries.ts'
import { placeWords, pullOutcomeWords, pullStateWords, scheduleWords } from '../../format/connector-words.ts'
import { bytesWords, kindWords, stateWords, targetWords } from '../../format/import-words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { PageWithout } from '../../ui/page-without.tsx'
import { Paged } from '../../ui/paged.tsx'
import { Page } from '../../ui/page.tsx'
import { Facts, Panel } from '../../ui/panel.tsx'
import { Pill } from '../../ui/pill.tsx'
import { Empty, Failure } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import { When } from '../../ui/when.tsx'
import styles from '../imports/imports.module.css'
import { draftOf, placeOf, scheduleOf } from './pull-draft.ts'
import type { PullDraft } from './pull-draft.ts'
import { PullForm } from './pull-form.tsx'

/** One pull: how it stands, what it is, and what came of its runs. */
export function PullPage() {
  const { id } = useParams({ from: '/app/imports/pulls/$id' })
  const found = useQuery({
    ...ask('pull', { params: { id } }),
    refetchInterval: ({ state }) => (['working', 'importing'].includes(state.data?.state ?? '') ? 700 : 5_000),
  })
  const [editing, setEditing] = useState(false)
  if (found.data === undefined) return <PageWithout title="Pull" query={found} what="the pull" />
  const one = found.data
  const state = pullStateWords[one.state]
  return (
    <Page
      title={one.name}
      lead={
        <>
          {kindWords[one.kind].name}, {scheduleWords(one.schedule)} · <Pill tone={state.tone}>{state.name}</Pill>
          {one.nextAt === null || one.state === 'working' ? null : (
            <>
              {' '}
              · next <When at={one.nextAt} />
            </>
          )}
        </>
      }
      actions={<Buttons one={one} />}
    >
      {one.error === null ? null : (
        <Panel title={one.failures === 1 ? 'It failed' : `It failed ${one.failures} times in a row`}>
          <p>{one.error.message}</p>
        </Panel>
      )}
      {one.aside.length === 0 ? null : <Aside one={one} />}
      {one.draft === null ? null : (
        <Panel title="The file is here">
          <div className="row" style={{ justifyContent: 'space-between' }}>
            <p>
              {one.mapping === null
                ? 'Say what its columns are, see what would come of it, and let it be imported by the schedule from then on.'
                : 'Say what its columns are now. Until then the old mapping is used.'}
            </p>
            <Button component={Link} to={`/imports/${one.draft}`}>
              Map the columns
            </Button>
          </div>
        </Panel>
      )}
      {editing ? <Edit one={one} close={() => setEditing(false)} /> : <Settings one={one} edit={() => setEditing(true)} />}
      <Runs id={one.id} busy={one.state === 'working' || one.state === 'importing'} />
    </Page>
  )
}

async function refresh(id: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: ['pull', { params: { id } }] })
  await queryClient.invalidateQueries({ queryKey: ['pulls'] })
  await queryClient.invalidateQueries({ queryKey: ['pullRuns'] })
}

function Buttons({ one }: { readonly one: Pull }) {
  const navigate = useNavigate()
  const { id } = one
  const [removing, setRemoving] = useState(false)
  const onSettled = (): Promise<void> => refresh(id)
  const run = useMutation({ mutationFn: () => call('runPull', { params: { id } }), onSettled })
  const pause = useMutation({ mutationFn: () => call('pausePull', { params: { id } }), onSettled })
  const resume = useMutation({ mutationFn: () => call('resumePull', { params: { id } }), onSettled })
  const remove = useMutation({
    mutationFn: () => call('deletePull', { params: { id } }),
    onSuccess: async () => {
      await navigate({ to: '/imports/pulls' })
      await queryClient.invalidateQueries({ queryKey: ['pulls'] })
      toast('The pull is removed; what it brought in stays.')
    },
  })
  const failed = run.error ?? pause.error ?? resume.error
  return (
    <div className="stack" style={{ gap: 8 }}>
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Action
          route="runPull"
          loading={run.isPending}
          blocked={one.state === 'working' || one.state === 'importing' ? 'It is at work.' : undefined}
          onClick={() => run.mutate()}
        >
          Fetch now
        </Action>
        {one.paused ? (
          <Action route="resumePull" variant="default" loading={resume.isPending} onClick={() => resume.mutate()}>
            Resume
          </Action>
        ) : (
          <Action route="pausePull" variant="default" loading={pause.isPending} onClick={() => pause.mutate()}>
            Pause
          </Action>
        )}
        <Action route="deletePull" variant="subtle" color="red" onClick={() => setRemoving(true)}>
          Remove
        </Action>
      </div>
      {failed === null ? null : <Failure error={failed} />}
      <Confirm
        opened={removing}
        title={`Remove “${one.name}”`}
        danger
        action="Remove the pull"
        busy={remove.isPending}
        error={remove.error}
        onClose={() => setRemoving(false)}
        onConfirm={() => remove.mutate()}
      >
        <p>Nothing is fetched any more. Its imports and what they brought in stay.</p>
      </Confirm>
    </div>
  )
}

function Aside({ one }: { readonly one: Pull }) {
  const { id } = one
  const retry = useMutation({
    mutationFn: (name: string) => call('retryPullFile', { params: { id }, body: { name } }),
    onSettled: () => refresh(id),
  })
  return (
    <Panel title="Set aside">
      <div className="stack">
        <p className="soft">These could not be taken after several tries. The others go on; one that changes is tried again by itself.</p>
        {one.aside.map(({ name, at, error }) => (
          <div key={name} className="row" style={{ justifyContent: 'space-between', flexWrap: 'nowrap' }}>
            <div>
              <span className="mono break">{name}</span>{' '}
              <span className="dim">
                <When at={at} />
              </span>
              <p className={styles.error}>{error?.message ?? 'Its reason is not known any more.'}</p>
            </div>
            <Action
              route="retryPullFile"
              variant="default"
              size="compact-sm"
              style={{ flexShrink: 0 }}
              loading={retry.isPending && retry.variables === name}
              aria-label={`Try ${name} again`}
              onClick={() => retry.mutate(name)}
            >
              Try again
            </Action>
          </div>
        ))}
        {retry.error === null ? null : <Failure error={retry.error} />}
      </div>
    </Panel>
  )
}

function Settings({ one, edit }: { readonly one: Pull; readonly edit: () => void }) {
  const { id, place, mapping, options } = one
  const again = useMutation({ mutationFn: () => call('remapPull', { params: { id } }), onSettled: () => refresh(id) })
  const mapped = mapping?.columns.filter(({ to }) => to !== 'ignore') ?? []
  return (
    <Panel
      title="What it fetches"
      aside={
        <span className="row" style={{ gap: 8 }}>
          {mapping === null ? null : (
            <Action route="remapPull" variant="default" size="compact-sm" loading={again.isPending} onClick={() => again.mutate()}>
              Map anew
            </Action>
          )}
          <Action route="changePull" variant="default" size="compact-sm" onClick={edit}>
            Change
          </Action>
        </span>
      }
    >
      <div className="stack">
        <Facts
          items={[
            [
              'From',
              <span key="from" className="break">
                {placeWords(place)}
              </span>,
            ],
            ...(place.kind === 's3'
              ? ([['Endpoint', place.endpoint ?? `Amazon, ${place.region}`]] as const)
              : ([
                  [
                    'The server asks for',
                    place.auth.kind === 'none'
                      ? 'nothing'
                      : place.auth.kind === 'basic'
                        ? `the user name ${place.auth.user} and a password`
                        : `the header ${place.auth.name}`,
                  ],
                ] as const)),
            ['When', scheduleWords(one.schedule)],
            [
              'Columns',
              mapping === null
                ? 'nobody has said yet'
                : mapped.map(({ column, to, name }) => `${column}: ${name ?? targetWords[to]}`).join(', '),
            ],
            ...(options.list === null ? [] : ([['Everybody joins', options.list]] as const)),
            ['Journeys', options.triggers ? 'are started and moved by it' : 'take no notice: it is history'],
            ['Added', `by ${one.createdBy}`],
          ]}
        />
        {again.error === null ? null : <Failure error={again.error} />}
      </div>
    </Panel>
  )
}

function Edit({ one, close }: { readonly one: Pull; readonly close: () => void }) {
  const { id } = one
  const save = useMutation({
    mutationFn: (draft: PullDraft) =>
      call('changePull', {
        params: { id },
        body: {
          name: draft.name.trim(),
          place: placeOf(draft),
          schedule: scheduleOf(draft),
          ...(draft.secret === '' ? {} : { secret: draft.secret }),
        },
      }),
    onSuccess: async () => {
      close()
      await refresh(id)
      toast('The pull is changed.')
    },
  })
  return (
    <Panel title="Change it">
      <PullForm
        initial={draftOf(one)}
        fresh={false}
        kept={one.hasSecret}
        route="changePull"
        action="Save the changes"
        busy={save.isPending}
        error={save.error}
        cancel={
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
        }
        save={(draft) => save.mutate(draft)}
      />
    </Panel>
  )
}

function RowWords({ counts }: { readonly counts: ImportCounts }) {
  const format = useFormat()
  const said = [
    [counts.new, 'new'],
    [counts.changed, 'changed'],
    [counts.refused, 'refused'],
  ] as const
  const words = said.filter(([count]) => count > 0).map(([count, word]) => `${format.number(count)} ${word}`)
  return <>: {words.length === 0 ? 'nothing new in it' : words.join(', ')}</>
}

const columns: readonly Column<PullRun>[] = [
  { id: 'at', header: 'When', primary: true, width: '16%', cell: (run) => <When at={run.at} as="stamp" /> },
  {
    id: 'outcome',
    header: 'What came of it',
    width: '20%',
    cell: ({ outcome }) => <Pill tone={pullOutcomeWords[outcome].tone}>{pullOutcomeWords[outcome].name}</Pill>,
  },
  {
    id: 'file',
    header: 'File',
    cell: ({ file, bytes, import: id, importState, counts, error }) =>
      error !== null ? (
        <span className={styles.error}>{error.message}</span>
      ) : file === null ? (
        <span className="dim">none</span>
      ) : (
        <span>
          {id === null ? (
            <span className="break">{file}</span>
          ) : (
            <Link to="/imports/$id" params={{ id }} className="link break">
              {file}
            </Link>
          )}{' '}
          <span className="dim">{bytes === null ? '' : bytesWords(bytes)}</span>
          {importState === null || importState === 'draft' ? null : (
            <span className={importState === 'failed' ? styles.error : 'dim'}>
              {' '}
              · {stateWords[importState].name}
              {counts === null ? null : <RowWords counts={counts} />}
            </span>
          )}
        </span>
      ),
  },
]

function Runs({ id, busy }: { readonly id: string; readonly busy: boolean }) {
  const runs = useInfiniteQuery({
    ...askPages('pullRuns', { params: { id }, query: { limit: 20 } }),
    refetchInterval: busy ? 1_000 : 10_000,
  })
  return (
    <Panel title="Runs" flush>
      <Paged query={runs} what="its runs" rows={3} empty={<Empty title="It has not run yet">What comes of each run appears here.</Empty>}>
        {(rows) => <DataTable label="Runs" rows={rows} columns={columns} rowId={(run) => run.id} />}
      </Paged>
    </Panel>
  )
}
