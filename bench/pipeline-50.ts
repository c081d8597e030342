import { benchPipeline } from './lib/pipeline.ts'

await benchPipeline('pipeline-50', 50)
