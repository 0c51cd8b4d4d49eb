package online

import (
	"context"
	"fmt"
	"testing"
	"time"

	"ttcheck/client"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		took []int // seconds
		want time.Duration
	}{
		"all alike":             {[]int{1, 1, 1}, time.Second},
		"in order":              {[]int{1, 2, 3, 4, 5}, 3 * time.Second},
		"in no order":           {[]int{5, 1, 4, 2, 3}, 3 * time.Second},
		"two of five are slow":  {[]int{9, 0, 9, 0, 0}, 0},
		"three of five are so":  {[]int{9, 0, 9, 0, 9}, 9 * time.Second},
		"a single answer stays": {[]int{7}, 7 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			var answers []*client.Response
			for _, s := range test.took {
				answers = append(answers, &client.Response{Sent: start, Received: start.Add(time.Duration(s) * time.Second)})
			}
			if got := median(answers).Took(); got != test.want {
				t.Errorf("the median of %v is %v, want %v", test.took, got, test.want)
			}
		})
	}
}

func TestCrowdTakesUntilItIsTurnedAway(t *testing.T) {
	t.Parallel()
	socket := &client.Socket{}
	full := &client.Response{Status: 503}
	var g crowd
	if g.take(socket, &client.Response{Status: 101}, false) {
		t.Error("an accepted handshake is enough, want more")
	}
	if !g.take(nil, full, false) {
		t.Error("after a refused handshake more are tried")
	}
	if !g.take(nil, &client.Response{Status: 500}, false) || g.turnedAway != full {
		t.Errorf("turned away by %v, want the first refusal", g.turnedAway)
	}
	if len(g.sockets) != 1 {
		t.Errorf("%d sockets, want 1", len(g.sockets))
	}
	var late crowd
	if !late.take(nil, &client.Response{Err: context.DeadlineExceeded}, true) || late.turnedAway != nil {
		t.Error("a handshake that our own time cut off counts as the gateway's refusal")
	}
}

func TestCrowdIsFull(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		turnedAway *client.Response
		full       bool
	}{
		"nobody was turned away": {nil, false},
		"by an answer":           {&client.Response{Status: 503}, true},
		"by a closed port":       {&client.Response{Err: fmt.Errorf("connection refused")}, true},
		"by no answer at all":    {&client.Response{Err: fmt.Errorf("handshake: %w", context.DeadlineExceeded)}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := crowd{turnedAway: test.turnedAway}
			if g.isFull() != test.full {
				t.Errorf("full: %t, want %t", g.isFull(), test.full)
			}
		})
	}
}
