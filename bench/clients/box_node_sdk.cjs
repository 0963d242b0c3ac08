// Box's official SDK for Node. --agent=keep-alive: with an agent that keeps connections; --agent=default: with its
// default agent.
'use strict';
const { BoxClient, BoxDeveloperTokenAuth } = require('box-node-sdk');
const { BaseUrls } = require('box-node-sdk/networking/baseUrls');

const given = Object.fromEntries(process.argv.slice(2).map((argument) => argument.replace(/^--/, '').split('=')));
const requests = Number(given.requests ?? 10000);
const warmUp = Number(given['warm-up'] ?? 1000);
const inFlight = Number(given['in-flight'] ?? 16);
const ids = Array.from({ length: Number(given.ids ?? 1) }, (_, i) => String(12345678 + i));

let client = new BoxClient({ auth: new BoxDeveloperTokenAuth({ token: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345' }) })
  .withCustomBaseUrls(new BaseUrls({ baseUrl: `https://localhost:${given.port}` }));
if (given.agent === 'keep-alive') client = client.withCustomAgentOptions({ keepAlive: true, maxSockets: inFlight });

let taken = 0, completed = 0, start, end;
const latencies = [];
const usage = () => ({ at: process.hrtime.bigint(), cpu: process.cpuUsage() });

async function work() {
  while (taken++ < warmUp + requests) {
    const began = process.hrtime.bigint();
    const answer = await client.sessionTermination.terminateUsersSessions({ userIds: ids, userLogins: [] });
    if (!answer.message.startsWith('Request is successful')) throw new Error("the answer is not Box's 202");
    completed += 1;
    if (completed > warmUp) latencies.push(Number(process.hrtime.bigint() - began) / 1000);
    if (completed === warmUp) start = usage();
    if (completed === warmUp + requests) end = usage();
  }
}

if (warmUp === 0) start = usage();
Promise.all(Array.from({ length: inFlight }, work)).then(() => {
  latencies.sort((a, b) => a - b);
  const at = (part) => latencies[Math.floor(part * (latencies.length - 1))];
  console.log(JSON.stringify({
    client: `Box Node SDK, ${given.agent === 'keep-alive' ? 'keep-alive' : 'as it comes'}`,
    requests, inFlight, connections: inFlight, ids: ids.length, threads: 1,
    perSecond: requests / (Number(end.at - start.at) / 1e9),
    userUs: (end.cpu.user - start.cpu.user) / requests,
    systemUs: (end.cpu.system - start.cpu.system) / requests,
    p50Us: at(0.5), p99Us: at(0.99), peakRssKb: Number(/VmHWM:\s*(\d+)/.exec(require('node:fs').readFileSync('/proc/self/status', 'utf8'))[1]),
  }));
  process.exit(0);
}, (error) => {
  console.error(error);
  process.exit(1);
});
