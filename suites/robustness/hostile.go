package robustness

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"ttcheck/protocol"
	"ttcheck/suites/spec"
)

// What is sent in place of a request (RFC 9112). Bodies are such that no reading of
// them makes an order.

var blowCases = []spec.Case{
	blowCase("endless header",
		blow{"an endless header line", largeTimes, func(a address) []byte {
			return []byte(a.head("GET", protocol.Base) + "X-Endless: " + strings.Repeat("a", large))
		}},
		blow{"header lines without end", largeTimes, func(a address) []byte {
			return []byte(a.head("GET", protocol.Base) + strings.Repeat("X-Endless: again and again\r\n", large/28))
		}},
		blow{"a request line of 64 KiB", few, func(a address) []byte {
			return []byte(a.head("GET", protocol.Base+"?"+strings.Repeat("a", 64<<10)) + "\r\n")
		}},
		blow{"blank lines in place of a request", few, func(address) []byte {
			return []byte(strings.Repeat("\r\n", 8<<10))
		}},
	),
	blowCase("endless body",
		blow{"an endless body in chunks", largeTimes, func(a address) []byte {
			chunk := "1000\r\n" + strings.Repeat("a", 0x1000) + "\r\n"
			return []byte(a.post("Transfer-Encoding: chunked") + strings.Repeat(chunk, large/len(chunk)))
		}},
		blow{"one endless chunk", largeTimes, func(a address) []byte {
			return []byte(a.post("Transfer-Encoding: chunked") + "7fffffff\r\n" + strings.Repeat("a", large))
		}},
		blow{"an endless body of a huge length", largeTimes, func(a address) []byte {
			return []byte(a.post("Content-Length: 1099511627776") + strings.Repeat("a", large))
		}},
	),
	blowCase("wrong lengths",
		body("a body shorter than its length", "Content-Length: 1000", "ttcheck"),
		body("a body longer than its length", "Content-Length: 7", strings.Repeat("ttcheck ", 40)),
		body("a negative length", "Content-Length: -1", "ttcheck"),
		body("a length that is no number", "Content-Length: seven", "ttcheck"),
		body("a length beyond all numbers", "Content-Length: "+strings.Repeat("9", 40), "ttcheck"),
		body("two different lengths", "Content-Length: 7\r\nContent-Length: 20", "ttcheck"),
		body("a length and chunks at once", "Content-Length: 4\r\nTransfer-Encoding: chunked", "7\r\nttcheck\r\n0\r\n\r\n"),
		body("chunks of no length", "Transfer-Encoding: chunked", "zz\r\nttcheck\r\n0\r\n\r\n"),
		body("a chunk of a negative length", "Transfer-Encoding: chunked", "-7\r\nttcheck\r\n0\r\n\r\n"),
	),
	blowCase("garbage",
		blow{"garbage in place of HTTP", few, func(address) []byte { return garbage(4 << 10) }},
		blow{"zeros in place of HTTP", few, func(address) []byte { return make([]byte, 4<<10) }},
		blow{"zeros within a request", few, func(a address) []byte {
			return []byte("GET " + protocol.Base + "\x00 HTTP/1.1\r\nHost: " + a.host + "\r\nX\x00: \x00\r\n\r\n")
		}},
		blow{"a TLS hello", few, func(address) []byte { return tlsHello() }},
		blow{"a request of HTTP/0.9", few, func(address) []byte { return []byte("GET " + protocol.Base + "\r\n") }},
		blow{"a request of HTTP/9.9", few, func(a address) []byte {
			return []byte("GET " + protocol.Base + " HTTP/9.9\r\nHost: " + a.host + "\r\n\r\n")
		}},
	),
	blowCase("broken off",
		blow{"connections without a byte", few, func(address) []byte { return nil }},
		blow{"half a request line", few, func(address) []byte { return []byte("GET " + protocol.Base + " HT") }},
		blow{"half a header", few, func(a address) []byte { return []byte(a.head("GET", protocol.Base)) }},
	),
	blowCase("pipelining",
		blow{"50 requests at once", few, func(a address) []byte {
			return []byte(strings.Repeat(a.head("GET", protocol.Base)+"\r\n", 50))
		}},
		blow{"50 requests with the token at once", few, func(a address) []byte {
			return []byte(strings.Repeat(a.head("GET", protocol.PathHistory)+a.credentials()+"\r\n", 50))
		}},
	),
}

// head is the beginning of a request, without the empty line that ends it.
func (a address) head(method, target string) string {
	return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\n", method, target, a.host)
}

func (a address) credentials() string { return "Authorization: Bearer " + a.token + "\r\n" }

// post is a request with a body to come. It has the token, so that the body is read.
func (a address) post(framing string) string {
	return a.head("POST", protocol.PathActiveOrders) + a.credentials() + "Content-Type: application/json\r\n" + framing + "\r\n\r\n"
}

// body is a blow whose body is not what its header says.
func body(what, framing, text string) blow {
	return blow{what, few, func(a address) []byte { return []byte(a.post(framing) + text) }}
}

// garbage is the same bytes every time.
func garbage(n int) []byte {
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(data) // it never fails
	return data
}

// tlsHello is what a browser sends that was told https (RFC 8446 §4.1.2): a record
// with the beginning of a ClientHello.
func tlsHello() []byte {
	const record = 200
	hello := append([]byte{22, 3, 1, 0, record, 1, 0, 0, record - 4, 3, 3}, garbage(record-6)...)
	return hello
}
