package authorization

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"time"

	"ttcheck/client"
	"ttcheck/suites/match"
	"ttcheck/suites/spec"
)

// The cases on a connection that is kept open between requests: each of them stands for
// itself (RFC 9110 §3.3).
var keptCases = []spec.Case{
	{
		ID: "AUTH-01", Name: "on a connection that passed a token", Needs: []spec.Need{spec.NeedToken},
		Run: func(c *spec.C) { refusesOnAKeptConnection(c, "without credentials", "") },
	},
	{
		ID: "AUTH-03", Name: "on a connection that passed a token", Needs: []spec.Need{spec.NeedToken},
		Run: func(c *spec.C) {
			refusesOnAKeptConnection(c, "under an unknown token", "Authorization: Bearer "+unknownToken(c)+"\r\n")
		},
	},
}

func refusesOnAKeptConnection(c *spec.C, how, header string) {
	for _, path := range guarded(c) {
		first, second := askTwice(c, path, header)
		switch {
		case first.Status/100 != 2:
			c.Unsupported("GET %s is not answered under a valid token: %s", path, first)
		case second == nil:
			c.Note("the gateway keeps no connection open for a second request")
		default:
			c.Expect(second, "GET %s %s on a connection that passed a token", path, how).To(match.Refusal())
		}
	}
}

// askTwice asks for a path under the run's token, and then with another header in its
// place, or none, on the same connection. There is no second answer if the gateway did not keep that open.
func askTwice(c *spec.C, path, header string) (first, second *client.Response) {
	ctx, cancel := c.Within(spec.Patience)
	defer cancel()
	dialer := &net.Dialer{}
	if c.Target.LocalIP != nil {
		dialer.LocalAddr = &net.TCPAddr{IP: c.Target.LocalIP}
	}
	conn, err := dialer.DialContext(ctx, "tcp", c.Client.Address())
	if err != nil {
		return &client.Response{Err: err}, nil
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(spec.Patience))
	reader := bufio.NewReader(conn)
	line := "GET " + path + " HTTP/1.1\r\nHost: " + c.Client.Address() + "\r\n"
	first = exchange(c, conn, reader, line+"Authorization: Bearer "+c.Token()+"\r\n\r\n")
	if first.Err != nil {
		return first, nil
	}
	if second = exchange(c, conn, reader, line+header+"\r\n"); second.Err != nil {
		return first, nil
	}
	return first, second
}

// maxAnswer bounds an answer on a connection that is kept open, in bytes.
const maxAnswer = 8 << 20

// exchange sends a request and reads its answer.
func exchange(c *spec.C, conn net.Conn, reader *bufio.Reader, request string) *client.Response {
	res := &client.Response{Sent: time.Now()}
	record := client.Exchange{Channel: "tcp", Sent: request}
	defer func() {
		res.Received = time.Now()
		record.Took = res.Took()
		if res.Err != nil {
			record.Error = res.Err.Error()
		}
		res.Exchange = c.Client.Transcript().Record(res.Sent, record)
	}()
	if _, res.Err = conn.Write([]byte(request)); res.Err != nil {
		return res
	}
	answer, err := http.ReadResponse(reader, nil)
	if err != nil {
		res.Err = err
		return res
	}
	defer answer.Body.Close()
	res.Status, res.Header = answer.StatusCode, answer.Header
	res.Body, res.Err = io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	record.Received = answer.Proto + " " + answer.Status + "\n\n" + string(res.Body)
	return res
}
