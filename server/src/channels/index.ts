/**
 * Channels: how messages reach people.
 *
 * - *channel*: a way to reach people: e-mail, notification inbox, webhook. A new one is a folder and a line in registry.ts.
 * - *provider*: what hands messages of a channel over: SMTP, HTTP; a file in the channel's folder.
 * - *sandbox*: takes the messages of channels that have no provider, sends nothing, and keeps what people would have seen.
 * - *message*: one thing said to one person; a row from the decision to the outcome, with its reason as a sentence.
 * - *sender*: claims messages of the shards that its worker leases, checks them once more, writes and hands them over.
 * - *claim*: for how long a message belongs to one worker.
 * - *asker*: makes the calls of webhooks for whose answers runs of journeys wait, and tells what came of them.
 * - *outcome*: what became of a message, an event like any other.
 */
export { callBackStatement, type CallBack } from './messages/call-back.ts'
export { insertStatement } from './messages/insert.ts'
export { mayBeCalledBack, toMessageRow, type MessageRow } from './messages/row.ts'
export { makeSender, type ChannelStatus, type Sender, type SenderDeps } from './sender/make-sender.ts'
export { makeProviderStore, type ProviderStore, type SecretBox } from './providers/store.ts'
export { findCarried } from './providers/carried.ts'
export { saveProvider, smtpFromUrl } from './providers/save.ts'
export { startAsker, type AskerDeps } from './asking/make-asker.ts'
export { requestStatement, type StepRequest } from './asking/requests.ts'
export { queueMessage } from './messages/queue.ts'
export { brokenLinkPage, makeLinks, type Links, type TokenSigner } from './links/index.ts'
export { makeFeed, type Feed } from './inbox/feed.ts'
export { registerChannelRoutes, type ChannelRouteDeps } from './routes.ts'
export { readMessagesOf, readNotificationsOf } from './messages/everything.ts'
export { makeChannelHandlers, type ChannelHandlerDeps } from './handlers.ts'
export { handOverToStaff } from './email/staff.ts'
export { unpackTraits } from './people.ts'
export { DeliveryError, type ChannelDeps } from './port.ts'
export type { AppendEvents, AppendOutcomes, OwnEvent } from './outcomes.ts'
