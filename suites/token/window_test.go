package token

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ttcheck/client"
	"ttcheck/protocol"
	"ttcheck/report"
	"ttcheck/suites/spec"
)

// answer is what a gateway answered to a request for a token.
func answer(status int, body string) *client.Response {
	return &client.Response{Status: status, Body: []byte(body)}
}

// refused is the documented refusal outside a window.
func refused() *client.Response {
	return answer(http.StatusForbidden, `{"status":403,"returnCode":-3,"message":"closed"}`)
}

// asked is the request for a token that was answered so.
func asked(res *client.Response) Ask {
	a := Ask{Response: res}
	if o, err := res.Object(); err == nil {
		a.Token, _ = o.Object("token")
	}
	return a
}

// with is a request that was given a token, which then was good for a request.
func with(secret string) Ask {
	a := asked(answer(http.StatusCreated, fmt.Sprintf(`{"status":201,"token":{"name":"default","token":%q}}`, secret)))
	a.Used = answer(http.StatusOK, `{}`)
	return a
}

const one, other = "0123456789abcdef0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210fedcba9876543210"

// window is one that was opened after a refusal.
func window(asks ...Ask) Window {
	return Window{Before: []*client.Response{refused()}, Press: client.Press{Latest: time.Now()}, Asked: asks}
}

// judge runs an assertion of a requirement and returns its verdict.
func judge(t *testing.T, id string, assert func(*spec.C)) report.Verdict {
	t.Helper()
	env := spec.NewEnv(spec.Target{Address: "127.0.0.1:9"}, spec.Settings{Profile: "reference", Grace: time.Second})
	defer env.Close()
	outcome := spec.Execute(t.Context(), env, spec.Case{ID: id, Run: assert})
	if outcome.Verdict == report.Error {
		t.Fatalf("%s: %s", id, outcome.Reason)
	}
	return outcome.Verdict
}

func TestFirstToken(t *testing.T) {
	t.Parallel()
	void := with(one)
	void.Used = answer(http.StatusUnauthorized, `{}`)
	unused := with(other)
	unused.Used = nil
	tests := map[string]struct {
		asked []Ask
		want  string
	}{
		"none was given":              {[]Ask{asked(refused())}, ""},
		"a single one":                {[]Ask{with(one)}, one},
		"after a refusal":             {[]Ask{asked(refused()), with(other)}, other},
		"the first of two":            {[]Ask{with(one), with(other)}, one},
		"the one that works":          {[]Ask{void, with(other)}, other},
		"none works":                  {[]Ask{void, unused}, one},
		"none was used yet":           {[]Ask{unused, with(one)}, one},
		"a refusal that shows one":    {[]Ask{asked(answer(403, `{"token":{"token":"`+one+`"}}`))}, ""},
		"a token that is no text":     {[]Ask{asked(answer(201, `{"token":{"token":7}}`))}, ""},
		"a token that is no object":   {[]Ask{asked(answer(201, `{"token":"`+one+`"}`))}, ""},
		"granted with another status": {[]Ask{asked(answer(200, `{"token":{"token":"`+one+`"}}`))}, one},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := window(test.asked...).FirstToken(); got != test.want {
				t.Errorf("the first token is %q, want %q", got, test.want)
			}
		})
	}
}

func TestNameRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		res  *client.Response
		want bool
	}{
		"a bad name":           {answer(400, `{"status":400,"returnCode":-4}`), true},
		"a bad name, no code":  {answer(400, `<h1>Bad Request</h1>`), true},
		"a bad name, as a 422": {answer(422, `{"returnCode":-4}`), true},
		"a closed window":      {refused(), false},
		"a token":              {with(one).Response, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := nameRefused(asked(test.res)); got != test.want {
				t.Errorf("refused for its name: %t, want %t", got, test.want)
			}
		})
	}
}

// TestWindowsAreJudged proves of each assertion on a window what it lets pass and
// what it does not.
func TestWindowsAreJudged(t *testing.T) {
	t.Parallel()
	shut := asked(refused())
	empty := asked(answer(201, `{"status":201,"token":{}}`))
	with200 := asked(answer(200, `{"status":200,"token":{"token":"`+one+`"}}`))
	error200 := asked(answer(200, `{"status":200,"returnCode":-3}`))
	badName := asked(answer(400, `{"status":400,"returnCode":-4}`))
	granted, refusedOnly := window(with(one)), window(shut)
	opened, closed := &granted, &refusedOnly
	crash := asked(answer(500, `oops`))
	void := with(one)
	void.Used = answer(401, `{}`)
	lenient := Window{Before: []*client.Response{error200.Response}, Asked: []Ask{error200}}
	after := func(w Window, a Ask) Window { w.After = a.Response; return w }

	pass, fail, warn, skip := report.Pass, report.Fail, report.Warning, report.Skipped
	tests := []struct {
		name, id string
		assert   func(*spec.C)
		want     report.Verdict
	}{
		{"given at once", "TOK-03", func(c *spec.C) { isGivenAtOnce(c, window(with(one))) }, pass},
		{"given to one of two", "TOK-03", func(c *spec.C) { isGivenAtOnce(c, window(shut, with(one))) }, pass},
		{"given after a while", "TOK-03", func(c *spec.C) { isGivenAtOnce(c, window(shut, shut, with(one))) }, pass},
		{"never given", "TOK-03", func(c *spec.C) { isGivenAtOnce(c, window(shut, shut)) }, fail},
		{"given as 200", "TOK-03", func(c *spec.C) { isGivenAtOnce(c, window(with200)) }, fail},
		{"201 without a token", "TOK-03", func(c *spec.C) { isGivenAtOnce(c, window(empty)) }, fail},
		{"201 without a token for one of two", "TOK-03", func(c *spec.C) { isGivenAtOnce(c, window(with(one), empty)) }, fail},

		{"open late", "TOK-10", func(c *spec.C) { isOpenLate(c, window(with(one))) }, pass},
		{"open late for one of two", "TOK-10", func(c *spec.C) { isOpenLate(c, window(shut, with(one))) }, pass},
		{"open late, though without a token", "TOK-10", func(c *spec.C) { isOpenLate(c, window(empty)) }, pass},
		{"open late for one of two, without a token", "TOK-10", func(c *spec.C) { isOpenLate(c, window(empty, shut)) }, pass},
		{"closed early", "TOK-10", func(c *spec.C) { isOpenLate(c, window(shut)) }, fail},
		{"closed early, as 200", "TOK-10", func(c *spec.C) { isOpenLate(c, window(error200)) }, fail},

		{"closed after", "TOK-11", func(c *spec.C) { isClosedAfter(c, window(shut)) }, pass},
		{"closed after, as 200 like before", "TOK-11", func(c *spec.C) { isClosedAfter(c, lenient) }, pass},
		{"closed after, as 200 unlike before", "TOK-11", func(c *spec.C) { isClosedAfter(c, window(error200)) }, fail},
		{"closed after, with a crash", "TOK-11", func(c *spec.C) { isClosedAfter(c, window(crash)) }, fail},
		{"open after", "TOK-11", func(c *spec.C) { isClosedAfter(c, window(with(one))) }, fail},
		{"open after, as 200 like before", "TOK-11", func(c *spec.C) {
			isClosedAfter(c, Window{Before: lenient.Before, Asked: []Ask{with200}})
		}, fail},

		{"polling is no harm", "TOK-13", func(c *spec.C) { areAsUsual(c, window(with(one)), window(with(other)), window(shut), Unpolled{}) }, pass},
		{"polling opens", "TOK-13", func(c *spec.C) {
			w := window(shut)
			w.Before = append(w.Before, with(other).Response)
			areAsUsual(c, window(with(one)), window(with(other)), w, Unpolled{})
		}, fail},
		{"polling shows a token in a refusal", "TOK-13", func(c *spec.C) {
			w := window(shut)
			w.Before = append(w.Before, answer(403, `{"token":{"token":"`+one+`"}}`))
			areAsUsual(c, window(with(one)), window(with(other)), w, Unpolled{})
		}, pass},
		{"polling opens nothing, the window is open", "TOK-13", func(c *spec.C) {
			w := Window{Before: []*client.Response{with(other).Response}, Asked: []Ask{with(one)}}
			areAsUsual(c, w, w, w, Unpolled{})
		}, skip},
		{"polling locks out", "TOK-13", func(c *spec.C) {
			areAsUsual(c, window(shut), window(with(other)), window(shut), Unpolled{Quick: opened})
		}, fail},
		{"locked out anyway", "TOK-13", func(c *spec.C) {
			areAsUsual(c, window(shut), window(with(other)), window(shut), Unpolled{Quick: closed})
		}, pass},
		{"polling shortens", "TOK-13", func(c *spec.C) {
			areAsUsual(c, window(with(one)), window(shut), window(shut), Unpolled{Late: opened})
		}, fail},
		{"short anyway", "TOK-13", func(c *spec.C) {
			areAsUsual(c, window(with(one)), window(shut), window(shut), Unpolled{Late: closed})
		}, pass},
		{"polling lengthens", "TOK-13", func(c *spec.C) {
			areAsUsual(c, window(with(one)), window(with(other)), window(with(one)), Unpolled{Expired: closed})
		}, fail},
		{"long anyway", "TOK-13", func(c *spec.C) {
			areAsUsual(c, window(with(one)), window(with(other)), window(with(one)), Unpolled{Expired: opened})
		}, pass},
		{"nothing to compare with", "TOK-13", func(c *spec.C) {
			areAsUsual(c, window(with(one)), window(shut), window(shut), Unpolled{Expired: closed})
		}, report.Inconclusive},

		{"refused alike", "TOK-02", func(c *spec.C) { areWellRefused(c, window(shut)) }, pass},
		{"refused otherwise at last", "TOK-02", func(c *spec.C) {
			w := window(shut)
			w.Before = append(w.Before, answer(429, `{"status":429,"returnCode":-3}`))
			areWellRefused(c, w)
		}, warn},
		{"never refused", "TOK-02", func(c *spec.C) {
			areWellRefused(c, Window{Before: []*client.Response{with(other).Response}})
		}, skip},

		{"open after a refused name", "TOK-10", func(c *spec.C) { isOpenForAnother(c, window(badName, with(one))) }, pass},
		{"closed by a refused name", "TOK-10", func(c *spec.C) { isOpenForAnother(c, window(badName, shut)) }, fail},

		{"one of a race", "TOK-22", func(c *spec.C) { areAllGood(c, window(with(one), shut), window(shut)) }, pass},
		{"both of a race", "TOK-22", func(c *spec.C) { areAllGood(c, window(with(one), with(other)), window(shut)) }, pass},
		{"one token for both", "TOK-22", func(c *spec.C) { areAllGood(c, window(with(one), with(one)), window(shut)) }, fail},
		{"one token in two windows", "TOK-22", func(c *spec.C) { areAllGood(c, window(with(one)), window(with(one))) }, fail},
		{"a token that is void", "TOK-22", func(c *spec.C) { areAllGood(c, window(void, with(other)), window(shut)) }, fail},
		{"a crash for the loser", "TOK-22", func(c *spec.C) { areAllGood(c, window(with(one), crash), window(shut)) }, warn},
		{"nobody was given one", "TOK-22", func(c *spec.C) { areAllGood(c, window(shut), window(shut)) }, skip},

		{"closed by a token", "TOK-12", func(c *spec.C) { areClosedByAToken(c, after(window(with(one)), shut), window(shut)) }, pass},
		{"not closed by a token", "TOK-12", func(c *spec.C) { areClosedByAToken(c, after(window(with(one)), with(other)), window(shut)) }, warn},
		{"not closed by a late token", "TOK-12", func(c *spec.C) {
			areClosedByAToken(c, after(window(with(one)), shut), after(window(with(other)), with(one)))
		}, warn},
		{"no token to close it", "TOK-12", func(c *spec.C) { areClosedByAToken(c, window(shut), window(shut)) }, skip},
	}
	for _, test := range tests {
		t.Run(test.id+" "+test.name, func(t *testing.T) {
			t.Parallel()
			if got := judge(t, test.id, test.assert); got != test.want {
				t.Errorf("the verdict is %s, want %s", got, test.want)
			}
		})
	}
}

func TestDatesAgree(t *testing.T) {
	t.Parallel()
	start := time.Now()
	read := func(date string, after time.Duration) dated {
		d, err := protocol.ParseDatetime(date)
		if err != nil {
			t.Fatal(err)
		}
		return dated{date: d, asked: start.Add(after)}
	}
	first := read("2026-03-01T23:59:00", 0)
	tests := map[string]struct {
		later dated
		want  report.Verdict
	}{
		"two minutes later":              {read("2026-03-02T00:01:00", 2*time.Minute), report.Pass},
		"within the tolerance":           {read("2026-03-02T00:00:54", 2*time.Minute), report.Pass},
		"the date of the press":          {read("2026-03-01T23:59:00", 2*time.Minute), report.Warning},
		"an hour too late":               {read("2026-03-02T01:01:00", 2*time.Minute), report.Warning},
		"ten seconds too early":          {read("2026-03-02T00:00:50", 2*time.Minute), report.Warning},
		"at the same time, the same":     {read("2026-03-01T23:59:00", 0), report.Pass},
		"at the same time, another zone": {read("2026-03-01T16:59:00", 0), report.Warning},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := judge(t, "TOK-08", func(c *spec.C) { agree(c, first, test.later, dateTolerance) }); got != test.want {
				t.Errorf("the verdict is %s, want %s", got, test.want)
			}
		})
	}
}

func TestSince(t *testing.T) {
	t.Parallel()
	w := window(asked(refused()))
	w.LastAnswer().Sent = w.Press.Latest.Add(118620 * time.Millisecond)
	var got string
	judge(t, "TOK-10", func(c *spec.C) { got = since(c, w) })
	if want := "1m58.6s after the button was pressed (before which it was asked 1 times)"; !strings.Contains(got, want) {
		t.Errorf("since says %q, want %q", got, want)
	}
}
