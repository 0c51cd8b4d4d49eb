package client_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ttcheck/client"
)

// timed notes when which bytes came.
type timed struct {
	at   time.Duration
	size int
}

func segments(f *far) (seen []timed) {
	begun := time.Now()
	buffer := make([]byte, 100)
	for {
		n, err := f.Conn.Read(buffer)
		if err != nil {
			return seen
		}
		seen = append(seen, timed{time.Since(begun), n})
	}
}

// TestSegments: a frame goes out in pieces of about equal size, as far apart as
// was asked.
func TestSegments(t *testing.T) {
	t.Parallel()
	frame := client.Frame{Final: true, Opcode: client.OpText, Payload: []byte("{}")} // 8 bytes
	const gap = 15 * time.Millisecond
	for name, test := range map[string]struct {
		n      int
		giveUp time.Duration
		want   []timed
	}{
		"one":         {1, 0, []timed{{0, 8}}},
		"three":       {3, 0, []timed{{0, 2}, {gap, 3}, {2 * gap, 3}}},
		"each byte":   {8, 0, []timed{{0, 1}, {gap, 1}, {2 * gap, 1}, {3 * gap, 1}, {4 * gap, 1}, {5 * gap, 1}, {6 * gap, 1}, {7 * gap, 1}}},
		"interrupted": {4, gap + gap/2, []timed{{0, 2}, {gap, 2}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				got := make(chan []timed, 1)
				c := pipe(t, upgraded(func(f *far) { got <- segments(f) }))
				socket := dial(t, c)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if test.giveUp > 0 {
					time.AfterFunc(test.giveUp, cancel)
				}
				err := socket.SendSegments(ctx, frame, test.n, gap)
				if interrupted := errors.Is(err, context.Canceled); interrupted != (test.giveUp > 0) || err != nil && !strings.Contains(err.Error(), "segment 3 of 4 on ws#1") {
					t.Errorf("the error is %v", err)
				}
				x := records(c, socket.Channel())[0]
				if x.At != 0 || x.Sent != fmt.Sprintf("frame of 8 bytes in %d segments", test.n) || (x.Error != "") != (err != nil) {
					t.Errorf("recorded %+v", x)
				}
				socket.Drop()
				if seen := <-got; !slices.Equal(seen, test.want) {
					t.Errorf("the gateway saw %v, want %v", seen, test.want)
				}
			})
		})
	}
}
