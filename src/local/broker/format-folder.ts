import { randomBytes, randomUUID } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { javaArguments, leanFlags, runJava } from './java.ts'
import { nodeId, printProperties } from './server-properties.ts'

const checkpoint = 'bootstrap.checkpoint'

/**
 * Makes `data` a folder that a KRaft node starts on. What `kafka-storage format`
 * writes is two small files, and only the one with the feature levels needs the tool: it
 * is made once per cache and copied from then on, which saves a JVM start.
 */
export async function formatFolder(data: string, cacheFolder: string, classPath: readonly string[]): Promise<void> {
  if (await exists(join(data, 'meta.properties'))) return
  const formatted = join(cacheFolder, `formatted-${versionOf(classPath)}`)
  if (!(await exists(join(formatted, checkpoint)))) await formatOnce(formatted, cacheFolder, classPath)
  await mkdir(data, { recursive: true })
  await copyFile(join(formatted, checkpoint), join(data, checkpoint))
  const meta = { version: '1', 'cluster.id': newKafkaId(), 'node.id': String(nodeId), 'directory.id': newKafkaId() }
  await writeFile(join(data, 'meta.properties'), printProperties(meta))
}

async function formatOnce(formatted: string, cacheFolder: string, classPath: readonly string[]): Promise<void> {
  const work = await mkdtemp(join(cacheFolder, '.format-'))
  try {
    const properties = join(work, 'server.properties')
    await writeFile(properties, printProperties(anyServer(join(work, 'data'))))
    const { code, output } = await runJava(
      javaArguments({
        flags: leanFlags,
        classPath,
        mainClass: 'kafka.tools.StorageTool',
        arguments: ['format', '--cluster-id', newKafkaId(), '--config', properties],
      }),
    )
    if (code !== 0) throw new Error(`Kafka's storage tool could not format a folder:\n${output}`)
    await mkdir(formatted, { recursive: true })
    await rename(join(work, 'data', checkpoint), join(formatted, checkpoint))
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** The least that the storage tool accepts. Nothing of it is in the file that we keep. */
const anyServer = (data: string): Readonly<Record<string, string>> => ({
  'process.roles': 'broker,controller',
  'node.id': String(nodeId),
  'controller.quorum.voters': `${nodeId}@127.0.0.1:9093`,
  'controller.listener.names': 'CONTROLLER',
  listeners: 'CONTROLLER://127.0.0.1:9093,BROKER://127.0.0.1:9092',
  'inter.broker.listener.name': 'BROKER',
  'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,BROKER:PLAINTEXT',
  'log.dirs': data,
})

const versionOf = (classPath: readonly string[]): string =>
  classPath.map((path) => /kafka-server-([\w.]+)\.jar$/.exec(path)?.[1]).find((version) => version !== undefined) ??
  randomUUID()

/** Kafka's `Uuid`: 16 bytes in URL-safe base64; one that starts with a dash would be taken for an option. */
function newKafkaId(): string {
  const id = randomBytes(16).toString('base64url')
  return id.startsWith('-') ? newKafkaId() : id
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}
