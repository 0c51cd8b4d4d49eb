package pipes

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// onNetwork runs a test on a network with a listener that echoes, and a connection to it.
func onNetwork(t *testing.T, test func(t *testing.T, n *Network, conn net.Conn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := &Network{}
		l := n.Listen("echo")
		defer l.Close()
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					_, _ = io.Copy(conn, conn)
					conn.Close()
				}()
			}
		}()
		conn := dial(t, n, "echo")
		defer conn.Close()
		test(t, n, conn)
	})
}

func dial(t *testing.T, n *Network, address string) net.Conn {
	t.Helper()
	conn, err := n.Dial(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// echoes sends a word and reads it again.
func echoes(conn net.Conn) error {
	if _, err := io.WriteString(conn, "word"); err != nil {
		return err
	}
	p := make([]byte, 4)
	if _, err := io.ReadFull(conn, p); err != nil {
		return err
	}
	if string(p) != "word" {
		return errors.New("another word came back")
	}
	return nil
}

func TestConnects(t *testing.T) {
	t.Parallel()
	onNetwork(t, func(t *testing.T, n *Network, conn net.Conn) {
		var sent strings.Builder
		n.Tap(func(p []byte) { sent.Write(p) })
		time.Sleep(time.Hour)
		second := dial(t, n, "echo")
		defer second.Close()
		for _, c := range []net.Conn{conn, second} {
			if err := echoes(c); err != nil {
				t.Error(err)
			}
		}
		all := n.Attempts()
		if len(all) != 2 || all[1].At.Sub(all[0].At) != time.Hour || all[0].To != "echo" || sent.String() != "wordword" {
			t.Errorf("attempts %v, and sent was %q", all, sent.String())
		}
	})
}

// TestReplaces: one that stands for another has its address, and closes it.
func TestReplaces(t *testing.T) {
	t.Parallel()
	n := &Network{}
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := n.Replace(other)
	if l.Addr() != other.Addr() {
		t.Errorf("it is at %v, want %v", l.Addr(), other.Addr())
	}
	accepted := make(chan net.Conn, 1)
	go func() {
		defer close(accepted)
		if conn, err := l.Accept(); err == nil {
			accepted <- conn
		}
	}()
	near := dial(t, n, other.Addr().String())
	far := <-accepted
	near.Close()
	if _, err := far.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the end is read as %v", err)
	}
	l.Close()
	l.Close()
	if _, err := other.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the other is not closed: %v", err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a closed one accepts: %v", err)
	}
	if _, err := n.Dial(t.Context(), "tcp", other.Addr().String()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("where nobody listens any more: %v", err)
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	onNetwork(t, func(t *testing.T, n *Network, conn net.Conn) {
		n.Refuse(true)
		if err := echoes(conn); err == nil {
			t.Error("an open connection lives on")
		}
		if _, err := n.Dial(t.Context(), "tcp", "echo"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("an attempt ends with %v", err)
		}
		n.Refuse(false)
		again := dial(t, n, "echo")
		defer again.Close()
		if err := echoes(again); err != nil {
			t.Error(err)
		}
	})
}

// TestSilence: what is sent is lost, deadlines hold, attempts wait, and after it only new
// connections work.
func TestSilence(t *testing.T) {
	t.Parallel()
	onNetwork(t, func(t *testing.T, n *Network, conn net.Conn) {
		closed := dial(t, n, "echo")
		n.Silence(true)
		begun := time.Now()
		_ = conn.SetDeadline(begun.Add(time.Minute))
		if err := echoes(conn); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begun) != time.Minute {
			t.Errorf("after %v a word ended with %v", time.Since(begun), err)
		}
		_ = conn.SetDeadline(time.Time{})
		closed.Close()
		if _, err := closed.Write([]byte("word")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("to one that is closed is written: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := n.Dial(ctx, "tcp", "echo"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("an attempt ends with %v", err)
		}
		time.AfterFunc(time.Hour, func() { n.Silence(false) })
		late := dial(t, n, "echo")
		defer late.Close()
		if took := time.Since(begun); took != time.Minute+time.Second+time.Hour {
			t.Errorf("in the silence it connected after %v", took)
		}
		if err := echoes(late); err != nil {
			t.Error(err)
		}
		if err := echoes(conn); err == nil {
			t.Error("a connection outlived the silence")
		}
	})
}

// TestCutInSilence: that the other side ended is heard of only when the silence is over.
func TestCutInSilence(t *testing.T) {
	t.Parallel()
	onNetwork(t, func(t *testing.T, n *Network, conn net.Conn) {
		n.Silence(true)
		n.Cut()
		begun := time.Now()
		time.AfterFunc(time.Hour, func() { n.Silence(false) })
		if _, err := conn.Read(make([]byte, 1)); err == nil || time.Since(begun) != time.Hour {
			t.Errorf("after %v it read %v", time.Since(begun), err)
		}
	})
}
