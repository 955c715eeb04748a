/** Starts the processes of dynos. The real one is `process-launcher.ts`. */
export interface Launcher {
  /** Null when the signal fired before anything ran. */
  launch(request: LaunchRequest, signal: AbortSignal): Promise<DynoProcess | null>
}

export interface LaunchRequest {
  readonly command: string
  /** Copied, never run in place. Null: an empty disk. */
  readonly slugDirectory: string | null
  readonly env: Readonly<Record<string, string>>
  readonly output: (line: string) => void
}

export interface DynoProcess {
  readonly pid: number
  /**
   * The exit status as a shell counts it (143 after SIGTERM). By then the
   * output was read to its end, no other process of the dyno is left, and its disk is gone.
   */
  readonly ended: Promise<number>
  /** To every process of the dyno. */
  signal(name: 'SIGTERM' | 'SIGKILL'): void
  /** Resident memory of all its processes. */
  memoryBytes(): Promise<number>
}
