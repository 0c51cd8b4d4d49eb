import { WebSocket } from 'ws';

console.log(typeof WebSocket, typeof fetch, process.argv.length);
