import { stdSerializers } from 'pino'

/** How our processes log: an error under `error` with its message and stack, which pino would show as `{}`, and no secret. */
export const logFormat = {
  serializers: { error: (error: unknown) => (error instanceof Error ? stdSerializers.err(error) : error) },
  redact: ['*.key', '*.token', '*.databaseUrl'],
}
