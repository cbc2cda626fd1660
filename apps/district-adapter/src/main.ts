import { startEdgeApp } from '#edge';
import { loadConfig, runApp } from '#runtime';
import { DistrictAdapterConfig } from './district-adapter.config.ts';
import { DistrictAdapterModule } from './district-adapter.module.ts';

await runApp({
  app: 'district-adapter',
  start: async (logger) => {
    const config = loadConfig(DistrictAdapterConfig);
    return startEdgeApp(DistrictAdapterModule.forRoot(config, logger), config, logger);
  },
});
