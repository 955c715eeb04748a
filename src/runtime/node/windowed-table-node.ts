import type { CacheListener } from '../store/table-store.ts'
import type { Windowed } from '../store/windowed.ts'
import type { TaskContext } from '../task/task-context.ts'
import type { Change } from './change.ts'
import { RunningNode } from './running-node.ts'
import { TableForwarder } from './table-forwarder.ts'
import { type EmitStrategy, WindowEmitter } from './window-emitter.ts'

interface WindowedTableOptions<Store> {
  readonly storeName: string
  readonly emit: EmitStrategy
  readonly sendOldValues: boolean
  readonly open: (context: TaskContext, storeName: string) => Store
}

/**
 * What aggregations in windows have in common, whatever their windows: a store, the
 * latest time seen, and that they tell of their results at each update or once a window is closed.
 */
export abstract class WindowedTableNode<
  K,
  A,
  Store extends { listen(listener: CacheListener<Windowed<K>, A>, sendOldValues: boolean): boolean },
> extends RunningNode<Windowed<K>, Change<A>> {
  protected store: Store | undefined
  readonly #table: WindowedTableOptions<Store>
  #forwarder: TableForwarder<Windowed<K>, A> | undefined
  #emitter: WindowEmitter | undefined
  #observedTime = -1

  constructor(table: WindowedTableOptions<Store>) {
    super()
    this.#table = table
  }

  override start(context: TaskContext): void {
    super.start(context)
    const { storeName, emit, sendOldValues, open } = this.#table
    this.store = open(context, storeName)
    if (emit === 'on-close') this.#emitter = new WindowEmitter(context, storeName)
    else {
      this.#forwarder = new TableForwarder(
        this.store,
        context,
        (timestamp, key, change) => this.forwardAt(this.timeOf(timestamp, key), key, change),
        sendOldValues,
      )
    }
  }

  /** The time of a result; that of a session is its end. */
  protected timeOf(timestamp: number, _windowed: Windowed<K>): number {
    return timestamp
  }

  /** Takes note of a record's time and answers with the latest that this node has seen. */
  protected observe(timestamp: number): number {
    if (timestamp > this.#observedTime) this.#observedTime = timestamp
    return this.#observedTime
  }

  /** Tells of an update, unless results wait for their windows to close. */
  protected tell(timestamp: number, windowed: Windowed<K>, newValue: A | null, oldValue: A | null): void {
    this.#forwarder?.forward(timestamp, windowed, newValue, oldValue)
  }

  /** Where it is time to look for windows that closed: up to when that was done before, -1 for never. */
  protected closedBefore(closeTime: number): number | undefined {
    const emitter = this.#emitter
    return emitter === undefined || !emitter.isDue(closeTime) ? undefined : emitter.lastCloseTime
  }

  protected emit(
    results: Iterable<readonly [windowed: Windowed<K>, value: A, timestamp: number]>,
    closeTime: number,
  ): void {
    for (const [windowed, newValue, timestamp] of results) {
      this.forwardAt(timestamp, windowed, { newValue, oldValue: null })
    }
    this.#emitter?.emitted(closeTime)
  }
}
