/**
 * Tasks: what journeys want people of the shop to do.
 *
 * - *request*: a task as a run of a journey made it, its texts not written yet; in the transaction of the run.
 * - *task*: written for the person, whose it is and until when; open until somebody says that it is done.
 * - *assignee*: whose it is, by e-mail address; who has an account of the console by it finds theirs first.
 * - *news*: what the person's timeline is to be told, `Task Created` and `Task Done`, each once.
 */
export { readTasksOf } from './everything.ts'
export { makeTaskHandlers } from './handlers.ts'
export { taskRequestStatement, type TaskRequest } from './said.ts'
export { writeTasks, writeTexts, type WriteTasksDeps } from './write-tasks.ts'
export { tellTaskNews } from './news.ts'
