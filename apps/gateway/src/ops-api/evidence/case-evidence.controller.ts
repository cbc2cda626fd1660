import { CASE_EXPORTED, endLine, entryLine } from '#evidence';
import { Get, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { readCaseEvidence } from '../../evidence/export-case.ts';
import type { CaseEvidence } from '../../evidence/export-case.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { readChainEnd, readEntriesAt } from '../../ledger/evidence-rows.ts';
import { CaseParams, NoQuery } from '../cases/case.params.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsResource } from '../ops-resource.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import { RunningExports } from './running-exports.ts';

/** The evidence of one case, to be taken away and verified elsewhere. */
@OpsResource('api/cases', '证据')
export class CaseEvidenceController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger, @Inject(RunningExports) private readonly exports: RunningExports) {}

  @Get(':projectNo/evidence')
  @Needs('see-audit')
  @ApiOperation({ operationId: 'exportCaseEvidence', summary: '导出一个办件的证据（每行一个 JSON），供离线核验；只有元数据，不含报文和个人信息。导出本身留痕，为末条记录' })
  @ApiOkResponse({ description: '与该办件有关的记录；封存消息的记录之后是该办件的各行及其证明', content: { 'application/x-ndjson': { schema: { type: 'string' } } } })
  @ApiProblem(404, '没有这个办件')
  @ApiProblem(409, '内容过多，请导出整段证据链')
  @ApiProblem(429, '正在进行的导出过多；应答头 Retry-After 是多少秒后再试')
  async export(@Param() { projectNo }: CaseParams, @Query() _query: NoQuery, @Calling() caller: Caller): Promise<StreamableFile> {
    const stream = await this.exports.open(async () => {
      const evidence = await readCaseEvidence(this.ledger, projectNo);
      if (typeof evidence === 'string') throw evidence === 'nothing' ? unknown() : tooLarge();
      return pieces(evidence.text, await this.recorded(caller, projectNo, evidence));
    });
    return new StreamableFile(stream, { type: 'application/x-ndjson', disposition: `attachment; filename="evidence-${projectNo}.ndjson"` });
  }

  /** Records what is given: by the digest in this entry, the chain itself vouches for the file. Answers with the file's last lines. */
  private recorded(caller: Caller, projectNo: string, { told }: CaseEvidence): Promise<string> {
    return this.ledger.write(async (trx) => {
      await recordAction(trx, { caller, action: CASE_EXPORTED, subjectKind: 'case', subject: projectNo, reason: '', result: 'done', facts: told });
      const { seq } = await readChainEnd(trx);
      const [own] = await readEntriesAt(trx, [seq]);
      if (own === undefined) throw new Error('the record of an export is not there');
      return `${entryLine(own)}\n${endLine({ entries: told.entries + 1, rows: told.rows }, own)}\n`;
    });
  }
}

const LINES_AT_ONCE = 500;

async function* pieces(text: readonly string[], end: string): AsyncGenerator<string> {
  for (let from = 0; from < text.length; from += LINES_AT_ONCE) yield text.slice(from, from + LINES_AT_ONCE).join('');
  yield end;
}

function unknown(): OpsProblem {
  return new OpsProblem('case-unknown', {
    detail: 'Nothing with this project number ever reached the bridge, or it is a canary, which is not put under seal.', detailZh: '本系统从未收到过该办件编号的任何事件；或者它是拨测件，不封存。',
  });
}

function tooLarge(): OpsProblem {
  return new OpsProblem('case-evidence-too-large', {
    detail: 'More than a thousand rows of a kind, or more than 16 MB: export the chain instead, GET /api/evidence/export.',
    detailZh: '该办件的某类记录超过一千条，或文件将超过 16 MB：请改为导出整段证据链（GET /api/evidence/export，bridgectl evidence export 文件）。',
  });
}
