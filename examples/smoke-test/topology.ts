import { StreamsBuilder } from 'weirkeeper'
import { smokeTest } from './smoke-test.ts'

const builder = new StreamsBuilder()
smokeTest(builder)

export const topology = builder.build()
