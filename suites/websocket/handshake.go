package websocket

import (
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6455 §4.2.2 asks for SHA-1; nothing is secured by it
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/onsi/gomega"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on the handshake, and on authentication within it.
var handshakeCases = []spec.Case{
	{ID: "WS-01", Run: upgradesWithoutCredentials},
	{ID: "WS-02", Needs: withToken, Run: servesByHeader},
	{ID: "WS-03", Needs: withToken, Run: servesByMessage},
	{ID: "WS-11", Needs: withToken, Run: neverServesABadHeader},
	{ID: "WS-23", Run: refusesAPlainGet},
}

// acceptGUID is appended to a client's key to make the server's (RFC 6455 §1.3).
const acceptGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// forms are ways to write one handshake, KEY standing for the client's key: header
// names, the value of Upgrade and the option of Connection are the same in any case,
// and there may be further options and offers (RFC 6455 §4.1, §4.2.1).
var forms = []struct{ what, text string }{
	{"", "Host: HOST\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: KEY\r\nSec-WebSocket-Version: 13\r\n"},
	{", as a browser writes it,", "Host: HOST\r\nUser-Agent: ttcheck\r\nAccept: */*\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nSec-WebSocket-Key: KEY\r\n" +
		"Connection: keep-alive, Upgrade\r\nCache-Control: no-cache\r\nUpgrade: websocket\r\n"},
	{" with Upgrade: WebSocket", "Host: HOST\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: KEY\r\nSec-WebSocket-Version: 13\r\n"},
	{" with Connection: upgrade", "Host: HOST\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Key: KEY\r\nSec-WebSocket-Version: 13\r\n"},
	{" with header names in lower case", "host: HOST\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-key: KEY\r\nsec-websocket-version: 13\r\n"},
}

// upgradesWithoutCredentials writes the handshake by hand, so that no library
// checks the answer in the case's place.
func upgradesWithoutCredentials(c *spec.C) {
	for _, form := range forms {
		nonce := make([]byte, 16)
		_, _ = rand.Read(nonce)
		key := base64.StdEncoding.EncodeToString(nonce)
		header := strings.NewReplacer("HOST", c.Target.Address, "KEY", key).Replace(form.text)
		res := c.Client.Raw(c, http.MethodGet, []byte("GET "+protocol.PathWebSocket+" HTTP/1.1\r\n"+header+"\r\n"))
		c.Expect(res, "a WebSocket handshake without credentials%s", form.what).To(match.Status(http.StatusSwitchingProtocols))
		c.Expect(res.Header.Get("Sec-WebSocket-Accept"), "Sec-WebSocket-Accept").ProvedBy(res.Exchange).To(gomega.Equal(acceptFor(key)))
		c.Expect(strings.ToLower(res.Header.Get("Upgrade")), "the header Upgrade").ProvedBy(res.Exchange).To(gomega.Equal("websocket"))
		connection := strings.ToLower(strings.Join(res.Header.Values("Connection"), ", "))
		c.Expect(connection, "the header Connection").ProvedBy(res.Exchange).To(gomega.ContainSubstring("upgrade"))
	}
}

// acceptFor is the server's answer to a client's key (RFC 6455 §4.2.2).
func acceptFor(key string) string {
	digest := sha1.Sum([]byte(key + acceptGUID)) //nolint:gosec // see the import
	return base64.StdEncoding.EncodeToString(digest[:])
}

func servesByHeader(c *spec.C) { serves(c, spec.ByHeader) }
func servesByMessage(c *spec.C) {
	serves(c, spec.ByMessage)
	socket := openWaiting(c)
	c.Expect(socket.SendText(roomy(c.Token())), "sending a token message with white space in its JSON").To(match.OK())
	c.Expect(isServed(c, socket), "that a token message with white space in its JSON is accepted").To(gomega.BeTrue())
}

// roomy is the token message with white space between its tokens (RFC 8259 §2).
func roomy(token string) string {
	return "{\r\n\t\"accesstoken\" : \"" + token + "\"\n}"
}

// isServed waits for the snapshot.
func isServed(c *spec.C, socket *client.Socket) bool {
	ctx, cancel := c.Within(spec.Patience)
	defer cancel()
	_, _, served := socket.Await(ctx, 0, spec.IsSnapshot)
	return served
}

// serves opens two connections, the second beside the first.
func serves(c *spec.C, mode spec.AuthMode) {
	for range 2 {
		stream, reason := c.Connect(mode)
		c.Expect(stream != nil, "that a WebSocket authenticated by %s is served (%s)", mode, reason).To(gomega.BeTrue())
		c.Expect(stream.Ping("served"), "a ping on it").To(match.OK())
		ctx, cancel := c.Within(c.Grace())
		stream.AwaitPong(ctx, "served") // so that an end after the snapshot is seen; WS-16 is about pongs
		cancel()
		c.Expect(stream.Closure(), "a WebSocket authenticated by %s, after its snapshot,", mode).To(match.Open())
	}
}

func neverServesABadHeader(c *spec.C) {
	token := c.Token()
	bad := []struct{ what, header string }{
		{"an unknown token", "Bearer " + strings.Repeat("0f1e2d3c4b5a", protocol.TokenDigits/12)},
		{"no token after the scheme", "Bearer"},
		{"the right token with the scheme Basic", "Basic " + token},
	}
	for _, b := range bad {
		c.Secrets().Hide(b.header)
		socket, res := c.Open(http.Header{"Authorization": {b.header}})
		if socket == nil {
			c.Should(res, "a handshake whose Authorization header holds %s", b.what).To(match.Refusal())
			continue
		}
		what := "a connection whose Authorization header holds " + b.what
		closesAtOnce(c, socket, what, socket.Opened)
		showsNoOrders(c, socket.Messages(), what)
	}
}

func refusesAPlainGet(c *spec.C) {
	res := c.Do(client.Request{Path: protocol.PathWebSocket})
	c.Expect(res, "GET %s without an upgrade", protocol.PathWebSocket).To(match.Refusal())
}
