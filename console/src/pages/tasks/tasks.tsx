import { Button, Select } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { Task } from '@throughline/contracts'
import { ask, askPages } from '../../api/queries.ts'
import { personTitle } from '../../format/person-words.ts'
import { DataTable, rowLink } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { Paged } from '../../ui/paged.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { PersonLink } from '../../ui/person.tsx'
import { Pill } from '../../ui/pill.tsx'
import { Empty } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { TaskDialog } from './task-dialog.tsx'

const wordOf = (task: Task): string => (task.title === '' ? 'Forgotten with the person' : task.title)

const columns: readonly Column<Task>[] = [
  {
    id: 'task',
    header: 'Task',
    primary: true,
    cell: (task) => (
      <span>
        <Link to="/tasks" search={(now) => ({ ...now, task: task.id })} className={rowLink}>
          {wordOf(task)}
        </Link>
        {task.problem === null ? null : <Pill tone="bad">not written</Pill>}
      </span>
    ),
  },
  {
    id: 'person',
    header: 'About',
    width: '18%',
    cell: ({ person }) =>
      person === null ? <span className="dim">forgotten</span> : <PersonLink id={person.id} name={personTitle(person)} />,
  },
  { id: 'assignee', header: 'Whose', width: '20%', cell: ({ assignee }) => <span className="cut">{assignee}</span> },
  { id: 'due', header: 'Due', width: '18%', cell: (task) => <Due task={task} /> },
  {
    id: 'came',
    header: 'Came',
    width: '13%',
    align: 'right',
    cell: ({ createdAt }) => <When at={createdAt} as="stamp" />,
  },
]

function Due({ task: { dueAt, doneAt, doneBy } }: { readonly task: Task }) {
  if (doneAt !== null)
    return (
      <span>
        <Pill tone="good">done</Pill> <span className="soft">{doneBy}</span>
      </span>
    )
  if (dueAt === null) return <span className="dim">whenever</span>
  return (
    <span>
      {dueAt < Date.now() ? <Pill tone="bad">overdue</Pill> : null} <When at={dueAt} />
    </span>
  )
}

const states = [
  { value: 'open', label: 'Open' },
  { value: 'done', label: 'Done' },
] as const

/** What people of the shop are to do. */
export function Tasks() {
  const { task: opened, ...filter } = useSearch({ from: '/app/tasks' })
  const navigate = useNavigate({ from: '/tasks' })
  const journeys = useQuery({ ...ask('journeys', {}), staleTime: 60_000 })
  const assignees = useQuery({ ...ask('taskAssignees', {}), refetchInterval: 30_000 })
  const me = useQuery({ ...ask('me', {}), staleTime: Number.POSITIVE_INFINITY })
  const person = useQuery({
    ...ask('person', { params: { id: filter.person ?? '' } }),
    enabled: filter.person !== undefined,
    staleTime: 60_000,
  })
  const tasks = useInfiniteQuery({
    ...askPages('tasks', { query: { ...filter, limit: 50 } }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) === 1 ? 15_000 : false),
  })
  const set = (change: Partial<typeof filter>): void => void navigate({ search: (now) => ({ ...now, ...change }), replace: true })
  const narrowed = filter.assignee !== undefined || filter.journey !== undefined || filter.person !== undefined
  return (
    <Page title="Tasks" lead="What journeys want people of the shop to do, each about one customer.">
      <div className="row" role="group" aria-label="Filter">
        <Select
          aria-label="State"
          allowDeselect={false}
          w={120}
          value={filter.state ?? 'open'}
          data={[...states]}
          onChange={(value) => set({ state: value === 'done' ? 'done' : undefined })}
        />
        <Select
          aria-label="Whose"
          placeholder="Everybody’s"
          clearable
          clearButtonProps={{ 'aria-label': 'Everybody’s' }}
          value={filter.assignee ?? null}
          data={(assignees.data?.items ?? []).map(({ assignee, open, overdue }) => ({
            value: assignee,
            label: `${assignee === me.data?.email ? 'Mine' : assignee} (${open} open${overdue === 0 ? '' : `, ${overdue} overdue`})`,
          }))}
          onChange={(value) => set({ assignee: value ?? undefined })}
        />
        <Select
          aria-label="Journey"
          placeholder="Every journey"
          clearable
          clearButtonProps={{ 'aria-label': 'Every journey' }}
          value={filter.journey ?? null}
          data={(journeys.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
          onChange={(value) => set({ journey: value ?? undefined })}
        />
        {filter.person === undefined ? null : (
          <Button variant="default" onClick={() => set({ person: undefined })}>
            Only {person.data === undefined ? 'one person' : personTitle(person.data)} ×<span className="vh"> show everybody’s</span>
          </Button>
        )}
      </div>
      <Panel flush>
        <Paged
          query={tasks}
          what="tasks"
          rows={8}
          end="Those were all."
          empty={
            narrowed || filter.state === 'done' ? (
              <Empty
                title="No task is like that"
                action={
                  <Button variant="default" onClick={() => void navigate({ search: {}, replace: true })}>
                    Show all open tasks
                  </Button>
                }
              />
            ) : (
              <Empty
                title="Nothing to do"
                action={
                  <Button component={Link} to="/journeys">
                    Go to the journeys
                  </Button>
                }
              >
                The step “Make a task for staff” of a live journey puts tasks here: call this customer, whose order failed.
              </Empty>
            )
          }
        >
          {(rows) => <DataTable label="Tasks" rows={rows} columns={columns} rowId={({ id }) => id} />}
        </Paged>
      </Panel>
      {opened === undefined ? null : (
        <TaskDialog key={opened} id={opened} close={() => void navigate({ search: ({ task: _, ...now }) => now, replace: true })} />
      )}
    </Page>
  )
}
