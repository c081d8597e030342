import type {
  ChannelKind,
  JourneyAnswers,
  PlainChannel,
  TemplateDefinition,
  TemplateOf,
  TextTemplate,
  TitledChannel,
} from '@throughline/contracts'
import { textOf, type Role, type Text } from './texts.ts'

interface Letter {
  readonly id: string
  readonly name: string
  readonly text: Text
  readonly link: string
  /** The trait by which the person is addressed. */
  readonly greetBy: string | undefined
  /** Properties of what started the journey. */
  readonly show: readonly string[]
}

/** How each channel says it: short where there is little room, one thing each, one link. */
const writers: { readonly [C in ChannelKind]: (letter: Letter) => TemplateOf<C> } = {
  email: ({ id, name, text, link, greetBy, show }) => ({
    kind: 'template',
    id,
    name,
    channel: 'email',
    subject: text.title,
    preheader: text.body.slice(0, 120),
    mjml: `<mjml>
  <mj-body width="600px">
    <mj-section>
      <mj-column>
        <mj-text font-size="24px" font-weight="700">${text.title}</mj-text>
        <mj-text font-size="16px" line-height="1.5">Hello${addressed(greetBy)}, ${lowerFirst(text.body)}</mj-text>
${show.map((path) => `        {% if ${of(path)} %}<mj-text font-size="16px" font-weight="600">{{ ${of(path)} }}</mj-text>{% endif %}\n`).join('')}        <mj-button href="${attribute(link)}" align="left">${text.go}</mj-button>
        <mj-text font-size="13px" color="#5a645f">You get this e-mail from {{ shop.name }}. <a href="{{ unsubscribe_url }}">No more e-mails</a></mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`,
  }),
  inbox: ({ id, name, text, link, greetBy, show }) => ({
    kind: 'template',
    id,
    name,
    channel: 'inbox',
    title: text.title,
    body: plain(text, greetBy, show),
    url: link,
  }),
  webhook: ({ id, name, text, link, greetBy, show }) => ({
    kind: 'template',
    id,
    name,
    channel: 'webhook',
    url: link,
    method: 'POST',
    headers: {},
    body: `{ "profile": {{ profile.id | json }}, "title": {{ ${quoted(text.title)} | json }}, "text": {{ ${quoted(text.body)} | json }}${
      greetBy === undefined ? '' : `, "name": {{ ${naming('profile', greetBy)} | json }}`
    }${show.map((path) => `, "${path}": {{ ${of(path)} | json }}`).join('')} }`,
  }),
  sms: writePlain('sms'),
  whatsapp: writePlain('whatsapp'),
  'web-push': writeTitled('web-push'),
  'app-push': writeTitled('app-push'),
  'on-site': writeTitled('on-site'),
  'ad-audience': writeTitled('ad-audience'),
  'direct-mail': writeTitled('direct-mail'),
}

function writePlain(channel: PlainChannel) {
  return ({ id, name, text, link, greetBy, show }: Letter): TextTemplate => ({
    kind: 'template',
    id,
    name,
    channel,
    body: plain(text, greetBy, show),
    url: link,
  })
}

function writeTitled(channel: TitledChannel) {
  return ({ id, name, text, link, greetBy, show }: Letter): TextTemplate => ({
    kind: 'template',
    id,
    name,
    channel,
    title: text.title,
    body: plain(text, greetBy, show),
    url: link,
  })
}

/** A first text for a message of a drafted journey, to be made the shop's own. */
export function writeTemplate(channel: ChannelKind, id: string, name: string, role: Role, answers: JourneyAnswers): TemplateDefinition {
  const { link, greetBy, show } = answers
  return writers[channel]({ id, name, text: textOf(answers, role), link, greetBy, show })
}

function addressed(trait: string | undefined): string {
  return trait === undefined ? '' : `{% if ${naming('profile', trait)} %} {{ ${naming('profile', trait)} }}{% endif %}`
}

function plain(text: Text, greetBy: string | undefined, show: readonly string[]): string {
  const hello = greetBy === undefined ? '' : `{% if ${naming('profile', greetBy)} %}{{ ${naming('profile', greetBy)} }}: {% endif %}`
  return `${hello}${text.body}${show.map((path) => `{% if ${of(path)} %} {{ ${of(path)} }}.{% endif %}`).join('')}`
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
const quoted = (text: string): string => `"${text}"`
const attribute = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')

/** How a template names a trait or property: with dots where it may, and in brackets what has other letters. */
function naming(root: 'profile' | 'event.properties', path: string): string {
  return /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/.test(path) ? `${root}.${path}` : `${root}["${path}"]`
}

const of = (path: string): string => naming('event.properties', path)

/** What a template names of the person, or of what started the journey, as {@link naming} writes it; each once. */
export function namedIn(template: TemplateDefinition, root: 'profile' | 'event.properties'): readonly string[] {
  const found = new Set<string>()
  const pattern = new RegExp(`\\b${root.replace('.', '\\.')}(?:\\.([A-Za-z_]\\w*(?:\\.[A-Za-z_]\\w*)*)|\\["([^"]+)"\\])`, 'g')
  for (const text of Object.values(template)) {
    if (typeof text !== 'string') continue
    for (const tag of text.match(/\{[{%][\s\S]*?[}%]\}/g) ?? [])
      for (const [, plain, bracketed] of tag.matchAll(pattern)) found.add((plain ?? bracketed)!)
  }
  found.delete('id')
  return [...found]
}
