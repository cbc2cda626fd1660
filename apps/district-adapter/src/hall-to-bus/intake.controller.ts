import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import { Ingress, toDoorRequest, writeAnswer, type HttpReply, type HttpRequest } from '#edge';

/** ① Where halls and the bureau bring what happened: one CloudEvent, or a batch of up to 500. */
@Controller('v1')
export class IntakeController {
  private readonly ingress: Ingress;

  constructor(ingress: Ingress) {
    this.ingress = ingress;
  }

  /** 收件、补正收件、撤回、更正、纸质材料: each hall at its own door. */
  @Post('halls/:hallCode/intake-events')
  async fromHall(@Param('hallCode') hallCode: string, @Req() request: HttpRequest, @Res() reply: HttpReply): Promise<void> {
    writeAnswer(reply, await this.ingress.receive(toDoorRequest(request, `hall:${hallCode}`)));
  }

  /** 收件权限、作废: the city bureau's door. */
  @Post('bureau/events')
  async fromBureau(@Req() request: HttpRequest, @Res() reply: HttpReply): Promise<void> {
    writeAnswer(reply, await this.ingress.receive(toDoorRequest(request, 'bureau')));
  }
}
