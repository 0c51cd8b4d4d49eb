// Holds WebSockets to a gateway as k6 users do: 50 for each VU, and JSON.parse for every
// message. k6 itself counts the messages that its scripts have handled, as ws_msgs_received.
//
// Set by the environment: ADDRESS (HOST:PORT), TOKEN_FILE, SOCKETS, RAMP and DURATION (seconds).
import { WebSocket } from 'k6/websockets';
import exec from 'k6/execution';

const perVU = 50;
const sockets = Number(__ENV.SOCKETS);
const ramp = Number(__ENV.RAMP);
const duration = Number(__ENV.DURATION);
const token = open(__ENV.TOKEN_FILE).trim();

export const options = {
  scenarios: {
    screens: {
      executor: 'per-vu-iterations',
      vus: Math.ceil(sockets / perVU),
      iterations: 1,
      maxDuration: `${Math.ceil(ramp + duration + 30)}s`,
    },
  },
};

export default function () {
  const first = (exec.vu.idInTest - 1) * perVU;
  const end = Math.min(first + perVU, sockets);
  for (let i = first; i < end; i++) {
    setTimeout(hold, (i / sockets) * ramp * 1000);
  }
}

function hold() {
  const ws = new WebSocket(`ws://${__ENV.ADDRESS}/api/v2/websocket`, null, {
    headers: { Authorization: `Bearer ${token}` },
  });
  let last = 0;
  ws.onmessage = (message) => {
    const event = JSON.parse(message.data);
    if (event.type === 'ACTIVE_ORDERS') {
      return;
    }
    if (last !== 0 && event.seq !== last + 1) {
      console.error('an event was lost');
    }
    last = event.seq;
  };
  ws.onerror = (e) => console.error(`a WebSocket failed: ${e.error}`);
  const left = ramp + duration - exec.instance.currentTestRunDuration / 1000;
  setTimeout(() => ws.close(), left * 1000);
}

export function handleSummary(data) {
  const received = data.metrics.ws_msgs_received;
  const opened = data.metrics.ws_sessions;
  const count = (metric) => (metric ? metric.values.count : 0);
  // The first message of each socket is its snapshot.
  return { stdout: JSON.stringify({ events: count(received) - count(opened), sockets: count(opened) }) + '\n' };
}
