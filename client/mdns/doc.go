// Package mdns is the searching side of multicast DNS (RFC 6762) and DNS-based
// service discovery (RFC 6763): a [Browser] that finds the gateways of a link as an
// integration does, and a [Prober] that also asks what only a tester asks.
//
// What comes in is read record by record: a record that cannot be read does not hide
// its neighbours, and is kept as [Message.Malformed] tells. It judges nothing.
package mdns
