package client_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ttcheck/client"
)

// TestSlowGateway: a request takes no longer than it may, wherever the gateway
// dawdles.
func TestSlowGateway(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]func(net.Conn){
		"reads nothing":   func(conn net.Conn) { <-t.Context().Done() },
		"answers nothing": hearOut,
		"half a header":   func(conn net.Conn) { _, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n"); hearOut(conn) },
		"half a body": func(conn net.Conn) {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
			hearOut(conn)
		},
		"a byte at a time": func(conn net.Conn) {
			_, _ = io.WriteString(conn, lengthless)
			for {
				if _, err := conn.Write([]byte("x")); err != nil {
					return
				}
				time.Sleep(900 * time.Millisecond)
			}
		},
	} {
		for how, ask := range asking {
			t.Run(name+"/"+how, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					begun := time.Now()
					c := pipe(t, func(conn net.Conn) {
						if name == "reads nothing" {
							<-t.Context().Done()
							return
						}
						if _, err := http.ReadRequest(reader(conn)); err == nil {
							script(conn)
						}
					})
					res := ask(t.Context(), c)
					if took := time.Since(begun); took != client.DefaultTimeout || res.Took() != took {
						t.Errorf("it took %v, and is said to have taken %v", took, res.Took())
					}
					if !errors.Is(res.Err, context.DeadlineExceeded) || !strings.Contains(res.Err.Error(), "no answer in time") || client.IsLocal(res.Err) {
						t.Errorf("the error is %v", res.Err)
					}
				})
			})
		}
	}
}

func TestTimeoutIsWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dial := func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			context.AfterFunc(t.Context(), func() { far.Close() })
			return near, nil
		}
		c := client.NewOver(client.Options{Address: "gateway:8000", Timeout: 3 * time.Second}, dial)
		for how, ask := range asking {
			if res := ask(t.Context(), c); res.Took() != 3*time.Second || !errors.Is(res.Err, context.DeadlineExceeded) {
				t.Errorf("%s took %v: %v", how, res.Took(), res.Err)
			}
		}
	})
}

// TestCancel: the tester who gives up waits no longer, and it is not the gateway's
// fault.
func TestCancel(t *testing.T) {
	t.Parallel()
	for how, ask := range asking {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := pipe(t, hearOut)
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				if res := ask(ctx, c); res.Took() != time.Second || !client.IsLocal(res.Err) {
					t.Errorf("took %v: %v", res.Took(), res.Err)
				}
			})
		})
	}
}
