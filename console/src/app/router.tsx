import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import { auditOutcomes, channelKinds, messageStatuses } from '@throughline/contracts'
import { z } from 'zod'
import { entryKinds } from '../format/event-words.ts'
import { wishFocus } from './focus.ts'
import { NotFound, PageFault } from './faults.tsx'
import { Shell } from './shell.tsx'

const text = z.string().optional().catch(undefined)

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: z.object({ to: text }),
  component: lazyRouteComponent(() => import('../pages/sign-in/sign-in.tsx'), 'SignIn'),
})
const signInLink = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/link',
  component: lazyRouteComponent(() => import('../pages/sign-in/sign-in-link.tsx'), 'SignInLink'),
})

/** Everything behind the sign-in. */
const app = createRoute({ getParentRoute: () => root, id: 'app', component: Shell })

const home = createRoute({
  getParentRoute: () => app,
  path: '/',
  component: lazyRouteComponent(() => import('../pages/home/home.tsx'), 'Home'),
})
const live = createRoute({
  getParentRoute: () => app,
  path: '/live',
  validateSearch: z.object({ name: text }),
  component: lazyRouteComponent(() => import('../pages/live/live.tsx'), 'Live'),
})
const people = createRoute({
  getParentRoute: () => app,
  path: '/people',
  validateSearch: z.object({ search: text }),
  component: lazyRouteComponent(() => import('../pages/people/people.tsx'), 'People'),
})
const person = createRoute({
  getParentRoute: () => app,
  path: '/people/$id',
  validateSearch: z.object({
    kind: z.enum(entryKinds).optional().catch(undefined),
    name: text,
    channel: z.enum(channelKinds).optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('../pages/people/person.tsx'), 'PersonPage'),
})
const personInbox = createRoute({
  getParentRoute: () => app,
  path: '/people/$id/inbox',
  component: lazyRouteComponent(() => import('../pages/people/person-inbox.tsx'), 'PersonInbox'),
})
const journeys = createRoute({
  getParentRoute: () => app,
  path: '/journeys',
  component: lazyRouteComponent(() => import('../pages/journeys/journeys.tsx'), 'Journeys'),
})
const journey = createRoute({
  getParentRoute: () => app,
  path: '/journeys/$id',
  validateSearch: z.object({
    version: z.coerce.number().int().optional().catch(undefined),
    against: z.coerce.number().int().optional().catch(undefined),
    over: z.enum(['all']).optional().catch(undefined),
    goal: z.coerce.number().int().min(0).optional().catch(undefined),
    step: text,
    view: z.enum(['graph', 'list']).optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('../pages/journeys/journey.tsx'), 'JourneyPage'),
})
const newJourney = createRoute({
  getParentRoute: () => app,
  // No id begins with an underscore.
  path: '/journeys/_new',
  component: lazyRouteComponent(() => import('../pages/journeys/wizard/wizard.tsx'), 'Wizard'),
})
const brief = createRoute({
  getParentRoute: () => app,
  path: '/journeys/$id/brief',
  validateSearch: z.object({ of: z.enum(['draft', 'live']).optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('../pages/journeys/brief/brief.tsx'), 'BriefPage'),
})
const readyMades = createRoute({
  getParentRoute: () => app,
  path: '/journeys/_ready-made',
  component: lazyRouteComponent(() => import('../pages/journeys/ready-made/gallery.tsx'), 'ReadyMadeGallery'),
})
const readyMade = createRoute({
  getParentRoute: () => app,
  path: '/journeys/_ready-made/$ready',
  component: lazyRouteComponent(() => import('../pages/journeys/ready-made/one.tsx'), 'ReadyMadePage'),
})
const editJourney = createRoute({
  getParentRoute: () => app,
  path: '/journeys/$id/edit',
  component: lazyRouteComponent(() => import('../pages/journeys/edit-journey.tsx'), 'EditJourney'),
})
const rehearsal = createRoute({
  getParentRoute: () => app,
  path: '/journeys/$id/rehearsal',
  validateSearch: z.object({
    days: z.coerce.number().int().min(1).max(365).optional().catch(undefined),
    of: z.enum(['draft', 'live']).optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('../pages/journeys/rehearsal/rehearsal.tsx'), 'RehearsalPage'),
})
const testRun = createRoute({
  getParentRoute: () => app,
  path: '/journeys/$id/test',
  validateSearch: z.object({ of: z.enum(['draft', 'live']).optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('../pages/journeys/test-run/test-run.tsx'), 'TestRunPage'),
})
const campaigns = createRoute({
  getParentRoute: () => app,
  path: '/campaigns',
  component: lazyRouteComponent(() => import('../pages/campaigns/campaigns.tsx'), 'Campaigns'),
})
const newCampaign = createRoute({
  getParentRoute: () => app,
  // No id begins with an underscore.
  path: '/campaigns/_new',
  component: lazyRouteComponent(() => import('../pages/campaigns/edit-campaign.tsx'), 'NewCampaign'),
})
const campaignCalendar = createRoute({
  getParentRoute: () => app,
  path: '/campaigns/_calendar',
  validateSearch: z.object({
    month: z
      .string()
      .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
      .optional()
      .catch(undefined),
    view: z.enum(['month', 'agenda']).optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('../pages/campaigns/calendar/calendar.tsx'), 'CalendarPage'),
})
const campaign = createRoute({
  getParentRoute: () => app,
  path: '/campaigns/$id',
  validateSearch: z.object({ send: z.coerce.number().int().optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('../pages/campaigns/campaign.tsx'), 'CampaignPage'),
})
const editCampaign = createRoute({
  getParentRoute: () => app,
  path: '/campaigns/$id/edit',
  component: lazyRouteComponent(() => import('../pages/campaigns/edit-campaign.tsx'), 'EditCampaign'),
})
const segments = createRoute({
  getParentRoute: () => app,
  path: '/segments',
  component: lazyRouteComponent(() => import('../pages/segments/segments.tsx'), 'Segments'),
})
const lists = createRoute({
  getParentRoute: () => app,
  path: '/lists',
  component: lazyRouteComponent(() => import('../pages/lists/lists.tsx'), 'Lists'),
})
const list = createRoute({
  getParentRoute: () => app,
  path: '/lists/$id',
  component: lazyRouteComponent(() => import('../pages/lists/list.tsx'), 'ListPage'),
})
const coupons = createRoute({
  getParentRoute: () => app,
  path: '/coupons',
  component: lazyRouteComponent(() => import('../pages/coupons/pools.tsx'), 'CouponPools'),
})
const tasks = createRoute({
  getParentRoute: () => app,
  path: '/tasks',
  validateSearch: z.object({
    state: z.enum(['open', 'done']).optional().catch(undefined),
    assignee: text,
    journey: text,
    person: text,
    task: text,
  }),
  component: lazyRouteComponent(() => import('../pages/tasks/tasks.tsx'), 'Tasks'),
})
const adAudiences = createRoute({
  getParentRoute: () => app,
  path: '/ad-audiences',
  component: lazyRouteComponent(() => import('../pages/ad-audiences/audiences.tsx'), 'AdAudiences'),
})
const adAudience = createRoute({
  getParentRoute: () => app,
  path: '/ad-audiences/$id',
  component: lazyRouteComponent(() => import('../pages/ad-audiences/audience.tsx'), 'AdAudiencePage'),
})
const couponPool = createRoute({
  getParentRoute: () => app,
  path: '/coupons/$id',
  component: lazyRouteComponent(() => import('../pages/coupons/pool.tsx'), 'CouponPoolPage'),
})
const forms = createRoute({
  getParentRoute: () => app,
  path: '/forms',
  component: lazyRouteComponent(() => import('../pages/forms/forms.tsx'), 'Forms'),
})
const newForm = createRoute({
  getParentRoute: () => app,
  // No id begins with an underscore.
  path: '/forms/_new',
  component: lazyRouteComponent(() => import('../pages/forms/edit-form.tsx'), 'NewForm'),
})
const form = createRoute({
  getParentRoute: () => app,
  path: '/forms/$id',
  component: lazyRouteComponent(() => import('../pages/forms/form.tsx'), 'FormPage'),
})
const editForm = createRoute({
  getParentRoute: () => app,
  path: '/forms/$id/edit',
  component: lazyRouteComponent(() => import('../pages/forms/edit-form.tsx'), 'EditForm'),
})
const newSegment = createRoute({
  getParentRoute: () => app,
  // No id begins with an underscore.
  path: '/segments/_new',
  validateSearch: z.object({ from: text }),
  component: lazyRouteComponent(() => import('../pages/segments/new-segment.tsx'), 'NewSegment'),
})
const rfm = createRoute({
  getParentRoute: () => app,
  path: '/segments/_rfm',
  component: lazyRouteComponent(() => import('../pages/segments/rfm/rfm.tsx'), 'RfmPage'),
})
const segment = createRoute({
  getParentRoute: () => app,
  path: '/segments/$id',
  validateSearch: z.object({ show: z.enum(['members', 'changes']).optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('../pages/segments/segment.tsx'), 'SegmentPage'),
})
const editSegment = createRoute({
  getParentRoute: () => app,
  path: '/segments/$id/edit',
  component: lazyRouteComponent(() => import('../pages/segments/edit-segment.tsx'), 'EditSegment'),
})
const computedTraits = createRoute({
  getParentRoute: () => app,
  path: '/segments/_traits',
  component: lazyRouteComponent(() => import('../pages/computed-traits/computed-traits.tsx'), 'ComputedTraits'),
})
const newComputedTrait = createRoute({
  getParentRoute: () => app,
  path: '/segments/_traits/_new',
  component: lazyRouteComponent(() => import('../pages/computed-traits/edit-computed-trait.tsx'), 'NewComputedTrait'),
})
const editComputedTrait = createRoute({
  getParentRoute: () => app,
  path: '/segments/_traits/$id',
  component: lazyRouteComponent(() => import('../pages/computed-traits/edit-computed-trait.tsx'), 'EditComputedTrait'),
})
const imports = createRoute({
  getParentRoute: () => app,
  path: '/imports',
  component: lazyRouteComponent(() => import('../pages/imports/imports.tsx'), 'Imports'),
})
const newImport = createRoute({
  getParentRoute: () => app,
  path: '/imports/new',
  component: lazyRouteComponent(() => import('../pages/imports/new-import.tsx'), 'NewImport'),
})
const fileImport = createRoute({
  getParentRoute: () => app,
  path: '/imports/$id',
  component: lazyRouteComponent(() => import('../pages/imports/import.tsx'), 'ImportPage'),
})
const pulls = createRoute({
  getParentRoute: () => app,
  path: '/imports/pulls',
  component: lazyRouteComponent(() => import('../pages/pulls/pulls.tsx'), 'Pulls'),
})
const newPull = createRoute({
  getParentRoute: () => app,
  path: '/imports/pulls/new',
  component: lazyRouteComponent(() => import('../pages/pulls/new-pull.tsx'), 'NewPull'),
})
const pull = createRoute({
  getParentRoute: () => app,
  path: '/imports/pulls/$id',
  component: lazyRouteComponent(() => import('../pages/pulls/pull.tsx'), 'PullPage'),
})
const hooks = createRoute({
  getParentRoute: () => app,
  path: '/imports/hooks',
  component: lazyRouteComponent(() => import('../pages/hooks/hooks.tsx'), 'Hooks'),
})
const hook = createRoute({
  getParentRoute: () => app,
  path: '/imports/hooks/$id',
  component: lazyRouteComponent(() => import('../pages/hooks/hook.tsx'), 'HookPage'),
})
const messages = createRoute({
  getParentRoute: () => app,
  path: '/messages',
  validateSearch: z.object({
    channel: z.enum(channelKinds).optional().catch(undefined),
    status: z.enum(messageStatuses).optional().catch(undefined),
    journey: text,
    send: text,
    person: text,
  }),
  component: lazyRouteComponent(() => import('../pages/messages/messages.tsx'), 'Messages'),
})
const message = createRoute({
  getParentRoute: () => app,
  path: '/messages/$id',
  component: lazyRouteComponent(() => import('../pages/messages/message.tsx'), 'MessagePage'),
})
const shopEvents = createRoute({
  getParentRoute: () => app,
  path: '/shop-events',
  component: lazyRouteComponent(() => import('../pages/shop-events/shop-events.tsx'), 'ShopEvents'),
})
const rejected = createRoute({
  getParentRoute: () => app,
  path: '/rejected',
  component: lazyRouteComponent(() => import('../pages/rejected/rejected.tsx'), 'Rejected'),
})

const settings = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  component: lazyRouteComponent(() => import('../pages/settings/layout.tsx'), 'SettingsLayout'),
})
const settingsIndex = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings/workspace', replace: true })
  },
})
const settingsPages = [
  createRoute({
    getParentRoute: () => settings,
    path: '/workspace',
    component: lazyRouteComponent(() => import('../pages/settings/workspace.tsx'), 'Workspace'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: '/sources',
    component: lazyRouteComponent(() => import('../pages/settings/sources.tsx'), 'Sources'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: '/providers',
    component: lazyRouteComponent(() => import('../pages/settings/providers.tsx'), 'Providers'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: '/accounts',
    component: lazyRouteComponent(() => import('../pages/settings/accounts.tsx'), 'Accounts'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: '/api-keys',
    component: lazyRouteComponent(() => import('../pages/settings/api-keys.tsx'), 'ApiKeys'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: '/audit',
    validateSearch: z.object({ actor: text, action: text, subject: text, outcome: z.enum(auditOutcomes).optional().catch(undefined) }),
    component: lazyRouteComponent(() => import('../pages/settings/audit.tsx'), 'Audit'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: '/forgotten',
    component: lazyRouteComponent(() => import('../pages/settings/forgotten.tsx'), 'ForgottenPeople'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: '/status',
    component: lazyRouteComponent(() => import('../pages/settings/status.tsx'), 'Status'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: '/log',
    component: lazyRouteComponent(() => import('../pages/settings/log.tsx'), 'Log'),
  }),
] as const

const tree = root.addChildren([
  signIn,
  signInLink,
  app.addChildren([
    home,
    live,
    people,
    person,
    personInbox,
    journeys,
    journey,
    newJourney,
    brief,
    readyMades,
    readyMade,
    editJourney,
    rehearsal,
    testRun,
    campaigns,
    newCampaign,
    campaignCalendar,
    campaign,
    editCampaign,
    segments,
    computedTraits,
    newComputedTrait,
    editComputedTrait,
    rfm,
    lists,
    coupons,
    couponPool,
    tasks,
    adAudiences,
    adAudience,
    forms,
    newForm,
    form,
    editForm,
    list,
    newSegment,
    segment,
    editSegment,
    imports,
    newImport,
    fileImport,
    pulls,
    newPull,
    pull,
    hooks,
    hook,
    messages,
    message,
    shopEvents,
    rejected,
    settings.addChildren([settingsIndex, ...settingsPages]),
  ]),
])

/** The console's routes. Search parameters are plain text in the address, not JSON. */
export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: PageFault,
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const params = new URLSearchParams()
    for (const [name, value] of Object.entries(search)) if (value !== undefined && value !== '') params.set(name, String(value))
    const words = params.toString()
    return words === '' ? '' : `?${words}`
  },
})

router.subscribe('onBeforeNavigate', (event) => {
  if (event.fromLocation !== undefined && event.pathChanged) wishFocus()
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
