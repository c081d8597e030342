import { join } from 'node:path'
import { loadSettings } from '../accounts/index.ts'
import { clearResends, conductSends, decideWinners, learnWeights } from '../campaigns/index.ts'
import { makeProviderStore, makeSender, startAsker, type ProviderStore, type Sender } from '../channels/index.ts'
import { giveCodes, redeemCodes, tryAside } from '../coupons/index.ts'
import { tellHolders } from '../consent/index.ts'
import { makeOwnAppending } from '../ingest/index.ts'
import {
  announceAudiences,
  announceEpoch,
  announceFigures,
  answerRequests,
  dropOldMoves,
  tellStepAnswer,
  tellStepAnswers,
} from '../journeys/index.ts'
import { makeWorker, type Worker } from '../pipeline/index.ts'
import { makeClickHouse } from '../platform/clickhouse/index.ts'
import { startLoop } from '../platform/jobs/index.ts'
import { makeAnswerRatesKeeper, makeAsker, makeRfmKeeper } from '../segments/index.ts'
import { dropOldShopEvents, fanOutShopEvents, type FanOutDeps } from '../shop-events/index.ts'
import { mailStaff } from '../staff-mail/index.ts'
import { tellTaskNews, writeTasks } from '../tasks/index.ts'
import { makeTemplateStore } from '../templates/index.ts'
import type { Ground } from './start.ts'

/** How soon people are told of a change of their address's standing, ms. */
const TELL_MS = 500
/** How soon people are told whether there is room in a journey with a cap for the day, ms. */
const ANSWER_MS = 200
/** How often the clock is looked at for audiences whose time has come, ms. */
const SCHEDULE_MS = 1_000

/** How soon people are let in by events of the shop, ms. */
const FAN_OUT_MS = 300
/** How soon runs are told of the codes that they wait for, ms. */
const GIVE_MS = 100
/** How often codes that could not be opened are tried again, ms; also at the start, when the secret key may be another. */
const REOPEN_MS = 600_000
/** How soon codes that orders carried are marked, ms. */
const REDEEM_MS = 1_000
/** How soon tasks are written, and timelines told of them, ms. */
const TASKS_MS = 300
/** How often it is looked whether people of the shop are to get a mail, ms. */
const STAFF_MAIL_MS = 2_000
/** How often campaigns are looked after, ms. */
const CONDUCT_MS = 250
/** How often it is looked whether a test of variants has had its time, ms. */
const DECIDE_MS = 5_000
/** How often what is kept no longer is dropped, ms. */
const DROP_MS = 600_000

export interface RunningWork {
  readonly id: string
  readonly providers: ProviderStore
  readonly sender: Sender
  readonly worker: Worker
  stop(): Promise<void>
}

/** Starts the worker, the sender, and what runs beside them. `alone`: no other process can be using this database. */
export async function startWork(ground: Ground, options: { alone: boolean }): Promise<RunningWork> {
  const { config, stores, pool, log, metrics, accepter, channelDeps, secrets, settings } = ground
  const providers = makeProviderStore({ ...channelDeps, pool, log, secrets })
  const bulk = makeClickHouse(stores.clickhouseUrl, 'bulk')
  const figures = { pool, ask: makeAsker(bulk), settings: () => loadSettings(pool) }
  const keepRfm = makeRfmKeeper({ ...figures, announce: announceEpoch })
  const keepAnswerRates = makeAnswerRatesKeeper({ ...figures, announce: announceFigures })
  // The worker hands to the sender what it wrote, and the sender asks the worker which shards are its own.
  const worker = makeWorker({
    pool,
    log,
    metrics,
    alone: options.alone,
    loadSettings: () => loadSettings(pool),
    deliver: (messages) => sender.take(messages),
    bulkRoom: (channel) => sender.bulkRoom(channel),
    keepRanks: async (signal) => (await keepAnswerRates(signal)) || keepRfm(signal),
    clickhouse: { url: stores.clickhouseUrl, cluster: config.clickhouseCluster },
    unseal: (sealed) => secrets.decrypt(sealed),
    archive: { folder: join(config.dataDir, 'archive'), days: config.inboxDays },
  })
  const templates = makeTemplateStore(pool)
  const sender = makeSender({
    ...channelDeps,
    pool,
    log,
    worker: worker.id,
    providers,
    templates,
    settings,
    shards: () => worker.status().shards,
    appendOutcomes: makeOwnAppending,
    appended: () => worker.wake(),
    liveWaiting: () => worker.isLiveWaiting(),
  })
  const stopListening = accepter.onAccepted(() => worker.wake())
  sender.start()
  const asking = startAsker({ ...channelDeps, log, providers, templates, settings, tell: tellStepAnswer })
  const telling = startLoop({
    name: 'tell people of their addresses',
    everyMs: TELL_MS,
    log,
    async run(signal) {
      while (!signal.aborted && (await tellHolders(pool, (events) => accepter.accept(events))));
    },
  })
  const scheduling = startLoop({
    name: 'let audiences into journeys',
    everyMs: SCHEDULE_MS,
    log,
    run: async () => announceAudiences(pool, (await loadSettings(pool)).zone),
  })
  const answering = startLoop({
    name: 'let people into journeys with a cap',
    everyMs: ANSWER_MS,
    log,
    async run(signal) {
      while (!signal.aborted && (await answerRequests(pool)));
    },
  })
  const fanOut: FanOutDeps = { pool, ask: makeAsker(bulk), settings, append: (events) => accepter.accept(events) }
  const fanningOut = startLoop({
    name: 'let in those whom events of the shop concern',
    everyMs: FAN_OUT_MS,
    maxBackoffMs: 10_000,
    log,
    async run(signal) {
      while (!signal.aborted && (await fanOutShopEvents(fanOut, signal)));
    },
  })
  const conducting = startLoop({
    name: 'send campaigns',
    everyMs: CONDUCT_MS,
    log,
    run: async () => conductSends(pool, (await settings()).zone, makeAsker(bulk).rows),
  })
  const deciding = startLoop({
    name: 'choose the winners of campaigns',
    everyMs: DECIDE_MS,
    log,
    run: async () => decideWinners(pool, makeAsker(bulk).rows, (await settings()).currency),
  })
  const learning = startLoop({
    name: 'learn the weights of variants',
    everyMs: DECIDE_MS,
    log,
    run: async () => learnWeights(pool, makeAsker(bulk).rows, (await settings()).currency),
  })
  const giving = startLoop({
    name: 'give coupon codes',
    everyMs: GIVE_MS,
    log,
    async run(signal) {
      while (!signal.aborted && (await giveCodes({ pool, secrets, settings, tell: tellStepAnswers })));
    },
  })
  const reopening = startLoop({
    name: 'try coupon codes that were put aside',
    everyMs: REOPEN_MS,
    log,
    run: async () => void (await tryAside(pool, secrets)),
  })
  const redeeming = startLoop({
    name: 'mark redeemed coupon codes',
    everyMs: REDEEM_MS,
    log,
    async run(signal) {
      while (!signal.aborted && (await redeemCodes(pool, secrets)));
    },
  })
  const dropping = startLoop({
    name: 'drop what is kept no longer',
    everyMs: DROP_MS,
    log,
    async run(signal) {
      while (!signal.aborted && (await dropOldShopEvents(pool, Date.now())));
      while (!signal.aborted && (await dropOldMoves(pool, Date.now())));
      await clearResends(pool, signal)
    },
  })
  const writing = startLoop({
    name: 'write tasks for people of the shop',
    everyMs: TASKS_MS,
    log,
    async run(signal) {
      while (!signal.aborted && (await writeTasks({ pool, settings })));
      while (!signal.aborted && (await tellTaskNews(pool, (events) => accepter.accept(events))));
    },
  })
  const mailing = startLoop({
    name: 'mail people of the shop',
    everyMs: STAFF_MAIL_MS,
    log,
    async run(signal) {
      while (!signal.aborted && (await mailStaff({ pool, log, providers, settings }, signal)));
    },
  })
  try {
    await worker.start()
  } catch (error) {
    stopListening()
    await telling.stop()
    await scheduling.stop()
    await answering.stop()
    await conducting.stop()
    await fanningOut.stop()
    await deciding.stop()
    await learning.stop()
    await giving.stop()
    await reopening.stop()
    await redeeming.stop()
    await dropping.stop()
    await writing.stop()
    await mailing.stop()
    await asking.stop()
    await sender.stop()
    await providers.close()
    await bulk.close()
    throw error
  }
  return {
    id: worker.id,
    providers,
    sender,
    worker,
    async stop() {
      stopListening()
      await telling.stop()
      await scheduling.stop()
      await answering.stop()
      await conducting.stop()
      await fanningOut.stop()
      await deciding.stop()
      await learning.stop()
      await giving.stop()
      await reopening.stop()
      await redeeming.stop()
      await dropping.stop()
      await writing.stop()
      await mailing.stop()
      await asking.stop()
      await worker.stop()
      await sender.stop()
      await providers.close()
      await bulk.close()
    },
  }
}
