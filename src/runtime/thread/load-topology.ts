import { pathToFileURL } from 'node:url'
import { resolve } from 'node:path'
import { registerSelfImport } from '../../host/self-import.ts'
import { StreamsBuilder } from '../dsl/streams-builder.ts'
import { Topology } from '../graph/topology.ts'

/** Imports the user's file, whose default export (or `topology`) is a Topology, or a StreamsBuilder. */
export async function loadTopology(file: string): Promise<Topology> {
  registerSelfImport()
  const path = resolve(file)
  const loaded: Readonly<Record<string, unknown>> = await import(pathToFileURL(path).href)
  const exported = loaded['default'] ?? loaded['topology']
  if (exported instanceof Topology) return exported
  if (exported instanceof StreamsBuilder) return exported.build()
  throw new Error(
    `${file} exports no topology: end it with \`export default builder.build()\`, where builder is a StreamsBuilder from 'weirkeeper'`,
  )
}
