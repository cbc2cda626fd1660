/**
 * How often the handler in this process gave a message back. The broker's own count cannot tell: it also grows with every lost
 * connection, although nothing was wrong with the message. Bounded: the message that failed longest ago is forgotten first.
 */
export class FailureCounts {
  private readonly counts = new Map<string, number>();
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  of(messageId: string): number {
    return this.counts.get(messageId) ?? 0;
  }

  add(messageId: string): void {
    const count = this.of(messageId) + 1;
    this.counts.delete(messageId);
    this.counts.set(messageId, count);
    if (this.counts.size > this.limit) this.counts.delete(this.counts.keys().next().value ?? '');
  }

  forget(messageId: string): void {
    this.counts.delete(messageId);
  }
}
