import { Get, Header, Inject } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import { metricsRegistry } from '#runtime';
import { OpsAnswer, OpsResource } from './ops-resource.ts';
import { MeasureForScrape } from './queues/measure-for-scrape.ts';

/** The gateway's metrics. Behind the token like all data: Prometheus sends one with `authorization: {credentials_file: …}`. */
@OpsResource('metrics', '运行指标')
export class MetricsController {
  constructor(@Inject(MeasureForScrape) private readonly measures: MeasureForScrape) {}

  @Get()
  @Header('Content-Type', metricsRegistry.contentType)
  @ApiProduces('text/plain')
  @OpsAnswer('getMetrics', 'Prometheus 指标（文本格式）', String)
  async read(): Promise<string> {
    await this.measures.run();
    return metricsRegistry.metrics();
  }
}
