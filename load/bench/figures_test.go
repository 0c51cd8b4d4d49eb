package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		values []float64
		want   float64
	}{
		{[]float64{3}, 3}, {[]float64{9, 1, 4}, 4}, {[]float64{4, 1, 2, 9}, 3},
	} {
		if got := median(c.values); got != c.want {
			t.Errorf("median of %v: %v, want %v", c.values, got, c.want)
		}
	}
}

func TestRatio(t *testing.T) {
	t.Parallel()
	figures := map[string][]float64{passive: {50, 70, 60}, bare: {100, 100, 100}}
	for _, c := range []struct {
		of, to string
		least  float64
		want   bool
	}{
		{passive, bare, 0.6, true}, {passive, bare, 0.61, false}, {passive, peer, 3, true},
	} {
		if got := ratio(figures, c.of, c.to, c.least); got != c.want {
			t.Errorf("%s / %s of at least %v: %v", c.of, c.to, c.least, got)
		}
	}
}

// TestCheck holds a side's own count against what a witness heard.
func TestCheck(t *testing.T) {
	t.Parallel()
	start := time.Now()
	w := &witness{}
	for i := range 10 {
		w.heard = append(w.heard, start.Add(time.Duration(i)*time.Second))
	}
	for _, c := range []struct {
		own   int64
		until time.Duration
		flaws []string
	}{
		{500, 10 * time.Second, nil},
		{499, 10 * time.Second, []string{"handled 499 of 500 events"}},
		{499, 9 * time.Second, nil}, // the end is not within
	} {
		r := result{own: outcome{events: c.own}}
		if err := r.check(w, start, start.Add(c.until), setting{sockets: 50}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(r.own.flaws, c.flaws) {
			t.Errorf("%d events until %v: flaws %q", c.own, c.until, r.own.flaws)
		}
	}
}

func TestRemarks(t *testing.T) {
	t.Parallel()
	r := result{events: 989, expected: 1000, own: outcome{flaws: []string{"lost: 11"}}}
	if got := r.remarks(); got != "lost: 11, fell behind: 98% of the window's events" {
		t.Errorf("remarks: %q", got)
	}
	if got := (result{events: 990, expected: 1000}).remarks(); got != "" {
		t.Errorf("remarks on what kept up: %q", got)
	}
}

func TestWishes(t *testing.T) {
	t.Parallel()
	good := wish{rounds: 1}
	if err := good.read("k6; ttcheck, changing", "100,200"); err != nil {
		t.Fatal(err)
	}
	if !good.wants(peer) || !good.wants(active) || good.wants(bare) || !slices.Equal(good.sockets, []int{100, 200}) {
		t.Errorf("read as %d sides, %v sockets", len(good.sides), good.sockets)
	}
	for _, c := range []struct{ sides, sockets, says string }{
		{"curl", "", `no "curl"`}, {"", "0", `"0"`}, {"", "5,", `""`}, {"", "5x", `"5x"`},
	} {
		err := (&wish{rounds: 1}).read(c.sides, c.sockets)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("-sides %q -sockets %q: %v", c.sides, c.sockets, err)
		}
	}
}

func TestReports(t *testing.T) {
	t.Parallel()
	l := &lab{address: "127.0.0.1:1", dir: t.TempDir()}
	s := setting{sockets: 10}
	bareOne, err := bareJob(tools{}, l, s)
	if err != nil {
		t.Fatal(err)
	}
	k6One, err := k6Job(tools{}, l, s)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, stdout string
		read         func(string) (outcome, error)
		events       int64
		flaws        []string
	}{
		{"epoll", `{"events":500,"gaps":0,"ended":0,"seconds":1.5}`, bareOne.outcome, 500, nil},
		{"epoll, flawed", `{"events":500,"gaps":2,"ended":1}`, bareOne.outcome, 500, []string{"gaps in seq: 2", "sockets ended: 1"}},
		{"k6", `{"events":500,"sockets":10}`, k6One.outcome, 500, nil},
		{"k6, flawed", `{"events":500,"sockets":8}`, k6One.outcome, 500, []string{"sockets not opened: 2"}},
	} {
		out, err := c.read(c.stdout)
		if err != nil || out.events != c.events || !slices.Equal(out.flaws, c.flaws) {
			t.Errorf("%s: %+v, %v", c.name, out, err)
		}
		if _, err := c.read("panic: …"); err == nil {
			t.Errorf("%s: takes anything", c.name)
		}
	}
}
