import { Progress } from '@mantine/core'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { FileImport } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { bytesWords, kindWords, stateWords } from '../../format/import-words.ts'
import { Action } from '../../ui/action.tsx'
import { Page } from '../../ui/page.tsx'
import { PageWithout } from '../../ui/page-without.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Pill } from '../../ui/pill.tsx'
import { Failure } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import { When } from '../../ui/when.tsx'
import { Counts } from './counts.tsx'
import { Draft } from './draft.tsx'
import { RefusedRows } from './refused-rows.tsx'

const atWork = (one: FileImport | undefined): boolean => one?.state === 'running' || one?.state === 'checking'

/** One import: as long as it has not begun its mapping, then its progress, then what came of it. */
export function ImportPage() {
  const { id } = useParams({ from: '/app/imports/$id' })
  const found = useQuery({ ...ask('fileImport', { params: { id } }), refetchInterval: ({ state }) => (atWork(state.data) ? 700 : false) })
  if (found.data === undefined) return <PageWithout title="Import" query={found} what="the import" />
  const one = found.data
  const state = stateWords[one.state]
  return (
    <Page
      title={one.name}
      lead={
        <>
          {kindWords[one.kind].name}, {bytesWords(one.bytes)}, {one.pull === null ? 'uploaded' : 'fetched'} by {one.createdBy}{' '}
          <When at={one.createdAt} /> · <Pill tone={state.tone}>{state.name}</Pill>
        </>
      }
      actions={<Buttons one={one} />}
    >
      {one.error === null ? null : (
        <Panel title="It stopped">
          <p role="alert">{one.error}</p>
        </Panel>
      )}
      {one.state === 'draft' ? <Draft one={one} /> : one.state === 'checking' ? <Working one={one} /> : <Result one={one} />}
    </Page>
  )
}

function Working({ one }: { readonly one: FileImport }) {
  const share = Math.floor(one.progress * 100)
  const checking = one.state === 'checking'
  return (
    <Panel title={checking ? 'The file is being checked; nothing is written' : 'The file is being imported'}>
      <div className="stack">
        <Progress value={share} size="lg" aria-label={`${share} % of the file`} />
        <Counts counts={(checking ? one.check : one.counts) ?? one.counts} />
        <p className="dim">You may leave this page; the work goes on, and after a restart of the server too.</p>
      </div>
    </Panel>
  )
}

function Result({ one }: { readonly one: FileImport }) {
  return (
    <>
      {one.state === 'running' ? (
        <Working one={one} />
      ) : (
        <Panel title="What came of it">
          <div className="stack">
            <Counts counts={one.counts} />
            {one.options.list === null ? null : (
              <p>
                {one.joined} joined the list{' '}
                <Link to="/lists/$id" params={{ id: one.options.list }} className="link">
                  {one.options.list}
                </Link>
                .
              </p>
            )}
          </div>
        </Panel>
      )}
      {one.counts.refused > 0 ? <RefusedRows id={one.id} phase="run" refused={one.counts.refused} /> : null}
    </>
  )
}

function Buttons({ one }: { readonly one: FileImport }) {
  const navigate = useNavigate()
  const refresh = async (): Promise<void> => {
    await queryClient.invalidateQueries({ queryKey: ['fileImport', { params: { id: one.id } }] })
    await queryClient.invalidateQueries({ queryKey: ['imports'] })
  }
  const start = useMutation({ mutationFn: () => call('startImport', { params: { id: one.id } }), onSettled: refresh })
  const cancel = useMutation({ mutationFn: () => call('cancelImport', { params: { id: one.id } }), onSettled: refresh })
  const remove = useMutation({
    mutationFn: () => call('deleteImport', { params: { id: one.id } }),
    onSuccess: async () => {
      await navigate({ to: '/imports' })
      await queryClient.invalidateQueries({ queryKey: ['imports'] })
      toast('The import is removed; what it brought in stays.')
    },
  })
  const failed = start.error ?? cancel.error ?? remove.error
  return (
    <div className="stack" style={{ gap: 8 }}>
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        {one.state === 'failed' || one.state === 'cancelled' ? (
          <Action route="startImport" loading={start.isPending} onClick={() => start.mutate()}>
            Go on where it stopped
          </Action>
        ) : null}
        {atWork(one) ? (
          <Action route="cancelImport" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {one.state === 'checking' ? 'Stop the check' : 'Stop the import'}
          </Action>
        ) : (
          <Action route="deleteImport" variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
            Remove
          </Action>
        )}
      </div>
      {failed === null ? null : <Failure error={failed} />}
    </div>
  )
}
