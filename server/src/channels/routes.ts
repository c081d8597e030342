import type { FastifyInstance } from 'fastify'
import { registerInboxRoutes, type InboxDeps } from './inbox/routes.ts'
import { registerLinkRoutes, type LinkDeps } from './links/index.ts'

export type ChannelRouteDeps = InboxDeps & LinkDeps

/** Registers what people reach from their messages: `/o`, `/c`, `/u` links, and the notification inbox. */
export async function registerChannelRoutes(app: FastifyInstance, deps: ChannelRouteDeps): Promise<void> {
  await app.register(async (links) => registerLinkRoutes(links, deps))
  await app.register(async (inbox) => registerInboxRoutes(inbox, deps))
}
