import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { toDoorRequest, writeAnswer, type HttpReply, type HttpRequest } from './door-http.ts';
import { Ingress } from './ingress.ts';

/**
 * Turns what the framework refuses by itself (an unknown address, a body too long, a wrong media type) into the door's own answers.
 * Health and metrics keep Nest's form: their readers are probes.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #ingress: Ingress;

  constructor(ingress: Ingress) {
    this.#ingress = ingress;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    const reply = http.getResponse<HttpReply>();
    if (!request.url.startsWith('/v1/') && error instanceof HttpException) {
      reply.code(error.getStatus()).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(error.getResponse()));
      return;
    }
    writeAnswer(reply, this.#ingress.refuse(toDoorRequest(request, 'bridge'), null, error));
  }
}
