package client

import (
	"context"
	"net"
	"net/http/httptrace"
)

// noteLocalIP has the source address of the connection written into res.
func (c *Client) noteLocalIP(ctx context.Context, res *Response) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			if addr, ok := info.Conn.LocalAddr().(*net.TCPAddr); ok {
				res.LocalIP = addr.IP
			}
		},
	})
}
