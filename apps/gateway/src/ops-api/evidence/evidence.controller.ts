import { GENESIS } from '#evidence';
import { Get, Inject, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { exportEvidence } from '../../evidence/export-evidence.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { loadCaughtUp } from '../../ledger/evidence-messages.ts';
import { readChainEnd } from '../../ledger/evidence-rows.ts';
import { beijingTime } from '../beijing-time.ts';
import { NoQuery } from '../cases/case.params.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { brokenQuery } from '../problems/ops-problem.ts';
import { ExportQuery } from './export.query.ts';
import { EvidenceHeadAnswer } from './head.answer.ts';
import { RunningExports } from './running-exports.ts';

/** The chain of evidence, to be taken away and verified elsewhere. */
@OpsResource('api/evidence', '证据')
export class EvidenceController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger, @Inject(RunningExports) private readonly exports: RunningExports) {}

  @Get('head')
  @Needs('see-audit')
  @OpsAnswer('getEvidenceHead', '证据链现在的链头；请定期另行记下', EvidenceHeadAnswer)
  head(@Query() _query: NoQuery): Promise<EvidenceHeadAnswer> {
    return this.ledger.read(async (trx) => {
      const { seq, hash, now } = await readChainEnd(trx);
      return { seq, hash: (hash ?? GENESIS).toString('hex'), at: beijingTime(now), messagesSealedUntil: beijingTime(await loadCaughtUp(trx)) };
    });
  }

  @Get('export')
  @Needs('see-audit')
  @ApiOperation({ operationId: 'exportEvidence', summary: '导出证据链（每行一个 JSON），供离线核验；只有元数据，不含报文和个人信息。导出本身留痕，记录在内' })
  @ApiOkResponse({ description: '证据链的记录；封存消息的记录之后是它所封存的各行', content: { 'application/x-ndjson': { schema: { type: 'string' } } } })
  @ApiProblem(429, '正在进行的导出过多；应答头 Retry-After 是多少秒后再试')
  async export(@Query() { from = 1, to }: ExportQuery, @Calling() caller: Caller): Promise<StreamableFile> {
    let last = 0;
    const stream = await this.exports.open(async () => {
      last = await this.recorded(caller, from, to);
      return exportEvidence(this.ledger, from, Math.min(to ?? last, last));
    });
    return new StreamableFile(stream, { type: 'application/x-ndjson', disposition: `attachment; filename="evidence-${from}-${last}.ndjson"` });
  }

  /** Records the export, and says where the chain then ends. */
  private recorded(caller: Caller, from: number, to: number | undefined): Promise<number> {
    return this.ledger.write(async (trx) => {
      const { seq } = await readChainEnd(trx);
      if (from > seq + 1 || (to !== undefined && to < from)) throw brokenQuery([{
        field: 'from', rule: 'range', zh: `须不大于 to 和链头（现为 ${seq}）`, en: `must not be beyond "to" or the head of the chain (now ${seq})`,
      }]);
      await recordAction(trx, {
        caller, action: 'evidence.exported', subjectKind: 'evidence', subject: `${from}-${to ?? 'head'}`, reason: '', result: 'done',
      });
      return (await readChainEnd(trx)).seq;
    });
  }
}
