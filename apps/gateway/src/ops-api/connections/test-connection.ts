import { randomBytes } from 'node:crypto';
import { BusPublisher } from '#bus';
import { EXCHANGES, recordedRoute } from '#contracts';
import type { ConnectionTest, Destination } from '#contracts';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { findLastTest, insertTest, lockTests } from '../../ledger/connection-rows.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import type { ReasonedBody } from '../reasoned.body.ts';
import type { ConnectionTestAskedAnswer } from './connection.answer.ts';
import { allDestinations } from './read-connections.ts';

/** From one test of an endpoint to the next (ms): whoever presses a button twice asks nothing new. */
const APART_MS = 10_000;

/**
 * Asks the adapter that serves an endpoint to test the way there (连接测试). The question goes the way of the acknowledgements; the answer comes with the adapter's next
 * report. Nothing of a case is sent.
 */
@Injectable()
export class TestConnection {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger, @Inject(BusPublisher) private readonly publisher: BusPublisher) {}

  /** @throws OpsProblem `connection-unknown`, `test-too-soon`, `test-unsent` */
  async run(caller: Caller, destination: Destination, { reason, ticket }: ReasonedBody): Promise<ConnectionTestAskedAnswer> {
    if (!allDestinations().includes(destination)) throw connectionUnknown();
    const testId = `ct_${randomBytes(12).toString('base64url')}`;
    await this.ledger.write(async (trx) => {
      await lockTests(trx, destination);
      const last = await findLastTest(trx, destination);
      if (last !== undefined && last.age_ms < APART_MS) throw tooSoon(Math.ceil((APART_MS - last.age_ms) / 1_000));
      await insertTest(trx, { id: testId, destination, by_id: caller.id, by_name: caller.name, reason });
      await recordAction(trx, { caller, action: 'connection.tested', subjectKind: 'connection', subject: destination, reason, result: 'done', facts: { testId, ticket: ticket ?? null } });
    });
    await this.ask({ testId, destination });
    return { outcome: 'asked', outcomeZh: '已请适配器测试，结果几秒后见 lastTest', testId };
  }

  private async ask(body: ConnectionTest): Promise<void> {
    const app = body.destination === 'centre' ? 'centre-adapter' : 'district-adapter';
    const [sent] = await this.publisher.publishAll([{ exchange: EXCHANGES.reports, routingKey: recordedRoute(app), messageId: `test.${body.testId}`, type: 'connection.test', body }]);
    if (sent?.status !== 'fulfilled') throw new OpsProblem('test-unsent', {
      detail: 'RabbitMQ did not take the question; see the alert about it, then ask again.', detailZh: 'RabbitMQ 没有收下测试的要求；先看 RabbitMQ 的告警，恢复后再试。',
    });
  }
}

export function connectionUnknown(): OpsProblem {
  return new OpsProblem('connection-unknown', { detail: 'No such destination: centre, or a hall of the catalogue.', detailZh: '没有这个目的地：只有 centre 和目录里的大厅。' });
}

function tooSoon(seconds: number): OpsProblem {
  return new OpsProblem('test-too-soon', { detail: `It was tested a moment ago; ask again in ${seconds} s.`, detailZh: `刚刚测试过，请看结果；${seconds} 秒后可以再测。` }, [], seconds);
}
