import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CertificateAuthority, type KeyPair } from '../../host/certificate-authority.ts'
import { owner } from './principals.ts'
import { serverProperties, type BrokerPorts } from './server-properties.ts'

/** What lies in a broker's folder. */
export interface BrokerFolder {
  readonly path: string
  readonly data: string
  readonly log: string
  readonly properties: string
  readonly logging: string
  readonly keyStore: string
  readonly trustStore: string
  readonly classList: string
  readonly authority: CertificateAuthority
  /** The certificate of the broker itself, and of us as its owner. */
  readonly owner: KeyPair
}

/** Writes what stays the same for every start in this folder. An authority that is there from last time is kept. */
export async function prepareBrokerFolder(path: string, nowMs: number): Promise<BrokerFolder> {
  const [authorityFile, authorityKeyFile] = [join(path, 'authority.pem'), join(path, 'authority.key')]
  await mkdir(path, { recursive: true, mode: 0o700 })
  const authority = await authorityIn(authorityFile, authorityKeyFile, nowMs)
  const pair = await authority.issue({ commonName: owner, hosts: ['127.0.0.1', 'localhost'] }, nowMs)
  const folder = {
    path,
    data: join(path, 'data'),
    log: join(path, 'broker.log'),
    properties: join(path, 'server.properties'),
    logging: join(path, 'log4j2.properties'),
    keyStore: join(path, 'broker.pem'),
    trustStore: authorityFile,
    classList: join(path, 'classes.txt'),
    authority,
    owner: pair,
  }
  await writePrivately(folder.keyStore, pair.key + pair.certificate + authority.pair.certificate)
  await writeFile(folder.logging, logging)
  return folder
}

export async function configureBroker(folder: BrokerFolder, ports: BrokerPorts): Promise<void> {
  await writeFile(folder.properties, serverProperties(ports, folder))
}

async function authorityIn(file: string, keyFile: string, nowMs: number): Promise<CertificateAuthority> {
  const [certificate, key] = await Promise.all([textOf(file), textOf(keyFile)])
  if (certificate !== undefined && key !== undefined) return await CertificateAuthority.from({ certificate, key })
  const authority = await CertificateAuthority.create('Weirkeeper local Kafka', nowMs)
  await writePrivately(keyFile, authority.pair.key)
  await writeFile(file, authority.pair.certificate)
  return authority
}

async function writePrivately(file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600 })
  await chmod(file, 0o600)
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

const logging = `status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %-5p %m (%c{1})%n%throwable
rootLogger.level=info
rootLogger.appenderRef.out.ref=out
`
