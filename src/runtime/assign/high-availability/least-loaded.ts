/**
 * Follows `ConstrainedPrioritySet` of Apache Kafka 4.3.1 (org.apache.kafka.streams.processor.internals.assignment)
 * step by step. Apache Kafka is licensed by the Apache Software Foundation under the Apache License, Version 2.0:
 * http://www.apache.org/licenses/LICENSE-2.0
 */
import { compareClients, type Client } from './client.ts'
import { JavaPriorityQueue } from './java-priority-queue.ts'

/** Hands out the least loaded client that suits a task. Who was handed out, or whose load changed, is to be offered again. */
export class LeastLoaded {
  readonly #suits: (client: Client, task: string) => boolean
  readonly #queue: JavaPriorityQueue<Client>

  constructor(load: (client: Client) => number, suits: (client: Client, task: string) => boolean) {
    this.#suits = suits
    this.#queue = new JavaPriorityQueue((one, other) => load(one) - load(other) || compareClients(one, other))
  }

  poll(task: string, also: (client: Client) => boolean = () => true): Client | undefined {
    const passedOver: Client[] = []
    let client = this.#queue.poll()
    while (client !== undefined && !(this.#suits(client, task) && also(client))) {
      passedOver.push(client)
      client = this.#queue.poll()
    }
    this.offerAll(passedOver)
    return client
  }

  offerAll(clients: Iterable<Client>): void {
    for (const client of clients) this.offer(client)
  }

  offer(client: Client): void {
    this.#queue.remove(client)
    this.#queue.offer(client)
  }
}
