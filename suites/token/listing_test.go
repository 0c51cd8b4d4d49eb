package token

import (
	"net/netip"
	"testing"

	"ttcheck/protocol"
)

func TestDescriptionIn(t *testing.T) {
	t.Parallel()
	tests := map[string]string{ // an answer, and the name in its description
		`{"status":200,"token":{"name":"a","creation_date":"x"}}`:                   "a",
		`{"status":200,"accesstoken":{"name":"a","creation_date":"x"}}`:             "a",
		`{"name":"a","creation_date":"x","status":200}`:                             "a",
		`{"hints":{"name":"b"},"token":{"name":"a","last_used":null}}`:              "a",
		`{"token":{"name":"a","ip_address":"127.0.0.1"},"message":null}`:            "a",
		`{"name":"b","token":{"name":"a","creation_date":"x"},"zone":{"name":"c"}}`: "a",
		`{"items":[{"name":"b","creation_date":"x"}],"name":"a"}`:                   "a",
		`{"device":{"name":"b"},"returnCode":1,"name":"a"}`:                         "a",
	}
	for answer, want := range tests {
		o, err := protocol.ParseObject([]byte(answer))
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := descriptionIn(o).String("name"); got != want {
			t.Errorf("%s describes %q, want %q", answer, got, want)
		}
	}
}

func TestIsSame(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		a, b string
		want bool
	}{
		"the same":             {"192.0.2.7", "192.0.2.7", true},
		"another":              {"192.0.2.7", "192.0.2.8", false},
		"mapped into IPv6":     {"::ffff:192.0.2.7", "192.0.2.7", true},
		"IPv6 written long":    {"2001:db8:0:0::7", "2001:db8::7", true},
		"of an interface":      {"fe80::1%eth0", "fe80::1", true},
		"loopbacks of its own": {"::1", "127.0.0.1", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := isSame(netip.MustParseAddr(test.a), netip.MustParseAddr(test.b)); got != test.want {
				t.Errorf("same: %t, want %t", got, test.want)
			}
		})
	}
}

func TestOnOneLink(t *testing.T) {
	t.Parallel()
	networks := []netip.Prefix{
		netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("172.17.0.0/16"), netip.MustParsePrefix("10.1.2.0/24"),
	}
	tests := map[string]struct {
		caller, gateway string
		want            bool
	}{
		"on this machine":            {"127.0.0.1", "127.0.0.1", true},
		"on this machine, by name":   {"127.0.0.1", "localhost", true},
		"on the same network":        {"10.1.2.3", "10.1.2.200", true},
		"behind a router":            {"10.1.2.3", "10.1.3.200", false},
		"out of a container":         {"172.17.0.2", "10.1.2.200", false},
		"beside another container":   {"172.17.0.2", "172.17.0.3", true},
		"by a name":                  {"10.1.2.3", "gateway.example", false},
		"on a network of others":     {"10.9.9.9", "10.9.9.8", false},
		"in the long form of itself": {"::ffff:10.1.2.3", "10.1.2.200", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := onOneLink(netip.MustParseAddr(test.caller), test.gateway, networks); got != test.want {
				t.Errorf("on one link: %t, want %t", got, test.want)
			}
		})
	}
}
