import { Controller, Get, Header, Module, type DynamicModule } from '@nestjs/common';
import { collectDefaultMetrics, register } from 'prom-client';

/** The process's one registry: counters and histograms of every part are made in it. */
export const metricsRegistry = register;

@Controller('metrics')
class MetricsController {
  @Get()
  @Header('Content-Type', metricsRegistry.contentType)
  read(): Promise<string> {
    return metricsRegistry.metrics();
  }
}

/** `GET /metrics` in Prometheus text form, the process's own metrics included; every metric carries the app's name. */
@Module({})
export class MetricsModule {
  static forRoot(app: string): DynamicModule {
    metricsRegistry.setDefaultLabels({ app });
    if (!metricsRegistry.getSingleMetric('process_cpu_seconds_total')) collectDefaultMetrics({ register: metricsRegistry });
    return { module: MetricsModule, controllers: [MetricsController] };
  }
}
