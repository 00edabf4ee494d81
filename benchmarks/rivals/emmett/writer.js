// The process of a writer in Node: speaks as benchmarks/rivals/writing.py does, so many appends in flight as it has threads.
import { createInterface } from 'node:readline';
import { randomUUID } from 'node:crypto';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';

const STREAMS = 40;
const task = JSON.parse(process.argv[2]);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const store = getPostgreSQLEventStore(task.url, { schema: { autoMigration: 'None' } });
const event = { type: 'Assessed', data: task.fields };

const open = () => ({ name: `case-${randomUUID()}`, version: null });
const append = async (stream, count) => {
  const expectedStreamVersion = stream.version === null ? 'STREAM_DOES_NOT_EXIST' : stream.version;
  const done = await store.appendToStream(stream.name, Array(count).fill(event), { expectedStreamVersion });
  stream.version = done.nextExpectedStreamVersion;
};
const write = async (streams, until, taken) => {
  for (let turn = 0, began; (began = performance.now()) < until; turn++) {
    await append(task.new ? open() : streams[turn % STREAMS], task.batch);
    taken.push((performance.now() - began) / 1000);
  }
};
const together = (work) => Promise.all(Array.from({ length: task.threads }, (_, number) => work(number)));

const streams = Array.from({ length: task.threads }, () => Array.from({ length: STREAMS }, open));
await together(async (number) => {
  for (const stream of streams[number]) await append(stream, 1);
  await write(streams[number], performance.now() + 300, []);
});
console.log('ready');
const seconds = Number((await lines.next()).value);
const taken = streams.map(() => []);
const began = performance.now();
const cpu = process.cpuUsage();
await together((number) => write(streams[number], began + seconds * 1000, taken[number]));
const used = process.cpuUsage(cpu);
const lasted = (performance.now() - began) / 1000;
console.log(JSON.stringify({ seconds: lasted, cpu: (used.user + used.system) / 1e6, taken: taken.flat() }));
await lines.next();
process.exit(0);
