import { Get, Header } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import { metricsRegistry } from '#runtime';
import { OpsAnswer, OpsResource } from './ops-resource.ts';

/** The gateway's metrics. Behind the token like all data: Prometheus sends one with `authorization: {credentials_file: …}`. */
@OpsResource('metrics', '运行指标')
export class MetricsController {
  @Get()
  @Header('Content-Type', metricsRegistry.contentType)
  @ApiProduces('text/plain')
  @OpsAnswer('getMetrics', 'Prometheus 指标（文本格式）', String)
  read(): Promise<string> {
    return metricsRegistry.metrics();
  }
}
