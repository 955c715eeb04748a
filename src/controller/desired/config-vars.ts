import type { StreamAppSpec } from '../../resource/stream-app.ts'

/** How settings reach the worker: `num.stream.threads` as STREAMS_NUM_STREAM_THREADS. */
export function streamsConfigVars(
  applicationId: string,
  { threads, standbyReplicas, processingGuarantee, config }: StreamAppSpec['streams'],
): Readonly<Record<string, string>> {
  const settings = {
    ...config,
    'application.id': applicationId,
    'num.stream.threads': threads,
    'num.standby.replicas': standbyReplicas,
    'processing.guarantee': processingGuarantee,
  }
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [configVarName(name), String(value)]))
}

function configVarName(setting: string): string {
  return `STREAMS_${setting.replaceAll(/[.-]/g, '_').toUpperCase()}`
}
