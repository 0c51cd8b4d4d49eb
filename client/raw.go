package client

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Raw sends data as it is over a TCP connection of its own and reads one HTTP
// answer to a request of the given method. What comes after the answer's header,
// on an upgraded connection, is not read.
func (c *Client) Raw(ctx context.Context, method string, data []byte) *Response {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	res := &Response{Sent: time.Now(), secrets: c.transcript.run.secrets}
	if err := c.rawTrip(ctx, res, method, data); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		res.Err = c.reason(method, err)
	}
	res.Received = time.Now()
	res.Exchange = c.transcript.Record(res.Sent, Exchange{
		Took: res.Took(), Channel: "tcp",
		Sent:     string(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))),
		Received: dumpResponse(res.Status, res.Header, res.Body),
		Error:    errorText(res.Err),
	})
	return res
}

func (c *Client) rawTrip(ctx context.Context, res *Response, method string, data []byte) error {
	conn, err := c.dial(ctx, "tcp", c.Address())
	if err != nil {
		return err
	}
	defer conn.Close()
	defer closeWith(ctx, conn)()
	res.LocalIP = localIP(conn)
	// A gateway that refuses what it reads may answer, and end the connection,
	// before it has read everything.
	_, unwritten := conn.Write(data)
	limited := &io.LimitedReader{R: conn, N: maxHeader}
	answer, err := http.ReadResponse(bufio.NewReader(limited), &http.Request{Method: method})
	switch {
	case err != nil && unwritten != nil:
		return fmt.Errorf("write: %w", unwritten)
	case err != nil && limited.N == 0:
		return errHeaderTooLarge
	case err != nil:
		return fmt.Errorf("read the answer: %w", err)
	}
	defer answer.Body.Close()
	res.Status, res.Header = answer.StatusCode, answer.Header
	limited.N = maxBody + maxHeader // which may come in chunks, with a trailer
	err = readBody(res, answer.Body)
	if err != nil && limited.N == 0 {
		return errBodyTooLarge
	}
	return err
}
