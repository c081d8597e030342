import { benchPipeline } from './lib/pipeline.ts'

// A million people of this many memories are 15 GB on disk for the time of the bench.
await benchPipeline('pipeline-500', 500)
