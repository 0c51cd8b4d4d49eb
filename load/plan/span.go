package plan

import (
	"fmt"
	"strings"
	"time"
)

// ParseSpan reads a duration such as 10s or 1m30s, which is never negative.
func ParseSpan(text string) (Span, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%.40q is no duration such as 10s or 1m30s", text)
	}
	return Span(d), nil
}

// String writes a span as ParseSpan reads it, without units that are zero: 1m, not 1m0s.
func (s Span) String() string {
	text := time.Duration(s).String()
	if short, ok := strings.CutSuffix(text, "m0s"); ok {
		text = short + "m"
	}
	if short, ok := strings.CutSuffix(text, "h0m"); ok {
		text = short + "h"
	}
	return text
}

// MarshalText is String, for JSON and YAML.
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText is ParseSpan, for JSON and YAML.
func (s *Span) UnmarshalText(text []byte) error { return s.Set(string(text)) }

// Set is ParseSpan, for a flag.
func (s *Span) Set(text string) error {
	v, err := ParseSpan(text)
	if err == nil {
		*s = v
	}
	return err
}

// Type names the value in the help of a flag.
func (s *Span) Type() string { return "duration" }
