import { benchPipeline } from './lib/pipeline.ts'

// A million people of this many memories would take 4 GB; how the rate depends on the number of people is seen with 50 segments.
await benchPipeline('pipeline-500', 500, { onlySmall: true })
