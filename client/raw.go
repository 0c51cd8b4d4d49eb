package client

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Raw sends data as it is over a TCP connection of its own and reads one HTTP
// answer to a request of the given method. What comes after the answer's header,
// on an upgraded connection, is not read.
func (c *Client) Raw(ctx context.Context, method string, data []byte) *Response {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	res := &Response{Sent: time.Now()}
	if err := c.rawTrip(ctx, res, method, data); err != nil {
		res.Err = c.reason(method, err)
	}
	res.Received = time.Now()
	res.Exchange = c.transcript.record(res.Sent, Exchange{
		Took: res.Took(), Channel: "tcp",
		Sent:     string(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))),
		Received: dumpResponse(res.Status, res.Header, res.Body),
		Error:    errorText(res.Err),
	})
	return res
}

func (c *Client) rawTrip(ctx context.Context, res *Response, method string, data []byte) error {
	conn, err := c.dialer.DialContext(ctx, "tcp", c.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if addr, ok := conn.LocalAddr().(*net.TCPAddr); ok {
		res.LocalIP = addr.IP
	}
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	if _, err := conn.Write(data); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	limited := io.LimitReader(conn, maxBody)
	answer, err := http.ReadResponse(bufio.NewReader(limited), &http.Request{Method: method})
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	defer answer.Body.Close()
	res.Status, res.Header = answer.StatusCode, answer.Header
	if answer.StatusCode == http.StatusSwitchingProtocols {
		return nil
	}
	if res.Body, err = io.ReadAll(answer.Body); err != nil {
		return fmt.Errorf("read the body: %w", err)
	}
	return nil
}
