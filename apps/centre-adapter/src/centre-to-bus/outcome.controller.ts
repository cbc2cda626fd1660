import { Controller, Post, Req, Res } from '@nestjs/common';
import { Ingress, toDoorRequest, writeAnswer, type HttpReply, type HttpRequest } from '#edge';

/** ④ Where the centre brings its outcomes (受理、补正告知、退件、审核、办结): one CloudEvent, or a batch of up to 500. */
@Controller('v1')
export class OutcomeController {
  private readonly ingress: Ingress;

  constructor(ingress: Ingress) {
    this.ingress = ingress;
  }

  @Post('outcome-events')
  async fromCentre(@Req() request: HttpRequest, @Res() reply: HttpReply): Promise<void> {
    writeAnswer(reply, await this.ingress.receive(toDoorRequest(request, 'centre')));
  }
}
