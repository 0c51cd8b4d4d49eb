package plan

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// field is a part of a T that is known by a key, in a file as on the command line.
type field[T any] struct {
	key string
	set func(*T, string) error // from a single value
	// tree reads what is more than a single value, in a file; nil where nothing may be.
	tree func(*T, *yaml.Node) error
}

// one is a field that is a single value.
func one[T, V any](key string, of func(*T) *V, parse func(string) (V, error)) field[T] {
	return field[T]{key: key, set: func(t *T, text string) error {
		v, err := parse(text)
		if err == nil {
			*of(t) = v
		}
		return err
	}}
}

// find looks a key up; the error names those that there are.
func find[T any](fields []field[T], key string) (field[T], error) {
	i := slices.IndexFunc(fields, func(f field[T]) bool { return f.key == key })
	if i >= 0 {
		return fields[i], nil
	}
	known := make([]string, len(fields))
	for i, f := range fields {
		known[i] = f.key
	}
	return field[T]{}, fmt.Errorf("unknown key %.40q: use %s", key, strings.Join(known, ", "))
}

var mixFields = []field[Mix]{
	one("create", func(m *Mix) *int { return &m.Create }, parseWhole),
	one("locate", func(m *Mix) *int { return &m.Locate }, parseWhole),
	one("page", func(m *Mix) *int { return &m.Page }, parseWhole),
	one("clear", func(m *Mix) *int { return &m.Clear }, parseWhole),
}

var stageFields = []field[Stage]{
	one("duration", func(s *Stage) *Span { return &s.Duration }, ParseSpan),
	one("sockets", func(s *Stage) *int { return &s.Sockets }, parseWhole),
	one("rate", func(s *Stage) *float64 { return &s.Rate }, ParseRate),
}

// pairs reads KEY=VALUE,KEY=VALUE, each key once.
func pairs[T any](text string, into *T, fields []field[T]) error {
	var seen []string // no more than there are fields
	for pair := range strings.SplitSeq(text, ",") {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			return fmt.Errorf("%.40q is not KEY=VALUE", pair)
		}
		f, err := find(fields, key)
		if err != nil {
			return err
		}
		if slices.Contains(seen, key) {
			return fmt.Errorf("%s is given twice", key)
		}
		seen = append(seen, key)
		if err := f.set(into, value); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

// ParseMix reads weights such as create=4,locate=3,page=1,clear=2. One that is not given
// is 0.
func ParseMix(text string) (Mix, error) {
	var m Mix
	err := pairs(text, &m, mixFields)
	if err == nil {
		err = m.some()
	}
	if err != nil {
		return Mix{}, fmt.Errorf("mix %.40q: %w", text, err)
	}
	return m, nil
}

// some sees that a mix has something in it.
func (m Mix) some() error {
	if m == (Mix{}) {
		return errors.New("all weights are 0: give some, such as create=4,locate=3,page=1,clear=2")
	}
	return nil
}

// String writes a mix as ParseMix reads it.
func (m Mix) String() string {
	return fmt.Sprintf("create=%d,locate=%d,page=%d,clear=%d", m.Create, m.Locate, m.Page, m.Clear)
}

// ParseStage reads a stage such as 30s:sockets=500,rate=20. Of sockets and rate, one that
// is not given is 0.
func ParseStage(text string) (Stage, error) {
	length, rest, ok := strings.Cut(text, ":")
	if !ok {
		return Stage{}, fmt.Errorf("stage %.40q is not like 30s:sockets=500,rate=20", text)
	}
	var s Stage
	err := s.Duration.Set(length)
	if err == nil {
		err = pairs(rest, &s, stageFields[1:])
	}
	if err != nil {
		return Stage{}, fmt.Errorf("stage %.40q: %w", text, err)
	}
	return s, nil
}

// String writes a stage as ParseStage reads it.
func (s Stage) String() string {
	return fmt.Sprintf("%v:sockets=%d,rate=%s", s.Duration, s.Sockets, strconv.FormatFloat(s.Rate, 'f', -1, 64))
}

// ParseRate reads how often something happens per second: 5, 5/s or 300/m.
func ParseRate(text string) (float64, error) {
	number, unit, given := strings.Cut(text, "/")
	seconds := 1.0
	switch {
	case unit == "m":
		seconds = 60
	case given && unit != "s":
		number = "" // what is no rate
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || v < 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("%.40q is no rate such as 5, 5/s or 300/m", text)
	}
	return v / seconds, nil
}

func parseWhole(text string) (int, error) {
	v, err := strconv.Atoi(text)
	if err != nil || v < 0 {
		return 0, fmt.Errorf("%.40q is no whole number from 0", text)
	}
	return v, nil
}
