// Package protocol holds the words of the Table Tracker gateway protocol,
// version 2: orders, events, tokens, envelopes, return codes, endpoints and
// timings, and the catalogue of what a gateway and a POS integration owe.
//
// It does no I/O and keeps no state, so that both sides of the wire (client/
// and fixtures/) and the judge between them (suites/) speak of the same things
// without sharing a line of behaviour.
//
// Comments name the source of a fact: Q is the vendor's Quickstart, R its API
// reference, C what was seen in public client code. docs/protocol.md tells what
// is known, what is open, and from where.
package protocol
