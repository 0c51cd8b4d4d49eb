package protocol_test

import (
	"encoding/json"
	"testing"
	"time"

	"ttcheck/protocol"
)

func TestParseDatetimeRoundTrip(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"2024-05-06T07:08:09", "2024-02-29T23:59:59", "1999-12-31T00:00:00", "9999-12-31T23:59:59",
		"0001-01-01T00:00:00", "0000-01-01T00:00:00",
	} {
		d, err := protocol.ParseDatetime(s)
		if err != nil || d.String() != s || d.IsZero() {
			t.Errorf("ParseDatetime(%q) = %q, %v", s, d, err)
		}
		data, err := json.Marshal(d)
		if err != nil || string(data) != `"`+s+`"` {
			t.Errorf("%q as JSON is %s, %v", s, data, err)
		}
		var again protocol.Datetime
		if err := json.Unmarshal(data, &again); err != nil || again != d {
			t.Errorf("%s from JSON is %q, %v", data, again, err)
		}
	}
}

func TestParseDatetimeRefuses(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]string{
		"nothing":             "",
		"UTC":                 "2024-05-06T07:08:09Z",
		"an offset":           "2024-05-06T07:08:09+02:00",
		"a fraction":          "2024-05-06T07:08:09.5",
		"microseconds":        "2024-05-06T07:08:09.123456",
		"a fraction by comma": "2024-05-06T07:08:09,5",
		"no seconds":          "2024-05-06T07:08",
		"no time":             "2024-05-06",
		"a one-digit hour":    "2024-05-06T7:08:09",
		"a one-digit day":     "2024-05-6T07:08:09",
		"a one-digit hour, filled up by a fraction": "2024-05-06T7:08:9.5",
		"a two-digit year":                          "24-05-06T07:08:09",
		"a space for T":                             "2024-05-06 07:08:09",
		"a small t":                                 "2024-05-06t07:08:09",
		"space before":                              " 2024-05-06T07:08:09",
		"space behind":                              "2024-05-06T07:08:09 ",
		"a line end":                                "2024-05-06T07:08:09\n",
		"month 13":                                  "2024-13-06T07:08:09",
		"month 0":                                   "2024-00-06T07:08:09",
		"day 32":                                    "2024-05-32T07:08:09",
		"30 February":                               "2024-02-30T07:08:09",
		"29 February of a common year":              "2023-02-29T07:08:09",
		"hour 24":                                   "2024-05-06T24:00:00",
		"minute 60":                                 "2024-05-06T07:60:00",
		"second 60":                                 "2024-06-30T23:59:60",
		"a sign":                                    "-024-05-06T07:08:09",
		"other digits":                              "２０２４-05-06T07:08:09",
	} {
		if d, err := protocol.ParseDatetime(s); err == nil || !d.IsZero() {
			t.Errorf("%s: ParseDatetime(%q) = %q, %v, want an error", name, s, d, err)
		}
		var d protocol.Datetime
		if err := d.UnmarshalText([]byte(s)); err == nil || !d.IsZero() {
			t.Errorf("%s: UnmarshalText(%q) gives %q, %v, want an error", name, s, d, err)
		}
	}
}

func TestDatetimeOf(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("east", 5*60*60+30*60)
	instant := time.Date(2024, 5, 6, 23, 59, 59, 999_999_999, time.UTC)
	d := protocol.DatetimeOf(instant.In(zone))
	if got := d.String(); got != "2024-05-07T05:29:59" {
		t.Errorf("DatetimeOf reads %s, want the wall clock of the zone, cut to the second", got)
	}
	if got, want := d.In(zone), instant.Truncate(time.Second); !got.Equal(want) {
		t.Errorf("In = %v, want %v", got, want)
	}
	if d := protocol.DatetimeOf(time.Time{}); !d.IsZero() {
		t.Errorf("DatetimeOf the zero time reads %s, want nothing", d)
	}
}

func TestDatetimeArithmetic(t *testing.T) {
	t.Parallel()
	early := protocol.DatetimeOf(time.Date(2024, 2, 29, 23, 59, 30, 0, time.UTC))
	late := early.Add(time.Minute)
	if got := late.String(); got != "2024-03-01T00:00:30" {
		t.Errorf("Add gives %s", got)
	}
	if got := late.Sub(early); got != time.Minute {
		t.Errorf("Sub = %v", got)
	}
	if !early.Before(late) || late.Before(early) || early.After(late) || !late.After(early) || early.Before(early) || early.After(early) {
		t.Error("Before and After do not follow the clock")
	}
	var none protocol.Datetime
	if !none.IsZero() || none.String() != "" || !none.Add(time.Hour).IsZero() {
		t.Errorf("no reading shows %q, an hour later %q", none, none.Add(time.Hour))
	}
}
