package client_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ttcheck/client"
)

// numbers is a script that sends {"n":0}, {"n":1} and so on, a second apart.
func numbers(n int, then func(*far)) func(*far) {
	return func(f *far) {
		go hearOut(f)
		for i := range n {
			time.Sleep(time.Second)
			f.say(fmt.Sprintf(`{"n":%d}`, i))
		}
		then(f)
	}
}

func number(n int) func(client.Message) bool {
	return func(m client.Message) bool { got, err := m.Object.Int("n"); return err == nil && got == int64(n) }
}

func TestAwait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		over := make(chan struct{})
		defer close(over)
		c := pipe(t, upgraded(numbers(5, func(*far) { <-over })))
		socket := dial(t, c)
		for _, test := range []struct {
			name         string
			from, number int
			limit        time.Duration // until the wait is given up
			index        int
			ok           bool
			at           time.Duration // when the wait is over, from opening
		}{
			{"the first", 0, 0, time.Minute, 0, true, 1 * time.Second},
			{"one after others", 0, 2, time.Minute, 2, true, 3 * time.Second},
			{"one that came", 1, 1, time.Minute, 1, true, 3 * time.Second},
			{"one that came, in no time", 1, 1, 0, 1, true, 3 * time.Second},
			{"one before the index", 2, 1, 500 * time.Millisecond, 3, false, 3500 * time.Millisecond},
			{"one at a later index", 4, 4, time.Minute, 4, true, 5 * time.Second},
			{"one beyond the end", 7, 4, time.Second, 7, false, 6 * time.Second},
			{"none such", 0, 99, time.Second, 5, false, 7 * time.Second},
		} {
			ctx, cancel := context.WithTimeout(t.Context(), test.limit)
			m, i, ok := socket.Await(ctx, test.from, number(test.number))
			cancel()
			if i != test.index || ok != test.ok || time.Since(socket.Opened) != test.at {
				t.Errorf("%s: index %d, %t, after %v", test.name, i, ok, time.Since(socket.Opened))
			}
			if want := fmt.Sprintf(`{"n":%d}`, test.number); ok && string(m.Data) != want || !ok && m.Data != nil {
				t.Errorf("%s: %q, want %q", test.name, m.Data, want)
			}
			if ok && m.At.Sub(socket.Opened) != time.Duration(test.number+1)*time.Second {
				t.Errorf("%s: it came after %v", test.name, m.At.Sub(socket.Opened))
			}
		}
	})
}

// TestAwaitTheEnd: the end of the socket ends every wait, and what came before
// it is found.
func TestAwaitTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := pipe(t, upgraded(numbers(2, func(f *far) { f.send(closeFrame(1000, "")) })))
		socket := dial(t, c)
		var wait sync.WaitGroup
		over := func(what string, ok, want bool) {
			if at := time.Since(socket.Opened); at != 2*time.Second || ok != want {
				t.Errorf("%s: %t after %v", what, ok, at)
			}
		}
		wait.Go(func() { _, _, ok := socket.Await(t.Context(), 0, number(1)); over("a message", ok, true) })
		wait.Go(func() { _, _, ok := socket.Await(t.Context(), 0, number(2)); over("no message", ok, false) })
		wait.Go(func() { _, ok := socket.AwaitPong(t.Context(), ""); over("a pong", ok, false) })
		wait.Go(func() { over("the closure", socket.AwaitClosure(t.Context()) != nil, true) })
		wait.Go(func() { over("the end", socket.AwaitEnd(t.Context()), true) })
		wait.Wait()
		if _, i, ok := socket.Await(t.Context(), 0, number(1)); !ok || i != 1 {
			t.Errorf("a message before the end: index %d, %t", i, ok)
		}
		if _, i, ok := socket.Await(t.Context(), 0, number(2)); ok || i != 2 {
			t.Errorf("no message before the end: index %d, %t", i, ok)
		}
	})
}

// TestAwaitGivesUp: a context that ends is the end of every wait.
func TestAwaitGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := pipe(t, upgraded(func(f *far) { hearOut(f) }))
		socket := dial(t, c)
		for what, await := range map[string]func(context.Context) bool{
			"a message":   func(ctx context.Context) bool { _, _, ok := socket.Await(ctx, 0, number(0)); return ok },
			"a pong":      func(ctx context.Context) bool { _, ok := socket.AwaitPong(ctx, ""); return ok },
			"the closure": func(ctx context.Context) bool { return socket.AwaitClosure(ctx) != nil },
			"the end":     socket.AwaitEnd,
		} {
			begun := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if await(ctx) || time.Since(begun) != time.Second {
				t.Errorf("waiting for %s ended after %v", what, time.Since(begun))
			}
			cancel()
			if await(ctx) || time.Since(begun) != time.Second {
				t.Errorf("waiting for %s without time ended after %v", what, time.Since(begun))
			}
		}
	})
}

// TestWhatIsOverIsSeenWithoutTime: a context that is done hides nothing.
func TestWhatIsOverIsSeenWithoutTime(t *testing.T) {
	t.Parallel()
	c := listen(t, upgraded(func(f *far) {
		f.send(client.Frame{Final: true, Opcode: client.OpPong, Payload: []byte("p")})
		f.say(`{"n":0}`)
		f.send(closeFrame(1000, ""))
	}))
	socket := dial(t, c)
	socket.AwaitEnd(soon(t))
	done, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 { // where two things are ready, one is chosen at random
		_, _, message := socket.Await(done, 0, number(0))
		_, pong := socket.AwaitPong(done, "p")
		if !message || !pong || socket.AwaitClosure(done) == nil || !socket.AwaitEnd(done) {
			t.Fatal("what is over is not seen")
		}
	}
}

// TestMatchMayUseTheSocket: whoever looks at a message may look at others too.
func TestMatchMayUseTheSocket(t *testing.T) {
	t.Parallel()
	c := listen(t, upgraded(func(f *far) { f.say(`{"n":0}`, `{"n":1}`); hearOut(f) }))
	socket := dial(t, c)
	_, _, ok := socket.Await(soon(t), 0, func(m client.Message) bool {
		return strings.Contains(fmt.Sprint(socket.Messages()), "without type") && socket.Closure() == nil && socket.Pings() == 0 && number(1)(m)
	})
	if !ok {
		t.Error("not found")
	}
}

// TestManyWait: one message wakes all who wait for it.
func TestManyWait(t *testing.T) {
	t.Parallel()
	begin := make(chan struct{})
	c := listen(t, upgraded(func(f *far) {
		<-begin
		for i := range 100 {
			f.say(fmt.Sprintf(`{"n":%d}`, i))
		}
		hearOut(f)
	}))
	socket := dial(t, c)
	var wait sync.WaitGroup
	for i := range 100 {
		wait.Go(func() {
			if _, at, ok := socket.Await(soon(t), 0, number(i)); !ok || at != i {
				t.Errorf("message %d was found at %d, %t", i, at, ok)
			}
		})
	}
	close(begin)
	wait.Wait()
}
