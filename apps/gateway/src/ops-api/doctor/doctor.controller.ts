import { Get, Inject, Query } from '@nestjs/common';
import { NoQuery } from '../cases/case.params.ts';
import { OpsAnswer, OpsResource } from '../ops-resource.ts';
import { DoctorAnswer } from './doctor.answer.ts';
import { ExamineGateway } from './examine-gateway.ts';

/** What only the gateway can see of itself and its servers: facts, without a secret. */
@OpsResource('api/doctor', '体检')
export class DoctorController {
  constructor(@Inject(ExamineGateway) private readonly gateway: ExamineGateway) {}

  @Get()
  @OpsAnswer('getDoctorFacts', '体检所需的事实：服务器、磁盘、时钟、密钥的期限、设置及其隐患；不含任何机密，判断由 bridgectl doctor 作出', DoctorAnswer)
  read(@Query() _query: NoQuery): Promise<DoctorAnswer> {
    return this.gateway.run();
  }
}
