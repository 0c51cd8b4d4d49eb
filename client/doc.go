// Package client is the integrator's side of the wire: HTTP calls, WebSockets,
// the button, and a transcript of every exchange. It does what an integration
// does, and also what only a tester does: requests without credentials, raw
// bytes, broken frames, connections that vanish.
//
// It judges nothing. Tokens never stand in a transcript or an error; see
// [Secrets].
package client
