package protocol

import (
	"fmt"
	"time"
)

// DatetimeLayout is the form of every date on the wire: seconds, no zone, in
// the gateway's own time zone (Q, R).
const DatetimeLayout = "2006-01-02T15:04:05"

// Datetime is a wall-clock reading of the gateway, YYYY-MM-DDTHH:MM:SS. It says
// nothing about the zone: two readings of one gateway can be compared, a reading
// and the tester's own clock cannot.
type Datetime struct {
	wall time.Time
	// read tells a reading from none: year 1, of which time.Time makes its zero,
	// is a date that a gateway can send.
	read bool
}

// DatetimeOf reads the wall clock of t in t's own location, cut to the second.
// Of the zero time it is no reading.
func DatetimeOf(t time.Time) Datetime {
	y, mo, d := t.Date()
	h, mi, s := t.Clock()
	return Datetime{time.Date(y, mo, d, h, mi, s, 0, time.UTC), !t.IsZero()}
}

// ParseDatetime accepts exactly the documented form: no zone, no fraction, no
// missing digits.
func ParseDatetime(s string) (Datetime, error) {
	t, err := time.Parse(DatetimeLayout, s)
	if err != nil || len(s) != len(DatetimeLayout) {
		return Datetime{}, fmt.Errorf("%s is not a datetime of the form YYYY-MM-DDTHH:MM:SS", quote(s))
	}
	return Datetime{t, true}, nil
}

func (d Datetime) String() string {
	if d.IsZero() {
		return ""
	}
	return d.wall.Format(DatetimeLayout)
}

// IsZero tells that no reading was taken.
func (d Datetime) IsZero() bool { return !d.read }

// Sub returns the time from earlier to d on the gateway's wall clock.
func (d Datetime) Sub(earlier Datetime) time.Duration { return d.wall.Sub(earlier.wall) }

// Add returns the reading that the wall clock shows after span. Added to no
// reading it gives no reading.
func (d Datetime) Add(span time.Duration) Datetime {
	if !d.read {
		return Datetime{}
	}
	return Datetime{d.wall.Add(span), true}
}

// Before tells whether d reads earlier than other.
func (d Datetime) Before(other Datetime) bool { return d.wall.Before(other.wall) }

// After tells whether d reads later than other.
func (d Datetime) After(other Datetime) bool { return d.wall.After(other.wall) }

// In returns the instant at which a clock in loc shows d.
func (d Datetime) In(loc *time.Location) time.Time {
	y, mo, day := d.wall.Date()
	h, mi, s := d.wall.Clock()
	return time.Date(y, mo, day, h, mi, s, 0, loc)
}

// MarshalText writes the documented form.
func (d Datetime) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the documented form.
func (d *Datetime) UnmarshalText(text []byte) error {
	parsed, err := ParseDatetime(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
