/**
 * npm run schemas writes docs/schemas/ from the zod schemas of definitions, for editors that complete and check YAML and JSON;
 * npm run check:schemas fails when the files say something else.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import {
  adAudienceFileSchema,
  channelFileSchema,
  couponPoolFileSchema,
  fileSchema,
  formFileSchema,
  journeySchema,
  segmentSchema,
  templateSchema,
  traitDefinitionSchema,
} from '@throughline/contracts'

const folder = 'docs/schemas'
const schemas = {
  definition: {
    schema: fileSchema,
    title:
      'A Throughline definition: a journey, a segment, a template, a computed trait, a pool of codes, a form, an ad audience or a channel',
  },
  journey: { schema: journeySchema, title: 'A Throughline journey' },
  segment: { schema: segmentSchema, title: 'A Throughline segment' },
  template: { schema: templateSchema, title: 'A Throughline template' },
  channel: { schema: channelFileSchema, title: 'A channel of Throughline, without its secrets' },
  'coupon-pool': { schema: couponPoolFileSchema, title: 'A pool of coupon codes of Throughline, without its codes' },
  form: { schema: formFileSchema, title: 'A form of Throughline' },
  'ad-audience': { schema: adAudienceFileSchema, title: 'An ad audience of Throughline, without its members' },
  trait: { schema: traitDefinitionSchema, title: 'A Throughline computed trait' },
}

const check = process.argv[2] === '--check'
if (!check) mkdirSync(folder, { recursive: true })
for (const [name, { schema, title }] of Object.entries(schemas)) {
  const path = `${folder}/${name}.schema.json`
  // As an author writes it: what has a default may be left out.
  const text = `${JSON.stringify({ title, ...schema.toJSONSchema({ io: 'input' }) }, null, 2)}\n`
  if (!check) writeFileSync(path, text)
  else if (read(path) !== text) {
    console.error(`${path} is not what the contracts say. Run npm run schemas and commit it.`)
    process.exitCode = 1
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
