package mdns_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/miekg/dns"

	"ttcheck/client/mdns"
)

// near tells whether a time is what it should be, but for the random part.
func near(got, want, spread time.Duration) bool { return got >= want && got <= want+spread }

// TestSchedule proves that instances are asked for first after 20–120 ms, again after
// 1 s, and then at intervals that double up to an hour (RFC 6762 §5.2).
func TestSchedule(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(6 * time.Hour)
		asked := l.questions()
		if len(asked) < 15 {
			l.Fatalf("%d questions in 6 hours", len(asked))
		}
		if first := asked[0].at; first < 20*time.Millisecond || first >= 120*time.Millisecond {
			l.Errorf("first question after %v", first)
		}
		interval := time.Second
		for i := range asked {
			m := asked[i].msg
			if m.Response || m.Id != 0 || len(m.Answer) != 0 || !slices.Equal(asked[i].questions(), []string{mdns.ServiceType + " PTR"}) || m.Question[0].Qclass != dns.ClassINET {
				l.Fatalf("question %d is %v", i, m)
			}
			if i == 0 {
				continue
			}
			if got := asked[i].at - asked[i-1].at; got != interval {
				l.Errorf("interval %d is %v, want %v", i, got, interval)
			}
			interval = min(2*interval, time.Hour)
		}
	})
}

// TestKnownAnswers proves that an instance is named in the question while more than
// half of its time is left (RFC 6762 §7.1), with the time that is left.
func TestKnownAnswers(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(200 * time.Millisecond)
		records := whole("Gateway One", "tt.local.", "10.77.0.10", 9000)
		records[0].Header().Ttl = 3600
		l.say(records...)
		l.questions()
		l.pass(2800 * time.Second)
		asked := l.questions()
		half := 0
		for _, q := range asked {
			known := q.at < 1800*time.Second
			if known != (len(q.msg.Answer) == 1) {
				l.Errorf("after %v: known answers %v", q.at, q.msg.Answer)
			}
			if !known {
				half++
				continue
			}
			p := q.msg.Answer[0].(*dns.PTR)
			left := time.Hour + 200*time.Millisecond - q.at
			if p.Ptr != mdns.InstanceName("Gateway One") || !near(time.Duration(p.Hdr.Ttl)*time.Second, left, time.Second) || p.Hdr.Class != dns.ClassINET {
				l.Errorf("after %v: known answer %v, want %v left", q.at, p, left)
			}
		}
		if half == 0 || len(asked) < 10 {
			l.Errorf("%d questions, %d of them late", len(asked), half)
		}
	})
}

// TestManyKnownAnswers proves that known answers that do not fit follow in packets of
// their own, announced by the TC bit (RFC 6762 §7.2).
func TestManyKnownAnswers(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(200 * time.Millisecond)
		want := map[string]bool{}
		for i := range 100 {
			name := fmt.Sprintf("A gateway with a long name, number %d", i)
			want[mdns.InstanceName(name)] = true
			l.say(ptr(name, 4500), srv(name, "tt.local.", 8000, 120), txt(name, 4500, ""), addr("tt.local.", "10.77.0.10", 120), addr("tt.local.", "fe80::1", 120))
		}
		l.questions()
		l.pass(time.Second)
		asked := l.questions()
		if len(asked) < 3 {
			l.Fatalf("%d packets", len(asked))
		}
		for i, q := range asked {
			if q.length > 1400 || q.msg.Truncated != (i < len(asked)-1) || (len(q.msg.Question) == 1) != (i == 0) {
				l.Errorf("packet %d: %d bytes, TC %v, %d questions", i, q.length, q.msg.Truncated, len(q.msg.Question))
			}
			for _, rr := range q.msg.Answer {
				delete(want, rr.(*dns.PTR).Ptr)
			}
		}
		if len(want) > 0 {
			l.Errorf("%d instances are not named", len(want))
		}
	})
}

// TestFollowUp proves that what is missing is asked for at once, in one packet, and
// again after 1 s and 2 s; what may not exist not more often.
func TestFollowUp(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(130 * time.Millisecond)
		l.questions()
		start := time.Since(l.began)
		l.say(ptr("Gateway One", 4500))
		name := mdns.InstanceName("Gateway One")
		l.pass(7500 * time.Millisecond)
		got := map[string][]time.Duration{}
		for i, q := range l.questions() {
			if words := q.questions(); i == 0 && !slices.Equal(words, []string{name + " TXT", name + " SRV"}) && !slices.Equal(words, []string{name + " SRV", name + " TXT"}) {
				l.Errorf("the first question is %v", words)
			}
			for _, one := range q.questions() {
				got[one] = append(got[one], q.at-start)
			}
		}
		for kind, want := range map[string][]time.Duration{"SRV": {0, 1, 3, 7}, "TXT": {0, 1, 3}} {
			for i := range want {
				want[i] *= time.Second
			}
			if at := got[name+" "+kind]; !slices.Equal(at, want) {
				l.Errorf("%s asked at %v, want %v", kind, at, want)
			}
		}
		l.say(srv("Gateway One", "tt.local.", 8000, 120))
		asked := l.questions()
		if len(asked) != 1 || !slices.Equal(asked[0].questions(), []string{"tt.local. AAAA", "tt.local. A"}) && !slices.Equal(asked[0].questions(), []string{"tt.local. A", "tt.local. AAAA"}) {
			l.Errorf("after the SRV record came: %v", asked)
		}
		l.say(addr("tt.local.", "10.77.0.10", 120), txt("Gateway One", 4500, ""))
		if s := l.one(); !s.Resolved() || s.TXT == nil || len(s.TXT) != 0 {
			l.Errorf("%+v: want it resolved, with an empty TXT record", s)
		}
	})
}

// TestRefresh proves that records are asked for at 80, 85, 90 and 95 % of their life
// (RFC 6762 §5.2), no longer once they are heard again, and that what is not renewed
// is dropped.
func TestRefresh(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(200 * time.Millisecond)
		records := whole("Gateway One", "tt.local.", "10.77.0.10", 120)
		l.say(records...)
		l.pass(99 * time.Second) // past 80 %
		l.say(records...)
		l.questions()
		l.wantChanges("appeared Gateway One")
		begin := time.Since(l.began)
		l.pass(119 * time.Second)
		got := map[string][]time.Duration{}
		for _, q := range l.questions() {
			for _, one := range q.questions() {
				got[one] = append(got[one], q.at-begin)
			}
		}
		for _, question := range []string{mdns.InstanceName("Gateway One") + " SRV", "tt.local. A", "tt.local. AAAA"} {
			at := got[question]
			if len(at) != 4 {
				l.Errorf("%s asked at %v, want four times", question, at)
				continue
			}
			for i, want := range []float64{0.80, 0.85, 0.90, 0.95} {
				if !near(at[i], time.Duration(want*float64(120*time.Second)), 2400*time.Millisecond) {
					l.Errorf("%s asked at %v, want %v of 120 s", question, at[i], want)
				}
			}
		}
		l.pass(2 * time.Second)
		if s := l.one(); s.Resolved() || s.Host != "" || len(s.Addresses) != 0 || s.TXT == nil {
			l.Errorf("after 121 s: %+v, want nothing but its name and TXT", s)
		}
		changes := l.wantChanges("changed Gateway One")
		if len(changes) == 1 && (!changes[0].Before.Resolved() || changes[0].Service.Resolved()) {
			l.Errorf("change %+v: want it to tell that the service is no longer resolved", changes[0])
		}
		l.pass(4500 * time.Second)
		l.wantChanges("left Gateway One")
		if all := l.Services(); len(all) != 0 {
			l.Errorf("still known: %v", all)
		}
	})
}

// TestShortLives proves that a record that lives for a second does not have the
// browser ask more than once in that time.
func TestShortLives(t *testing.T) {
	inLab(t, mdns.BrowserOptions{}, func(l *lab) {
		l.pass(200 * time.Millisecond)
		l.questions()
		for range 100 {
			l.say(whole("Gateway One", "tt.local.", "10.77.0.10", 1)...)
			l.pass(100 * time.Millisecond)
		}
		l.pass(900 * time.Millisecond)
		got := map[string]int{}
		for _, q := range l.questions() {
			for _, one := range q.questions() {
				got[one]++
			}
		}
		for question, n := range got {
			if n > 12 {
				l.Errorf("%s asked %d times in 11 s", question, n)
			}
		}
	})
}
