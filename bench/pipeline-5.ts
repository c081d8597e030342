import { benchPipeline } from './lib/pipeline.ts'

await benchPipeline('pipeline-5', 5)
