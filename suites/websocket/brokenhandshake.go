package websocket

import (
	"strings"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The handshakes of WS-22, written by hand.

const (
	someKey = "dGhlIHNhbXBsZSBub25jZQ==" // 16 bytes in base64
	// wholeHandshake has all that a server asks for (RFC 6455 §4.2.1).
	wholeHandshake = "GET " + protocol.PathWebSocket + " HTTP/1.1\r\nHost: HOST\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: " + someKey + "\r\nSec-WebSocket-Version: 13\r\n\r\n"
)

// brokenHandshake is a handshake that a server must answer with an error
// (RFC 6455 §4.2.1).
type brokenHandshake struct{ what, text string }

// brokenHandshakes each differ from the whole one in one respect.
func brokenHandshakes() []brokenHandshake {
	but := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(wholeHandshake) }
	return []brokenHandshake{
		{"without a key", but("Sec-WebSocket-Key: "+someKey+"\r\n", "")},
		{"of version 12", but("Version: 13", "Version: 12")},
		{"of version 99", but("Version: 13", "Version: 99")},
		{"of version 0", but("Version: 13", "Version: 0")},
		{"without an Upgrade header", but("Upgrade: websocket\r\n", "")},
		{"by POST in place of GET", but("GET", "POST", "\r\n\r\n", "\r\nContent-Length: 0\r\n\r\n")},
	}
}

// refusesBrokenHandshakes begins with a sound one: whoever is full refuses all.
// What comes of a key that is no key is open (RFC 6455 §4.2.1 has the server look
// at it only to answer).
func refusesBrokenHandshakes(c *spec.C) {
	wasOnline := isOnline(c)
	openWaiting(c)
	for _, b := range brokenHandshakes() {
		c.Expect(shakeHands(c, b.text), "a handshake %s", b.what).To(match.Refusal())
	}
	c.Note("a handshake whose key is not 16 bytes in base64: %s", shakeHands(c, strings.Replace(wholeHandshake, someKey, "ttcheck", 1)))
	socket, res := c.Open(nil)
	c.Expect(socket != nil, "that a sound handshake is accepted after broken ones (%s)", res).To(gomega.BeTrue())
	if wasOnline {
		c.Expect(askOnline(c), "the online check after broken handshakes").To(match.Success())
	}
}

// shakeHands sends a handshake without credentials, which needs none (WS-01).
func shakeHands(c *spec.C, text string) *client.Response {
	method, _, _ := strings.Cut(text, " ")
	return c.Client.Raw(c, method, []byte(strings.Replace(text, "HOST", c.Client.Address(), 1)))
}
