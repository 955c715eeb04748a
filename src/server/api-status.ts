/**
 * The body of every failure: Kubernetes' `Status`. Clients act on `reason` and
 * `code` and print `message`. Source: apimachinery `metav1.Status`.
 */
export interface ApiStatus {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: Readonly<Record<string, never>>
  readonly status: 'Failure' | 'Success'
  readonly message: string
  readonly reason?: FailureReason
  readonly details?: StatusDetails
  readonly code: number
}

export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

export interface StatusCause {
  readonly reason: string
  readonly message: string
  readonly field: string
}

export type FailureReason = keyof typeof codes

const codes = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
} as const

export function failure(reason: FailureReason, message: string, details: StatusDetails = {}): ApiStatus {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details,
    code: codes[reason],
  }
}

export function success(details: StatusDetails): ApiStatus {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', message: '', details, code: 200 }
}

/** What is not there, in the words that kubectl's users know. */
export function notFound(resource: string, group: string, name: string): ApiStatus {
  const qualified = group === '' ? resource : `${resource}.${group}`
  return failure('NotFound', `${qualified} "${name}" not found`, { name, group, kind: resource })
}

/** Thrown on the way of a request and turned into its answer at one place; nothing else that is thrown is a client's fault. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  readonly status: ApiStatus

  constructor(status: ApiStatus) {
    super(status.message)
    this.status = status
  }
}
