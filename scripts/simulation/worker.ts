import { simulate, type SimulationOptions } from './simulation.js';

process.on('message', (order: SimulationOptions) => {
  void simulate(order).then((result) => process.send?.(result));
});
