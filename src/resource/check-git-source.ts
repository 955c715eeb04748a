import { parseDuration } from '../base/duration.ts'
import { error, placed, type Finding } from './finding.ts'
import type { ManifestMistake } from './manifest-mistake.ts'
import type { GitSourceDocument } from './parse-manifests.ts'

/** Git hosts count what is asked of them; a webhook is the way to be faster. */
const shortestIntervalMs = 10_000

/** What the schema cannot say of a GitSource, and the repository need not be asked for. Each keeps it from being followed. */
export function checkGitSource({ gitSource: { spec }, source }: GitSourceDocument): readonly ManifestMistake[] {
  const findings = [...urlFindings(spec.url), ...intervalFindings(spec.interval), ...pathFindings(spec)]
  return findings.map((finding) => placed(source, finding))
}

const urlAt = '/spec/url'
const withToken = 'with a token in the Secret that spec.secretRef names'

function urlFindings(url: string): readonly Finding[] {
  if (/^ssh:|^git:|^[\w.-]+@[\w.-]+:/i.test(url)) {
    return [error(urlAt, 'url is not https: ssh and git:// are not spoken', `${httpsHint(url)}, ${withToken}`)]
  }
  if (!URL.canParse(url)) return [error(urlAt, 'url is no URL', 'https://github.com/owner/repository.git')]
  return [...protocolFindings(new URL(url)), ...excessFindings(new URL(url))].slice(0, 1)
}

function protocolFindings({ protocol, hostname }: URL): readonly Finding[] {
  if (protocol === 'https:' || (protocol === 'http:' && isThisMachine(hostname))) return []
  if (protocol !== 'http:') return [error(urlAt, `url is ${protocol} and not https`, 'write https://')]
  return [error(urlAt, 'url is http: what is sent could be read and changed on the way', 'write https://')]
}

function excessFindings({ username, password, search, hash }: URL): readonly Finding[] {
  if (username !== '' || password !== '') {
    const what = 'url holds a user or a password, and would be shown to whoever may look'
    return [error(urlAt, what, `write it without, ${withToken}`)]
  }
  return search + hash === '' ? [] : [error(urlAt, 'url goes on after the repository', 'end it before ? and #')]
}

/** What a person who writes `git@github.com:owner/repository.git` means. */
function httpsHint(url: string): string {
  const [, host, path] = /^(?:(?:ssh|git):\/\/)?(?:[\w.-]+@)?([\w.-]+)(?::\d+)?[:/](.+)$/i.exec(url) ?? []
  return host === undefined || path === undefined
    ? 'write https://'
    : `write https://${host}/${path.replace(/^\/+/, '')}`
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}

function intervalFindings(interval: string | number): readonly Finding[] {
  const ms = parseDuration(interval)
  if (!ms.ok || ms.value >= shortestIntervalMs) return []
  return [error('/spec/interval', 'interval is shorter than 10s', 'write 10s or more; a webhook is heard at once')]
}

function pathFindings({ path, branch }: { readonly path: string; readonly branch: string }): readonly Finding[] {
  const isOutside = path.split('/').includes('..')
  const isOddBranch = /\.\.|\/\/|\/$|\.lock$|^refs\//.test(branch)
  return [
    ...(isOutside
      ? [error('/spec/path', 'path leaves the repository', 'write it from the root of the repository')]
      : []),
    ...(isOddBranch
      ? [error('/spec/branch', 'branch cannot be the name of a branch', 'as `git branch` shows it: main')]
      : []),
  ]
}
