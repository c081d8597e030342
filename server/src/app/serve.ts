import { join } from 'node:path'
import { channelKinds, type RouteName } from '@throughline/contracts'
import { loadSettings, makeAccountHandlers, makeAuthenticator, makeSignInPath, setUpWorkspace } from '../accounts/index.ts'
import { makeAuditHandlers, makeAuditLog, readAuditOf } from '../audit/index.ts'
import { makeOverviewHandlers, makeStatusHandlers } from '../analytics/index.ts'
import { makeCampaignHandlers } from '../campaigns/index.ts'
import {
  findCarried,
  makeChannelHandlers,
  readMessagesOf,
  readNotificationsOf,
  registerChannelRoutes,
  type ProviderStore,
} from '../channels/index.ts'
import { makeHookHandlers, makePullHandlers, registerHooks, startHookSweep, startPullWorker } from '../connectors/index.ts'
import { countFree, makeCouponHandlers } from '../coupons/index.ts'
import { makeFormHandlers, registerForms } from '../forms/index.ts'
import { makeForgetHandlers, readBeingForgotten } from '../forget/index.ts'
import { makeFiles, makeImportHandlers, makeIntake, startImportWorker, type ImportDeps, type Intake } from '../imports/index.ts'
import { makeInboundHandlers } from '../inbound/index.ts'
import { makeIngestHandlers, mergePeople, registerIngest } from '../ingest/index.ts'
import {
  announceEpoch,
  announceFigures,
  makeBriefHandlers,
  makeConversionHandlers,
  makeExperimentHandlers,
  makeJourneyDraftHandlers,
  makeJourneyHandlers,
  makeReadyMadeHandlers,
  makeJourneyPeopleHandlers,
  makeRehearsalHandlers,
  makeTestRunHandlers,
} from '../journeys/index.ts'
import { findRefs, makeListHandlers } from '../lists/index.ts'
import { findHistoryLost, makeReadComputed, unpackProfile } from '../pipeline/index.ts'
import type { Loop } from '../platform/jobs/index.ts'
import { closeServer, listen, makeHttpServer, registerApi, type Handlers } from '../platform/http/index.ts'
import { makeHistory, makeProfiles } from '../profiles/index.ts'
import { makeAnswerRatesHandlers, makeAsker, makePreview, makeRfmHandlers, makeSegmentHandlers, readRanks } from '../segments/index.ts'
import { makePastFanOut, makeShopEventHandlers } from '../shop-events/index.ts'
import { makeAdAudienceHandlers, registerAdAudienceRoutes, type AdAudienceDeps } from '../ad-audiences/index.ts'
import { makeTaskHandlers, readTasksOf, writeTexts } from '../tasks/index.ts'
import { checkTemplate, makeTemplateHandlers, makeTemplatePreview } from '../templates/index.ts'
import { keepBaseUrl } from './base-url.ts'
import { findConsole, registerConsole } from './console-files.ts'
import { makeChecks } from './health.ts'
import { makeLocalToken, withLocalToken } from './local-token.ts'
import { makeOpenApi } from './openapi.ts'
import { removeServerFile, writeServerFile } from './server-file.ts'
import type { Ground } from './start.ts'
import { readFreeBytes } from './stores.ts'
import { version } from './version.ts'
import { describeWelcome } from './welcome.ts'

export interface RunningServer {
  readonly address: string
  readonly localToken: string
  /** What the operator reads on the terminal: address, sign-in link, write key. */
  readonly welcome: string
  stop(): Promise<void>
}

/** Starts the HTTP server with everything on it, and tells commands on this machine where it is. */
export async function startServer(ground: Ground, beside: { readonly providers: ProviderStore | null }): Promise<RunningServer> {
  const { config, log, metrics, pool, accepter, sources, channelDeps, feed, settings } = ground
  const app = makeHttpServer({
    log,
    metrics,
    trustProxy: config.trustProxy,
    checks: makeChecks(ground),
  })
  const localToken = makeLocalToken()
  const document = makeOpenApi(version)
  app.get('/api/openapi.json', async () => document)
  const people = makePeople(ground)
  const files = makeFiles(join(config.dataDir, 'uploads'))
  let imports: Loop | null = null
  let pulls: Loop | null = null
  const importDeps = { pool, files, settings, wake: () => imports?.wake() }
  const intake = makeIntake(importDeps)
  const pulling = { intake, wake: () => pulls?.wake() }
  await registerApi(app, makeHandlers(ground, beside.providers, people, importDeps, pulling), {
    authenticator: withLocalToken(makeAuthenticator(pool), localToken),
    trustedOrigins: () => (config.baseUrl === undefined ? [] : [config.baseUrl]),
    audit: makeAuditLog(pool),
    checkAnswers: process.env.NODE_ENV === 'test',
  })
  await registerIngest(app, { accepter, sources })
  await registerHooks(app, { pool, accepter, secrets: ground.secrets, hash: (key) => ground.secrets.hmac('forgotten', key) })
  await registerForms(app, { pool, settings, secrets: ground.secrets, append: (events) => accepter.accept(events) })
  await registerChannelRoutes(app, { pool, log, links: channelDeps.links, feed, settings, append: (events) => accepter.accept(events) })
  await registerAdAudienceRoutes(app, adAudiencesOf(ground))
  await registerConsole(app, findConsole())

  const address = await listen(app, config)
  await keepBaseUrl(pool, config.baseUrl, address)
  imports = startImportWorker({
    pool,
    files,
    log,
    traitsOf: async (ids) => new Map([...(await people.findProfiles(ids))].map(([id, { traits }]) => [id, traits])),
    accept: (events) => accepter.accept(events),
    beingForgotten: () => readBeingForgotten(pool, (sealed) => ground.secrets.decrypt(sealed)),
  })
  pulls = startPullWorker({ pool, log, intake, open: ground.safeOpen, secrets: ground.secrets, settings })
  const hookSweep = startHookSweep({ pool, log })
  writeServerFile(config.dataDir, { address, token: localToken, pid: process.pid })
  const { writeKey, adminId } = await setUpWorkspace(pool, sources, config, address)
  const welcome = describeWelcome({
    version,
    address: config.baseUrl ?? address,
    signInPath: await makeSignInPath(pool, adminId),
    writeKey,
  })
  log.info({ address, version }, 'the server is ready')
  return {
    address,
    localToken,
    welcome,
    async stop() {
      removeServerFile(config.dataDir, localToken)
      feed.stop()
      await hookSweep.stop()
      await pulls?.stop()
      await imports?.stop()
      await closeServer(app)
    },
  }
}

/** What ad audiences are read with, by the API and by platforms that fetch them. */
const adAudiencesOf = ({ pool, secrets, settings }: Ground): AdAudienceDeps => ({ pool, secrets, settings, unpack: unpackProfile })

function makePeople({ pool, clickhouse, log, accepter, unmergeProfiles, settings }: Ground): ReturnType<typeof makeProfiles> {
  const history = makeHistory(clickhouse, (error) => log.warn({ err: error }, 'ClickHouse could not answer about people'))
  return makeProfiles({
    pool,
    unpack: unpackProfile,
    history,
    unmergeProfiles,
    mergePeople: (one, other, reason, also) => mergePeople(pool, one, other, reason, also),
    append: (events) => accepter.accept(events),
    readComputed: makeReadComputed(pool, settings),
    beside: [
      { name: 'messages', read: (profiles) => readMessagesOf(pool, profiles) },
      { name: 'notifications', read: (profiles) => readNotificationsOf(pool, profiles) },
      { name: 'tasks', read: (profiles) => readTasksOf(pool, profiles) },
      { name: 'audit', read: (profiles) => readAuditOf(pool, profiles) },
    ],
  })
}

function makeHandlers(
  ground: Ground,
  providers: ProviderStore | null,
  people: ReturnType<typeof makeProfiles>,
  imports: ImportDeps,
  pulling: { readonly intake: Intake; wake(): void },
): Handlers<RouteName> {
  const { config, log, pool, clickhouse, ring, sources, accepter, channelDeps, secrets, settings } = ground
  const asking = { pool, settings: () => loadSettings(pool), findPeople: people.findPeople, findProfiles: people.findProfiles }
  const adAudiences = adAudiencesOf(ground)
  return {
    ...makeAccountHandlers({ pool, sources, onSettingsChanged: async (client) => void (await announceEpoch(client)) }),
    ...makeOverviewHandlers({ pool, clickhouse, loadSettings: settings }),
    ...makeStatusHandlers({
      pool,
      clickhouse,
      version,
      channels: channelKinds,
      findHistoryLost: () => findHistoryLost(pool, clickhouse),
      freeBytes: () => readFreeBytes(config),
      readLog: (limit) => ring.read(limit),
    }),
    ...people.handlers,
    ...makeJourneyHandlers({
      pool,
      checkTemplate,
      findRef: async (ref) => (await findRefs(pool, [ref]))[0]!,
      append: (events) => accepter.accept(events),
    }),
    ...makeJourneyPeopleHandlers({ pool, findPeople: people.findPeople, searchIds: people.searchIds }),
    ...makeConversionHandlers({ pool }),
    ...makeExperimentHandlers({ pool, ask: (query) => makeAsker(clickhouse).rows(query) }),
    ...makeRehearsalHandlers({
      pool,
      history: ground.history,
      settings: () => loadSettings(pool),
      readRanks: () => readRanks(pool),
      fanOutPast: makePastFanOut({ pool, ask: makeAsker(ground.history), settings: () => loadSettings(pool) }),
      findPeople: people.findPeople,
      freeCodes: (pools) => countFree(pool, pools),
      log,
    }),
    ...makeInboundHandlers({
      pool,
      findRef: async (ref) => (await findRefs(pool, [ref]))[0]!,
      livingPerson: people.livingPerson,
      append: (events) => accepter.accept(events),
    }),
    ...makeShopEventHandlers({ pool, settings }),
    ...makeTestRunHandlers({
      pool,
      history: ground.clickhouse,
      settings: () => loadSettings(pool),
      readRanks: () => readRanks(pool),
      findPeople: people.findPeople,
      write: makeTemplatePreview({ pool, settings }),
      writeTask: async ({ profileId, traits, ...task }) => writeTexts(task, { profileId, traits, settings: await settings() }),
    }),
    ...makeJourneyDraftHandlers({ pool }),
    ...makeReadyMadeHandlers({ pool, clickhouse, carriedChannels: () => findCarried(pool) }),
    ...makeSegmentHandlers({ ...asking, clickhouse }),
    ...makeCampaignHandlers({
      pool,
      settings: () => loadSettings(pool),
      preview: makePreview({ ...asking, ask: makeAsker(clickhouse) }),
      ask: makeAsker(clickhouse).rows,
    }),
    ...makeBriefHandlers({ pool, ask: makeAsker(ground.clickhouse), settings }),
    ...makeRfmHandlers({
      pool,
      ask: makeAsker(clickhouse),
      settings: () => loadSettings(pool),
      announce: announceEpoch,
      idsOf: async (id) => people.peopleOf(await people.livingPerson(id)),
    }),
    ...makeAnswerRatesHandlers({ pool, ask: makeAsker(clickhouse), settings: () => loadSettings(pool), announce: announceFigures }),
    ...makeTemplateHandlers({ pool, settings }),
    ...makeAuditHandlers({ pool }),
    ...makeForgetHandlers({ pool, hash: (key) => secrets.hmac('forgotten', key), encrypt: (plain) => secrets.encrypt(plain) }),
    ...makeImportHandlers(imports),
    ...makeHookHandlers({ pool, secrets, settings }),
    ...makePullHandlers({ pool, secrets, settings, ...pulling }),
    ...makeListHandlers({ pool, append: (events) => accepter.accept(events), findPeople: people.findPeople }),
    ...makeFormHandlers({ pool, settings, findPeople: people.findPeople }),
    ...makeCouponHandlers({ pool, secrets, findPeople: people.findPeople }),
    ...makeAdAudienceHandlers(adAudiences),
    ...makeTaskHandlers({
      pool,
      findPeople: people.findPeople,
      idsOf: async (id) => people.peopleOf(await people.livingPerson(id)),
    }),
    ...makeIngestHandlers({ pool, accepter, namesOf: people.namesOf }),
    ...makeChannelHandlers({
      ...channelDeps,
      pool,
      secrets,
      providers,
      append: (events) => accepter.accept(events),
      settings: () => loadSettings(pool),
      messageEvents: people.messageEvents,
      peopleOf: people.peopleOf,
      livingPerson: people.livingPerson,
      latestAction: people.latestAction,
    }),
  }
}
