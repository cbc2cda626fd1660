import { Body, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { Destination } from '#contracts';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { GatewayConfig } from '../../gateway.config.ts';
import { NoQuery } from '../cases/case.params.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { ReasonedBody } from '../reasoned.body.ts';
import { ConnectionAnswer, ConnectionList, ConnectionTestAskedAnswer } from './connection.answer.ts';
import { ConnectionParams } from './connection.query.ts';
import { allDestinations, readConnections } from './read-connections.ts';
import { connectionUnknown, TestConnection } from './test-connection.ts';

/** The ways to the endpoints of centre and halls, as the adapters find them (连接). */
@OpsResource('api/connections', '连接')
export class ConnectionsController {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger, @Inject(TestConnection) private readonly tests: TestConnection, @Inject(GatewayConfig) private readonly config: GatewayConfig,
  ) {}

  @Get()
  @OpsAnswer('listConnections', '到中心和各大厅的连接：适配器最近一次看的结果、证书和签名密钥的期限、最近一次测试', ConnectionList)
  async list(@Query() _query: NoQuery): Promise<ConnectionList> {
    return { items: await this.read(allDestinations()) };
  }

  @Get(':destination')
  @OpsAnswer('getConnection', '到一个目的地的连接', ConnectionAnswer)
  @ApiProblem(404, '没有这个目的地')
  async one(@Param() { destination }: ConnectionParams, @Query() _query: NoQuery): Promise<ConnectionAnswer> {
    const [answer] = await this.read(allDestinations().filter((one) => one === destination));
    if (answer === undefined) throw connectionUnknown();
    return answer;
  }

  @Post(':destination/test')
  @Needs('pause-channels')
  @HttpCode(200)
  @OpsAnswer('testConnection', '请适配器测试到一个目的地的连接：主机名、TCP、TLS 和证书、带签名的 HEAD；不发送任何办件。每个目的地 10 秒一次', ConnectionTestAskedAnswer)
  @ApiProblem(404, '没有这个目的地')
  @ApiProblem(429, '刚刚测试过')
  test(@Param() { destination }: ConnectionParams, @Body() body: ReasonedBody, @Calling() caller: Caller): Promise<ConnectionTestAskedAnswer> {
    return this.tests.run(caller, destination, body);
  }

  private read(destinations: readonly Destination[]): Promise<ConnectionAnswer[]> {
    const now = new Date();
    return this.ledger.read((trx) => readConnections(trx, destinations, new Date(now.getTime() - this.config.programSilentMs), now));
  }
}
