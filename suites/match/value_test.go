package match

import (
	"errors"
	"strings"
	"testing"
	"time"

	"ttcheck/client"
)

type errOf string

func (e errOf) Error() string { return string(e) }

func TestOK(t *testing.T) {
	t.Parallel()
	var none error
	check(t, "be right", []example{
		{"nil", OK(), nil, true, "nothing wrong"},
		{"no error", OK(), none, true, "nothing wrong"},
		{"an error", OK(), errOf("two orders of one name"), false, "two orders of one name"},
		{"several", OK(), errors.Join(errOf("one"), errOf("two")), false, "one; two"},
		{"with a token", OK(), errOf("the answer shows " + secret), false, "the answer shows " + shortened},
	})
}

func TestNoFault(t *testing.T) {
	t.Parallel()
	m := NoFault("hold 25 orders")
	check(t, "hold 25 orders", []example{
		{"nil", m, nil, true, "nothing wrong"},
		{"an error", m, errOf("it holds 24"), false, "it holds 24"},
		{"several", m, errors.Join(errOf("one"), errOf("two")), false, "one; two"},
		{"with a token", m, errOf("under " + secret), false, "under " + shortened},
	})
}

func TestTokenForm(t *testing.T) {
	t.Parallel()
	check(t, "be 48 hexadecimal digits", []example{
		{"a token", TokenForm(), secret, true, "48 characters, " + shortened},
		{"in capitals", TokenForm(), strings.ToUpper(secret), true, "48 characters, 0123…CDEF"},
		{"too short", TokenForm(), secret[:47], false, "47 characters, 0123…bcde"},
		{"too long", TokenForm(), secret + "0", false, "49 characters, 0123…def0"},
		{"another letter", TokenForm(), "g" + secret[1:], false, "48 characters, g123…cdef"},
		{"with a line break", TokenForm(), secret + "\n", false, "49 characters, …"},
		{"of other digits", TokenForm(), strings.Repeat("٣", 24), false, "48 characters, …"},
		{"short", TokenForm(), "sesame", false, "6 characters, …"},
		{"empty", TokenForm(), "", false, "0 characters, …"},
	})
}

func TestAtMost(t *testing.T) {
	t.Parallel()
	check(t, "take at most 1s", []example{
		{"less", AtMost(time.Second), 999600 * time.Microsecond, true, "1s"},
		{"the limit", AtMost(time.Second), time.Second, true, "1s"},
		{"just over", AtMost(time.Second), time.Second + time.Nanosecond, false, "1.000000001s"},
		{"more", AtMost(time.Second), 3*time.Second + 2400*time.Microsecond, false, "3.002s"},
		{"backwards", AtMost(time.Second), -time.Minute, true, "-1m0s"},
	})
}

func TestOpen(t *testing.T) {
	t.Parallel()
	check(t, "be open", []example{
		{"open", Open(), (*client.Closure)(nil), true, "open"},
		{"closed", Open(), &client.Closure{Frame: true, Code: 1008, Reason: "go\naway"}, false, `close frame, code 1008, reason "go\naway"`},
		{"cut", Open(), &client.Closure{Err: errOf("unexpected EOF")}, false, "connection ended without a close frame: unexpected EOF"},
		{"with a token across the end of the reason", Open(), &client.Closure{Frame: true, Code: 1008, Reason: strings.Repeat("x", 60) + secret}, false,
			`close frame, code 1008, reason "` + strings.Repeat("x", 60) + shortened + `"`},
		{"with a token in the error", Open(), &client.Closure{Err: errOf("bad header " + secret)}, false,
			"connection ended without a close frame: bad header " + shortened},
	})
}
